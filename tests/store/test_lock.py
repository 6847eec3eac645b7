"""One writer at a time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from painpoints.errors import BusyError
from painpoints.store.lock import writing

HOLD = """
import sys, time
from pathlib import Path
from painpoints.store.lock import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_writer_is_told_who_writes_and_a_killed_one_holds_nothing(tmp_path: Path) -> None:
    lock = tmp_path / "writer.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(lock)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        told = rf"another painpoints process \(pid {holder.pid}\)"
        with pytest.raises(BusyError, match=told) as caught, writing(lock):
            pass
        assert caught.value.exit_code == 1 and "Wait" in str(caught.value)
    finally:
        holder.kill()
        holder.communicate()
    with writing(lock):
        assert lock.read_text("ascii") == f"pid {os.getpid()}"


def test_a_lock_is_let_go_when_its_holder_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), writing(tmp_path / "writer.lock"):
        raise ZeroDivisionError
    with writing(tmp_path / "writer.lock"):
        pass
