"""The first visit in a real browser, with the real encoder: an empty workspace, a small file, a queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from painpoints.config import Settings
from painpoints.pipeline import Workspace

COMPLAINTS = ["پیک خیلی دیر رسید", "غذا سرد بود و پیک بداخلاق", "The courier was late again", "Курьер опоздал на час"]
FILE = "شناسه,متن نظر,تاریخ,نام کاربر\n" + "".join(
    f"{number},{COMPLAINTS[number % 4]} {number},2026-11-{1 + number:02},Persona {number}\n" for number in range(12))


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "shop", Settings(lang="fa")) as shop:
        yield shop


@pytest.fixture
def address(empty: Workspace, serve: Callable[[Workspace], str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Where an empty workspace is served."""
    monkeypatch.setenv("PAINPOINTS_KEY", "a-key-for-tests-only")
    monkeypatch.setenv("PAINPOINTS_USER", "سارا")
    return f"{serve(empty)}/"


def serious(page: Any) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(each["id"], str(each["nodes"][0]["target"])) for each in found
            if each["impact"] in ("serious", "critical")]


def test_a_first_visit_leads_from_an_empty_workspace_to_its_queue(browser: Any, address: str) -> None:
    context = browser.new_context(locale="fa-IR", viewport={"width": 390, "height": 800})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith(address) else None)
    page.goto(address)
    assert page.url == f"{address}add" and page.get_attribute("html", "dir") == "rtl" and serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_input_files("#file", {"name": "x.exe", "mimeType": "text/csv", "buffer": b"x"})
    page.wait_for_selector("#told .failure")
    assert len(said) == 2 and all("422" in words for words in said)  # the browser notes the refusal, and nothing else
    said.clear()
    page.set_input_files("#file", {"name": "نظرات.csv", "mimeType": "text/csv", "buffer": FILE.encode()})
    page.wait_for_url("**/add/*")
    roles = page.eval_on_selector_all("select", "found => found.map(one => one.value)")
    assert roles == ["id", "text", "time", "author"]
    assert "Persona" not in page.inner_text("main") and serious(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.focus("#c0")
    with page.expect_response("**/add/*"):
        page.select_option("#c0", "")
    page.wait_for_function("document.getElementById('c0').value === ''")
    assert page.evaluate("document.activeElement.id") == "c0"
    page.click("button.main")
    page.wait_for_selector("[role=progressbar]")
    assert page.url == f"{address}add" and serious(page) == []
    page.reload()
    page.wait_for_selector("dl.counts", timeout=90_000)
    assert page.inner_text("dl.counts dd >> nth=0") == "۱۲" and page.text_content("#said") and serious(page) == []
    page.click("a.button.main")
    page.wait_for_url("**/queue*")
    assert "پیک خیلی دیر رسید" in page.inner_text("main")
    assert said == []
    context.close()
