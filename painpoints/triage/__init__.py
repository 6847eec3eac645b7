"""The queue of comments that wait for a person.

Comes in: a workspace as one moment has it, and what people do. Goes out: comments by urgency, with reasons, in whose
hands each is, and those that hold certain words. Promise: nobody's change is overwritten unseen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.triage.conversations import Conversation, Message, conversation
    from painpoints.triage.cues import CUE_KINDS, Cue, find_cues
    from painpoints.triage.excerpts import Excerpt, excerpt
    from painpoints.triage.filters import FACETS, NOBODY, Wanted
    from painpoints.triage.listing import Listing, listed, one
    from painpoints.triage.live import Live
    from painpoints.triage.marking import Marked, marked
    from painpoints.triage.people import person, same_person
    from painpoints.triage.queue import OPEN, STATUSES, Change, Entry, Queue
    from painpoints.triage.ranked import SORTS, overview
    from painpoints.triage.ranking import URGENCY, urgency
    from painpoints.triage.reasons import reason_text
    from painpoints.triage.score import PARTS, TOP_BAND
    from painpoints.triage.searching import Found, Hit, highlight, matching, search
    from painpoints.triage.snapshot import MOST_AT_ONCE, Snapshot
    from painpoints.triage.threads import Threads

__all__ = ["CUE_KINDS", "FACETS", "MOST_AT_ONCE", "NOBODY", "OPEN", "PARTS", "SORTS", "STATUSES", "TOP_BAND",
           "URGENCY", "Change", "Conversation", "Cue", "Entry", "Excerpt", "Found", "Hit", "Listing", "Live", "Marked",
           "Message", "Queue", "Snapshot", "Threads", "Wanted", "conversation", "excerpt", "find_cues", "highlight",
           "listed", "marked", "matching", "one", "overview", "person", "reason_text", "same_person", "search",
           "urgency"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "conversations": ["Conversation", "Message", "conversation"],
    "cues": ["CUE_KINDS", "Cue", "find_cues"],
    "excerpts": ["Excerpt", "excerpt"],
    "filters": ["FACETS", "NOBODY", "Wanted"],
    "listing": ["Listing", "listed", "one"],
    "live": ["Live"],
    "marking": ["Marked", "marked"],
    "people": ["person", "same_person"],
    "queue": ["OPEN", "STATUSES", "Change", "Entry", "Queue"],
    "ranked": ["SORTS", "overview"],
    "ranking": ["URGENCY", "urgency"],
    "reasons": ["reason_text"],
    "score": ["PARTS", "TOP_BAND"],
    "searching": ["Found", "Hit", "highlight", "matching", "search"],
    "snapshot": ["MOST_AT_ONCE", "Snapshot"],
    "threads": ["Threads"],
})
