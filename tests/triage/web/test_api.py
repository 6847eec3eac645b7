"""The queue for scripts: lists, changes all or none, undo, history; as the schema says, whatever is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from painpoints.triage import Queue
from painpoints.triage.web.app import create_app
from painpoints.triage.web.security.person import Person

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace


@pytest.fixture
def database() -> None:
    """What scripts are told does not hang on where the state is."""


@pytest.fixture
def served(written_shop: Workspace) -> Iterator[Any]:
    """The application as a person of the role in the header ``role`` sees it; a triager by default."""
    app = create_app(written_shop)

    async def known(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            role = dict(scope["headers"]).get(b"role", b"triager").decode()
            scope.setdefault("state", {})["person"] = Person("sara", role, "token")
        await app(scope, receive, send)

    yield known
    app.state.site.live.close()


@pytest.fixture
def client(served: Any) -> TestClient:
    """What asks it."""
    return TestClient(served)


def test_lists_are_filtered_and_go_on_from_an_offset(client: TestClient) -> None:
    whole = client.get("/api/comments", params={"limit": 500}).json()
    assert len(whole["comments"]) == whole["found"] == sum(whole["counts"].values())
    narrow = {"touchpoint": "delivery", "language": "ru", "offset": 1, "limit": 2}
    part = client.get("/api/comments", params=narrow).json()
    assert part["found"] > 2 and len(part["comments"]) == 2
    assert {row["lang"] for row in part["comments"]} == {"ru"}
    assert client.get("/api/comments", params={"touchpoint": "nowhere"}).status_code == 422
    words = client.get("/api/comments", params={"q": "charger"}).json()["comments"]
    assert words and all("charger" in row["text"] for row in words)


def test_one_comment_has_its_opinions(client: TestClient) -> None:
    name = client.get("/api/comments").json()["comments"][0]["doc_id"]
    whole = client.get(f"/api/comments/{name}").json()
    assert [unit["text"] for unit in whole["units"]] == [
        whole["text"][unit["start"]:unit["end"]] for unit in whole["units"]]
    assert client.get("/api/comments/0000").status_code == 404


def test_changes_are_made_wholly_or_not_at_all_and_taken_back(client: TestClient, written_shop: Workspace) -> None:
    names = [row["doc_id"] for row in client.get("/api/comments").json()["comments"][:3]]
    wish = {"ids": [f"{name}@0" for name in names], "action": "assign", "to": "علي", "note": "لطفًا"}
    made = client.post("/api/changes", json=wish)
    assert made.status_code == 200 and {entry["assignee"] for entry in made.json()["after"]} == {"علي"}
    again = client.post("/api/changes", json=wish)
    assert again.status_code == 409 and "sara" in again.json()["error"]
    assert {row["field"] for row in client.get("/api/history").json()} == {"status", "assignee", "note"}
    assert [entry["status"] for entry in client.post("/api/undo").json()["comments"]] == ["new"] * 3
    last = client.get("/api/history").json()[-1]["number"]
    assert client.get("/api/history", params={"since": last}).json() == []
    assert client.post("/api/undo").status_code == 422
    assert all(entry.status == "new" for entry in Queue(written_shop.folder.state, "x").entries())


def test_readers_look_only(client: TestClient) -> None:
    reader = {"role": "reader"}
    assert client.get("/api/comments", headers=reader).status_code == 200
    assert client.post("/api/changes", json={"ids": ["abcd"], "action": "done"}, headers=reader).status_code == 403
    assert client.post("/api/undo", headers=reader).status_code == 403


def test_answers_are_as_the_schema_says_whatever_is_sent(served: Any) -> None:
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", served).include(
        path_regex="^/api/(comments|changes|undo|history|painpoints|journey|digest|search)")
    asked = set()
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(max_examples=20, deadline=None, database=None, derandomize=True,
                  suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def answers(case: Any) -> None:
            # A name that the workspace does not have is refused (422), which no schema can foresee.
            case.call_and_validate(excluded_checks=[positive_data_acceptance])

        answers()
        asked.add(operation.label)
    assert len(asked) == 20
