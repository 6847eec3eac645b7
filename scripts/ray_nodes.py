"""Runs on Ray nodes that share no folder, some of which are lost: whether they end as on one machine.

    python scripts/ray_nodes.py [--data FILE ...] [--out scripts/bench/ray_nodes.json]

A head without cores and two nodes of one core each run on this machine, as `ray start` starts them; each node has
process numbers, shared memory and temporary folders of its own (unshare), and sees nothing of the run. The cluster
asks for a token, Ray's way. ``painpoints mine --engine ray --address ...`` of the texts (by default those of
corpora/demo) is compared with the local engine's: all Parquet files, painpoints.csv, every name in the folder
(the report names the engine). Four times: nothing happens; a node is lost with all its processes when `LOST_AT` shards
are judged, and another one joins; a node is lost, and none joins; both are lost, the command is stopped by Ctrl-C, and
the run is resumed when two others have joined. Needs Linux, and the right to mount.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench_main_job import report
from kill_adds import COMMAND, DEMO, PROJECT
from kill_runs import contents

SHARD_ROWS = 30
NODES = 2
LOST_AT = 8
_MEMORY, _STORE = 3_000_000_000, 100_000_000
_RAY = [sys.executable, "-c", "import sys; from ray.scripts.scripts import main; sys.exit(main())", "start", "--block",
        f"--object-store-memory={_STORE}"]
_APART = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]


class Cluster:
    """A head on this machine, and nodes beside it that see nothing of ``hidden``; all end with it."""

    def __init__(self, hidden: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address, self._hidden = f"127.0.0.1:{port}", hidden
        self._nodes = [self._started([*_RAY, "--head", f"--port={port}", "--num-cpus=0", "--include-dashboard=false"])]

    def join(self) -> None:
        """One more node."""
        Path("/tmp/ray").mkdir(exist_ok=True)
        code = "for place in \"$0\" /tmp/ray /dev/shm; do mount -t tmpfs none \"$place\" || exit 1; done; exec \"$@\""
        self._nodes.append(self._started([*_APART, "bash", "-c", code, str(self._hidden), *_RAY, "--num-cpus=1",
                                          f"--address={self.address}", f"--memory={_MEMORY}"]))

    def lose(self) -> None:
        """The node that joined last, with all its processes, without a word."""
        node = self._nodes.pop()
        os.killpg(node.pid, signal.SIGKILL)
        node.wait()

    def ready(self, nodes: int, seconds: float = 90.0) -> None:
        """Waits until so many ``nodes`` beside the head have joined."""
        code = ("import ray, sys; ray.init(sys.argv[1], log_to_driver=False, logging_level='error'); "
                "print(sum(bool(node['Alive'] and node['Resources'].get('CPU')) for node in ray.nodes()))")
        last = time.monotonic() + seconds
        while time.monotonic() < last:
            told = subprocess.run([sys.executable, "-c", code, self.address], capture_output=True, text=True)
            if told.returncode == 0 and int(told.stdout.split()[-1]) >= nodes:
                return
            time.sleep(1.0)
        raise SystemExit(f"No Ray cluster of {nodes} nodes after {seconds:.0f} s. Are you allowed to mount (root)?")

    def close(self) -> None:
        while self._nodes:
            self.lose()

    @staticmethod
    def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                stdin=subprocess.DEVNULL, start_new_session=True)


@contextmanager
def cluster(hidden: Path) -> Iterator[Cluster]:
    """A head and two nodes, ready."""
    found = Cluster(hidden)
    try:
        for _ in range(NODES):
            found.join()
        found.ready(NODES)
        yield found
    finally:
        found.close()


def mined(place: Path, command: Sequence[str]) -> subprocess.Popen[str]:
    """``painpoints mine`` as a process of its own."""
    return subprocess.Popen([*COMMAND, "mine", *command, "--quiet"], cwd=place, text=True,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def ended(process: subprocess.Popen[str]) -> None:
    """Waits for the end of a run that must be a good one."""
    _, told = process.communicate()
    if process.returncode:
        raise SystemExit(f"painpoints mine: {told}")


def judged(run: Path) -> int:
    """Shards of ``run`` that lie there."""
    return len(list((run / "work").glob("units-*.parquet")))


def until(process: subprocess.Popen[str], run: Path, shards: int) -> None:
    """Waits until so many ``shards`` are judged, or the process has ended."""
    while process.poll() is None and judged(run) < shards:
        time.sleep(0.05)


def case(name: str, place: Path, inputs: list[str]) -> dict[str, Any]:
    """One run on a cluster, with what happens to it; what came of it."""
    run = place / "runs" / name
    began = time.perf_counter()
    with cluster(place / "runs") as nodes:
        asked = ["--engine", "ray", "--address", nodes.address, "--workers", str(NODES), "--no-cache"]
        process = mined(place, [*inputs, "-o", str(run), *asked])
        before = None
        if name != "undisturbed":
            until(process, run, LOST_AT)
            before = judged(run)
            nodes.lose()
        if name == "lost-and-replaced":
            nodes.join()
        if name == "all-lost-and-resumed":
            nodes.lose()
            process.send_signal(signal.SIGINT)
            if process.wait(60) != 130:  # what a shell says of Ctrl-C
                raise SystemExit(f"painpoints mine: {process.communicate()[1]}")
            before = judged(run)
            for _ in range(NODES):
                nodes.join()
            nodes.ready(NODES)
            process = mined(place, ["--resume", str(run)])
        ended(process)
    told = json.loads((run / "manifest.json").read_text("utf8"))["engine"]
    return {"case": name, "judged_before": before, "wall": round(time.perf_counter() - began, 1),
            **{key: told[key] for key in ("exchange", "nodes", "worker_processes", "worker_peak_mb", "judged_shards",
                                          "retried_shards")}}


def compared(run: Path) -> dict[str, Any]:
    """What must be the same: all but the report, which says how the run was made."""
    return {**contents(run), "report.html": None}


def main() -> None:
    """The local engine, then each case, compared with it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", type=Path, default=sorted(DEMO.glob("reviews_*")))
    parser.add_argument("--out", type=Path, default=PROJECT / "scripts" / "bench" / "ray_nodes.json")
    given = parser.parse_args()
    os.environ |= {"PAINPOINTS_KEY": "ray-nodes", "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32),
                   "RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0"}
    inputs = [str(path.resolve()) for path in given.data]
    with tempfile.TemporaryDirectory(prefix="painpoints-nodes-") as scratch:
        place = Path(scratch)
        (place / "runs").mkdir()
        (place / "painpoints.toml").write_text(f"shard_rows = {SHARD_ROWS}\n", "utf8")
        local = place / "runs" / "local"
        ended(mined(place, [*inputs, "-o", str(local), "--no-cache"]))
        wanted, manifest = compared(local), json.loads((local / "manifest.json").read_text("utf8"))
        cases = []
        for name in ("undisturbed", "lost-and-replaced", "lost", "all-lost-and-resumed"):
            told = case(name, place, inputs)
            found = compared(place / "runs" / name)
            apart = sorted(key for key in {*wanted, *found} if wanted.get(key) != found.get(key))
            cases.append({**told, "apart": apart})
            print(cases[-1], file=sys.stderr, flush=True)
    report({"shard_rows": SHARD_ROWS, "compared": sorted(wanted), "cases": cases}, manifest,
           given.out)


if __name__ == "__main__":
    main()
