"""The rest of the morning in a real browser: pain points, journey, digest, map, a table to keep; and on a phone."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

WORKS = pytest.mark.parametrize(("lang", "me"), [("fa", "سارا"), ("en", "Anna")])
TITLE = {"fa": "پیک‌ها دیر می‌رسند <b>", "en": "Couriers come late <b>"}
Visit = Callable[..., Any]


def opinions(shop: Any, point: str) -> set[str]:
    """The opinions in a pain point."""
    return {*shop.workspace.units_of(point)["unit_id"]}


def edits(you: Any, do: Callable[[], None]) -> str:
    """Does something to a pain point, and gives the id of the one that is shown then."""
    with you.page.expect_navigation(url="**/points/*told=*"):
        do()
    assert you.page.inner_text("main .done")
    return str(you.page.url.split("/points/")[1].split("?")[0])


def taken_back(you: Any, begun: dict[str, Any]) -> None:
    """Takes the last edit back by its key: all is as it was."""
    you.page.evaluate("document.activeElement.blur()")
    with you.page.expect_navigation():
        you.press("u")
    you.page.wait_for_selector("#told .line")
    assert you.shop.standing() == begun


@WORKS
def test_pain_points_are_edited_by_hand_and_every_edit_is_taken_back(visit: Visit, served_shop: Any, lang: str, me: str
                                                                     ) -> None:
    shop, you = served_shop, visit(me, lang)
    page, begun = you.page, served_shop.standing()
    page.locator('nav.places a[href="/points"]').press("Enter")
    page.wait_for_selector("table.points")
    keys = page.eval_on_selector_all("table.points th a", "all => all.map(e => e.pathname.split('/').pop())")
    assert {*keys} == {*begun["points"]}
    page.locator("table.points th a").first.press("Enter")
    page.wait_for_selector(".opinions li")
    key, other = keys[0], keys[1]
    here, members = f"{shop.address}/points/{key}", opinions(shop, key)
    before = page.inner_text("h1")

    you.press("r")
    page.wait_for_selector("#title:focus")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(TITLE[lang])
    assert edits(you, lambda: page.keyboard.press("Enter")) == key
    assert page.inner_text("h1") == TITLE[lang] == shop.standing()["points"][key][0]
    taken_back(you, begun)
    assert page.inner_text("h1") == before

    page.goto(here)
    you.press("m")
    page.wait_for_selector("#into:focus")
    page.select_option("#into", other)
    assert edits(you, lambda: page.locator(f'form[action="/points/{key}/merge"] button.main').press("Enter")) == other
    assert members < opinions(shop, other) and shop.standing()["points"][key][3] == other
    taken_back(you, begun)

    page.goto(here)
    you.press("s")
    page.wait_for_selector(".halves")
    stay, go = (page.eval_on_selector_all(f"section[aria-labelledby={side}] input[value={side}]",
                                          "all => all.map(e => e.name.slice(5))") for side in ("staying", "going"))
    assert {*stay} | {*go} == members and stay and go
    page.locator(f'[name="unit-{stay[0]}"][value=going]').focus()
    page.keyboard.press(" ")
    born = edits(you, lambda: page.locator("main button.main").press("Enter"))
    assert opinions(shop, born) == {*go, stay[0]} and opinions(shop, key) == {*stay[1:]}
    taken_back(you, begun)

    for path, stands in (("pin", ("open", 1)), ("retire", ("retired", 0))):
        page.goto(here)
        edits(you, lambda path=path: page.locator(f'form[action$="/{path}"] button').press("Enter"))
        assert shop.standing()["points"][key][1:3] == stands
        taken_back(you, begun)

    page.goto(here)
    two = page.eval_on_selector_all('.opinions [name="unit"]', "all => all.slice(0, 2).map(e => e.value)")
    for unit in two:
        page.locator(f'.opinions [value="{unit}"]').check()
    page.fill("#new-title", TITLE[lang])
    born = edits(you, lambda: page.locator("button[value=gather]").press("Enter"))
    assert opinions(shop, born) == {*two} and shop.standing()["points"][born][0] == TITLE[lang]
    taken_back(you, begun)

    page.goto(here)
    page.locator(f'.opinions [value="{two[0]}"]').check()
    edits(you, lambda: page.locator("button[value=release]").press("Enter"))
    assert opinions(shop, key) == members - {two[0]} and shop.unit("painpoint_id", two[0]) is None
    taken_back(you, begun)


@WORKS
def test_journey_digest_map_and_a_table_to_take_away(visit: Visit, served_shop: Any, lang: str, me: str, tmp_path: Path
                                                     ) -> None:
    shop, you = served_shop, visit(me, lang)
    page, begun = you.page, served_shop.standing()
    names = shop.workspace.edition(lang)
    page.locator('nav.places a[href="/journey"]').press("Enter")
    page.wait_for_selector(".journey-map")
    assert all(names.touchpoint(code) in page.inner_text(".journey-map") for code in ("delivery", "payment", "support"))
    page.locator('nav.places a[href="/digest"]').press("Enter")
    page.wait_for_selector(".digest")
    assert page.locator(".digest section").count() >= 5 and page.locator(".digest .pains li").count() >= 1
    title = page.inner_text(".digest h1")
    you.press("k")
    page.wait_for_url("**week=*")
    assert page.inner_text(".digest h1") != title

    page.locator('nav.places a[href="/map"]').press("Enter")
    page.wait_for_selector("#unit-map[data-ready]", timeout=30_000)
    canvas = page.locator("canvas[tabindex]")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.keyboard.down("Shift")
    corners = [(.02, .02), (.98, .02), (.98, .98), (.02, .98)]
    for number, (x, y) in enumerate(corners):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=6)
        if not number:
            page.mouse.down()
    page.mouse.up()
    page.keyboard.up("Shift")
    page.wait_for_selector("section[data-chosen] ol li")
    page.fill("#map-title", TITLE[lang])
    page.locator("section[data-chosen] form button.main").press("Enter")
    page.wait_for_selector("#told a", timeout=30_000)
    (born,) = {*shop.standing()["points"]} - {*begun["points"]}
    problems = shop.workspace.data().units.filter(is_problem=True)
    assert shop.standing()["points"][born][0] == TITLE[lang] and opinions(shop, born) == {*problems["unit_id"]}
    taken_back(you, begun)

    page.goto(f"{shop.address}/queue?language={lang}")
    page.locator(".exports summary").press("Enter")
    with page.expect_download() as taken:
        page.locator('.exports a[href*="comments.csv"]').first.press("Enter")
    taken.value.save_as(tmp_path / "comments.csv")
    with (tmp_path / "comments.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row[names.say("sheet.comment_id")] for row in rows] == you.rows() and "Persona" not in str(rows)


@WORKS
def test_on_a_phone_under_fingers_a_comment_is_opened_dealt_with_and_left(visit: Visit, served_shop: Any, lang: str,
                                                                          me: str) -> None:
    shop = served_shop
    begun = shop.standing()
    you = visit(me, lang, 390, has_touch=True, is_mobile=True, device_scale_factor=2)
    page = you.page
    doc = you.rows()[1]

    def fits() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390

    fits()
    page.locator(f"#open-{doc}").tap()
    page.wait_for_selector(f'#comment[data-id="{doc}"]')
    assert not page.locator("#list").is_visible()
    fits()
    for item in page.locator("#act button, #comment .correct button, #comment .correct a").all():
        if item.is_visible():
            size = item.bounding_box()
            assert size["height"] >= 40 and size["width"] >= 40
    with page.expect_response("**/queue/act*"):
        page.locator("#act [value=take]").tap()
    page.wait_for_selector("#standing .mine")
    assert shop.entry(doc)[:2] == ("mine", me)
    page.locator("#back").tap()
    page.wait_for_selector(f"#row-{doc} .state.mine")
    assert page.locator("#list").is_visible()
    page.locator(f"#open-{doc}").tap()
    page.wait_for_selector(f'#comment[data-id="{doc}"]')
    page.go_back()
    page.wait_for_selector("#list")
    assert page.locator("#list").is_visible()
    with page.expect_response("**/undo"):
        page.locator("#undo button").tap()
    assert shop.standing() == begun
    page.wait_for_selector(f'#comment[data-id="{doc}"]')  # what was undone is shown
    page.locator("#back").tap()
    page.locator("#narrowing > summary").tap()
    with page.expect_response("**/queue?*language=*"):
        page.select_option("#f-language", lang)
    page.wait_for_selector(".chips .chip")
    fits()
    for path in ("/points", f"/points/{next(iter(begun['points']))}", f"/points/{next(iter(begun['points']))}/split",
                 "/journey", "/digest", "/map", "/add"):
        page.goto(shop.address + path)
        fits()
