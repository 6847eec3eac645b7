"""Transcripts through the main job and a workspace: one row a conversation, everywhere the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import painpoints
from painpoints.cli.summary import summarise, summary_lines
from painpoints.pipeline import Findings, Workspace

TALKS = [
    ("c1", "fa", ["سلام، پول مرجوعی من برنگشته",
                  "عذرخواهی می‌کنم، مبلغ واریز شد. به حسابتون رسید؟",
                  "بله رسید ممنون"]),
    ("c2", "ar", ["النت مقطوع عندي من امبارح", "نعتذر لحضرتك، هل اشتغل النت الآن؟", "لا نفس المشكلة"]),
    ("c3", "ru", ["Курьер не приехал", "Приносим извинения, заказ привезут в течение суток.", "хорошо, спасибо"]),
    ("c4", "en", ["The app crashes when I open it",
                  "Sorry! Does the app still crash when you open it?", "yes, every time"]),
]


@pytest.fixture(scope="module")
def talks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("talks") / "talks.jsonl"
    path.write_text("".join(json.dumps({"id": name, "lang": lang, "turns": [
        {"speaker": "agent" if number % 2 else "customer", "text": said} for number, said in enumerate(said_all)]},
        ensure_ascii=False) + "\n" for name, lang, said_all in TALKS), "utf8")
    return path


@pytest.fixture(scope="module")
def heard(talks: Path, tmp_path_factory: pytest.TempPathFactory, _one_encoder: None) -> Findings:
    return painpoints.mine(talks, tmp_path_factory.mktemp("runs") / "run")


def test_a_run_tells_how_each_conversation_ended(heard: Findings) -> None:
    assert heard.conversations is not None
    ended = heard.conversations.join(heard.documents.select("doc_id", "source_id"), on="doc_id")
    assert dict(ended.select("source_id", "resolution").iter_rows()) == {
        "c1": "resolved", "c2": "unresolved", "c3": "unknown", "c4": "unresolved"}
    assert heard.manifest["counts"]["conversations"] == 4
    assert set(heard.conversations["main_unit"]) <= set(heard.units["unit_id"])
    assert Findings.load(str(heard.folder)).conversations.equals(heard.conversations)


def test_short_answers_are_judged_by_what_they_answer(heard: Findings) -> None:
    answer = heard.units.filter(heard.units["text"] == "yes, every time").row(0, named=True)
    assert (answer["touchpoint"], answer["sentiment"], answer["turn"]) == ("app", "neg", 2)


def test_the_summary_and_the_tables_have_them(heard: Findings) -> None:
    lines = "\n".join(summary_lines(summarise(heard)))
    assert "4 conversations: 25% resolved, 50% unresolved, 25% unknown" in lines
    assert "0 of 1 promise broken" in lines
    assert heard.folder is not None
    sheet = (heard.folder / "conversations.csv").read_text("utf-8-sig").splitlines()
    assert len(sheet) == 5
    assert sheet[0].startswith("conversation,lang,turns")


def test_runs_without_transcripts_have_none(found: Findings) -> None:
    assert found.conversations is None
    assert found.manifest["counts"]["conversations"] == 0
    assert found.folder is not None
    assert not (found.folder / "conversations.parquet").exists()


def test_a_workspace_keeps_them_by_addition(heard: Findings, talks: Path, feedback: Path, tmp_path: Path) -> None:
    with Workspace.create(tmp_path / "shop") as workspace:
        workspace.add(feedback, limit=5)
        assert workspace.data().conversations is None
        workspace.add(talks)
        kept = workspace.data().conversations
    assert kept is not None
    columns = ["doc_id", "resolution", "trajectory", "touchpoint", "effort"]
    assert heard.conversations is not None
    assert kept.select(columns).sort("doc_id").equals(heard.conversations.select(columns).sort("doc_id"))
