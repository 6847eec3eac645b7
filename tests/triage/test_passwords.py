"""Passwords: which will do, and that none is kept."""

from __future__ import annotations

import unicodedata

import pytest

from painpoints.errors import UsageError
from painpoints.triage import passwords

GOOD = "four grey horses"


@pytest.mark.parametrize("password", [GOOD, "чётыре серых коня", "چهار اسب خاکستری", "أربعة خيول رمادية"])
def test_a_few_words_of_any_script_will_do(password: str) -> None:
    assert passwords.checked_password(password, "sara") == unicodedata.normalize("NFC", password)


@pytest.mark.parametrize(("password", "name", "why"), [
    ("nine char", "sara", "too short"), ("x" * 1025, "sara", "too long"), ("aaaaaaaaaaaa", "sara", "guessed"),
    ("یاسمین کریمی", "ياسمين كريمي", "guessed"), ("Maximilian", "maximilian", "guessed"),
    ("sarahsarah1", "sarah", "guessed"), ("Password123", "sara", "guessed"), ("۱۲۳۴۵۶۷۸۹۰", "sara", "guessed"),
    ("йцукенгшщз", "sara", "guessed")])
def test_what_would_soon_be_guessed_will_not_do_and_is_not_repeated(password: str, name: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as caught:
        passwords.checked_password(password, name)
    assert password not in str(caught.value)


def test_a_hash_is_argon2id_with_its_own_salt_and_knows_its_password(quick_hashes: None) -> None:
    one, other = passwords.hashed(GOOD), passwords.hashed(GOOD)
    assert one.startswith("$argon2id$") and one != other and GOOD not in one
    assert passwords.matches(one, GOOD) and not passwords.matches(one, GOOD + " ")
    assert not passwords.matches("no hash at all", GOOD)


def test_the_real_parameters_are_those_of_the_rfc_for_little_memory() -> None:
    hasher = passwords.hasher()
    assert (hasher.type.name, hasher.memory_cost, hasher.time_cost) == ("ID", 64 * 1024, 3)


def test_a_keyboard_makes_no_other_password(quick_hashes: None) -> None:
    kept = passwords.hashed(passwords.checked_password("Zo\u00eb has\u00a0ten cats", "x"))
    assert passwords.matches(kept, "Zoe\u0308 has ten cats")


def test_nobodys_password_is_never_right_and_takes_a_hash_all_the_same(quick_hashes: None,
                                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    cheap = passwords.hasher()

    class Counting:
        def verify(self, kept: str, given: str) -> bool:
            seen.append(kept)
            return cheap.verify(kept, given)

        def hash(self, given: str) -> str:
            return cheap.hash(given)

    monkeypatch.setattr(passwords, "hasher", Counting)
    assert not passwords.matches(None, "nobody has this password")
    assert len(seen) == 1 and seen[0].startswith("$argon2id$")
