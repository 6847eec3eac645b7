"""The workspace kept in memory for many requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from painpoints.triage.listing import Listing, Wanted, listed
from painpoints.triage.queue import Queue

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace


@dataclass(frozen=True)
class Snapshot:
    workspace: Workspace

    def listing(self, wanted: Wanted, who: str, lang: str, offset: int = 0, limit: int = 50) -> Listing:
        return listed(self.workspace, Queue(self.workspace.folder.state, who), wanted, now=datetime.now(UTC), top=limit)


class Live:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def now(self) -> Snapshot:
        return Snapshot(self._workspace)
