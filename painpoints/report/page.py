"""The report page: one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import polars.selectors as cs
from markupsafe import Markup

from painpoints.report.anonymity import with_enough_people
from painpoints.report.differences import consistency
from painpoints.report.edition import EDITIONS, Edition
from painpoints.report.exclusions import left_out
from painpoints.report.feelings import FELT, emotion_shares, expectations, heard, main_emotions
from painpoints.report.journeymap import MEASURED, experience, journey, stages, weakest_link
from painpoints.report.ratings import distribution, satisfaction
from painpoints.report.sections.campaigns import campaigns_section, noise_section
from painpoints.report.sections.comparisons import (
    consistency_section,
    opportunities_section,
    satisfaction_section,
    segments_section,
)
from painpoints.report.sections.conversations import conversations_section
from painpoints.report.sections.feelings import feelings
from painpoints.report.sections.footnotes import left_section, made_section
from painpoints.report.sections.journey import journey_section
from painpoints.report.sections.masthead import headline, lede
from painpoints.report.sections.pains import pains_section, ranked
from painpoints.report.segmentation import column_of, compared, default_segment, segments
from painpoints.store import RunData
from painpoints.taxonomy import Taxonomy, load_taxonomy

if TYPE_CHECKING:
    import polars as pl
    from jinja2 import Environment


def render_html(run: RunData, *, lang: str = "en", framework: str = "three-stage", segment: str | None = None,
                taxonomy: Taxonomy | None = None) -> str:
    """The whole report in ``lang`` as one HTML page without external requests.

    ``segment`` names the column of the segments section (``product`` stands for ``meta.product``); without it the
    first of product, source and language that holds more than one group is taken. Raises UsageError for an unknown
    language, framework or column.
    """
    taxonomy = taxonomy or load_taxonomy()
    run = with_enough_people(run)
    run = replace(run, painpoints=run.painpoints.with_columns(cs.float().fill_nan(None)))
    edition = Edition.of(lang, taxonomy, framework)
    column = column_of(run, segment) if segment else default_segment(run)
    by = compared(run, column)
    journeys = journey(run, taxonomy, framework)
    differences = consistency(run, by, taxonomy=taxonomy, framework=framework)
    units = experience(run, (*MEASURED, *FELT))
    mainly = feelings(edition, main_emotions(units, "painpoint_id"), "painpoint_id")
    expected = dict(expectations(units, "painpoint_id", len(EDITIONS)).iter_rows())
    titles = ranked(edition, run.painpoints)
    ratings = satisfaction(run, column)
    overall = ratings.row(0, named=True)
    script = _asset("report.js")
    mapped = journey_section(edition, journeys, stages(run, taxonomy, framework),
                             weakest_link(run, taxonomy, framework), titles, _felt(edition, units))
    return _environment().get_template("report.html.j2").render(
        e=edition, style=_asset("report.css"), script=script, policy=_policy(script),
        lede=lede(edition, run), headline=headline(edition, run, overall),
        journey=mapped, pains=pains_section(edition, run.painpoints, mainly, expected),
        opportunities=opportunities_section(edition, journeys, run.painpoints, differences),
        consistency=consistency_section(edition, differences, by),
        satisfaction=satisfaction_section(edition, overall, distribution(run)),
        segments=segments_section(edition, column, segments(run, column) if column else None, ratings, titles),
        conversations=conversations_section(edition, run, titles),
        campaigns=campaigns_section(edition, run.campaigns, _counts_campaigns(run)),
        noise=noise_section(edition, run.documents),
        left=left_section(edition, left_out(run)), made=made_section(edition, run.manifest),
        heard=heard(run.units),
        version=run.manifest.get("painpoints") or run.manifest.get("version") or "")


def render_journey(run: RunData, edition: Edition, titles: dict[str, tuple[str, str, str | None]]) -> Markup:
    """The journey map alone, as a section for a page that has `report_style`.

    ``titles`` gives the address, the title and the title's language of pain points by their ids; what ``run`` says of
    pain points beyond its units is not read.
    """
    framework = edition.framework.name
    mapped = journey_section(edition, journey(run, edition.taxonomy, framework),
                             stages(run, edition.taxonomy, framework), weakest_link(run, edition.taxonomy, framework),
                             titles, _felt(edition, experience(run, (*MEASURED, *FELT))))
    return Markup(_environment().get_template("journey.html.j2").render(e=edition, journey=mapped))


def report_style() -> str:
    """The style sheet of the report."""
    return _asset("report.css")


def _counts_campaigns(run: RunData) -> bool:
    return bool((run.manifest.get("settings") or {}).get("count_campaigns"))


def _felt(edition: Edition, units: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    return feelings(edition, emotion_shares(units, "touchpoint"), "touchpoint")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(loader=PackageLoader("painpoints.report", "templates"), autoescape=True, trim_blocks=True,
                       lstrip_blocks=True, undefined=StrictUndefined)


@cache
def _asset(name: str) -> str:
    return resources.files("painpoints.report").joinpath("templates", name).read_text("utf8").strip()


def _policy(script: str) -> str:
    """The content policy: nothing from outside, and of scripts only the page's own, by its hash."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; img-src data:; "
            "base-uri 'none'; form-action 'none'")
