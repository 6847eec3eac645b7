"""A shop's page as `painpoints serve` serves it, and browsers that note whatever goes wrong on it."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from painpoints.encode import Encoder
    from painpoints.pipeline import Workspace

FEEDBACK = Path(__file__).parents[2] / "pipeline" / "feedback.csv"
PASSWORD = "four grey horses"
FA, EN = ("سارا", "رضا"), ("Anna", "Ben")
"""Who works in a language: a triager and the colleague of hers."""
# (day of May, conversation, likes, text): what makes a comment urgent, conversations, several opinions in one.
_FURTHER = (
    (11, "c1", 48, "شارژر دیشب آتش گرفت و میزم سوخت! اگر تا فردا جواب ندهید شکایت می‌کنم."),
    (11, "c1", 3, "هنوز هیچ‌کس از پشتیبانی جواب من را نداده است."),
    (12, "c2", 31, "The charger caught fire last night and burned my table. I will sue you if nobody answers."),
    (12, "c2", 0, "Still no answer from support about the charger."),
    (12, "", 12, "کیفیت پارچه عالی بود. ولی پیک ۳ ساعت دیر رسید و جواب تلفن نمی‌داد."),
    (13, "", 9, "The fabric is lovely. But the courier came 3 hours late and did not answer the phone."),
    (13, "", 5, "هذه آخر مرة أشتري منكم، التطبيق يغلق كل مرة عند الدفع وخصمتم المبلغ مرتين."),
    (14, "", 7, "Больше ничего у вас не закажу: приложение вылетает при оплате, а деньги списали дважды."),
    (14, "c3", 2, "سایز پیراهن را از کجا می‌توانم ببینم؟"),
    (15, "c3", 0, "Where can I find the size chart?"),
    (16, "", 1, "من المسؤول؟ طلبي 1234 لم يصل منذ أسبوع."),
    (17, "", 0, "Ещё вчера обещали привезти заказ, но курьер так и не приехал."),
)


def comments(path: Path) -> Path:
    """A file of eighty-four comments in four languages."""
    with FEEDBACK.open(encoding="utf-8", newline="") as lines:
        rows: list[dict[str, Any]] = list(csv.DictReader(lines))
    rows += [{"id": f"w{turn:02}", "date": f"2026-05-{day}", "user": f"Persona 9{turn}", "channel": "Instagram",
              "product": "phone", "conversation": conversation, "likes": likes, "text": text}
             for turn, (day, conversation, likes, text) in enumerate(_FURTHER)]
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, [*rows[0], "conversation", "likes"], restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


@dataclass(frozen=True)
class Shop:
    """A workspace that is served at ``address``, and the same ``workspace`` as another process sees it."""

    address: str
    workspace: Workspace

    def entry(self, name: str) -> tuple[str, str | None, str | None]:
        """How a comment stands: status, in whose hands, note."""
        from painpoints.triage import Queue

        entry = Queue(self.workspace.folder.state, "tests").entry(name)
        return entry.status, entry.assignee, entry.note

    def standing(self) -> dict[str, Any]:
        """All that people say of comments, opinions and pain points, as it holds now."""
        data = self.workspace.data()
        held = ("sentiment", "is_problem", "touchpoint", "stage", "painpoint_id")
        return {
            "comments": {key: self.entry(key) for key in data.documents["doc_id"]},
            "opinions": {row["unit_id"]: tuple(row[name] for name in held) for row in data.units.iter_rows(named=True)},
            "points": {row["painpoint_id"]: (row["title"], row["status"], row["pinned"], row["merged_into"])
                       for row in data.points}}

    def unit(self, name: str, unit_id: str) -> Any:
        """What holds of an opinion."""
        return self.workspace.data().units.filter(unit_id=unit_id)[name][0]


# Where Latin letters are on a Persian keyboard (ISIRI 9147).
_PERSIAN = dict(zip("jkahlduwigntspmrox123/", "تنشالیعصهلدفسحپقخط۱۲۳.", strict=True)) | {"g": "ل", "h": "ا", "l": "م"}


@dataclass
class Visitor:
    """Somebody at a browser, with a keyboard of their language; ``wrong`` is what went wrong unheard."""

    name: str
    lang: str
    shop: Shop
    page: Any
    wrong: list[str] = field(default_factory=list)
    refused: int = 0

    def press(self, key: str) -> None:
        """Presses the key that has a Latin letter, on the keyboard of the language, once the page hears keys."""
        self.page.wait_for_load_state("load")
        if self.lang != "fa" or key not in _PERSIAN:
            self.page.keyboard.press(key)
            return
        hand = self.page.context.new_cdp_session(self.page)
        code = "Slash" if key == "/" else f"Digit{key}" if key.isdigit() else f"Key{key.upper()}"
        for kind in ("keyDown", "keyUp"):
            text = {"text": _PERSIAN[key]} if kind == "keyDown" else {}
            hand.send("Input.dispatchKeyEvent", {"type": kind, "key": _PERSIAN[key], "code": code, **text})
        hand.detach()

    def does(self, key: str, path: str = "/queue/act") -> None:
        """Presses a key, and waits until the page shows what the server made of it."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST" and path in answer.url):
            self.press(key)
        self.page.wait_for_selector("#told .line")

    def undoes(self) -> None:
        """Takes the last thing back, by its key."""
        self.page.evaluate("document.activeElement.blur()")
        with self.page.expect_response("**/undo"):
            self.press("u")
        self.page.wait_for_function("() => !document.querySelector('.htmx-request')")

    def rows(self) -> list[str]:
        """The ids of the comments in the list."""
        return [str(key) for key in self.page.eval_on_selector_all("#rows > .row", "all => all.map(e => e.dataset.id)")]


@pytest.fixture(scope="session")
def made_shop(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A shop's workspace of eighty-four comments with two accounts for each language; tests work on copies."""
    import painpoints.pipeline.models as models
    from painpoints.config import Settings
    from painpoints.pipeline import Workspace
    from painpoints.triage import Accounts

    folder = tmp_path_factory.mktemp("morning")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "load_encoder", lambda *_, **__: encoder)
        patch.setenv("PAINPOINTS_KEY", "a-key-for-tests-only")
        with Workspace.create(folder / "shop", Settings(lang="fa")) as shop:
            shop.add(comments(folder / "comments.csv"))
            shop.places()
            accounts = Accounts(shop.folder.state, "tests")
            for name, role in (("دانا", "admin"), *((name, "triager") for name in (*FA, *EN))):
                accounts.add(name, PASSWORD, role)
    return folder / "shop"


@pytest.fixture(scope="module")
def served_shop(made_shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A copy of it, served by a process of its own."""
    from painpoints.pipeline import Workspace

    folder = tmp_path_factory.mktemp("served") / "shop"
    shutil.copytree(made_shop, folder)
    run = [sys.executable, "-c", "from painpoints.cli import main; main()"]
    process = subprocess.Popen([*run, "serve", str(folder), "--port", "0", "--no-open", "--quiet"], text=True,
                               stdout=subprocess.PIPE, env={**os.environ, "PAINPOINTS_KEY": "a-key-for-tests-only"})
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), "painpoints serve tells its address"
        with Workspace.open(folder) as seen:
            yield Shop(address.rstrip("/"), seen)
    finally:
        process.terminate()
        assert process.wait(20) == 0


@pytest.fixture
def visit(browser: Any, served_shop: Shop) -> Iterator[Callable[..., Visitor]]:
    """What lets somebody in at the door; nothing may go wrong on a page unheard, nothing be asked of other sites."""
    visitors: list[Visitor] = []

    def come(name: str, lang: str, width: int = 1440, **options: Any) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        context.set_default_timeout(15_000)
        visitor = Visitor(name, lang, served_shop, context.new_page())
        visitors.append(visitor)

        def foreign(route: Any) -> None:
            visitor.wrong.append(f"asks another site: {route.request.url}")
            route.abort()

        here = (f"{served_shop.address}/", "blob:", "data:")
        context.route(lambda url: not url.startswith(here), foreign)
        page = visitor.page
        page.on("console", lambda message: visitor.wrong.append(f"{message.text} {message.location}"))
        page.on("pageerror", lambda error: visitor.wrong.append(str(error)))
        page.on("response", lambda answer: visitor.wrong.append(answer.url) if answer.status >= 500 else None)
        page.goto(f"{served_shop.address}/?lang={lang}")
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/queue*")
        return visitor

    yield come
    for visitor in visitors:
        visitor.page.context.close()
        # The browser and HTMX note a refusal that the page has told.
        told = [line for line in visitor.wrong if " 409" in line or " 422" in line]
        assert [line for line in visitor.wrong if line not in told] == [] and len(told) == 2 * visitor.refused
