"""Who did what, for whoever has to answer for it: names, actions and ids, never a word of a customer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from painpoints.store import State, Writer, now

NOBODY = "nobody known"
"""Who tried to come in under a name that is nobody's: the name itself is not kept, for it may be a password."""
_NAMED = 20


def record_audit(state: State, who: str, action: str, objects: Sequence[str] = (),
                 detail: Mapping[str, int | str] | None = None) -> None:
    """Enters that ``who`` did ``action`` to ``objects`` (ids or names of people), in a transaction of its own.

    Raises BusyError or StorageError when it cannot be written.
    """
    def entered(writer: Writer) -> None:
        writer.queue_up("audit")
        enter(writer, who, action, objects, detail)

    state.settled(entered)


def enter(writer: Writer, who: str, action: str, objects: Sequence[str] = (),
          detail: Mapping[str, int | str] | None = None) -> None:
    """`record_audit` within a transaction that has queued up for the table ``audit``."""
    told = dict(detail or {})
    if len(objects) > _NAMED:
        told["objects"] = len(objects)
    writer.insert("audit", [{"made": now(), "who": who, "action": action, "object": "\n".join(objects[:_NAMED]) or None,
                             "detail": json.dumps(told, ensure_ascii=False) if told else None}])


def audit_rows(state: State, since: int = 0) -> list[dict[str, Any]]:
    """What was done after number ``since``, in order: number, made, who, action, objects, detail.

    Of many objects the first 20 are named, and ``detail`` tells how many there were.
    """
    with state.reading() as reader:
        found = reader.rows_after("audit", since)
    return [{"number": row["number"], "made": row["made"], "who": row["who"], "action": row["action"],
             "objects": row["object"].split("\n") if row["object"] else [],
             "detail": json.loads(row["detail"]) if row["detail"] else {}} for row in found]
