"""The map of all opinions as the page draws it: places and codes in one compact run of bytes."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from painpoints.report import Edition

MAGIC = b"PPM1"
_LANGS, _SENTIMENTS = ("fa", "ar", "ru", "en"), ("neg", "neu", "pos")


def map_points(units: pl.DataFrame, places: pl.DataFrame, points: Sequence[Mapping[str, Any]], edition: Edition,
               titles: Mapping[str, str], sentiments: Mapping[str, str], within: pl.Series) -> bytes:
    """The opinions of ``units`` that have one of the ``places`` (unit_id, x, y), named in the language of ``edition``.

    ``within`` (n,) says which of ``units`` can be in a pain point, ``titles`` what ``points`` and
    ``sentiments`` what the three are called.
    Little-endian: MAGIC; the length of the header (Uint32); the header, JSON padded with blanks to a multiple of four
    bytes; then for n opinions x and y (Float32 each), and codes: painpoint (Uint16: 0 none, else one more than its
    place in the header's list), stage, touchpoint, lang, sentiment (Uint8: places in the header's lists), within
    (Uint8); last their ids, one a line. The header has ``count``, ``total`` (of opinions that are no copies), the lists
    of ``code`` and ``name``, and ``painpoints`` (id, title), which are those of ``points`` that have opinions.
    """
    import numpy as np
    import polars as pl

    shown = places.join(units.with_columns(within=within), on="unit_id", how="inner", maintain_order="left")
    listed = [point for point in points if point["units"]][:np.iinfo(np.uint16).max - 1]
    numbers = {point["painpoint_id"]: number for number, point in enumerate(listed, 1)}
    of = shown["painpoint_id"].replace_strict(numbers, default=0, return_dtype=pl.UInt16).fill_null(0)
    coded = [_coded(shown["stage"], [stage.code for stage in edition.framework.stages]),
             _coded(shown["touchpoint"], [touchpoint.code for touchpoint in edition.taxonomy.touchpoints]),
             _coded(shown["lang"], _LANGS), _coded(shown["sentiment"], _SENTIMENTS)]
    named: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("stages", edition.stage), ("touchpoints", edition.touchpoint), ("languages", edition.language),
        ("sentiments", lambda code: sentiments.get(code, code)))
    header = {"count": len(shown), "total": int((units["weight"] > 0).sum()),
              **{name: [{"code": code, "name": call(code)} for code in codes]
                 for (name, call), (codes, _) in zip(named, coded, strict=True)},
              "painpoints": [{"id": point["painpoint_id"], "title": titles[point["painpoint_id"]]} for point in listed]}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    columns = [_bytes(shown[name], "<f4") for name in ("x", "y")]
    return b"".join([MAGIC, struct.pack("<I", len(text)), text, *columns, _bytes(of, "<u2"),
                     *(numbers.tobytes() for _, numbers in coded), _bytes(shown["within"], "u1"),
                     "\n".join(shown["unit_id"]).encode()])


def _coded(values: pl.Series, known: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """The values there are, those that are ``known`` first, and each one's place among them (n,) uint8.

    What no longer has a place among 256 is counted to the last.
    """
    import polars as pl

    order = {code: number for number, code in enumerate(known)}
    counts = values.fill_null("none").value_counts(sort=True).rows()
    ranked = sorted(counts, key=lambda item: (order.get(item[0], len(order)), -item[1], item[0]))
    codes = [code for code, _ in ranked][:256]
    numbers = {code: min(number, 255) for number, (code, _) in enumerate(ranked)}
    coded = values.fill_null("none").replace_strict(numbers, return_dtype=pl.UInt8)
    return codes, coded.to_numpy()


def _bytes(values: pl.Series, kind: str) -> bytes:
    return values.to_numpy().astype(kind).tobytes()
