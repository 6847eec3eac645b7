"""Where a model is looked for: a folder, the hub's cache, the embedded weights, the hub."""

from __future__ import annotations

import json
from pathlib import Path

import huggingface_hub.constants
import pytest

from painpoints.encode import EMBEDDED_NAME, resolve_model, source
from painpoints.errors import ModelError


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty hub cache, and a network that must not be used."""
    def refuse(*args: object, **kwargs: object) -> object:
        raise AssertionError("resolving a model must not open a connection")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "hub"


def cached(hub: Path, name: str, *files: str) -> Path:
    folder = hub / f"models--{name.replace('/', '--')}"
    snapshot = folder / "snapshots" / "abc123"
    snapshot.mkdir(parents=True)
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("abc123", "utf8")
    for file in files:
        (snapshot / file).write_text(json.dumps({}), "utf8")
    return snapshot


def test_a_local_folder_wins_over_everything(hub: Path, tmp_path: Path) -> None:
    (tmp_path / EMBEDDED_NAME).mkdir(parents=True)
    cached(hub, EMBEDDED_NAME, "modules.json", "config.json", "model.safetensors")
    assert resolve_model(EMBEDDED_NAME).kind == "local"
    assert resolve_model(EMBEDDED_NAME).path == EMBEDDED_NAME


def test_the_hub_cache_comes_next(hub: Path) -> None:
    snapshot = cached(hub, EMBEDDED_NAME, "modules.json", "config.json", "model.safetensors")
    found = resolve_model(EMBEDDED_NAME)
    assert (found.kind, found.path) == ("hub cache", str(snapshot))


def test_a_cached_model_without_weights_is_not_taken(hub: Path) -> None:
    cached(hub, EMBEDDED_NAME, "modules.json", "config.json")
    assert resolve_model(EMBEDDED_NAME).kind == "embedded"


def test_then_the_embedded_weights(hub: Path) -> None:
    found = resolve_model()
    assert (found.name, found.kind) == (EMBEDDED_NAME, "embedded")
    assert (Path(found.path) / "modules.json").is_file()


@pytest.mark.parametrize("alias", ["e5-small", "multilingual-e5-small"])
def test_short_names_mean_the_embedded_encoder(hub: Path, alias: str) -> None:
    assert resolve_model(alias) == resolve_model(EMBEDDED_NAME)


def test_at_last_the_hub_which_is_named_and_not_called(hub: Path) -> None:
    found = resolve_model("sentence-transformers/LaBSE")
    assert (found.name, found.kind, found.path) == (
        "sentence-transformers/LaBSE", "hub", "sentence-transformers/LaBSE")


def test_without_the_package_the_embedded_name_is_one_of_the_hub(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "embedded_file", lambda: None)
    assert resolve_model().kind == "hub"


def test_any_other_model_in_the_hub_cache_is_found(hub: Path) -> None:
    snapshot = cached(hub, "someone/model", "config.json", "pytorch_model.bin")
    assert resolve_model("someone/model").path == str(snapshot)


@pytest.mark.parametrize("path", ["./models/mine", "/no/such/folder", "~/no-such-folder-here", "../mine"])
def test_a_path_that_leads_nowhere_is_not_looked_up_on_the_hub(hub: Path, path: str) -> None:
    with pytest.raises(ModelError, match="no such model folder") as caught:
        resolve_model(path)
    assert caught.value.message.startswith(path)


def test_a_name_the_hub_could_not_have_is_left_to_loading(hub: Path) -> None:
    assert resolve_model("not a hub name!").kind == "hub"
