"""What stands in the way of Ray is said in a line, before anything is read."""

from __future__ import annotations

import importlib.util
import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from painpoints.config import Settings
from painpoints.errors import MissingExtraError, UsageError
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
