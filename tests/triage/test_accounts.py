"""Accounts: who may come in, what they may do, and that every change is written down and ends sessions."""

from __future__ import annotations

import pytest

from painpoints.errors import UsageError, WorkspaceError
from painpoints.store import State
from painpoints.triage import Accounts, audit_rows, passwords, roles
from painpoints.triage.sessions import Sessions

GOOD, BETTER = "four grey horses", "seven green boats"
pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.fixture
def accounts(state: State) -> Accounts:
    return Accounts(state, "root")


def test_a_person_comes_in_with_their_own_password_only(accounts: Accounts) -> None:
    accounts.add("sara", GOOD, "triager")
    accounts.add("ali", BETTER, "reader")
    found = accounts.verified("sara", GOOD)
    assert found is not None and (found.name, found.role) == ("sara", "triager")
    assert accounts.verified("sara", BETTER) is None and accounts.verified("nobody", GOOD) is None
    assert [user.name for user in accounts.users()] == ["ali", "sara"]


@pytest.mark.parametrize(("one", "other"), [("ياسمين كريمي", "یاسمین کریمی"), ("می‌نا", "مینا"), ("Артём", "артем"),
                                            ("agent ۱", "Agent 1")])
def test_an_account_is_found_however_its_name_is_spelt_and_made_once(accounts: Accounts, one: str, other: str) -> None:
    accounts.add(one, GOOD, "reader")
    found = accounts.verified(other, GOOD)
    assert found is not None and found.name == one
    with pytest.raises(UsageError, match="already"):
        accounts.add(other, BETTER, "admin")
    assert accounts.verified("agent 2", GOOD) is None
    assert accounts.remove(other).name == one and accounts.users() == []


@pytest.mark.parametrize(("name", "password", "role"), [("", GOOD, "reader"), ("a\r\nSet-Cookie: x", "short", "reader"),
                                                        ("sara", "short", "reader"), ("sara", GOOD, "owner"),
                                                        ("sa\u202era", GOOD, "reader"), ("sa\x00ra", GOOD, "reader")])
def test_what_will_not_do_makes_no_account(accounts: Accounts, name: str, password: str, role: str) -> None:
    with pytest.raises(UsageError):
        accounts.add(name, password, role)
    assert accounts.users() == []


def test_no_hash_is_shown(accounts: Accounts) -> None:
    user = accounts.add("sara", GOOD, "reader")
    assert user.hash not in repr(user) and "argon2" not in repr(accounts.users())


@pytest.mark.parametrize("change", ["role", "password", "remove"])
def test_whatever_changes_an_account_ends_its_sessions_and_no_others(state: State, accounts: Accounts, change: str
                                                                     ) -> None:
    sara, ali = accounts.add("sara", GOOD, "triager"), accounts.add("ali", GOOD, "triager")
    sessions = Sessions(state)
    hers, his = sessions.begin(sara, "?"), sessions.begin(ali, "?")
    assert hers and his and sessions.find(hers)
    {"role": lambda: accounts.set_role("sara", "reader"), "password": lambda: accounts.set_password("sara", BETTER),
     "remove": lambda: accounts.remove("sara")}[change]()
    assert sessions.find(hers) is None and sessions.find(his) is not None
    assert sessions.begin(sara, "?") is None, "what was verified before the change lets nobody in after it"


def test_another_password_replaces_the_first(accounts: Accounts) -> None:
    accounts.add("sara", GOOD, "reader")
    accounts.set_password("sara", BETTER)
    assert accounts.verified("sara", GOOD) is None and accounts.verified("sara", BETTER) is not None
    with pytest.raises(UsageError):
        accounts.set_password("sara", "short")
    with pytest.raises(WorkspaceError, match="has no account"):
        accounts.set_password("nina", GOOD)


def test_the_last_admin_stays_unless_one_insists(accounts: Accounts) -> None:
    accounts.add("sara", GOOD, "admin")
    accounts.add("ali", GOOD, "triager")
    for change in (lambda: accounts.remove("sara"), lambda: accounts.set_role("sara", "reader")):
        with pytest.raises(UsageError, match="only admin"):
            change()
    accounts.set_role("sara", "admin")
    accounts.set_role("ali", "admin")
    accounts.remove("sara")
    accounts.set_role("ali", "reader", force=True)
    assert [(user.name, user.role) for user in accounts.users()] == [("ali", "reader")]


def test_a_hash_with_old_parameters_is_made_anew_when_its_password_is_known(
        accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import PasswordHasher

    before = accounts.add("sara", GOOD, "reader")
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", lambda: stronger)
    assert accounts.verified("sara", BETTER) is None
    kept = accounts.user("sara")
    assert kept is not None and kept.hash == before.hash
    now = accounts.verified("sara", GOOD)
    assert now is not None and "t=2" in now.hash and accounts.user("sara") == now


def test_every_change_is_written_down_with_who_did_it_and_without_passwords(state: State, accounts: Accounts) -> None:
    accounts.add("ali", GOOD, "admin")
    accounts.add("sara", GOOD, "reader")
    accounts.set_role("sara", "triager")
    accounts.set_password("sara", BETTER)
    accounts.remove("sara")
    rows = audit_rows(state)
    assert [(row["who"], row["action"], row["objects"]) for row in rows] == [
        ("root", "user added", ["ali"]), ("root", "user added", ["sara"]), ("root", "role changed", ["sara"]),
        ("root", "password changed", ["sara"]), ("root", "user removed", ["sara"])]
    assert rows[2]["detail"] == {"role": "triager", "before": "reader"}
    assert GOOD not in str(rows) and "argon2" not in str(rows)


def test_each_role_may_what_those_before_it_may() -> None:
    assert [[roles.allows(role, needed) for needed in roles.ROLES] for role in roles.ROLES] == [
        [True, False, False], [True, True, False], [True, True, True]]
    assert not roles.allows("token", "reader") and not roles.allows("", "reader")
