"""Twenty simulated people in one queue for two minutes, and the proof that nobody's work was lost.

    python scripts/simulate_team.py WORKSPACE [--people 20] [--seconds 120] [--servers 1] [--units 100000] [--seed 1]
                                    [--database URL] [--out scripts/bench/team.json]

The workspace is made of WORKSPACE as by scripts/bench_page.py, and served by ``--servers`` `painpoints serve` processes
(several need ``--database``), to each of which as many people have signed in with an account of their own. Each polls
for news, filters, searches, opens comments and acts on them with the versions that the page showed, by its forms and by
the API: one, several, all of a list; a third of the time on twelve comments that everybody is drawn to. They correct
opinions and undo, and think 0.2 to 2 seconds in between. Everything they are answered is kept. Then the history is done
again (scripts/replay.py): it must hold every change that was answered with success once, on top of what its author saw,
nothing that was refused, and must add up to what the state holds and every server shows. Needs /proc.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench_page import multiplied, words_of
from replay import Replay, proved, replay_of
from served import Server, Visitor, load, spread, surroundings
from teammates import THINKING, Event, Teammate

from painpoints.pipeline import Workspace
from painpoints.triage import Accounts

NAMES = ("sara", "علی", "Мария", "نور", "Ali Reza", "Ольга", "زهرا", "James", "فاطمه", "Иван", "Layla", "حسن", "Emma",
         "مریم", "Пётр", "Omar", "شیرین", "Anna", "خالد", "Дарья")
PASSWORD = "a long walk by the river"
CROWDED = 12
LANGUAGES = ("fa", "ar", "ru", "en")


def prepared(given: argparse.Namespace, place: Path) -> tuple[list[str], list[str], list[str]]:
    """A workspace at ``place`` where all have an account; words of its texts, queries of lists, crowded comments."""
    with multiplied(given.workspace, place, given.units, given.database) as made:
        accounts = Accounts(made.folder.state, "simulation")
        for name in names(given.people):
            accounts.add(name, PASSWORD, "triager")
        data = made.data()
        words = words_of(data.documents["text"].sample(2000, seed=5).to_list(), random.Random(7))
        ids = data.documents["doc_id"].sample(CROWDED, seed=given.seed).to_list()
        points = [point["painpoint_id"] for point in data.points if point["status"] == "open"]
        touchpoints = data.units["touchpoint"].drop_nulls().unique().sort().to_list()
    rng = random.Random(given.seed)
    queries = ["", *(urlencode({"language": lang}) for lang in LANGUAGES), "status=mine", "status=waiting", "unsure=1",
               *(urlencode({"point": point, "language": rng.choice(LANGUAGES)}) for point in rng.sample(points, 12)),
               *(urlencode({"touchpoint": name, "status": "new"}) for name in rng.sample(touchpoints, 6))]
    return words, queries, ids


def names(many: int) -> list[str]:
    """The names of so many people."""
    return [NAMES[number] if number < len(NAMES) else f"Person {number}" for number in range(many)]


def start(place: Path) -> Replay:
    """The queue before anybody came."""
    with Workspace.open(place) as opened, opened.folder.state.reading() as state:
        number = state.next_number("triage_history") - 1
        return replay_of(state.rows("triage"), state.rows("corrections"), number)


def team(given: argparse.Namespace, servers: Sequence[Server], words: list[str], queries: list[str], ids: list[str]
         ) -> list[Teammate]:
    """Everybody, signed in, each at the next server."""
    found = []
    for number, name in enumerate(names(given.people)):
        pages = []
        for server in servers:
            page = Visitor(server.port, LANGUAGES[number % 4])
            page.come_in(name, PASSWORD)
            pages.append(page)
        mine = pages.pop(number % len(servers))
        found.append(Teammate(name, mine, pages, random.Random(f"{given.seed} {number}"), names(given.people), ids,
                              queries, words))
    return found


def worked(people: Sequence[Teammate], seconds: float) -> list[BaseException]:
    """Has all of them work at once; what went wrong on the line."""
    failed: list[BaseException] = []
    until = time.monotonic() + seconds

    def work(one: Teammate) -> None:
        try:
            one.work(until)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def shown_otherwise(servers: Sequence[Server], given: argparse.Namespace, ends: Sequence[dict[str, Any]],
                    touched: set[str]) -> int:
    """How many of the comments that were changed some server shows otherwise than they stand."""
    wrong = 0
    for server in servers:
        page = Visitor(server.port)
        page.come_in(names(given.people)[0], PASSWORD)
        for row in ends:
            if row["doc_id"] in touched:
                seen = page.get(f"/api/comments/{row['doc_id']}").json
                wrong += any(seen[name] != row[name] for name in ("status", "assignee", "note", "version"))
    return wrong


def delays(people: Sequence[Teammate], events: Sequence[Event], history: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Seconds from the answer to a change until the pages of the others tell of it, which ask every 3 seconds."""
    ended = {one.name: [event.ended for event in one.events if event.request and event.request.effect]
             for one in people}
    port = {one.name: one.page.port for one in people}
    last = {row["change"]: (row["number"], row["who"]) for row in history}
    polls = {one.name: [event for event in one.events if event.number is not None] for one in people}
    found: dict[str, list[float]] = {"same_server": [], "another_server": []}
    for _, (number, who) in sorted(last.items()):
        moment = ended[who].pop(0)
        for one in people:
            told = next((poll for poll in polls[one.name] if poll.number >= number), None)  # type: ignore[operator]
            if one.name != who and told is not None:
                found["same_server" if port[one.name] == port[who] else "another_server"].append(
                    max(0.0, told.ended - moment))
    return {name: {"seen": len(times), "median": round(statistics.median(times), 1),
                   "p95": round(statistics.quantiles(times, n=20)[-1], 1)} for name, times in found.items() if times}


def measured(given: argparse.Namespace, place: Path) -> tuple[dict[str, Any], list[str]]:
    """The report, and what is at fault."""
    words, queries, ids = prepared(given, place)
    before, servers = start(place), [Server(place) for _ in range(given.servers)]
    try:
        people = team(given, servers, words, queries, ids)
        for page in (people[0].page, *people[0].elsewhere):  # as a team finds it: with its index of words made
            page.get("/queue?q=0")
        loaded, busy = load(), [server.worked for server in servers]
        failed = worked(people, given.seconds)
        busy = [server.worked - was for server, was in zip(servers, busy, strict=True)]
        loads, memory = [loaded, load()], [server.most_memory_mb for server in servers]
        with Workspace.open(place) as opened, opened.folder.state.reading() as state:
            history = state.rows_after("triage_history", before.number)
            ends, corrected = state.rows("triage"), state.rows("corrections")
        otherwise = shown_otherwise(servers, given, ends, {row["doc_id"] for row in history})
    finally:
        for server in servers:
            server.stop()
    events = [event for one in people for event in one.events]
    proof = proved(before, history, [event.request for event in events if event.request], ends, corrected)
    faults = [*proof.faults, *(f"a line broke: {type(error).__name__}" for error in failed)]
    faults += [f"{otherwise} comments are shown otherwise than they stand"] if otherwise else []
    stale = sum(one.stale for one in people)
    faults += [f"{stale} times another server showed what was before"] if stale else []
    failures = [event for event in events if event.status >= 500]
    faults += [f"{len(failures)} answers of 5xx, of {sorted({event.kind for event in failures})}"] if failures else []
    kinds = sorted({event.kind for event in events})
    return {"people": given.people, "servers": given.servers, "seconds": given.seconds, "units": given.units,
            "seed": given.seed, "thinking_seconds": list(THINKING), "requests": len(events),
            "requests_per_second": round(len(events) / given.seconds, 1),
            "answers": dict(sorted(Counter(str(event.status) for event in events).items())),
            "proof": {"faults": len(faults), "lost_updates": sum("LOST UPDATE" in fault for fault in faults),
                      **proof.counts, "looks_at_another_server_right_after": sum(one.looked for one in people),
                      "of_them_stale": stale},
            "seconds_until_seen": delays(people, events, history) if not faults else {},
            "ms": {"all": spread([event.ms for event in events]),
                   **{kind: spread([event.ms for event in events if event.kind == kind]) for kind in kinds}},
            "processor_ms_a_request": round(1000 * sum(busy) / len(events), 1),
            "processor_share": [round(one / given.seconds, 2) for one in busy], "most_memory_mb": memory,
            "load": loads}, faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--servers", type=int, default=1)
    parser.add_argument("--units", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "bench" / "team.json")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result, faults = measured(given, Path(folder) / "shop")
    kept = json.loads(given.out.read_text("utf8")) if given.out.is_file() else {}
    kind = f"{'sqlite' if given.database is None else 'postgresql'}_{given.servers}_server{'s' * (given.servers > 1)}"
    command = (f"python scripts/simulate_team.py WORKSPACE --people {given.people} --seconds {given.seconds:g} "
               f"--servers {given.servers} --units {given.units}{' --database URL' if given.database else ''}")
    given.out.write_text(json.dumps({**kept, kind: {"command": command, **result, **surroundings()}},
                                    ensure_ascii=False, indent=1) + "\n", "utf8")
    print(json.dumps(result, ensure_ascii=False, indent=1))
    for fault in faults[:40]:
        print("FAULT", fault)
    raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    main()
