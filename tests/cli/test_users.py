"""Accounts and the audit log at the command line."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from painpoints.pipeline import Workspace
from painpoints.triage import Accounts

GOOD, BETTER = "four grey horses", "seven green boats"


@pytest.fixture
def shop(tmp_path: Path, database: str | None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace, and hashes with as little work as they take."""
    from argon2 import PasswordHasher

    from painpoints.triage import passwords

    passwords.nobodys.cache_clear()
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "hasher", lambda: cheap)
    monkeypatch.setenv("PAINPOINTS_USER", "root")
    Workspace.create(tmp_path / "shop", database=database).close()
    return tmp_path / "shop"


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What the standard input gives, and what is typed unseen."""
    def type_(*lines: str, hidden: tuple[str, ...] = ()) -> None:
        answers = list(hidden)

        class Stdin(io.StringIO):
            def isatty(self) -> bool:
                return bool(hidden)

        monkeypatch.setattr("sys.stdin", Stdin("".join(lines)))
        monkeypatch.setattr("getpass.getpass", lambda _: answers.pop(0))

    return type_


def right(shop: Path, name: str, password: str) -> bool:
    with Workspace.open(shop) as opened:
        return Accounts(opened.folder.state, "").verified(name, password) is not None


def test_accounts_are_made_listed_changed_and_taken_away(shop: Path, run: Any, typing: Any) -> None:
    assert "Nobody has an account" in run("user", "list", shop).out
    typing(hidden=(GOOD, GOOD))
    assert "سارا" in run("user", "add", shop, "سارا", "--role", "admin").out
    typing(GOOD + "\n")
    assert run("user", "add", shop, "ali", "--password-stdin").code == 0
    listed = json.loads(run("user", "list", shop, "--json").out)
    assert [(row["name"], row["role"]) for row in listed] == [("ali", "triager"), ("سارا", "admin")]
    assert set(listed[0]) == {"name", "role", "made", "changed"}
    typing(BETTER + "\r\n")
    assert run("user", "password", shop, "ALI", "--password-stdin").code == 0
    assert right(shop, "ali", BETTER) and not right(shop, "ali", GOOD)
    assert "reader" in run("user", "role", shop, "ali", "--role", "reader").out
    assert run("user", "remove", shop, "ali").code == 0 and run("user", "remove", shop, "ali").code == 2
    refused = run("user", "remove", shop, "سارا")
    assert refused.code == 2 and "only admin" in refused.err and "--force" in refused.err
    assert run("user", "remove", shop, "سارا", "--force").code == 0


def test_a_password_is_asked_for_twice_and_never_shown_or_taken_from_the_line(shop: Path, run: Any, typing: Any
                                                                             ) -> None:
    typing(hidden=(GOOD, BETTER))
    differ = run("user", "add", shop, "sara")
    assert differ.code == 2 and "differ" in differ.err
    typing()
    assert "--password-stdin" in run("user", "add", shop, "sara").err
    assert "no password" in run("user", "add", shop, "sara", "--password-stdin").err
    assert run("user", "add", shop, "sara", GOOD).code == 2
    typing("short secret"[:9] + "\n")
    short = run("user", "add", shop, "sara", "--password-stdin")
    assert short.code == 2 and "short sec" not in short.err + short.out
    assert run("user", "list", shop, "--json").out.strip() == "[]"


def test_what_names_nobody_is_told_before_a_password_is_asked_for(shop: Path, run: Any, typing: Any) -> None:
    typing(hidden=())
    assert "has no account" in run("user", "password", shop, "nina").err
    assert "no role" in run("user", "add", shop, "nina", "--role", "owner").err
    typing(GOOD)
    run("user", "add", shop, "nina", "--password-stdin")
    typing()
    assert "already" in run("user", "add", shop, "Nina").err


def test_the_audit_log_tells_who_did_what_without_passwords(shop: Path, run: Any, typing: Any) -> None:
    assert "Nothing" in run("audit", shop).out
    typing(GOOD)
    run("user", "add", shop, "нина", "--password-stdin", "--role", "reader")
    run("user", "role", shop, "нина", "--role", "admin")
    rows = json.loads(run("audit", shop, "--json").out)
    assert [(row["who"], row["action"], row["objects"]) for row in rows] == [
        ("root at the command line", "user added", ["нина"]), ("root at the command line", "role changed", ["нина"])]
    assert json.loads(run("audit", shop, "--after", 1, "--json").out) == rows[1:]
    lines = run("audit", shop).out
    assert "нина" in lines and "role admin, before reader" in lines and GOOD not in lines
