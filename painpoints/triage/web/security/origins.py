"""Which requests are let in at all: well-formed, to a name of this page, and not sent by another site's page."""

from __future__ import annotations

from painpoints.triage.web.security.access import Access
from painpoints.triage.web.security.refusals import STALE, Refuse
from painpoints.triage.web.security.wire import SAFE, ASGIApp, Receive, Scope, Send, header, headers, host_of

_METHODS = SAFE | {"POST", "PUT", "PATCH", "DELETE"}
_FRAMES = frozenset({"object", "embed", "iframe", "frame"})


class Origins:
    """Turns away strange paths and methods, unknown hosts (DNS rebinding), and what another site's page has sent."""

    def __init__(self, app: ASGIApp, access: Access, refuse: Refuse) -> None:
        self.app = app
        self._access = access
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http":
            status = self._wrong(scope)
            if status is not None:
                await self._refuse(scope, receive, send, status, STALE if status == 403 else None)
                return
        await self.app(scope, receive, send)

    def _wrong(self, scope: Scope) -> int | None:
        if scope["method"] not in _METHODS:
            return 405
        if not is_plain_path(scope["path"]):
            return 400
        authority = header(scope, b"host")
        host = host_of(authority or "")
        if host is None or not self._access.knows(host):
            return 421
        if scope["method"] in SAFE:
            return 403 if _is_pulled_in(scope) else None
        return None if _is_from_here(scope, authority or "") else 403


def is_plain_path(path: str) -> bool:
    """Whether a decoded path means what it says: no way up, no empty step, no backslash, no control character."""
    steps = path.split("/")
    return (path.startswith("/") and "\\" not in path and path.isprintable()
            and not any(step in (".", "..") for step in steps) and "" not in steps[1:-1])


def _is_from_here(scope: Scope, authority: str) -> bool:
    """Whether what changes something was sent by a page of ours, or by no page at all."""
    sites, origins = headers(scope, b"sec-fetch-site"), headers(scope, b"origin")
    if any(site not in ("same-origin", "none") for site in sites):
        return False
    # The scheme is left out of it: a proxy may have ended the encryption.
    return all(origin.partition("://")[2].lower() == authority.lower() != "" for origin in origins)


def _is_pulled_in(scope: Scope) -> bool:
    """Whether another site's page asks for something as a part of its own, which is no link that somebody followed."""
    site = header(scope, b"sec-fetch-site")
    if site in (None, "same-origin", "none"):
        return False
    followed = header(scope, b"sec-fetch-mode") == "navigate" and scope["method"] == "GET"
    return not followed or header(scope, b"sec-fetch-dest") in _FRAMES
