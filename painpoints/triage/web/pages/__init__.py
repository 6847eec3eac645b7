"""The pages, one module each: routes that ask the workspace and fill a template."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import APIRouter

PAGES = ("home", "login", "changes", "news", "corrections", "views", "queue", "points", "point", "edits", "journey",
         "map", "digest", "export", "upload", "people", "actions")
"""In the order in which addresses are looked for."""


def routers() -> list[APIRouter]:
    """The routes of every page."""
    return [import_module(f"{__name__}.{page}").router for page in PAGES]
