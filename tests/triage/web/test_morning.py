"""A community manager's morning in a real browser, right to left and left to right: every step undone at its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

FA, EN = ("سارا", "رضا"), ("Anna", "Ben")
pytestmark = pytest.mark.long
WORKS = pytest.mark.parametrize(("lang", "me", "colleague"), [("fa", *FA), ("en", *EN)])
ASKED = {"fa": "كيفيت 3 ساعت", "en": "fabric ٣ hours"}
"""Typed with the letters and digits of another keyboard."""
FOUND = {"fa": "کیفیت پارچه عالی بود. ولی پیک ۳ ساعت", "en": "The fabric is lovely. But the courier came 3 hours"}
FIRE = {"fa": "شارژر دیشب آتش گرفت", "en": "The charger caught fire"}
CUE = {"fa": "آتش گرفت", "en": "caught fire"}
CRASH = {"fa": "هر بار که پرداخت می‌زنم", "en": "Every time I press pay"}
Visit = Callable[..., Any]


def comment(shop: Any, words: str) -> str:
    """The id of the comment with these words."""
    documents = shop.workspace.data().documents
    (found,) = documents.filter(documents["text"].str.contains(words, literal=True))["doc_id"]
    return str(found)


def opened(page: Any) -> str | None:
    """The id of the comment that is open."""
    found = page.get_attribute("#comment", "data-id")
    return None if found is None else str(found)


def opens(page: Any, doc_id: str) -> None:
    """Waits until a comment is open."""
    page.wait_for_selector(f'#comment[data-id="{doc_id}"]')


def focused(page: Any, selector: str) -> None:
    """Waits until the focus is where it is to be."""
    page.wait_for_function("wanted => document.activeElement?.matches(wanted)", arg=selector)


@WORKS
def test_a_morning_at_the_queue(visit: Visit, served_shop: Any, lang: str, me: str, colleague: str) -> None:
    begun = served_shop.standing()
    you = visit(me, lang)
    page, shop = you.page, served_shop
    assert page.get_attribute("html", "lang") == lang
    assert page.get_attribute("html", "dir") == ("rtl" if lang == "fa" else "ltr")

    # Find: by touchpoint and language, then by words typed on another keyboard.
    units, documents = shop.workspace.data().units, shop.workspace.data().documents
    everything = you.rows()
    with page.expect_response("**/queue?*touchpoint=delivery*"):
        page.select_option("#f-touchpoint", "delivery")
    page.wait_for_selector(".chips .chip")
    with page.expect_response("**/queue?*language=*"):
        page.select_option("#f-language", lang)
    page.wait_for_function("() => document.querySelectorAll('.chips .chip').length === 2")
    about = {*units.filter(touchpoint="delivery")["doc_id"]}
    shown = you.rows()
    assert shown and {*shown} <= about and {*units.filter(doc_id=shown[0])["lang"]} == {lang}
    page.locator(".chips .quiet").press("Enter")
    page.wait_for_function("() => !document.querySelector('.chips')")
    assert you.rows() == everything and len(documents) == 84
    page.evaluate("document.activeElement.blur()")
    you.press("/")
    page.keyboard.insert_text(ASKED[lang])
    page.wait_for_function("() => document.querySelectorAll('#rows > .row').length === 1")
    assert you.rows() == [comment(shop, FOUND[lang])] and page.locator(".row mark.found").count() >= 2
    page.keyboard.press("Escape")
    page.fill("#q", "")
    page.wait_for_function("() => document.querySelectorAll('#rows > .row').length === 50")
    with page.expect_response("**/queue?*language=*"):
        page.select_option("#f-language", lang)
    page.wait_for_selector(".chips .chip")
    listed = you.rows()

    # Go down the list and up again, and open what is urgent.
    page.evaluate("document.activeElement.blur()")
    for key, at in (("j", 0), ("j", 1), ("k", 0)):
        you.press(key)
        focused(page, f"#open-{listed[at]}")
    page.keyboard.press("Enter")
    fire = comment(shop, FIRE[lang])
    opens(page, fire)
    assert listed[0] == fire
    focused(page, "#comment-title")

    # Read why it is urgent, and what it says where it says it.
    assert CUE[lang] in page.inner_text("#comment .reasons li >> nth=0")
    assert float(page.inner_text("#comment .head .urgency b").translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789"))) > 70
    marked = dict(units.filter(doc_id=fire).select("unit_id", "text").iter_rows())
    texts = page.eval_on_selector_all("#comment .text .unit", "all => all.map(e => [e.dataset.unit, e.textContent])")
    assert dict(texts) == marked
    assert page.locator('#comment .unit[aria-current="true"]').count() == 1
    assert page.locator("#comment .talk li").count() == 2

    # Act by the keyboard: mine, a colleague's, waiting, a note, muted, done.
    you.does("a")
    assert shop.entry(fire) == ("mine", me, None)
    with page.expect_response("**/queue/assign*"):
        you.press("g")
    page.wait_for_selector("#box[open] .option")
    focused(page, "#box .option")
    assert {me, colleague} <= {*page.locator("#box .option bdi").all_inner_texts()}
    page.fill("#to", colleague)
    with page.expect_response("**/queue/act*"):
        page.keyboard.press("Enter")
    page.wait_for_selector("#box:not([open])", state="attached")
    assert shop.entry(fire)[:2] == ("mine", colleague)
    you.does("w")
    assert shop.entry(fire)[:2] == ("waiting", colleague)
    you.press("n")
    focused(page, "#note")
    page.keyboard.insert_text("تلفنی پیگیری شد" if lang == "fa" else "Called back")
    with page.expect_response("**/queue/act*"):
        page.keyboard.press("Control+Enter")
    page.wait_for_function("() => document.getElementById('note')?.dataset.kept !== ''")
    assert shop.entry(fire)[2] in ("تلفنی پیگیری شد", "Called back")
    page.wait_for_selector("#deeds li >> nth=3")
    page.evaluate("document.activeElement.blur()")
    you.does("i")
    opens(page, listed[1])
    assert shop.entry(fire)[0] == "muted" and fire not in you.rows()
    you.does("d")
    opens(page, listed[2])
    assert shop.entry(listed[1])[0] == "done"

    # And all of it back, one after the other.
    for doc, stands in ((listed[1], ("new", None, None)), (fire, ("waiting", colleague, shop.entry(fire)[2])),
                        (fire, ("waiting", colleague, None)), (fire, ("mine", colleague, None)),
                        (fire, ("mine", me, None)), (fire, ("new", None, None))):
        you.undoes()
        assert shop.entry(doc) == stands
    assert shop.standing() == begun
    opens(page, fire)

    # Several at once, and all that a filter finds.
    page.keyboard.press("Escape")
    page.goto(f"{shop.address}/queue?language={lang}")
    three = you.rows()[:3]
    for _ in three:
        you.press("j")
        you.press("x")
    assert page.locator(".pick:checked").count() == 3
    you.does("d")
    assert [shop.entry(key)[0] for key in three] == ["done"] * 3 and not {*three} & {*you.rows()}
    you.undoes()
    assert shop.standing() == begun
    page.goto(f"{shop.address}/queue?status=new")
    page.locator(".pick").first.check()
    page.locator("#every").check()
    with page.expect_response("**/queue/act*"):
        page.locator("#bulk button[value=take]").press("Enter")
    page.wait_for_selector("#told .line")
    assert {shop.entry(key) for key in documents["doc_id"]} == {("mine", me, None)}
    you.undoes()
    assert shop.standing() == begun


@WORKS
def test_what_the_machine_got_wrong_is_said_once_and_offered_for_what_looks_alike(
        visit: Visit, served_shop: Any, lang: str, me: str, colleague: str) -> None:
    from painpoints.triage.lookalikes import look_alikes

    begun, shop = served_shop.standing(), served_shop
    you = visit(me, lang)
    page = you.page
    doc = comment(shop, CRASH[lang])
    page.goto(f"{shop.address}/queue/{doc}")
    unit = page.get_attribute("#comment .opinion.current", "data-unit")
    before = begun["opinions"][unit]
    assert before[:3] == ("neg", True, "payment")

    for key, name, value in (("s", "stage", "before"), ("m", "painpoint_id", None)):
        you.press(key)
        page.wait_for_selector("#box[open] .option")
        focused(page, "#box :is(.option, .sift)")
        option = page.locator(f'#box .option[value="stage:{value}"]' if name == "stage" else "#box .option >> nth=1")
        value = value or option.get_attribute("value").partition(":")[2]
        option.focus()
        with page.expect_response("**/queue/correct*"):
            page.keyboard.press("Enter")
        page.wait_for_selector("#box:not([open])", state="attached")
        assert shop.unit(name, unit) == value
        page.wait_for_function("() => document.activeElement !== document.body")
    # Two keys, faster than answers come.
    you.press("3")
    you.press("p")
    page.wait_for_selector('#comment .current [data-set=p][aria-pressed="false"]')
    assert (shop.unit("sentiment", unit), shop.unit("is_problem", unit)) == ("pos", False)
    # What is no problem belongs to no pain point, and the page says so.
    you.press("m")
    page.wait_for_selector("#box[open] .option")
    you.refused = 1
    page.locator("#box .option").nth(1).focus()
    with page.expect_response("**/queue/correct*"):
        page.keyboard.press("Enter")
    page.wait_for_selector("#told .failure")
    assert shop.unit("painpoint_id", unit) is None
    you.press("t")
    page.wait_for_selector("#box[open] .option")
    focused(page, "#sift")
    page.keyboard.insert_text("support")
    with page.expect_response("**/queue/correct*"):
        page.keyboard.press("Enter")
    page.wait_for_selector("#offer .offer li")
    assert shop.unit("touchpoint", unit) == "support"
    alike = look_alikes(shop.workspace.data(), unit, "touchpoint", "support", most=30)["unit_id"].to_list()
    offered = page.eval_on_selector_all("#offer [name=unit]", "all => all.map(e => e.value)")
    assert offered and offered == alike and all(shop.unit("touchpoint", key) == "payment" for key in offered)
    page.locator(f'#offer [value="{offered[-1]}"]').uncheck()
    with page.expect_response("**/queue/correct*"):
        page.locator("#offer button.main").press("Enter")
    page.wait_for_function("() => !document.querySelector('#offer .offer')")
    assert [shop.unit("touchpoint", key) for key in offered] == ["support"] * (len(offered) - 1) + ["payment"]

    you.undoes()
    assert [shop.unit("touchpoint", key) for key in offered] == ["payment"] * len(offered)
    for _ in range(5):
        you.undoes()
    assert shop.standing() == begun


def both_at_one_comment(visit: Visit, shop: Any, lang: str, me: str, colleague: str) -> tuple[Any, Any, str]:
    you, other = visit(me, lang), visit(colleague, lang)
    doc = comment(shop, FIRE[lang])
    for each in (you, other):
        each.page.goto(f"{shop.address}/queue/{doc}")
    return you, other, doc


@WORKS
def test_a_colleague_at_the_same_queue_is_seen_and_never_overwritten(visit: Visit, served_shop: Any, lang: str, me: str,
                                                                     colleague: str) -> None:
    from painpoints.triage import Queue

    begun, shop = served_shop.standing(), served_shop
    you, other, doc = both_at_one_comment(visit, shop, lang, me, colleague)
    other.does("a")
    you.page.wait_for_selector(f"#row-{doc} .state.mine", timeout=6_000)
    assert colleague in you.page.inner_text("#standing") and colleague in you.page.inner_text("#news")
    with you.page.expect_response("**/queue/news*", timeout=6_000):
        pass  # just asked, so that what follows is not known to the page yet
    Queue(shop.workspace.folder.state, colleague).wait([doc], "—")
    you.refused = 1
    you.does("d")
    assert colleague in you.page.inner_text("#told .failure")
    assert shop.entry(doc) == ("waiting", colleague, "—")
    assert colleague in you.page.inner_text("#standing") and you.page.locator("#standing .waiting").count() == 1
    for _ in range(2):
        other.undoes()
    assert shop.standing() == begun


def held_back(you: Any, news: list[Any]) -> None:
    """Lets answers to questions for news pass until one has some, which stays in ``news``."""
    while not any(answer.status == 200 for _, answer in news):
        for route, answer in news:
            route.fulfill(response=answer)
        news.clear()
        you.page.wait_for_timeout(50)


@WORKS
def test_a_refusal_is_told_though_news_come_while_it_is_asked_for(visit: Visit, served_shop: Any, lang: str, me: str,
                                                                  colleague: str) -> None:
    begun, shop = served_shop.standing(), served_shop
    you, other, doc = both_at_one_comment(visit, shop, lang, me, colleague)
    news, acts = [], []
    you.page.route("**/queue/news*", lambda route: news.append((route, route.fetch())))
    you.page.route("**/queue/act*", lambda route: acts.append(route))
    other.does("a")
    held_back(you, news)
    you.refused = 1
    you.press("d")
    while not acts:
        you.page.wait_for_timeout(50)
    for route, answer in news:
        route.fulfill(response=answer)
    you.page.wait_for_timeout(300)
    assert not you.page.locator(f"#row-{doc} .state.mine").count()  # nothing is replaced while an answer is awaited
    acts[0].continue_()
    you.page.wait_for_selector("#told .failure")
    assert colleague in you.page.inner_text("#told .failure") and shop.entry(doc)[1] == colleague
    you.page.unroute_all(behavior="ignoreErrors")
    other.undoes()
    assert shop.standing() == begun


@WORKS
def test_news_of_comments_that_have_left_the_list_meanwhile_are_not_put_in_place(
        visit: Visit, served_shop: Any, lang: str, me: str, colleague: str) -> None:
    begun, shop = served_shop.standing(), served_shop
    you, other, doc = both_at_one_comment(visit, shop, lang, me, colleague)
    news: list[Any] = []
    you.page.route("**/queue/news*", lambda route: news.append((route, route.fetch())))
    other.does("a")
    held_back(you, news)
    with you.page.expect_response("**/queue?*language=*"):
        you.page.select_option("#f-language", "ru")
    you.page.wait_for_selector(".chips .chip")
    you.page.wait_for_function("() => !document.querySelector('.htmx-request')")
    listed = you.rows()
    assert doc not in listed
    for route, answer in news:
        route.fulfill(response=answer)
    you.page.wait_for_timeout(300)
    assert you.rows() == listed and not you.page.inner_text("#news")
    you.page.unroute_all(behavior="ignoreErrors")
    other.undoes()
    assert shop.standing() == begun


@WORKS
def test_places_are_kept_when_the_language_changes_and_by_the_back_button(visit: Visit, served_shop: Any, lang: str,
                                                                          me: str, colleague: str) -> None:
    page = visit(me, lang).page
    with page.expect_response("**/queue?*stage=after*"):
        page.select_option("#f-stage", "after")
    page.wait_for_selector(".chips .chip")
    page.locator(".row .open").first.click()
    page.wait_for_selector("#comment[data-id]")
    doc = opened(page)
    assert doc
    page.wait_for_url(f"**/queue/{doc}?stage=after")
    page.locator(".languages summary").press("Enter")
    page.locator('.languages a[lang="ru"]').press("Enter")
    page.wait_for_selector('html[lang="ru"]')
    assert opened(page) == doc and page.input_value("#f-stage") == "after"
    page.locator(".languages summary").click()
    page.locator(f'.languages a[lang="{lang}"]').click()
    page.wait_for_selector(f'html[lang="{lang}"]')
    assert opened(page) == doc
    page.locator(".row .open").nth(1).click()
    page.wait_for_function("doc => document.getElementById('comment').dataset.id !== doc", arg=doc)
    page.go_back()
    opens(page, doc)
    page.goto(f"{served_shop.address}/journey")
    page.go_back()
    opens(page, doc)
    assert page.input_value("#f-stage") == "after"
