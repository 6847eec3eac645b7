"""Progress bars on stderr: one a stage, with rate and time left; nothing where nobody looks."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any

from painpoints.cli.terminal import tell

if TYPE_CHECKING:
    from rich.progress import Progress, Task, TaskID

_WORDS = {"read": ("Reading", "texts"), "judge": ("Judging", "texts"), "cluster": ("Clustering", "steps"),
          "report": ("Reporting", "steps"), "upload": ("Uploading", "files")}


class Bars:
    """Takes the pipeline's reports as ``progress`` and its notes as ``note``.

    Bars appear on a terminal only. With ``quiet`` neither bars nor notes appear.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bars = None if quiet or not sys.stderr.isatty() else _rich_progress()
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Bars:
        if self._bars is not None:
            self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
                 ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def progress(self, stage: str, done: int, total: int | None) -> None:
        """Moves the bar of ``stage``."""
        if self._bars is None:
            return
        if stage not in self._tasks:
            words, unit = _WORDS.get(stage, (stage, ""))
            self._tasks[stage] = self._bars.add_task(words, total=total, unit=unit)
        self._bars.update(self._tasks[stage], completed=done, total=total)

    def note(self, sentence: str) -> None:
        """Prints a note on stderr, above the bars."""
        if self._quiet:
            return
        if self._bars is None:
            tell(f"note: {sentence}")
        else:
            self._bars.console.print(f"note: {sentence}", markup=False, highlight=False)


def _rich_progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Any:
            speed = task.finished_speed or task.speed
            return Text("" if speed is None else f"{speed:,.0f} {task.fields['unit']}/s")

    return Progress(TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), Rate(),
                    TimeRemainingColumn(elapsed_when_finished=True), console=Console(stderr=True))
