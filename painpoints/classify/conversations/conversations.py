"""The conversations frame: one row a transcript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from painpoints.taxonomy import NO_STAGE

from .acts import read_acts
from .courtesy import courtesy
from .effort import TRANSFER, WAITING, effort
from .mood import cued_trajectory
from .promises import BROKEN, find_promises
from .resolution import UNRESOLVED, resolve
from .shipped import load_conversation_heads
from .turns import AGENT, Conversation, read_conversations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .acts import Encode
    from .shipped import ConversationHeads

CONVERSATIONS: dict[str, pl.DataType | type[pl.DataType]] = {
    "doc_id": pl.Utf8, "lang": pl.Utf8, "turns": pl.Int64, "customer_turns": pl.Int64,
    "sentiment_start": pl.Float64, "sentiment_lowest": pl.Float64, "sentiment_end": pl.Float64,
    "lowest_turn": pl.Int32, "trajectory": pl.Utf8, "main_unit": pl.Utf8, "touchpoint": pl.Utf8, "stage": pl.Utf8,
    "resolution": pl.Utf8, "resolution_turn": pl.Int32, "resolution_p": pl.Float64, "effort": pl.Int64,
    "effort_signs": pl.List(pl.Struct({"sign": pl.Utf8, "turn": pl.Int32})),
    "promises": pl.List(pl.Struct({"turn": pl.Int32, "start": pl.Int64, "end": pl.Int64, "hours": pl.Float64,
                                   "kept": pl.Utf8, "kept_turn": pl.Int32})),
    "courtesy": pl.Utf8, "courtesy_turn": pl.Int32, "company_failure": pl.Boolean,
}
"""Columns of the conversations frame. Sentiments are -1..1; ``resolution`` is resolved, unresolved or unknown;
``kept`` is kept, broken or unknown; ``courtesy`` is courteous, plain, discourteous or unknown."""
_SECONDARY = ("support", "general", "none", "survey")
"""Touchpoints that are spoken of because of another problem; they count less towards the main one."""


def judge_conversations(documents: pl.DataFrame, units: pl.DataFrame, encode: Encode) -> pl.DataFrame:
    """One row (`CONVERSATIONS`) for each transcript with turns among ``documents``, in their order.

    ``units`` are their judged units, with ``turn``; ``encode`` gives the built-in encoder's vectors (n, d) of texts.
    Documents of other kinds, or without turns, have no row. Raises ModelError.
    """
    if "turns" not in documents.columns:
        return pl.DataFrame(schema=CONVERSATIONS)
    conversations = read_conversations(documents, units)
    if not conversations:
        return pl.DataFrame(schema=CONVERSATIONS)
    heads = load_conversation_heads()
    read_acts(conversations, heads.acts, encode)
    mains = _main_problems(units.filter(pl.col("turn").is_not_null()))
    rows = [_row(each, mains.get(each.doc_id, {}), heads) for each in conversations]
    return pl.DataFrame(rows, schema=CONVERSATIONS)


def _row(conversation: Conversation, main: Mapping[str, Any], heads: ConversationHeads) -> dict[str, Any]:
    cued = resolve(conversation)
    resolution, likely = heads.verdict.resolution(conversation, cued)
    felt = heads.verdict.trajectory(conversation, cued_trajectory(conversation, cued), likely)
    told = heads.signs.read(conversation)
    signs, promises = effort(conversation, told), find_promises(conversation, told)
    manner, manner_turn = courtesy(conversation)
    failed = bool(main.get("is_problem")) or resolution.outcome == UNRESOLVED or any(
        promise.kept == BROKEN for promise in promises) or any(
        sign.sign in (WAITING, TRANSFER) for sign in signs) or any(
        turn.speaker == AGENT and turn.has("own_fault") for turn in conversation.turns)
    return {
        "doc_id": conversation.doc_id, "lang": conversation.lang, "turns": len(conversation.turns),
        "customer_turns": len(conversation.customer), "sentiment_start": felt.start, "sentiment_lowest": felt.lowest,
        "sentiment_end": felt.end, "lowest_turn": felt.lowest_turn, "trajectory": felt.direction,
        "main_unit": main.get("unit_id"), "touchpoint": main.get("touchpoint"), "stage": main.get("stage"),
        "resolution": resolution.outcome, "resolution_turn": resolution.turn, "resolution_p": resolution.p,
        "effort": len(signs), "effort_signs": [{"sign": each.sign, "turn": each.turn} for each in signs],
        "promises": [vars(promise) for promise in promises], "courtesy": manner, "courtesy_turn": manner_turn,
        "company_failure": failed,
    }


def _main_problems(units: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """For each conversation its main unit with touchpoint, stage and ``is_problem``: the likeliest problem of the
    touchpoint that most is said about, what comes early counting more; any unit where no problem is told."""
    size = (pl.col("end") - pl.col("start")).clip(upper_bound=120).cast(pl.Float64)
    weighed = units.with_columns(
        worth=pl.col("problem_p").cast(pl.Float64) * size / (2.0 + pl.col("turn").rank("dense").over("doc_id"))
        * pl.when(pl.col("touchpoint").is_in(_SECONDARY) | (pl.col("stage") == NO_STAGE)).then(0.3).otherwise(1.0))
    ranked = weighed.with_columns(about=pl.col("worth").sum().over("doc_id", "touchpoint")).sort(
        "doc_id", "about", "worth", "unit_id", descending=[False, True, True, False])
    first = ranked.unique("doc_id", keep="first", maintain_order=True)
    columns = ["doc_id", "unit_id", "touchpoint", "stage", "is_problem"]
    return {row["doc_id"]: row for row in first.select(columns).iter_rows(named=True)}
