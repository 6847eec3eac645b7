"""Ten weeks of a workspace over real texts, with planted events: do pain points keep their identity, are events told?

    python scripts/simulate_weeks.py --data DIR --work FOLDER [--weeks 10] [--volume 600] [--reindex MODEL ...]

Every week brings ``--volume`` real texts in four languages, dates spread over its days, and on top the planted ones:
real texts of one theme each (a labelled intent, or texts of one language with the theme's own word; the weekly stream
holds none of these). Themes are born, grow threefold, or end; one author writes 30 times in a week, and one text is
copied 40 times, which should change nothing. After every ``add`` it is told which units have the pain point they had
before; at the end the weeks are added again, each with its rows shuffled, and the workspace is reindexed with each
MODEL.

A pain point *carries* a theme when at least half of its documents in that week and the three before are planted ones of
it and it holds 5 of them or more. An event is *found* when a carrier's status says so (a rise: new, growing or
reopened; an end: easing or resolved) or, for a birth, when the carrier itself was born by that addition, in the week of
the event or the two after. A *false alarm* is an alarm of `weekly_trends` on a pain point that carries no planted
theme; births by an addition are counted apart.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from painpoints.config import Settings
from painpoints.pipeline import Workspace

PROJECT = Path(__file__).resolve().parents[1]
OUT = PROJECT / "scripts" / "bench" / "weeks.json"
START = date(2026, 8, 31)
WEEKDAYS = np.array([1.2, 1.1, 1.05, 1.0, 1.05, 0.85, 0.75])
STREAM = {"fa": ("fa_snappfood", "fa_digikala_reviews"), "ar": ("ar_restaurants_qaym", "ar_products_souq"),
          "ru": ("ru_otzovik_bank_reviews", "ru_ozon_reviews", "ru_telecoms_sentirueval_tweets"),
          "en": ("en_uber_app_reviews", "en_google_play_reviews", "en_twitter_airline")}
IN_TIME, LOOKS_BACK, LEAST = 2, 4, 5
RISES, FALLS = {"new", "growing", "reopened"}, {"easing", "resolved"}


@dataclass(frozen=True)
class Theme:
    """Real texts on one thing: ``picks`` are (set, label or None, pattern or None); a week has ``usual`` of them, from
    week ``turn`` (from 1) on ``then``."""

    name: str
    picks: tuple[tuple[str, str | None, str | None], ...]
    usual: int
    then: int
    turn: int

    @property
    def kind(self) -> str:
        return "birth" if not self.usual else "end" if not self.then else "growth"


THEMES = (
    Theme("lost luggage", (("sentiment/en_twitter_airline", "negative", r"\b(bags?|baggage|luggage)\b"),), 0, 18, 6),
    Theme("dirty hotel room", (("sentiment/ar_hotels_semeval16", "negative", r"نظاف|نظيف|قذر|وسخ|متسخ|رائح"),),
          0, 14, 6),
    Theme("fee on card payments", (("clusters/en_banking77", "card_payment_fee_charged", None),
                                   ("clusters/ar_arbanking77", "card_payment_fee_charged", None)), 0, 16, 7),
    Theme("advertisements in the app", (("sentiment/en_google_play_reviews", "negative", r"(?i)\b(ads|advert\w*)\b"),),
          0, 16, 8),
    Theme("mobile internet", (("sentiment/ru_telecoms_sentirueval_tweets", "negative", r"(?i)интернет"),), 7, 21, 6),
    Theme("cold food", (("sentiment/fa_snappfood", "negative", r"(?<!\w)سرد(?!\w)|یخ کرده"),
                        ("sentiment/ar_restaurants_qaym", "negative", r"بارد")), 8, 24, 7),
    Theme("battery", (("sentiment/fa_digikala_recommend", "negative", r"باتری|شارژ"),), 5, 15, 8),
    Theme("driver cancels", (("sentiment/en_uber_app_reviews", "negative", r"(?i)\bcancel"),), 14, 0, 6),
    Theme("transfer not received", (("clusters/en_banking77", "transfer_not_received_by_recipient", None),
                                    ("clusters/ar_arbanking77", "transfer_not_received_by_recipient", None)), 16, 0, 7),
)
ONE_AUTHOR, COPIES = ("sentiment/en_uber_app_reviews", 30, 8), ("sentiment/ru_ozon_reviews", 40, 9)


@dataclass
class Told:
    """What came of the events: week of each, and the week (None: not) in which it was told."""

    found: dict[str, int | None] = field(default_factory=dict)
    false_alarms: list[dict[str, Any]] = field(default_factory=list)
    alarms: int = 0


def main() -> None:
    """Simulates, measures, writes ``--out``."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--data", type=Path, required=True)
    ask.add_argument("--work", type=Path, required=True, help="folder that may be emptied")
    ask.add_argument("--weeks", type=int, default=10)
    ask.add_argument("--volume", type=int, default=600)
    ask.add_argument("--seed", type=int, default=11)
    ask.add_argument("--reindex", nargs="*", default=[], metavar="MODEL")
    ask.add_argument("--out", type=Path, default=OUT)
    given = ask.parse_args()
    shutil.rmtree(given.work, ignore_errors=True)
    given.work.mkdir(parents=True)
    weeks = simulated(given.data, given.weeks, given.volume, np.random.default_rng(given.seed))
    begun = time.perf_counter()
    figures, told = live_through(given.work / "shop", weeks)
    figures |= {"seconds": round(time.perf_counter() - begun), "weeks": given.weeks, "seed": given.seed,
                "documents": sum(map(len, weeks)), "events": told.found, "alarms": told.alarms,
                "false_alarms": told.false_alarms}
    places = placements(given.work / "shop")
    figures["after_shuffling"] = shuffled(given.work / "shuffled", weeks, places)
    figures["reindexed"] = {Path(model).name: reindexed(given.work, model, places) for model in given.reindex}
    given.out.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf8")
    print(json.dumps(figures, indent=1, ensure_ascii=False))


def simulated(data: Path, weeks: int, volume: int, rng: np.random.Generator) -> list[pl.DataFrame]:
    """The rows of each week: text, date, author, theme (null in the usual stream)."""
    themes = {theme.name: drawn_theme(data, theme, rng) for theme in THEMES}
    planted = {text for texts in themes.values() for text in texts}
    words = [re.compile(pattern) for theme in THEMES for _, _, pattern in theme.picks if pattern]
    usual = {lang: [text for text in _shuffled(rng, [t for name in sets for t in texts_of(data, f"sentiment/{name}")])
                    if text not in planted and not any(word.search(text) for word in words)]
             for lang, sets in STREAM.items()}
    alone, many, when = ONE_AUTHOR
    flood = [t for t in texts_of(data, alone, "negative") if t not in set(usual["en"][:weeks * volume // 4])][:many]
    copied, times, copied_when = COPIES
    copy = next(t for t in texts_of(data, copied, "negative") if 60 < len(t) < 200)
    frames = []
    for week in range(1, weeks + 1):
        rows = [(usual[lang].pop(), None, None) for lang in STREAM for _ in range(volume // len(STREAM))]
        for theme in THEMES:
            count = int(rng.poisson(theme.then if week >= theme.turn else theme.usual))
            rows += [(themes[theme.name].pop(), None, theme.name) for _ in range(count)]
        rows += [(text, "somebody", "one author") for text in flood] if week == when else []
        rows += [(copy, f"copier {n}", "copies") for n in range(times)] if week == copied_when else []
        frames.append(_dated(rows, week, rng))
    return frames


def _dated(rows: Sequence[tuple[str, str | None, str | None]], week: int, rng: np.random.Generator) -> pl.DataFrame:
    days = rng.choice(7, len(rows), p=WEEKDAYS / WEEKDAYS.sum())
    first = datetime.combine(START, datetime.min.time(), UTC) + timedelta(weeks=week - 1)
    times = [first + timedelta(days=int(day), seconds=int(rng.integers(86400))) for day in days]
    # An id of its own for every row, so that copies are documents and not one document given again.
    return pl.DataFrame({"id": [f"{week}-{n}" for n in range(len(rows))], "text": [row[0] for row in rows],
                         "date": [t.isoformat() for t in times], "author": [row[1] for row in rows],
                         "theme": [row[2] for row in rows]},
                        schema_overrides={"author": pl.Utf8, "theme": pl.Utf8})


def texts_of(data: Path, name: str, label: str | None = None, pattern: str | None = None) -> list[str]:
    """The texts of a set, each once, under 600 characters; of one label, with a pattern."""
    found = []
    for line in (data / f"{name}.jsonl").read_text("utf8").splitlines():
        row = json.loads(line)
        if (label is None or row["label"] == label) and (pattern is None or re.search(pattern, row["text"])) \
                and 8 < len(row["text"]) < 600:
            found.append(row["text"])
    return list(dict.fromkeys(found))


def drawn_theme(data: Path, theme: Theme, rng: np.random.Generator) -> list[str]:
    """Texts of ``theme`` in a random order, its sets taking turns."""
    each = [_shuffled(rng, texts_of(data, *pick)) for pick in theme.picks]
    return [text for turn in zip(*(texts[:min(map(len, each))] for texts in each), strict=True) for text in turn]


def _shuffled(rng: np.random.Generator, texts: Sequence[str]) -> list[str]:
    return [texts[at] for at in rng.permutation(len(texts))]


def live_through(path: Path, weeks: Sequence[pl.DataFrame]) -> tuple[dict[str, Any], Told]:
    """A workspace after all ``weeks``, and what was seen after each: the share of units that stayed, events told."""
    told, unchanged, born, joined, problems = Told(), [], [], 0, 0
    with Workspace.create(path, Settings(author="author", time="date", id="id", text="text")) as shop:
        before: Mapping[str, str | None] = {}
        for number, rows in enumerate(weeks, 1):
            added = shop.add(rows.drop("theme"))
            after = placements(path)
            held = {unit: name for unit, name in before.items() if name}
            if held:
                unchanged.append(sum(after.get(unit) == name for unit, name in held.items()) / len(held))
            born.append(len(added.born))
            joined, problems = joined + added.joined, problems + added.problems
            judge(shop, weeks, number, added.born, told)
            before = after
        points = shop.painpoints()
    placed = sum(name is not None for name in before.values()) / len(before)
    return {"unchanged_after_each_add": [round(share, 4) for share in unchanged], "born": born,
            "painpoints": len(points), "problem_units": problems, "joined_at_once": joined,
            "placed_share": round(placed, 3)}, told


def judge(shop: Workspace, weeks: Sequence[pl.DataFrame], number: int, born: Sequence[str], told: Told) -> None:
    """Enters into ``told`` what the workspace says after week ``number``."""
    carried = carriers(shop, weeks, number)
    trends = shop.trends()
    last = trends.filter(pl.col("week") == pl.col("week").max())
    status = dict(last.select("painpoint_id", "status").iter_rows())
    for theme in THEMES:
        told.found.setdefault(theme.name, None)
        if told.found[theme.name] is not None or not theme.turn <= number <= theme.turn + IN_TIME:
            continue
        tells = FALLS if theme.kind == "end" else RISES
        if any(status.get(point) in tells or (theme.kind == "birth" and point in born)
               for point, name in carried.items() if name == theme.name):
            told.found[theme.name] = number - theme.turn + 1
    alarms = last.filter("alarm")
    told.alarms += len(alarms)
    turned = {theme.name for theme in THEMES if number >= theme.turn}
    for row in alarms.iter_rows(named=True):
        if carried.get(row["painpoint_id"]) not in turned:
            told.false_alarms.append({"week": number, "painpoint_id": row["painpoint_id"], "status": row["status"],
                                      "documents": row["documents"]})


def carriers(shop: Workspace, weeks: Sequence[pl.DataFrame], number: int) -> dict[str, str]:
    """Pain point to the planted theme that it carries in the last weeks (ends: in all weeks)."""
    data = shop.data()
    themes = dict(pl.concat(weeks).select("id", "theme").iter_rows())
    said = data.units.filter(pl.col("painpoint_id").is_not_null()).select("doc_id", "painpoint_id").unique().join(
        data.documents.select("doc_id", "source_id"), on="doc_id")
    count: dict[tuple[str, bool], Counter[str | None]] = {}
    for _, point, source in said.iter_rows():
        week = int(source.split("-")[0])
        for ever in (True, False):
            if ever or number - week < LOOKS_BACK:
                count.setdefault((point, ever), Counter())[themes[source]] += 1
    ends = {theme.name for theme in THEMES if theme.kind == "end"}
    found = {}
    for (point, ever), held in count.items():
        name, most = held.most_common(1)[0]
        if name is not None and most >= LEAST and 2 * most >= held.total() and (name in ends) == ever:
            found[point] = name
    return found


def placements(path: Path) -> dict[str, str | None]:
    """The pain point of every problem unit."""
    with Workspace.open(path) as shop:
        units = shop.data().units.filter(pl.col("placed_by").is_not_null())
    return dict(units.select("unit_id", "painpoint_id").iter_rows())


def shuffled(path: Path, weeks: Sequence[pl.DataFrame], places: Mapping[str, str | None]) -> float:
    """The share of units that have the very same pain point when each week's rows come in another order."""
    with Workspace.create(path, Settings(author="author", time="date", id="id", text="text")) as shop:
        for rows in weeks:
            shop.add(rows.drop("theme").sample(fraction=1.0, shuffle=True, seed=5))
    again = placements(path)
    return sum(again.get(unit) == name for unit, name in places.items()) / len(places)


def reindexed(work: Path, model: str, places: Mapping[str, str | None]) -> dict[str, Any]:
    """What `reindex` with ``model`` says, and the share of units that kept their pain point."""
    path = work / f"reindexed-{Path(model).name}"
    shutil.copytree(work / "shop", path)
    with Workspace.open(path) as shop:
        report = asdict(shop.reindex(model))
    again = placements(path)
    held = {unit: name for unit, name in places.items() if name}
    unchanged = sum(again.get(unit) == name for unit, name in held.items()) / len(held)
    return {**report, "after": Path(model).name, "unchanged": round(unchanged, 4)}


if __name__ == "__main__":
    main()
