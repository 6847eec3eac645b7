"""Who may come in: people with a password and a role, kept in the workspace's state.

Names are one person's however they are spelt. Whatever changes what somebody may do ends their sessions in the same
transaction, and is entered in the audit log with who did it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from painpoints.errors import UsageError, WorkspaceError
from painpoints.store import Reader, State, Writer, now
from painpoints.triage import passwords
from painpoints.triage.audit import enter
from painpoints.triage.people import named
from painpoints.triage.roles import ADMIN, checked_role
from painpoints.triage.spelling import name_key

T = TypeVar("T")


@dataclass(frozen=True)
class User:
    """A person with an account: ``name`` as it is shown, and what they may do."""

    name: str
    role: str
    made: str
    changed: str
    hash: str = field(repr=False)
    """The argon2id hash of the password; for nobody's eyes."""


class Accounts:
    """The accounts of the workspace whose ``state`` it is; ``by`` is who changes them."""

    def __init__(self, state: State, by: str) -> None:
        self._state = state
        self._by = by

    def users(self) -> list[User]:
        """All who have an account, by name."""
        with self._state.reading() as reader:
            return sorted(map(_user, reader.rows("users")), key=lambda user: user.name)

    def user(self, name: str) -> User | None:
        """Who has the account of ``name``, however it is spelt."""
        with self._state.reading() as reader:
            return found(reader, name)

    def add(self, name: str, password: str, role: str) -> User:
        """Gives ``name`` an account. Raises UsageError for a name, a password or a role that will not do."""
        shown = named(name)
        kept = passwords.hashed(passwords.checked_password(password, shown))
        moment = now()
        made = User(shown, checked_role(role), moment, moment, kept)

        def added(writer: Writer) -> User:
            if (there := found(writer, shown)) is not None:
                raise UsageError(f"{there.name} has an account already.",
                                 hint="painpoints user password WORKSPACE NAME sets another password.")
            writer.insert("users", [{"name": account_key(shown), "shown": shown, "hash": kept, "role": role,
                                     "made": moment, "changed": moment}])
            enter(writer, self._by, "user added", [shown], {"role": role})
            return made

        return self._settled(added)

    def set_role(self, name: str, role: str, *, force: bool = False) -> User:
        """Lets somebody do more or less. Raises WorkspaceError for nobody, UsageError for the last admin."""
        checked_role(role)

        def changed(writer: Writer) -> User:
            user = _there(writer, name)
            if role != ADMIN:
                _keep_an_admin(writer, user, force)
            if user.role != role:
                self._change(writer, user, role=role)
                enter(writer, self._by, "role changed", [user.name], {"role": role, "before": user.role})
            return _there(writer, name)

        return self._settled(changed)

    def set_password(self, name: str, password: str) -> User:
        """Gives somebody another password. Raises WorkspaceError for nobody, UsageError for one that will not do."""
        kept = passwords.hashed(passwords.checked_password(password, named(name)))

        def changed(writer: Writer) -> User:
            user = _there(writer, name)
            self._change(writer, user, hash=kept)
            enter(writer, self._by, "password changed", [user.name])
            return _there(writer, name)

        return self._settled(changed)

    def remove(self, name: str, *, force: bool = False) -> User:
        """Takes an account away. Raises WorkspaceError for nobody, UsageError for the last admin."""
        def removed(writer: Writer) -> User:
            user = _there(writer, name)
            _keep_an_admin(writer, user, force)
            writer.remove("users", "name", [account_key(user.name)])
            writer.remove("sessions", "name", [user.name])
            enter(writer, self._by, "user removed", [user.name], {"role": user.role})
            return user

        return self._settled(removed)

    def verified(self, name: str, password: str) -> User | None:
        """Whose ``name`` and ``password`` they are. Takes the same time for names that nobody has."""
        user = self.user(name)
        right = passwords.matches(user.hash if user is not None else None, password)
        if user is None or not right:
            return None
        return self._rehashed(user, password) if passwords.is_outdated(user.hash) else user

    def _rehashed(self, user: User, password: str) -> User:
        kept = passwords.hashed(passwords.prepared(password))

        def changed(writer: Writer) -> User:
            writer.change_where("users", {"name": account_key(user.name), "hash": user.hash}, {"hash": kept})
            return found(writer, user.name) or user

        return self._settled(changed)

    @staticmethod
    def _change(writer: Writer, user: User, **new: str) -> None:
        writer.change("users", "name", [{"name": account_key(user.name), **new, "changed": now()}])
        writer.remove("sessions", "name", [user.name])

    def _settled(self, change: Callable[[Writer], T]) -> T:
        def queued(writer: Writer) -> T:
            for table in ("users", "sessions", "audit"):
                writer.queue_up(table)
            return change(writer)

        return self._state.settled(queued)


def account_key(name: str) -> str:
    """The key of the account of ``name``."""
    return name_key(name).replace("\0", "\n")  # a name is one line, and a server's texts hold no NUL


def found(reader: Reader, name: str) -> User | None:
    """Who has the account of ``name``."""
    rows = reader.rows_with("users", "name", [account_key(name)])
    return _user(rows[0]) if rows else None


def _there(reader: Reader, name: str) -> User:
    user = found(reader, name)
    if user is None:
        raise WorkspaceError(f"{named(name)}: has no account.", hint="painpoints user list WORKSPACE lists who has.")
    return user


def _user(row: dict[str, Any]) -> User:
    return User(row["shown"], row["role"], row["made"], row["changed"], row["hash"])


def _keep_an_admin(reader: Reader, user: User, force: bool) -> None:
    admins = [row for row in reader.rows("users") if row["role"] == ADMIN]
    if not force and user.role == ADMIN and len(admins) == 1:
        raise UsageError(f"{user.name} is the only admin.",
                         hint="Make somebody else admin first: painpoints user role WORKSPACE NAME --role admin; "
                              "or say --force.")
