"""What stands in the way of Ray is said in a line, before anything is read."""

from __future__ import annotations

import importlib.util
import io
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from painpoints.config import Settings
from painpoints.errors import MissingExtraError, UsageError, WorkerError
from painpoints.pipeline import start
from painpoints.pipeline.raydata import check_ray, joining


def test_without_the_extra_nothing_is_begun(feedback: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find: Callable[..., Any] = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "ray" else find(name, *more))
    with pytest.raises(MissingExtraError, match=r"pip install 'painpoints\[ray\]'") as caught:
        start([feedback], tmp_path / "run", Settings(engine="ray"))
    assert caught.value.exit_code == 2 and not (tmp_path / "run").exists()


@pytest.mark.parametrize(("settings", "said"), [
    (Settings(engine="ray", address="ray://head:10001"), "ray job submit"),
    (Settings(engine="ray", workers=0), "--workers 0"),
])
def test_what_cannot_be_done_on_ray(settings: Settings, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check_ray(settings)


def test_an_engine_that_there_is_not() -> None:
    with pytest.raises(UsageError, match="local, ray"):
        Settings(engine="spark")


def test_what_rays_own_threads_print_is_not_heard() -> None:
    heard = io.StringIO()
    stream = joining._Listened(heard)
    for name in ("ray_listen_error_messages", "somebody else's"):
        thread = threading.Thread(target=stream.write, args=(name,), name=name)
        thread.start()
        thread.join()
    assert heard.getvalue() == "somebody else's"


def test_a_cluster_that_asks_for_a_token_says_how_to_give_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = pytest.importorskip("ray", reason="the extra painpoints[ray] is not installed")

    def refused(*_: Any, **__: Any) -> None:
        raise ray.exceptions.AuthenticationError("InvalidAuthToken")

    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", refused)
    with pytest.raises(WorkerError, match="head:6379: the Ray cluster asks for its token") as caught, \
            joining.joined(Settings(engine="ray", address="head:6379")):
        pytest.fail("joined")
    assert "RAY_AUTH_MODE=token" in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="there waits cannot be interrupted so")
def test_ctrl_c_ends_a_wait_though_polars_is_loaded() -> None:
    code = """
import queue, signal
import polars
from painpoints.pipeline.raydata.joining import heed_interrupts
signal.signal(signal.SIGINT, signal.default_int_handler)
polars.DataFrame({"a": [1]})
heed_interrupts()
print("waits", flush=True)
queue.Queue().get()
"""
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "waits\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    try:
        _, told = process.communicate(timeout=20)
    finally:
        process.kill()
    assert "KeyboardInterrupt" in told
