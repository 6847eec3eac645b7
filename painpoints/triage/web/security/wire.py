"""What goes over the line, as ASGI has it: headers, cookies, bodies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["SAFE", "ASGIApp", "Message", "Receive", "Scope", "Send", "cookies", "header", "headers", "host_of",
           "replayed", "with_headers"]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""The methods that change nothing."""


def headers(scope: Scope, name: bytes) -> list[str]:
    """All headers of a request by the name, which is in small letters."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def header(scope: Scope, name: bytes) -> str | None:
    """The header of a request by the name; None where there is none, or more than one."""
    found = headers(scope, name)
    return found[0] if len(found) == 1 else None


def host_of(authority: str) -> str | None:
    """The host in ``name:port``, in small letters and without brackets; None for what is none."""
    if not authority or any(sign in authority for sign in "/\\?#@, \t"):
        return None
    try:
        parts = urlsplit(f"//{authority}")
        _ = parts.port
    except ValueError:
        return None
    return parts.hostname


def cookies(scope: Scope) -> dict[str, str]:
    """The cookies of a request. One that came twice with different values is somebody's trick and is left out."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for part in ";".join(headers(scope, b"cookie")).split(";"):
        name, equals, value = part.strip().partition("=")
        if equals and found.setdefault(name, value) != value:
            twice.add(name)
    return {name: value for name, value in found.items() if name not in twice}


def with_headers(message: Message, new: Iterable[tuple[bytes, bytes]], drop: Iterable[bytes] = ()) -> Message:
    """The beginning of an answer with ``new`` headers in place of its own by these names."""
    added = list(new)
    gone = {*(name for name, _ in added if name != b"set-cookie"), *drop}
    kept = [(name, value) for name, value in message.get("headers", ()) if name.lower() not in gone]
    return {**message, "headers": [*kept, *added]}


def replayed(seen: Sequence[Message], receive: Receive) -> Receive:
    """A ``receive`` that gives what was ``seen`` once more, then the rest."""
    waiting: list[Any] = list(seen)

    async def again() -> Message:
        return waiting.pop(0) if waiting else await receive()

    return again
