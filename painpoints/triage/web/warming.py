"""What the first visitor is not to wait for: begun as soon as the server is."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from anyio.to_thread import current_default_thread_limiter

from painpoints.triage.web.rendering import environment
from painpoints.triage.web.wording import LANGUAGES

if TYPE_CHECKING:
    from fastapi import FastAPI

    from painpoints.triage.web.site import Site

AT_ONCE = 8
"""So many requests are worked on at once: Python runs one thread at a time, and the more take turns, the longer each
takes. The others wait in line."""


@asynccontextmanager
async def warmed(app: FastAPI) -> AsyncIterator[None]:
    """Has the page of ``app`` get ready beside what it answers already."""
    current_default_thread_limiter().total_tokens = AT_ONCE
    threading.Thread(target=warm, args=(app.state.site,), name="painpoints-warming", daemon=True).start()
    yield


def warm(site: Site) -> None:
    """Reads the workspace, its index of words, all wording and all templates.

    What keeps it from that, such as an empty workspace, is told to who asks for a page.
    """
    try:
        for lang in LANGUAGES:
            site.wording(lang).text("page.queue")
        for name in environment().list_templates():
            environment().get_template(name)
        site.live.prepare()
    except BaseException:  # a panic of polars is no Exception
        return
