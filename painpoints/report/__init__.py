"""Findings for people: journey map, comparisons, satisfaction, one HTML page, tables for Excel.

Comes in: the RunData of one run and a taxonomy. Goes out: polars frames, one self-contained page, CSV and XLSX.
Promise: every share carries an interval, copies count once, and customer text never becomes mark-up or a formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.report.delivery import Delivery, Message, addresses, deliver
    from painpoints.report.differences import consistency
    from painpoints.report.evaluationpage import render_evaluation
    from painpoints.report.exclusions import left_out
    from painpoints.report.journeymap import WeakestLink, journey, stages, weakest_link
    from painpoints.report.numerals import Numerals
    from painpoints.report.page import render_html
    from painpoints.report.ratings import satisfaction
    from painpoints.report.segmentation import segments
    from painpoints.report.tables import write_tables

__all__ = [
    "Delivery",
    "Message",
    "Numerals",
    "WeakestLink",
    "addresses",
    "consistency",
    "deliver",
    "journey",
    "left_out",
    "render_evaluation",
    "render_html",
    "satisfaction",
    "segments",
    "stages",
    "weakest_link",
    "write_tables",
]

__getattr__, __dir__ = lazy_exports(__name__, {
    "delivery": ["Delivery", "Message", "addresses", "deliver"],
    "differences": ["consistency"],
    "evaluationpage": ["render_evaluation"],
    "exclusions": ["left_out"],
    "journeymap": ["WeakestLink", "journey", "stages", "weakest_link"],
    "numerals": ["Numerals"],
    "page": ["render_html"],
    "ratings": ["satisfaction"],
    "segmentation": ["segments"],
    "tables": ["write_tables"],
})
