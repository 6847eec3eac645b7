"""What a run reports while it works."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called as work is done; the library never prints.

    ``stage`` is read, judge, cluster or report; ``done`` of ``total`` are documents (``total`` None: not known yet).
    """

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Takes one report."""


def silent(stage: str, done: int, total: int | None) -> None:
    """Reports nothing."""
    del stage, done, total
