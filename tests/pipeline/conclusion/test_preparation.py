"""What concluding needs is loaded while the first texts are read and cut, and no longer than they are worth it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import painpoints
from painpoints.cluster import words
from painpoints.errors import ColumnError
from painpoints.pipeline.conclusion import prepare_conclusion

_MINE = ("import json, sys; from painpoints.cli import main; code = main(sys.argv[1:]); "
         "import spacy, thinc.compat; print(json.dumps([code, thinc.compat.has_torch]))")


def test_afterwards_the_tokenizers_of_four_languages_are_there() -> None:
    words._tokenizer.cache_clear()
    prepare_conclusion(2)
    assert words._tokenizer.cache_info().currsize == 0, "another process reads words"
    prepare_conclusion(1)
    assert words._tokenizer.cache_info().currsize == 4
    texts = {"fa": "پیک دیر رسید", "ar": "الشحنة متأخرة", "ru": "Курьер опоздал", "en": "It was late"}
    for lang, text in texts.items():
        assert words.read_words(text, lang)
    assert words._tokenizer.cache_info().misses == 4


def test_what_makes_it_vain_ends_it() -> None:
    def look() -> None:
        raise ColumnError("The input has no texts.")

    with pytest.raises(ColumnError):
        prepare_conclusion(1, look)


def test_it_is_not_done_for_an_input_that_one_process_reads_and_judges(
        feedback: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[int] = []
    monkeypatch.setattr("painpoints.pipeline.conclusion.preparation.prepare_conclusion", lambda *_: called.append(1))
    for workers in (0, 1):
        painpoints.mine(feedback, tmp_path / f"run{workers}", workers=workers, limit=12)
    assert called == [1]


@pytest.mark.parametrize("workers", [0, 1])
def test_in_the_fast_lane_spacy_brings_no_torch(feedback: Path, tmp_path: Path, workers: int) -> None:
    command = [sys.executable, "-c", _MINE, "mine", str(feedback), "--fast", "--quiet", "--json", "--workers",
               str(workers), "-o", str(tmp_path / "run")]
    ended = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf8")
    assert json.loads(ended.stdout.splitlines()[-1]) == [0, False]
