"""The page gets ready by itself as soon as it is served."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from painpoints.config import Settings
from painpoints.pipeline import Workspace
from painpoints.triage import Queue, opinions
from painpoints.triage.live import Live
from painpoints.triage.web.app import create_app
from painpoints.triage.web.warming import warm


@pytest.fixture
def database() -> None:
    """Where the state is does not matter here."""


def test_serving_reads_the_workspace_before_anybody_asks(written_shop: Workspace, monkeypatch: pytest.MonkeyPatch
                                                         ) -> None:
    prepared: list[bool] = []
    monkeypatch.setattr(Live, "prepare", lambda self: prepared.append(True))
    app = create_app(written_shop)
    assert not prepared
    with TestClient(app):
        until = time.monotonic() + 20
        while not prepared and time.monotonic() < until:
            time.sleep(0.02)
    assert prepared == [True]


def test_an_empty_workspace_is_no_failure(tmp_path: Path) -> None:
    with Workspace.create(tmp_path / "shop", Settings()) as empty:
        app = create_app(empty)
        warm(app.state.site)
        assert TestClient(app, follow_redirects=False).get("/").headers["location"].startswith("/add")


def test_the_space_of_look_alikes_is_made_once_for_as_long_as_nothing_is_added(written_shop: Workspace) -> None:
    app = create_app(written_shop)
    try:
        with TestClient(app):
            site = app.state.site
            before = site.live.now(wait=True)
            made = site.vectors(before)
            unit = str(before.data.units["unit_id"][0])
            other = "pos" if before.data.units["sentiment"][0] != "pos" else "neg"
            Queue(written_shop.folder.state, "sara", opinions(written_shop)).correct([unit], "sentiment", other)
            after = site.live.now(wait=True)
            assert after is not before and after.data.units.filter(unit_id=unit)["sentiment"][0] == other
            assert site.vectors(after) is made and made.shape[0] == after.data.units.height
    finally:
        app.state.site.live.close()
