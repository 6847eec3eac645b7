"""Pain points over time.

Comes in: documents and units with their pain points. Goes out: counts by week, rates with intervals, tests, statuses.
Promise: one author or one copied text counts once, and a status comes only where chance would seldom give it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.track.alerting import KINDS, Review, Signal, alert_row, alerts_named, review, signals, still_up
    from painpoints.track.births import new_id
    from painpoints.track.counts import daily_counts, voices, weekly_counts
    from painpoints.track.edits import (
        bear,
        check_part,
        find,
        find_among,
        gather,
        members,
        merge,
        pin,
        placements_of,
        record,
        reject,
        release,
        rename,
        reopen,
        retire,
        retitle,
        split,
        title_given,
        titles_due,
    )
    from painpoints.track.emergence import BURSTS, BurstRule, daily_bursts
    from painpoints.track.identity import Identified, Proposal, halves, identify
    from painpoints.track.journal import SOMEBODY, Undone, journaled, last_edit, undo_edit
    from painpoints.track.moves import Moves, moves_after
    from painpoints.track.overview import with_trends
    from painpoints.track.remapping import remap
    from painpoints.track.rulings import Rulings, rulings_of
    from painpoints.track.trends import STATUSES, TRENDS, TrendRule, latest_status, weekly_trends
    from painpoints.track.weekdays import weekday_exposure

__all__ = ["BURSTS", "KINDS", "SOMEBODY", "STATUSES", "TRENDS", "BurstRule", "Identified", "Moves", "Proposal",
           "Review", "Rulings", "Signal", "TrendRule", "Undone", "alert_row", "alerts_named", "bear", "check_part",
           "daily_bursts", "daily_counts", "find", "find_among", "gather", "halves", "identify", "journaled",
           "last_edit", "latest_status", "members", "merge", "moves_after", "new_id", "pin", "placements_of", "record",
           "reject", "release", "remap", "rename", "reopen", "retire", "retitle", "review", "rulings_of", "signals",
           "split", "still_up", "title_given", "titles_due", "undo_edit", "voices", "weekday_exposure",
           "weekly_counts", "weekly_trends", "with_trends"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "alerting": ["KINDS", "Review", "Signal", "alert_row", "alerts_named", "review", "signals", "still_up"],
    "births": ["new_id"],
    "counts": ["daily_counts", "voices", "weekly_counts"],
    "edits": ["bear", "check_part", "find", "find_among", "gather", "members", "merge", "pin", "placements_of",
        "record", "reject", "release", "rename", "reopen", "retire", "retitle", "split", "title_given", "titles_due"],
    "emergence": ["BURSTS", "BurstRule", "daily_bursts"],
    "identity": ["Identified", "Proposal", "halves", "identify"],
    "journal": ["SOMEBODY", "Undone", "journaled", "last_edit", "undo_edit"],
    "moves": ["Moves", "moves_after"],
    "overview": ["with_trends"],
    "remapping": ["remap"],
    "rulings": ["Rulings", "rulings_of"],
    "trends": ["STATUSES", "TRENDS", "TrendRule", "latest_status", "weekly_trends"],
    "weekdays": ["weekday_exposure"],
})
