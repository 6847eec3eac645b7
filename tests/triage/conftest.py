"""What tests of people share: passwords that are hashed quickly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


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
