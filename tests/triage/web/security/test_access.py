"""How the page may be started, and how often somebody may try to come in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.errors import UsageError
from painpoints.triage.web.security.access import Access, check_access, read_token
from painpoints.triage.web.security.attempts import Attempts, network
from painpoints.triage.web.security.gate import local_path
from painpoints.triage.web.security.origins import is_plain_path

TOKEN = "dGhpcyBpcyBhIHNlY3JldCBvZiAz"


@pytest.mark.parametrize("access", [Access(host="0.0.0.0"), Access(host="::"), Access(host="192.168.1.7"),
                                    Access(host="desk7"), Access(proxy="127.0.0.1")])
def test_where_strangers_could_come_in_the_page_does_not_start(access: Access) -> None:
    with pytest.raises(UsageError) as caught:
        check_access(access, users=0)
    assert caught.value.exit_code == 2 and "user add" in str(caught.value.hint) and "--token-file" in str(
        caught.value.hint)
    check_access(access, users=1)
    check_access(Access(host=access.host, proxy=access.proxy, token=TOKEN), users=0)


def test_passwords_in_the_clear_are_warned_of() -> None:
    assert "in the clear" in check_access(Access(host="0.0.0.0", token=TOKEN), 0)[0]
    for fine in (Access(), Access(host="::1"), Access(host="0.0.0.0", token=TOKEN, encrypted=True),
                 Access(host="0.0.0.0", token=TOKEN, proxy="10.0.0.1")):
        assert check_access(fine, 0) == []


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"])
def test_this_machine_is_known_by_all_its_addresses(host: str) -> None:
    assert Access(host=host).loopback and Access(host=host).trusts_machine


def test_a_secret_is_read_and_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    path.chmod(0o600)
    assert read_token(path) == (TOKEN, []) and TOKEN not in repr(Access(token=TOKEN))
    for mode in (0o640, 0o604):
        path.chmod(mode)
        assert "can be read by others" in read_token(path)[1][0]


@pytest.mark.parametrize("content", ["", "short", "x" * 23, "x" * 40, "two words of a secret, long enough",
                                     "one-line-of-a-secret\nand-another-of-it", "سری که بیست و چهار حرف دارد و بیشتر",
                                     "secret-with-a-\x07-bell-in-it-012"])
def test_a_secret_that_could_be_guessed_or_sent_by_no_header_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "token"
    path.write_text(content, "utf8")
    with pytest.raises(UsageError) as caught:
        read_token(path)
    assert len(content) < 20 or content not in str(caught.value)
    with pytest.raises(UsageError, match="cannot be read"):
        read_token(tmp_path / "none")


def test_waits_double_up_to_the_longest_and_are_forgotten_after_an_hour() -> None:
    clock = [0.0]
    attempts = Attempts(longest=10, clock=lambda: clock[0])
    waits = []
    for _ in range(20):
        if (wait := attempts.wait({"sara": 3})) > 0:
            waits.append(wait)
            clock[0] += wait
    assert waits[:6] == [1, 2, 4, 8, 10, 10] and set(waits[4:]) == {10}
    clock[0] += 3601
    assert [attempts.wait({"sara": 3}) for _ in range(3)] == [0, 0, 0]


def test_a_try_that_has_to_wait_does_not_make_the_wait_longer() -> None:
    attempts = Attempts(clock=lambda: 0.0)
    assert [attempts.wait({"a": 1, "b": 5}) for _ in range(4)] == [0, 1, 1, 1]
    assert attempts.wait({"b": 2}) == 0, "what was refused was not counted under the other key"


def test_many_names_take_no_more_memory() -> None:
    attempts = Attempts(kept=100)
    for number in range(1000):
        attempts.wait({number: 5})
    assert len(attempts) == 100 and attempts.knows(999) and not attempts.knows(0)


def test_at_once_no_more_tries_get_through_than_one_by_one() -> None:
    from concurrent.futures import ThreadPoolExecutor

    attempts = Attempts(clock=lambda: 0.0)
    with ThreadPoolExecutor(16) as pool:
        assert sum(wait == 0 for wait in pool.map(lambda _: attempts.wait({"sara": 5}), range(200))) == 5


@pytest.mark.parametrize(("one", "other", "same"), [
    ("10.0.0.1", "10.0.0.2", False), ("2001:db8::1", "2001:db8::ffff:1", True),
    ("2001:db8::1", "2001:db8:0:1::1", False),     ("::ffff:10.0.0.1", "10.0.0.1", True), ("testclient", "", True)])
def test_a_machine_is_told_by_what_it_cannot_change(one: str, other: str, same: bool) -> None:
    assert (network(one) == network(other)) == same


@given(st.text(max_size=60) | st.from_regex(r"[/\\]{1,3}[a-z.@:/\\?#%]{0,20}", fullmatch=True))
def test_whatever_is_asked_for_the_way_on_stays_here(given: str) -> None:
    found = local_path(given)
    assert found.startswith("/") and not found.startswith(("//", "/\\"))
    assert found.isascii() and found.isprintable() and "\\" not in found


@given(st.text(alphabet="/.\\a\0%", max_size=12))
def test_a_path_that_is_let_through_leads_nowhere_else(path: str) -> None:
    import posixpath

    if is_plain_path(path):
        assert posixpath.normpath(path) == (path.rstrip("/") or "/")
