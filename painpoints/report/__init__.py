"""Findings for people: journey map, comparisons, satisfaction, one HTML page, tables for Excel.

Comes in: the RunData of one run and a taxonomy. Goes out: polars frames, one self-contained page, CSV and XLSX.
Promise: every share carries an interval, copies count once, and customer text never becomes mark-up or a formula.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from painpoints.report.differences import consistency
    from painpoints.report.exclusions import left_out
    from painpoints.report.journeymap import WeakestLink, journey, stages, weakest_link
    from painpoints.report.page import render_html
    from painpoints.report.ratings import satisfaction
    from painpoints.report.segmentation import segments
    from painpoints.report.tables import write_tables

__all__ = ["WeakestLink", "consistency", "journey", "left_out", "render_html", "satisfaction", "segments", "stages",
           "weakest_link", "write_tables"]

_HOMES = {
    "WeakestLink": "journeymap", "journey": "journeymap", "stages": "journeymap", "weakest_link": "journeymap",
    "consistency": "differences", "left_out": "exclusions", "render_html": "page", "satisfaction": "ratings",
    "segments": "segmentation", "write_tables": "tables",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
