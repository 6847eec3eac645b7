"""Adding comments: a file sent, its columns looked at, the addition followed to its end. A first visit begins here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from painpoints.errors import EmptyInputError, InputError, PainpointsError, StorageError, UsageError
from painpoints.read import ROLES, safe_endings
from painpoints.triage.jobs import DONE, Job
from painpoints.triage.uploads import Preview, TooLargeError, Upload, role_settings
from painpoints.triage.web.rendering import is_fragment, render
from painpoints.triage.web.security.person import TRIAGER, Person, need
from painpoints.triage.web.site import Site, site_of

if TYPE_CHECKING:
    from collections.abc import Sequence

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/add", tags=["add"])
Triager = Annotated[Person, Depends(need(TRIAGER))]

SHOWN_ROWS = 20
NAMED = (".csv", ".tsv", ".xlsx", ".jsonl", ".json", ".parquet", ".txt")
"""The kinds of files that people are told of; others are taken too."""
_MOST_FIELDS = 500
_REFUSED: Mapping[type[PainpointsError], tuple[str, int]] = {
    TooLargeError: ("too_large", 413), EmptyInputError: ("empty", 422), StorageError: ("disk", 507),
    UsageError: ("kind", 422), InputError: ("unreadable", 422)}
_REJECTIONS = {"empty_text", "text_too_long", "bad_json", "broken_quoting", "undecodable", "field_count"}


@router.get("/add")
def add(request: Request, person: Triager) -> HTMLResponse:
    """Where a file is sent, or how far the one at work is."""
    return _begin(request, site_of(request))


@router.post("/add")
async def send(request: Request, person: Triager) -> Response:
    """Takes a file and leads to what is understood of it."""
    site = site_of(request)
    form = await request.form(max_files=1, max_fields=4)
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return _refused(request, "none", 422)
        upload = await run_in_threadpool(_taken, site, file, person.name)
    except PainpointsError as error:
        return _refused(request, *_told(error), error)
    finally:
        await form.close()
    return _to(request, f"/add/{upload.id}")


@router.get("/add/jobs/{number}")
def job(request: Request, number: str, person: Triager, seen: str = "") -> HTMLResponse:
    """How far an addition is; ``seen`` is the stage that was told before, and is not told again."""
    site = site_of(request)
    return render(request, "upload_job.html.j2", **_job(site, site.jobs.find(number)), seen=seen)


@router.post("/add/jobs/{number}/cancel")
def cancel(request: Request, number: str, person: Triager) -> Response:
    """Asks an addition to end."""
    site_of(request).jobs.cancel(number)
    return _to(request, "/add")


@router.post("/add/jobs/{number}/again")
def again(request: Request, number: str, person: Triager) -> Response:
    """Goes on with an addition that did not come to its end."""
    site = site_of(request)
    before = site.jobs.find(number)
    upload = site.uploads.find(before.upload)
    site.jobs.start(upload.id, upload.name, site.uploads.path(upload), before.settings, person.name)
    return _to(request, "/add")


@router.get("/add/{number}")
def file(request: Request, number: str, person: Triager) -> Response:
    """What is understood of a file."""
    site = site_of(request)
    upload = _sent(site, number, person)
    try:
        seen = site.uploads.preview(upload, site.workspace.settings)
    except InputError as error:
        site.uploads.remove(number)
        return _refused(request, *_told(error), error)
    return _looked(request, seen, None)


@router.post("/add/{number}")
async def look(request: Request, number: str, person: Triager) -> Response:
    """The same with the roles that a person gave to columns."""
    form = await request.form(max_files=0, max_fields=_MOST_FIELDS)
    return await run_in_threadpool(_look, request, number, form, person)


@router.post("/add/{number}/start")
async def start(request: Request, number: str, person: Triager) -> Response:
    """Begins the addition."""
    form = await request.form(max_files=0, max_fields=_MOST_FIELDS)
    return await run_in_threadpool(_start, request, number, form, person)


@router.post("/add/{number}/discard")
def discard(request: Request, number: str, person: Triager) -> Response:
    """Removes a file that is not to be added."""
    site = site_of(request)
    site.uploads.remove(_sent(site, number, person).id)
    return _to(request, "/add")


@api.get("/jobs")
def jobs(request: Request, person: Triager) -> JSONResponse:
    """The additions of late, the latest first."""
    return JSONResponse([job.as_dict() for job in site_of(request).jobs.all()])


@api.get("/jobs/{number}")
def one_job(request: Request, number: str, person: Triager) -> JSONResponse:
    """How far an addition is."""
    return JSONResponse(site_of(request).jobs.find(number).as_dict())


def _taken(site: Site, file: UploadFile, who: str) -> Upload:
    assert file.filename
    return site.uploads.take(file.file, file.filename, who)


def _sent(site: Site, number: str, person: Person) -> Upload:
    """A file that a person sent, or that an addition was begun with: what others have sent is theirs until then."""
    begun = any(job.upload == number for job in site.jobs.all())
    return site.uploads.find(number, None if begun else person.name)


def _look(request: Request, number: str, form: FormData, person: Person) -> Response:
    site = site_of(request)
    upload = _sent(site, number, person)
    roles = _roles(site, upload, form, request.headers.get("hx-trigger-name"))
    try:
        return _looked(request, site.uploads.preview(upload, site.workspace.settings, roles), None)
    except UsageError:
        return _looked(request, site.uploads.preview(upload, site.workspace.settings), roles)


def _start(request: Request, number: str, form: FormData, person: Person) -> Response:
    site = site_of(request)
    upload = _sent(site, number, person)
    roles = _roles(site, upload, form, None)
    try:
        talks = site.uploads.holds_conversations(upload, site.workspace.settings)
        settings = {} if talks else role_settings(roles)
        seen = site.uploads.preview(upload, site.workspace.settings, roles)
    except UsageError:
        return _looked(request, site.uploads.preview(upload, site.workspace.settings), roles, status=422)
    if seen.glimpse.plan is None:
        return _looked(request, seen, roles, status=422)
    site.jobs.start(upload.id, upload.name, site.uploads.path(upload), settings, person.name)
    return _to(request, "/add")


def _roles(site: Site, upload: Upload, form: FormData, changed: str | None) -> dict[str, str]:
    """The roles that a form gives to the columns of a file. Of two columns with one role the ``changed`` one has it."""
    columns = site.uploads.columns(upload, site.workspace.settings)
    given = {column: str(form.get(f"c{place}", "")) for place, column in enumerate(columns)}
    place = re.fullmatch(r"c(\d{1,3})", changed or "")
    last = columns[int(place[1])] if place and int(place[1]) < len(columns) else None
    return {column: "" if last is not None and column != last and role == given[last] else role
            for column, role in given.items()}


def _looked(request: Request, seen: Preview, wrong: Mapping[str, str] | None, status: int = 200) -> HTMLResponse:
    """A file's columns; ``wrong``: roles that cannot be, which are shown with what is wrong about them."""
    shown = seen.roles if wrong is None else {column: role for column, role in wrong.items() if role}
    held = [role for role in shown.values() if role]
    problem = None if wrong is None and seen.glimpse.problem is None else (
        "twice" if len(set(held)) < len(held) else "no_text")
    template = "upload_columns.html.j2" if is_fragment(request) else "upload_file.html.j2"
    return render(request, template, status=status, seen=seen, glimpse=seen.glimpse, upload=seen.upload, roles=shown,
                  all_roles=ROLES, problem=problem, rows=seen.glimpse.rows[:SHOWN_ROWS])


def _begin(request: Request, site: Site, refused: str | None = None, detail: str | None = None, status: int = 200
           ) -> HTMLResponse:
    latest = next(iter(site.jobs.all()), None)
    at_work = _job(site, latest) if latest else {"job": None, "born": (), "rejected": (), "resumable": False}
    first = not site.workspace.additions()
    return render(request, "upload.html.j2", status=status, first=first, refused=refused, detail=detail, seen="",
                  endings=safe_endings(), named=NAMED, most=site.workspace.settings.upload_mb,
                  **at_work)


def _job(site: Site, job: Job) -> dict[str, Any]:
    """What is shown of an addition: its job, what pain points it made, what was left out by kind of reason."""
    born: Sequence[tuple[str, str]] = ()
    rejected: dict[str, int] = {}
    if job.state == DONE and job.added is not None:
        if job.added["born"]:
            titles = {point["painpoint_id"]: point["title"] for point in site.workspace.painpoints()}
            born = [(name, titles[name]) for name in job.added["born"] if name in titles]
        for code, count in (job.added["rejected"] or {}).items():
            kind = code if code in _REJECTIONS else "other"
            rejected[kind] = rejected.get(kind, 0) + count
    resumable = not job.live and job.state != DONE and _is_there(site, job.upload)
    return {"job": job, "born": born, "rejected": sorted(rejected.items()), "resumable": resumable}


def _is_there(site: Site, number: str) -> bool:
    try:
        site.uploads.find(number)
    except PainpointsError:
        return False
    return True


def _told(error: PainpointsError) -> tuple[str, int]:
    return next((told for kind, told in _REFUSED.items() if isinstance(error, kind)), ("unreadable", 422))


def _refused(request: Request, code: str, status: int, error: PainpointsError | None = None) -> Response:
    """Says why a file was not taken; the library's own words stand beside it."""
    detail = None if error is None else str(error)
    if is_fragment(request):
        return render(request, "upload_refused.html.j2", status=status, refused=code, detail=detail)
    return _begin(request, site_of(request), code, detail, status)


def _to(request: Request, path: str) -> Response:
    """Leads to another page, for a script of the page too."""
    if is_fragment(request):
        return Response(status_code=204, headers={"HX-Redirect": path})
    return RedirectResponse(path, 303)


router.include_router(api)
