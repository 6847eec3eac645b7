"""The queue of comments that wait for a person.

Comes in: a workspace as one moment has it, and what people do. Goes out: comments by urgency, with reasons, in whose
hands each is, and those that hold certain words. Promise: nobody's change is overwritten unseen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.triage.cues import CUE_KINDS, Cue, find_cues
    from painpoints.triage.excerpts import Excerpt, excerpt
    from painpoints.triage.exporting import VIEWS, asked_for, export_view, note_export, opinions_of
    from painpoints.triage.listing import Listing, Wanted, chosen, listed, one, overview
    from painpoints.triage.marking import Marked, marked
    from painpoints.triage.people import person, same_person
    from painpoints.triage.pointtables import journey_table, painpoints_frame, painpoints_table
    from painpoints.triage.queue import OPEN, STATUSES, Change, Entry, Queue
    from painpoints.triage.ranking import URGENCY, urgency
    from painpoints.triage.reasons import reason_text
    from painpoints.triage.score import PARTS, TOP_BAND
    from painpoints.triage.searching import Found, Hit, highlight, matching, search
    from painpoints.triage.tables import comments_table, opinions_table
    from painpoints.triage.whole import atlas_opinions, atlas_parts, datasette_tables

__all__ = ["CUE_KINDS", "OPEN", "PARTS", "STATUSES", "TOP_BAND", "URGENCY", "VIEWS", "Change", "Cue", "Entry",
           "Excerpt", "Found", "Hit", "Listing", "Marked", "Queue", "Wanted", "asked_for", "atlas_opinions",
           "atlas_parts", "chosen", "comments_table", "datasette_tables", "excerpt", "export_view", "find_cues",
           "highlight", "journey_table", "listed", "marked", "matching", "note_export", "one", "opinions_of",
           "opinions_table", "overview", "painpoints_frame", "painpoints_table", "person", "reason_text",
           "same_person", "search", "urgency"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "cues": ["CUE_KINDS", "Cue", "find_cues"],
    "excerpts": ["Excerpt", "excerpt"],
    "exporting": ["VIEWS", "asked_for", "export_view", "note_export", "opinions_of"],
    "listing": ["Listing", "Wanted", "chosen", "listed", "one", "overview"],
    "marking": ["Marked", "marked"],
    "people": ["person", "same_person"],
    "pointtables": ["journey_table", "painpoints_frame", "painpoints_table"],
    "queue": ["OPEN", "STATUSES", "Change", "Entry", "Queue"],
    "ranking": ["URGENCY", "urgency"],
    "reasons": ["reason_text"],
    "score": ["PARTS", "TOP_BAND"],
    "searching": ["Found", "Hit", "highlight", "matching", "search"],
    "tables": ["comments_table", "opinions_table"],
    "whole": ["atlas_opinions", "atlas_parts", "datasette_tables"],
})
