"""The main job beside what people use now: same texts, same machine, one run, each in a fresh process of its own.

    pip install 'painpoints[bench]'
    python scripts/bench_peers.py --data DIR --rows 3000 [--only NAME ...] [--clusters] [--peers PYTHON] [--keep FOLDER]

Names: main, main_fast (where models/fast ships), bertopic, bertopic_bf16, bertopic_units, sentiment, stages,
turftopic, obsei, bare. Pipeline (b) is BERTopic, then a sentiment pipeline, then zero-shot NLI over the stages; the
latter two, and Obsei, run on a sample of the texts and are scaled linearly; of Obsei only what goes beyond a run over
one text, which is its start-up. All are timed whole, loading included, but for the two pipelines and the bare pass, of
which only the work counts. The peak is that of the biggest process (`ru_maxrss`), and beside it, which is what is
compared, that of all processes together, shared pages counted once, looked at every second.

``--clusters`` compares the clusterings on labelled sets too. ``--peers`` is the interpreter of another environment that
has bertopic, turftopic and obsei; Obsei wants `pip install 'obsei[local]'`.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import importlib.metadata
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench_main_job import mixed_rows
from datasets import PROJECT
from peer_clusters import compare_clusters
from peers import NEEDS, WAYS

OURS = ("main", "main_fast")
TIMED = tuple(name for name in WAYS if name != "clusters")
SCALED = ("sentiment", "stages", "obsei")
OF_UNITS = ("bertopic_units", "bare")
TOGETHER = "peak_memory_together_mb"
VERSIONS = ("torch", "transformers", "sentence-transformers", "bertopic", "turftopic", "umap-learn", "hdbscan", "obsei",
            "numpy")
NOTES = {
    "sentiment": "XLM-R-base's size with random weights, which cost what trained ones do",
    "stages": "XLM-R-base's size with random weights; one forward pass a pair of text and stage",
    "obsei": "local mode with a classifier of XLM-R-base's size, random weights, in place of its default, which is "
             "twice as deep and must be fetched; its own questions, one forward pass an option",
    "bare": "plain sentence-transformers over the texts of the main job's units, as it cut and normalised them, each "
            "with the prompt of the model"}


def tree_mb(root: int) -> float:
    """Mebibytes of a process and all it started, shared pages divided among those who share them."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            children.setdefault(int(stat.read_text().rsplit(")", 1)[1].split()[1]), []).append(int(stat.parent.name))
        except OSError:
            continue
    total, waiting = 0, [root]
    while waiting:
        one = waiting.pop()
        waiting += children.get(one, [])
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def run(command: Sequence[str]) -> tuple[dict[str, Any], str]:
    """What ``command`` cost in a process of its own, and its last line; ``could_not_run`` where it failed."""
    together = [0.0]
    over = threading.Event()
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as wrong:
        process = subprocess.Popen(command, stdout=said, stderr=wrong)

        def watch() -> None:
            while not over.wait(1):
                together[0] = max(together[0], tree_mb(process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        over.set()
        watcher.join()
        lines = [stream.read().strip().splitlines() for stream in (said, wrong) if stream.seek(0) == 0]
    cost = {"wall_seconds": round(wall, 2), "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
            "peak_memory_mb": round(usage.ru_maxrss / 1024), TOGETHER: round(together[0])}
    if process.returncode:
        cost = {"could_not_run": (lines[1] or lines[0] or [f"exit {process.returncode}"])[-1]}
    return cost, lines[0][-1] if lines[0] else ""


def mine(source: Path, out: Path, more: Sequence[str]) -> dict[str, Any]:
    """The main job from the command line, cold."""
    cost, _ = run([sys.executable, "-c", "from painpoints.cli import main; main()", "mine", str(source), "-o", str(out),
                   "--no-cache", "--lang", "en", "--source", "channel", *more])
    if "could_not_run" not in cost:
        manifest = json.loads((out / "manifest.json").read_text("utf8"))
        cost |= {"counts": manifest["counts"], "timings": manifest["timings"]}
    return cost


def peer(name: str, python: str, job: dict[str, Any], home: Path) -> dict[str, Any]:
    """One of ``peers.WAYS``: what it cost and what it found."""
    at = home / "job.json"
    at.write_text(json.dumps(job), "utf8")
    cost, said = run([python, str(PROJECT / "scripts" / "peers.py"), name, str(at)])
    return cost if "could_not_run" in cost else cost | json.loads(said)


def rated(name: str, found: dict[str, Any], texts: int, units: int | None) -> dict[str, Any]:
    """``found`` with texts and units a second."""
    note = {"note": NOTES[name]} if name in NOTES else {}
    if "could_not_run" in found or name == "bare":
        return found | note
    if name in SCALED:
        return found | scaled(found, texts) | note
    found["texts_per_second"] = round(texts / found["wall_seconds"], 2)
    if units and name in (*OURS, *OF_UNITS):
        found["units_per_second"] = round(found.get("counts", {}).get("units", units) / found["wall_seconds"], 2)
    return found | note


def scaled(found: dict[str, Any], texts: int) -> dict[str, Any]:
    """What ``texts`` would take: start-up once, where it is known, and the rest as often as there are more texts.

    ``scaled_whole_seconds`` scales the start-up too.
    """
    start, whole = found.get("start_seconds", 0.0), found["seconds"] * texts / found["texts"]
    one = int("start_seconds" in found)  # the first text is in it
    rest = max(0.0, found["seconds"] - start) * (texts - one) / max(1, found["texts"] - one)
    told = {"scaled_whole_seconds": round(whole, 1)} if one else {}
    return {"scaled_seconds": round(start + rest, 1), **told, "scaled_from_texts": found["texts"]}


def ratios(ways: dict[str, Any], texts: int) -> dict[str, Any]:
    """Pipeline (b) in all, and the main job as times each of the others."""
    fine = {name: way for name, way in ways.items() if "could_not_run" not in way}
    found: dict[str, Any] = {}
    if {"bertopic", "sentiment", "stages"} <= set(fine):
        whole = fine["bertopic"]["wall_seconds"] + sum(fine[name]["scaled_seconds"] for name in ("sentiment", "stages"))
        found["pipeline_b"] = {"seconds": round(whole, 1), "texts_per_second": round(texts / whole, 2), **{
            peak: max(fine[name][peak] for name in ("bertopic", "sentiment", "stages"))
            for peak in ("peak_memory_mb", TOGETHER)}}
    for ours in (name for name in OURS if name in fine):
        wall = fine[ours]["wall_seconds"]
        beside = {name: fine[name]["wall_seconds"] for name in fine if name.startswith(("bertopic", "turftopic"))}
        beside |= {"obsei": fine["obsei"]["scaled_seconds"]} if "obsei" in fine else {}
        beside |= {"pipeline_b": found["pipeline_b"]["seconds"]} if "pipeline_b" in found else {}
        found[f"{ours}_is_faster_by"] = {name: round(seconds / wall, 2) for name, seconds in beside.items()}
        memory = {name: way[TOGETHER] for name, way in fine.items() if name not in OURS} | (
            {"pipeline_b": found["pipeline_b"][TOGETHER]} if "pipeline_b" in found else {})
        found[f"{ours}_takes_memory_of"] = {name: round(fine[ours][TOGETHER] / held, 2)
                                            for name, held in memory.items() if held}
        if "bare" in fine:
            found[f"{ours}_against_the_limit"] = round(
                fine[ours]["units_per_second"] / fine["bare"]["units_per_second"], 3)
    return found


def versions(python: str) -> dict[str, str]:
    """Versions of what the peers stand on, as their interpreter has them."""
    asked = ("import importlib.metadata as m, json, sys\nfound = {}\nfor n in sys.argv[1:]:\n    try: found[n] = "
             "m.version(n)\n    except m.PackageNotFoundError: pass\nprint(json.dumps(found))")
    found: dict[str, str] = json.loads(subprocess.run([python, "-c", asked, *VERSIONS], capture_output=True, text=True,
                                                      check=True).stdout)
    return found


def main() -> None:
    """Write the texts once, run one after the other, write the figures after each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder laid out as scripts/README.md says")
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--sample", type=int, default=200, help="texts of the pipelines that are scaled")
    parser.add_argument("--only", nargs="+", choices=[*OURS, *TIMED], help="leave the others out")
    parser.add_argument("--clusters", action="store_true", help="cluster quality on labelled sets too")
    parser.add_argument("--texts", type=int, default=3000, help="texts of a labelled set at most")
    parser.add_argument("--peers", default=sys.executable, help="interpreter that has the others' packages")
    parser.add_argument("--keep", type=Path, help="folder for the input and the run (default: a temporary one)")
    parser.add_argument("--out", type=Path, default=Path("scripts/bench/peers.json"))
    arguments = parser.parse_args()
    there = versions(arguments.peers)
    chosen = arguments.only or [*OURS, *TIMED]
    missing = sorted({NEEDS[name] for name in chosen if name in NEEDS and NEEDS[name] not in there} |
                     ({"bertopic", "turftopic"} - set(there) if arguments.clusters else set()))
    if missing and (arguments.only or missing != ["obsei"]):
        parser.error(f"Not installed: {', '.join(missing)}. Install with: pip install bertopic turftopic "
                     "'obsei[local]'; or name the ways you want with --only.")
    from painpoints.encode import hardware, resolve_model
    from painpoints.taxonomy import load_taxonomy

    framework = load_taxonomy().frameworks["three-stage"]
    with tempfile.TemporaryDirectory() as scratch:
        home = (arguments.keep or Path(scratch)).resolve()
        home.mkdir(parents=True, exist_ok=True)
        mixed = mixed_rows(arguments.data, arguments.rows)
        source, run_of = home / "mixed.csv", home / "run"
        with source.open("w", encoding="utf8", newline="") as handle:
            writer = csv.DictWriter(handle, ["review", "date", "stars", "channel"])
            writer.writeheader()
            writer.writerows(mixed)
        (home / "texts.json").write_text(json.dumps([row["review"] for row in mixed]), "utf8")
        job = {"texts": str(home / "texts.json"), "units": str(home / "units.json"), "encoder": resolve_model().path,
               "stages": [stage.name("en") for stage in framework.stages], "sample": arguments.sample}
        figures: dict[str, Any] = {
            "command": f"python scripts/bench_peers.py --data DIR --rows {arguments.rows} --sample {arguments.sample}"
                       f"{' --clusters' if arguments.clusters else ''}",
            "rows": len(mixed), "load_before": round(os.getloadavg()[0], 1), "machine": dataclasses.asdict(hardware()),
            "versions": there | {"painpoints": importlib.metadata.version("painpoints")}, "ways": {}}
        arguments.out.parent.mkdir(parents=True, exist_ok=True)

        def keep(name: str, found: dict[str, Any]) -> None:
            figures["ways"][name] = found
            figures["ratios"] = ratios(figures["ways"], len(mixed))
            arguments.out.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf8")
            print(f"{name}: {found}", file=sys.stderr)

        units: int | None = None
        for name in (name for name in (*OURS, *TIMED) if name in chosen):
            if name == "main_fast" and not (PROJECT / "models" / "fast").is_dir():
                keep(name, {"could_not_run": "models/fast does not ship"})
                continue
            if name in OURS:
                out = run_of if name == "main" else home / "fast"
                found = mine(source, out, () if name == "main" else ("--fast",))
            elif name in NEEDS and NEEDS[name] in missing:
                found = {"could_not_run": f"{NEEDS[name]} is not installed"}
            else:
                if name in OF_UNITS and units is None:
                    units = _units(run_of, home / "units.json", parser)
                found = peer(name, arguments.peers, job, home)
            keep(name, rated(name, found, len(mixed), units))
        if arguments.clusters:
            figures["clusters"] = compare_clusters(
                arguments.data, arguments.texts, home,
                lambda given: peer("clusters", arguments.peers, job | given, home))
            arguments.out.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf8")
    print(json.dumps(figures, indent=1, ensure_ascii=False))


def _units(run_of: Path, path: Path, parser: argparse.ArgumentParser) -> int:
    """Write the units of the main job's run where the others read them; how many there are."""
    if not (run_of / "units.parquet").is_file():
        parser.error("The units come from the main job: name main with --only too, or --keep the folder of its run.")
    import polars as pl

    texts = pl.read_parquet(run_of / "units.parquet")["model_text"].sample(fraction=1.0, shuffle=True, seed=3).to_list()
    path.write_text(json.dumps(texts), "utf8")
    return len(texts)


if __name__ == "__main__":
    main()
