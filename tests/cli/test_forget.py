"""painpoints forget from the command line: counts first, never a text; a proof at the end."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from painpoints.pipeline import Workspace

if TYPE_CHECKING:
    from conftest import Run


@pytest.fixture
def shop(begun: Path, tmp_path: Path) -> Path:
    shutil.copytree(begun, tmp_path / "shop")
    return tmp_path / "shop"


def first_of(shop: Path) -> tuple[str, str]:
    with Workspace.open(shop) as opened:
        row = opened.data().documents.row(0, named=True)
    return row["doc_id"], row["text"]


def test_a_dry_run_and_a_pipe_without_yes_erase_nothing_and_show_no_text(run: Run, shop: Path) -> None:
    gone, text = first_of(shop)
    told = run("forget", "shop", gone, "--dry-run")
    assert told.code == 0 and "To be erased:\n  1 text\n" in told.out and text not in told.out and gone not in told.out
    asked = run("forget", "shop", gone)
    assert asked.code == 2 and "--yes" in asked.err and first_of(shop) == (gone, text)
    assert run("forget", "shop", gone, "--dry-run", "--yes").code == 2
    assert run("forget", "shop").code == 2


def test_with_yes_it_erases_proves_and_writes_the_certificate(run: Run, shop: Path) -> None:
    gone, text = first_of(shop)
    done = run("forget", "shop", gone, "--yes", "--certificate", "proof.json", "--as", "officer")
    assert done.code == 0 and "Traces found: none." in done.out and "Certificate: proof.json" in done.out
    proof = json.loads(Path("proof.json").read_text("utf8"))
    assert proof["proved"] and proof["who"] == "officer" and proof["erased"]["documents"] == 1
    assert proof["searched"]["files"] > 3 and proof["cannot_be_known"]
    assert gone not in json.dumps(proof) and text not in json.dumps(proof, ensure_ascii=False)
    again = run("forget", "shop", gone, "--yes", "--json")
    assert again.code == 0 and json.loads(again.out) == json.loads(again.out) | {"missing": 1, "certificate": None}
    assert "officer: forget (documents 1" in run("audit", "shop").out


def test_a_trace_that_stays_is_told_with_its_place_and_code_1(run: Run, shop: Path) -> None:
    gone, _ = first_of(shop)
    (shop / "aside.md").write_text(f"about {gone}", "utf8")
    done = run("forget", "shop", gone, "--yes")
    assert done.code == 1 and "aside.md: bytes" in done.out and gone not in done.out
    (shop / "aside.md").unlink()
    ended = run("forget", "shop")
    assert ended.code == 0 and "Traces found: none." in ended.out
    assert run("forget", "shop").code == 2


def test_people_come_from_a_file_one_a_line(run: Run, shop: Path) -> None:
    gone, _ = first_of(shop)
    Path("people.txt").write_text(f"# asked in June\n{gone}\nauthor=Nobody Known\n\nauthor-key={'0' * 16}\n", "utf8")
    told = run("forget", "shop", "--from", "people.txt", "--dry-run", "--json")
    found = json.loads(told.out)
    assert told.code == 0 and found["counts"]["documents"] == 1 and found["missing"] == 2
    assert run("forget", "shop", "--from", "none.txt").code == 2


def test_what_leaves_is_listed_and_named_when_somebody_is_forgotten(run: Run, shop: Path) -> None:
    gone, _ = first_of(shop)
    assert "Nothing was exported" in run("export", "shop", "--list").out
    assert run("export", "shop", "-o", "all.csv", "--as", "sara").code == 0
    assert run("export", "shop", "-o", "journey.csv", "--journey", "--as", "sara").code == 0
    assert run("export", "shop", "-o", "words.parquet", "--search", "refund OR پول", "--as", "sara").code == 0
    listed = run("export", "shop", "--list")
    assert listed.code == 0 and "sara: comments (csv, " in listed.out and str(Path("all.csv").resolve()) in listed.out
    rows = json.loads(run("export", "shop", "--list", "--json").out)
    assert [row["kind"] for row in rows] == ["comments", "journey", "comments"]
    assert rows[2]["detail"] == {"search": "yes"} and "refund" not in json.dumps(rows)
    assert run("export", "shop").code == 2 and run("export", "shop", "--list", "-o", "x.csv").code == 2
    done = run("forget", "shop", gone, "--yes")
    assert "all.csv" in done.out and "journey.csv" not in done.out


def test_a_digest_written_elsewhere_is_an_export_and_one_inside_is_none(run: Run, shop: Path) -> None:
    assert run("digest", "shop", "--format", "md", "-q").code == 0
    assert json.loads(run("export", "shop", "--list", "--json").out) == []
    assert run("digest", "shop", "--format", "md", "-o", "out", "-q").code == 0
    rows = json.loads(run("export", "shop", "--list", "--json").out)
    assert [(row["kind"], row["form"]) for row in rows] == [("digest", "md")] and rows[0]["detail"]["last"]


def test_forgetting_is_told_to_whoever_adds_the_same_again(run: Run, shop: Path, feedback: Path) -> None:
    gone, _ = first_of(shop)
    assert run("forget", "shop", gone, "--yes").code == 0
    again = run("add", "shop", str(feedback))
    assert again.code == 0 and "; 1 forgotten before: nothing is new." in again.out
    assert first_of(shop)[0] != gone
