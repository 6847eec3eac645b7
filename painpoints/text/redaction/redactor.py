"""Personal data out of texts: readable tokens in its place, with the way back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from painpoints.errors import UsageError

from .candidates import Candidate, winners
from .canvas import BARRIER, canvas
from .detection import Detection, worth_reading
from .kinds import DEFAULT_KINDS, KINDS, TOKEN, Style, token, token_kind

Names = Callable[[str], Iterable[tuple[int, int]]]
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Found:
    """One value that was replaced: where its token stands now, and where the value stood."""

    kind: str
    number: int
    start: int
    end: int
    was: tuple[int, int]
    pseudonym: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without what was found in it; ``found`` is in order of place."""

    text: str
    found: tuple[Found, ...]


class Redactor:
    """Replaces personal data of the given kinds by tokens.

    Parameters
    ----------
    kinds
        What is replaced, among :data:`KINDS`. Numbers of orders are left alone (and not mistaken for telephones)
        unless "order" is among them.
    key
        The secret of the pseudonyms: who has it not cannot tell whether a guessed number is behind one.
    style
        "words" writes ``[phone 1]``, "symbols" «📞1».
    keep
        Regular expressions of values that stay whatever they look like, such as the numbers of one's own orders.
    names
        Gives the places (start, end) of names of persons in a text; without it no name is looked for.
    brands
        User names that stay: one's own, with or without @.

    Raises ``UsageError`` for an unknown kind, an empty key or a pattern that cannot be read.
    """

    def __init__(
        self,
        kinds: frozenset[str] = DEFAULT_KINDS,
        *,
        key: bytes,
        style: Style = "words",
        keep: Sequence[str] = (),
        names: Names | None = None,
        brands: Sequence[str] = (),
    ) -> None:
        unknown = sorted(kinds - KINDS)
        if unknown:
            raise UsageError(
                f"no kind of personal data is called {unknown[0]!r}.", hint=f"Kinds: {', '.join(sorted(KINDS))}."
            )
        if not key:
            raise UsageError("pseudonyms need a key.", hint="Give a secret of at least 16 bytes.")
        if style not in ("words", "symbols"):
            raise UsageError(f"no style of tokens is called {style!r}.", hint="Styles: words, symbols.")
        self.kinds = frozenset(kinds)
        self.style: Style = style
        self.names = names if "name" in kinds else None
        self._key = key if len(key) <= 64 else blake2b(key).digest()
        self._detection = Detection(
            keep=_patterns(keep), brands=frozenset(b.lstrip("@").lower() for b in brands)
        )

    def document(self) -> DocumentRedactor:
        """A redactor for the texts of one document, which share their numbers."""
        return DocumentRedactor(self)

    def pseudonym(self, kind: str, value: str) -> str:
        """16 hexadecimal digits that stand for a canonical value in every document redacted with this key."""
        named = f"{kind}:{value}".encode("utf-8", "surrogatepass")
        return blake2b(named, digest_size=8, key=self._key, person=b"redaction").hexdigest()

    def find(self, text: str) -> list[Candidate]:
        """What is to be replaced in ``text``, tokens that stand there already left alone; in order of place."""
        if not worth_reading(text):
            return []
        drawn = canvas(text)
        if "[" in text or "«" in text:
            for match in TOKEN.finditer(text):
                drawn = drawn[: match.start()] + BARRIER * (match.end() - match.start()) + drawn[match.end():]
        candidates = self._detection.candidates(drawn)
        if BARRIER in drawn:
            candidates = (c for c in candidates if BARRIER not in drawn[c.start : c.end])
        return [found for found in winners(candidates) if found.kind in self.kinds]


def _patterns(keep: Sequence[str]) -> list[re.Pattern[str]]:
    patterns = []
    for number, pattern in enumerate(keep, 1):
        try:
            patterns.append(re.compile(pattern, re.IGNORECASE))
        except re.error as error:
            raise UsageError(f"pattern {number} of what to keep cannot be read: {error}.") from None
    return patterns


class DocumentRedactor:
    """Redacts the texts of one document: the same value gets the same number in all of them."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._numbers: dict[tuple[str, str], int] = {}
        self._last: dict[str, int] = {}

    def redact(self, text: str) -> Redacted:
        """``text`` with a token for each value found; redacting the outcome again changes nothing."""
        found: list[Found] = []
        redactor = self._redactor
        names = _names(redactor.names, text) if redactor.names is not None else []
        current = text
        for _ in range(_ROUNDS):
            # A value gone, a word that stood before it may now be read with the next: until nothing is left to find.
            candidates = redactor.find(current)
            if names:
                candidates = winners([*candidates, *names])
                names = []
            if not candidates:
                break
            if not found and ("[" in text or "«" in text):
                self._see_tokens(text)
            current, found = self._replace(current, candidates, found)
        return Redacted(current, tuple(found))

    def _see_tokens(self, text: str) -> None:
        for match in TOKEN.finditer(text):
            kind, number = token_kind(match)
            self._last[kind] = max(self._last.get(kind, 0), number)

    def _replace(self, text: str, candidates: list[Candidate], before: list[Found]) -> tuple[str, list[Found]]:
        pieces: list[str] = []
        after: list[Found] = []
        at = length = grown = 0
        waiting = list(before)

        def pass_by(until: int | None) -> None:
            nonlocal grown
            while waiting and (until is None or waiting[0].start < until):
                one = waiting.pop(0)
                shift = length - at
                after.append(Found(one.kind, one.number, one.start + shift, one.end + shift, one.was, one.pseudonym))
                grown += (one.end - one.start) - (one.was[1] - one.was[0])

        for candidate in candidates:
            pass_by(candidate.start)
            pieces.append(text[at : candidate.start])
            length += candidate.start - at
            pseudonym = self._redactor.pseudonym(candidate.kind, candidate.value)
            number = self._number(candidate.kind, pseudonym)
            written = token(candidate.kind, number, self._redactor.style)
            was = (candidate.start - grown, candidate.end - grown)
            after.append(Found(candidate.kind, number, length, length + len(written), was, pseudonym))
            pieces.append(written)
            length += len(written)
            at = candidate.end
        pass_by(None)
        pieces.append(text[at:])
        return "".join(pieces), after

    def _number(self, kind: str, pseudonym: str) -> int:
        known = self._numbers.get((kind, pseudonym))
        if known is None:
            known = self._last.get(kind, 0) + 1
            self._numbers[kind, pseudonym] = self._last[kind] = known
        return known


def _names(names: Names, text: str) -> list[Candidate]:
    """What the hook found, without the spans that name nothing; tokens are never names."""
    taken = [match.span() for match in TOKEN.finditer(text)]
    found = []
    for start, end in names(text):
        if 0 <= start < end <= len(text) and text[start:end].strip() and all(end <= s or e <= start for s, e in taken):
            value = " ".join(canvas(text[start:end]).replace("\u200c", " ").split())
            found.append(Candidate("name", start, end, value, -1))
    return found
