"""The page of people: accounts as an admin changes them, and what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from painpoints.triage import Accounts, audit_rows
from painpoints.triage.web.wording import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Browser, Page

GOOD, BETTER = "four grey horses", "seven green boats"


@pytest.fixture
def database() -> None:
    """In the folder of the workspace."""


def roles(page: Page) -> dict[str, str]:
    return {user.name: user.role for user in Accounts(page.state, "").users()}


def test_the_first_account_is_an_admins_and_from_then_on_everybody_signs_in(page: Page) -> None:
    browser = page.browser()
    token = {"X-CSRF-Token": browser.token("/people")}
    new = {"name": "سارا", "password": GOOD, "role": "reader"}
    assert browser.post("/people", headers=token, data=new).status_code == 422 and roles(page) == {}
    assert browser.post("/people", headers=token, data={**new, "role": "admin"}).status_code == 303
    assert browser.get("/people").headers["location"] == "/login?next=/people"
    assert browser.sign_in("سارا").status_code == 303 and "سارا" in browser.get("/people").text


def test_an_admin_adds_changes_and_removes_accounts(page: Page, signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("admin")
    token = {"X-CSRF-Token": browser.token("/people")}
    sent = [browser.post(f"/people{path}", headers=token, data=data).status_code for path, data in (
        ("", {"name": "ali", "password": GOOD, "role": "reader"}), ("/role", {"name": "ali", "role": "triager"}),
        ("/password", {"name": "ali", "password": BETTER}))]
    assert sent == [303] * 3 and roles(page) == {"ali": "triager", "the admin": "admin"}
    assert Accounts(page.state, "").verified("ali", BETTER) is not None
    assert browser.post("/people/remove", headers=token, data={"name": "ali"}).status_code == 303
    assert [(row["who"], row["action"], row["objects"]) for row in audit_rows(page.state)][-4:] == [
        ("the admin", action, ["ali"]) for action in ("user added", "role changed", "password changed", "user removed")]
    refused = browser.post("/people/remove", headers=token, data={"name": "the admin"})
    assert refused.status_code == 422 and roles(page) == {"the admin": "admin"}
    short = browser.post("/people", headers=token, data={"name": "x", "password": "short one", "role": "reader"})
    assert short.status_code == 422 and "short one" not in short.text


@pytest.mark.parametrize("role", ["reader", "triager"])
def test_nobody_else_sees_or_changes_them(page: Page, signed_in: Callable[[str], Browser], role: str) -> None:
    browser = signed_in(role)
    token = {"X-CSRF-Token": browser.token()}
    assert browser.get("/people").status_code == 403
    for path, data in (("", {"name": "x", "password": GOOD, "role": "admin"}),
                       ("/role", {"name": f"the {role}", "role": "admin"}),
                       ("/password", {"name": f"the {role}", "password": BETTER}), ("/remove", {"name": "x"})):
        assert browser.post(f"/people{path}", headers=token, data=data).status_code == 403
    assert roles(page) == {f"the {role}": role} and browser.get("/try/echo").status_code == 200


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_it_speaks_the_language_and_makes_no_name_mark_up(page: Page, signed_in: Callable[[str], Browser], lang: str
                                                           ) -> None:
    page.user("<img src=x onerror=alert(1)> \"'", "reader")
    answer = signed_in("admin").get(f"/people?lang={lang}")
    assert answer.status_code == 200 and f'<html lang="{lang}"' in answer.text
    assert "<img" not in answer.text and "&lt;img src=x onerror=alert(1)&gt;" in answer.text
    assert "people.did" not in answer.text and "argon2" not in answer.text
