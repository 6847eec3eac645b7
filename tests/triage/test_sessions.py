"""Sessions: known by a secret that is not kept, and over in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from painpoints.store import State
from painpoints.triage import Accounts, User, audit_rows
from painpoints.triage.sessions import Sessions

TOKEN = "a-secret-of-more-than-24-characters"
pytestmark = pytest.mark.usefixtures("quick_hashes")


class Clock:
    moment = datetime(2026, 11, 22, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def on(self, **time: float) -> None:
        self.moment += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sara(state: State) -> User:
    return Accounts(state, "root").add("sara", "four grey horses", "triager")


def rows(state: State) -> list[dict[str, object]]:
    with state.reading() as reader:
        return reader.rows("sessions")


def test_a_secret_is_long_new_each_time_and_not_in_the_state(state: State, sara: User) -> None:
    sessions = Sessions(state)
    one, other = sessions.begin(sara, "?"), sessions.begin(sara, "?")
    assert one and other and one != other and len(one) >= 43
    assert one not in str(rows(state)) and other not in str(rows(state))
    found, second = sessions.find(one), sessions.find(other)
    assert found and second and (found.name, found.role) == ("sara", "triager") and found.csrf != second.csrf
    for wrong in ("", one[:-1], str(rows(state)[0]["key"]), "x" * 43):
        assert sessions.find(wrong) is None


def test_a_session_ends_after_twelve_hours_without_a_request(state: State, sara: User, clock: Clock) -> None:
    sessions = Sessions(state, clock=clock)
    secret = sessions.begin(sara, "?")
    assert secret
    for _ in range(3):
        clock.on(hours=11)
        assert sessions.find(secret)
    clock.on(hours=12)
    assert sessions.find(secret) is None


def test_a_session_ends_after_seven_days_whatever_happens(state: State, sara: User, clock: Clock) -> None:
    sessions = Sessions(state, clock=clock)
    secret = sessions.begin(sara, "?")
    assert secret
    for _ in range(16):
        clock.on(hours=10)
        assert sessions.find(secret)
    clock.on(hours=8)
    assert sessions.find(secret) is None


def test_a_request_is_noted_at_most_once_a_minute(state: State, sara: User, clock: Clock) -> None:
    sessions = Sessions(state, clock=clock)
    secret = sessions.begin(sara, "?")
    assert secret
    began = rows(state)[0]["seen"]
    clock.on(seconds=59)
    sessions.find(secret)
    assert rows(state)[0]["seen"] == began
    clock.on(seconds=1)
    sessions.find(secret)
    assert rows(state)[0]["seen"] == "2026-11-22T08:01:00+00:00"


def test_what_is_over_is_swept_out(state: State, sara: User, clock: Clock) -> None:
    sessions = Sessions(state, clock=clock)
    sessions.begin(sara, "?")
    clock.on(hours=13)
    sessions.begin(sara, "?")
    assert len(rows(state)) == 1


def test_who_signs_out_is_out_in_every_process(state: State, sara: User) -> None:
    secret = Sessions(state).begin(sara, "?")
    other = State(state.address)
    assert secret and Sessions(other).find(secret)
    Sessions(state).end(secret)
    assert Sessions(other).find(secret) is None
    other.close()
    assert [row["action"] for row in audit_rows(state)][-2:] == ["login", "logout"]


def test_a_session_of_the_token_lives_as_long_as_the_token(state: State) -> None:
    secret = Sessions(state, TOKEN).begin_with_token("علی", "?")
    assert secret
    found = Sessions(state, TOKEN).find(secret)
    assert found and (found.name, found.role) == ("علی", "admin")
    assert Sessions(state, TOKEN + "2").find(secret) is None
    assert Sessions(state).find(secret) is None
    assert Sessions(state).begin_with_token("علی", "?") is None
    assert audit_rows(state)[-1]["detail"] == {"from": "?", "with": "token"} and TOKEN not in str(audit_rows(state))


@pytest.mark.parametrize("name", ["sara", "Sara", "SARA"])
def test_the_token_lets_nobody_in_under_the_name_of_a_user(state: State, sara: User, name: str) -> None:
    assert Sessions(state, TOKEN).begin_with_token(name, "?") is None


def test_a_name_that_gets_an_account_is_its_owners_alone(state: State) -> None:
    secret = Sessions(state, TOKEN).begin_with_token("Ali", "?")
    assert secret and Sessions(state, TOKEN).find(secret)
    Accounts(state, "root").add("ali", "four grey horses", "reader")
    assert Sessions(state, TOKEN).find(secret) is None


def test_a_users_session_does_not_hang_on_the_token(state: State, sara: User) -> None:
    secret = Sessions(state, TOKEN).begin(sara, "?")
    assert secret
    for token in (TOKEN, "another-secret-of-24-characters", None):
        found = Sessions(state, token).find(secret)
        assert found and found.role == "triager"
