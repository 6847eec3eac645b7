"""Somebody erased from the folder of a finished run: its tables, its report, its sheets."""

from __future__ import annotations

from pathlib import Path

from painpoints.pipeline.forgetting.certificate import Forgotten
from painpoints.pipeline.forgetting.question import WhoToForget
from painpoints.store import open_run


def forget_in_run(path: Path, who: WhoToForget, by: str, *, confirm: bool) -> Forgotten:
    """placeholder"""
    raise NotImplementedError(open_run(path), who, by, confirm)
