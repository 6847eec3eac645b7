"""Pain points over time.

Comes in: documents and units with their pain points. Goes out: counts by week, rates with intervals, tests, statuses.
Promise: one author or one copied text counts once, and a status comes only where chance would seldom give it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.track.births import new_id
    from painpoints.track.counts import daily_counts, voices, weekly_counts
    from painpoints.track.edits import bear, find, merge, pin, record, reject, rename, reopen, retire, split
    from painpoints.track.identity import Identified, Proposal, halves, identify
    from painpoints.track.overview import with_trends
    from painpoints.track.remapping import remap
    from painpoints.track.rulings import Rulings, rulings_of
    from painpoints.track.trends import STATUSES, TRENDS, TrendRule, latest_status, weekly_trends
    from painpoints.track.weekdays import weekday_exposure

__all__ = ["STATUSES", "TRENDS", "Identified", "Proposal", "Rulings", "TrendRule", "bear", "daily_counts", "find",
           "halves", "identify", "latest_status", "merge", "new_id", "pin", "record", "reject", "remap", "rename",
           "reopen", "retire", "rulings_of", "split", "voices", "weekday_exposure", "weekly_counts", "weekly_trends",
           "with_trends"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "births": ["new_id"],
    "counts": ["daily_counts", "voices", "weekly_counts"],
    "edits": ["bear", "find", "merge", "pin", "record", "reject", "rename", "reopen", "retire", "split"],
    "identity": ["Identified", "Proposal", "halves", "identify"],
    "overview": ["with_trends"],
    "remapping": ["remap"],
    "rulings": ["Rulings", "rulings_of"],
    "trends": ["STATUSES", "TRENDS", "TrendRule", "latest_status", "weekly_trends"],
    "weekdays": ["weekday_exposure"],
})
