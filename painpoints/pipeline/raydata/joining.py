"""A Ray cluster to work on: one that is named, the one this program runs in, or one on this machine for the while."""

from __future__ import annotations

import importlib.util
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO, cast

from painpoints.config import Settings
from painpoints.errors import MissingExtraError, UsageError, WorkerError

_OBJECT_STORE = 200 << 20  # bytes; documents travel as numbers of shards


def check_ray(settings: Settings) -> None:
    """Finds, in a moment, what `joined` would stumble over. Raises MissingExtraError or UsageError."""
    if settings.workers == 0:
        raise UsageError("--engine ray cannot work with --workers 0.", hint="Give a number of at least 1, or none.")
    if importlib.util.find_spec("ray") is None:
        raise MissingExtraError("ray", "ray", "--engine ray")
    if settings.address is not None and settings.address.startswith("ray://"):
        raise UsageError(f"{settings.address}: a run is not led through Ray's client.",
                         hint="Give the command itself to the cluster: ray job submit --address http://HOST:8265 -- "
                              "painpoints mine ... --engine ray")


@contextmanager
def joined(settings: Settings) -> Iterator[Any]:
    """The module ray, connected; what was started here is stopped again. Raises WorkerError when there is no cluster.

    A program that is connected already stays so. Else ``address`` counts, then RAY_ADDRESS, which Ray's own job
    runner sets; with neither a cluster of this machine's cores is started.
    """
    check_ray(settings)
    # Read when ray is imported: without it, Ray reports its use to its makers.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # its C++ part writes past all loggers
    import ray

    if ray.is_initialized():
        _quieten()
        yield ray
        return
    address = settings.address or os.environ.get("RAY_ADDRESS")
    # What workers print is theirs; nothing of it may come between a user's lines.
    said: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if address is None:
            # Else workers give way to every other program, and this one's own job is theirs.
            os.environ.setdefault("RAY_worker_niceness", "0")
            from painpoints.encode import usable_cores

            said = {**said, "num_cpus": max(usable_cores(), settings.workers or 1),
                    "object_store_memory": _OBJECT_STORE, "include_dashboard": False}
        with _silent():
            ray.init(address or "local", **said)
    except ray.exceptions.AuthenticationError:
        raise WorkerError(f"{address or 'Ray on this machine'}: the Ray cluster asks for its token.",
                          hint="Set RAY_AUTH_MODE=token, and RAY_AUTH_TOKEN to what ray get-auth-token prints on its "
                               "head, or keep that in ~/.ray/auth_token.") from None
    except (ray.exceptions.RayError, ConnectionError, RuntimeError, ValueError, OSError) as error:
        where = f"{address}: the Ray cluster" if address else "A Ray cluster on this machine"
        hint = "Look at it with: ray status --address HOST:PORT" if address else "Leave out --engine ray."
        raise WorkerError(f"{where} could not be {'joined' if address else 'started'} ({type(error).__name__}).",
                          hint=hint) from None
    try:
        _quieten()
        with redirect_stdout(cast(TextIO, _Listened(sys.stdout))), redirect_stderr(cast(TextIO, _Listened(sys.stderr))):
            yield ray
    finally:
        ray.shutdown()


def heed_interrupts() -> None:
    """Has Ctrl-C end a wait of the main thread for what may never come, as for nodes that are gone.

    With the signal handler that polars sets when it is loaded, the system takes such waits up again.
    """
    if hasattr(signal, "siginterrupt"):  # not on Windows
        signal.siginterrupt(signal.SIGINT, True)


class _Listened:
    """A stream without what Ray's listening threads write of dead workers, on the standard output, amid our JSON."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return len(text) if threading.current_thread().name.startswith("ray_") else self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def _silent() -> Iterator[None]:
    """Throws away what is written on the error output, by whatever language: Ray's start says much there."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _quieten() -> None:
    """Keeps Ray Data's plans and bars off the user's terminal."""
    from ray.data import DataContext

    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)
