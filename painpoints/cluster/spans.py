"""Clause-like spans of a unit that could stand as a title, and how well each is formed.

A span begins where a clause begins and runs for two to seven words, without greetings, fillers and the writer's own
person at its edges. It may end where the clause ends, or before a word that only adds where, when or with what.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from painpoints.cluster.lexicon import Lexicon, load_lexicon
from painpoints.cluster.words import Word

MOST_WORDS = 7
SHORTEST, LONGEST = 10, 60

_ENDS_WELL = {"clause": 1.0, "boundary": 0.8, "cut": 0.3}
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@dataclass(frozen=True)
class Span:
    """A run of words out of one unit: ``form`` (0..1) is how much it reads like a title, ``keys`` what it is about."""

    text: str
    keys: frozenset[str]
    form: float


def title_spans(reading: Sequence[Sequence[Word]], lang: str, *, foreign: bool = False) -> Iterator[Span]:
    """The spans of one unit that could be a title. ``foreign`` allows words in another script, all in the same one."""
    lexicon = load_lexicon(lang)
    for stretch in reading:
        starts = [0] + [at + 1 for at, word in enumerate(stretch) if word.traits.folded in lexicon.opener]
        firsts = {_first_word(stretch, start, lexicon) for start in starts}
        for first in sorted(firsts):
            for end in range(first + 2, min(first + MOST_WORDS, len(stretch)) + 1):
                words = stretch[first:end]
                text = _shown(words, lang)
                if SHORTEST <= len(text) <= LONGEST and _well_formed(words, lexicon, foreign):
                    form = _ENDS_WELL[_ending(stretch, end, lexicon)] * _reading(words, lexicon)
                    if any(w.traits.folded in lexicon.condition for w in stretch[max(0, first - 3):first]):
                        form *= 0.5  # what would be is not what is
                    keys = frozenset(w.key for w in words if w.traits.content or w.traits.negation)
                    yield Span(text, keys, form)


def _first_word(stretch: Sequence[Word], start: int, lexicon: Lexicon) -> int:
    while start < len(stretch):
        traits = stretch[start].traits
        if not (traits.filler or traits.folded in lexicon.opener or traits.folded in lexicon.first_person):
            break
        start += 1
    return start


def _well_formed(words: Sequence[Word], lexicon: Lexicon, foreign: bool) -> bool:
    last = words[-1].traits
    if last.number or last.filler or last.folded in lexicon.opener:
        return False
    if last.stop and last.folded not in lexicon.particle:
        return False
    if last.negation and not lexicon.negation_closes(last.folded):
        return False
    same_script = len({w.traits.native for w in words if not w.traits.number}) == 1
    if not same_script or (not foreign and not any(w.traits.native for w in words)):
        return False
    return any(w.traits.content for w in words)


def _ending(stretch: Sequence[Word], end: int, lexicon: Lexicon) -> str:
    if end == len(stretch):
        return "clause"
    following = stretch[end].traits
    if lexicon.lang == "fa":
        # The verb stands last: without one the clause is cut off.
        last = stretch[end - 1].traits
        verb = last.negation or last.folded in lexicon.particle or last.folded.startswith(("می", "نمی"))
        return "boundary" if verb else "cut"
    return "boundary" if following.folded in lexicon.boundary or following.folded in lexicon.opener else "cut"


def _reading(words: Sequence[Word], lexicon: Lexicon) -> float:
    value = 1.0 if any(w.traits.trouble for w in words) else 0.75
    value *= 0.8 if any(w.traits.folded in lexicon.first_person for w in words) else 1.0
    value *= 0.7 if any(w.traits.filler for w in words) else 1.0
    value *= 0.8 if any(w.traits.number for w in words) else 1.0
    value *= 0.85 if any(_is_name(w) for w in words[1:]) else 1.0
    return value * (0.75 if len(words) < 3 else 1.0)


def _is_name(word: Word) -> bool:
    return word.text[0].isupper() and word.text.lower() not in ("i", "i'm", "i've") and not word.text.isupper()


def _shown(words: Sequence[Word], lang: str) -> str:
    text = " ".join(word.text for word in words)
    if lang == "fa":
        return text.translate(_PERSIAN_DIGITS)
    return text[0].upper() + text[1:] if text else text
