"""Reading in a process of its own, while what it has read is judged."""

from __future__ import annotations

import contextlib
import shutil
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from painpoints.config import Settings
from painpoints.errors import WorkerError
from painpoints.pipeline.keys import UserSecret, lend, user_secret
from painpoints.pipeline.streaming.child import Child
from painpoints.pipeline.streaming.worker import read
from painpoints.store import RunFolder


@dataclass(frozen=True)
class Order:
    """What is to be read into which run folder, with whose secret."""

    run: Path
    source: tuple[str | Path, ...]
    settings: Settings
    secret: UserSecret

    @property
    def standard_input(self) -> bool:
        """Whether the standard input is to be read."""
        return any(str(item) == "-" for item in self.source)

    def carried_out(self, written: Callable[[int, int], None]) -> dict[str, Any]:
        """The note of what was read; ``written`` hears of every shard. Raises what `read_shards` raises."""
        from painpoints.pipeline.reading import read_shards

        lend(self.secret)
        return read_shards(RunFolder(self.run, {}), self.source, self.settings, written)


class Listener(Protocol):
    """What hears of the reading, from another thread."""

    def offer(self, shard: int, documents: int) -> None:
        """``shard`` is written, ``documents`` are read so far."""

    def end_reading(self, note: Mapping[str, Any]) -> None:
        """All is read."""

    def fail(self, error: BaseException) -> None:
        """Reading came to nothing."""


class Reader:
    """A process that reads ``source`` into ``folder``; ``listener`` hears how it goes on."""

    def __init__(self, folder: RunFolder, source: Sequence[str | Path], settings: Settings, listener: Listener) -> None:
        self._order = Order(folder.path.absolute(), tuple(source), settings, user_secret())
        self._folder = folder
        self._listener = listener
        self._child = Child(read, self._order)
        self._closed = False
        self._threads = [threading.Thread(target=self._listen, name="reading", daemon=True)]
        if self._order.standard_input:
            # Not joined: it ends with the input, which may last.
            threading.Thread(target=self._hand_over, name="standard-input", daemon=True).start()
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Ends the process."""
        self._closed = True
        self._child.stop()
        for thread in self._threads:
            thread.join()

    def _listen(self) -> None:
        try:
            while isinstance(message := self._child.receive(), tuple):
                self._listener.offer(*message)
            if message.error is not None:
                self._listener.fail(message.error)
            else:
                self._folder.finish_reading(message.result)
                self._listener.end_reading(message.result)
        except EOFError:
            ending = self._child.ending()
            if not self._closed:
                self._listener.fail(WorkerError(
                    f"{self._folder.path}: the process that read the input ended {ending}.",
                    hint=f"Go on with painpoints mine --resume {self._folder.path}, or read without such a process: "
                         "--workers 0."))
        except Exception as error:
            self._listener.fail(error)

    def _hand_over(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # the process has ended
            shutil.copyfileobj(sys.stdin.buffer, self._child.input)
        with contextlib.suppress(OSError):
            self._child.input.close()
