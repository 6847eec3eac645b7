"""painpoints alerts: births and bursts since the last look, told with why, acknowledged and snoozed."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

if TYPE_CHECKING:
    from conftest import Run

FIRST = date(2026, 9, 7)
GOODS = ["lamp", "phone", "kettle", "book", "chair", "radio", "shirt", "clock", "mixer", "carpet"]
LATE = {"en": ["The courier came {0} hours late with my {1}", "I waited {0} hours for the courier with my {1}"],
        "fa": ["پیک سفارش {1} را {0} ساعت دیر آورد", "تحویل {1} من {0} ساعت تأخیر داشت و کسی خبر نداد"],
        "ar": ["تأخر المندوب {0} ساعات في توصيل {1}", "وصل طلب {1} متأخرا {0} ساعات"],
        "ru": ["Курьер опоздал на {0} часов с заказом {1}", "Доставка {1} опоздала на {0} часов"]}
CRASH = {"en": ["The app crashes when I pay for the {1}, tried {0} times"],
         "fa": ["اپ موقع پرداخت {1} بسته می‌شود، {0} بار امتحان کردم"],
         "ar": ["يتوقف التطبيق عند دفع ثمن {1}، حاولت {0} مرات"],
         "ru": ["Приложение вылетает при оплате {1}, пробовал {0} раз"]}
GOOD = {"en": ["I love the {1}, ordered {0} of them, thanks"], "fa": ["از {1} خیلی راضی‌ام، {0} تا خریدم"],
        "ar": ["أحب {1} كثيرا، اشتريت {0} قطع"], "ru": ["Очень доволен покупкой {1}, взял {0} штуки"]}


def texts(days: Sequence[int], each: Mapping[int, Sequence[Mapping[str, list[str]]]], seed: int) -> pl.DataFrame:
    """Two pleased texts a day, and on some days complaints, no text twice."""
    draw, rows, seen = random.Random(seed), [], set()
    for day in days:
        for kind in [GOOD, GOOD, *each.get(day, [])]:
            text = ""
            while not text or text in seen:
                text = draw.choice(kind[draw.choice(list(kind))]).format(draw.randint(2, 60), draw.choice(GOODS))
            seen.add(text)
            rows.append({"date": str(FIRST + timedelta(days=day)), "text": text, "user": f"{seed}-{len(rows)}"})
    return pl.DataFrame(rows)


@pytest.fixture(scope="session")
def fed(tmp_path_factory: pytest.TempPathFactory, _one_encoder: None) -> Path:
    """A workspace of eight quiet weeks with late couriers now and then, and a look at it."""
    from painpoints.config import Settings
    from painpoints.pipeline import Workspace

    path = tmp_path_factory.mktemp("alerts") / "shop"
    with Workspace.create(path, Settings(lang="fa", zone="Asia/Tehran")) as made:
        made.add(texts(range(56), {day: [LATE] for day in range(0, 56, 3)}, 1))
        assert not made.alerts().alerts
    return path


@pytest.fixture(scope="session")
def burst(fed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after a week in which couriers are late all the time, and the app begins to crash."""
    from painpoints.pipeline import Workspace

    path = tmp_path_factory.mktemp("burst") / "shop"
    shutil.copytree(fed, path)
    with Workspace.open(path) as opened:
        opened.add(texts(range(56, 63), {60: [LATE] * 8, 61: [LATE] * 8, **{d: [CRASH] * 2 for d in (58, 59, 62)}}, 2))
    return path


@pytest.fixture
def shop(burst: Path, tmp_path: Path) -> str:
    shutil.copytree(burst, tmp_path / "shop")
    return "shop"


def told(run: Run, *arguments: object) -> dict[str, Any]:
    return json.loads(run("alerts", *arguments, "--json").out)  # type: ignore[no-any-return]


def test_a_birth_and_a_rise_are_told_once_with_why(run: Run, shop: str) -> None:
    peeked, again = told(run, shop, "--peek"), told(run, shop, "--peek")
    assert peeked == again and {alert["number"] for alert in peeked["alerts"]} == {None}
    found = told(run, shop)
    by_kind = {alert["kind"]: alert for alert in found["alerts"]}
    assert "birth" in by_kind and {"burst", "growth"} & set(by_kind) and found["open"] == len(found["alerts"])
    birth, rise = by_kind["birth"], by_kind.get("burst") or by_kind["growth"]
    assert birth["touchpoint"] == "payment" and birth["since"] <= "2026-11-04" and birth["fresh"]
    assert rise["touchpoint"] == "delivery" and rise["ratio"] >= 1.25 and set(rise["langs"]) == {"fa", "ar", "ru", "en"}
    assert rise["documents"] / rise["expected"] == pytest.approx(rise["ratio"])
    assert len({quote["lang"] for quote in rise["quotes"]}) == 2
    later = told(run, shop)
    assert later["alerts"] == [] and later["seen"] == later["open"] == found["open"] and later["last_look"]


def test_the_terminal_says_why_with_persian_days(run: Run, shop: str) -> None:
    out = run("alerts", shop).out
    assert "birth, pain point" in out and "آبان ۱۴۰۵" in out and "times as often" in out
    assert out.splitlines()[0].endswith("alerts")
    assert "seen before: painpoints alerts shop --all" in run("alerts", shop).out


def test_acknowledged_and_snoozed_ones_are_not_open(run: Run, shop: str) -> None:
    assert run("alerts", shop, "--peek", "--fail").code == 3
    numbers = [alert["number"] for alert in told(run, shop)["alerts"]]
    assert run("alerts", shop, "--ack", numbers[0]).out == f"1 alert acknowledged: {numbers[0]}\n"
    assert run("alerts", shop, "--snooze", "all", "--days", 7).out.startswith(f"{len(numbers) - 1} alert")
    assert run("alerts", shop, "--fail").code == 0
    every = {alert["number"]: alert["status"] for alert in told(run, shop, "--all")["alerts"]}
    assert every == {number: "acknowledged" if number == numbers[0] else "snoozed" for number in numbers}
    assert run("alerts", shop, "--ack", "all").out.startswith(f"{len(numbers) - 1} alert")


def test_a_day_may_be_given_in_either_calendar(run: Run, shop: str) -> None:
    count = len(told(run, shop)["alerts"])
    for day in ("2026-11-01", "۱۴۰۵/۰۸/۱۰", "1405-08-10"):
        assert len(told(run, shop, "--since", day)["alerts"]) == count
    assert told(run, shop, "--since", "2027-01-01")["alerts"] == []


def test_a_snoozed_one_comes_back_in_python(shop: str) -> None:
    from painpoints.pipeline import Workspace
    from painpoints.pipeline.alerts import look

    with Workspace.open(shop) as opened:
        numbers = {alert.number for alert in opened.alerts().alerts}
        until = date.today() + timedelta(days=3)
        opened.snooze("all", until=until)
        assert opened.alerts().alerts == ()
        back = look(opened._folder, opened.settings, today=until)
        assert {alert.number for alert in back.alerts} == numbers and all(alert.fresh for alert in back.alerts)


def test_a_merged_one_is_told_under_the_one_it_is_in_and_a_retired_one_no_more(run: Run, shop: str) -> None:
    found = {alert["kind"]: alert["painpoint_id"] for alert in told(run, shop)["alerts"]}
    birth = found.pop("birth")
    kept = next(iter(found.values()))
    run("merge", shop, birth, kept)
    assert {alert["painpoint_id"] for alert in told(run, shop, "--all")["alerts"]} == {kept}
    run("retire", shop, kept)
    after = told(run, shop, "--all")
    assert {alert["status"] for alert in after["alerts"]} == {"over"} and after["open"] == 0


def test_a_peek_is_possible_while_somebody_writes_and_a_look_is_not(run: Run, shop: str) -> None:
    from painpoints.store import open_workspace

    with open_workspace(Path(shop)) as other, other.alone():
        assert told(run, shop, "--peek")["alerts"]
        late = run("alerts", shop)
    assert late.code == 1 and "writing" in late.err


@pytest.mark.parametrize(("arguments", "said"), [
    (["--snooze", "1"], "how long"), (["--days", "3"], "--snooze 3 --days 7"), (["--ack", "99"], "no such alert"),
    (["--snooze", "1", "--until", "2020-01-01"], "later day"), (["--since", "gestern"], "2026-11-16"),
    (["--ack", "1", "--all"], "two commands"), (["--snooze", "1", "--ack", "1", "--days", "2"], "Name it once"),
])
def test_what_is_wrong_is_told_with_the_way_on(run: Run, shop: str, arguments: list[str], said: str) -> None:
    run("alerts", shop)
    ended = run("alerts", shop, *arguments)
    assert ended.code == 2 and said in ended.err and ended.out == ""


def test_a_workspace_without_anything_in_it(run: Run) -> None:
    run("init", "empty")
    ended = run("alerts", "empty")
    assert ended.code == 2 and "nothing was added yet" in ended.err
