"""What was forgotten, and what stands behind the word that nothing is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from painpoints._version import __version__
from painpoints.pipeline.forgetting.proving import Proof

UNKNOWN = (
    "Copies and backups of the folder or the database, versions that a store of objects keeps, and the log that a "
    "database server keeps.",
    "Files that were exported or sent before: those that are known are listed.",
    "A model that was tuned on corrections of these texts.",
    "The input that it was read from.",
    "Vectors that other users keep, or this one on another machine: they hold no text, and nothing leads to them but "
    "the text with their owner's key.",
    "Blocks of the disk that were freed and not written over yet.",
)
"""What no search of a workspace can tell."""
METHOD = (
    "Every file byte by byte, for the ids and the names that were given.",
    "Every Parquet file read back, every column, lists too.",
    "Every text in every table of the database.",
    "For: ids of documents and opinions, pseudonyms of authors whose documents are all gone, the input's own ids, the "
    "names that were given (any order and spelling, with and without spaces), whole texts, and every run of six words "
    "that no other document has.",
    "Vectors that this user kept from earlier runs, of anybody's texts, were dropped, and the number that led to them.",
)


@dataclass(frozen=True)
class Certificate:
    """Who had how much forgotten when, what was searched for it, and where a trace was found; no names, no texts."""

    where: str
    who: str
    made: str
    asked: Mapping[str, int]
    erased: Mapping[str, int]
    proof: Proof
    exports: Sequence[Mapping[str, Any]] = ()

    @property
    def proved(self) -> bool:
        """Whether no trace was found."""
        return not self.proof.traces

    def as_dict(self) -> dict[str, Any]:
        """The same, for JSON."""
        return {"certificate": "forgotten", "painpoints": __version__, "where": self.where, "who": self.who,
                "made": self.made, "asked": dict(self.asked), "erased": dict(self.erased), "proved": self.proved,
                "searched": {name: value for name, value in self.proof.as_dict().items() if name != "traces"},
                "method": list(METHOD), "traces": list(self.proof.traces), "cannot_be_known": list(UNKNOWN),
                "exports": [dict(row) for row in self.exports]}


@dataclass(frozen=True)
class Forgotten:
    """What is to go, or went (``certificate``): counts by kind, what of those asked for is ``missing``, the
    ``exports`` that may hold it."""

    counts: Mapping[str, int]
    missing: int
    exports: Sequence[Mapping[str, Any]]
    certificate: Certificate | None = None

    def as_dict(self) -> dict[str, Any]:
        """The same, for JSON."""
        return {"counts": dict(self.counts), "missing": self.missing, "exports": [dict(row) for row in self.exports],
                "certificate": None if self.certificate is None else self.certificate.as_dict()}
