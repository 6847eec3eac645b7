"""The token that forms carry: without it, nothing is changed by whoever a browser is talked into asking for it."""

from __future__ import annotations

import hmac
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from painpoints.triage.web.security.refusals import STALE, Refuse
from painpoints.triage.web.security.wire import SAFE, ASGIApp, Message, Receive, Scope, Send, header, replayed

HEADER, FIELD = b"x-csrf-token", "csrf"
_MOST, _MOST_FIELDS = 1 << 20, 40_000
_EARLY = 64 << 10
"""In a form with files the field stands before them: so much of it is looked through."""


class Forms:
    """Turns away what changes something without the token of its session (or, before there is one, of its browser)."""

    def __init__(self, app: ASGIApp, refuse: Refuse) -> None:
        self.app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; what was read of its body is there for who reads it next."""
        if scope["type"] != "http" or scope["method"] in SAFE or scope["state"].get("bearer"):
            await self.app(scope, receive, send)
            return
        given = header(scope, HEADER)
        if given is None:
            given, receive = await _in_body(scope, receive)
        expected = scope["state"].get("csrf")
        # Digests of bytes are compared, for the token may be any text.
        if not expected or given is None or not hmac.compare_digest(given.encode(), expected.encode()):
            await self._refuse(scope, receive, send, 403, STALE)
            return
        await self.app(scope, receive, send)


async def _in_body(scope: Scope, receive: Receive) -> tuple[str | None, Receive]:
    kind, options = parse_options_header(header(scope, b"content-type"))
    seen: list[Message] = []
    if kind == b"application/x-www-form-urlencoded":
        body = bytearray()
        while len(body) <= _MOST and not (seen and _is_last(seen[-1])):
            seen.append(await receive())
            body += seen[-1].get("body", b"")
        return _field(bytes(body)) if len(body) <= _MOST else None, replayed(seen, receive)
    if kind == b"multipart/form-data" and options.get(b"boundary"):
        reading = _Parts(options[b"boundary"])
        while reading.read < _EARLY and not reading.done and not (seen and _is_last(seen[-1])):
            seen.append(await receive())
            reading.take(seen[-1].get("body", b""))
        return reading.token, replayed(seen, receive)
    return None, receive


def _is_last(message: Message) -> bool:
    return message["type"] != "http.request" or not message.get("more_body", False)


def _field(body: bytes) -> str | None:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:  # a UnicodeDecodeError too
        return None
    found = [value for name, value in pairs if name == FIELD]
    return found[0] if len(found) == 1 else None


class _Parts:
    """The token in the first parts of a form with files; ``done`` when it is known, or will not come."""

    def __init__(self, boundary: bytes) -> None:
        self.read, self.done, self.token = 0, False, None
        self._name, self._value, self._headers, self._data = b"", b"", {}, bytearray()
        self._parser = MultipartParser(boundary, {
            "on_part_begin": self._begin, "on_header_field": self._on_name, "on_header_value": self._on_value,
            "on_header_end": self._on_header, "on_part_data": self._on_data, "on_part_end": self._on_end})

    token: str | None
    _headers: dict[bytes, bytes]

    def take(self, chunk: bytes) -> None:
        """Reads on."""
        self.read += len(chunk)
        try:
            self._parser.write(chunk[:_EARLY])
        except FormParserError:
            self.done = True

    def _begin(self) -> None:
        self._headers, self._name, self._value = {}, b"", b""
        self._data.clear()

    def _on_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        if not self.done and self._is_ours():
            self._data += data[start:end]

    def _on_end(self) -> None:
        if not self.done and self._is_ours():
            self.done, self.token = True, self._data.decode("utf8", "replace")

    def _is_ours(self) -> bool:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        return options.get(b"name") == FIELD.encode() and b"filename" not in options
