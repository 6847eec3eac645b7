"""Ratings on any of the usual scales as numbers from 0 to 1."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from painpoints.errors import UsageError
from painpoints.read.table import cell_text, finite

#: Lowest and highest value by scale; "0-1" is a thumb, a yes or no.
SCALES: dict[str, tuple[float, float]] = {
    "1-5": (1.0, 5.0), "0-5": (0.0, 5.0), "1-10": (1.0, 10.0), "0-10": (0.0, 10.0), "0-100": (0.0, 100.0),
    "0-1": (0.0, 1.0),
}
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫", "01234567890123456789.")
_SAME = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ё": "е", "\u200c": " "})
_FULL, _EMPTY = "★⭐🌟✭✮✯●♥❤", "☆✩○♡"
_HALF = "½⯪⯨"
_PLAIN = re.compile(r"[-+]?\d{1,6}(?:[.,]\d{1,6})?")
_PERCENT = re.compile(r"(\d{1,3}(?:[.,]\d+)?)\s*[%٪]|[%٪]\s*(\d{1,3}(?:[.,]\d+)?)")


@dataclass(frozen=True, slots=True)
class RatingScale:
    """The scale of a column, how it was told, the share of sampled cells on it, and whether they can be nothing
    else (``is_certain``: stars, "4/5", or a narrow range of whole numbers)."""

    name: str
    why: str
    share: float
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """One rating taken apart: the value, and the top of its scale where it says so itself."""

    value: float
    top: float | None = None
    stars: bool = False


def read_rating(cell: object, scale: RatingScale) -> float | None:
    """The rating from 0 to 1, or None for what is no rating or off the scale."""
    mark = _mark_of(cell)
    if mark is None:
        return None
    low, high = SCALES[scale.name]
    value = mark.value
    if mark.top is not None and mark.top != high:
        if mark.top not in (1.0, 5.0, 10.0, 100.0):
            return None
        own_low = 1.0 if mark.top == 5.0 and value >= 1 else 0.0
        low, high = own_low, mark.top
    return (value - low) / (high - low) if low <= value <= high else None


def find_scale(cells: Sequence[object], name: str, override: str | None = None) -> RatingScale | None:
    """The scale of a column, decided over all sampled cells; None when they are no ratings.

    Raises UsageError for an override that is no scale.
    """
    if override is not None and override not in SCALES:
        raise UsageError(f"no rating scale is called {override!r}.", hint=f"Known are {', '.join(SCALES)}.")
    filled = [cell for cell in cells if cell_text(cell) is not None]
    marks = [mark for cell in filled if (mark := _mark_of(cell)) is not None]
    if not filled or len(marks) < 0.6 * len(filled):
        return None
    share = len(marks) / len(filled)
    if override is not None:
        return RatingScale(override, "named by the user", share, True)
    tops = [mark.top for mark in marks if mark.top is not None]
    if len(tops) > len(marks) / 2:
        return _scale_by_top(max(set(tops), key=tops.count), marks, name, share)
    return _scale_by_range([mark.value for mark in marks], name, share)


def _scale_by_top(top: float, marks: list[Mark], name: str, share: float) -> RatingScale | None:
    values = [mark.value for mark in marks if mark.top == top]
    stars = any(mark.stars for mark in marks)
    if top == 5.0:
        halves = any(0 < value < 1 for value in values)
        return RatingScale("0-5" if halves else "1-5", "stars" if stars else "values say out of 5", share, True)
    if top == 10.0:
        scale = "0-10" if 0.0 in values or _is_nps(name) else "1-10"
        return RatingScale(scale, "values say out of 10", share, True)
    if top == 100.0:
        return RatingScale("0-100", "percentages", share, True)
    thumbs = any(mark.stars for mark in marks)
    return RatingScale("0-1", "thumbs" if thumbs else "words", share, thumbs) if top == 1.0 else None


def _scale_by_range(values: list[float], name: str, share: float) -> RatingScale | None:
    count = len(values)
    distinct = set(values)
    whole = all(value.is_integer() for value in distinct)
    if min(distinct) < 0 or sum(1 for value in values if value > 100) > max(0.02 * count, count >= 4):
        return None
    if _is_nps(name) and max(distinct) <= 10 and not (distinct <= {0.0, 1.0}):
        return RatingScale("0-10", f"the name {name!r} asks for a likelihood to recommend", share, True)
    if max(distinct) <= 1.0:
        if distinct == {0.0, 1.0}:
            return RatingScale("0-1", "nothing but 0 and 1", share, False)
        return RatingScale("1-5", "nothing but 1", share, False) if distinct == {1.0} else None

    def off(top: float) -> float:
        return sum(1 for value in values if value > top) / count

    sure = whole and len(distinct) >= 3
    if off(5) <= 0.02 or (off(5) == off(20) and off(5) <= 0.25):
        if any(0 < value < 1 for value in distinct):
            return RatingScale("0-5", "values from below 1 to 5", share, sure)
        return RatingScale("1-5", "values from 1 to 5", share, sure)
    if off(10) <= 0.02 or (off(10) == off(20) and off(10) <= 0.25):
        if 0.0 in distinct:
            return RatingScale("0-10", "values from 0 to 10", share, whole and len(distinct) >= 6)
        return RatingScale("1-10", "values from 1 to 10", share, whole and len(distinct) >= 6)
    return RatingScale("0-100", "values from 0 to 100", share, False)


def _mark_of(cell: object) -> Mark | None:
    if isinstance(cell, str):
        return _mark_in(cell) if len(cell) <= 60 else None
    if isinstance(cell, int | float):
        return _mark_in(cell)
    return _mark_of(float(cell)) if isinstance(cell, Decimal) else None


@functools.lru_cache(maxsize=8192, typed=True)  # True is a thumb, 1 is a star
def _mark_in(cell: str | int | float) -> Mark | None:
    if isinstance(cell, bool):
        return Mark(float(cell), 1.0)
    if not isinstance(cell, str):
        return Mark(float(cell)) if finite(cell) else None
    text = cell.replace("\ufe0f", "").strip().translate(_DIGITS)
    if _PLAIN.fullmatch(text):
        return Mark(float(text.replace(",", ".")))
    full = sum(text.count(star) for star in _FULL)
    empty = sum(text.count(star) for star in _EMPTY)
    half = sum(text.count(star) for star in _HALF)
    if full + empty and full + empty + half <= 10 and not any(map(str.isalnum, text.replace("½", ""))):
        return Mark(full + half / 2, 10.0 if full + empty > 5 else 5.0, stars=True)
    if re.fullmatch(r"\*{1,5}", text):
        return Mark(float(len(text)), 5.0, stars=True)
    if (percent := _PERCENT.fullmatch(text)) is not None:
        return Mark(float((percent[1] or percent[2]).replace(",", ".")), 100.0)
    return _mark_in_words(text)


def _mark_in_words(text: str) -> Mark | None:
    words = _words()
    folded = _fold(text)
    if (match := words.fraction.fullmatch(folded)) is not None:
        top = float(match[2].replace(",", "."))
        return Mark(float(match[1].replace(",", ".")), top) if top in (5.0, 10.0, 100.0) else None
    if folded in words.values:
        return Mark(words.values[folded], 1.0, stars=folded in ("👍", "👎"))
    if (match := words.stars.fullmatch(folded)) is not None:
        number = words.numbers.get(match[1])
        value = float(number) if number is not None else float(match[1].replace(",", "."))
        return Mark(value, 5.0 if value <= 5 else 10.0, stars=True)
    return None


@dataclass(frozen=True, slots=True)
class _Words:
    values: dict[str, float]
    numbers: dict[str, int]
    fraction: re.Pattern[str]
    stars: re.Pattern[str]
    nps: frozenset[str]


def _fold(text: str) -> str:
    bare = "".join(character for character in text if unicodedata.category(character) not in ("Mn", "Cf")
                   or character == "\u200c")
    folded = bare.casefold().translate(_SAME)
    no_skin = "".join(character for character in folded if not 0x1F3FB <= ord(character) <= 0x1F3FF)
    return " ".join(no_skin.split()).strip(".!")


@functools.cache
def _words() -> _Words:
    data = tomllib.loads(Path(__file__).with_name("ratings.toml").read_text(encoding="utf-8"))
    values = {_fold(word): float(value) for value, words in data["words"].items() for word in words}
    numbers = {_fold(word): int(value) for value, words in data["numbers"].items() for word in words}
    number = r"(\d{1,3}(?:[.,]\d+)?)"
    of = "|".join(re.escape(_fold(word)) for word in sorted(data["units"]["of"], key=len, reverse=True))
    stars = "|".join(re.escape(_fold(word)) for word in sorted(data["units"]["stars"], key=len, reverse=True))
    spelled = "|".join(re.escape(word) for word in sorted(numbers, key=len, reverse=True))
    return _Words(
        values=values,
        numbers=numbers,
        fraction=re.compile(
            rf"(?:rated |امتیاز |оценка )?{number}\s*(?:(?:{stars})\s*)?(?:{of})\s*{number}(?:\s*(?:{stars}))?"
        ),
        stars=re.compile(rf"(\d(?:[.,]\d+)?|{spelled})\s*(?:{stars})"),
        nps=frozenset(_compact(name) for name in data["nps"]["names"]),
    )


def _compact(name: str) -> str:
    return "".join(filter(str.isalnum, _fold(name)))


def _is_nps(name: str) -> bool:
    folded = _compact(name)
    return folded in _words().nps or folded.startswith("nps") or folded.endswith("nps")
