"""What leaves a workspace as messages, entered in the list of exports as files are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from painpoints.report import Delivery, deliver
from painpoints.store import WorkspaceFolder, note_export
from painpoints.track import SOMEBODY

if TYPE_CHECKING:
    from painpoints.report import Message

_LEFT = ("sent", "unsure")


def deliver_noted(folder: WorkspaceFolder, message: Message, urls: Sequence[str], digest: str, *, confirm: bool,
                  again: bool, who: str | None, last: str | None) -> list[Delivery]:
    """`painpoints.report.deliver`, with an entry for every message that left, or may have; ``last`` is the last day
    that it tells of. Of the place only the kind of service is kept."""
    found = deliver(folder.state, message, urls, digest, confirm=confirm, again=again)
    for each in found if confirm else ():
        if each.status in _LEFT:
            note_export(folder.state, who or SOMEBODY, "message", each.form, each.target.partition(":")[0],
                        detail={} if last is None else {"last": last})
    return found
