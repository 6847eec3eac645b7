"""What tests of people share: a state, and passwords that are hashed quickly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from painpoints.store import State

if TYPE_CHECKING:
    from painpoints.store.address import Address


@pytest.fixture
def state(address: Address) -> Iterator[State]:
    """The state of a workspace with nothing in it."""
    made = State(address)
    made.migrate("2026-11-22T00:00:00+00:00")
    yield made
    made.close()


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hashes with as little work as argon2id takes."""
    from argon2 import PasswordHasher

    from painpoints.triage import passwords

    passwords.nobodys.cache_clear()
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", lambda: cheap)
    yield
    passwords.nobodys.cache_clear()
