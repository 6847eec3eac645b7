"""Digests written by hand, in each of four languages: a usual week, a first one, a silent one, one with everything."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from painpoints.report.digest.model import (
    Digest,
    Interval,
    Mentions,
    Needs,
    NotCovered,
    PainPointNews,
    Period,
    Proposal,
    Quote,
    TouchpointNews,
    Volume,
    Weakest,
)
from painpoints.report.edition import Edition
from painpoints.taxonomy import load_taxonomy

LANGS = ("fa", "ar", "ru", "en")
WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf8"))
XSS = ('<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "[دزدی](javascript:alert(1)) <b>پررنگ",
       "وصل <svg/onload=alert(1)> *جدا* `كود`", "# Жалоба\n| a | b |\n- **жирный** <u>",
       "1. http://evil.example/?a=1&b=2 @all",
       "\u202eevil\u202c \u2066left\u2069 \u0000bell\u0007 \u200b", "&lt;b&gt; &amp; ${7*7} {{7*7}} {% raw %}")


@pytest.fixture(scope="session")
def edition() -> Callable[[str], Edition]:
    taxonomy = load_taxonomy()
    made = {lang: Edition.of(lang, taxonomy, "three-stage") for lang in LANGS}
    return made.__getitem__


def period(lang: str) -> tuple[Period, Period]:
    """The week 2026-W47 as people of that language have it, and the one before."""
    first = date(2026, 11, 14) if lang in ("fa", "ar") else date(2026, 11, 16)
    week = timedelta(days=7)
    return (Period(first, first + timedelta(days=6), "2026-W47"),
            Period(first - week, first - timedelta(days=1), "2026-W46"))


def pain(name: str, lang: str, n: int, **changes: Any) -> PainPointNews:
    """One of the pain points of ``words.toml``; the same for the same arguments."""
    entry = WORDS["pain"][name]
    now = period(lang)[0]
    counts = changes.pop("counts", (4, 5, 3, 6, 5, 4, 6, 5, 7, 9, 12, 14))
    weeks = tuple(Mentions(now.first - timedelta(weeks=len(counts) - 1 - k), count, 900 + 40 * k)
                  for k, count in enumerate(counts))
    quotes = tuple(Quote(f"u{n}{code}", f"d{n}{code}", code, text, now.first + timedelta(days=k))
                   for k, (code, text) in enumerate(entry["quotes"].items()))
    news = PainPointNews(
        painpoint_id=f"pp{n:04d}", title=entry["titles"]["en"], titles=entry["titles"], named_by="model",
        status="steady", changed=False, touchpoint=entry["touchpoint"], stage=entry["stage"],
        langs=tuple(entry["quotes"]),
        documents=counts[-1], before=counts[-2], rate=Interval(counts[-1] / 1.34, counts[-1] / 2.1, counts[-1] / 0.9),
        growth=Interval(1.05, 0.8, 1.4), impact=Interval(61.2 - 6 * n, 54.0 - 6 * n, 68.3 - 6 * n),
        impact_before=60.0 - 6 * n, rank=n, rank_before=n, born=None, spark=weeks, quotes=quotes)
    return replace(news, **changes)


def usual(lang: str) -> Digest:
    """A week like others: one growing, one easing, a weakest link, a few things to decide."""
    now, before = period(lang)
    late = pain("late", lang, 1, status="growing", changed=True, growth=Interval(2.13, 1.42, 3.21), impact_before=48.0,
                rank_before=3)
    kept = WORDS["pain"]["late"]["titles"]
    refund = pain("refund", lang, 2, rank_before=1)
    app = pain("app", lang, 3, rank_before=2, impact_before=57.0)
    taste = pain("cold", lang, 4, status="easing", changed=True, growth=Interval(0.41, 0.25, 0.62),
                 counts=(16, 14, 17, 15, 12, 13, 11, 8, 6, 5), rank_before=4, impact_before=52.0)
    journey = (
        TouchpointNews("price", "before", 61, 70, Interval(-0.05, -0.21, 0.11), Interval(0.38, 0.26, 0.5),
                       Interval(0.02, -0.19, 0.23), False),
        TouchpointNews("ordering", "during", 143, 120, Interval(0.34, 0.2, 0.46), Interval(0.2, 0.14, 0.28),
                       Interval(0.21, 0.06, 0.36), True),
        TouchpointNews("payment", "during", 9, 3, Interval(-1.0, -1.0, -0.4), Interval(0.89, 0.57, 0.98), None, False),
        TouchpointNews("delivery", "after", 214, 190, Interval(-0.31, -0.42, -0.2), Interval(0.58, 0.5, 0.65),
                       Interval(-0.19, -0.33, -0.05), True),
        TouchpointNews("support", "after", 77, 81, Interval(0.0, -0.16, 0.16), Interval(0.43, 0.32, 0.54),
                       Interval(0.01, -0.2, 0.22), False))
    return Digest(
        workspace="shop", segment=None, period=now, before=before, weeks=23,
        week_start=5 if lang in ("fa", "ar") else 0,
        zone="Asia/Tehran" if lang == "fa" else "UTC", framework="three-stage",
        volume=Volume(1340, 1196, 1210.0, 2412, 611, Interval(-0.18, -0.24, -0.12), -0.05,
                      (("fa", 640), ("ar", 320), ("ru", 250), ("en", 128), ("und", 2)),
                      (("Telegram", 700), ("فروشگاه", 440), ("Магазин «Центр»", 198), ("", 2)),
                      Interval(-0.13, -0.22, -0.04)),
        new=(), growing=(late,), eased=(taste,), top=(late, refund, app), painpoints=37, journey=journey,
        weakest=Weakest("delivery", "after", 214, Interval(0.58, 0.5, 0.65), 0.31, True, late.quotes[:2]),
        needs=Needs(31, (Proposal("merge", "pp0001", late.title, "pp0009", "Courier cannot find the address", 0.72,
                                   kept, {"fr": "Le livreur ne trouve pas"}),)),
        not_covered=NotCovered(201, 12, 88, 41, 0, {"empty_text": 3, "broken_quoting": 1}))


def first(lang: str) -> Digest:
    """The first week ever: nothing to compare with."""
    digest = usual(lang)
    top = tuple(replace(news, status="steady", changed=False, growth=None, before=0, impact_before=None,
                        rank_before=None, spark=news.spark[-1:]) for news in digest.top)
    journey = tuple(replace(news, shift=None, shifted=False, units_before=0) for news in digest.journey)
    return replace(digest, weeks=1, growing=(), eased=(), top=top, journey=journey,
                   volume=replace(digest.volume, before=0, usual=None, net_before=None, net_shift=None),
                   weakest=None, needs=Needs(0, ()), not_covered=NotCovered(0, 0, 0, 0, 0, {}))


def quiet(lang: str) -> Digest:
    """A week without any feedback."""
    return replace(usual(lang), volume=Volume(0, 24, 20.0, 0, 0, None, -0.05, (), ()), growing=(), eased=(), top=(),
                   journey=(), weakest=None, needs=Needs(0, ()), not_covered=NotCovered(0, 0, 0, 0, 0, {}))


def everything(lang: str) -> Digest:
    """All that can happen: births, growth from nothing, ends, returns, a split to decide, a segment, hostile text."""
    digest = usual(lang)
    born = period(lang)[0].first + timedelta(days=2)
    new = pain("payment", lang, 5, status="new", changed=True, growth=Interval(math.inf, 6.1, math.inf), born=born,
               before=0, counts=(0, 0, 0, 0, 0, 0, 0, 9), impact_before=None, rank_before=None)
    fast = pain("stock", lang, 6, status="growing", changed=True, growth=Interval(12.4, 4.2, 57.0))
    back = pain("cold", lang, 7, status="reopened", changed=False, growth=Interval(3.0, 1.2, math.inf))
    gone = pain("refund", lang, 8, status="resolved", changed=True, growth=Interval(0.0, 0.0, 0.09),
                counts=(21, 20, 22, 18, 0, 0, 0, 0))
    huge = " ".join(WORDS["pain"]["late"]["titles"][lang] for _ in range(30))
    hostile = replace(pain("app", lang, 3), named_by="person", title=XSS[0] + huge, titles={lang: "never shown"},
                      quotes=tuple(Quote(f"x{k}", "x", LANGS[k % 4], text, None) for k, text in enumerate(XSS)))
    split = Proposal("split", "pp0005", "a|b\n# c <i>", None, None, 0.4)
    return replace(
        digest, workspace="our shop's <b>data</b>", segment=("meta.product", "کیف <چرمی> | A"), new=(new,),
        growing=(digest.growing[0], fast, back), eased=(*digest.eased, gone), top=(*digest.top[:2], hostile, new),
        needs=Needs(1, (*digest.needs.proposals, split)),
        not_covered=NotCovered(1, 2, 3, 4, 5, {"made_up": 2, "other": 1}))


DIGESTS: dict[str, Callable[[str], Digest]] = {"usual": usual, "first": first, "quiet": quiet, "everything": everything}


@pytest.fixture(params=DIGESTS)
def digest(request: pytest.FixtureRequest) -> Callable[[str], Digest]:
    return DIGESTS[request.param]


@pytest.fixture(scope="session")
def digests() -> dict[str, Callable[[str], Digest]]:
    return DIGESTS


@pytest.fixture(scope="session")
def hostile() -> tuple[str, ...]:
    return XSS


@pytest.fixture(scope="session")
def plain() -> Callable[[str], str]:
    """Text as it reads: without direction characters, every space the same."""
    return lambda text: text.translate(dict.fromkeys(map(ord, "\u200e\u200f\u061c\u2066\u2067\u2068\u2069"))
                                       ).replace("\u00a0", " ")
