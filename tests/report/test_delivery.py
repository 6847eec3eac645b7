"""Delivery against servers on this machine: at most once for each digest and place, whatever happens in between."""

from __future__ import annotations

import logging
import socket
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from painpoints.errors import MissingExtraError, UsageError
from painpoints.report import Delivery, Message, addresses, deliver
from painpoints.report.targets import cut, targets_of
from painpoints.store import State

if TYPE_CHECKING:
    from conftest import WebHook

    from painpoints.store.address import Address

MESSAGE = Message("خلاصهٔ هفته", "<html><body dir='rtl'><p>پیک دیر می‌رسد</p></body></html>", "# Курьер\n\n*опоздал*",
                  "تأخر المندوب\n\nThe courier is late")
DIGEST = "shop 2026-W47 fa"


class Mailbox(socketserver.StreamRequestHandler):
    """A little SMTP server that takes every mail."""

    def handle(self) -> None:
        box: list[bytes] = self.server.box  # type: ignore[attr-defined]
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                if self.server.refuses:  # type: ignore[attr-defined]
                    self.wfile.write(b"554 no\r\n")
                    continue
                self.wfile.write(b"354 go\r\n")
                data = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    data += part
                box.append(data)
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")


@pytest.fixture
def mailbox() -> Iterator[socketserver.ThreadingTCPServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        server.daemon_threads = True
        server.box, server.refuses = [], False  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def state(address: Address) -> Iterator[State]:
    made = State(address)
    with made.alone():
        made.migrate("2026-11-22T08:00:00+00:00")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _no_throttle(monkeypatch: pytest.MonkeyPatch) -> None:
    from apprise.plugins.email.base import NotifyEmail

    monkeypatch.setattr(NotifyEmail, "request_rate_per_sec", 0)


Send = Callable[..., list[Delivery]]


@pytest.fixture
def send(state: State) -> Send:
    """`deliver` with a clock that does not wait; the pauses are kept in ``send.pauses``."""
    pauses: list[float] = []

    def call(*urls: str, digest: str = DIGEST, **named: Any) -> list[Delivery]:
        return deliver(state, MESSAGE, urls, digest, wait=pauses.append, chance=lambda: 0.5,
                       **{"confirm": True, **named})

    call.pauses = pauses  # type: ignore[attr-defined]
    return call


def rows(state: State) -> list[dict[str, Any]]:
    with state.reading() as reader:
        return reader.rows("deliveries")


def statuses(found: list[Delivery]) -> list[str]:
    return [delivery.status for delivery in found]


def test_a_dry_run_sends_and_writes_nothing_and_shows_no_secret(send: Send, hook: WebHook, state: State) -> None:
    (found,) = send(hook.url, confirm=False)
    assert (found.status, found.form, found.characters) == ("dry run", "text", len(MESSAGE.text))
    assert not hook.got and not rows(state)
    assert "s3cr3t" not in found.target and "hidden" not in found.target and "token" not in found.target
    assert found.target.startswith("json://someone:****@127.0.0.1:")


def test_what_was_sent_is_not_sent_again_unless_asked(send: Send, hook: WebHook, state: State) -> None:
    assert statuses(send(hook.url)) == ["sent"]
    assert statuses(send(hook.url)) == statuses(send(hook.url, confirm=False)) == ["sent before"]
    assert len(hook.got) == 1
    assert hook.got[0]["title"] == MESSAGE.subject and hook.got[0]["message"] == MESSAGE.text
    assert statuses(send(hook.url, again=True)) == ["sent"] and len(hook.got) == 2
    assert statuses(send(hook.url, digest="shop 2026-W48 fa")) == ["sent"] and len(hook.got) == 3
    assert {row["status"] for row in rows(state)} == {"sent"} and len(rows(state)) == 2


def test_neither_the_address_nor_the_message_is_kept(send: Send, hook: WebHook, state: State, tmp_path: Path) -> None:
    send(hook.url)
    written = b"".join(path.read_bytes() for path in tmp_path.glob("state.sqlite*")) + str(rows(state)).encode()
    for secret in ("s3cr3t", "token-in-path", "hidden", "127.0.0.1", "پیک", "Курьер", "المندوب", "courier"):
        assert secret.encode() not in written


def test_a_server_that_fails_twice_gets_it_once(send: Send, hook: WebHook, state: State) -> None:
    hook.answers = [500, 503, 200]
    (found,) = send(hook.url)
    assert (found.status, found.tries, len(hook.got)) == ("sent", 3, 3)
    assert send.pauses == [2.0, 4.0]  # type: ignore[attr-defined]
    assert rows(state)[0]["tries"] == 3


def test_a_server_that_never_takes_it_is_left_after_four_tries_and_may_be_tried_another_day(
        send: Send, hook: WebHook, state: State) -> None:
    hook.answers = [503]
    (found,) = send(hook.url)
    assert (found.status, found.tries, found.detail) == ("failed", 4, "HTTP 503") and len(hook.got) == 4
    assert rows(state)[0]["status"] == "failed"
    hook.answers = [200]
    assert statuses(send(hook.url)) == ["sent"] and rows(state)[0]["status"] == "sent"


def test_a_refusal_for_good_is_not_repeated(send: Send, hook: WebHook) -> None:
    hook.answers = [403]
    (found,) = send(hook.url)
    assert (found.status, found.tries, found.detail) == ("failed", 1, "HTTP 403")


def test_a_pause_that_the_server_asks_for_is_kept_up_to_a_minute(send: Send, hook: WebHook) -> None:
    hook.answers, hook.headers = [429, 429, 200], {"Retry-After": "9"}
    assert statuses(send(hook.url)) == ["sent"]
    assert send.pauses == [9.0, 9.0]  # type: ignore[attr-defined]
    hook.answers, hook.headers = [429, 200], {"Retry-After": "3600"}
    send(hook.url, digest="another")
    assert send.pauses[-1] == 60.0  # type: ignore[attr-defined]


def test_where_the_line_broke_it_may_have_arrived_and_is_not_sent_again_by_itself(
        send: Send, hook: WebHook, state: State) -> None:
    hook.answers = [0]
    (found,) = send(hook.url)
    assert (found.status, found.tries) == ("unsure", 1) and not found.done
    assert rows(state)[0]["status"] == "sending"
    hook.answers = [200]
    assert statuses(send(hook.url)) == ["unsure"] and len(hook.got) == 1
    assert statuses(send(hook.url, again=True)) == ["sent"] and len(hook.got) == 2


def test_nobody_listening_is_a_failure_that_may_be_tried_again(send: Send) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (found,) = send(f"json://127.0.0.1:{port}")
    assert (found.status, found.tries, found.detail) == ("failed", 4, "no connection")


def test_a_redirect_is_not_followed(send: Send, hook: WebHook, web_hooks: Callable[[], WebHook]) -> None:
    other = web_hooks()
    hook.answers, hook.headers = [307], {"Location": f"http://127.0.0.1:{other.server_address[1]}/"}
    assert statuses(send(hook.url)) == ["failed"]
    assert not other.got


def test_a_process_killed_while_it_sends_leaves_word_of_it(hook: WebHook, send: Send, address: Address) -> None:
    send(hook.url, digest="before")
    script = ("import os, sys; from painpoints.report import Message, deliver; from painpoints.store import State\n"
              "from painpoints.report.targets import Target; from painpoints.store.address import Address\n"
              "from sqlalchemy import make_url\n"
              "real = Target.send\n"
              "Target.send = lambda *given: (real(*given), os._exit(9))\n"
              "state = State(Address(make_url(sys.argv[1]), sys.argv[2] or None))\n"
              "deliver(state, Message('s', 'h', 'm', 't'), [sys.argv[3]], sys.argv[4], confirm=True)")
    where = (address.url.render_as_string(hide_password=False), address.schema or "")
    done = subprocess.run([sys.executable, "-c", script, *where, hook.url, DIGEST])
    assert done.returncode == 9 and len(hook.got) == 2
    (found,) = send(hook.url)
    assert found.status == "unsure" and "may have arrived" in (found.detail or "") and len(hook.got) == 2
    assert statuses(send(hook.url, again=True)) == ["sent"]


def test_of_many_that_send_at_once_one_does(hook: WebHook, state: State) -> None:
    begin, found = threading.Barrier(6), []

    def run() -> None:
        own = State(state.address)
        begin.wait()
        found.extend(deliver(own, MESSAGE, [hook.url], DIGEST, confirm=True))
        own.close()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6 and statuses(found).count("sent") == 1 and len(hook.got) == 1
    assert set(statuses(found)) <= {"sent", "unsure", "sent before"}


def mail_url(mailbox: Any, to: str = "boss@example.com") -> str:
    port = mailbox.server_address[1]
    return f"mailto://127.0.0.1:{port}?smtp=127.0.0.1&mode=insecure&from=digest@example.com&to={to}"


def test_mail_gets_the_page_and_a_text_beside_it(send: Send, mailbox: Any) -> None:
    (found,) = send(mail_url(mailbox))
    assert (found.status, found.form) == ("sent", "html")
    mail = message_from_bytes(mailbox.box[0], policy=policy.default)
    assert mail["Subject"] == MESSAGE.subject and mail["To"] == "boss@example.com"
    html, text = mail.get_body(("html",)), mail.get_body(("plain",))
    assert html is not None and MESSAGE.html in html.get_content()
    assert text is not None and "پیک دیر می‌رسد" in text.get_content()


def test_mail_that_is_refused_is_failed(send: Send, mailbox: Any) -> None:
    mailbox.refuses = True
    (found,) = send(mail_url(mailbox))
    assert (found.status, found.tries, found.detail) == ("failed", 1, "SMTP 554") and not mailbox.box


@pytest.mark.parametrize(("url", "form", "hidden"), [
    ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general", "markdown", "TIiajkdnlazkcOXrIdevi7FQ"),
    ("discord://123456789012345678/abcdefghijklmnopqrstuvwxyz", "markdown", "abcdefghij"),
    ("tgram://123456789:abcdefg_hijklmnop/12315544/", "text", "abcdefg"),
    ("mailto://someone:pa55word@example.com", "html", "pa55word"),
    ("json://127.0.0.1/hook", "text", "hook"),
    ("json://127.0.0.1/hook?format=markdown", "markdown", "hook"),
    ("json://127.0.0.1/hook?format=html", "html", "hook"),
])
def test_each_place_gets_the_form_it_takes_and_is_shown_without_secrets(url: str, form: str, hidden: str) -> None:
    (place,) = targets_of([url])
    assert place.body(MESSAGE)[0] == form
    assert hidden not in place.shown and hidden not in repr(place)


def test_a_long_text_ends_between_paragraphs_with_a_note() -> None:
    (place,) = targets_of(["discord://123456789012345678/abcdefghijklmnopqrstuvwxyz"])
    long = "\n\n".join(f"نکتهٔ {n}: " + "слово " * 30 for n in range(40))
    _, body = place.body(Message("s", "", long, long))
    assert 1000 < len(body) <= 2000 and body.endswith("digest's file.*")
    assert body.split("\n\n*…")[0] == long[:len(body.split("\n\n*…")[0])] and body.split("\n\n*…")[0].endswith("слово")
    assert cut("short", 10, "text") == "short"
    assert len(cut("x" * 500, 100, "text")) == 100


def test_nothing_of_it_reaches_a_log(send: Send, hook: WebHook, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    hook.answers = [500, 200]
    send(hook.url)
    for secret in ("s3cr3t", "hidden", "المندوب", "courier is late", MESSAGE.subject):
        assert secret not in caplog.text


def test_an_unknown_address_stops_everything_before_anything_leaves(send: Send, hook: WebHook, state: State) -> None:
    with pytest.raises(UsageError) as caught:
        send(hook.url, "nowhere://pa55word@host")
    assert "pa55word" not in str(caught.value) and "Address 2 (nowhere://...)" in str(caught.value)
    assert not hook.got and not rows(state)


def test_without_apprise_the_extra_is_named(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(MissingExtraError, match=r"painpoints\[send\]"):
        send("json://127.0.0.1")


def test_addresses_come_from_options_variables_and_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "places.txt"
    file.write_text("\ufeff# team\njson://a\n\n  json://b\njson://c\n", "utf8")
    monkeypatch.setenv("PLACES", "json://c json://d\n")
    assert addresses(["json://x", "env:PLACES"], file) == [f"json://{name}" for name in "xcdab"]
    for given, path in ((["env:NOT_THERE"], None), ([], tmp_path / "none.txt"), ([], tmp_path)):
        with pytest.raises(UsageError):
            addresses(given, path)
    file.write_text("# nothing\n", "utf8")
    with pytest.raises(UsageError, match="no address"):
        addresses([], file)
