"""The second wall: what changes something needs a role that may change something, whatever its route forgot to ask."""

from __future__ import annotations

from painpoints.triage.web.security.gate import LOGIN, LOGOUT
from painpoints.triage.web.security.person import TRIAGER
from painpoints.triage.web.security.refusals import Refuse
from painpoints.triage.web.security.wire import SAFE, ASGIApp, Receive, Scope, Send


class Wall:
    """Turns away what readers send to be changed; `need` of a route can only ask for more."""

    def __init__(self, app: ASGIApp, refuse: Refuse) -> None:
        self.app = app
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and scope["method"] not in SAFE and scope["path"] not in (LOGIN, LOGOUT):
            person = scope["state"]["person"]
            if person is None or not person.may(TRIAGER):
                await self._refuse(scope, receive, send, 403)
                return
        await self.app(scope, receive, send)
