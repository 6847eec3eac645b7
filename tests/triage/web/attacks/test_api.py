"""The interface for scripts keeps to its own description, whatever is sent: no failure, no answer that is not in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from painpoints.triage import Access

if TYPE_CHECKING:
    from conftest import Planted

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
TOKEN = "dm9yIGRlbSBGZW5zdGVyIHNpbmd0IGVpbmU"


@pytest.fixture(scope="module")
def shop(planting: Callable[..., Planted], harmless: list[str]) -> Planted:
    return planting(harmless[:40] + harmless[:20], "api")


@pytest.fixture(scope="module", params=["cookie", "bearer"])
def entry(request: pytest.FixtureRequest, shop: Planted) -> tuple[Any, dict[str, str]]:
    """The application with all that stands before it, and what a script brings along."""
    if request.param == "bearer":
        known = replace(shop, access=Access(token=TOKEN))
        return known.outside(), {"Authorization": f"Bearer {TOKEN}", "Host": "127.0.0.1:8350"}
    browser = shop.browser("admin")
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return shop.outside(), {"Cookie": cookies, "X-CSRF-Token": browser.token(), "Host": "127.0.0.1:8350"}


def test_the_interface_keeps_to_its_description(shop: Planted, entry: tuple[Any, dict[str, str]]) -> None:
    app, headers = entry
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app, headers=headers)
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(max_examples=10, deadline=None, database=None, derandomize=True,
                  phases=(Phase.explicit, Phase.generate), suppress_health_check=list(HealthCheck))
        def keeps(case: Any) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        from hypothesis import given

        given(case=operation.as_strategy())(keeps)()
        tried += 1
    assert tried == sum(len(methods) for methods in shop.app.openapi()["paths"].values()) >= 8
    assert shop.browser("reader").get("/queue").status_code == 200
