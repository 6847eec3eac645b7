"""The queue of a morning: which comments come first, who handles them, and how they are found.

Comes in: a workspace. Goes out: plain rows and frames for a terminal or a page.
Promise: nothing here writes to the facts, and every place it names lies in the original text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.triage.excerpts import Excerpt, excerpt
    from painpoints.triage.searching import Found, Hit, highlight, matching, search

__all__ = ["Excerpt", "Found", "Hit", "excerpt", "highlight", "matching", "search"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "excerpts": ["Excerpt", "excerpt"],
    "searching": ["Found", "Hit", "highlight", "matching", "search"],
})
