"""First step of a run: inputs to document shards on disk."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.config import Settings
from painpoints.pipeline.progress import Progress
from painpoints.read import ReadOptions, Rejected, documents_from_frame, read_documents
from painpoints.store import RunFolder, storage

if TYPE_CHECKING:
    from painpoints.read import FilePlan

REJECTED = "rejected.jsonl"


def read_options(settings: Settings) -> ReadOptions:
    """The reading part of ``settings``, with the secret that pseudonymises authors."""
    names = ("text", "title", "pros", "cons", "id", "time", "rating", "author", "source", "product", "language", "kind",
             "rating_scale", "delimiter", "encoding", "sheet", "limit", "show_authors", "agent", "customer")
    return ReadOptions(**{name: getattr(settings, name) for name in names}, batch_rows=settings.shard_rows,
                       author_secret=author_secret())


def author_secret() -> bytes:
    """The key of the authors' pseudonyms: $PAINPOINTS_KEY, else a random one made once for this user.

    It is kept outside every run folder, so that a run folder alone does not tell who wrote what.
    """
    given = os.environ.get("PAINPOINTS_KEY")
    if given:
        return given.encode()
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "painpoints"
    path = home / "author.key"
    try:
        return bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError):
        key = secrets.token_bytes(32)
    try:
        home.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(key.hex())
    except OSError:
        pass  # a read-only home: pseudonyms then hold for this run only
    return key


def read_into(folder: RunFolder, source: Sequence[str | Path] | Any, settings: Settings,
              progress: Progress) -> dict[str, Any]:
    """Stores the documents of ``source`` (paths, or one frame) as shards; the note that is stored when all is read.

    The note has ``shards``, ``documents``, ``rejected`` (reason to count) and ``plans`` (what was understood).
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
            frames = whole.iter_slices(settings.shard_rows)
        for frame in frames:
            folder.write_documents(shards, frame)
            shards += 1
            documents += len(frame)
            progress("read", documents, None)
    partial.replace(folder.path / REJECTED)
    progress("read", documents, documents)
    note = {"shards": shards, "documents": documents, "rejected": rejected, "plans": [p.as_dict() for p in plans]}
    folder.finish_reading(note)
    return note
