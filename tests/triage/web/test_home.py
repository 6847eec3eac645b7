"""The front door leads to the queue, or to how to begin, in the language that is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from painpoints.config import Settings
from painpoints.pipeline import Workspace
from painpoints.triage.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Mapping


@pytest.fixture
def database() -> None:
    """Where the state is does not matter here."""


def door(workspace: Workspace, params: Mapping[str, str]) -> str:
    answer = TestClient(create_app(workspace), follow_redirects=False).get("/", params=params)
    assert answer.status_code == 303
    return str(answer.headers["location"])


@pytest.mark.parametrize(("params", "query"), [({}, ""), ({"lang": "fa"}, "?lang=fa"), ({"lang": "ru"}, "?lang=ru"),
                                               ({"lang": "//evil.example"}, ""), ({"lang": "xx"}, "")])
def test_the_door_leads_to_the_queue_where_there_is_one(written_shop: Workspace, params: dict[str, str], query: str
                                                        ) -> None:
    assert door(written_shop, params) == f"/queue{query}"


def test_an_empty_workspace_begins_with_adding(tmp_path: Path) -> None:
    with Workspace.create(tmp_path / "shop", Settings()) as empty:
        assert door(empty, {"lang": "ar"}) == "/add?lang=ar"
