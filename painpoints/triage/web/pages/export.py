"""What is shown, as files to be kept: any view as a table, the whole workspace for other programs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from painpoints.errors import BusyError
from painpoints.report import FORMS, Download, download
from painpoints.store import note_export
from painpoints.triage.exporting import COMMENTS, OPINIONS, PAINPOINTS, VIEWS, asked_for, snapshot_table
from painpoints.triage.filters import Wanted
from painpoints.triage.web.asked import Asked
from painpoints.triage.web.bundles import PROGRAMS, bundle
from painpoints.triage.web.security.person import READER, TRIAGER, Person, need
from painpoints.triage.web.security.recording import note_audit
from painpoints.triage.web.site import Site, language_of, site_of

if TYPE_CHECKING:
    import polars as pl

    from painpoints.triage.snapshot import Snapshot

router = APIRouter(include_in_schema=False)
TABLES_AT_ONCE = 3
PAGE = "the page"
PATIENCE = 20.0
"""So many seconds a table waits for its turn."""
_tables, _whole = threading.BoundedSemaphore(TABLES_AT_ONCE), threading.BoundedSemaphore(1)


@router.get("/export/whole/{program}")
def whole(request: Request, person: Annotated[Person, Depends(need(TRIAGER))], program: str) -> StreamingResponse:
    """Everything, in an archive for another program; one is made at a time."""
    if program not in PROGRAMS:
        raise HTTPException(404)
    site, lang = site_of(request), language_of(request)
    note = site.wording(lang).text(f"export.note_{program.replace('-', '_')}")
    with _turn(_whole, 0.0):
        made = bundle(site.workspace, program, person.name, lang, _name(site, program), note)
    note_audit(request, "exported", [program], bytes=made.size)
    note_export(site.workspace.folder.state, person.name, program, "zip", PAGE)
    return _sent(made)


@router.get("/export/{file}")
def table(request: Request, person: Annotated[Person, Depends(need(READER))], file: str) -> StreamingResponse:
    """A view as a table ("comments.csv"); comments and opinions narrowed as the queue is by the same address."""
    view, _, form = file.partition(".")
    if view not in VIEWS or form not in FORMS:
        raise HTTPException(404)
    site, lang = site_of(request), language_of(request)
    wanted = Asked.of(request.query_params).wanted if view in (COMMENTS, OPINIONS) else Wanted()
    snapshot = site.live.now()
    with _turn(_tables, PATIENCE):
        measured = _measured(site, snapshot) if view == PAINPOINTS else None
        shown = snapshot_table(snapshot, view, wanted, person.name, site.workspace.settings.zone, lang=lang,
                               measured=measured)
        made = download(shown, form, _name(site, shown.title))
    filters = (f"{name}:{value}" for name, value in asked_for(wanted).items())
    note_audit(request, "exported", [f"{view}.{form}", *filters], rows=len(shown.frame))
    note_export(site.workspace.folder.state, person.name, view, form, PAGE, len(shown.frame), asked_for(wanted))
    return _sent(made)


def _name(site: Site, what: str) -> str:
    """The name of a file: of the workspace, what is in it, and the day."""
    today = datetime.now(UTC).astimezone(ZoneInfo(site.workspace.settings.zone)).date()
    return f"{site.name} {what} {today}"


def _measured(site: Site, snapshot: Snapshot) -> pl.DataFrame:
    """The impact of pain points, worked out once for as long as nothing changes."""
    return site.kept.get(snapshot.data, "impact", site.workspace.table)


@contextmanager
def _turn(turns: threading.BoundedSemaphore, patience: float) -> Iterator[None]:
    if not turns.acquire(timeout=patience):
        raise BusyError("Another export is being made.", hint="Try again when it is done.")
    try:
        yield
    finally:
        turns.release()


def _sent(made: Download) -> StreamingResponse:
    return StreamingResponse(made.chunks(), media_type=made.media_type, headers=made.headers)
