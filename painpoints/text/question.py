"""What somebody types to search, understood: words, "phrases", beginnings* and -exclusions. Nothing else is syntax."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from painpoints.errors import UsageError

from .symbols import ARABIC
from .tokens import Placed, Token, placed_streams, tokenise

MOST = 64  # words in one question

_QUOTES = '"“”„‟«»＂'
_INVISIBLE = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_CHUNK = re.compile(rf"(?P<minus>(?<![^\s{_QUOTES}])[-−])?"
                    rf"(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)(?:[{_QUOTES}](?P<star>\*)?)?|(?P<plain>[^\s{_QUOTES}]+))")
_ARABIC_WORD = re.compile(f"[{ARABIC}]+")
_EXAMPLE = 'Write words, a "phrase", the beginning of a word with a star (refund*), -word for what to leave out.'


@dataclass(frozen=True)
class Term:
    """Something a text must hold, or must not where ``negated``: one of ``alternatives``, words that follow each other.

    ``prefix``: the last word of each is the beginning of one.
    """

    alternatives: tuple[tuple[str, ...], ...]
    prefix: bool = False
    negated: bool = False


@dataclass(frozen=True)
class Question:
    """Terms that hold together; ``wanted`` is never empty."""

    terms: tuple[Term, ...]

    @property
    def wanted(self) -> tuple[Term, ...]:
        """What a text must hold."""
        return tuple(term for term in self.terms if not term.negated)

    @property
    def unwanted(self) -> tuple[Term, ...]:
        """What a text must not hold."""
        return tuple(term for term in self.terms if term.negated)


def parse_question(words: str) -> Question:
    """The question that ``words`` ask. Raises UsageError when they ask nothing, or more than a question holds."""
    terms = tuple(dict.fromkeys(term for chunk in _chunks(_INVISIBLE.sub("", words)) for term in chunk))
    if not terms:
        raise UsageError("There is nothing to search for.", hint=_EXAMPLE)
    if all(term.negated for term in terms):
        raise UsageError("The search says only what is to be left out.", hint="Add a word that is to be found.")
    asked = sum(len(term.alternatives[0]) for term in terms)
    if asked > MOST:
        raise UsageError(f"The search has {asked} words; {MOST} is the most.", hint="Leave out what is less telling.")
    return Question(terms)


def mark(text: str, question: Question) -> list[tuple[int, int]]:
    """The slices (start, end) of the original ``text`` that answer ``question``, in order, none touching another."""
    hits = {hit for stream in placed_streams(text) for term in question.wanted for alternative in term.alternatives
            for hit in _hits(stream, alternative, term.prefix)}
    joined: list[tuple[int, int]] = []
    for start, end in sorted(hits):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _hits(stream: Sequence[Placed], wanted: tuple[str, ...], prefix: bool) -> Iterator[tuple[int, int]]:
    """Where the words ``wanted`` follow each other."""
    *before, last = wanted
    for place, (said, start, end) in enumerate(stream):
        if said == last or (prefix and said.startswith(last)):
            earlier = stream[max(place - len(before), 0):place]
            if [word for word, _, _ in earlier] == before:
                yield earlier[0][1] if before else start, end


def _chunks(words: str) -> Iterator[list[Term]]:
    stretch: list[str] = []  # plain words that follow each other: a Persian affix may stand apart from its word
    for chunk in _CHUNK.finditer(words):
        if chunk["plain"] is not None and not chunk["minus"]:
            stretch.append(chunk["plain"])
            continue
        yield _plain_terms(" ".join(stretch))
        stretch = []
        if chunk["phrase"] is None:
            yield [replace(term, negated=True) for term in _plain_terms(chunk["plain"])]
        else:
            prefix = bool(chunk["star"]) or chunk["phrase"].rstrip().endswith("*")
            yield list(_term(tokenise(chunk["phrase"]), prefix, bool(chunk["minus"])))
    yield _plain_terms(" ".join(stretch))


def _plain_terms(stretch: str) -> list[Term]:
    """The terms of words without quotes; what has no space inside (2.5, and/or) is a phrase."""
    groups: list[list[Token]] = []
    stars: list[bool] = []
    for token in tokenise(stretch):
        gap = stretch[groups[-1][-1].end:token.start] if groups else ""
        if not groups or stars[-1] or any(letter.isspace() for letter in gap):
            groups.append([])
            stars.append(False)
        groups[-1].append(token)
        stars[-1] = stretch[token.end:token.end + 1] == "*"
    terms = [term for group, star in zip(groups, stars, strict=True) for term in _term(group, star)]
    return [_with_neighbours(terms, place) for place in range(len(terms))]


def _term(tokens: Iterable[Token], prefix: bool = False, negated: bool = False) -> Iterator[Term]:
    found = list(tokens)
    wholes = tuple(token.text for token in found)
    if wholes:
        parts = tuple(part.text for token in found for part in token.parts)
        yield Term(tuple(dict.fromkeys((wholes, parts))), prefix, negated)


def _with_neighbours(terms: Sequence[Term], place: int) -> Term:
    """A term that is one word of the Arabic script is found run together with the word beside it too."""
    pairs = [terms[i:i + 2] for i in (place - 1, place) if 0 <= i < len(terms) - 1]
    joined = [(one.alternatives[0][0] + two.alternatives[0][0],) for one, two in pairs
              if _may_join(one) and _may_join(two)]
    return replace(terms[place], alternatives=tuple(dict.fromkeys((*terms[place].alternatives, *joined))))


def _may_join(term: Term) -> bool:
    return not term.prefix and len(term.alternatives) == 1 and len(term.alternatives[0]) == 1 and bool(
        _ARABIC_WORD.fullmatch(term.alternatives[0][0]))
