"""Forgetting as somebody who asks first goes about it: a plan, then the deed, in a workspace or in a run."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from painpoints.pipeline.forgetting.certificate import Certificate, Forgotten
from painpoints.pipeline.forgetting.erasing import forget, resume_forgetting
from painpoints.pipeline.forgetting.question import WhoToForget
from painpoints.pipeline.forgetting.runs import forget_in_run, resume_run
from painpoints.store import open_workspace


class WorkspaceForgetting:
    """The forgetting in the workspace at ``path``, for ``by``. Use it in a ``with`` statement."""

    def __init__(self, path: Path, by: str) -> None:
        self._folder, self._by = open_workspace(path), by

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self._folder.state.close()

    def plan(self, who: WhoToForget) -> Forgotten:
        """What would go. Raises UsageError, WorkspaceError."""
        return forget(self._folder, who, self._by, confirm=False)

    def erase(self, who: WhoToForget) -> Forgotten:
        """What went, with its certificate; none where there was nothing. Raises BusyError too."""
        return forget(self._folder, who, self._by, confirm=True)

    def resume(self) -> Certificate | None:
        """Ends what was begun; None where nothing was."""
        return resume_forgetting(self._folder)


class RunForgetting:
    """The same in the folder of a run of ``painpoints mine``."""

    def __init__(self, path: Path, by: str) -> None:
        self._path, self._by = path, by

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        pass

    def plan(self, who: WhoToForget) -> Forgotten:
        """What would go. Raises UsageError, RunError, WorkspaceError."""
        return forget_in_run(self._path, who, self._by, confirm=False)

    def erase(self, who: WhoToForget) -> Forgotten:
        """What went, with its certificate; none where there was nothing."""
        return forget_in_run(self._path, who, self._by, confirm=True)

    def resume(self) -> Certificate | None:
        """Ends what was begun; None where nothing was."""
        return resume_run(self._path)
