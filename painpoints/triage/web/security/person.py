"""Who is at work on the page, and what they may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from fastapi import HTTPException, Request

from painpoints.triage.roles import ADMIN, READER, ROLES, TRIAGER, allows

__all__ = ["ADMIN", "READER", "ROLES", "TRIAGER", "Person", "need"]


@dataclass(frozen=True)
class Person:
    """``name``, ``role`` and the ``csrf`` token that forms of this session carry; ``local``: who sits at the machine
    and has not signed in."""

    name: str
    role: str
    csrf: str = field(repr=False)
    local: bool = False

    def may(self, role: str) -> bool:
        """Whether what needs ``role`` is allowed."""
        return allows(self.role, role)


def need(role: str) -> Callable[[Request], Person]:
    """A dependency that gives the person, or answers 401 to nobody and 403 where they lack ``role``."""
    def check(request: Request) -> Person:
        person: Person | None = getattr(request.state, "person", None)
        if person is None:
            raise HTTPException(401)
        if not person.may(role):
            raise HTTPException(403)
        return person
    return check
