"""Time what the page asks of a workspace of 100,000 opinions or more, in this process, and say what it cost.

    python scripts/bench_page.py WORKSPACE [--units 100000] [--database URL] [--out scripts/bench/page.json]

The workspace is made of the facts and the state of WORKSPACE, an existing one of real texts, which is not changed: its
documents come again and again under new ids, at other times, by other authors and in other words of the same length,
with their opinions, judgements, places in pain points and vectors a little elsewhere, until there are so many opinions.
Nothing is encoded or judged. A fifth of the comments is in somebody's hands or done already.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import resource
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from variation import Again, moved
from variation import words_of as known

from painpoints.pipeline import Workspace
from painpoints.report import Known, everything
from painpoints.store import Generation, WorkspaceData, now
from painpoints.text import tokenise
from painpoints.triage import FACETS, STATUSES, Live, Queue, Wanted, opinions

ADDITIONS, CALLS, THREADS = 10, 300, 4
PEOPLE = ("sara", "Ali", "Мария", "نور")


def multiplied(source: Path, place: Path, wanted: int, database: str | None) -> Workspace:
    """A workspace at ``place`` with ``wanted`` opinions or a few more, out of those of ``source``; its copies are known
    as after an addition."""
    with Workspace.open(source) as given:
        settings = given.settings
        with given.folder.state.reading() as state:
            rows = {name: state.rows(name) for name in ("painpoints", "placements", "lineage")}
            numbers, generation = state.additions(), state.generation()
        documents = given.folder.facts.documents(numbers).drop("addition")
        units = given.folder.facts.units(numbers, generation).drop("addition")
        vectors = given.folder.facts.vectors(numbers, units["unit_id"], generation)
    made = Workspace.create(place, settings, database=database)
    turns = -(-wanted // len(units))
    again = Again(documents, units, known(units.select("lang", "text").iter_rows()))
    at = dict(zip(units["unit_id"], range(len(units)), strict=True))
    placed = [(at[row["unit_id"]], row) for row in rows["placements"]]
    with made.folder.state.writing() as state:
        state.insert("painpoints", rows["painpoints"])
        state.insert("lineage", rows["lineage"])
    for number, mine in enumerate(np.array_split(np.arange(turns), min(ADDITIONS, turns)), 1):
        frames = [again.coming(turn) for turn in mine.tolist()]
        docs, opinions = (pl.concat(parts) for parts in zip(*frames, strict=True))
        near = np.concatenate([moved(vectors, turn) if turn else vectors for turn in mine.tolist()])
        made.folder.facts.write(number, docs, opinions, near, Generation())
        with made.folder.state.writing() as state:
            for _, named in frames:
                ids = named["unit_id"].to_list()
                state.insert("placements", [
                    {**row, "unit_id": ids[place], "addition": number} for place, row in placed])
            note = {"number": number, "read": len(docs), "documents": len(docs), "units": len(opinions),
                    "rejected": {}}
            state.insert("additions", [{"number": number, "made": now(), "inputs": "[]", "documents": len(docs),
                                        "units": len(opinions), "note": json.dumps(note)}])
            state.insert("documents", [{"doc_id": key, "addition": number} for key in docs["doc_id"]])
        _worked_on(made, docs["doc_id"].to_list())
    made.data()
    return made


def _worked_on(workspace: Workspace, ids: Sequence[str]) -> None:
    """Has a fifth of the comments be in somebody's hands, waiting, done or muted."""
    rng = random.Random(3)
    chosen, moment = rng.sample(list(ids), len(ids) // 5), now()
    rows = []
    for key in chosen:
        status = rng.choice(STATUSES[1:])
        rows.append({"doc_id": key, "status": status, "assignee": None if status == "muted" else rng.choice(PEOPLE),
                     "note": None, "version": 1, "changed": moment, "changed_by": rng.choice(PEOPLE)})
    with workspace.folder.state.writing() as state:
        state.insert("triage", rows)
        state.insert("triage_history", [
            {"made": moment, "who": row["changed_by"], "change": 1, "undoes": None, "doc_id": row["doc_id"],
             "field": "status", "before": "new", "after": row["status"], "unit_id": None} for row in rows])


def wanted(live: Live, words: Sequence[str], rng: random.Random) -> Wanted:
    """A question as people put together: one to three filters, now and then with words."""
    snapshot = live.now()
    values = {name: list(counts) for name, counts in snapshot.facets(Wanted(), PEOPLE[0]).items()}
    asked: dict[str, Any] = {}
    for name in rng.sample(FACETS, rng.randint(0, 3)):
        if name == "status":
            asked[name] = tuple(rng.sample([*STATUSES, "all"], rng.randint(1, 2)))
        elif name == "uncertain":
            asked[name] = True
        elif values[name]:
            asked[name] = rng.choice(values[name])
    return Wanted(**asked, search=rng.choice(words) if rng.random() < 0.25 else None)


def milliseconds(calls: Sequence[Callable[[], object]]) -> dict[str, float]:
    """How long calls take, by the clock and, at the median, of this process's processor."""
    times, worked = [], []
    for call in calls:
        began, busy = time.perf_counter(), time.process_time()
        call()
        times.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - busy))
    return {"calls": len(times), "median": round(statistics.median(times), 1),
            "p95": round(statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0], 1),
            "slowest": round(max(times), 1), "median_processor": round(statistics.median(worked), 1)}


def words_of(texts: Sequence[str], rng: random.Random) -> list[str]:
    """Words, pairs and beginnings of words that stand in texts."""
    found: list[str] = []
    while len(found) < CALLS:
        text = rng.choice(texts)
        tokens = [token for token in tokenise(text) if len(token.text) > 2]
        if len(tokens) > 3:
            one, two = (text[token.start:token.end] for token in rng.sample(tokens, 2))
            found.append(rng.choice([one, f"{one} {two}", f"{one[:4]}*"]))
    return [words for words in found if '"' not in words and "\n" not in words and not words.startswith("-")]


def timed(workspace: Workspace) -> dict[str, Any]:
    """Seconds to read everything, mebibytes that this takes, and milliseconds of each kind of call."""
    rng = random.Random(7)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    live = Live(workspace)
    began, busy = time.perf_counter(), time.process_time()
    first = live.now()
    built, worked = time.perf_counter() - began, time.process_time() - busy
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    began = time.perf_counter()
    live.prepare()
    indexed = time.perf_counter() - began
    texts = first.data.documents["text"].sample(2000, seed=5).to_list()
    words = words_of(texts, rng)
    ids = first.ranking.frame["doc_id"].to_list()
    questions = [wanted(live, words, rng) for _ in range(CALLS)]
    plain = [Wanted(**{**vars(question), "search": None}) for question in questions]
    langs = itertools.cycle(("fa", "ar", "ru", "en"))
    sorts = itertools.cycle(("urgency", "urgency", "newest", "oldest"))

    def page(question: Wanted) -> Callable[[], object]:
        lang, sort, offset = next(langs), next(sorts), rng.choice((0, 0, 0, 50, 200))
        return lambda: live.now().listing(question, PEOPLE[0], lang, offset, 50, sort)

    def worked_on(key: str) -> Callable[[], object]:
        queue = Queue(workspace.folder.state, PEOPLE[0])

        def call() -> None:
            queue.assign([f"{key}@{live.now().entry(key).version}"], rng.choice(PEOPLE))
            live.now().listing(Wanted(), PEOPLE[0], "fa")

        return call

    def seen_after(key: str) -> Callable[[], object]:
        queue = Queue(workspace.folder.state, PEOPLE[1])
        queue.assign([f"{key}@{live.now().entry(key).version}"], PEOPLE[1])
        return lambda: live.now().listing(Wanted(), PEOPLE[0], "fa")

    kinds: dict[str, list[Callable[[], object]]] = {
        "nothing_changed": [live.now] * CALLS,
        "queue_page": [page(Wanted()) for _ in range(CALLS)],
        "filter": [page(question) for question in plain],
        "search_first_time": [page(Wanted(search=asked)) for asked in dict.fromkeys(words)],
        "filter_and_search": [page(question) for question in questions],
        "facets": [lambda q=question: live.now().facets(q, PEOPLE[0]) for question in questions],  # type: ignore[misc]
        "comment": [lambda k=key: live.now().comment(k, "fa") for key in rng.sample(ids, CALLS)],  # type: ignore[misc]
        "change_then_page": [worked_on(key) for key in rng.sample(ids, CALLS // 3)],
    }
    told: dict[str, Any] = {name: milliseconds(calls) for name, calls in kinds.items()}
    told |= _digests(workspace, first.data)
    told["page_after_a_colleague_s_change"] = _one_by_one([lambda k=key: seen_after(k) for key in rng.sample(ids, 100)])
    told["page_after_a_correction"] = _corrections(workspace, live, rng.sample(ids, 60))
    told |= {f"{THREADS}_threads_{name}": _at_once(kinds[name]) for name in ("queue_page", "filter", "facets")}
    live.close()
    return {"units": len(first.data.units), "comments": len(first.data.documents), "pain_points": len(first.points),
            "build_seconds": round(built, 1), "build_processor_seconds": round(worked, 1),
            "index_seconds": round(indexed, 1), "memory_mb": round(memory), "ms": told}


def _digests(workspace: Workspace, data: WorkspaceData) -> dict[str, dict[str, float]]:
    """`milliseconds` of the first digest of all, and of those of other weeks, of which none was asked for before."""
    known: list[Known] = []
    weeks = data.documents["time"].dt.strftime("%G-W%V").unique().sort().to_list()

    def call(week: str, lang: str) -> None:
        if not known:
            known.append(everything(data, workspace.settings.zone))
        workspace.digest(week, data, known=known[0], lang=lang)

    first, *others = [lambda w=week, n=lang: call(w, n)  # type: ignore[misc]
                      for week, lang in zip(weeks[:2:-1], itertools.cycle(("fa", "ar", "ru", "en")), strict=False)]
    return {"first_digest": milliseconds([first]), "digest_of_another_week": milliseconds(others[:12])}


def _one_by_one(makers: Sequence[Callable[[], Callable[[], object]]]) -> dict[str, float]:
    """`milliseconds` of calls that are each made just before."""
    parts = []
    for make in makers:
        call = make()
        began = time.perf_counter()
        call()
        parts.append(1000 * (time.perf_counter() - began))
    return {"calls": len(parts), "median": round(statistics.median(parts), 1),
            "p95": round(statistics.quantiles(parts, n=20)[-1], 1), "slowest": round(max(parts), 1)}


def _corrections(workspace: Workspace, live: Live, ids: Sequence[str]) -> dict[str, float]:
    queue = Queue(workspace.folder.state, PEOPLE[2], opinions(workspace, live.now().data))

    def make(key: str) -> Callable[[], object]:
        unit = live.now().comment(key)["units"][0]
        queue.correct([unit["unit_id"]], "touchpoint", "app" if unit["touchpoint"] != "app" else "price")
        return lambda: live.now().listing(Wanted(), PEOPLE[0], "fa")

    return _one_by_one([lambda k=key: make(k) for key in ids])


def _at_once(calls: Sequence[Callable[[], object]]) -> dict[str, float]:
    """`milliseconds` of the same calls by THREADS threads at the same time."""
    parts = [list(calls[number::THREADS]) for number in range(THREADS)]
    times: list[float] = []

    def work(mine: Sequence[Callable[[], object]]) -> None:
        for call in mine:
            began = time.perf_counter()
            call()
            times.append(1000 * (time.perf_counter() - began))

    threads = [threading.Thread(target=work, args=(part,)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"calls": len(times), "median": round(statistics.median(times), 1),
            "p95": round(statistics.quantiles(times, n=20)[-1], 1), "slowest": round(max(times), 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--database")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "bench" / "page.json")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, multiplied(
            chosen.workspace, Path(place) / "shop", chosen.units, chosen.database) as workspace:
        result = timed(workspace)
    kind = f"{'sqlite' if chosen.database is None else 'postgresql'}, {chosen.units:,} units"
    before = json.loads(chosen.out.read_text("utf8")) if chosen.out.is_file() else {}
    command = f"python scripts/bench_page.py WORKSPACE --units {chosen.units}"
    new = {**before, kind: {"command": command + (" --database URL" if chosen.database else ""), **result}}
    chosen.out.write_text(json.dumps(new, indent=1) + "\n", "utf8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
