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
    from painpoints.triage.conversations import Conversation, Message, conversation
    from painpoints.triage.corrections import MACHINE, Correction, Opinions, opinions
    from painpoints.triage.cues import CUE_KINDS, Cue, find_cues
    from painpoints.triage.excerpts import Excerpt, excerpt
    from painpoints.triage.exporting import VIEWS, asked_for, export_view, opinions_of, snapshot_table
    from painpoints.triage.filters import FACETS, NOBODY, Wanted
    from painpoints.triage.listing import Listing, listed, one
    from painpoints.triage.live import Live
    from painpoints.triage.lookalikes import look_alikes
    from painpoints.triage.marking import Marked, marked
    from painpoints.triage.moving import Move, Moving
    from painpoints.triage.naming import units_called
    from painpoints.triage.people import person, same_person
    from painpoints.triage.pointtables import journey_table, painpoints_frame, painpoints_table
    from painpoints.triage.queue import OPEN, STATUSES, Change, Entry, Queue
    from painpoints.triage.ranked import SORTS, overview
    from painpoints.triage.ranking import URGENCY, urgency
    from painpoints.triage.reasons import reason_text
    from painpoints.triage.roles import ROLES
    from painpoints.triage.score import PARTS, TOP_BAND
    from painpoints.triage.searching import Found, Hit, highlight, matching, search
    from painpoints.triage.snapshot import MOST_AT_ONCE, Snapshot
    from painpoints.triage.tables import comments_table, opinions_table
    from painpoints.triage.threads import Threads
    from painpoints.triage.undoing import undo_last
    from painpoints.triage.views import MOST_VIEWS, View, Views, as_query, from_query
    from painpoints.triage.web.serving import Access, check_extra, read_token, serve
    from painpoints.triage.whole import atlas_opinions, atlas_parts, datasette_tables

__all__ = ["CUE_KINDS", "FACETS", "MACHINE", "MOST_AT_ONCE", "MOST_VIEWS", "NOBODY", "OPEN", "PARTS", "ROLES", "SORTS",
           "STATUSES", "TOP_BAND", "URGENCY", "VIEWS", "Access", "Accounts", "Change", "Conversation", "Correction",
           "Cue", "Entry", "Excerpt", "Found", "Hit", "Listing", "Live", "Marked", "Message", "Move", "Moving",
           "Opinions", "Queue", "Snapshot", "Threads", "User", "View", "Views", "Wanted", "as_query", "asked_for",
           "atlas_opinions", "atlas_parts", "audit_rows", "check_extra", "comments_table", "conversation",
           "datasette_tables", "excerpt", "export_view", "find_cues", "from_query", "highlight", "journey_table",
           "listed", "look_alikes", "marked", "matching", "one", "opinions", "opinions_of", "opinions_table",
           "overview", "painpoints_frame", "painpoints_table", "person", "read_token", "reason_text", "record_audit",
           "same_person", "search", "serve", "snapshot_table", "undo_last", "units_called", "urgency"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "accounts": ["Accounts", "User"],
    "audit": ["audit_rows", "record_audit"],
    "conversations": ["Conversation", "Message", "conversation"],
    "corrections": ["MACHINE", "Correction", "Opinions", "opinions"],
    "cues": ["CUE_KINDS", "Cue", "find_cues"],
    "excerpts": ["Excerpt", "excerpt"],
    "exporting": ["VIEWS", "asked_for", "export_view", "opinions_of", "snapshot_table"],
    "filters": ["FACETS", "NOBODY", "Wanted"],
    "listing": ["Listing", "listed", "one"],
    "live": ["Live"],
    "lookalikes": ["look_alikes"],
    "marking": ["Marked", "marked"],
    "moving": ["Move", "Moving"],
    "naming": ["units_called"],
    "people": ["person", "same_person"],
    "pointtables": ["journey_table", "painpoints_frame", "painpoints_table"],
    "queue": ["OPEN", "STATUSES", "Change", "Entry", "Queue"],
    "ranked": ["SORTS", "overview"],
    "ranking": ["URGENCY", "urgency"],
    "reasons": ["reason_text"],
    "roles": ["ROLES"],
    "score": ["PARTS", "TOP_BAND"],
    "searching": ["Found", "Hit", "highlight", "matching", "search"],
    "snapshot": ["MOST_AT_ONCE", "Snapshot"],
    "tables": ["comments_table", "opinions_table"],
    "threads": ["Threads"],
    "undoing": ["undo_last"],
    "views": ["MOST_VIEWS", "View", "Views", "as_query", "from_query"],
    "web.serving": ["Access", "check_extra", "read_token", "serve"],
    "whole": ["atlas_opinions", "atlas_parts", "datasette_tables"],
})
