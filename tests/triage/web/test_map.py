"""The map in a real browser: what is circled is what is chosen, by mouse and keys, in both directions of writing."""

from __future__ import annotations

import json
import shutil
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from painpoints.config import Settings
from painpoints.pipeline import Workspace

if TYPE_CHECKING:
    from painpoints.encode import Encoder

FEEDBACK = Path(__file__).parents[2] / "pipeline" / "feedback.csv"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A workspace with complaints in four languages; tests work on copies."""
    import painpoints.pipeline.models as models

    path = tmp_path_factory.mktemp("map") / "shop"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "load_encoder", lambda *_, **__: encoder)
        patch.setenv("PAINPOINTS_KEY", "a-key-for-tests-only")
        with Workspace.create(path, Settings()) as made:
            made.add(FEEDBACK)
            made.places()
    return path


@pytest.fixture
def shop(begun: Path, tmp_path: Path) -> Iterator[Workspace]:
    shutil.copytree(begun, tmp_path / "shop")
    with Workspace.open(tmp_path / "shop") as opened:
        yield opened


@pytest.fixture
def site(shop: Workspace, serving: Callable[[Workspace], Any]) -> Iterator[str]:
    """The address of the page, with all that stands before it."""
    with serving(shop) as address:
        yield address


@pytest.fixture
def look(browser: Any, site: str) -> Iterator[Callable[..., Any]]:
    """Opens the map in a language; nothing may go wrong on it unheard."""
    wrong: list[str] = []
    opened: list[Any] = []

    def open_map(lang: str = "en", width: int = 1200, **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{site}/map?lang={lang}")
        page.wait_for_selector("#unit-map[data-ready]", timeout=30_000)
        return page

    yield open_map
    for context in opened:
        context.close()
    assert wrong == []


def points(site: str) -> dict[str, Any]:
    """The map's bytes."""
    body = httpx.get(f"{site}/api/map/points?lang=en", timeout=30).content
    length = struct.unpack_from("<I", body, 4)[0]
    header = json.loads(body[8:8 + length])
    count, at = header["count"], 8 + length
    numbers = struct.unpack_from(f"<{2 * count}f", body, at)
    return {"header": header, "x": numbers[:count], "y": numbers[count:],
            "ids": body[at + 15 * count:].decode().split("\n"),
            "point": struct.unpack_from(f"<{count}H", body, at + 8 * count),
            "within": body[at + 14 * count:at + 15 * count]}


def chosen(page: Any) -> list[str]:
    """The ids that the page has chosen."""
    page.wait_for_function("() => document.querySelector('section[data-chosen]').hidden || "
                           "document.querySelector('section[data-chosen] li')")
    page.wait_for_timeout(250)
    kept = page.evaluate("JSON.parse(sessionStorage.getItem(`map ${location.host}`)).chosen")
    return sorted(str(key) for key in kept)


def screen(page: Any) -> Callable[[float, float], tuple[float, float]]:
    """Where a place of the plane is in the window, as long as nobody has moved the map."""
    page.locator("canvas[tabindex]").scroll_into_view_if_needed()
    box = page.locator("canvas[tabindex]").bounding_box()
    inner = (box["width"] - 2, box["height"] - 2)
    scale = min(inner) * 0.47
    return lambda x, y: (box["x"] + box["width"] / 2 + x * scale, box["y"] + box["height"] / 2 + y * scale)


def circle(page: Any, corners: list[tuple[float, float]]) -> None:
    at = screen(page)
    page.mouse.move(*at(*corners[0]))
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*at(*corner), steps=6)
    page.mouse.up()


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_a_lasso_chooses_what_it_goes_around_and_it_can_be_read(look: Callable[..., Any], site: str, lang: str) -> None:
    page, there = look(lang), points(site)
    page.click("[data-lasso]")
    assert page.get_attribute("[data-lasso]", "aria-pressed") == "true"
    circle(page, [(-1.05, -1.05), (0.1, -1.05), (0.1, 1.05), (-1.05, 1.05)])
    wanted = sorted(key for key, x in zip(there["ids"], there["x"], strict=True) if x < 0.1)
    edge = {key for key, x in zip(there["ids"], there["x"], strict=True) if abs(x - 0.1) < 0.01}
    assert 3 < len(wanted) < len(there["ids"]) and set(chosen(page)) ^ set(wanted) <= edge
    first = page.locator("section[data-chosen] li").first
    assert first.locator("a bdi").get_attribute("dir") == "auto" and first.locator("a bdi").inner_text()
    assert first.locator("a").get_attribute("href").startswith("/queue/")
    told = {"fa": "نظرهای انتخاب‌شده", "en": "Opinions chosen"}[lang]
    assert told in page.inner_text("[data-count]") and told in page.inner_text("[data-heard]")
    assert page.get_attribute("html", "dir") == {"fa": "rtl", "en": "ltr"}[lang]


def test_keys_alone_choose_a_rectangle_and_let_it_go_again(look: Callable[..., Any], site: str) -> None:
    page, there = look(), points(site)
    page.locator("canvas[tabindex]").focus()
    for _ in range(12):
        page.keyboard.press("Shift+ArrowLeft")
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    box = page.locator("canvas[tabindex]").bounding_box()
    reach = 12 * 28 / ((min(box["width"], box["height"]) - 2) * 0.47)
    wanted = sorted(key for key, x, y in zip(there["ids"], there["x"], there["y"], strict=True)
                    if -reach < x < 0 < y < reach)
    assert wanted and chosen(page) == wanted
    page.keyboard.press("Escape")
    assert chosen(page) == []


def test_the_opinion_at_the_cross_is_told_and_space_takes_it(look: Callable[..., Any]) -> None:
    page = look()
    page.locator("canvas[tabindex]").focus()
    page.keyboard.press("-")
    for key in ("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
        page.wait_for_timeout(250)
        if page.locator("[data-tip]").is_visible():
            break
    assert page.inner_text("[data-tip] bdi") in page.inner_text("[data-heard]")
    page.keyboard.press(" ")
    assert len(chosen(page)) == 1
    page.keyboard.press(" ")
    assert chosen(page) == []


def test_a_pain_point_chosen_from_the_table_is_chosen_on_the_map(look: Callable[..., Any], site: str) -> None:
    page, there = look("ar"), points(site)
    page.click("details.map-table summary")
    button = page.locator("[data-point]").first
    place = [point["id"] for point in there["header"]["painpoints"]].index(button.get_attribute("data-point")) + 1
    button.click()
    assert chosen(page) == sorted(key for key, of in zip(there["ids"], there["point"], strict=True) if of == place)


def test_what_the_legend_hides_is_neither_drawn_nor_chosen(look: Callable[..., Any], site: str) -> None:
    page, there = look("ru"), points(site)
    page.select_option("#map-colour", "sentiment")
    page.locator("[data-legend] input").first.uncheck()
    page.wait_for_timeout(300)
    shown = int(page.get_attribute("#unit-map", "data-shown"))
    assert 0 < shown < len(there["ids"])
    page.keyboard.down("Shift")
    circle(page, [(-1.1, -1.05), (1.1, -1.05), (1.1, 1.05), (-1.1, 1.05)])
    page.keyboard.up("Shift")
    assert len(chosen(page)) == shown
    page.click("[data-all]")
    page.wait_for_timeout(300)
    assert int(page.get_attribute("#unit-map", "data-shown")) == len(there["ids"])


def test_chosen_opinions_become_a_pain_point(look: Callable[..., Any], shop: Workspace, site: str) -> None:
    there = points(site)
    page, before = look(), {point["painpoint_id"] for point in shop.painpoints()}
    page.keyboard.down("Shift")
    circle(page, [(-1.05, -1.05), (0.3, -1.05), (0.3, 1.05), (-1.05, 1.05)])
    page.keyboard.up("Shift")
    taken = chosen(page)
    page.fill("#map-title", "Мой <b>новый</b> 'пункт'")
    page.click("section[data-chosen] form button.main")
    page.wait_for_selector("#told a", timeout=30_000)
    assert page.inner_text("#told bdi") == "Мой <b>новый</b> 'пункт'"
    born = next(point for point in shop.painpoints() if point["painpoint_id"] not in before)
    problems = {key for key, within in zip(there["ids"], there["within"], strict=True) if within}
    gathered = set(shop.units_of(born["painpoint_id"])["unit_id"])
    assert born["title"] == "Мой <b>новый</b> 'пункт'" and gathered & set(there["ids"]) == problems & set(taken)
    assert len(problems & set(taken)) > 1
    page.wait_for_selector("#unit-map[data-turn='1']")
    assert chosen(page) == []
    # The table follows, and what is in it can be chosen.
    page.click("details.map-table summary")
    assert page.locator(".map-table tbody tr").count() == len([one for one in shop.painpoints() if one["units"]])
    page.click(f"[data-point='{born['painpoint_id']}']")
    assert set(chosen(page)) == gathered & set(there["ids"])
    page.click("[data-home]")
    page.keyboard.down("Shift")
    circle(page, [(-1.05, -1.05), (0.3, -1.05), (0.3, 1.05), (-1.05, 1.05)])
    page.keyboard.up("Shift")
    assert chosen(page) == taken


@pytest.mark.parametrize("lang", ["fa", "ar", "ru", "en"])
def test_what_is_chosen_is_corrected_at_once_and_taken_back(look: Callable[..., Any], shop: Workspace, lang: str
                                                            ) -> None:
    page = look(lang)

    def choose() -> list[str]:
        page.keyboard.down("Shift")
        circle(page, [(-1.05, -1.05), (1.05, -1.05), (1.05, 1.05), (-1.05, 1.05)])
        page.keyboard.up("Shift")
        return chosen(page)

    def correct(said: str, turn: int) -> None:
        page.select_option("#map-set", said)
        page.click("form[data-correct] button")
        page.wait_for_selector(f"#unit-map[data-turn='{turn}']", timeout=30_000)
        assert chosen(page) == [] and page.is_visible("#told .line [form=undo]")

    units, taken = shop.data().units, choose()
    correct("sentiment:pos", 1)
    assert set(shop.data().units.filter(units["unit_id"].is_in(taken))["sentiment"]) == {"pos"}
    point = max(shop.painpoints(), key=lambda one: one["units"])["painpoint_id"]
    assert choose() == taken
    correct(f"point:{point}", 2)
    after = shop.data().units
    assert set(after.filter(after["is_problem"])["painpoint_id"]) == {point}
    assert page.locator(".map-table tbody tr").count() == 1
    for column in ("painpoint_id", "sentiment"):
        with page.expect_navigation():
            page.keyboard.press("u") if column == "sentiment" else page.click("#told [form=undo]")
        page.wait_for_selector("#unit-map[data-ready]", timeout=30_000)
        assert shop.data().units[column].to_list() == units[column].to_list()


@pytest.mark.parametrize(("lang", "scheme"), [("fa", "dark"), ("en", "light")])
def test_on_a_phone_nothing_is_wider_than_it_and_the_map_is_drawn(look: Callable[..., Any], lang: str, scheme: str
                                                                ) -> None:
    page = look(lang, width=390, color_scheme=scheme, has_touch=True, device_scale_factor=2)
    page.locator("details.map-table summary").tap()
    page.locator("[data-point]").first.tap()
    assert chosen(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    colours = page.evaluate("""() => {
        const canvas = document.querySelector('canvas[tabindex]');
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        return new Set(new Uint32Array(data.buffer)).size;
    }""")
    assert colours > 10


def test_nothing_serious_stands_in_the_way_of_assistive_technology(look: Callable[..., Any]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = look("fa")
    page.keyboard.down("Shift")
    circle(page, [(-1.05, -1.05), (1.05, -1.05), (1.05, 1.05), (-1.05, 1.05)])
    page.keyboard.up("Shift")
    chosen(page)
    page.click("details.map-table summary")
    found = Axe().run(page).response["violations"]
    assert [entry["id"] for entry in found if entry["impact"] in ("serious", "critical")] == []


def test_what_is_asked_of_the_map_s_addresses_is_checked(site: str) -> None:
    with httpx.Client(base_url=site, timeout=30) as client:
        assert client.get("/api/map/units").status_code == 422
        assert client.get("/api/map/units", params={"id": "<script>"}).status_code == 422
        assert client.get("/api/map/units", params=[("id", f"u{n}") for n in range(51)]).status_code == 422
        assert client.get("/api/map/units", params={"id": "0000000000000000"}).json() == []
        assert client.post("/api/map/gather", json={"unit_ids": ["a"]}).status_code == 403
        client.get("/map")
        token = client.get("/map").text.split('name="csrf" content="')[1].split('"')[0]
        headers = {"X-CSRF-Token": token}
        assert client.post("/api/map/gather", json={"unit_ids": []}, headers=headers).status_code == 422
        gone = client.post("/api/map/gather", json={"unit_ids": ["0000000000000000"]}, headers=headers)
        assert gone.status_code == 404 and "error" in gone.json()


def test_a_map_that_takes_its_time_says_so_and_comes(site: str, monkeypatch: pytest.MonkeyPatch, shop: Workspace,
                                                     look: Callable[..., Any]) -> None:
    from painpoints.triage.web.pages import map as page_of_map

    monkeypatch.setattr(page_of_map, "PATIENCE", 0.05)
    ready, places = threading.Event(), shop.places
    monkeypatch.setattr(shop, "places", lambda data: ready.wait(20) and places(data))
    assert httpx.get(f"{site}/api/map/points", timeout=30).status_code == 202
    threading.Timer(1.0, ready.set).start()
    assert look().get_attribute("#unit-map", "data-ready") == "true"


def kept_view(page: Any) -> dict[str, float]:
    """Where the map is looked at, as the page keeps it."""
    page.wait_for_timeout(250)
    return dict(page.evaluate("JSON.parse(sessionStorage.getItem(`map ${location.host}`))"))


def test_fingers_draw_a_lasso_and_two_of_them_zoom(look: Callable[..., Any], site: str) -> None:
    page, there = look("ar", width=390, has_touch=True, is_mobile=True), points(site)
    hand = page.context.new_cdp_session(page)
    at = screen(page)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(at(*place) for place in places)]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    touch("touchStart", (-0.2, 0.0), (0.2, 0.0))
    for reach in (0.25, 0.3, 0.4):
        touch("touchMove", (-reach, 0.0), (reach, 0.0))
    touch("touchEnd")
    assert kept_view(page)["zoom"] > 1.3
    page.locator("[data-home]").tap()
    page.locator("[data-lasso]").tap()
    at = screen(page)
    touch("touchStart", (-1.05, -1.05))
    for corner in ((0.0, -1.05), (1.05, -1.05), (1.05, 1.05), (-1.05, 1.05)):
        touch("touchMove", corner)
    touch("touchEnd")
    assert chosen(page) == sorted(there["ids"])


def test_a_click_opens_the_comment_and_who_comes_back_finds_the_map_as_it_was(look: Callable[..., Any], site: str
                                                                             ) -> None:
    page, there = look(), points(site)
    page.select_option("#map-colour", "lang")
    page.keyboard.down("Shift")
    circle(page, [(-1.05, -1.05), (0.1, -1.05), (0.1, 1.05), (-1.05, 1.05)])
    page.keyboard.up("Shift")
    before = chosen(page)
    place = screen(page)(there["x"][0], there["y"][0])
    page.mouse.move(*place)
    page.wait_for_selector("[data-tip] bdi")
    said = page.inner_text("[data-tip] bdi")
    page.mouse.click(*place)
    page.wait_for_url("**/queue/*")
    assert said
    page.goto(f"{site}/map?lang=en")
    page.wait_for_selector("#unit-map[data-ready]")
    assert chosen(page) == before and page.input_value("#map-colour") == "lang"
