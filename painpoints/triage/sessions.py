"""Who has come in: sessions, each known by what only one browser holds.

The state keeps a hash of it, so that who reads the state cannot come in. A session ends after twelve hours without a
request, seven days after it began, and at once on logout or when what its person may do has changed. One that began
with the token ends when the server is started with another or without.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from painpoints.errors import BusyError, StorageError
from painpoints.store import Reader, State, Writer
from painpoints.triage.accounts import User, found
from painpoints.triage.audit import enter
from painpoints.triage.roles import ADMIN

IDLE, LONGEST = timedelta(hours=12), timedelta(days=7)
_SEEN_EVERY = timedelta(minutes=1)
_OF_TOKEN = "token"


@dataclass(frozen=True)
class Session:
    """Who has come in, what they may do, and what their forms carry."""

    name: str
    role: str
    csrf: str = field(repr=False)


class Sessions:
    """The sessions of the workspace whose ``state`` it is; ``token`` is the secret the server was started with."""

    def __init__(self, state: State, token: str | None = None,
                 clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._state = state
        self._token = token
        self._clock = clock

    def begin(self, user: User, origin: str) -> str | None:
        """A new session of a ``user`` that was verified: its secret; None when the account has changed meanwhile."""
        secret = secrets.token_urlsafe(32)

        def begun(writer: Writer) -> str | None:
            now = found(writer, user.name)
            if now is None or (now.hash, now.role) != (user.hash, user.role):
                return None
            self._enter(writer, self._of_user(secret), user.name, user.role, origin)
            return secret

        return self._settled(begun)

    def begin_with_token(self, name: str, origin: str) -> str | None:
        """A new session of who knows the token and is called ``name``: its secret; None when that is a user's name."""
        secret = secrets.token_urlsafe(32)

        def begun(writer: Writer) -> str | None:
            if self._token is None or found(writer, name) is not None:
                return None
            self._enter(writer, self._of_token(secret), name, _OF_TOKEN, origin)
            return secret

        return self._settled(begun)

    def find(self, secret: str) -> Session | None:
        """Whose session ``secret`` is, with what they may do now."""
        moment = self._clock()
        with self._state.reading() as reader:
            rows = reader.rows_with("sessions", "key", self._keys(secret))
            if not rows or _is_over(rows[0]["made"], rows[0]["seen"], moment):
                return None
            row = rows[0]
            role = _role(reader, row["name"])
            if row["role"] == _OF_TOKEN:
                role = ADMIN if role is None else None  # a name that got an account is its owner's alone
        if role is None:
            return None
        if moment - datetime.fromisoformat(row["seen"]) >= _SEEN_EVERY:
            # Of no use to who waits for a page: the next request will see to it.
            with suppress(BusyError, StorageError), self._state.writing() as writer:
                writer.change_where("sessions", {"key": row["key"], "seen": row["seen"]}, {"seen": _written(moment)})
        return Session(row["name"], role, row["csrf"])

    def end(self, secret: str) -> None:
        """Ends a session, for good."""
        def ended(writer: Writer) -> None:
            rows = writer.rows_with("sessions", "key", self._keys(secret))
            writer.remove("sessions", "key", [row["key"] for row in rows])
            for row in rows:
                enter(writer, row["name"], "logout")

        self._settled(ended)

    def _enter(self, writer: Writer, key: str, name: str, role: str, origin: str) -> None:
        moment = self._clock()
        writer.remove("sessions", "key", [row["key"] for row in writer.rows("sessions")
                                          if _is_over(row["made"], row["seen"], moment)])
        writer.insert("sessions", [{"key": key, "name": name, "role": role, "csrf": secrets.token_urlsafe(32),
                                    "made": _written(moment), "seen": _written(moment)}])
        enter(writer, name, "login", (), {"from": origin, **({"with": _OF_TOKEN} if role == _OF_TOKEN else {})})

    def _keys(self, secret: str) -> list[str]:
        return [self._of_user(secret), *([self._of_token(secret)] if self._token is not None else [])]

    @staticmethod
    def _of_user(secret: str) -> str:
        return hashlib.sha256(b"user\0" + secret.encode()).hexdigest()

    def _of_token(self, secret: str) -> str:
        of = hashlib.sha256((self._token or "").encode()).digest()
        return hashlib.sha256(b"token\0" + of + secret.encode()).hexdigest()

    def _settled(self, change: Callable[[Writer], str | None] | Callable[[Writer], None]) -> str | None:
        def queued(writer: Writer) -> str | None:
            for table in ("users", "sessions", "audit"):
                writer.queue_up(table)
            return change(writer)

        return self._state.settled(queued)


def _role(reader: Reader, name: str) -> str | None:
    user = found(reader, name)
    return None if user is None else user.role


def _is_over(made: str, seen: str, moment: datetime) -> bool:
    return moment - datetime.fromisoformat(seen) >= IDLE or moment - datetime.fromisoformat(made) >= LONGEST


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
