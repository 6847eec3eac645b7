"""The door: who somebody is, by what they bring, and how they come in and go."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass, field
from urllib.parse import unquote

from painpoints.errors import UsageError
from painpoints.store import State
from painpoints.triage.accounts import Accounts, User
from painpoints.triage.audit import NOBODY, record_audit
from painpoints.triage.people import named, person
from painpoints.triage.sessions import Sessions
from painpoints.triage.web.security.access import Access
from painpoints.triage.web.security.attempts import Attempts, network
from painpoints.triage.web.security.person import ADMIN, Person

SCRIPT = "script"
"""The name of who brings the token without telling a name."""
_KEY = "page_key"
_OF_A_NAME, _OF_A_PLACE = 5, 20
_AT_ONCE = 2
_TURN = 2.0


@dataclass(frozen=True)
class Entry:
    """How a try to come in ended: with the ``secret`` of a session, or a ``wait`` in seconds, or neither."""

    secret: str | None = field(default=None, repr=False)
    wait: float = 0.0


class Door:
    """Knows the people of a workspace whose page can be reached by ``access``."""

    def __init__(self, state: State, access: Access, attempts: Attempts | None = None) -> None:
        self.access = access
        self._state = state
        self.sessions = Sessions(state, access.token)
        self.attempts = Attempts() if attempts is None else attempts
        self._known: Attempts = Attempts(longest=60.0)
        self._checking = threading.BoundedSemaphore(_AT_ONCE)
        self._key = _own_key(state)
        self._here = person() if access.trusts_machine else ""

    def asks(self) -> bool:
        """Whether one has to sign in. A workspace that gets its first user asks from then on."""
        if not self.access.trusts_machine:
            return True
        with self._state.reading() as reader:
            return bool(reader.values("users", "name"))

    def visitor_csrf(self, visit: str) -> str:
        """The token for forms of a browser that holds ``visit`` and no session."""
        return hmac.new(self._key, visit.encode(), hashlib.sha256).hexdigest()

    def local(self, visit: str) -> Person:
        """The person who sits at this machine."""
        return Person(self._here, ADMIN, self.visitor_csrf(visit), local=True)

    def whose(self, secret: str) -> Person | None:
        """The person of the session with ``secret``."""
        found = self.sessions.find(secret)
        return None if found is None else Person(found.name, found.role, found.csrf)

    def script(self, token: str, name: str | None, address: str) -> Person | float | None:
        """Who brings ``token`` with a request; None for a wrong one; seconds to wait after too many of them."""
        place = ("script", network(address))
        if (wait := self.attempts.wait({place: _OF_A_PLACE})) > 0:
            return wait
        right = self._is_token(token)
        if not right:
            return None
        self.attempts.taken_back(place)
        wanted = _name(unquote(name)) if name is not None else SCRIPT
        if wanted is None or Accounts(self._state, SCRIPT).user(wanted) is not None:
            return None
        return Person(wanted, ADMIN, "")

    def come_in(self, name: str, password: str, address: str) -> Entry:
        """Lets in who knows the password of ``name``, or the token under a name of their own.

        Unknown names take as long as known ones, and neither is told apart.
        """
        shown, origin = _name(name), network(address)
        user = None if shown is None else Accounts(self._state, shown).user(shown)
        of_name = self._name_key(user, shown, origin)
        wait = self.attempts.wait({of_name: _OF_A_NAME, ("place", origin): _OF_A_PLACE})
        if wait > 0:
            return Entry(wait=wait)
        # A hash takes 64 MiB: never more than a few at once.
        if not self._checking.acquire(timeout=_TURN):
            return Entry(wait=_TURN)
        try:
            verified = Accounts(self._state, shown or NOBODY).verified(shown or "\ufffd", password)
        finally:
            self._checking.release()
        secret = None
        if verified is not None:
            secret = self.sessions.begin(verified, origin)
        elif self._is_token(password) and shown is not None and user is None:
            secret = self.sessions.begin_with_token(shown, origin)
        if secret is None:
            record_audit(self._state, NOBODY if user is None else user.name, "login failed", (), {"from": origin})
            return Entry()
        self.attempts.cleared(of_name)
        self.attempts.taken_back(("place", origin))
        if shown is not None:
            self._known.wait({_pair(shown, origin): 1 << 30})
        return Entry(secret)

    def go(self, secret: str) -> None:
        """Ends the session with ``secret``."""
        self.sessions.end(secret)

    def _name_key(self, user: User | None, shown: str | None, origin: str) -> tuple[str, ...]:
        """What tries under a name count for: where its person has come in from before, only those from there.

        So nobody is kept out by somebody who tries their name from elsewhere.
        """
        name = user.name if user is not None else shown or ""
        # Only a print of it is kept: what is typed for a name may be a password.
        kept = hashlib.sha256(self._key + name.encode()).hexdigest()
        return ("name", kept, origin) if self._known.knows(_pair(name, origin)) else ("name", kept)

    def _is_token(self, given: str) -> bool:
        kept = self.access.token
        digest = hashlib.sha256((kept or secrets.token_urlsafe(32)).encode()).digest()
        return hmac.compare_digest(hashlib.sha256(given.encode("utf8", "replace")).digest(), digest) and bool(kept)


def _pair(name: str, origin: str) -> tuple[str, str]:
    return name, origin


def _name(given: str) -> str | None:
    try:
        return named(given)
    except UsageError:
        return None


def _own_key(state: State) -> bytes:
    """A secret of the workspace's page, made when it is first opened."""
    with state.reading() as reader:
        kept = reader.meta(_KEY)
    if kept is None:
        made = f'"{secrets.token_hex(32)}"'
        state.settled(lambda writer: writer.insert_new("meta", {"name": _KEY, "value": made}))
        with state.reading() as reader:
            kept = reader.meta(_KEY)
    return bytes.fromhex(kept)
