"""Threads of what multiplies for numpy."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from painpoints._threads import one_thread


def threads() -> list[int]:
    """How many threads each library that multiplies may use now."""
    import numpy  # noqa: F401

    found = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    assert found, "numpy multiplies with a library"
    return found


def test_one_within_and_as_many_as_before_afterwards_whatever_happens() -> None:
    with threadpool_limits(2, user_api="blas"):
        before = threads()
        with one_thread():
            assert {*threads()} == {1}
            with one_thread():
                assert {*threads()} == {1}
            assert {*threads()} == {1}
        assert threads() == before
        with pytest.raises(ZeroDivisionError), one_thread():
            raise ZeroDivisionError
        assert threads() == before


OFTEN = """
from threading import Thread
from threadpoolctl import threadpool_info
from painpoints._threads import one_thread
import numpy

def threads():
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

seen = set()

def often():
    for _ in range(100):
        with one_thread():
            seen.update(threads())

beside = [Thread(target=often) for _ in range(3)]
for each in beside:
    each.start()
for each in beside:
    each.join()
print(*seen, *threads())
"""


def test_several_that_ask_for_it_at_once_leave_as_many_as_before() -> None:
    """One would save what the other has set, and set that back when it leaves last."""
    told = subprocess.run([sys.executable, "-c", OFTEN], env={**os.environ, "OPENBLAS_NUM_THREADS": "2"}, check=True,
                          capture_output=True, text=True)
    assert told.stdout.split() == ["1", "2"]
