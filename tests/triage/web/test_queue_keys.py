"""The queue in a real browser: everything by keys, focus never lost, a colleague's work appears, axe finds nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from painpoints.triage import Queue

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace

FOCUS = "document.activeElement.closest('.row')?.dataset.id ?? document.activeElement.id"
# What a Persian keyboard gives for the keys of j, k, d, u, x, 2.
PERSIAN = {"j": "ت", "k": "ن", "d": "ی", "u": "ع", "x": "ط", "2": "۲"}


@pytest.fixture
def database() -> None:
    """Keys do not hang on where the state is."""


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    """A wide page that takes down what goes wrong on it."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on("console", lambda told: page.wrong.append(told.text) if told.type == "error" else None)
    yield page
    context.close()


def until(page: Any, expression: str) -> None:
    """Waits for what the page's own policy does not let it ask itself."""
    end = time.monotonic() + 10
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        time.sleep(0.03)


def press(page: Any, key: str, lang: str) -> None:
    """A key as a keyboard of that language gives it."""
    if lang == "fa" and key in PERSIAN:
        code = f"Digit{key}" if key.isdigit() else f"Key{key.upper()}"
        page.evaluate("""([key, code]) => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", {key, code, bubbles: true, cancelable: true}))""", [PERSIAN[key], code])
    else:
        page.keyboard.press(key)


def listed(page: Any) -> list[str]:
    found: list[str] = page.eval_on_selector_all("#rows > .row", "rows => rows.map(row => row.dataset.id)")
    return found


def opened(page: Any, doc_id: str) -> None:
    page.wait_for_selector(f'#comment[data-id="{doc_id}"]')
    until(page, "!document.querySelector('.htmx-request')")


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_a_morning_by_keys(tab: Any, site: str, written_shop: Workspace, lang: str) -> None:
    queue = Queue(written_shop.folder.state, "x")
    tab.goto(f"{site}/queue?lang={lang}")
    until(tab, "document.documentElement.classList.contains('scripted')")
    ids = listed(tab)
    press(tab, "j", lang)
    assert tab.evaluate(FOCUS) == ids[0]
    press(tab, "j", lang)
    assert tab.evaluate(FOCUS) == ids[1]
    press(tab, "k", lang)
    assert tab.evaluate(FOCUS) == ids[0]
    tab.keyboard.press("Enter")
    opened(tab, ids[0])
    until(tab, "document.activeElement.id === 'comment-title'")
    press(tab, "j", lang)
    opened(tab, ids[1])
    until(tab, f"location.pathname === '/queue/{ids[1]}'")
    press(tab, "d", lang)
    opened(tab, ids[2])
    assert queue.entry(ids[1]).status == "done" and ids[1] not in listed(tab)
    until(tab, "document.activeElement.id === 'comment-title'")
    press(tab, "u", lang)
    opened(tab, ids[1])
    assert queue.entry(ids[1]).status == "new" and ids[1] in listed(tab)
    until(tab, "document.activeElement !== document.body")
    press(tab, "2", lang)
    tab.wait_for_selector('.opinion.current [data-set="2"][aria-pressed="true"]')
    until(tab, "document.activeElement !== document.body")
    tab.keyboard.press("Escape")
    until(tab, f"({FOCUS}) === '{ids[1]}'")
    press(tab, "x", lang)
    press(tab, "j", lang)
    press(tab, "x", lang)
    chosen = tab.eval_on_selector_all(".pick:checked", "picks => picks.map(pick => pick.value.split('@')[0])")
    assert len(chosen) == 2 and chosen[0] == ids[1]
    press(tab, "d", lang)
    until(tab, f"!document.getElementById('row-{chosen[1]}')")
    assert {queue.entry(name).status for name in chosen} == {"done"} and not {*chosen} & {*listed(tab)}
    until(tab, "document.activeElement !== document.body")
    assert tab.wrong == []


def test_questions_are_asked_and_answered_by_keys(tab: Any, site: str, written_shop: Workspace) -> None:
    queue = Queue(written_shop.folder.state, "x")
    tab.goto(f"{site}/queue?lang=en")
    first = listed(tab)[0]
    tab.keyboard.press("j")
    tab.keyboard.press("o")
    opened(tab, first)
    tab.keyboard.press("t")
    tab.wait_for_selector("#box[open] .sift:focus")
    tab.keyboard.type("اپلیکیش")
    until(tab, "[...document.querySelectorAll('#box .option')].filter(o => o.offsetParent).length === 1")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#box:not([open])", state="attached")
    until(tab, "document.querySelector('.opinion.current .pick-touchpoint bdi').textContent.includes('pp')")
    tab.keyboard.press("g")
    tab.wait_for_selector("#box[open] #to")
    tab.fill("#to", "علي")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#standing .mine")
    assert queue.entry(first).assignee == "علي"
    tab.keyboard.press("?")
    tab.wait_for_selector("#keys[open]")
    tab.uncheck("#keys-on")
    tab.keyboard.press("Escape")
    tab.keyboard.press("d")
    time.sleep(0.3)
    assert queue.entry(first).status == "mine" and tab.wrong == []


@pytest.mark.parametrize("lang", ["fa", "ar", "ru", "en"])
def test_the_list_of_keys_and_their_switch_are_on_every_page(tab: Any, site: str, lang: str) -> None:
    # In all languages the same list: two of them are enough to see it everywhere.
    for path in ("queue", "points", "journey", "map", "digest", "add") if lang in ("fa", "en") else ("queue",):
        tab.goto(f"{site}/{path}?lang={lang}")
        tab.keyboard.press("?")
        tab.wait_for_selector("#keys[open]")
        assert tab.is_checked("#keys-on") and tab.locator("#keys dt").count() > 20
        assert tab.get_attribute("#undo button", "aria-keyshortcuts") == "u"
        tab.keyboard.press("Escape")
    tab.click("#keys-button")
    tab.uncheck("#keys-on")
    tab.keyboard.press("Escape")
    for path in ("digest", "queue"):
        tab.goto(f"{site}/{path}?lang={lang}")
        until(tab, "document.documentElement.classList.contains('keyless')")
        assert tab.locator("[aria-keyshortcuts]").count() == 0 and not tab.is_visible("#undo kbd")
        tab.keyboard.press("?")
        assert tab.locator("#keys[open]").count() == 0
    # What is put in later says nothing of keys either; the button still leads to the switch.
    tab.click("#rows .open")
    tab.wait_for_selector("#act")
    until(tab, "!document.querySelector('[aria-keyshortcuts]')")
    tab.click("#keys-button")
    tab.check("#keys-on")
    assert tab.get_attribute("#act [value=done]", "aria-keyshortcuts") == "d" and tab.wrong == []


def test_a_colleague_s_work_appears_and_what_is_being_written_stays(tab: Any, site: str, written_shop: Workspace
                                                                    ) -> None:
    tab.goto(f"{site}/queue?lang=en")
    ids = listed(tab)
    tab.keyboard.press("j")
    tab.keyboard.press("o")
    opened(tab, ids[0])
    tab.keyboard.press("n")
    tab.keyboard.type("half a word")
    Queue(written_shop.folder.state, "Ali").assign(ids[:3], "Ali", "I have it")
    until(tab, "document.getElementById('news').textContent.includes('took 3')")
    assert tab.locator("#rows .state.mine").count() == 3
    assert tab.input_value("#note") == "half a word" and tab.evaluate(FOCUS) == "note"
    assert "Ali" in tab.inner_text("#standing")
    tab.click("#act [value=done]")
    tab.wait_for_selector("#told .failure")
    assert tab.input_value("#note") == "half a word" and "I have it" in tab.inner_text("#note-field")
    assert Queue(written_shop.folder.state, "x").entry(ids[0]).status == "mine"


def test_a_phone_shows_one_thing_at_a_time_and_leads_back(browser: Any, site: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{site}/queue?lang=fa")
    third = page.locator(".row .open").nth(2)
    third.click()
    page.wait_for_selector("#comment[data-id]")
    assert not page.locator("#rows").is_visible() and page.locator("#comment-title").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.click("#back")
    assert page.locator("#rows").is_visible() and page.evaluate("location.pathname") == "/queue"
    page.go_back()
    page.wait_for_selector("#comment[data-id]")
    context.close()


@pytest.mark.parametrize("lang", ["fa", "ar", "ru", "en"])
def test_axe_finds_nothing_serious(tab: Any, site: str, lang: str) -> None:
    tab.goto(f"{site}/queue?lang={lang}&touchpoint=delivery")
    tab.click(".row .open")
    tab.wait_for_selector("#comment[data-id]")
    tab.check(".pick >> nth=0")
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        found = Axe().run(tab).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found
                if each["impact"] in ("serious", "critical")] == []
    assert tab.wrong == []
