"""painpoints correct from the command line, and what triage, undo and tune then say."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from painpoints.config import Settings
from painpoints.pipeline import Workspace

if TYPE_CHECKING:
    from conftest import Run

LATE = {"fa": "پیک سه ساعت دیر رسید", "ar": "المندوب تأخر ثلاث ساعات", "ru": "Курьер опоздал на три часа",
        "en": "The courier was three hours late"}
Ask = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def _nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAINPOINTS_USER", raising=False)


@pytest.fixture(scope="module")
def begun(feedback: Path, tmp_path_factory: pytest.TempPathFactory, _one_encoder: None) -> Path:
    path = tmp_path_factory.mktemp("workspaces") / "shop"
    with Workspace.create(path, Settings()) as made:
        made.add(pl.concat([pl.read_csv(feedback).select("text"), pl.DataFrame({"text": list(LATE.values())})]))
    return path


@pytest.fixture
def shop(begun: Path, tmp_path: Path) -> str:
    shutil.copytree(begun, tmp_path / "shop")
    return "shop"


def units(shop: str, by: str = "text") -> dict[str, dict[str, Any]]:
    with Workspace.open(shop) as opened:
        return {row[by]: row for row in opened.data().units.iter_rows(named=True)}


@pytest.mark.parametrize("lang", LATE)
def test_a_correction_is_seen_at_once_and_undone(ask: Ask, run: Run, shop: str, lang: str) -> None:
    unit = units(shop)[LATE[lang]]
    change = ask("correct", unit["unit_id"][:10], "--touchpoint", "price")
    assert change["corrected"] == [{"unit_id": unit["unit_id"], "doc_id": unit["doc_id"], "field": "touchpoint",
                                    "before": None, "after": "price"}]
    now = units(shop)[LATE[lang]]
    assert (now["touchpoint"], now["stage"], now["corrected"]) == ("price", "before", ["touchpoint"])
    (row,) = ask("triage", unit["doc_id"])["comments"]
    assert [(one["touchpoint"], one["corrected"], one["judged"]["touchpoint"]) for one in row["opinions"]
            if one["unit_id"] == unit["unit_id"]] == [("price", ["touchpoint"], "delivery")]
    lines = run("triage", shop, unit["doc_id"], "--as", "sara").out.splitlines()
    assert any(line.startswith(unit["unit_id"]) and "Price and offers (corrected, was Delivery)" in line
               for line in lines)
    assert lines[-1].endswith(f"sara: touchpoint of {unit['unit_id']}: price, was as the machine judges")
    shown = run("undo", shop, "--as", "sara").out.splitlines()
    assert shown[1:] == [f"{unit['unit_id']} (of {unit['doc_id']}) touchpoint: as the machine judges, was price"]
    assert units(shop)[LATE[lang]] == unit


def test_a_comment_stands_for_its_most_urgent_opinion_and_no_problem_leaves_its_pain_point(ask: Ask, shop: str) -> None:
    (first,) = ask("triage", "--top", 1, "--touchpoint", "delivery")["comments"]
    change = ask("correct", first["short"], "--problem", "no", "--as", "علی")
    assert change["corrected"][0]["unit_id"] == first["unit_id"] and change["who"] == "علی"
    after = units(shop, "unit_id")[first["unit_id"]]
    assert (after["is_problem"], after["painpoint_id"]) == (False, None)


def test_the_look_alikes_are_told_of_and_corrected_in_one_change(ask: Ask, run: Run, shop: str) -> None:
    unit = units(shop)[LATE["en"]]["unit_id"]
    told = run("correct", shop, unit, "--touchpoint", "store", "--as", "sara")
    assert told.code == 0 and "--similar corrects them too" in told.err
    assert f"painpoints correct shop {unit} --touchpoint store --similar" in told.err
    change = ask("correct", unit, "--touchpoint", "store", "--similar")
    assert len(change["corrected"]) == len(change["similar"]) >= 2
    found = units(shop, "unit_id")
    assert {found[name]["touchpoint"] for name in change["similar"]} == {"store"}
    assert {found[name]["judged"]["touchpoint"] for name in change["similar"]} == {"delivery"}
    assert len(ask("undo")["corrected"]) == len(change["similar"])
    for text in units(shop):
        assert text not in told.out + told.err


def test_names_of_touchpoints_and_stages_in_four_languages_will_do(ask: Ask, shop: str) -> None:
    unit = units(shop)[LATE["fa"]]["unit_id"]
    for option, value, code in (("--touchpoint", "Цены и акции", "price"), ("--stage", "پیش از خرید", "before"),
                                ("--stage", "بعد الشراء", "after"), ("--stage", "During purchase", "during"),
                                ("--sentiment", "positive", "pos"), ("--touchpoint", "machine", None)):
        assert ask("correct", unit, option, value)["corrected"][0]["after"] == code


def test_a_colleague_is_not_overwritten_unseen(ask: Ask, run: Run, shop: str) -> None:
    unit = units(shop)[LATE["ru"]]
    ask("correct", unit["unit_id"], "--sentiment", "neu")
    refused = run("correct", shop, unit["unit_id"], "--sentiment", "pos", "--as", "ali")
    assert refused.code == 1 and "sara says neu" in refused.err and f"{unit['doc_id']}@1" in refused.err
    assert ask("correct", f"{unit['doc_id']}@1", "--sentiment", "pos", "--as", "ali")["corrected"][0]["before"] == "neu"
    assert run("correct", shop, f"{unit['doc_id']}@1", "--sentiment", "neg", "--as", "sara").code == 1


def test_wrong_use_ends_with_2(run: Run, shop: str) -> None:
    unit = units(shop)[LATE["ar"]]["unit_id"]
    for arguments, said in (((unit,), "Say what is right"), ((unit, "--problem", "maybe"), "--problem cannot be"),
                            ((unit, "--sentiment", "neg", "--problem", "no"), "Say what is right"),
                            ((unit, "--touchpoint", "delivry"), "Did you mean 'delivery'?"),
                            (("ffffffff", "--problem", "no"), "no such opinion or comment")):
        ended = run("correct", shop, *arguments, "--as", "sara")
        assert ended.code == 2 and said in ended.err


def test_what_was_corrected_can_be_learnt_from(ask: Ask, run: Run, shop: str) -> None:
    nothing = run("tune", shop, "--out", "own.safetensors")
    assert nothing.code == 2 and "nobody has corrected" in nothing.err
    for text in LATE.values():
        ask("correct", units(shop)[text]["unit_id"], "--touchpoint", "store")
    few = run("tune", shop, "--out", "own.safetensors")
    assert few.code == 3 and few.out.splitlines()[0] == "shop: 4 rows" and not Path("own.safetensors").exists()
    assert "of what is certain and nobody corrected would change" in few.out
    assert not any(text in few.out + few.err for text in LATE.values())
