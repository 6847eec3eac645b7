"""The page in a real browser, every text in it hostile: no script runs, nothing is asked of other places."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from conftest import Planted

POINT = "0PARCEL0000000000000000000"


@dataclass
class Watched:
    """A page, and whatever happened on it that must not."""

    page: Any
    address: str
    wrong: list[str] = field(default_factory=list)

    def see(self, path: str) -> None:
        """Opens an address and waits until it has settled."""
        self.page.goto(self.address + path)
        self.page.wait_for_load_state("load")

    def settle(self) -> None:
        """Waits for what scripts of the page do."""
        self.page.wait_for_timeout(250)


@pytest.fixture(scope="module")
def served(hostile: Planted, on_the_network: Callable[[Planted], AbstractContextManager[str]]) -> Iterator[str]:
    """Where the hostile workspace is served."""
    with on_the_network(hostile) as address:
        yield address


@pytest.fixture
def visit(browser: Any, served: str) -> Iterator[Callable[..., Watched]]:
    """A page of somebody who has signed in; nothing may go wrong on it unseen."""
    opened: list[tuple[Any, Watched]] = []

    def visited(locale: str) -> Watched:
        context = browser.new_context(locale=locale, viewport={"width": 1300, "height": 900})
        context.add_init_script("addEventListener('securitypolicyviolation', e => console.error('CSP', e.blockedURI))")
        page = context.new_page()
        seen = Watched(page, served)
        page.on("dialog", lambda dialog: (seen.wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("console", lambda said: seen.wrong.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: seen.wrong.append(str(error)))
        page.on("request", lambda asked: seen.wrong.append(f"asked {asked.url}") if not asked.url.startswith(
            (served, "blob:", "data:")) else None)
        page.on("popup", lambda popup: seen.wrong.append(f"popup {popup.url}"))
        page.on("framenavigated", lambda frame: seen.wrong.append(f"frame {frame.url}") if frame.parent_frame else None)
        opened.append((context, seen))
        seen.see("/login")
        page.fill("#name", "the admin")
        page.fill("#password", "four grey horses")
        page.click("button.main")
        return seen

    yield visited
    for context, _ in opened:
        context.close()
    assert [wrong for _, seen in opened for wrong in seen.wrong] == []


def test_what_slips_through_is_stopped_by_the_policy_and_seen_here(visit: Callable[..., Watched]) -> None:
    seen = visit("ru-RU")
    seen.see("/points")
    for mark_up in ("<img src=x onerror=alert(1)>", "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
                    "<a href='javascript:alert(1)' id=lure>x</a>", "<style>body{color:red}</style>"):
        seen.page.evaluate("it => document.body.insertAdjacentHTML('beforeend', it)", mark_up)
    seen.page.evaluate("document.getElementById('lure').click()")
    seen.page.evaluate("fetch('https://evil.example/').catch(() => 0)")
    seen.settle()
    assert sum("CSP" in wrong for wrong in seen.wrong) >= 4 and not any("dialog" in wrong for wrong in seen.wrong)
    assert seen.page.evaluate("window.hit === undefined && getComputedStyle(document.body).color !== 'rgb(255, 0, 0)'")
    seen.wrong.clear()


@pytest.mark.parametrize("locale", ["fa-IR", "en-GB"])
def test_no_script_of_a_customer_runs(hostile: Planted, visit: Callable[..., Watched], locale: str) -> None:
    seen = visit(locale)
    page = seen.page
    for path in ("/queue?status=all", "/points?proposals=all", f"/points/{POINT}", f"/points/{POINT}/split", "/journey",
                 "/digest", "/people", "/add", f"/add/{hostile.upload}",
                 f"/queue?q={quote(hostile.words[6])}&source={quote(hostile.words[0])}",
                 f"/points?q={quote(hostile.words[60])}", "/queue/" + quote("<img src=x onerror=alert(1)>", safe="")):
        page.goto(seen.address + path)
        assert page.query_selector("h1, h2") is not None, path
        assert page.evaluate("document.querySelectorAll('main script, iframe, object, embed, base, [onerror], [onload]'"
                             ").length") == 0, path
        assert hostile.workspace.path.name in page.title(), path
    seen.wrong[:] = [wrong for wrong in seen.wrong if "404" not in wrong]  # the browser notes the page there is none of


def test_no_script_of_a_customer_runs_in_what_scripts_of_the_page_put_there(
        hostile: Planted, visit: Callable[..., Watched]) -> None:
    seen = visit("ar")
    page = seen.page
    seen.see("/queue?status=all")
    for _ in range(12):
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        seen.settle()
    assert page.inner_text("#comment")
    for key in ("g", "m", "t"):
        page.keyboard.press(key)
        page.wait_for_selector("#box[open]", timeout=10_000)
        seen.settle()
        page.keyboard.press("Escape")
    page.fill("#q", "<img src=x onerror=alert(1)>")
    seen.settle()
    seen.settle()
    seen.see("/map")
    page.wait_for_selector("#unit-map[data-ready]", timeout=60_000)
    for colour in ("sentiment", "touchpoint", "lang", "painpoint"):
        page.select_option("#map-colour", colour)
    box = page.locator(".map-stage canvas").first.bounding_box()
    for step in range(25):
        page.mouse.move(box["x"] + box["width"] * (.1 + .8 * (step % 5) / 4),
                        box["y"] + box["height"] * (step // 5 + .5) / 5)
    page.click("details.map-table summary")
    for button in page.query_selector_all("[data-point]")[:3]:
        button.click()
        seen.settle()
    page.wait_for_selector(".map-chosen ol li")
    assert page.evaluate("document.querySelectorAll('main img, main script, main iframe, main [onerror]').length") == 0
