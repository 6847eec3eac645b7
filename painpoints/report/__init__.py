"""Findings for people: journey map, comparisons, satisfaction, one HTML page, tables for Excel.

Comes in: the RunData of one run and a taxonomy. Goes out: polars frames, one self-contained page, CSV and XLSX.
Promise: every share carries an interval, copies count once, and customer text never becomes mark-up or a formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.report.anonymity import with_enough_people
    from painpoints.report.charts import spark
    from painpoints.report.delivery import Delivery, Message, addresses, deliver
    from painpoints.report.differences import consistency
    from painpoints.report.digest.cut import Cut, Known, everything
    from painpoints.report.digest.facts import build_digest, trends_until
    from painpoints.report.digest.forms import Page, digest_page, isolates_as_markup, without_isolates
    from painpoints.report.digest.jsonform import digest_json, read_digest
    from painpoints.report.digest.model import Digest
    from painpoints.report.digest.period import choose_period
    from painpoints.report.digest.rendering import DIGEST_FORMS, digest_message, render_digest
    from painpoints.report.digest.segments import digest_key, digest_name, segment_column, segments_of, value_of
    from painpoints.report.edition import Edition
    from painpoints.report.evaluationpage import render_evaluation
    from painpoints.report.exclusions import left_out
    from painpoints.report.export.atlas import ATLAS_OPTIONS, atlas_labels, write_atlas
    from painpoints.report.export.datasette import datasette_metadata, write_datasette
    from painpoints.report.export.files import (
        FORMS,
        MEDIA_TYPES,
        Download,
        check_place,
        disposition,
        download,
        form_of,
        place,
        place_table,
        write_table,
    )
    from painpoints.report.export.table import DAY, FLAG, MOMENT, NUMBER, RAW, SHARE, TEXT, Column, Shown, Table, naming
    from painpoints.report.journeymap import WeakestLink, journey, stages, weakest_link
    from painpoints.report.numerals import Numerals
    from painpoints.report.page import render_html, render_journey, report_style
    from painpoints.report.ratings import satisfaction
    from painpoints.report.sections.transcript import speaker_names, turn_marks
    from painpoints.report.segmentation import segments
    from painpoints.report.tables import write_tables
    from painpoints.report.targets import targets_of

__all__ = ["ATLAS_OPTIONS", "DAY", "DIGEST_FORMS", "FLAG", "FORMS", "MEDIA_TYPES", "MOMENT", "NUMBER", "RAW", "SHARE",
           "TEXT", "Column", "Cut", "Delivery", "Digest", "Download", "Edition", "Known", "Message", "Numerals", "Page",
           "Shown", "Table", "WeakestLink", "addresses", "atlas_labels", "build_digest", "check_place", "choose_period",
           "consistency", "datasette_metadata", "deliver", "digest_json", "digest_key", "digest_message", "digest_name",
           "digest_page", "disposition", "download", "everything", "form_of", "isolates_as_markup", "journey",
           "left_out", "naming", "place", "place_table", "read_digest", "render_digest", "render_evaluation",
           "render_html", "render_journey", "report_style", "satisfaction", "segment_column", "segments", "segments_of",
           "spark", "speaker_names", "stages", "targets_of", "trends_until", "turn_marks", "value_of", "weakest_link",
           "with_enough_people", "without_isolates", "write_atlas", "write_datasette", "write_table", "write_tables"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "anonymity": ["with_enough_people"],
    "charts": ["spark"],
    "delivery": ["Delivery", "Message", "addresses", "deliver"],
    "differences": ["consistency"],
    "digest.cut": ["Cut", "Known", "everything"],
    "digest.facts": ["build_digest", "trends_until"],
    "digest.forms": ["Page", "digest_page", "isolates_as_markup", "without_isolates"],
    "digest.jsonform": ["digest_json", "read_digest"],
    "digest.model": ["Digest"],
    "digest.period": ["choose_period"],
    "digest.rendering": ["DIGEST_FORMS", "digest_message", "render_digest"],
    "digest.segments": ["digest_key", "digest_name", "segment_column", "segments_of", "value_of"],
    "edition": ["Edition"],
    "evaluationpage": ["render_evaluation"],
    "exclusions": ["left_out"],
    "export.atlas": ["ATLAS_OPTIONS", "atlas_labels", "write_atlas"],
    "export.datasette": ["datasette_metadata", "write_datasette"],
    "export.files": ["FORMS", "MEDIA_TYPES", "Download", "check_place", "disposition", "download", "form_of", "place",
        "place_table", "write_table"],
    "export.table": ["DAY", "FLAG", "MOMENT", "NUMBER", "RAW", "SHARE", "TEXT", "Column", "Shown", "Table", "naming"],
    "journeymap": ["WeakestLink", "journey", "stages", "weakest_link"],
    "numerals": ["Numerals"],
    "page": ["render_html", "render_journey", "report_style"],
    "ratings": ["satisfaction"],
    "sections.transcript": ["speaker_names", "turn_marks"],
    "segmentation": ["segments"],
    "tables": ["write_tables"],
    "targets": ["targets_of"],
})
