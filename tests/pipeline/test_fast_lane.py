"""A run in the fast lane says who judged and what that costs."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from bs4 import BeautifulSoup

import painpoints
import painpoints.pipeline.models as models
from painpoints.config import Settings
from painpoints.errors import UsageError
from painpoints.pipeline import Findings, load_models

HEADINGS = {"en": "Fast lane", "fa": "مسیر تند", "ar": "المسار السريع", "ru": "Быстрый путь"}


@pytest.fixture(scope="module")
def fast(feedback: Path, tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """The findings of one run in the fast lane."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "load_encoder", lambda *_, **__: pytest.fail("the full encoder was loaded"))
        return painpoints.mine(feedback, tmp_path_factory.mktemp("fast") / "run", fast=True, shard_rows=10)


def test_the_full_encoder_is_not_loaded_and_the_manifest_names_the_student(fast: Findings) -> None:
    made_with = fast.manifest["models"]
    assert made_with["encoder"]["name"] == "painpoints/fast"
    assert made_with["heads"]["version"].startswith("fast")
    assert fast.manifest["machine"]["device"] == "cpu"
    for task in ("touchpoint", "sentiment", "problem"):
        assert 0.4 < made_with["student"][task]["student"] < made_with["student"][task]["full"] + 0.02


def test_stderr_and_manifest_say_what_it_costs(feedback: Path, fast: Findings) -> None:
    said: list[str] = []
    painpoints.mine(feedback, fast=True, limit=4, warn=said.append)
    for notes in (said, fast.manifest["notes"]):
        assert sum("fast lane" in note and "instead of" in note for note in notes) == 1


@pytest.mark.parametrize("lang", HEADINGS)
def test_the_report_says_what_it_costs(feedback: Path, tmp_path: Path, lang: str) -> None:
    painpoints.mine(feedback, tmp_path / "run", fast=True, lang=lang, limit=8)
    made = BeautifulSoup((tmp_path / "run" / "report.html").read_text("utf8"), "html.parser").select_one("#made")
    assert made is not None and HEADINGS[lang] in made.get_text()


def test_a_run_of_the_full_model_speaks_of_no_lane(found: Findings) -> None:
    assert "student" not in found.manifest["models"]
    assert not any("fast lane" in note for note in found.manifest["notes"])


def test_it_finds_what_the_full_model_finds_in_plain_words(fast: Findings, found: Findings) -> None:
    both = fast.units.join(found.units, on=["doc_id", "start", "end"], suffix="_full")
    assert len(both) > 0.7 * len(found.units)
    assert (both["sentiment"] == both["sentiment_full"]).mean() > 0.8
    assert (both["is_problem"] == both["is_problem_full"]).mean() > 0.8
    assert max(len(langs) for langs in fast.painpoints["langs"].to_list()) >= 3


def test_the_order_of_rows_and_the_size_of_shards_change_nothing(feedback: Path, fast: Findings) -> None:
    rows = pl.read_csv(feedback).sample(fraction=1.0, shuffle=True, seed=7)
    again = painpoints.mine(rows, fast=True, shard_rows=1000)
    judged = ["text", "sentiment", "p_neg", "touchpoint", "touchpoint_p", "problem_p", "certain"]
    assert again.units.select(judged).sort(judged).equals(fast.units.select(judged).sort(judged))


def test_it_learns_a_company_touchpoints(tmp_path: Path) -> None:
    file = tmp_path / "gym.toml"
    file.write_text("\n".join(
        f'[[touchpoint]]\nname = {{ en = "{name}" }}\nstage = "purchase"\nchannel = "offline"\nexamples = {examples}'
        for name, examples in (
            ("Gym floor", '["half the treadmills are broken", "the weights area smells", "too few machines"]'),
            ("Coaches", '["the coach is rude", "my trainer never shows up", "trainers are kind"]'))), "utf8")
    said = pl.DataFrame({"review": ["two treadmills are broken again", "the trainer was rude to me"]})
    found = painpoints.mine(said, fast=True, taxonomy=str(file))
    assert found.units["touchpoint"].to_list() == ["gym_floor", "coaches"]


@pytest.mark.parametrize("model", ["tuned", "own"])
def test_another_model_is_refused_in_one_line(tmp_path: Path, model: str) -> None:
    path = tmp_path / ("mine.safetensors" if model == "tuned" else "folder")
    path.touch() if model == "tuned" else path.mkdir()
    with pytest.raises(UsageError, match=r"The fast lane has its own model.*--fast, or --model"):
        load_models(Settings(fast=True, model=str(path)))
