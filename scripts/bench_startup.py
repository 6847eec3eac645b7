"""Time from a cold start to the report of a thousand rows, and to the answer of --help.

    python scripts/bench_startup.py --data DIR [--rows 1000] [--times 3] [--out scripts/bench/startup.json]

Rows are mixed as by ``scripts/bench_main_job.py``. Every time is that of a process of its own from its start to its
end, the quickest of several: wall clock, and processor time with that of the processes it started. As baselines the
same process only starts Python, imports torch, or, with the encoder loaded, encodes the units of the run and nothing
else.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench_main_job import mixed_rows, own_rate, report, sampled_units

_HELP = [str(Path(sys.executable).with_name("painpoints")), "--help"]
_BASES = {"python": "pass", "import_torch": "import torch",
          "load_encoder": "from painpoints.encode import load_encoder; load_encoder()"}


def quickest(command: list[str], times: int, before: Any = lambda: None) -> dict[str, float]:
    """Wall and processor seconds of the run of ``command`` that was quickest by the clock."""
    found = []
    for _ in range(times):
        before()
        spent, began = _processor(), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found.append((time.perf_counter() - began, _processor() - spent))
    wall, processor = min(found)
    return {"wall_seconds": round(wall, 2), "processor_seconds": round(processor, 2)}


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def job(source: Path, home: Path, times: int, *options: str) -> dict[str, Any]:
    """What the main job on ``source`` took from its start to its end, and the timings of its last run."""
    runs = iter([home / f"run{'-'.join(options)}{number}" for number in range(times)])
    command = [_HELP[0], "mine", str(source), "--text", "review", "--no-cache", "--quiet", *options, "-o", ""]

    def elsewhere() -> None:
        command[-1] = str(next(runs))

    found = quickest(command, times, elsewhere)
    manifest = json.loads((Path(command[-1]) / "manifest.json").read_text("utf8"))
    return {**found, "units": manifest["counts"]["units"], "timings": manifest["timings"],
            "workers": manifest["streaming"]["workers"]}


def main() -> None:
    """Write the rows, run the commands, write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder laid out as scripts/README.md says")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("scripts/bench/startup.json"))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        source = home / "mixed.csv"
        with source.open("w", encoding="utf8", newline="") as handle:
            writer = csv.DictWriter(handle, ["review", "date", "stars", "channel"])
            writer.writeheader()
            writer.writerows(mixed_rows(arguments.data, arguments.rows))
        bases = {name: quickest([sys.executable, "-c", code], arguments.times) for name, code in _BASES.items()}
        asked = quickest(_HELP, arguments.times)
        full, fast = (job(source, home, arguments.times, *options) for options in ((), ("--fast",)))
        bare = own_rate(sampled_units(home / f"run{arguments.times - 1}"))
        manifest = json.loads((home / f"run{arguments.times - 1}" / "manifest.json").read_text("utf8"))
    encoding = full["units"] / bare
    figures = {
        "command": f"python scripts/bench_startup.py --data DIR --rows {arguments.rows} --times {arguments.times}",
        "rows": arguments.rows, "help": asked, "mine": full, "mine_fast": fast, "baselines": bases,
        "bare_encoding_seconds": round(encoding, 2), "mine_in_times_of_bare_encoding": round(
            full["wall_seconds"] / encoding, 2), "load_at_the_end": round(os.getloadavg()[0], 1)}
    report(figures, manifest, arguments.out)


if __name__ == "__main__":
    main()
