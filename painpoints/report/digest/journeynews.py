"""The journey in a period against the one before: touchpoints that moved, and the weakest link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scipy.stats import false_discovery_control

from painpoints.report.digest.cut import Cut
from painpoints.report.digest.model import Interval, TouchpointNews, Weakest
from painpoints.report.digest.quoting import quotes
from painpoints.report.intervals import difference, two_proportions
from painpoints.report.journeymap import COMPLAINT, MIN_DOCUMENTS, MIN_UNITS, experience, measure, weakest_link
from painpoints.taxonomy import NO_STAGE, Taxonomy

FALSE_DISCOVERY_RATE = 0.05


def journey_news(now: Cut, past: Cut, taxonomy: Taxonomy, framework: str) -> tuple[TouchpointNews, ...]:
    """Every touchpoint with opinions in one of both periods, in journey order.

    The change of its balance has Newcombe's interval on effective sample sizes. It stands when its q value
    (Benjamini and Hochberg) over all touchpoints with enough opinions on both sides is under .05 and its interval
    leaves out 0.
    """
    here, there = _measured(now), _measured(past)
    chosen = taxonomy.framework(framework)
    order = {code: place for place, code in enumerate(taxonomy.codes)}
    stages = {stage.code: place for place, stage in enumerate(chosen.stages)}
    shifts = {code: _shift(here[code], there[code]) for code in here.keys() & there.keys()
              if _enough(here[code]) and _enough(there[code])}
    tested = sorted(shifts)
    q_values = dict(zip(tested, false_discovery_control([shifts[code][1] for code in tested]).tolist(), strict=True))
    news = []
    for code in here.keys() | there.keys():
        row, shift = here.get(code), shifts.get(code)
        stands = shift is not None and q_values[code] < FALSE_DISCOVERY_RATE and (shift[0].low > 0 or shift[0].high < 0)
        news.append(TouchpointNews(
            code, chosen.mapping.get(code, NO_STAGE), row["units"] if row else 0,
            there[code]["units"] if code in there else 0, _interval(row, "net", -1.0), _interval(row, "harm", 0.0),
            shift[0] if shift else None, stands))
    return tuple(sorted(news, key=lambda t: (stages.get(t.stage, len(stages)), order.get(t.touchpoint, len(order)),
                                             t.touchpoint)))


def weakest(now: Cut, past: Cut, taxonomy: Taxonomy, framework: str) -> Weakest | None:
    """The weakest link of the period with customers' words, None where none is spoken of enough or none is harmed."""
    found = weakest_link(now.run, taxonomy, framework, quotes=0)
    if found is None:
        return None
    earlier = weakest_link(past.run, taxonomy, framework, quotes=0)
    complaints = experience(now.run).filter(COMPLAINT)
    said = quotes(complaints, now.documents, "touchpoint")
    return Weakest(found.touchpoint, found.stage, found.units, Interval(found.harm, found.low, found.high),
                   found.elsewhere, earlier is not None and earlier.touchpoint == found.touchpoint,
                   said.get(found.touchpoint, ()))


def balance(cut: Cut) -> Interval | None:
    """The balance of sentiment over all opinions of the period, None without any."""
    rows = measure(experience(cut.run), None).to_dicts()
    return _interval(rows[0], "net", -1.0) if rows else None


def balance_shift(now: Cut, past: Cut) -> Interval | None:
    """The change of that balance, with the interval that a touchpoint's has; None where one of both has too few."""
    here, there = (measure(experience(cut.run), None).to_dicts() for cut in (now, past))
    if not (here and there and _enough(here[0]) and _enough(there[0])):
        return None
    return _shift(here[0], there[0])[0]


def _measured(cut: Cut) -> dict[str, dict[str, Any]]:
    return {row["touchpoint"]: row for row in measure(experience(cut.run), "touchpoint").iter_rows(named=True)}


def _enough(row: Mapping[str, Any]) -> bool:
    return bool(row["units"] >= MIN_UNITS and row["documents"] >= MIN_DOCUMENTS)


def _shift(here: Mapping[str, Any], there: Mapping[str, Any]) -> tuple[Interval, float]:
    """The change of the balance (-2..2) and the p value of none."""
    # Shares of good feeling lie in 0..1, balances in -1..1: what is measured on the first is twice as much.
    one, two = (here["net"] + 1) / 2, (there["net"] + 1) / 2
    sizes = here["net_size"], there["net_size"]
    low, high = difference(one, sizes[0], two, sizes[1])
    return Interval(2 * (one - two), 2 * low, 2 * high), two_proportions(one, sizes[0], two, sizes[1])


def _interval(row: Mapping[str, Any] | None, name: str, least: float) -> Interval:
    return Interval(row[name], row[f"{name}_low"], row[f"{name}_high"]) if row else Interval(0.0, least, 1.0)
