"""What people do with comments: assign, wait, done, mute, reopen, note, undo; one comment, many, or all of a list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from painpoints.errors import ConflictError, UsageError, WorkspaceError
from painpoints.triage.people import same_person
from painpoints.triage.queue import Change, Queue
from painpoints.triage.undoing import undo_last
from painpoints.triage.web.desk import Desk, Opened, asked_of, page_of
from painpoints.triage.web.doing import LEAVES, do
from painpoints.triage.web.pages.queue import known_people, show
from painpoints.triage.web.rendering import came_from, is_fragment, render
from painpoints.triage.web.security.person import Person, need
from painpoints.triage.web.site import language_of, site_of

if TYPE_CHECKING:
    from markupsafe import Markup

    from painpoints.triage.web.wording import Wording

router = APIRouter(include_in_schema=False)
Triager = Annotated[Person, Depends(need("triager"))]
Text = Annotated[str, Form()]
Several = Annotated[list[str] | None, Form()]


@router.post("/queue/act")
def act(request: Request, person: Triager, action: Text, seen: Several = None, to: Text = "",
        note: Annotated[str | None, Form()] = None, every: Text = "", version: Text = "",
        open_: Annotated[str, Form(alias="open")] = "", following: Annotated[str, Form(alias="next")] = "") -> Response:
    """Does something with comments, and gives back what has changed on the page."""
    queue = Queue(site_of(request).workspace.folder.state, person.name)
    names = list(dict.fromkeys(seen or []))
    try:
        names = _every(request, every, version, queue.who) if every else names
        if not names:
            raise UsageError("No comment is chosen.", hint="Choose some first.")
        changed = do(queue, action, names, to, _written(queue, names, note, action))
    except ConflictError:
        return _conflict(request, queue, names, open_, note)
    left = action in LEAVES and open_ in {entry.doc_id for entry in (*changed.after, *changed.same)}
    return answer(request, changed, _words(request, action, changed, to), following if left else open_)


def _every(request: Request, count: str, version: str, who: str) -> list[str]:
    """All comments of the list, each with its version. Raises ConflictError where the list is not what was shown."""
    desk = Desk.of(request)
    found = desk.snapshot.every(desk.asked.wanted, desk.who)
    since = desk.snapshot.changes(version)
    moved = since is None or any(not same_person(desk.snapshot.entry(key).changed_by, who) for key in since & {
        name.partition("@")[0] for name in found})
    if str(len(found)) != count or moved:
        raise ConflictError(f"The list has {len(found):,} comments by now; nothing was changed.",
                            hint="Look at it again.")
    return found


def _written(queue: Queue, names: Sequence[str], note: str | None, action: str) -> str | None:
    """The note that goes along with an action: None where it says what is kept already."""
    if note is None or action == "note" or len(names) != 1:
        return note if action == "note" else None
    return None if note.strip() == (queue.entry(names[0].partition("@")[0]).note or "") else note


def answer(request: Request, changed: Change | None, words: Markup | None, opens: str, *, status: int = 200,
           undo: bool = False, **context: Any) -> Response:
    """The page after a change: its parts for a script, else the way to the list; with the comment ``opens`` open."""
    if not is_fragment(request):
        return RedirectResponse(asked_of(request).address(opens or None), 303)
    desk = Desk.of(request)
    opened = reopened(desk, opens)
    page = show(request, "queue_after.html.j2", desk, opened, status=status, words=words,
                undo=undo or (changed is not None and changed.number is not None), **context)
    address = desk.asked.address(None if opened is None else opened.doc_id)
    if page_of(request).startswith("/queue") and status == 200:
        page.headers["HX-Replace-Url"] = address
    return page


def reopened(desk: Desk, doc_id: str) -> Opened | None:
    """The comment that is to be open, None where none is or there is none of this id."""
    try:
        return desk.comment(doc_id) if doc_id else None
    except WorkspaceError:
        return None


def wording_of(request: Request) -> Wording:
    """The wording in the language of a request."""
    return site_of(request).wording(language_of(request))


def _words(request: Request, action: str, changed: Change, to: str) -> Markup:
    t = wording_of(request)
    if changed.number is None:
        return t("queue.was_so")
    places = {"who": next(iter(changed.after)).assignee or to} if action == "assign" else {}
    return t.count(f"queue.now.{action}", len(changed.after), **places)


def _conflict(request: Request, queue: Queue, names: Sequence[str], opens: str, note: str | None) -> Response:
    """Who changed what meanwhile, and the page as it is now; what was being written stays."""
    t = wording_of(request)
    moved = []
    for name in names:
        key, _, version = name.partition("@")
        entry = queue.entry(key)
        if not version or str(entry.version) != version:
            moved.append(entry)
    who = sorted({entry.changed_by for entry in moved if entry.changed_by})
    words = t.count("queue.conflict", len(moved), who=t.edition.listing(who)) if who else t("queue.list_moved")
    if not is_fragment(request):
        return render(request, "failure.html.j2", status=409, code=409, message=words)
    return answer(request, None, words, opens, status=409, failed=True, kind="conflict failure", draft=note)


@router.post("/queue/assign")
def assign(request: Request, person: Triager, seen: Several = None, every: Text = "", version: Text = "",
           open_: Annotated[str, Form(alias="open")] = "") -> Response:
    """The question who is to have comments."""
    desk = Desk.of(request)
    names = list(dict.fromkeys(seen or []))
    many = int(every) if every.isascii() and every.isdecimal() and len(every) < 9 else len(names)
    return show(request, "queue_assign.html.j2", desk, None, people=known_people(request, desk), many=many,
                seen=[] if every else names, every=every, version=version, open=open_)


@router.post("/undo")
def undo(request: Request, person: Triager) -> Response:
    """Takes back this person's last change, and shows what it was."""
    t = wording_of(request)
    try:
        undone = undo_last(site_of(request).workspace, person.name)
    except ConflictError:
        return _told(request, t("queue.undo_conflict"), 409)
    except UsageError:
        return _told(request, t("queue.undo_nothing"), 422)
    after = undone.after if isinstance(undone, Change) else ()
    words = t.count("queue.now.undo", len(after)) if after else t("queue.undone")
    page = page_of(request) if is_fragment(request) else (came_from(request) or "").partition("?")[0]
    if page == "/queue" or page.startswith("/queue/"):
        only = after[0].doc_id if len(after) == 1 else page.removeprefix("/queue").strip("/")
        return answer(request, None, words, only)
    to = None if _is_there(request, page) else "/points"
    if not is_fragment(request):
        return RedirectResponse(to or (came_from(request) or "/queue").partition("?told=")[0], 303)
    told = _told(request, words, 200)
    told.headers["HX-Trigger"] = json.dumps({"undone": {"words": str(words.striptags()), "to": to}})
    return told


def _is_there(request: Request, page: str) -> bool:
    """Whether there is still what a ``page`` shows: what was taken back may have made its pain point."""
    if not page.startswith("/points/"):
        return True
    key = page.split("/")[2]
    return any(row["painpoint_id"] == key for row in site_of(request).live.now().data.points)


def _told(request: Request, words: Markup, status: int) -> Response:
    if not is_fragment(request):
        return render(request, "failure.html.j2", status=status, code=status, message=words)
    context = {"kind": "notice", "words": words, "undo": False, "message": None, "code": status}
    return render(request, "told.html.j2" if status >= 400 else "told_beside.html.j2", status=status, **context)


