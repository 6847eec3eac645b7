"""What was freed goes back to the system."""

from __future__ import annotations

import ctypes
import gc
import os
import subprocess
import sys
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from painpoints._memory import DECAY, WORTH_IT, keep_little, looking_seldom, trim

LINUX = pytest.mark.skipif(not Path("/proc/self/statm").is_file(), reason="memory is read from /proc")
_FREED = """
import time
import numpy as np
import polars as pl

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 2**20

pl.DataFrame({"a": [1]}).with_columns(b=pl.col("a").cast(pl.Utf8)).group_by("b").len()
before = resident()
for _ in range(3):
    pl.DataFrame({"a": np.arange(4_000_000)}).with_columns(b=pl.col("a").cast(pl.Utf8)).group_by("b").len()
time.sleep(0.5)
print(resident() - before)
"""


def test_polars_is_told_before_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("_RJEM_MALLOC_CONF", raising=False)
    keep_little()
    assert os.environ["_RJEM_MALLOC_CONF"] == DECAY
    code = "import sys; from painpoints.pipeline import start, work; assert 'polars' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_the_user_has_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_RJEM_MALLOC_CONF", "dirty_decay_ms:9000")
    keep_little()
    assert os.environ["_RJEM_MALLOC_CONF"] == "dirty_decay_ms:9000"


@LINUX
def test_polars_heeds_it() -> None:
    def kept(conf: str) -> float:
        done = subprocess.run([sys.executable, "-c", _FREED], check=True, text=True,
                              stdout=subprocess.PIPE, env={**os.environ, "_RJEM_MALLOC_CONF": conf})
        return float(done.stdout)

    assert kept(DECAY) * 2 < kept("dirty_decay_ms:60000,muzzy_decay_ms:60000")


@LINUX
def test_the_c_library_gives_back_what_lies_below_something_that_lives() -> None:
    code = """
from painpoints._memory import trim
import ctypes
c = ctypes.CDLL(None)
c.malloc.restype, c.malloc.argtypes, c.free.argtypes = ctypes.c_void_p, [ctypes.c_size_t], [ctypes.c_void_p]
c.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 2**20

taken = [c.malloc(60_000) for _ in range(3000)]  # below the size that is mapped apart
for place in taken:
    c.memset(place, 1, 60_000)
for place in taken[:-1]:
    c.free(place)
before = resident()
trim()
print(before - resident())
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    assert hasattr(ctypes.CDLL(None), "malloc_trim") is (float(done.stdout) > 100)


def test_what_only_a_cycle_holds_is_freed() -> None:
    held: list[object] = [np.zeros(1000)]
    held.append(held)
    there = weakref.ref(held[0])
    gc.disable()
    try:
        del held
        assert there() is not None
        trim(WORTH_IT - 1)
        assert there() is not None
        trim(WORTH_IT)
        assert there() is None
    finally:
        gc.enable()


@pytest.fixture()
def thresholds() -> Iterator[tuple[int, int, int]]:
    """How often Python looks for garbage where nobody has changed it, whatever has run in this process before."""
    found, usual = gc.get_threshold(), (700, 10, 10)
    gc.set_threshold(*usual)
    yield usual
    gc.set_threshold(*found)


def test_garbage_is_looked_for_seldom_within_and_as_before_afterwards(thresholds: tuple[int, int, int]) -> None:
    with looking_seldom():
        assert gc.get_threshold()[0] >= 100 * thresholds[0]
    assert gc.get_threshold() == thresholds
    with pytest.raises(ZeroDivisionError), looking_seldom():
        raise ZeroDivisionError
    assert gc.get_threshold() == thresholds


def test_garbage_is_looked_for_as_before_when_the_last_of_two_threads_has_ended(
        thresholds: tuple[int, int, int]) -> None:
    first, second = looking_seldom(), looking_seldom()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold() > thresholds
    second.__exit__(None, None, None)
    assert gc.get_threshold() == thresholds
