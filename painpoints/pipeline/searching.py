"""The texts of a workspace found by their words, with the places of the words in the originals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from painpoints.store import Match, WorkspaceFolder, text_index
from painpoints.text import Question, mark, parse_question

LIMIT = 50


@dataclass(frozen=True)
class Hit:
    """A document that was found. ``spans`` are slices (start, end) of its original ``text``; a greater ``score`` is
    better, and means nothing beside another question's."""

    doc_id: str
    score: float
    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Found:
    """``hits``, best first, of the ``total`` documents that were found."""

    hits: tuple[Hit, ...]
    total: int


def search(folder: WorkspaceFolder, words: str, limit: int | None = LIMIT) -> Found:
    """The ``limit`` best documents (None: all) that answer ``words``; what was added is in the index first.

    Raises UsageError when ``words`` ask for nothing, StorageError or BusyError when the index cannot be made.
    """
    question = parse_question(words)
    total, matches = _find(folder, question, limit)
    absent = [match for match in matches if match.text is None]
    texts = dict(folder.facts.texts(sorted({match.addition for match in absent}), [match.doc_id for match in absent]))
    hits = []
    for match in matches:
        text = texts[match.doc_id] if match.text is None else match.text
        hits.append(Hit(match.doc_id, match.score, text, tuple(mark(text, question))))
    return Found(tuple(hits), total)


def matching(folder: WorkspaceFolder, words: str) -> list[str]:
    """The ids of all documents that answer ``words``, best first. Raises what `search` does."""
    return [match.doc_id for match in _find(folder, parse_question(words), None)[1]]


def _find(folder: WorkspaceFolder, question: Question, limit: int | None) -> tuple[int, Sequence[Match]]:
    def sources() -> list[tuple[int, str]]:
        with folder.state.reading() as state:
            return [(row["number"], row["made"]) for row in state.rows("additions")]

    return text_index(folder).find(question, sources, lambda number: folder.facts.texts([number]), limit)
