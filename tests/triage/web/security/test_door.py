"""Coming in: with an account, with the token, or because one sits at the machine; and nobody otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from painpoints.triage import Accounts, audit_rows, passwords
from painpoints.triage.audit import NOBODY
from painpoints.triage.web.security.access import Access
from painpoints.triage.web.security.attempts import Attempts
from painpoints.triage.web.security.stack import secure

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Browser, Page

GOOD = "four grey horses"
TOKEN = "dGhpcyBpcyBhIHNlY3JldCBvZiAz"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
OPEN = Access(token=TOKEN)


def test_who_sits_at_the_machine_is_admin_without_signing_in(page: Page) -> None:
    assert page.browser().get("/api/try/who").json() == {"name": "root", "role": "admin"}
    assert page.browser().get("/login").headers["location"] == "/"


def test_from_the_first_account_on_everybody_signs_in(page: Page) -> None:
    browser = page.browser()
    assert browser.get("/try/echo").status_code == 200
    page.user("sara", "admin")
    assert browser.get("/try/echo").headers["location"] == "/login?next=/try/echo"
    assert browser.get("/api/try/who").status_code == 401
    Accounts(page.state, "root").remove("sara", force=True)
    assert browser.get("/try/echo").status_code == 200


def test_beyond_this_machine_nobody_is_let_in_even_if_all_accounts_go(page: Page) -> None:
    for access in (Access(host="0.0.0.0"), Access(proxy="127.0.0.1"), OPEN):
        browser = page.browser(access)
        assert browser.get("/api/try/who").status_code == 401 and browser.get("/try/echo").status_code == 303


def test_a_user_comes_in_and_is_led_to_where_they_wanted(page: Page) -> None:
    page.user("سارا", "triager")
    browser = page.browser()
    answer = browser.sign_in("سارا", next="/try/echo?a=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/try/echo?a=1")
    assert "سارا/triager" in browser.get("/try/echo").text


def test_an_unknown_name_takes_a_hash_as_a_known_one_does(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    page.user("sara", "admin")
    seen: list[bool] = []
    cheap = passwords.hasher()

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return getattr(cheap, name)

        def verify(self, kept: str, given: str) -> bool:
            seen.append(kept == passwords.nobodys())
            return cheap.verify(kept, given)

    monkeypatch.setattr(passwords, "hasher", Counting)
    for name in ("sara", "nina", "", "a\x00b"):
        page.browser().sign_in(name, "wrong password")
    assert seen == [False, True, True, True]


def test_a_session_id_that_somebody_else_planted_is_not_taken_over(page: Page) -> None:
    page.user("sara", "admin")
    browser = page.browser()
    planted = "A" * 43
    browser.cookies.set("painpoints-session-8350", planted)
    answer = browser.sign_in("sara")
    given = answer.headers.get_list("set-cookie")
    assert answer.status_code == 303 and planted not in str(given)
    thief = page.browser()
    thief.cookies.set("painpoints-session-8350", planted)
    assert thief.get("/try/echo").status_code == 303


def test_signing_in_anew_ends_the_session_before_and_makes_another_token(page: Page) -> None:
    page.user("sara", "admin")
    browser = page.browser()
    browser.sign_in("sara")
    first, token = browser.session, browser.token()
    answer = browser.post("/login", data={"csrf": token, "name": "sara", "password": GOOD})
    assert answer.status_code == 303 and browser.session != first and browser.token() != token
    old = page.browser()
    old.cookies.set("painpoints-session-8350", str(first))
    assert old.get("/try/echo").status_code == 303


def test_signing_out_ends_the_session_on_the_server_too(page: Page) -> None:
    page.user("sara", "admin")
    browser = page.browser()
    browser.sign_in("sara")
    kept = str(browser.session)
    assert browser.post("/logout", data={"csrf": browser.token()}).status_code == 303
    assert browser.session is None
    browser.cookies.set("painpoints-session-8350", kept)
    assert browser.get("/try/echo").status_code == 303


def test_a_cookie_that_came_twice_is_not_believed(page: Page) -> None:
    page.user("sara", "admin")
    browser = page.browser()
    browser.sign_in("sara")
    mine = str(browser.session)
    other = page.browser()
    name = "painpoints-session-8350"
    assert other.get("/try/echo", headers={"Cookie": f"{name}={mine}"}).status_code == 200
    assert other.get("/try/echo", headers={"Cookie": f"{name}={'B' * 43}; {name}={mine}"}).status_code == 303


def test_a_script_of_the_page_is_sent_to_the_door_with_the_page_it_is_on(page: Page) -> None:
    page.user("sara", "admin")
    for at, to in (("http://127.0.0.1:8350/queue?lang=fa", "/login?next=/queue%3Flang%3Dfa&lang=fa"),
                   ("https://evil.example//evil.example", "/login"), ("http://[", "/login")):
        answer = page.browser().get("/try/echo", headers={"HX-Request": "true", "HX-Current-URL": at})
        assert (answer.status_code, answer.headers["hx-redirect"]) == (401, to)


def test_the_token_lets_people_in_under_a_name_of_their_own(page: Page) -> None:
    browser = page.browser(OPEN)
    assert browser.sign_in("نینا", TOKEN).status_code == 303
    assert "نینا/admin" in browser.get("/try/echo").text
    assert page.browser(OPEN).sign_in("نینا", TOKEN + "x").status_code == 401


def test_with_the_token_nobody_becomes_another(page: Page) -> None:
    page.user("sara", "reader")
    for name in ("sara", "SARA", ""):
        assert page.browser(OPEN).sign_in(name, TOKEN).status_code == 401
    for name in ("sara", "S%41RA", ""):
        assert page.browser(OPEN).get("/api/try/who", headers={**BEARER, "X-Painpoints-As": name}).status_code == 401


def test_a_script_brings_the_token_and_needs_no_form(page: Page) -> None:
    browser = page.browser(OPEN)
    answer = browser.post("/api/try/change", headers=BEARER, content=b"12345")
    assert answer.json() == {"who": "script", "bytes": 5} and "set-cookie" not in answer.headers
    assert browser.get("/api/try/who", headers={**BEARER, "X-Painpoints-As": "%D8%B3%D8%A7%D8%B1%D8%A7"}).json() == {
        "name": "سارا", "role": "admin"}


def test_the_token_opens_the_api_and_no_page(page: Page) -> None:
    assert page.browser(OPEN).get("/try/echo", headers=BEARER).status_code == 303
    assert page.browser(OPEN).post("/try/change", headers=BEARER).status_code == 401
    page.user("sara", "admin")
    assert page.browser().get("/api/try/who", headers=BEARER).status_code == 401, "where no token is set, none is right"


def test_too_many_tries_under_a_name_wait_longer_and_longer(page: Page) -> None:
    page.user("sara", "admin")
    clock = [0.0]
    attempts = Attempts(clock=lambda: clock[0])
    browser = page.browser(attempts=attempts)
    waits = []
    for _ in range(9):
        answer = browser.sign_in("sara", "wrong password")
        while answer.status_code == 429:
            waits.append(int(answer.headers["retry-after"]))
            clock[0] += waits[-1]
            answer = browser.sign_in("sara", "wrong password")
        assert answer.status_code == 401
    assert waits == [1, 2, 4, 8]
    assert browser.sign_in("sara").status_code == 429, "the right password has to wait as well"
    clock[0] += 16
    assert browser.sign_in("sara").status_code == 303
    assert page.browser(attempts=attempts).sign_in("sara", "wrong password").status_code == 401


def test_too_many_tries_from_one_place_wait_whatever_the_names(page: Page) -> None:
    page.user("sara", "admin")
    attempts = Attempts(clock=lambda: 0.0)
    browser = page.browser(attempts=attempts, address="2001:db8::1")
    answers = [browser.sign_in(f"name {n}", "wrong password").status_code for n in range(21)]
    assert answers == [401] * 20 + [429]
    near, far = (page.browser(attempts=attempts, address=place) for place in ("2001:db8::ffff", "2001:db8:1::1"))
    assert near.sign_in("sara").status_code == 429, "a machine has a whole network of addresses"
    assert far.sign_in("sara").status_code == 303


def test_who_came_in_before_is_not_kept_out_by_tries_from_elsewhere(page: Page) -> None:
    page.user("sara", "admin")
    outside = secure(page.app, page.state, Access(), Attempts(clock=lambda: 0.0))
    at_home = page.browser(address="10.0.0.1", outside=outside)
    assert at_home.sign_in("sara").status_code == 303
    thief = page.browser(address="10.9.9.9", outside=outside)
    assert [thief.sign_in("sara", "wrong password").status_code for _ in range(6)][-2:] == [401, 429]
    assert page.browser(address="10.0.0.1", outside=outside).sign_in("sara").status_code == 303


def test_tries_with_the_token_are_counted_too(page: Page) -> None:
    browser = page.browser(OPEN, attempts=Attempts(clock=lambda: 0.0))
    codes = [browser.get("/api/try/who", headers={"Authorization": "Bearer x"}).status_code for _ in range(21)]
    assert codes == [401] * 20 + [429]
    assert browser.get("/api/try/who", headers=BEARER).headers["retry-after"] == "1"


def test_right_tokens_never_wait(page: Page) -> None:
    browser = page.browser(OPEN, attempts=Attempts(clock=lambda: 0.0))
    assert {browser.get("/api/try/who", headers=BEARER).status_code for _ in range(60)} == {200}


def test_coming_in_and_failing_to_is_written_down_without_what_was_typed(page: Page) -> None:
    page.user("sara", "admin")
    browser = page.browser(address="10.0.0.7")
    browser.sign_in(GOOD, "sara")
    browser.sign_in("Sara", "wrong password")
    browser.sign_in("sara")
    browser.post("/logout", data={"csrf": browser.token()})
    rows = audit_rows(page.state, 1)
    assert [(row["who"], row["action"]) for row in rows] == [
        (NOBODY, "login failed"), ("sara", "login failed"), ("sara", "login"), ("sara", "logout")]
    assert rows[0]["detail"] == {"from": "10.0.0.7"}
    assert GOOD not in str(rows) and "wrong" not in str(rows)


def test_whoever_loses_their_role_is_out_at_the_next_request(page: Page, signed_in: Callable[[str], Browser]) -> None:
    admin, reader = signed_in("admin"), signed_in("reader")
    assert admin.get("/try/echo").status_code == reader.get("/try/echo").status_code == 200
    Accounts(page.state, "root").set_role("the admin", "reader", force=True)
    assert admin.get("/try/echo").status_code == 303 and reader.get("/try/echo").status_code == 200
