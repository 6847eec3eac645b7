"""What a request may bring, how much, and how long it may take: counted as it comes, whatever it says of itself."""

from __future__ import annotations

import asyncio

from python_multipart.multipart import parse_options_header

from painpoints.triage.web.security.access import Access
from painpoints.triage.web.security.refusals import Refuse
from painpoints.triage.web.security.wire import ASGIApp, Message, Receive, Scope, Send, headers

_CLOSE = {"connection": "close"}
_FILES = b"multipart/form-data"
_CHARSETS = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})
_LONGEST_BOUNDARY = 70  # RFC 2046


class Bodies:
    """Answers 400 to a body in no encoding that a browser sends, 413 to one that is too large and 408 to one that stops
    coming, before or while it is read."""

    def __init__(self, app: ASGIApp, access: Access, refuse: Refuse) -> None:
        self.app = app
        self._access = access
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        kind = _kind(scope)
        large = kind == _FILES and is_upload(scope["path"], self._access.uploads)
        most = self._access.most_upload if large else self._access.most
        told = headers(scope, b"content-length")
        if kind is None or any(not length.isascii() or not length.isdecimal() for length in told):
            await self._refuse(scope, receive, send, 400, None, _CLOSE)
            return
        if any(len(length) > 15 or int(length) > most for length in told):
            await self._refuse(scope, receive, send, 413, None, _CLOSE)
            return
        await self._counted(scope, receive, send, most)

    async def _counted(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        count, whole, wrong, begun = 0, False, 0, False

        async def counted() -> Message:
            nonlocal count, whole, wrong
            if whole:
                return await receive()
            if not wrong:
                try:
                    message = await asyncio.wait_for(receive(), self._access.patience)
                except TimeoutError:
                    wrong = 408
                else:
                    count += len(message.get("body", b""))
                    whole = message["type"] != "http.request" or not message.get("more_body", False)
                    if count <= most:
                        return message
                    wrong = 413
            raise _Ended

        async def checked(message: Message) -> None:
            nonlocal begun
            # Whatever the application made of the end of the body, it is not what is answered.
            if not wrong or begun:
                begun = True
                await send(message)

        try:
            await self.app(scope, counted, checked)
        except Exception:
            if not wrong:
                raise
        if wrong and not begun:
            await self._refuse(scope, receive, send, wrong, None, _CLOSE)


def is_upload(path: str, uploads: tuple[str, ...]) -> bool:
    """Whether a path takes files."""
    return any(path == place or path.startswith(f"{place}/") for place in uploads)


def _kind(scope: Scope) -> bytes | None:
    """What a body says it is; None for what says it more than once, or in a way that who reads it would stumble over:
    Python knows charsets that are none, and that fail in ways of their own."""
    told = headers(scope, b"content-type")
    kind, options = parse_options_header(told[0] if told else None)
    fits = options.get(b"charset", b"utf-8").lower() in _CHARSETS and len(
        options.get(b"boundary", b"")) <= _LONGEST_BOUNDARY
    return kind if fits and len(told) < 2 else None


class _Ended(Exception):
    """No more of the body is read."""
