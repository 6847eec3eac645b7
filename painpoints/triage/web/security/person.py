"""Who is at work on the page, and what they may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import HTTPException, Request

READER, TRIAGER, ADMIN = ROLES = ("reader", "triager", "admin")


@dataclass(frozen=True)
class Person:
    """``name``, ``role`` and the ``csrf`` token that forms of this session carry."""

    name: str
    role: str
    csrf: str

    def may(self, role: str) -> bool:
        """Whether what needs ``role`` is allowed."""
        return ROLES.index(self.role) >= ROLES.index(role)


def need(role: str) -> Callable[[Request], Person]:
    """A dependency that gives the person, or answers 403 where they lack ``role``."""
    def check(request: Request) -> Person:
        person: Person = request.state.person
        if not person.may(role):
            raise HTTPException(403)
        return person
    return check
