"""The queue of comments that wait for a person.

Comes in: a workspace as one moment has it. Goes out: every comment with its urgency and the reasons for it, in words.
Promise: the order hangs on documented parts alone, each of which can only raise it, and never on the order of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.triage.cues import CUE_KINDS, Cue, find_cues
    from painpoints.triage.ranking import URGENCY, urgency
    from painpoints.triage.reasons import reason_text
    from painpoints.triage.score import PARTS, TOP_BAND

__all__ = ["CUE_KINDS", "PARTS", "TOP_BAND", "URGENCY", "Cue", "find_cues", "reason_text", "urgency"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "cues": ["CUE_KINDS", "Cue", "find_cues"],
    "reasons": ["reason_text"],
    "score": ["PARTS", "TOP_BAND"],
    "ranking": ["URGENCY", "urgency"],
})
