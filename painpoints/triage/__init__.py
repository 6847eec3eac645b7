"""The queue of comments that wait for a person.

Comes in: a workspace as one moment has it, and what people do. Goes out: comments by urgency, with reasons, in whose
hands each is, and those that hold certain words. Promise: nobody's change is overwritten unseen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.triage.accounts import Accounts, User
    from painpoints.triage.audit import audit_rows, record_audit
    from painpoints.triage.cues import CUE_KINDS, Cue, find_cues
    from painpoints.triage.excerpts import Excerpt, excerpt
    from painpoints.triage.listing import Listing, Wanted, chosen, listed, one, overview
    from painpoints.triage.marking import Marked, marked
    from painpoints.triage.people import person, same_person
    from painpoints.triage.queue import OPEN, STATUSES, Change, Entry, Queue
    from painpoints.triage.ranking import URGENCY, urgency
    from painpoints.triage.reasons import reason_text
    from painpoints.triage.roles import ROLES
    from painpoints.triage.score import PARTS, TOP_BAND
    from painpoints.triage.searching import Found, Hit, highlight, matching, search
    from painpoints.triage.web.serving import Access, check_extra, read_token, serve

__all__ = ["CUE_KINDS", "OPEN", "PARTS", "ROLES", "STATUSES", "TOP_BAND", "URGENCY", "Access", "Accounts", "Change",
           "Cue", "Entry", "Excerpt", "Found", "Hit", "Listing", "Marked", "Queue", "User", "Wanted", "audit_rows",
           "check_extra", "chosen", "excerpt", "find_cues", "highlight", "listed", "marked", "matching", "one",
           "overview", "person", "read_token", "reason_text", "record_audit", "same_person", "search", "serve",
           "urgency"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "accounts": ["Accounts", "User"],
    "audit": ["audit_rows", "record_audit"],
    "cues": ["CUE_KINDS", "Cue", "find_cues"],
    "excerpts": ["Excerpt", "excerpt"],
    "listing": ["Listing", "Wanted", "chosen", "listed", "one", "overview"],
    "marking": ["Marked", "marked"],
    "people": ["person", "same_person"],
    "queue": ["OPEN", "STATUSES", "Change", "Entry", "Queue"],
    "ranking": ["URGENCY", "urgency"],
    "reasons": ["reason_text"],
    "roles": ["ROLES"],
    "score": ["PARTS", "TOP_BAND"],
    "searching": ["Found", "Hit", "highlight", "matching", "search"],
    "web.serving": ["Access", "check_extra", "read_token", "serve"],
})
