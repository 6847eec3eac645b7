"""The gate: nobody gets further without being somebody, but to the door itself and to what holds nobody's texts."""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, quote, urlsplit

from anyio import to_thread

from painpoints.triage.web.security import jar
from painpoints.triage.web.security.door import Door
from painpoints.triage.web.security.person import Person
from painpoints.triage.web.security.refusals import PROXIED, Refuse
from painpoints.triage.web.security.wire import (
    SAFE,
    ASGIApp,
    Message,
    Receive,
    Scope,
    Send,
    cookies,
    header,
    headers,
    with_headers,
)

LOGIN, LOGOUT = "/login", "/logout"
NAME = b"x-painpoints-as"
_STATIC, _API = "/static/", "/api/"
_PROXIES = (b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"via")


@dataclass(frozen=True)
class _Seen:
    """Who is at the gate: a person, or nobody; the token of their forms; the cookie they are to get."""

    person: Person | None = None
    csrf: str | None = None
    visit: str | None = None
    secret: str | None = None


class Gate:
    """Puts ``person``, ``csrf`` and ``door`` into the state of each request; sends who is nobody to the door."""

    def __init__(self, app: ASGIApp, door: Door, refuse: Refuse) -> None:
        self.app = app
        self._door = door
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state.update(person=None, csrf=None, door=self._door, bearer=False, session=None)
        if scope["path"].startswith(_STATIC) and scope["method"] in SAFE:
            await self.app(scope, receive, send)
        elif scope["path"].startswith(_API) and headers(scope, b"authorization"):
            await self._script(scope, receive, send)
        else:
            await self._browser(scope, receive, send)

    async def _script(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind, _, token = (header(scope, b"authorization") or "").partition(" ")
        found: Person | float | None = None
        if kind.lower() == "bearer":
            found = await to_thread.run_sync(self._door.script, token.strip(), header(scope, NAME), address_of(scope))
        if isinstance(found, Person):
            scope["state"].update(person=found, bearer=True)
            await self.app(scope, receive, send)
        elif found is not None:
            await self._refuse(scope, receive, send, 429, None, {"retry-after": str(math.ceil(found))})
        else:
            await self._refuse(scope, receive, send, 401, None, {"www-authenticate": "Bearer"})

    async def _browser(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._door.access.trusts_machine and any(headers(scope, name) for name in _PROXIES):
            await self._refuse(scope, receive, send, 403, PROXIED)
            return
        seen = await to_thread.run_sync(self._seen, scope)
        scope["state"].update(person=seen.person, csrf=seen.csrf, session=seen.secret)
        if seen.visit is not None:
            send = self._giving(seen.visit, scope, send)
        if seen.person is None and scope["path"] != LOGIN:
            await self._to_the_door(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _seen(self, scope: Scope) -> _Seen:
        found, port = cookies(scope), self._door.access.port
        secret = jar.secret_in(found, jar.SESSION, scope, port)
        person = None if secret is None else self._door.whose(secret)
        if person is not None:
            return _Seen(person, person.csrf, secret=secret)
        visit = jar.secret_in(found, jar.VISIT, scope, port)
        new = None
        if visit is None and scope["method"] == "GET":
            visit = new = secrets.token_urlsafe(32)
        csrf = None if visit is None else self._door.visitor_csrf(visit)
        if self._door.asks():
            return _Seen(None, csrf, new)
        return _Seen(self._door.local(visit or ""), csrf, new)

    def _giving(self, visit: str, scope: Scope, send: Send) -> Send:
        cookie = jar.written(jar.VISIT, visit, scope, self._door.access.port)

        async def giving(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = with_headers(message, [(b"set-cookie", cookie)])
            await send(message)

        return giving

    async def _to_the_door(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith(_API):
            await self._refuse(scope, receive, send, 401)
        elif header(scope, b"hx-request") == "true":
            at = _split(header(scope, b"hx-current-url") or "/")
            asked = "/" if at is None else _whole(at.path, at.query)
            await self._refuse(scope, receive, send, 401, None, {"hx-redirect": door_to(asked)})
        elif scope["method"] in SAFE:
            asked = _whole(quote(path), scope.get("query_string", b"").decode("latin-1"))
            await send({"type": "http.response.start", "status": 303, "headers": [
                (b"location", door_to(asked).encode("ascii")), (b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self._refuse(scope, receive, send, 401)


def door_to(asked: str) -> str:
    """The address of the door, for who wanted to go to ``asked``."""
    wanted = local_path(asked)
    if wanted == "/":
        return LOGIN
    parts = _split(wanted)
    # The door speaks the language that was asked for, and remembers it.
    lang = "" if parts is None else "".join(parse_qs(parts.query).get("lang", ())[:1])
    return f"{LOGIN}?next={quote(wanted, safe='/')}" + (f"&lang={quote(lang, safe='')}" if lang else "")


def local_path(given: str | None) -> str:
    """``given`` when it is a path of this page, else the way home: nobody is sent to another site from here."""
    if not given or len(given) > 2000 or not given.isascii() or not given.isprintable() or " " in given:
        return "/"
    parts = _split(given)
    if parts is None or parts.scheme or parts.netloc or "\\" in given or given[:1] != "/" or given[:2] == "//":
        return "/"
    return "/" if parts.path in (LOGIN, LOGOUT) else given


def address_of(scope: Scope) -> str:
    """The address a request comes from; with a proxy, the one that it tells."""
    client = scope.get("client")
    return client[0] if client else "?"


def _split(given: str) -> SplitResult | None:
    try:
        return urlsplit(given)
    except ValueError:
        return None


def _whole(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
