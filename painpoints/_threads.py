"""Small products of numpy on one thread: several mostly wait for each other, and where others keep the processors busy
they wait for most of the time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import RLock
from typing import Any

_turn = RLock()


@contextmanager
def one_thread() -> Iterator[None]:
    """Within, what multiplies for numpy uses one thread. Threads that ask for it at once come in one after the other:
    the number is one of the whole process, and who left last would set back what the first had set."""
    with _turn, _pools().limit(limits=1, user_api="blas"):
        yield


@cache
def _pools() -> Any:
    """The libraries that multiply for numpy; looking for them takes milliseconds."""
    import numpy  # noqa: F401  (what is not loaded is not found)
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController()
