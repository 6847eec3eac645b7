"""The queue of comments that wait for a person.

Comes in: a workspace as one moment has it, and what people do. Goes out: comments in order, in whose hands each is.
Promise: nobody's change is overwritten unseen, and every change can be undone by who made it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.triage.listing import Listing, Wanted, chosen, listed, one, overview
    from painpoints.triage.marking import Marked, marked
    from painpoints.triage.people import person, same_person
    from painpoints.triage.queue import OPEN, STATUSES, Change, Entry, Queue

__all__ = ["OPEN", "STATUSES", "Change", "Entry", "Listing", "Marked", "Queue", "Wanted", "chosen", "listed",
           "marked", "one", "overview", "person", "same_person"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "marking": ["Marked", "marked"],
    "listing": ["Listing", "Wanted", "chosen", "listed", "one", "overview"],
    "people": ["person", "same_person"],
    "queue": ["OPEN", "STATUSES", "Change", "Entry", "Queue"],
})
