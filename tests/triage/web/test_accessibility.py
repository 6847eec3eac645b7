"""Every page and what opens on it, for people with a keyboard, a screen reader, large text, other colours, a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.long
AXE = {"rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"]}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
WORKS = pytest.mark.parametrize(("lang", "direction"), [("fa", "rtl"), ("en", "ltr")])
Visit = Callable[..., Any]
# What stands outside the window and cannot be scrolled to.
LOST = """() => [...document.querySelectorAll("body *")].filter((item) => {
  const box = item.getBoundingClientRect();
  if (!box.width || !box.height || (box.left >= -1 && box.right <= innerWidth + 1)) return false;
  if (item.closest(".skip, .hidden-label, svg, datalist")) return false;
  if (!item.checkVisibility({ visibilityProperty: true })) return false;
  for (let at = item.parentElement; at; at = at.parentElement) {
    if (["auto", "scroll"].includes(getComputedStyle(at).overflowX)) {
      const frame = at.getBoundingClientRect();
      return getComputedStyle(at).direction === "ltr" ? box.left < frame.left - at.scrollLeft - 1
        : box.right > frame.right - at.scrollLeft + 1;
    }
    if (getComputedStyle(at).overflowX === "hidden" && at !== document.body && at.clientWidth < 600) return false;
  }
  return true;
}).map((item) => item.outerHTML.slice(0, 120))"""
# Where the keyboard can go.
REACHABLE = """() => [...document.querySelectorAll(
  "a[href], button, input, select, textarea, summary, [tabindex]")].filter((item) => {
  if (item.tabIndex < 0 || item.disabled || !item.checkVisibility({ visibilityProperty: true })) return false;
  return !(item.type === "radio" && !item.checked && document.querySelector(`[name="${item.name}"]:checked`));
}).map((item) => item.dataset.reach ??= String(document.querySelectorAll("[data-reach]").length))"""
FOCUSED = """() => {
  const item = document.activeElement;
  if (!item || item === document.body) return null;
  const shown = [item, item.closest(".row")].some((at) => at && getComputedStyle(at).outlineStyle !== "none"
    && parseFloat(getComputedStyle(at).outlineWidth) >= 2);
  return [item.dataset.reach ?? "", shown, item.outerHTML.slice(0, 120)];
}"""


def serious(page: Any, options: dict[str, Any] = AXE) -> list[tuple[str, str]]:
    """What axe finds of serious or critical impact: in the box that is open, behind which nothing can be reached, else
    on the page."""
    from axe_playwright_python.sync_playwright import Axe

    box = "dialog[open]"
    found = Axe().run(page, box if page.locator(box).count() else None, options).response["violations"]
    return [(each["id"], node["html"][:160]) for each in found if each["impact"] in ("serious", "critical")
            for node in each["nodes"][:3]]


def looked_at(page: Any, lang: str, direction: str) -> None:
    """Holds a page in its state to what everybody needs of it."""
    where = f"{page.url} {lang}"
    assert (page.get_attribute("html", "lang"), page.get_attribute("html", "dir")) == (lang, direction), where
    assert page.locator("h1").count() == 1 and page.inner_text("h1").strip() and page.title().strip(), where
    assert serious(page) == [], where
    if lang == "fa":  # colours are the same in every language
        page.emulate_media(color_scheme="dark")
        assert serious(page, CONTRAST) == [], f"{where} dark"
        page.emulate_media(color_scheme="light")
    fits(page, where)


def fits(page: Any, where: str) -> None:
    """Holds that a page loses nothing at its sides, with letters of the usual size and of twice that."""
    for size in ("100%", "200%"):
        page.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, f"{where} {size}"
        assert page.evaluate(LOST) == [], f"{where} {size}"
    page.evaluate("() => { document.documentElement.style.fontSize = ''; }")


def walked(page: Any) -> None:
    """Goes through a page by the Tab key: everything is reached, is seen to be, and nothing keeps the focus."""
    wanted = {*page.evaluate(REACHABLE)}
    page.locator(".skip").focus()
    reached = {page.evaluate(FOCUSED)[0]}
    for _ in range(len(wanted) + 12):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at is None or at[0] in reached:
            break
        assert at[1], f"{page.url}: the focus is not seen on {at[2]}"
        reached.add(at[0])
    missed = [page.evaluate("at => document.querySelector(`[data-reach='${at}']`)?.outerHTML.slice(0, 120)", at)
              for at in wanted - reached]
    assert missed == [], page.url


@pytest.fixture
def point(served_shop: Any) -> str:
    """The id of the largest pain point."""
    return str(served_shop.workspace.painpoints()[0]["painpoint_id"])


def queue_states(page: Any, address: str) -> Iterator[str]:
    """The queue's page in its states."""
    page.goto(f"{address}/queue")
    yield "list"
    page.locator(".pick").first.check()
    page.locator(".exports summary").click()
    yield "several chosen, the menu of tables open"
    page.goto(f"{address}/queue?q=zzzz&language=fa")
    yield "nothing found"
    page.goto(f"{address}/queue")
    page.locator(".row .open").nth(1).click()
    page.wait_for_selector("#comment[data-id]")
    yield "a comment"
    for key in ("g", "t", "s", "m"):
        page.keyboard.press(key)
        page.wait_for_selector("#box[open] .option")
        yield f"the question of {key}"
        page.keyboard.press("Escape")
        page.wait_for_selector("#box:not([open])", state="attached")
    page.keyboard.press("?")
    page.wait_for_selector("#keys[open]")
    yield "the keys"
    page.keyboard.press("Escape")


@WORKS
def test_the_queue_in_every_state(visit: Visit, served_shop: Any, lang: str, direction: str) -> None:
    page = visit("دانا", lang, 1280).page
    for _state in queue_states(page, served_shop.address):
        looked_at(page, lang, direction)


@WORKS
def test_all_other_pages(visit: Visit, served_shop: Any, point: str, lang: str, direction: str, tmp_path: Path) -> None:
    page = visit("دانا", lang, 1280).page
    for path in ("/points", f"/points/{point}/split", "/journey", "/digest", "/add", "/people"):
        page.goto(served_shop.address + path)
        looked_at(page, lang, direction)
    page.goto(f"{served_shop.address}/points/{point}")
    page.keyboard.press("r")
    page.locator(".languages summary").click()
    page.keyboard.press("m")
    looked_at(page, lang, direction)
    page.goto(f"{served_shop.address}/map")
    page.wait_for_selector("#unit-map[data-ready]", timeout=30_000)
    page.click("details.map-table summary")
    page.locator("[data-point]").first.click()
    page.wait_for_selector("section[data-chosen] li")
    looked_at(page, lang, direction)
    page.goto(f"{served_shop.address}/add")
    page.set_input_files("#file", {"name": "more.csv", "mimeType": "text/csv",
                                   "buffer": "id,text,date\n1,پیک دیر رسید,2026-05-20\n".encode()})
    page.wait_for_url("**/add/*")
    looked_at(page, lang, direction)


@WORKS
def test_the_door_and_refusals(browser: Any, served_shop: Any, lang: str, direction: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{served_shop.address}/login?lang={lang}")
    looked_at(page, lang, direction)
    page.fill("#name", "nobody")
    page.fill("#password", "no such password")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert page.evaluate("document.activeElement.getAttribute('aria-describedby')") == "wrong"
    looked_at(page, lang, direction)
    page.fill("#name", "Anna")
    page.fill("#password", "four grey horses")
    page.keyboard.press("Enter")
    page.wait_for_url("**/queue*")
    for path in ("/nowhere", "/people", "/queue/0000000000000000"):
        page.goto(served_shop.address + path)
        looked_at(page, lang, direction)
    page.close()


@WORKS
def test_a_phone_and_the_narrowest_window(visit: Visit, served_shop: Any, point: str, lang: str, direction: str
                                          ) -> None:
    page = visit("دانا", lang, 390, has_touch=True, is_mobile=True).page
    page.locator("#narrowing > summary").tap()
    assert serious(page) == []
    page.locator("#narrowing > summary").tap()
    page.locator(".row .open").first.tap()
    page.wait_for_selector("#comment[data-id]")
    comment = page.url.removeprefix(served_shop.address)
    for path in (comment, "/queue", "/points", f"/points/{point}", f"/points/{point}/split", "/digest", "/people"):
        page.goto(served_shop.address + path)
        if lang == "fa":
            assert serious(page) == [], path
        # As wide as 1280 pixels at four times the size.
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate(LOST) == [] and page.evaluate("document.documentElement.scrollWidth") <= 320, path
        page.set_viewport_size({"width": 390, "height": 844})


@WORKS
def test_the_keyboard_reaches_everything_and_is_kept_nowhere(visit: Visit, served_shop: Any, point: str, lang: str,
                                                             direction: str) -> None:
    page = visit("دانا", lang, 1280).page
    page.locator(".row .open").first.press("Enter")
    page.wait_for_selector("#comment[data-id]")
    page.wait_for_function("() => document.activeElement.id === 'comment-title'")  # all that belongs there is there
    walked(page)
    for path in (f"/points/{point}", "/people", "/add"):
        page.goto(served_shop.address + path)
        walked(page)
    page.goto(f"{served_shop.address}/map")
    page.wait_for_selector("#unit-map[data-ready]", timeout=30_000)
    walked(page)
    # The first stop leads past the bar.
    page.goto(f"{served_shop.address}/points")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@WORKS
def test_the_focus_goes_back_to_what_asked(visit: Visit, served_shop: Any, lang: str, direction: str) -> None:
    page = visit("دانا", lang, 1280).page
    page.locator(".row .open").first.press("Enter")
    page.wait_for_selector("#comment[data-id]")
    for opener in ("#act [data-act=g]", "#comment .current [data-set=t]", "#comment .current [data-set=m]"):
        page.locator(opener).press("Enter")
        page.wait_for_selector("#box[open]")
        for _ in range(60):  # as long as the question is open, nothing behind it can be come to
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('#box')")
        page.keyboard.press("Escape")
        page.wait_for_function("at => document.querySelector(at) === document.activeElement", arg=opener)
    page.locator("#keys-button").press("Enter")
    page.wait_for_selector("#keys[open]")
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.activeElement.id === 'keys-button'")
    # Single letters can be switched off.
    page.locator("#keys-button").press("Enter")
    assert page.locator("#keys-on").is_checked()
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("g")
    page.keyboard.press("u")
    page.wait_for_timeout(700)
    assert page.locator("#box[open]").count() == 0 and page.locator("#told .line").count() == 0


def test_nothing_moves_for_who_wants_no_motion_and_other_colours_tell_as_much(visit: Visit, served_shop: Any) -> None:
    visitor = visit("دانا", "fa", 1280)
    page, visitor.refused = visitor.page, 1  # there is nothing to undo
    page.emulate_media(reduced_motion="reduce")
    page.locator(".row .open").first.click()
    page.wait_for_selector("#comment[data-id]")
    page.keyboard.press("u")
    page.wait_for_selector("#told .line")
    moving = """() => [...document.querySelectorAll("*")].filter((item) => {
      const style = getComputedStyle(item);
      return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0
        || style.scrollBehavior === "smooth";
    }).length"""
    assert page.evaluate(moving) == 0
    page.emulate_media(forced_colors="active")
    shown = """(at) => {
      const style = getComputedStyle(document.querySelector(at));
      return style.outlineStyle !== "none" || style.borderTopStyle !== "none";
    }"""
    for part in (".rows > .row.current", "#comment .unit[aria-current]", ".places [aria-current]", "#act button",
                 "#comment .correct [aria-pressed=true]", ".tag"):
        assert page.evaluate(shown, part), part
