"""Search 100,000 real texts, and say what it cost.

    python scripts/bench_search.py --data DIR [--texts 100000] [--database URL] [--out scripts/bench/search.json]

Texts are drawn evenly over the four languages with a fixed seed; where a set of texts is too small, its texts come
again, each with a number of its own. The 200 questions are made of words of the texts, in the four languages: one
word, two words, a phrase, the beginning of a word, a word without another; 50 best are asked for, with the places of
the hits, and the ids of all. With --database the state, and so the index, is on a PostgreSQL server.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from datasets import LANGUAGES, rows

from painpoints.pipeline import matching, search
from painpoints.store import Generation, WorkspaceFolder, create_workspace, now
from painpoints.text import tokenise

ADDITIONS, QUESTIONS = 10, 200


def drawn_texts(data: Path, count: int) -> list[str]:
    """``count`` texts, a quarter a language."""
    rng, chosen = random.Random(11), []
    for lang in LANGUAGES:
        pool = sorted({str(row["text"]) for path in sorted((data / "sentiment").glob(f"{lang}_*.jsonl"))
                       for row in rows(path)})
        rng.shuffle(pool)
        wanted = count // len(LANGUAGES)
        chosen += [text if i < len(pool) else f"{text} {i}" for i, text in
                   ((i, pool[i % len(pool)]) for i in range(wanted))]
    rng.shuffle(chosen)
    return chosen


def filled(folder: WorkspaceFolder, texts: list[str]) -> None:
    """Gives a workspace ``texts`` as its documents, without judging them."""
    size = -(-len(texts) // ADDITIONS)
    for number in range(1, ADDITIONS + 1):
        some = texts[(number - 1) * size:number * size]
        names = [f"d{number}-{place}" for place in range(len(some))]
        folder.facts.write(number, pl.DataFrame({"doc_id": names, "text": some}), pl.DataFrame({"unit_id": ["none"]}),
                           np.zeros((1, 2), np.float32), Generation())
        with folder.state.writing() as state:
            state.insert("additions", [{"number": number, "made": now(), "inputs": "[]", "documents": len(some),
                                        "units": 0, "note": ""}])


def questions(texts: list[str]) -> list[str]:
    """QUESTIONS questions that a text answers each, but for the words left out."""
    rng = random.Random(5)
    asked: list[str] = []
    while len(asked) < QUESTIONS:
        text = rng.choice(texts)
        tokens = [token for token in tokenise(text) if len(token.text) > 2]
        if len(tokens) < 4:
            continue
        first = rng.randrange(len(tokens) - 1)
        one, two = (text[token.start:token.end] for token in tokens[first:first + 2])
        between = text[tokens[first].start:tokens[first + 1].end]
        kinds = (one, f"{one} {two}", f'"{between}"', f"{one[:4]}*", f"{one} -{rng.choice(tokens).text}")
        question = kinds[len(asked) % len(kinds)]
        if "\n" not in question and question.count('"') in (0, 2):
            asked.append(question)
    return asked


def measured(folder: WorkspaceFolder, texts: list[str]) -> dict[str, Any]:
    """Seconds to make the index, milliseconds a question, bytes."""
    began = time.perf_counter()
    search(folder, "refund")
    build, asked = time.perf_counter() - began, questions(texts)
    return {"texts": len(texts), "letters": sum(map(len, texts)), "build_seconds": round(build, 1),
            "questions": len(asked),
            "best_with_places_ms": milliseconds(asked, lambda question: search(folder, question)),
            "ids_of_all_ms": milliseconds(asked, lambda question: matching(folder, question)),
            "answered": sum(bool(matching(folder, question)) for question in asked),
            "index_mb": round(index_bytes(folder) / 1e6, 1)}


def milliseconds(asked: list[str], ask: Callable[[str], object]) -> dict[str, float]:
    """How long questions take, one after the other, by the clock and, at the median, of this process's processor."""
    times, worked = [], []
    for question in asked:
        began, busy = time.perf_counter(), time.process_time()
        ask(question)
        times.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - busy))
    return {"median": round(statistics.median(times), 1), "p95": round(statistics.quantiles(times, n=20)[-1], 1),
            "slowest": round(max(times), 1), "median_processor": round(statistics.median(worked), 1)}


def index_bytes(folder: WorkspaceFolder) -> int:
    """What the index takes: its file, or its tables on the server."""
    if folder.state.address.schema is None:
        return sum(path.stat().st_size for path in folder.path.glob("search.sqlite*"))
    from sqlalchemy import text

    with folder.state.beside() as connection:
        return int(connection.execute(text("SELECT pg_total_relation_size('search_words')")).scalar_one())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--texts", type=int, default=100_000)
    parser.add_argument("--database")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "bench" / "search.json")
    chosen = parser.parse_args()
    texts = drawn_texts(chosen.data, chosen.texts)
    with tempfile.TemporaryDirectory() as place, create_workspace(
            Path(place) / "shop", {}, "bench", chosen.database) as folder:
        filled(folder, texts)
        result = measured(folder, texts)
    kind = "sqlite" if chosen.database is None else "postgresql"
    before = json.loads(chosen.out.read_text("utf8")) if chosen.out.is_file() else {}
    command = f"python scripts/bench_search.py --data DIR --texts {chosen.texts}"
    new = {**before, kind: {"command": command + (" --database URL" if chosen.database else ""), **result}}
    chosen.out.write_text(json.dumps(new, indent=1) + "\n", "utf8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
