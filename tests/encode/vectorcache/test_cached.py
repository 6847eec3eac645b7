"""A text that was read once is not read again, and nobody can tell from the vectors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from painpoints.encode.passages import EncodedPassages

if TYPE_CHECKING:
    from painpoints.text import Passage

TEXTS = ["The courier came late. Support never answered.", "Курьер опоздал. Поддержка молчит.",
         "پیک دیر آمد. پشتیبانی جواب نمی‌دهد.", "تأخر المندوب. الدعم لا يجيب.", "Fine", ""]
Make = Callable[..., "list[Passage]"]


def same(one: EncodedPassages, other: EncodedPassages) -> bool:
    return (one.cuts == other.cuts and one.expectations == other.expectations
            and one.vectors.tobytes() == other.vectors.tobytes() and one.vectors.dtype == other.vectors.dtype
            and one.passages.tobytes() == other.passages.tobytes())


def test_a_second_run_reads_nothing_and_gets_the_same(inner: Any, opened: Any, made: Make) -> None:
    plain = inner.encode_passages(made(TEXTS))
    first = opened(inner)
    assert same(first.encode_passages(made(TEXTS)), plain)
    inner.read.clear()
    later = opened(inner)
    assert same(later.encode_passages(made(TEXTS)), plain)
    assert inner.read == []
    assert later.record() == {"found": 6, "encoded": 0, "full": False}
    assert first.record() == {"found": 0, "encoded": 6, "full": False}


def test_the_encoder_behind_it_rests_with_it(inner: Any, opened: Any) -> None:
    opened(inner).rest()
    assert inner.read == ["rested"]


def test_only_what_is_new_is_read_and_order_stays(inner: Any, opened: Any, made: Make) -> None:
    opened(inner).encode_passages(made(TEXTS[1:3]))
    inner.read.clear()
    mixed = [TEXTS[0], TEXTS[2], TEXTS[0], TEXTS[3], TEXTS[1], TEXTS[2]]
    assert same(opened(inner).encode_passages(made(mixed)), type(inner)().encode_passages(made(mixed)))
    assert inner.read == [TEXTS[0], TEXTS[3]]


def test_the_next_window_of_the_same_run_finds_what_the_first_kept(inner: Any, opened: Any, made: Make) -> None:
    cached = opened(inner)
    cached.encode_passages(made(TEXTS))
    inner.read.clear()
    cached.encode_passages(made(TEXTS[::-1]))
    assert inner.read == []


@pytest.mark.parametrize("change", ["lang", "context", "rules", "blocks"])
def test_what_decides_the_units_decides_the_address(inner: Any, opened: Any, made: Make, change: str) -> None:
    cached = opened(inner)
    cached.encode_passages(made(TEXTS[:1]))
    inner.read.clear()
    if change == "blocks":
        from dataclasses import replace

        whole = made(TEXTS[:1])[0]
        again = [replace(whole, blocks=(whole.blocks[0]._replace(whole=True),))]
        cached.encode_passages(again)
    elif change == "rules":
        cached.encode_passages(made(TEXTS[:1]), rules=True)
    else:
        cached.encode_passages(made(TEXTS[:1], **{change: "ru" if change == "lang" else 4}))
    assert inner.read == TEXTS[:1]


def test_texts_are_kept_like_passages_but_apart_from_them(inner: Any, opened: Any, made: Make) -> None:
    cached = opened(inner)
    cached.encode_passages(made(TEXTS))
    asked = [TEXTS[2], TEXTS[0], TEXTS[2]]
    plain = inner.encode(asked)
    inner.read.clear()
    assert cached.encode(asked).tobytes() == plain.tobytes()
    assert inner.read == [TEXTS[2], TEXTS[0]]
    inner.read.clear()
    assert opened(inner).encode(asked).tobytes() == plain.tobytes()
    assert inner.read == []


def test_progress_counts_what_was_found_as_done(inner: Any, opened: Any) -> None:
    told: list[tuple[int, int]] = []
    opened(inner).encode(TEXTS)
    opened(inner).encode(TEXTS, lambda done, of: told.append((done, of)))
    assert told[-1] == (6, 6)


def test_no_text_stands_on_the_disk(inner: Any, opened: Any, made: Make, tmp_path: Path) -> None:
    cached = opened(inner)
    cached.encode_passages(made(TEXTS))
    cached.encode(TEXTS)
    written = b"".join(path.read_bytes() for path in (tmp_path / "cache").rglob("*") if path.is_file())
    assert len(written) > 500
    for text in TEXTS[:5]:
        for word in text.split():
            assert word.encode("utf8") not in written


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from(TEXTS), max_size=6), max_size=4))
def test_whatever_the_windows_the_vectors_are_the_encoder_s(inner: Any, opened: Any, made: Make,
                                                            windows: list[list[str]]) -> None:
    cached = opened(inner)
    for window in windows:
        assert same(cached.encode_passages(made(window)), inner.encode_passages(made(window)))
        assert np.array_equal(cached.encode(window), inner.encode(window))
