"""What tells of a person, and whether a text holds any of it.

Ids and keys are looked for as they are, names in whatever spelling, and of what the person wrote every run of six words
that nobody else has written: the runs as keyed hashes, so that no file has to keep the words to look for.
"""

from __future__ import annotations

import itertools
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from typing import Any

from painpoints.text import streams, tokenise

RUN = 6
"""Words in a row that nobody else wrote tell of who wrote them."""
LEAST_NAME = 3
"""Letters of a name: fewer are in every text."""
LEAST_ID = 8
"""Letters of an input's own id that is looked for within texts; shorter ones stand for anything."""
GONE = "[forgotten]"
_SHORTEST = 2
_APART = re.compile(r"[\s,;:\t\"'{}\[\]()|]+")
_MOST_ORDERS = 3


@dataclass(frozen=True)
class Traces:
    """What to look for: ``ids`` (of documents, opinions, pseudonyms of authors, long ids of the input) word for word,
    all ids of the input in ``sources``, ``names`` as they were given, ``runs`` and short whole texts as hashes with
    ``key``."""

    ids: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    runs: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    key: str = field(default_factory=lambda: secrets.token_hex(16))

    def as_dict(self) -> dict[str, Any]:
        """The same, for JSON."""
        return {"ids": sorted(self.ids), "sources": sorted(self.sources), "names": list(self.names),
                "runs": sorted(self.runs), "whole": sorted(self.whole), "key": self.key}

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Traces:
        """What `as_dict` gave."""
        return cls(frozenset(kept["ids"]), frozenset(kept["sources"]), tuple(kept["names"]), frozenset(kept["runs"]),
                   frozenset(kept["whole"]), kept["key"])

    def found_in(self, text: str, *, names: bool = True, cell: bool = False) -> str | None:
        """Which kind of trace ``text`` holds ("id", "name", "words"), None where it holds none; a ``cell`` is compared
        with short texts as a whole."""
        if self.holds_id(text):
            return "id"
        if len(text) < _SHORTEST:
            return None
        words = streams(text)[0].split()
        if names and self.holds_name(words):
            return "name"
        if cell and 0 < len(words) < RUN and self.whole and _hashed(words, self.key) in self.whole:
            return "words"
        return "words" if self.runs and any(self._is_own(some) for some in _windows(words)) else None

    def holds_id(self, text: str) -> bool:
        """Whether one of the ids stands in ``text``, whatever stands beside it."""
        return self._id_pattern is not None and self._id_pattern.search(text) is not None

    def holds_source(self, text: str) -> bool:
        """Whether one of the input's own ids stands in ``text`` as a word of its own."""
        words = set(_APART.split(text))
        return any(source in words or (len(source) >= LEAST_ID and source in text) for source in self.sources)

    def holds_name(self, words: Sequence[str]) -> bool:
        """Whether one of the names stands among folded ``words``."""
        return next(self._name_places(words), None) is not None

    def without(self, text: str) -> str:
        """``text`` with `GONE` in place of what tells of the person; the rest as it was."""
        if self._id_pattern is not None:
            text = self._id_pattern.sub(GONE, text)
        tokens = tokenise(text)
        words = [token.text for token in tokens]
        if len(words) < RUN and self.whole and words and _hashed(words, self.key) in self.whole:
            return GONE
        cut = [False] * len(words)
        for start, end in itertools.chain(self._name_places(words), self._own_places(words)):
            cut[start:end] = [True] * (end - start)
        for going, group in reversed([(key, list(some)) for key, some in itertools.groupby(
                range(len(words)), cut.__getitem__)]):
            if going:
                text = text[:tokens[group[0]].start] + GONE + text[tokens[group[-1]].end:]
        return text

    @cached_property
    def needles(self) -> tuple[bytes, ...]:
        """What is looked for in the bytes of files: ids, and names as they were given, as UTF-8 and as UTF-16."""
        said = [*sorted(self.ids), *(name.strip() for name in self.names if len(name.strip()) > LEAST_NAME)]
        return tuple(text.encode(code) for text in said for code in ("utf8", "utf-16-le"))

    @cached_property
    def _id_pattern(self) -> re.Pattern[str] | None:
        return re.compile("|".join(map(re.escape, sorted(self.ids, key=len, reverse=True)))) if self.ids else None

    @cached_property
    def _spelled(self) -> frozenset[str]:
        """The names run together, their words in any order."""
        found = set()
        for name in self.names:
            words = streams(name)[0].split()
            orders = itertools.permutations(words) if len(words) <= _MOST_ORDERS else [words]
            found |= {"".join(order) for order in orders}
        return frozenset(name for name in found if len(name) >= LEAST_NAME)

    def _name_places(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Where names stand, first and behind the last word: spaces and ZWNJ inside of them make no difference."""
        if not self._spelled:
            return
        longest = max(map(len, self._spelled))
        for start in range(len(words)):
            joined = ""
            for end in range(start, len(words)):
                joined += words[end]
                if len(joined) > longest:
                    break
                if joined in self._spelled:
                    yield start, end + 1
                    break

    def _own_places(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        if self.runs:
            for start, some in enumerate(_windows(words)):
                if self._is_own(some):
                    yield start, start + RUN

    def _is_own(self, words: Sequence[str]) -> bool:
        return _hashed(words, self.key) in self.runs


def own_runs(texts: Iterable[str], others: Iterable[str], key: str) -> tuple[frozenset[str], frozenset[str]]:
    """Hashes with ``key`` of the runs that ``texts`` have and none of ``others``, and of those texts that are shorter
    than a run and that nobody else wrote."""
    runs: set[tuple[str, ...]] = set()
    whole: set[tuple[str, ...]] = set()
    for text in texts:
        words = tuple(streams(text)[0].split())
        runs.update(_windows(words))
        if 1 < len(words) < RUN:
            whole.add(words)
    known: frozenset[str] = frozenset(word for some in (*runs, *whole) for word in some)
    for text in others:
        if not runs and not whole:
            break
        words = tuple(streams(text)[0].split())
        if known.isdisjoint(words):
            continue
        runs.difference_update(_windows(words))
        whole.difference_update(tuple(words[at:at + size]) for size in range(2, RUN)
                                for at in range(len(words) - size + 1))
    return frozenset(_hashed(some, key) for some in runs), frozenset(_hashed(some, key) for some in whole)


def _windows(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[at:at + RUN]) for at in range(len(words) - RUN + 1))


def _hashed(words: Sequence[str], key: str) -> str:
    return blake2b(" ".join(words).encode("utf8", "surrogatepass"), key=bytes.fromhex(key), digest_size=8).hexdigest()
