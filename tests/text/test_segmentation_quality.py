"""Floors under the scores of scripts/evaluate_segments.py, so that a change of rules cannot lower them unseen."""

import importlib.util
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SCRIPT = HERE.parents[1] / "scripts" / "evaluate_segments.py"
FLOORS = {
    "segmentation_gold": {"fa": 0.88, "ar": 0.92, "ru": 0.86, "en": 0.90},
    "segmentation_heldout": {"fa": 0.68, "ar": 0.46, "ru": 0.36, "en": 0.44},
}


def _script():  # type: ignore[no-untyped-def]
    spec = importlib.util.spec_from_file_location("evaluate_segments", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("folder", sorted(FLOORS))
def test_exact_unit_f1_stays_above_its_floor(folder: str) -> None:
    scores = _script().evaluate(HERE / folder)
    assert {lang: scores[lang]["unit_f1"] >= floor for lang, floor in FLOORS[folder].items()} == dict.fromkeys(
        FLOORS[folder], True
    ), {lang: scores[lang]["unit_f1"] for lang in FLOORS[folder]}


def test_gold_marks_are_read_as_units_and_headers() -> None:
    text, units = _script().read_gold("[[Pros:]] light, | quiet | [[Cons:]] heavy")
    assert [text[a:b] for a, b in units] == ["light", "quiet", "heavy"]


def test_scores_punish_a_missing_and_a_wrong_cut() -> None:
    counts = _script().compare([(0, 4), (5, 9)], [(0, 9)])
    assert (counts["right"], counts["gold"], counts["found"]) == (0, 2, 1)
