"""The namer: what leaves the machine, what may come back, and that nothing is lost when nothing does."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.cluster import PAINPOINTS, chat_endpoint, rename
from painpoints.cluster.namer import masked, message, read_titles
from painpoints.errors import UsageError

GOOD = {"fa": "نرسیدن پول مرجوعی", "ar": "عدم وصول المبلغ المسترد", "ru": "Деньги за возврат не пришли",
        "en": "Refund approved, money not received"}
OURS = {"fa": "پولم برنگشته هنوز", "ar": "المبلغ ما رجع", "ru": "Деньги не вернули", "en": "Refund never came"}


class Endpoint:
    """A chat endpoint on this machine; ``answer`` makes (status, body) out of a request's body."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.answer: Callable[[Any], tuple[int, Any]] = lambda body: (200, chat(json.dumps(GOOD)))
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply(None)

            def do_POST(self) -> None:
                self._reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _reply(self, body: Any) -> None:
                outer.requests.append((self.path, dict(self.headers), body))
                listing = {"data": [{"id": "small-model"}, {"id": "other"}]}
                status, content = (200, listing) if self.path == "/v1/models" else outer.answer(body)
                data = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                if status in (301, 302, 307, 308):
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"

    @property
    def asked(self) -> list[Any]:
        return [body for path, _, body in self.requests if path.endswith("/chat/completions")]


def chat(content: str) -> dict[str, Any]:
    return {"choices": [{"message": {"role": "assistant", "content": content}}]}


@pytest.fixture
def there() -> Iterator[Endpoint]:
    found = Endpoint()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


def painpoints(count: int = 1, quote: str = "Still no money") -> pl.DataFrame:
    rows = [{"painpoint_id": f"P{at}", "rank": at + 1, "title": f"{OURS['en']} {at}",
             "titles": [{"lang": lang, "title": f"{title} {at}"} for lang, title in OURS.items()],
             "keyphrases": [{"lang": "en", "phrases": ["refund", "card 6037991122334455"]},
                            {"lang": "fa", "phrases": ["پول برگشتی"]}],
             "quotes": [{"unit_id": f"secret-unit-{at}", "doc_id": "secret-doc", "lang": "en", "text": quote,
                         "source_id": "secret-source"}]} for at in range(count)]
    return pl.DataFrame(rows, schema=PAINPOINTS)


def told(points: pl.DataFrame, row: int = 0) -> dict[str, str]:
    return {t["lang"]: t["title"] for t in points["titles"][row].to_list()}


def test_titles_in_four_languages_come_from_the_endpoint(there: Endpoint) -> None:
    points, note = rename(painpoints(), chat_endpoint(there.url), lang="ru")
    assert told(points) == GOOD
    assert points["title"].to_list() == [GOOD["ru"]]
    assert note == f"{there.url} (small-model) named 1 of 1 pain points."
    assert points.schema == painpoints().schema


def test_the_report_s_language_is_asked_for_though_nobody_spoke_it(there: Endpoint) -> None:
    only = painpoints().with_columns(titles=pl.Series([[{"lang": "fa", "title": "پولم برنگشته هنوز"}]],
                                                      dtype=PAINPOINTS["titles"]))
    points, _ = rename(only, chat_endpoint(there.url), lang="en")
    assert told(points) == {"fa": GOOD["fa"], "en": GOOD["en"]}
    assert points["title"][0] == GOOD["en"]


def test_one_request_a_pain_point_with_phrases_and_masked_quotes_only(there: Endpoint) -> None:
    quote = "Order 48213377, write to ali.rezaei@mail.ir or @ali_rz, call +98 912 345 67 89, see https://shop.ir/o/1?x=2"
    rename(painpoints(3, quote), chat_endpoint(there.url, "m"), lang="en")
    assert len(there.asked) == 3
    for body in there.asked:
        assert body["model"] == "m"
        sent = json.loads(body["messages"][1]["content"])
        assert set(sent) == {"languages", "keyphrases", "quotes"}
        assert sent["quotes"] == [{"lang": "en", "text": "Order [number], write to [mail] or [name], call [number], "
                                   "see [link]"}]
        assert sent["keyphrases"]["en"] == ["refund", "card [number]"]
        assert not any(word in json.dumps(body) for word in ("secret", "P0", *OURS.values()))


@pytest.mark.parametrize("text, kept", [
    ("کارت ۶۰۳۷ ۹۹۱۱ ۲۲۳۳ ۴۴۵۵ سوخت", "کارت [number] سوخت"), ("رقم الطلب ٤٥٥٢١ لم يصل", "رقم الطلب [number] لم يصل"),
    ("Звоните 8 (912) 345-67-89 срочно", "Звоните [number] срочно"), ("waited 3 hours, 250 rials", None),
    ("شماره ۰۹۱۲-۳۴۵-۶۷۸۹ جواب نمیده", "شماره [number] جواب نمیده"), ("написал @ivan_petrov", "написал [name]"),
    ("سایت digikala.com باز نمیشه", "سایت [link] باز نمیشه"), ("см. www.shop.ru/order/77 там", "см. [link] там"),
    ("write to a.b+c@x.co.uk now", "write to [mail] now"),
    ("راسلوني على sara@mail.sa الآن", "راسلوني على [mail] الآن")])
def test_what_is_masked(text: str, kept: str | None) -> None:
    assert masked(text) == (kept or text)


@given(st.text(alphabet="0123456789۰۱۲۳٤٥٦ -/.()+ab@ ", max_size=60))
def test_no_run_of_four_digits_leaves(text: str) -> None:
    inside = "".join("9" if c.isdecimal() else c for c in masked(text))
    assert "9999" not in inside
    row = {"keyphrases": [], "quotes": [{"lang": "en", "text": text}]}
    assert "9999" not in "".join("9" if c.isdecimal() else c for c in message(row, ["en"]))


@pytest.mark.parametrize("lang, title", [
    ("en", "Refund of 250 dollars"), ("en", "Refund"), ("en", "Refund برگشت missing"), ("fa", "پول refund نرسید"),
    ("en", "call www.bad.com://now please"), ("ru", "Деньги <b>не</b> вернули"), ("ar", "a b c d e f"),
    ("en", "one two three four five six seven eight nine ten"), ("en", "Refund \u202egnissim"), ("ru", "x" * 90)])
def test_what_is_no_title_is_not_taken(lang: str, title: str) -> None:
    assert read_titles(json.dumps({lang: title}), [lang]) == {}


@pytest.mark.parametrize("answer", [
    json.dumps(GOOD), f"```json\n{json.dumps(GOOD, ensure_ascii=False)}\n```", "Sure! " + json.dumps({"titles": GOOD}),
    "<think>{maybe}</think> " + json.dumps(GOOD | {"de": "Kein Geld", "en": GOOD["en"] + "."})])
def test_titles_are_found_in_the_ways_chats_answer(answer: str) -> None:
    assert read_titles(answer, list(GOOD)) == GOOD


@given(st.text(max_size=200), st.recursive(st.none() | st.integers() | st.text(max_size=9),
                                           lambda inner: st.dictionaries(st.sampled_from(["en", "titles"]), inner)))
def test_no_answer_breaks_the_reading(words: str, content: Any) -> None:
    for answer in (words, json.dumps(content), words + json.dumps({"en": content})):
        assert set(read_titles(answer, ["en"])) <= {"en"}


def test_a_title_already_taken_is_not_given_twice(there: Endpoint) -> None:
    points, note = rename(painpoints(2), chat_endpoint(there.url, "m"), lang="en")
    assert told(points, 0) == GOOD
    assert told(points, 1) == {lang: f"{title} 1" for lang, title in OURS.items()}
    assert "named 1 of 2 pain points; the others keep the titles made here" in note


def test_only_the_languages_with_a_title_change(there: Endpoint) -> None:
    there.answer = lambda body: (200, chat(json.dumps({"fa": GOOD["fa"], "en": "4 5"})))
    points, _ = rename(painpoints(), chat_endpoint(there.url, "m"), lang="en")
    assert told(points) == {lang: f"{title} 0" for lang, title in OURS.items()} | {"fa": GOOD["fa"]}
    assert points["title"][0] == "Refund never came 0"


@pytest.mark.parametrize("status, content, reason, requests", [
    (500, {}, "it answered 500", 3), (401, {}, "PAINPOINTS_NAMER_KEY", 1), (404, {}, "it answered 404", 1),
    (307, {}, "it answered 307", 1), (200, b"<html>", "no JSON", 3), (200, {"x": 1}, "no chat completions", 3),
    (200, chat("I cannot do that."), "without a usable title", 3), (200, b"[" * 2_000_000, "too long", 3)])
def test_a_bad_endpoint_keeps_our_titles_and_is_soon_left(there: Endpoint, status: int, content: Any, reason: str,
                                                          requests: int) -> None:
    there.answer = lambda body: (status, content)
    before = painpoints(30)
    points, note = rename(before, chat_endpoint(there.url, "m"), lang="en")
    assert points.equals(before)
    assert reason in note and "named 0 of 30" in note and "keep the titles made here" in note
    # Requests under way when patience ends are let finish.
    assert requests <= len(there.asked) <= requests + 4
    assert all(path == "/v1/chat/completions" for path, _, _ in there.requests)


def test_an_unreachable_endpoint_keeps_our_titles() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        port = server.server_port
    points, note = rename(painpoints(3), chat_endpoint(f"http://127.0.0.1:{port}/v1"), lang="en")
    assert points.equals(painpoints(3))
    assert "it cannot be reached" in note


def test_a_slow_endpoint_is_not_waited_for(there: Endpoint) -> None:
    def late(body: Any) -> tuple[int, Any]:
        time.sleep(1.5)
        return 200, chat(json.dumps(GOOD))

    there.answer = late
    started = time.monotonic()
    points, note = rename(painpoints(9), chat_endpoint(there.url, "m"), lang="en", timeout=0.3)
    assert points.equals(painpoints(9)) and "no answer in" in note
    assert time.monotonic() - started < 1.5


def test_one_bad_answer_among_good_ones_costs_one_pain_point(there: Endpoint) -> None:
    numbers = itertools.count()

    def sometimes(body: Any) -> tuple[int, Any]:
        number = next(numbers)
        return (500, {}) if number == 2 else (200, chat(json.dumps({"en": "Refund lost " + "abcdefgh"[number] * 3})))

    there.answer = sometimes
    points, note = rename(painpoints(6), chat_endpoint(there.url, "m"), lang="en")
    assert sum(title.startswith("Refund lost") for title in points["title"]) == 5
    assert "named 5 of 6" in note and "it answered 500" in note


def test_the_key_goes_into_the_header_and_nowhere_else(there: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAINPOINTS_NAMER_KEY", "sk-not-a-key")
    there.answer = lambda body: (401, {})
    _, note = rename(painpoints(), chat_endpoint(there.url), lang="en")
    assert [headers["Authorization"] for _, headers, _ in there.requests] == ["Bearer sk-not-a-key"] * 2
    assert "sk-not" not in note


@pytest.mark.parametrize("url, base", [
    ("http://localhost:11434/v1", "http://localhost:11434/v1"), ("https://a.b/v1/", "https://a.b/v1"),
    ("https://a.b/v1/chat/completions", "https://a.b/v1"), ("https://a.b/v1/chat/completions/", "https://a.b/v1")])
def test_an_address_may_stop_before_the_last_step(url: str, base: str) -> None:
    assert chat_endpoint(url).url == base + "/chat/completions" and chat_endpoint(url).base == base


@pytest.mark.parametrize("url", ["localhost:11434", "file:///etc/passwd", "ftp://a.b/v1", "http://", "http://[", "",
                                 "https://me:secret@a.b/v1", "https://a.b/v1?key=secret"])
def test_what_is_no_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        chat_endpoint(url)
    assert "secret" not in str(refused.value)


def test_nothing_to_name_asks_nobody(there: Endpoint) -> None:
    named, note = rename(pl.DataFrame(schema=PAINPOINTS), chat_endpoint(there.url), lang="en")
    assert named.is_empty() and note == "" and not there.requests
