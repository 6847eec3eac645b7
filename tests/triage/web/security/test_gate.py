"""At the gate: strange names, cookies, ways on and tokens; whatever the database, so on SQLite alone."""


from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from painpoints.triage.web.security.access import Access

if TYPE_CHECKING:

    from conftest import Page

GOOD = "four grey horses"
TOKEN = "dGhpcyBpcyBhIHNlY3JldCBvZiAz"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
OPEN = Access(token=TOKEN)


@pytest.fixture
def database() -> None:
    """In the folder of the workspace."""


@pytest.mark.parametrize("name", ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP", "X-Forwarded-Host"])
def test_what_came_through_a_proxy_was_not_sent_by_who_sits_at_the_machine(page: Page, name: str) -> None:
    answer = page.browser().get("/try/echo", headers={name: "127.0.0.1"})
    assert answer.status_code == 403 and "root" not in answer.text.split("<main", 1)[-1]


@pytest.mark.parametrize(("name", "password"), [("sara", "wrong password"), ("nina", GOOD), ("", ""), ("sara", ""),
                                                ("sara\r\nSet-Cookie: a=b", GOOD), ("sa\x00ra", GOOD),
                                                ("x" * 200, GOOD), ("'; DROP TABLE users; --", "' OR 1=1 --")])
def test_whoever_does_not_know_a_password_stays_outside_and_learns_nothing(page: Page, name: str, password: str
                                                                           ) -> None:
    page.user("sara", "admin")
    browser = page.browser()
    answer = browser.sign_in(name, password)
    assert answer.status_code == 401 and browser.session is None and "a=b" not in str(answer.headers)
    assert browser.get("/try/echo").status_code == 303
    assert answer.text.replace(browser.token("/login"), "").count("do not go together") == 1
    assert password == "" or password not in answer.text


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_cookies_are_for_this_page_alone_and_out_of_reach_of_scripts(page: Page, scheme: str) -> None:
    page.user("sara", "admin")
    browser = page.browser(scheme=scheme)
    given = [*browser.get("/login").headers.get_list("set-cookie"),
             *browser.sign_in("sara").headers.get_list("set-cookie")]
    assert len(given) >= 3
    for cookie in given:
        name, *flags = cookie.split("; ")
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(flags) and "Domain" not in cookie
        assert ("Secure" in flags) == (scheme == "https") == name.startswith("__Host-")
        assert "8350" in name.split("=")[0], "two pages of one machine share a jar"


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "///evil.example", "//",
                                  "/\\evil.example", "\\\\evil.example",
                                  "javascript:alert(1)", "/x\r\nSet-Cookie: a=b", "/ x", "/\tx", "", "x", "//[",
                                  "/login?next=/login", "/logout", "/سلام"])
def test_nobody_is_led_to_another_site(page: Page, next: str) -> None:
    page.user("sara", "admin")
    answer = page.browser().sign_in("sara", next=next)
    assert answer.headers["location"] == "/" and "a=b" not in str(answer.headers)


@pytest.mark.parametrize("given", [f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer ", "Bearer", f"Basic {TOKEN}",
                                   TOKEN, f"Bearer {TOKEN} {TOKEN}"])
def test_a_wrong_token_opens_nothing_even_beside_a_session(page: Page, given: str) -> None:
    browser = page.browser(OPEN)
    browser.sign_in("nina", TOKEN)
    answer = browser.get("/api/try/who", headers={"Authorization": given})
    assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"
