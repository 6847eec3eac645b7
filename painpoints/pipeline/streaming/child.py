"""A process of ours that works for this one, over its standard input and output."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import IO, Any, cast

from painpoints.errors import WorkerError
from painpoints.pipeline.streaming.wire import receive, send

# Many processes share the cores, and sums of one thread are the same everywhere.
_ONE_THREAD = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
                             "RAYON_NUM_THREADS"), "1")


class Child:
    """A process that runs ``work``, a function of a module of ours, and has been sent ``first``, if anything; on one
    thread, or, where it works ``alone``, on as many as this process might.

    It finds modules where this one does, runs nothing of the user's main module, and gets no Ctrl-C: it ends when this
    process closes its input, in whatever way. Raises WorkerError when it cannot be started.
    """

    def __init__(self, work: Callable[[], None], first: Any = None, *, alone: bool = False) -> None:
        code = (f"import sys; sys.path[:] = {sys.path!r}; from painpoints._memory import look_seldom; look_seldom(); "
                f"from {work.__module__} import {work.__name__} as work; work()")
        apart: dict[str, Any] = ({"creationflags": 0x200} if sys.platform == "win32" else  # a process group of its own
                                 {"process_group": 0})
        try:
            self._process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE,
                                             stdout=subprocess.PIPE, **apart,
                                             env={**os.environ, **({} if alone else _ONE_THREAD)})
        except OSError as error:
            raise WorkerError(f"A worker process could not be started ({error.strerror or type(error).__name__}).",
                              hint="Work without such processes: --workers 0.") from error
        if first is not None:
            self.send(first)

    @property
    def input(self) -> IO[bytes]:
        """What the process reads."""
        return cast(IO[bytes], self._process.stdin)

    def send(self, message: Any) -> None:
        """Sends a message; that the process has ended shows when it should answer."""
        try:
            send(self.input, message)
        except OSError:
            return

    def receive(self) -> Any:
        """Its next message. Raises EOFError when it has ended."""
        return receive(cast(IO[bytes], self._process.stdout))

    def stop(self) -> None:
        """Ends the process, whatever it does."""
        self._process.kill()
        self._process.wait()

    def ending(self) -> str:
        """How the process, whose output is closed, came to its end."""
        code = self._process.wait()
        if code >= 0:
            return f"with code {code}"
        try:
            name = signal.Signals(-code).name
            return f"by {name}, probably because memory was short" if name == "SIGKILL" else f"by {name}"
        except ValueError:
            return f"by signal {-code}"
