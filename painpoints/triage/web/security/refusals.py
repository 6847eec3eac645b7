"""Answers to who is turned away: a page in their language where there are pages, a line otherwise; never a trace."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.requests import Request

if TYPE_CHECKING:
    from starlette.responses import Response

    from painpoints.triage.web.security.wire import ASGIApp, Receive, Scope, Send

Refuse = Callable[..., Awaitable[None]]
WORDS: Mapping[int, str] = {
    400: "The request could not be read.", 401: "Sign in first.", 403: "This is not allowed.",
    405: "There is no such method.", 408: "The request took too long.", 413: "This is larger than allowed.",
    421: "This page is not called by that name. painpoints serve --allow-host NAME allows it.",
    429: "Too many tries; wait a little.", 500: "The server failed."}
STALE, PROXIED = "stale", "proxied"
_KINDS: Mapping[str, str] = {
    STALE: "The form has become stale, or was sent from elsewhere. Load the page again; nothing was changed.",
    PROXIED: "Through a proxy there is no entry without a password: painpoints user add, or serve --token-file."}
_PLAIN = frozenset({400, 405, 408, 421, 500})
"""What people with a browser do not get to see unless something is wrong with it, or with where the page is."""


def refusing(app: ASGIApp) -> Refuse:
    """What turns a request away from ``app``: by its failure pages where it has any."""
    async def refuse(scope: Scope, receive: Receive, send: Send, status: int, kind: str | None = None,
                     headers: Mapping[str, str] | None = None) -> None:
        if status in _PLAIN or scope["path"].startswith("/api/") or _site(app) is None:
            await plain(scope, send, status, kind, headers)
            return
        response = await to_thread.run_sync(_page, {**scope, "app": app}, status, kind, headers)
        await response(scope, receive, send)

    return refuse


async def plain(scope: Scope, send: Send, status: int, kind: str | None = None,
                headers: Mapping[str, str] | None = None) -> None:
    """The answer ``status`` in one line: JSON under /api, else text."""
    words = WORDS.get(status, "Error.") if kind is None else _KINDS[kind]
    api = scope["path"].startswith("/api/")
    body = (json.dumps({"error": words}) if api else words + "\n").encode()
    kept = {"content-type": "application/json" if api else "text/plain; charset=utf-8",
            "content-length": str(len(body)), **{name.lower(): value for name, value in (headers or {}).items()}}
    await send({"type": "http.response.start", "status": status,
                "headers": [(name.encode(), value.encode("latin-1")) for name, value in kept.items()]})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def _page(scope: dict[str, Any], status: int, kind: str | None, headers: Mapping[str, str] | None) -> Response:
    from painpoints.triage.web.rendering import is_fragment, render

    request = Request(scope)
    template = "told.html.j2" if is_fragment(request) else "failure.html.j2"
    page = render(request, template, status=status, code=kind or status, message=None, undo=None, kind="failure",
                  words=None)
    page.headers.update(headers or {})
    return page


def _site(app: ASGIApp) -> object | None:
    return getattr(getattr(app, "state", None), "site", None)
