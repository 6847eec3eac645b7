"""A digest as an HTML message that mail clients leave whole: tables, inline styles, nothing loaded, nothing run."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from painpoints.report.digest.forms.isolation import CLOSE, OPEN, without_isolates
from painpoints.report.digest.forms.page import digest_page
from painpoints.report.digest.model import Digest
from painpoints.report.edition import Edition

if TYPE_CHECKING:
    from jinja2 import Environment

TALLEST = 26
"""Height of the tallest column of a spark, in pixels."""


def render_html(digest: Digest, edition: Edition) -> str:
    """The digest as one HTML document for a mail client or a browser, without script or request.

    Everything it needs is in inline styles; the one style sheet only adds dark colours and narrower margins. Columns by
    week are cells of a table, because mail clients drop inline pictures.
    """
    worded = digest_page(digest, edition)
    return _environment().get_template("digest.html.j2").render(page=worded, preheader=" ".join(worded.lead[:2]))


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader("painpoints.report.digest", "templates"), autoescape=True,
                              trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    environment.filters["bidi"] = isolates_as_markup
    environment.filters["aloud"] = without_isolates
    environment.filters["columns"] = columns
    environment.filters["kind"] = lambda block: type(block).__name__
    environment.filters["halves"] = halves
    return environment


def isolates_as_markup(text: str) -> Markup:
    """``text`` as mark-up: escaped, its isolates as ``<bdi>``."""
    return Markup(str(escape(text)).replace(OPEN, "<bdi>").replace(CLOSE, "</bdi>"))


def columns(levels: tuple[float | None, ...]) -> list[int]:
    """The heights of a spark's columns in pixels; 0 where a week had no feedback at all."""
    return [0 if level is None else max(2, round(level * TALLEST)) for level in levels]


def halves(balance: float) -> tuple[int, int, int, int]:
    """A balance of -1..1 as widths in per cent: rest and fill of the negative half, fill and rest of the other."""
    fill = max(1, round(abs(balance) * 50)) if balance else 0
    return (50 - fill, fill, 0, 50) if balance < 0 else (50, 0, fill, 50 - fill)
