"""What people may do: three roles, each of which may do all that those before it may."""

from __future__ import annotations

from painpoints.errors import UsageError

READER, TRIAGER, ADMIN = ROLES = ("reader", "triager", "admin")
"""reader: looks and exports. triager: also changes the queue, corrects, edits pain points, adds files. admin: also
people, the audit log and settings."""


def allows(role: str, needed: str) -> bool:
    """Whether who has ``role`` may do what needs the role ``needed``. A role that is none may nothing."""
    return role in ROLES and ROLES.index(role) >= ROLES.index(needed)


def checked_role(role: str) -> str:
    """``role``, when it is one. Raises UsageError."""
    if role not in ROLES:
        raise UsageError(f"There is no role {role!r}.", hint=f"Use one of: {', '.join(ROLES)}.")
    return role
