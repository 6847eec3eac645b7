"""Which column is the text, the time, the rating ...: by its name in four languages, then by what stands in it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from painpoints.errors import ColumnError
from painpoints.read.columnnames import fold_name, lexicon, name_tokens
from painpoints.read.options import ROLES
from painpoints.read.people import are_sides, hold_people, is_bare, is_person_column
from painpoints.read.ratings import RatingScale, find_scale
from painpoints.read.social.telling import is_answer
from painpoints.read.table import cell_text
from painpoints.read.times import TimeReading, find_reading

_TEXT_ROLES = ("text", "title", "pros", "cons")
_NUMERIC = re.compile(r"[-+]?\d+(?:[.,٫]\d+)?%?")
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:[-_][a-zA-Z]{2,4})?")
_LANGUAGE_CODES = frozenset((
    "fa", "ar", "ru", "en", "fas", "per", "ara", "rus", "eng", "de", "fr", "es", "it", "pt", "tr", "uk", "kk", "az",
    "ur", "ku", "ckb", "he", "hi", "zh", "ja", "ko", "nl", "pl", "sv", "und",
))
_PERSIAN = frozenset("پچژگکی\u200c")
_ARABIC = frozenset("ةكيىأإؤ")


@dataclass(frozen=True, slots=True)
class Column:
    """A column with a meaning, and why it has it: ``override``, ``name`` or ``content``."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the columns of a table mean; `time` and `rating` say how their cells are read."""

    columns: dict[str, Column]
    time: TimeReading | None
    rating: RatingScale | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Profile:
    """What the sampled cells of a column look like."""

    values: list[str]
    filled: float
    letters: float
    words: float
    distinct: float
    numeric: float

    @property
    def is_prose(self) -> bool:
        return self.words >= 1.8 and self.letters >= 6 and self.numeric < 0.3


def named(names: Sequence[str], wanted: str, where: str, option: str) -> str:
    """The column the user means. Raises ColumnError with the nearest name and the list of all."""
    if wanted in names:
        return wanted
    folded = {fold_name(name): name for name in reversed(names)}
    if fold_name(wanted) in folded:
        return folded[fold_name(wanted)]
    near = difflib.get_close_matches(fold_name(wanted), folded, n=1, cutoff=0.6)
    listed = ", ".join(names[:40]) + (" ..." if len(names) > 40 else "")
    hint = f"Did you mean {folded[near[0]]!r}?" if near else f"Name one of them with --{option} COLUMN."
    raise ColumnError(f"{where}: no column {wanted!r} among {listed}.", hint=hint)


def understand(where: str, names: Sequence[str], sample: Sequence[Sequence[object]], overrides: dict[str, str],
               rating_scale: str | None, told: dict[str, str] | None = None) -> Understanding:
    """The meaning of each column of a table, from its names and sampled rows.

    Overrides come first (an empty one: no column is this), then what is ``told`` of the tool that it comes from, then
    names (whole names before parts of names), then content. Raises ColumnError when an override names no column or
    nothing holds texts.
    """
    profiles = {name: _profile([row[place] for row in sample]) for place, name in enumerate(names)}
    raw = {name: [row[place] for row in sample] for place, name in enumerate(names)}
    columns = {role: Column(named(names, wanted, where, role), "override") for role, wanted in overrides.items()
               if wanted}
    barred = {role for role, wanted in overrides.items() if not wanted}
    columns |= {role: Column(name, "preset") for role, name in (told or {}).items() if role not in overrides
                and name not in {column.name for column in columns.values()}}
    language = guess_language(names, [profile.values for profile in profiles.values() if profile.is_prose])
    readings: dict[str, TimeReading | None] = {}
    scales: dict[str, RatingScale | None] = {}

    def reading(name: str) -> TimeReading | None:
        if name not in readings:
            readings[name] = find_reading(raw[name], name, language)
        return readings[name]

    def scale(name: str) -> RatingScale | None:
        if name not in scales:
            scales[name] = find_scale(raw[name], name, rating_scale)
        return scales[name]

    def fits(role: str, name: str, exact: bool) -> bool:
        profile = profiles[name]
        if not profile.values:
            return exact
        if role in _TEXT_ROLES and is_answer(name):
            return False
        if role in _TEXT_ROLES:
            return profile.numeric < 0.9 if exact else profile.numeric < 0.5 and profile.letters > 6
        if role == "time":
            found = reading(name)
            return found is not None and found.share >= (0.3 if exact else 0.6)
        if role == "rating":
            return scale(name) is not None and (exact or not lexicon().not_rating & set(name_tokens(name)))
        if role == "id":
            return profile.distinct >= 0.9 and not profile.is_prose
        if role == "language":
            return sum(1 for value in profile.values if len(value) <= 20) >= 0.9 * len(profile.values)
        if role == "author" and are_sides(profile.values):
            return False
        return not (role in ("author", "source") and profile.words > 6)

    taken = {column.name for column in columns.values()}
    for _, _, role, name, exact in sorted(_name_matches(names), key=lambda match: match[:2]):
        if role not in columns and role not in barred and name not in taken and fits(role, name, exact):
            columns[role] = Column(name, "name")
            taken.add(name)
    _fill_by_content(names, profiles, columns, taken, barred, reading, scale)
    notes = _settle_texts(where, names, columns)
    time_column, rating_column = columns.get("time"), columns.get("rating")
    if rating_column is not None and scale(rating_column.name) is None:
        notes.append(f"rating: the values of {rating_column.name!r} fit no scale.")
    if time_column is not None and reading(time_column.name) is None:
        notes.append(f"time: no value of {time_column.name!r} is a time.")
    return Understanding(
        columns={role: columns[role] for role in ROLES if role in columns},
        time=reading(time_column.name) if time_column else None,
        rating=scale(rating_column.name) if rating_column else None,
        notes=tuple(notes),
    )


def _profile(cells: list[object]) -> _Profile:
    values = [text for cell in cells if (text := cell_text(cell)) is not None]
    shown = values[:500]
    count = len(shown) or 1
    return _Profile(
        values=shown,
        filled=len(values) / (len(cells) or 1),
        letters=sum(sum(map(str.isalpha, value)) for value in shown) / count,
        words=sum(len(value.split()) for value in shown) / count,
        distinct=len(set(values)) / (len(values) or 1),
        numeric=sum(1 for value in shown if _NUMERIC.fullmatch(value.strip())) / count,
    )


def _name_matches(names: Sequence[str]) -> list[tuple[tuple[int, int], int, str, str, bool]]:
    """((tier, rank), place, role, name, whole name known) for every way a name can be understood."""
    words = lexicon()
    found: list[tuple[tuple[int, int], int, str, str, bool]] = []
    for place, name in enumerate(names):
        whole = words.exact.get(fold_name(name), [])
        found += [((0, rank), place, role, name, True) for role, rank in whole]
        tokens = name_tokens(name)
        if whole or len(tokens) < 2:
            continue
        if "." in name:
            last = words.exact.get(fold_name(name.rsplit(".", 1)[1]), [])
            found += [((1, rank), place, role, name, False) for role, rank in last
                      if (role not in _TEXT_ROLES or not words.not_text & set(tokens))
                      and (not is_bare(name) if role == "author" else not is_person_column(name))]
            continue
        head = tokens[-1] if name.isascii() and "of" not in tokens else tokens[0]
        for role, rank in words.exact.get(head, []):
            if role in _TEXT_ROLES and words.not_text & set(tokens):
                continue
            if role in ("author", "source", "product", "id", "language"):
                continue  # half a name is too little for these: "product_version", "user_type"
            if role == "time" and words.not_text & (set(tokens) - {"date", "id"}):
                continue
            found.append(((2, rank), place, role, name, False))
    return found


def _fill_by_content(names: Sequence[str], profiles: dict[str, _Profile], columns: dict[str, Column], taken: set[str],
                     barred: set[str], reading: object, scale: object) -> None:
    """Give the roles that no name settled to columns whose cells look the part."""
    assert callable(reading) and callable(scale)
    words = lexicon()
    free = [name for name in names if name not in taken and profiles[name].values
            and not is_person_column(name) and not hold_people(profiles[name].values)]
    settled = columns.keys() | barred

    def settle(role: str, name: str) -> None:
        columns[role] = Column(name, "content")
        free.remove(name)

    if not any(role in settled for role in ("text", "pros", "cons")):
        prose = [name for name in free if not is_answer(name) and profiles[name].letters >= 4
                 and profiles[name].numeric < 0.3
                 and not _is_coded(profiles[name].values) and reading(name) is None]
        prose = [name for name in prose if profiles[name].is_prose] or (prose if len(names) == 1 else [])
        if prose:
            settle("text", max(prose, key=lambda name: profiles[name].letters * profiles[name].distinct ** 0.5))
    if "time" not in settled:
        for name in free:
            found = reading(name)
            if found is not None and found.is_certain and found.share >= 0.9:
                settle("time", name)
                break
    if "rating" not in settled:
        able = [name for name in free if not words.not_rating & set(name_tokens(name))
                and (found := scale(name)) is not None and found.is_certain]
        if len(able) == 1:
            settle("rating", able[0])
    if "language" not in settled:
        for name in free:
            values = set(profiles[name].values)
            if all(_is_language_code(value) for value in values):
                settle("language", name)
                break
    if "id" not in settled:
        for name in free:
            profile = profiles[name]
            short = all(len(value) <= 40 and " " not in value.strip() for value in profile.values)
            enough = len(profile.values) >= 3 and profile.filled == 1.0 and profile.distinct == 1.0
            if enough and short and any(any(map(str.isdigit, value)) for value in profile.values):
                settle("id", name)
                break


def _is_language_code(value: str) -> bool:
    return bool(_LANGUAGE.fullmatch(value)) and re.split("[-_]", value.lower())[0] in _LANGUAGE_CODES


def _is_coded(values: list[str]) -> bool:
    """Addresses, keys and file names: long, but without a space."""
    spaceless = sum(1 for value in values if " " not in value.strip())
    return spaceless > 0.8 * len(values) and sum(map(len, values)) > 20 * len(values)


def _settle_texts(where: str, names: Sequence[str], columns: dict[str, Column]) -> list[str]:
    if "text" in columns or "pros" in columns or "cons" in columns:
        return []
    if "title" in columns:
        columns["text"] = columns.pop("title")
        return [f"text: there is only the title column {columns['text'].name!r}."]
    listed = ", ".join(names[:40]) + (" ..." if len(names) > 40 else "")
    raise ColumnError(f"{where}: no text column among {listed}.", hint="Name it with --text COLUMN.")


def guess_language(names: Sequence[str], texts: Sequence[Sequence[str]]) -> str:
    """fa, ar, ru or en: the language most of the texts (or, without texts, the column names) seem to be in."""
    shown = "".join(value[:300] for values in texts for value in values[:100]) or " ".join(names)
    counts = {"fa": 0.0, "ar": 0.0, "ru": 0.0, "en": 0.0}
    for character in shown:
        if character in _PERSIAN:
            counts["fa"] += 6
        elif character in _ARABIC:
            counts["ar"] += 6
        elif "\u0400" <= character <= "\u04ff":
            counts["ru"] += 1
        elif character.isascii() and character.isalpha():
            counts["en"] += 1
        elif "\u0600" <= character <= "\u06ff":
            counts["fa"] += 0.5
            counts["ar"] += 0.5
    return max(counts, key=lambda language: counts[language])
