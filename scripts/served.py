"""A workspace behind real `painpoints serve` processes, and visitors who ask them over HTTP as a browser does."""

from __future__ import annotations

import http.client
import importlib.metadata
import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

COMMAND = [sys.executable, "-c", "import sys; from painpoints.cli import main; sys.exit(main())"]
PATIENCE = 900
"""Seconds: the index of words of a million opinions is made while the first search waits."""
Fields = Iterable[tuple[str, str]]


class Server:
    """A `painpoints serve` process on a free port. Needs /proc."""

    def __init__(self, workspace: Path) -> None:
        self.began = time.perf_counter()
        self._process = subprocess.Popen([*COMMAND, "serve", str(workspace), "--port", "0", "--no-open", "--quiet"],
                                         stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        address = self._process.stdout.readline().strip()
        if not address:
            raise SystemExit(f"painpoints serve ended with {self._process.wait()}.")
        self.listened_after = time.perf_counter() - self.began
        self.port = int(urlsplit(address).port or 0)

    @property
    def memory_mb(self) -> int:
        """The mebibytes it holds in memory now (RSS)."""
        return self._status("VmRSS")

    @property
    def most_memory_mb(self) -> int:
        """The most mebibytes that it ever held in memory."""
        return self._status("VmHWM")

    def _status(self, name: str) -> int:
        told = Path(f"/proc/{self._process.pid}/status").read_text("ascii")
        return round(int(re.search(rf"{name}:\s+(\d+)", told)[1]) / 1024)  # type: ignore[index]

    @property
    def worked(self) -> float:
        """The seconds of processor time that it has taken."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """Ends it as Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@dataclass(frozen=True)
class Answer:
    """What a request was answered with, and in how many ``ms``."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    ms: float

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf8")

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass
class Visitor:
    """A browser at the server on ``port``: one connection that is kept, cookies, and the token of its forms."""

    port: int
    lang: str = "en"
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    def __post_init__(self) -> None:
        self.cookies["lang"] = self.lang
        self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def come_in(self, name: str, password: str) -> None:
        """Signs in by the form, and takes up the token of the session."""
        self.csrf = self._token(self.get("/login"))
        answer = self.post("/login", [("name", name), ("password", password), ("next", "/people")])
        if answer.status != 303:
            raise SystemExit(f"{name} was not let in: {answer.status}.")
        self.csrf = self._token(self.get("/points"))

    @staticmethod
    def _token(answer: Answer) -> str:
        found = re.search(r'name="csrf" (?:value|content)="([^"]+)"', answer.text)
        if found is None:
            raise SystemExit(f"A page without a token: {answer.status}.")
        return found[1]

    def get(self, path: str, *, part: bool = False) -> Answer:
        """Asks for a page, or for a ``part`` of one, as a script of it does."""
        return self._ask("GET", path, None, {"HX-Request": "true"} if part else {})

    def post(self, path: str, fields: Fields, *, on: str | None = None) -> Answer:
        """Sends a form; a script sends it where the page is named that it is ``on``."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if on is not None:
            headers |= {"HX-Request": "true", "HX-Current-URL": f"http://127.0.0.1:{self.port}{on}",
                        "X-CSRF-Token": self.csrf}
        return self._ask("POST", path, urlencode([*fields, ("csrf", self.csrf)]).encode("ascii"), headers)

    def post_json(self, path: str, value: object) -> Answer:
        """Sends JSON, as a script of the page does."""
        return self._ask("POST", path, json.dumps(value).encode("utf8"),
                         {"Content-Type": "application/json", "X-CSRF-Token": self.csrf})

    def _ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        began = time.perf_counter()
        try:
            self._line.request(method, path, body, {**headers, "Cookie": cookie, "Accept-Language": self.lang})
            answer = self._line.getresponse()
        except http.client.RemoteDisconnected:
            if method != "GET":  # what changes something is not asked for twice
                raise
            self._line.close()
            return self._ask(method, path, body, headers)
        content = answer.read()
        took = 1000 * (time.perf_counter() - began)
        for given in answer.headers.get_all("set-cookie") or ():
            name, _, value = given.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, content, took)


def spread(times: Sequence[float], *, most: bool = True) -> dict[str, float]:
    """How many milliseconds calls took."""
    ordered = sorted(times)
    p95 = statistics.quantiles(ordered, n=20)[-1] if len(ordered) > 1 else ordered[0]
    told = {"calls": len(ordered), "median": round(statistics.median(ordered), 1), "p95": round(p95, 1)}
    return {**told, "slowest": round(ordered[-1], 1)} if most else told


def surroundings() -> dict[str, Any]:
    """The machine and the versions that figures hang on."""
    about = Path("/proc/cpuinfo").read_text("utf8") if Path("/proc/cpuinfo").is_file() else ""
    model = re.search(r"model name\s*:\s*(.+)", about)
    names = ("fastapi", "starlette", "uvicorn", "jinja2", "polars", "numpy", "sqlalchemy")
    return {"machine": {"system": f"{platform.system()} {platform.machine()}", "cpu": model[1] if model else None,
                        "cores": os.cpu_count()},
            "versions": {"python": platform.python_version(),
                         **{name: importlib.metadata.version(name) for name in names}}}


def load() -> float:
    """How many processes want to run, in the mean of the last minute: more than there are cores, and all times are
    those of a busy machine."""
    return round(os.getloadavg()[0], 1)
