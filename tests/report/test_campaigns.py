"""The section of possible campaigns and of what is no experience, in four languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest

from painpoints.pipeline.copying import campaign_schema
from painpoints.report import render_html
from painpoints.report.edition import EDITIONS, Edition
from painpoints.report.sections.campaigns import campaigns_section, noise_section
from painpoints.store import RunData
from painpoints.taxonomy import load_taxonomy

QUOTES = [{"doc_id": "d1", "lang": "fa", "text": "از این فروشگاه <b>نخرید</b>", "source_id": "7"},
          {"doc_id": "d2", "lang": "ru", "text": "Не покупайте здесь", "source_id": None}]
ROW = {"campaign_id": "k1", "documents": 12, "authors": 12, "fresh_authors": 11, "known_authors": 12,
       "first": datetime(2026, 3, 2, 9, tzinfo=UTC), "last": datetime(2026, 3, 2, 14, tzinfo=UTC), "copies_share": 0.75,
       "langs": ["fa", "ru"], "sources": ["Telegram"], "sentiment": -0.8, "direction": "attack", "usual": 3,
       "expected": 0.2, "chance": 1e-9, "quotes": QUOTES, "reasons": ["alike", "together", "fresh", "languages"]}


def table(**other: object) -> pl.DataFrame:
    return pl.DataFrame([{**ROW, **other}], schema=campaign_schema())


def edition(lang: str) -> Edition:
    return Edition.of(lang, load_taxonomy(), "three-stage")


@pytest.mark.parametrize("lang", EDITIONS)
def test_a_campaign_is_shown_apart_with_its_quotes_and_why(sample: RunData, lang: str) -> None:
    page = render_html(replace(sample, campaigns=table()), lang=lang)
    said = edition(lang)
    assert said.say("campaigns.title") in page and said.say("campaigns.once") in page
    assert "Не покупайте здесь" in page and "<b>نخرید" not in page
    shown = campaigns_section(said, table(), False)["rows"][0]
    assert len(shown["why"]) == 4 and "{" not in " ".join(shown["why"])
    assert shown["name"] == said.say("campaigns.attack")


def test_campaigns_whose_authors_are_unknown_say_so() -> None:
    shown = campaigns_section(edition("en"), table(reasons=["alike", "together", "nameless"], known_authors=0), False)
    assert shown["rows"][0]["why"][-1] == "The data do not name the authors."


def test_the_rule_they_are_counted_by_is_told() -> None:
    assert "one voice" in campaigns_section(edition("en"), table(), False)["rule"]
    assert "count_campaigns" in campaigns_section(edition("en"), table(), True)["rule"]


@pytest.mark.parametrize("lang", EDITIONS)
def test_a_run_without_campaigns_says_so(sample: RunData, lang: str) -> None:
    assert edition(lang).say("campaigns.empty") in render_html(sample, lang=lang)


@pytest.mark.parametrize("lang", EDITIONS)
def test_adverts_spam_and_off_topic_are_counted_with_samples(sample: RunData, lang: str) -> None:
    kinds = pl.Series(["advert", "spam", "off_topic"] + [None] * (len(sample.documents) - 3), dtype=pl.Utf8)
    marked = sample.documents.with_columns(none_kind=kinds)
    found = noise_section(edition(lang), marked)
    named = [edition(lang).say(f"noise.{kind}") for kind in ("advert", "spam", "off_topic")]
    assert [entry["name"] for entry in found] == named
    assert all(len(entry["quotes"]) == 1 for entry in found)
    assert edition(lang).say("noise.title") in render_html(replace(sample, documents=marked), lang=lang)
