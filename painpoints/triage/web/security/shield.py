"""The outermost layer: headers on every answer, and no failure that tells more than that there was one."""

from __future__ import annotations

import logging
from asyncio import CancelledError
from pathlib import Path
from urllib.parse import parse_qs

from painpoints.triage.web.prints import prints
from painpoints.triage.web.security.refusals import plain
from painpoints.triage.web.security.wire import ASGIApp, Message, Receive, Scope, Send, with_headers

_LOG = logging.getLogger(__name__)
POLICY = ("default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'")
_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
                            b"magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_FOREVER, _ASK = b"public, max-age=31536000, immutable", b"no-cache"


class Shield:
    """Puts the headers that browsers are told to keep by on every answer; answers what fails with one line."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the beginning and the end of the application; other kinds are not served."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        begun = False

        async def guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message = with_headers(message, _headers(scope, message), (b"server", b"x-powered-by"))
            await send(message)

        try:
            await self.app(scope, receive, guarded)
        except (CancelledError, KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # a panic of polars is no Exception, and its message may hold a text
            _LOG.error("%s at %s", type(error).__name__, _place(error))
            if not begun:
                await plain(scope, guarded, 500)


def _headers(scope: Scope, message: Message) -> list[tuple[bytes, bytes]]:
    own = next((value for name, value in message.get("headers", ())
                if name.lower() == b"content-security-policy"), b"").decode("latin-1")
    boxed = _is_boxed(own)
    return [*_ALWAYS, (b"cache-control", _caching(scope, message["status"])),
            (b"content-security-policy", (own if boxed else POLICY).encode("latin-1")),
            (b"x-frame-options", b"SAMEORIGIN" if boxed else b"DENY")]


def _is_boxed(policy: str) -> bool:
    """Whether a document brings a policy of its own that shuts it up in a sandbox: the only one that goes before ours.
    """
    boxes = [words for words in (part.lower().split() for part in policy.split(";")) if words[:1] == ["sandbox"]]
    return bool(boxes) and not any({"allow-same-origin", "allow-scripts"} & set(words) for words in boxes)


def _caching(scope: Scope, status: int) -> bytes:
    if not scope["path"].startswith("/static/"):
        return b"no-store"
    given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("v", [""])[0]
    # By another print than its own a file is asked for by a page that was there before this version, or after it.
    own = prints().get(scope["path"].removeprefix("/static/"))
    return _FOREVER if status in (200, 304) and given == own else _ASK


def _place(error: BaseException) -> str:
    # The message may hold a customer's text.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "an unknown place" if trace is None else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
