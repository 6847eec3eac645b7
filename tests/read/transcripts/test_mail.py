"""Mail: threads, own words without quotations and signatures, in four languages."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import polars as pl
import pytest

from painpoints.read import FilePlan, ReadOptions, Rejected, read_documents
from painpoints.read.transcripts.quoting import html_words, own_words

BODIES = {
    "en": ("The kettle leaks, see below.\n\nBest regards,\nA. Reader\n", "The kettle leaks, see below."),
    "en wrapped": ("Still leaking.\n\nOn Tue, 12 Mar 2024 at 10:02, The Kettle Shop and its\n"
                   "team <help@shop.example> wrote:\n> Did you descale it?\n", "Still leaking."),
    "en outlook": ("No.\n\nFrom: Shop <help@shop.example>\nSent: Tuesday, March 12, 2024\nTo: Me\nSubject: RE: kettle\n"
                   "\nDid you?", "No."),
    "en device": ("Any news?\n\nSent from my phone", "Any news?"),
    "en between": ("On Tue, 12 Mar 2024, help@shop.example wrote:\n> Which model?\nThe red one.\n> Since when?\nMay.",
                   "The red one.\nMay."),
    "fa": ("هنوز چکه می‌کند.\n\nبا احترام\nخواننده\n", "هنوز چکه می‌کند."),
    "fa quote": ("نه، نرسید.\n\nدر تاریخ سه‌شنبه ۱۲ مهر ۱۴۰۲، <help@shop.example> نوشت:\n> رسید؟", "نه، نرسید."),
    "fa rule": ("نرسیده\n\n-----پیام اصلی-----\nاز: فروشگاه\nرسید؟", "نرسیده"),
    "ar": ("لم يصل بعد.\n\nمع خالص التحية،\nقارئ", "لم يصل بعد."),
    "ar quote": ("لا.\n\nفي الثلاثاء 12 مارس 2024 الساعة 10:02 كتب المتجر <help@shop.example>:\n> هل وصل؟", "لا."),
    "ar quote 2": ("لا.\n\nكتب المتجر <help@shop.example> في ١٢ مارس:\n> هل وصل؟", "لا."),
    "ru": ("Течёт.\n\nС уважением,\nЧитатель", "Течёт."),
    "ru quote": ("Нет.\n\n12 марта 2024 г., 10:02, Лавка <help@shop.example> написал(а):\n> Пришло?", "Нет."),
    "ru outlook": ("Нет.\n\nОт: Лавка <help@shop.example>\nОтправлено: 12 марта\nКому: Мне\nТема: чайник\n\n"
                   "Пришло?", "Нет."),
    "signature": ("It leaks.\n-- \nA. Reader, 12 Elm St.", "It leaks."),
    "closing goes on": ("Regards the order of May, it never came to me at all.",
                        "Regards the order of May, it never came to me at all."),
}


@pytest.mark.parametrize("name", BODIES)
def test_own_words_stay_and_nothing_else(name: str) -> None:
    text, own = BODIES[name]
    assert own_words(text) == own


def test_html_mails_lose_quoted_blocks_and_styles() -> None:
    page = ("<html><head><style>p {}</style></head><body><p>It&nbsp;leaks</p><div>a lot<br>really</div>"
            "<div class='gmail_quote'>On Tue wrote<blockquote>old</blockquote></div><p>Bye</p></body></html>")
    assert own_words(html_words(page)).split() == ["It", "leaks", "a", "lot", "really", "Bye"]


def mail(number: int, sender: str, to: str, body: str, subject: str = "kettle", answers: int | None = None, *,
         charset: str = "utf-8", html: bool = False) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = f"Tue, 12 Mar 2024 10:{number:02}:00 +0330"
    message["Message-ID"] = f"<m{number}@mail.example>"
    if answers is not None:
        message["In-Reply-To"] = f"<m{answers}@mail.example>"
    message.set_content(body, charset=charset, subtype="html" if html else "plain", cte="base64" if html else "8bit")
    return message


THREAD = [
    mail(1, "Reza <reza@gmail.com>", "help@shop.example", "سماور چکه می‌کند", "سماور"),
    mail(3, "Shop <help@shop.example>", "reza@gmail.com", "<p>پیگیری می‌کنیم</p>", "Re: سماور", 1, html=True),
    mail(2, "Иван <ivan@mail.ru>", "help@shop.example", "Чайник течёт", "Чайник", charset="koi8-r"),
    mail(4, "Reza <reza@gmail.com>", "help@shop.example", "> پیگیری می‌کنیم", "Re: سماور", 3),
    mail(5, "Shop <Ali@shop.example>", "ivan@mail.ru", "Проверим", "Отв: Чайник"),
]


def read(paths: list[Path], **options: str) -> tuple[pl.DataFrame, FilePlan, list[Rejected]]:
    plans: list[FilePlan] = []
    rejected: list[Rejected] = []
    frames = list(read_documents(paths, ReadOptions(author_secret=b"key", **options), rejected.append,  # type: ignore[arg-type]
                                 on_plan=plans.append))
    return pl.concat(frames, how="diagonal"), plans[0], rejected


def said(frame: pl.DataFrame, row: int) -> list[tuple[str, str]]:
    text = frame["text"][row]
    return [(turn["speaker"], text[turn["start"]:turn["end"]]) for turn in frame["turns"].to_list()[row]]


def box(tmp_path: Path, name: str = "box.mbox") -> Path:
    path = tmp_path / name
    path.write_bytes(b"".join(b"From x@y.example Tue Mar 12 10:00:00 2024\n" + message.as_bytes() + b"\n\n"
                              for message in THREAD))
    return path


@pytest.mark.parametrize("name", ["box.mbox", "box.txt", "box"])
def test_a_box_of_mail_is_put_into_threads(tmp_path: Path, name: str) -> None:
    frame, plan, rejected = read([box(tmp_path, name)])
    assert plan.format == "mail" and not rejected
    assert said(frame, 0) == [("customer", "سماور چکه می‌کند"), ("agent", "پیگیری می‌کنیم")]
    assert said(frame, 1) == [("customer", "Чайник течёт"), ("agent", "Проверим")]
    assert plan.transcript is not None and plan.transcript.dropped == {"quoted_only": 1}
    assert any("shop.example" in note for note in plan.notes)
    assert frame["meta.subject"].to_list() == ["سماور", "Чайник"]
    assert frame["author_key"].n_unique() == 2
    assert "gmail" not in str(frame.drop("file").to_dicts()) and "Reza" not in str(plan.as_dict())
    assert str(frame["time"][0]) == "2024-03-12 06:31:00+00:00"


def test_single_mails_of_a_folder_are_put_into_threads(tmp_path: Path) -> None:
    for number, message in enumerate(THREAD):
        (tmp_path / f"{number}.eml").write_bytes(message.as_bytes())
    frame, _, _ = read([tmp_path])
    assert frame.height == 2
    assert said(frame, 0)[0] == ("customer", "سماور چکه می‌کند")


def test_the_agent_may_be_named_by_domain(tmp_path: Path) -> None:
    frame, _, _ = read([box(tmp_path)], agent="gmail.com,mail.ru")
    assert said(frame, 0)[0][0] == "agent"
