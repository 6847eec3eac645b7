"""What a worker process does: chores, one after the other, until nobody sends any more."""

from __future__ import annotations

import os
import pickle
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING, Any

from painpoints.errors import WorkerError
from painpoints.pipeline.streaming.chores import Cutting, Finishing, Judging
from painpoints.pipeline.streaming.wire import receive, send

if TYPE_CHECKING:
    from painpoints.pipeline.streaming.reader import Order


@dataclass(frozen=True)
class Answer:
    """How a chore ended: its result, or an error; and the most memory (MB) its process has held."""

    result: Any
    error: Exception | None
    memory: int


def work() -> None:
    """Does the chores that come, after the `Tools` for them; answers each with `Answer`."""
    answers = _answers()
    inbox: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_listen, args=(inbox.put,), daemon=True).start()
    tools = inbox.get()
    if tools.spacy is None:
        # spaCy imports torch where it finds it: 180 MB and a second for what the pipeline of ours never uses.
        sys.modules["torch"] = None  # type: ignore[assignment]
    while True:
        message = inbox.get()
        if isinstance(message, Cutting | Finishing | Judging):
            _send(answers, _answer(lambda chore=message: chore.done(tools)))  # type: ignore[misc]
        else:
            tools.judges = message


def serve(ready: Callable[[], Callable[[Any], Any]]) -> None:
    """Answers every message that comes with what the function that ``ready`` gives makes of it, as `Answer`."""
    answers = _answers()
    inbox: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_listen, args=(inbox.put,), daemon=True).start()
    done = ready()
    while True:
        message = inbox.get()
        _send(answers, _answer(lambda message=message: done(message)))  # type: ignore[misc]


def read() -> None:
    """Reads what the first message, an `Order`, asks for; answers with every shard (number, documents so far), and at
    the end with `Answer`."""
    answers = _answers()
    order: Order = receive(sys.stdin.buffer)
    if not order.standard_input:  # else the input itself follows
        threading.Thread(target=_listen, args=(lambda _: None,), daemon=True).start()
    _send(answers, _answer(lambda: order.carried_out(lambda *shard: _send(answers, shard))))
    os._exit(0)  # the listening thread holds the input


def _answers() -> IO[bytes]:
    """Where answers go; what anything prints goes to the error output."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers


def _listen(take: Callable[[Any], None]) -> None:
    """Hands over what comes; ends the process when nobody can send any more, even in the middle of a chore."""
    try:
        while True:
            take(receive(sys.stdin.buffer))
    except (EOFError, OSError):
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _answer(chore: Callable[[], Any]) -> Answer:
    try:
        return Answer(chore(), None, peak_memory())
    except Exception as error:
        return Answer(None, _portable(error), peak_memory())


def _send(answers: IO[bytes], message: Any) -> None:
    try:
        send(answers, message)
    except OSError:
        os._exit(0)


def _portable(error: Exception) -> Exception:
    """``error`` with where it arose, if it can travel, else one that says what it was."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}, line {place.lineno}"
    try:
        error.add_note(f"In a worker process: {where}.")
        pickle.loads(pickle.dumps(error))
    except Exception:
        return WorkerError(f"{type(error).__name__} in a worker process ({where}).",
                           hint="Work without such processes, --workers 0, to see it whole.")
    return error


def peak_memory() -> int:
    """The most memory (MB) this process has held."""
    import resource

    try:
        # What getrusage says includes the memory of the process that started this one.
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) // 1024
    except (OSError, StopIteration):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024))
