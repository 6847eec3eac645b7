"""The audit log of the page: whatever changes something is entered in it, whether its route says so or not."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from anyio import to_thread

from painpoints.errors import PainpointsError
from painpoints.store import State
from painpoints.triage.audit import record_audit
from painpoints.triage.web.security.gate import LOGIN, LOGOUT
from painpoints.triage.web.security.wire import SAFE, ASGIApp, Message, Receive, Scope, Send

if TYPE_CHECKING:
    from fastapi import Request

_LOG = logging.getLogger(__name__)
_ID = re.compile(r"[A-Za-z0-9_.:@/-]{1,80}")
_Note = tuple[str, tuple[str, ...], dict[str, int | str]]


def note_audit(request: Request, action: str, objects: Iterable[str] = (), **detail: int) -> None:
    """Names what a request does, for the audit log: entered when it is answered without an error.

    ``objects`` are ids; what could be anything else than an id is counted, not kept.
    """
    given = tuple(objects)
    ids = tuple(name for name in given if _ID.fullmatch(name))
    counts: dict[str, int | str] = {**detail, **({"unnamed": len(given) - len(ids)} if len(ids) < len(given) else {})}
    notes: list[_Note] = request.scope["state"].setdefault("audit", [])
    notes.append((action, ids, counts))


def is_entered(request: Request) -> None:
    """Says that what a request does enters itself in the audit log, with what it changes."""
    request.scope["state"]["entered"] = True


class Recording:
    """Enters what people did before they are told that it is done.

    What no route named is entered all the same: changes, files that were taken away, and what was refused, by route.
    """

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def recorded(message: Message) -> None:
            if message["type"] == "http.response.start":
                person = scope["state"].get("person")
                notes = _notes(scope, message)
                if person is not None and notes:
                    await to_thread.run_sync(self._enter, person.name, notes)
            await send(message)

        await self.app(scope, receive, recorded)

    def _enter(self, who: str, notes: list[_Note]) -> None:
        for action, ids, detail in notes:
            try:
                record_audit(self._state, who, action, ids, detail)
            except PainpointsError as error:  # it is done already, and cannot be called back
                _LOG.error("The audit log could not be written: %s", type(error).__name__)


def _notes(scope: Scope, message: Message) -> list[_Note]:
    status, path = message["status"], scope["path"] if _ID.fullmatch(scope["path"]) else "another"
    where: dict[str, int | str] = {"method": scope["method"], "route": str(getattr(scope.get("route"), "path", path))}
    if status == 403:
        return [("refused", (), where)]
    notes: list[_Note] = scope["state"].get("audit", [])
    if status >= 400 or notes:
        return notes if status < 400 else []
    ids = tuple(value for value in map(str, scope.get("path_params", {}).values()) if _ID.fullmatch(value))
    if scope["method"] not in SAFE:
        known = scope["path"] in (LOGIN, LOGOUT) or scope["state"].get("entered", False)
        return [] if known else [("changed", ids, where)]
    return [("exported", ids, where)] if _is_taken_away(message) else []


def _is_taken_away(message: Message) -> bool:
    """Whether an answer is a file that is kept."""
    return any(name.lower() == b"content-disposition" and value.lower().startswith(b"attachment")
               for name, value in message.get("headers", ()))
