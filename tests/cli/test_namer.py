"""`mine --namer`: titles from a chat endpoint, and a run that is none the worse without one."""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

TITLES = {"fa": "نرسیدن پول", "ar": "عدم وصول المبلغ", "ru": "Деньги не пришли", "en": "Money not received"}


@pytest.fixture
def chat() -> Iterator[tuple[str, list[str]]]:
    """The address of a chat endpoint, and what it was sent."""
    sent: list[str] = []
    numbers = itertools.count()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            number = next(numbers)
            again = " " + "abcdefgh"[number % 8] * (2 + number // 8) if number else ""
            content = json.dumps({"en": TITLES["en"] + again, **({} if again else TITLES)})
            answer = json.dumps({"choices": [{"message": {"content": content}}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1", sent
    server.shutdown()
    server.server_close()
    thread.join()


def manifest(path: str) -> dict[str, Any]:
    return json.loads((Path(path) / "manifest.json").read_text("utf8"))


def test_mine_with_a_namer_takes_its_titles_and_says_where_they_come_from(run, feedback, chat) -> None:
    url, sent = chat
    ended = run("mine", feedback, "-o", "named", "--namer", url, "--namer-model", "m", "--json")
    assert ended.code == 0, ended.err
    found = json.loads(ended.out)
    assert sent and all(point["title"].startswith(TITLES["en"]) for point in found["top"])
    note = f"{url} (m) named {len(sent)} of {len(sent)} pain points."
    assert note in manifest("named")["notes"] and note in re.sub(r"\s+", " ", ended.err)
    assert manifest("named")["settings"]["namer"] == url
    assert TITLES["fa"] in (Path("named") / "painpoints.csv").read_text("utf8")


def test_mine_without_a_namer_asks_nobody(run, feedback, chat) -> None:
    assert run("mine", feedback, "-o", "own", "-q").code == 0
    assert not chat[1] and manifest("own")["settings"]["namer"] is None


def test_an_unreachable_namer_costs_a_note_and_nothing_else(run, feedback) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        url = f"http://127.0.0.1:{server.server_port}/v1"
    plain = json.loads(run("mine", feedback, "-o", "plain", "--json").out)
    ended = run("mine", feedback, "-o", "alone", "--json", "--namer", url)
    assert ended.code == 0
    assert [p["title"] for p in json.loads(ended.out)["top"]] == [p["title"] for p in plain["top"]]
    assert "keep the titles made here (it cannot be reached)" in re.sub(r"\s+", " ", ended.err)
    assert any("it cannot be reached" in note for note in manifest("alone")["notes"])


@pytest.mark.parametrize("options, told", [
    (("--namer", "localhost:80"), "--namer takes the address"), (("--namer-model", "m"), "without --namer"),
    (("--namer", "http://me:word@a.b/v1"), "PAINPOINTS_NAMER_KEY")])
def test_a_namer_that_cannot_be_is_refused_before_anything_is_read(run, feedback, options, told) -> None:
    ended = run("mine", feedback, "-o", "refused", *options)
    assert ended.code == 2 and told in ended.err and "me:word" not in ended.err
    assert not Path("refused").exists()
