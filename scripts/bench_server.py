"""Time the page over HTTP: a `painpoints serve` process on a workspace of 100,000 opinions or more, asked as
a browser does.

    python scripts/bench_server.py WORKSPACE [--units 100000] [--calls 300] [--paints 9] [--database URL]
                                   [--chromium FILE] [--out scripts/bench/server.json]

The workspace is made of WORKSPACE as by scripts/bench_page.py; on the map opinions lie by lot. One visitor who is
signed in asks on one connection of the same machine, one request after another: the times are those of the whole
server, its security layers and the line, as a browser on it would see them. ``processor`` is what the server's process
worked, in the mean. Then headless Chromium opens the queue, each time as a new visitor with nothing kept: first paint,
first and largest contentful paint, in English and in Persian. Needs /proc.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import polars as pl
from bench_page import multiplied, words_of
from served import Answer, Server, Visitor, load, spread, surroundings

from painpoints.pipeline import Workspace
from painpoints.triage import STATUSES, Accounts, Queue

NAME, PASSWORD = "Sara", "a long walk by the river"
LANGUAGES = ("fa", "ar", "ru", "en")
WARM = 8
Call = Callable[[], Answer]


def prepared(source: Path, place: Path, units: int, database: str | None) -> tuple[list[str], dict[str, list[str]]]:
    """A workspace at ``place`` with an account; words of its texts, and what its filters can be set to."""
    with multiplied(source, place, units, database) as made:
        Accounts(made.folder.state, "bench").add(NAME, PASSWORD, "admin")
        by_lot(made)
        data = made.data()
        texts = data.documents["text"].sample(2000, seed=5).to_list()
        values = {"language": data.units["lang"].unique().sort().to_list()[:6],
                  "touchpoint": data.units["touchpoint"].drop_nulls().unique().sort().to_list(),
                  "stage": data.units["stage"].drop_nulls().unique().sort().to_list(),
                  "point": [point["painpoint_id"] for point in data.points if point["status"] == "open"],
                  "comment": data.documents["doc_id"].sample(2000, seed=6).to_list(),
                  "week": data.documents["time"].dt.strftime("%G-W%V").unique().sort().to_list(),
                  "unit": data.units["unit_id"].sample(2000, seed=7).to_list()}
    return words_of(texts, random.Random(7)), values


def by_lot(made: Workspace) -> None:
    """Lays every opinion somewhere on the map: there are no vectors to work it out from."""
    units = made.data().units.select("unit_id")
    spots = np.random.default_rng(1).uniform(-1, 1, (len(units), 2)).astype(np.float32)
    with made.folder.state.reading() as state:
        generation = state.generation().vectors
    units.with_columns(x=spots[:, 0], y=spots[:, 1], drawn=True, generation=pl.lit(generation, pl.Int64)
                       ).write_parquet(made.path / "map.parquet")


def asked(rng: random.Random, words: Sequence[str], values: dict[str, list[str]], *, searches: bool) -> str:
    """The query of a list as people put it together: one to three filters, or words with none or one."""
    names = rng.sample(["language", "touchpoint", "stage", "point", "status", "holder", "unsure"],
                       rng.randint(0, 1) if searches else rng.randint(1, 3))
    told = {name: rng.choice(values[name]) for name in names if name in values}
    told |= {"status": rng.choice([*STATUSES, "all"])} if "status" in names else {}
    told |= {"holder": rng.choice(["nobody", "sara", "Ali"])} if "holder" in names else {}
    told |= {"unsure": "1"} if "unsure" in names else {}
    told |= {"q": rng.choice(words)} if searches else {}
    return urlencode(told)


def kinds(page: Visitor, words: Sequence[str], values: dict[str, list[str]], calls: int) -> dict[str, list[Call]]:
    """The requests to be timed, by what they are for."""
    rng, langs = random.Random(11), itertools.cycle(LANGUAGES)
    version = json.loads(page.get("/api/comments?limit=1").body)["version"]
    number = page.get("/api/history?limit=5000").json[-1]["number"]

    def get(path: str, *, part: bool = False) -> Call:
        lang = next(langs)

        def call() -> Answer:
            page.cookies["lang"] = lang
            return page.get(path, part=part)

        return call

    def many(path: Callable[[], str], *, part: bool = False, share: int = 1) -> list[Call]:
        return [get(path(), part=part) for _ in range(calls // share)]

    filtered = [asked(rng, words, values, searches=False) for _ in range(calls)]
    found = [asked(rng, words, values, searches=True) for _ in range(calls)]
    points = values["point"]
    return {
        "queue": many(lambda: "/queue"),
        "queue_later_page": many(lambda: f"/queue?page={rng.randint(2, 200)}&sort={rng.choice(('urgency', 'newest'))}"),
        "filter": [get(f"/queue?{query}", part=True) for query in filtered],
        "search": [get(f"/queue?{query}", part=True) for query in found],
        "filter_whole_page": [get(f"/queue?{query}") for query in filtered[:calls // 3]],
        "comment": [get(f"/queue/{key}", part=True) for key in values["comment"][:calls]],
        "comment_whole_page": [get(f"/queue/{key}") for key in values["comment"][-(calls // 3):]],
        "news_of_nothing": many(lambda: f"/queue/news?since={number}&version={version}", part=True),
        "points": many(lambda: f"/points?order={rng.choice(('size', 'moved', 'recent'))}", share=3),
        "point": many(lambda: f"/points/{rng.choice(points)}", share=2),
        "journey": many(lambda: "/journey", share=6),
        "digest": many(lambda: "/digest", share=6),
        "digest_of_a_week": many(lambda: f"/digest?week={rng.choice(values['week'])}", share=6),
        "map": many(lambda: "/map", share=6),
        "map_points": many(lambda: "/api/map/points", share=6),
        "map_quotes": many(lambda: "/api/map/units?" + urlencode([("id", key) for key in rng.sample(
            values["unit"], 8)]), share=3),
        "api_comments": [get(f"/api/comments?{query}") for query in filtered],
    }


def timed(server: Server, calls: Sequence[Call], warm: int = WARM) -> dict[str, Any]:
    """Milliseconds of ``calls``, of the server's processor too; the answers' size in KB at the median. The first
    ``warm`` of them are made before that too."""
    for call in calls[:warm]:
        call()
    busy, answers = server.worked, [call() for call in calls]
    statuses = sorted({answer.status for answer in answers} - {200, 204})
    if statuses:
        raise SystemExit(f"Answered with {statuses}.")
    return {**spread([answer.ms for answer in answers]),
            "processor": round(1000 * (server.worked - busy) / len(answers), 1),
            "kb": round(statistics.median(len(answer.body) for answer in answers) / 1024, 1)}


def changed(page: Visitor, workspace: Path, ids: Sequence[str]) -> dict[str, Any]:
    """Milliseconds of an action by this visitor, and of the news that a page gets after a colleague's."""
    acts, told, last = [], [], 0
    with Workspace.open(workspace) as opened:
        queue = Queue(opened.folder.state, "Ali")
        for number, key in enumerate(ids):
            version = page.get(f"/api/comments/{key}").json["version"]
            fields = [("action", "take"), ("seen", f"{key}@{version}"), ("open", key)]
            answer = page.post("/queue/act", fields, on=f"/queue/{key}")
            assert answer.status == 200, answer.status
            acts.append(answer.ms)
            seen = page.get("/api/comments?limit=50").json
            other = seen["comments"][number % 50]
            queue.note([f"{other['doc_id']}@{other['version']}"], f"note {number}")
            rows = ",".join(row["doc_id"] for row in seen["comments"])
            asks = urlencode({"since": last, "version": seen["version"], "rows": rows})
            news = page.get(f"/queue/news?{asks}", part=True)
            assert news.status == 200, news.status
            last = int(news.headers["x-number"])
            told.append(news.ms)
    return {"act": spread(acts), "news_of_a_colleague_s_change": spread(told[1:])}


def paints(port: int, cookies: dict[str, str], chromium: str, rounds: int) -> dict[str, Any]:
    """Milliseconds until the queue is painted by a new browser, by language."""
    from playwright.sync_api import sync_playwright

    told: dict[str, Any] = {}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium)
        for lang in ("en", "fa"):
            seen = [_painted(browser, port, {**cookies, "lang": lang}) for _ in range(rounds + 1)][1:]
            told[lang] = {name: spread([one[name] for one in seen]) for name in seen[0]}
        told["chromium"] = browser.version
        browser.close()
    return told


def _painted(browser: Any, port: int, cookies: dict[str, str]) -> dict[str, float]:
    address = f"http://127.0.0.1:{port}"
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
        page = context.new_page()
        page.goto(f"{address}/queue", wait_until="load")
        found: dict[str, float] = page.evaluate("""() => new Promise((done) => {
          const seen = {};
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) seen.largest_contentful_paint = entry.startTime;
          }).observe({ type: "largest-contentful-paint", buffered: true });
          setTimeout(() => {
            for (const entry of performance.getEntriesByType("paint"))
              seen[entry.name.replaceAll("-", "_")] = entry.startTime;
            const way = performance.getEntriesByType("navigation")[0];
            done({ ...seen, answered: way.responseEnd, loaded: way.loadEventEnd });
          }, 400);
        })""")
        return found


def measured(given: argparse.Namespace, place: Path) -> dict[str, Any]:
    """The report."""
    words, values = prepared(given.workspace, place, given.units, given.database)
    with running(place) as server:
        page = Visitor(server.port)
        page.come_in(NAME, PASSWORD)
        page.get("/queue")
        began: dict[str, float] = {"listens": round(server.listened_after, 1),
                                   "signed_in_and_queue_answered": round(time.perf_counter() - server.began, 1)}
        settled(page)
        began["memory_mb"] = server.memory_mb
        before, told = load(), {}
        first, *others = [lambda w=week: page.get(f"/digest?week={w}")  # type: ignore[misc]
                          for week in values["week"][:-9:-1]]
        busy = server.worked
        began |= {"first_digest": round(first().ms / 1000, 1),
                  "first_digest_processor": round(server.worked - busy, 1)}
        told["digest_of_a_week_first_time"] = timed(server, others, warm=0)
        for name, calls in kinds(page, words, values, given.calls).items():
            told[name] = timed(server, calls)
            print(name, told[name], flush=True)
        if not given.database:
            told |= changed(page, place, values["comment"][:60])
        result = {"units": given.units, "start_seconds": began, "ms": told, "memory_mb": server.memory_mb,
                  "most_memory_mb": server.most_memory_mb, "load": [before, load()]}
        if given.paints:
            result["paint_ms"] = paints(server.port, page.cookies, given.chromium, given.paints)
    return result


@contextmanager
def running(place: Path) -> Iterator[Server]:
    """A server on the workspace at ``place``."""
    server = Server(place)
    try:
        yield server
    finally:
        server.stop()


def settled(page: Visitor) -> None:
    """Waits until the index of words is made, so that it is not in the times."""
    page.get("/queue?q=0", part=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--paints", type=int, default=9)
    parser.add_argument("--database")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "bench" / "server.json")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measured(given, Path(folder) / "shop")
    before = json.loads(given.out.read_text("utf8")) if given.out.is_file() else {}
    command = f"python scripts/bench_server.py WORKSPACE --units {given.units} --calls {given.calls}"
    kind = f"{'sqlite' if given.database is None else 'postgresql'}, {given.units:,} units"
    new = {**before, kind: {"command": command + (" --database URL" if given.database else ""), **result,
                            **surroundings()}}
    given.out.write_text(json.dumps(new, indent=1) + "\n", "utf8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
