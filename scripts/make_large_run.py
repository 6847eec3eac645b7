"""Make a run of a million judged opinions, so that what comes after the judging can be measured without judging.

    python scripts/make_large_run.py INPUT --units 1000000 --out RUN [--judged DIR]
    painpoints mine --resume RUN

INPUT is read and judged as by ``painpoints mine`` (into DIR, if it is given, from where the next call takes it). Its
documents come again and again under new ids, at other times, by other authors and in other words of the same length,
with their judgements; the vectors are moved a little. Every shard is written before the next is made.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import numpy as np
from variation import Again, moved, words_of

from painpoints.config import load_settings
from painpoints.pipeline.judging import judge_shard
from painpoints.pipeline.models import load_models
from painpoints.pipeline.reading import read_into
from painpoints.pipeline.run import start
from painpoints.store import RunFolder, open_run


def judged(source: Path, place: Path) -> RunFolder:
    """The run folder at ``place`` with all shards of ``source`` judged."""
    settings = load_settings({})
    if (place / "run.json").is_file():
        folder = open_run(place)
    else:
        folder = start([source], place, settings)
        read_into(folder, [source], settings, lambda stage, done, total: None)
    note = folder.reading_done() or {}
    missing = [shard for shard in range(note["shards"]) if not folder.judged(shard)]
    models = load_models(settings) if missing else None
    for shard in missing:
        assert models is not None
        units, vectors, counts = judge_shard(folder.documents(shard), models, whole=False)
        folder.write_units(shard, units, vectors, counts)
    return folder


def replicate(given: RunFolder, place: Path, wanted: int) -> int:
    """A run folder at ``place`` with ``wanted`` opinions made of those of ``given``; how many shards it has."""
    note = given.reading_done() or {}
    made = start([], place, load_settings({}))
    texts = given.units(range(note["shards"])).select("lang", "text")
    words = words_of(texts.iter_rows())
    again = {old: Again(given.documents(old), given.units([old]), words) for old in range(note["shards"])}
    shard = documents = units = turn = 0
    while units < wanted:
        for old in range(note["shards"]):
            if units >= wanted:
                break
            docs, opinions = again[old].coming(turn)
            keep = np.ones(len(opinions), bool)
            vectors = given.vectors([old], keep)
            if turn:
                vectors = moved(vectors, [turn, old])
            made.write_documents(shard, docs)
            made.write_units(shard, opinions, vectors, {"units": len(opinions)})
            shard, documents, units = shard + 1, documents + len(docs), units + len(opinions)
        turn += 1
    made.finish_reading({**note, "shards": shard, "documents": documents})
    return shard


def main() -> None:
    """Judge, replicate, and say how large the run is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input", type=Path)
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--judged", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        given = judged(chosen.input, chosen.judged or Path(scratch) / "judged")
        shards = replicate(given, chosen.out, chosen.units)
    print(json.dumps({"shards": shards, "run": str(chosen.out)}))


if __name__ == "__main__":
    main()
