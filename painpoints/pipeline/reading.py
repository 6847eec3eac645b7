"""First step of a run: inputs to document shards on disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.config import Settings
from painpoints.encode import memory_limit, room_in
from painpoints.pipeline.keys import author_key, user_secret
from painpoints.pipeline.progress import Progress
from painpoints.pipeline.redacting import redactor_of, taken_out
from painpoints.read import ReadOptions, Rejected, documents_from_frame, read_documents
from painpoints.store import RunFolder, storage

if TYPE_CHECKING:
    from painpoints.read import FilePlan

REJECTED = "rejected.jsonl"
_SHARDS_AT_ONCE = 4
"""Being read, cut, encoded and stored."""


def rows_of_a_shard(settings: Settings) -> int:
    """How many documents are worked on at a time: as set, or what fits into the memory if that is less."""
    return min(settings.shard_rows, room_in(memory_limit(settings.memory), 0).documents // _SHARDS_AT_ONCE)


def read_options(settings: Settings) -> ReadOptions:
    """The reading part of ``settings``, with what pseudonymises authors and takes personal data out of texts.

    Raises what `redactor_of` raises.
    """
    names = ("text", "title", "pros", "cons", "id", "time", "rating", "author", "source", "product", "language", "kind",
             "rating_scale", "delimiter", "encoding", "sheet", "limit", "show_authors", "agent", "customer",
             "brands", "preset")
    return ReadOptions(**{name: getattr(settings, name) for name in names}, batch_rows=rows_of_a_shard(settings),
                       author_secret=author_key(user_secret().secret), redactor=redactor_of(settings))


def read_into(folder: RunFolder, source: Sequence[str | Path] | Any, settings: Settings,
              progress: Progress) -> dict[str, Any]:
    """Stores the documents of ``source`` (paths, or one frame) as shards; the note that is stored when all is read.

    See `read_shards`.
    """
    note = read_shards(folder, source, settings, lambda _, documents: progress("read", documents, None))
    progress("read", note["documents"], note["documents"])
    folder.finish_reading(note)
    return note


def read_shards(folder: RunFolder, source: Sequence[str | Path] | Any, settings: Settings,
                written: Callable[[int, int], None]) -> dict[str, Any]:
    """Stores the documents of ``source`` (paths, or one frame) as shards; the note that says so is not stored.

    The note has ``shards``, ``documents``, ``rejected`` (reason to count), ``plans`` (what was understood) and
    ``redacted`` (kind of personal data to count). ``written`` is called with every shard that is stored, and the number
    of documents so far. What was judged of other documents, when the input was another, is swept.
    """
    plans: list[FilePlan] = []
    rejected: dict[str, int] = {}
    options = read_options(settings)
    partial = folder.path / f".{REJECTED}.partial"
    shards = documents = 0
    with storage(partial), partial.open("w", encoding="utf8") as aside:
        def put_aside(record: Rejected) -> None:
            rejected[record.code] = rejected.get(record.code, 0) + 1
            aside.write(json.dumps(record.as_dict(), ensure_ascii=False) + "\n")

        if isinstance(source, list | tuple):
            frames = read_documents(source, options, put_aside, on_plan=plans.append)
        else:
            whole = documents_from_frame(source, options, put_aside, on_plan=plans.append)
            frames = whole.iter_slices(rows_of_a_shard(settings))
        for frame in frames:
            if folder.judged(shards) and not frame.equals(folder.documents(shards)):
                folder.sweep_judged(shards)
            folder.write_documents(shards, frame)
            shards += 1
            documents += len(frame)
            written(shards - 1, documents)
    partial.replace(folder.path / REJECTED)
    return {"shards": shards, "documents": documents, "rejected": rejected, "plans": [p.as_dict() for p in plans],
            "redacted": taken_out(plan.redacted for plan in plans)}
