"""What travels between the processes arrives as it was sent."""

from __future__ import annotations

import io
import struct

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from painpoints.encode import Encoder
from painpoints.pipeline.streaming.wire import PassageTexts, divided, laid_aside, receive, send, taken_up
from painpoints.text import Passage, read_passages

TEXTS = ["اتاق تمیز بود ولی صبحونه ساعت هشت تموم شد. پشتیبانی هم جواب نداد.",
         "الغرفة نظيفة لكن الفطور خلص بدري.\n- المصعد عطلان\n- الواي فاي ضعيف",
         "Номер чистый, но завтрак кончился в восемь. Поддержка не ответила 😡",
         "<p>The room was clean &amp; quiet, but breakfast ended at eight.</p>", "", "12345", "👍👍"]


def passages(texts: list[str]) -> list[Passage]:
    frame = pl.DataFrame({"doc_id": [f"d{at}" for at in range(len(texts))], "text": texts},
                         schema={"doc_id": pl.Utf8, "text": pl.Utf8})
    return read_passages(frame)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(TEXTS) | st.text(max_size=60), max_size=5))
def test_the_encoder_gets_the_texts_languages_and_blocks_that_were_cut(texts: list[str]) -> None:
    made = passages(texts)
    arrived = list(PassageTexts.of(made).passages())
    assert [(p.text, p.lang, p.blocks, p.context) for p in arrived] == [
        (p.text, p.lang, p.blocks, p.context) for p in made]


def test_what_is_laid_aside_still_leads_back_to_the_document() -> None:
    made = passages(TEXTS)
    assert [(p.row, p.text, p.language, p.stretch, p.place) for p in taken_up(laid_aside(made))] == [
        (p.row, p.text, p.language, p.stretch, p.place) for p in made]


def test_what_was_encoded_together_is_divided_by_shard(encoder: Encoder) -> None:
    made = passages(TEXTS)
    together = encoder.encode_passages(made)
    first, none, rest = divided(together, [2, 0, len(made) - 2])
    assert none.encoded().spans == []
    assert first.encoded().spans + rest.encoded().spans == [[(c.start, c.end) for c in cuts] for cuts in together.cuts]
    assert [*first.encoded().expectations, *rest.encoded().expectations] == together.expectations
    np.testing.assert_array_equal(np.concatenate([first.vectors, rest.vectors]), together.vectors)
    np.testing.assert_array_equal(np.concatenate([first.passages, rest.passages]), together.passages)


def test_a_message_that_breaks_off_is_no_message() -> None:
    pipe = io.BytesIO()
    send(pipe, {"courier": "late"})
    whole = pipe.getvalue()
    assert receive(io.BytesIO(whole)) == {"courier": "late"}
    for length in (0, 3, struct.calcsize("<Q"), len(whole) - 1):
        with pytest.raises(EOFError):
            receive(io.BytesIO(whole[:length]))
