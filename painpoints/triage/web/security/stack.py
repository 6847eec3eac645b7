"""All layers around the application, in their order.

Outermost first: `Shield` (headers, failures), `Origins` (paths, methods, hosts, other sites), `Bodies` (size, time),
`Gate` (who it is), `Recording` (the audit log), `Wall` (what their role allows), `Forms` (tokens), the application.
"""

from __future__ import annotations

from painpoints.store import State
from painpoints.triage.web.security.access import Access
from painpoints.triage.web.security.attempts import Attempts
from painpoints.triage.web.security.bodies import Bodies
from painpoints.triage.web.security.door import Door
from painpoints.triage.web.security.forms import Forms
from painpoints.triage.web.security.gate import Gate
from painpoints.triage.web.security.origins import Origins
from painpoints.triage.web.security.recording import Recording
from painpoints.triage.web.security.refusals import refusing
from painpoints.triage.web.security.shield import Shield
from painpoints.triage.web.security.wall import Wall
from painpoints.triage.web.security.wire import ASGIApp


def secure(app: ASGIApp, state: State, access: Access, attempts: Attempts | None = None) -> ASGIApp:
    """``app`` for people who reach it by ``access`` and whom the ``state`` of a workspace knows.

    In the state of each request are ``person`` (None only at the door), ``csrf`` and ``door``.
    """
    refuse, door = refusing(app), Door(state, access, attempts)
    inner = Gate(Recording(Wall(Forms(app, refuse), refuse), state), door, refuse)
    return Shield(Origins(Bodies(inner, access, refuse), access, refuse))
