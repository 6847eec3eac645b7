"""Pages of pain points in a real browser: what colleagues change appears, undoing shows what is, menus by keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace

PARCEL, CHECKOUT, FIRE = "0PARCEL0000000000000000000", "1CHECKOUT00000000000000000", "2FIRE000000000000000000000"
SOON = 12_000


@pytest.fixture
def database() -> None:
    """What browsers show does not hang on where the state is."""


@pytest.fixture
def tab(browser: Any, site: str) -> Iterator[Any]:
    """A tab; whatever goes wrong in it fails the test."""
    opened = browser.new_page(base_url=site, locale="fa")
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    yield opened
    opened.close()
    assert not wrong


def test_what_a_colleague_changes_appears_without_a_reload(tab: Any, written_shop: Workspace) -> None:
    tab.goto("/points")
    tab.evaluate("window.stayed = true")
    tab.focus(f'a[href="/points/{PARCEL}"]')
    written_shop.rename(PARCEL, "بسته‌ها دیر می‌رسند", who="رضا")
    link = tab.locator(f'table a[href="/points/{PARCEL}"]')
    link.filter(has_text="بسته‌ها دیر می‌رسند").wait_for(timeout=SOON)
    assert "رضا" in tab.locator("#told").inner_text() and tab.evaluate("window.stayed")
    assert tab.evaluate("document.activeElement !== document.body")


def test_who_is_in_the_middle_of_something_is_asked_first(tab: Any, written_shop: Workspace) -> None:
    tab.goto(f"/points/{PARCEL}")
    tab.keyboard.press("r")
    tab.fill("#title", "عنوان تازه")
    written_shop.rename(CHECKOUT, "Оплата не проходит", who="رضا")
    again = tab.locator("#told a")
    again.wait_for(timeout=SOON)
    assert tab.input_value("#title") == "عنوان تازه"
    again.click()
    tab.wait_for_load_state()
    assert tab.locator("#into option").filter(has_text="Оплата не проходит").count() == 1


def test_an_undoing_shows_what_is_and_says_so_once(tab: Any, written_shop: Workspace) -> None:
    tab.goto(f"/points/{PARCEL}")
    before = tab.locator("h1").inner_text()
    tab.keyboard.press("r")
    tab.fill("#title", "عنوان تازه")
    tab.locator("form[action$=rename] button").click()
    tab.locator(".done").wait_for()
    assert tab.locator("h1").inner_text() == "عنوان تازه"
    with tab.expect_navigation():
        tab.locator(".done button").click()
    tab.locator("#told .line").wait_for()
    assert tab.locator("h1").inner_text() == before and tab.locator(".done").count() == 0
    tab.reload()
    assert tab.locator("#told .line").count() == 0


def test_who_takes_a_new_pain_point_back_is_led_to_the_list(tab: Any) -> None:
    tab.goto(f"/points/{PARCEL}")
    for box in tab.locator("ul.opinions input").all()[:2]:
        box.check()
    tab.locator("button[value=gather]").click()
    tab.locator(".done").wait_for()
    tab.wait_for_load_state("load")
    tab.keyboard.press("u")
    tab.wait_for_url("**/points")
    tab.locator("#told .line").wait_for()
    assert tab.locator("table.points tbody tr").count() == 3


def test_the_menu_of_exports_is_opened_and_left_by_keys_and_gives_a_file(tab: Any) -> None:
    tab.goto("/points")
    menu = tab.locator("details.exports")
    menu.locator("summary").focus()
    tab.keyboard.press("Enter")
    with tab.expect_download() as given:
        menu.locator("a").first.click()
    assert given.value.suggested_filename.endswith(".csv") and "نقاط درد" in given.value.suggested_filename
    tab.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert menu.locator("summary").evaluate("at => at === document.activeElement")


@pytest.mark.parametrize(("scheme", "width", "lang"), [("light", 1280, "fa"), ("dark", 390, "en")])
def test_nothing_stands_in_the_way_of_anybody(browser: Any, site: str, scheme: str, width: int, lang: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(base_url=site, color_scheme=scheme, viewport={"width": width, "height": 844})
    opened, found = context.new_page(), []
    for path in ("/points", f"/points/{PARCEL}", f"/points/{PARCEL}/split", "/journey", "/digest", "/people"):
        opened.goto(f"{path}?lang={lang}")
        if opened.locator("details.exports").count():
            opened.locator("details.exports summary").click()
        assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        wrong = Axe().run(opened).response["violations"]
        found += [(path, each["id"], each["nodes"][0]["target"]) for each in wrong]
    context.close()
    assert found == []
