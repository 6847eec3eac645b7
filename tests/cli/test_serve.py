"""The page as a process: where it listens, who is warned, and how it ends."""

from __future__ import annotations

import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from painpoints.pipeline import Workspace

TOKEN = "dGhpcyBpcyBhIHNlY3JldCBvZiAz"
Spawn = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with nothing in it."""
    monkeypatch.setenv("PAINPOINTS_USER", "sara")
    Workspace.create(tmp_path / "shop").close()
    return tmp_path / "shop"


@pytest.fixture
def token(tmp_path: Path) -> Path:
    """A file with a secret that nobody else may read."""
    path = tmp_path / "token"
    path.write_text(TOKEN)
    path.chmod(0o600)
    return path


@pytest.fixture
def started(spawn: Spawn) -> Iterator[Callable[..., tuple[subprocess.Popen[str], str]]]:
    """Starts the page; the process and the address it prints."""
    running = []

    def start(*arguments: object) -> tuple[subprocess.Popen[str], str]:
        process = spawn("serve", *arguments, "--port", 0)
        running.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_tells_its_address_answers_and_ends_when_asked_to(shop: Path, started: Any, number: signal.Signals) -> None:
    process, address = started(shop)
    assert address.startswith("http://127.0.0.1:")
    answer = httpx.get(f"{address}login", follow_redirects=False)
    assert answer.status_code == 303 and "server" not in answer.headers
    with httpx.Client() as kept:
        kept.get(f"{address}login")
        began = time.monotonic()
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 0 and time.monotonic() - began < 10
    assert "Traceback" not in err and "error" not in err and out == ""


def test_a_port_that_is_taken_is_one_line(shop: Path, run: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ended = run("serve", shop, "--port", taken.getsockname()[1])
    assert ended.code == 1 and "listens there already" in ended.err and len(ended.err.splitlines()) == 2


@pytest.mark.parametrize("more", [["--host", "0.0.0.0"], ["--behind-proxy", "127.0.0.1"], ["--host", "::"]])
def test_nobody_is_let_in_from_outside_without_a_password(shop: Path, run: Any, more: list[str]) -> None:
    ended = run("serve", shop, *more)
    assert ended.code == 2 and "without a password" in ended.err and ended.out == ""
    assert f"painpoints user add {shop} NAME" in ended.err and "--token-file" in ended.err


def test_passwords_in_the_clear_and_a_secret_that_others_can_read_are_warned_of(shop: Path, token: Path, started: Any
                                                                               ) -> None:
    token.chmod(0o644)
    process, address = started(shop, "--host", "0.0.0.0", "--token-file", token)
    port = address.rstrip("/").rpartition(":")[2]
    assert httpx.get(f"http://127.0.0.1:{port}/api/who").status_code == 401
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert httpx.get(f"http://127.0.0.1:{port}/api/none", headers=bearer).status_code == 404
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert "in the clear" in err and "chmod 600" in err and TOKEN not in err


def test_only_the_proxy_that_is_named_is_believed(shop: Path, token: Path, started: Any) -> None:
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    for proxy, prefix in (("127.0.0.1", "__Host-"), ("10.0.0.1", "painpoints-")):
        _, address = started(shop, "--behind-proxy", proxy, "--token-file", token)
        assert httpx.get(f"{address}login", headers=told).headers["set-cookie"].startswith(prefix)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate with openssl")
def test_a_certificate_makes_it_https_with_cookies_for_https_alone(shop: Path, tmp_path: Path, started: Any) -> None:
    certificate, key = tmp_path / "page.pem", tmp_path / "page.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    _, address = started(shop, "--certificate", certificate, "--key", key)
    trusting = ssl.create_default_context(cafile=str(certificate))
    answer = httpx.get(f"{address}queue", verify=trusting)
    cookie = answer.headers["set-cookie"]
    assert address.startswith("https://") and cookie.startswith("__Host-") and "; Secure" in cookie


@pytest.mark.parametrize(("more", "why"), [
    (["--key", "none"], "--key without --certificate"), (["--certificate", "none"], "no certificate"),
    (["--port", "70000"], "no such port"), (["--host", "203.0.113.7", "--token-file", "token"], "no address of this"),
    (["--allow-host", "http://x/"], "no name of a host"), (["--token-file", "none"], "cannot be read")])
def test_what_cannot_be_is_one_line_with_a_remedy(shop: Path, token: Path, run: Any, more: list[str], why: str) -> None:
    ended = run("serve", shop, *more)
    assert ended.code == 2 and why in ended.err and "hint:" in ended.err and "unexpected" not in ended.err


def test_without_the_extra_it_says_what_to_install(shop: Path, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    ended = run("serve", shop)
    assert ended.code == 2 and "painpoints[web]" in ended.err
