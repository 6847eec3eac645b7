"""What the command line says of a digest that is sent, or would be."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from painpoints.cli.sending import chosen_addresses, send_message
from painpoints.config import Settings
from painpoints.errors import DeliveryError, UsageError
from painpoints.pipeline import Workspace
from painpoints.report import Message

MESSAGE = Message("خلاصهٔ هفتهٔ ۴۷", "<p>secret words</p>", "secret words", "secret words")


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(403 if self.path == "/closed" else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def place() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"json://me:pa55word@127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "shop", Settings()) as made:
        yield made


def test_a_dry_run_then_sent_then_not_again(shop: Workspace, place: str, capsys: pytest.CaptureFixture[str]) -> None:
    send_message(shop, MESSAGE, "2026-W47", [place], yes=False, again=False)
    out, err = capsys.readouterr()
    assert "Dry run, nothing was sent: \u2068خلاصهٔ هفتهٔ ۴۷\u2069" in out and "would get 12 characters of text" in out
    assert err == "hint: Add --yes to send.\n"
    send_message(shop, MESSAGE, "2026-W47", [place], yes=True, again=False)
    assert "sent, 12 characters of text" in capsys.readouterr().out
    send_message(shop, MESSAGE, "2026-W47", [place], yes=True, again=False, quiet=True)
    out, err = capsys.readouterr()
    assert out == "" and "has it already" in err and "--again" in err
    assert "pa55word" not in err and "secret" not in err


def test_where_it_failed_the_command_fails_after_saying_where(shop: Workspace, place: str,
                                                              capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DeliveryError, match="1 place of 2") as caught:
        send_message(shop, MESSAGE, "2026-W47", [place, f"{place}/closed"], yes=True, again=False)
    assert caught.value.exit_code == 1 and "tries again" in str(caught.value)
    first, second = capsys.readouterr().out.splitlines()
    assert "sent, " in first and "failed after 1 try (HTTP 403)" in second and "closed" not in second


def test_options_that_say_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen_addresses(None, None, False, False) == []
    monkeypatch.setenv("PAINPOINTS_SEND", "json://a")
    assert chosen_addresses(["env:PAINPOINTS_SEND"], None, True, False) == ["json://a"]
    with pytest.raises(UsageError, match="--send URL"):
        chosen_addresses(None, None, True, False)
