"""The JSON API, one module a subject: what pages show and do, for scripts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import APIRouter

SUBJECTS = ("comments", "painpoints", "edits", "findings")


def api_routers() -> list[APIRouter]:
    """The routes of every subject."""
    return [import_module(f"{__name__}.{subject}").router for subject in SUBJECTS]
