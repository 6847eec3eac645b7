"""The two cookies: of a session, and of a browser that has none yet. Neither can be read by a script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import Response

    from painpoints.triage.web.security.wire import Scope

SESSION, VISIT = "session", "visit"
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def cookie_name(kind: str, scope: Scope, port: int) -> str:
    """What a cookie is called. Browsers keep one jar for all ports of a host, so the port is in the name."""
    prefix = "__Host-" if scope["scheme"] == "https" else ""
    return f"{prefix}painpoints-{kind}-{port}"


def secret_in(found: dict[str, str], kind: str, scope: Scope, port: int) -> str | None:
    """The secret in a cookie; None where there is none that we could have made."""
    value = found.get(cookie_name(kind, scope, port), "")
    return value if _SECRET.fullmatch(value) else None


def written(kind: str, secret: str, scope: Scope, port: int) -> bytes:
    """The header that gives a browser a cookie, until it is closed; one that holds nothing is taken away."""
    secure = "; Secure" if scope["scheme"] == "https" else ""
    gone = "" if secret else "; Max-Age=0"
    return f"{cookie_name(kind, scope, port)}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}{gone}".encode("ascii")


def put(response: Response, kind: str, secret: str, scope: Scope, port: int) -> None:
    """Gives a browser a cookie with an answer, or takes it away."""
    response.raw_headers.append((b"set-cookie", written(kind, secret, scope, port)))
