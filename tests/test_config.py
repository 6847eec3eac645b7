"""Settings: from a TOML file and options, checked before anything runs."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from painpoints.config import DETAILS, PRECISIONS, REPORT_LANGUAGES, SCOPES, Settings, load_settings
from painpoints.errors import UsageError


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_a_file_the_defaults_hold(here: Path) -> None:
    assert load_settings() == Settings()


def test_the_file_in_the_working_folder_is_found(here: Path) -> None:
    (here / "painpoints.toml").write_text('lang = "fa"\nlimit = 20\nwhole = true\ntext = "متن نظر"\n', "utf8")
    assert load_settings() == Settings(lang="fa", limit=20, whole=True, text="متن نظر")


def test_a_file_that_a_windows_editor_saved_is_read(here: Path) -> None:
    (here / "own.toml").write_text('title = "Заголовок"\n', "utf-8-sig")
    assert load_settings(path="own.toml").title == "Заголовок"


def test_a_named_file_stands_in_for_the_one_in_the_working_folder(here: Path) -> None:
    (here / "painpoints.toml").write_text('lang = "fa"\nlimit = 3\n', "utf8")
    (here / "own.toml").write_text('lang = "ru"\n', "utf8")
    assert load_settings(path=here / "own.toml") == Settings(lang="ru")


def test_options_win_over_the_file_and_absent_ones_do_not(here: Path) -> None:
    (here / "painpoints.toml").write_text('lang = "ar"\ndetail = "fine"\nwhole = true\n', "utf8")
    settings = load_settings({"lang": "ru", "detail": None, "whole": False})
    assert settings == Settings(lang="ru", detail="fine", whole=False)


def test_a_misspelt_setting_gets_the_nearest_name(here: Path) -> None:
    (here / "painpoints.toml").write_text('framwork = "five-stage"\n', "utf8")
    with pytest.raises(UsageError) as caught:
        load_settings()
    assert str(caught.value) == "painpoints.toml: there is no setting 'framwork'. Did you mean 'framework'?"


def test_a_name_near_to_nothing_gets_the_whole_list() -> None:
    with pytest.raises(UsageError) as caught:
        load_settings({"zzzzzzzz": 1})
    assert all(field.name in str(caught.value.hint) for field in dataclasses.fields(Settings))


@pytest.mark.parametrize(("given", "wanted"), [
    ({"limit": "many"}, "limit must be int, not str"), ({"limit": True}, "limit must be int, not bool"),
    ({"limit": 1.5}, "limit must be int, not float"), ({"whole": "yes"}, "whole must be bool, not str"),
    ({"whole": 1}, "whole must be bool, not int"), ({"text": 3}, "text must be str, not int"),
    ({"text": ["a"]}, "text must be str, not list"), ({"shard_rows": "2"}, "shard_rows must be int, not str"),
])
def test_a_value_of_the_wrong_type_is_named_with_the_right_one(given: dict[str, object], wanted: str) -> None:
    with pytest.raises(UsageError, match=wanted):
        load_settings(given)


@pytest.mark.parametrize(("name", "value", "known"), [
    ("lang", "de", REPORT_LANGUAGES), ("cluster", "everything", SCOPES), ("detail", "finest", DETAILS),
    ("precision", "int4", PRECISIONS)])
def test_a_value_outside_its_list_is_answered_with_the_list(name: str, value: str, known: tuple[str, ...]) -> None:
    with pytest.raises(UsageError) as caught:
        load_settings({name: value})
    assert str(caught.value) == f"{name} cannot be {value!r}. Use one of: {', '.join(known)}."


@pytest.mark.parametrize(("name", "value"), [("limit", 0), ("limit", -5), ("shard_rows", 0)])
def test_counts_start_at_one(name: str, value: int) -> None:
    with pytest.raises(UsageError, match=f"{name} cannot be {value}"):
        load_settings({name: value})


def test_a_named_file_that_is_not_there_is_wrong_use(here: Path) -> None:
    with pytest.raises(UsageError, match=r"absent\.toml: no such file\. Name a TOML file with --config\."):
        load_settings(path="absent.toml")


@pytest.mark.parametrize("content", [b"lang = fa\n", b'text = "\xff\xfe"\n', b"[[["])
def test_a_file_that_is_no_toml_is_wrong_use(here: Path, content: bytes) -> None:
    (here / "painpoints.toml").write_bytes(content)
    with pytest.raises(UsageError, match=r"painpoints\.toml: not a readable TOML file") as caught:
        load_settings()
    assert (caught.value.exit_code, caught.value.hint) == (2, "Mend it, or name another with --config.")


def test_a_folder_in_place_of_a_file_is_wrong_use(here: Path) -> None:
    with pytest.raises(UsageError, match="not a readable TOML file"):
        load_settings(path=here)


def test_settings_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().lang = "fa"  # type: ignore[misc]


def test_the_manifest_gets_every_setting_and_gives_the_same_settings_back() -> None:
    settings = Settings(lang="fa", text="نظر", whole=True, limit=7, detail="coarse", precision="fp32")
    recorded = json.loads(json.dumps(settings.as_dict(), ensure_ascii=False))
    assert set(recorded) == {field.name for field in dataclasses.fields(Settings)}
    assert load_settings(recorded) == settings
