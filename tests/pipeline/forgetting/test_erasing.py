"""Somebody forgotten in a workspace is nowhere in it, and everybody else is there as before."""

from __future__ import annotations

import json
import multiprocessing
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from painpoints.errors import UsageError, WorkspaceError
from painpoints.pipeline import WhoToForget, Workspace
from painpoints.pipeline.forgetting import unfinished
from painpoints.pipeline.forgetting.erasing import FILE, STEPS
from painpoints.store import note_export, now
from painpoints.triage import Queue

POINTS = ("0PARCEL0000000000000000000", "1CHECKOUT00000000000000000", "2FIRE000000000000000000000")


def doc_of(shop: Workspace, text: str) -> str:
    frame = shop.data().documents
    return str(frame.filter(pl.col("text").str.contains(text, literal=True))["doc_id"][0])


def facts_of(shop: Workspace) -> dict[str, pl.DataFrame]:
    return {str(path.relative_to(shop.path)): pl.read_parquet(path) for path in shop.folder.facts.files()
            if path.suffix == ".parquet"}


def table(shop: Workspace, name: str) -> list[dict[str, Any]]:
    with shop.folder.state.reading() as state:
        return state.rows(name)


def others_unchanged(before: dict[str, pl.DataFrame], after: dict[str, pl.DataFrame], gone: set[str],
                     units: set[str]) -> bool:
    for name, frame in before.items():
        key, ids = ("doc_id", gone) if "doc_id" in frame.columns else ("unit_id", units)
        if not frame.filter(~pl.col(key).is_in(sorted(ids))).equals(after[name]):
            return False
    return before.keys() == after.keys()


@pytest.mark.parametrize("said", ["سفارش من سه هفته است", "الشحنة متأخرة والمندوب", "Приложение вылетает при оплате",
                                  "I will sue you"])
def test_a_document_goes_from_facts_state_index_and_history_in_every_language(written_shop: Workspace, said: str
                                                                              ) -> None:
    shop, gone = written_shop, doc_of(written_shop, said)
    queue = Queue(shop.folder.state, "sara")
    queue.done([gone])
    queue.note([gone], "call her back")
    assert shop.search(said).total
    before, placed = facts_of(shop), table(shop, "placements")
    units = {row["unit_id"] for row in placed if row["unit_id"].startswith(gone)} | set(
        shop.data().units.filter(pl.col("doc_id") == gone)["unit_id"])
    found = shop.forget(WhoToForget(documents=[gone]), confirm=True, by="officer")
    assert found.certificate is not None and found.certificate.proved
    assert found.counts["documents"] == 1 and found.counts["notes"] == 1 and found.counts["triage_history"] == 3
    assert others_unchanged(before, facts_of(shop), {gone}, units)
    assert table(shop, "placements") == [row for row in placed if row["unit_id"] not in units]
    assert gone not in set(shop.data().documents["doc_id"]) and not table(shop, "triage_history")
    assert gone not in {hit.doc_id for hit in shop.search(said).hits}
    assert [row["action"] for row in table(shop, "audit")] == ["forget"]
    assert json.loads(table(shop, "audit")[0]["detail"])["documents"] == 1
    assert not (shop.path / FILE).exists() and not unfinished(shop.folder)


def test_no_byte_of_the_files_holds_an_id_or_a_text_of_the_forgotten(written_shop: Workspace) -> None:
    shop, gone = written_shop, doc_of(written_shop, "I will sue you")
    text = str(shop.data().documents.filter(pl.col("doc_id") == gone)["text"][0])
    Queue(shop.folder.state, "sara").note([gone], f"she wrote: {text}")
    shop.search("charger")
    shop.forget(WhoToForget(documents=[gone]), confirm=True)
    for path in shop.path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert gone.encode() not in data and text.encode() not in data, path.name


def test_an_author_goes_with_all_documents_by_name_or_key_and_comes_in_again_with_new_ones(
        written_shop: Workspace, add_comments: Callable[[Workspace, int, int], None]) -> None:
    mine = set(written_shop.data().documents.filter(pl.col("author_key") == "author03")["doc_id"])
    with pytest.raises(UsageError, match="no pseudonym"):
        written_shop.forget(WhoToForget(author_keys=["author03"]), confirm=False)
    assert len(mine) > 2
    written_shop.forget(WhoToForget(documents=sorted(mine)), confirm=True)
    assert "author03" not in set(written_shop.data().documents["author_key"].drop_nulls())
    add_comments(written_shop, 3, 24)
    assert "author03" in set(written_shop.data().documents["author_key"].drop_nulls())


def test_a_plan_changes_nothing_and_tells_counts_alone(written_shop: Workspace) -> None:
    gone, before = doc_of(written_shop, "I will sue you"), facts_of(written_shop)
    found = written_shop.forget(WhoToForget(documents=[gone[:6]]), confirm=False)
    assert found.certificate is None and found.counts["documents"] == 1 and found.counts["opinions"] >= 1
    after = facts_of(written_shop)
    assert all(before[name].equals(after[name]) for name in before) and not table(written_shop, "audit")
    assert gone not in json.dumps(found.as_dict())


def test_a_pain_point_whose_opinions_are_all_gone_goes_with_its_lineage_and_alerts(written_shop: Workspace) -> None:
    shop, point = written_shop, POINTS[2]
    docs = set(shop.units_of(point)["doc_id"])
    with shop.folder.state.writing() as state:
        state.insert("alerts", [{"made": now(), "painpoint_id": point, "kind": "birth", "since": "2026-09-07",
                                 "detail": "{}", "status": "open", "until": None}])
    shop.forget(WhoToForget(documents=sorted(docs)), confirm=True)
    assert point not in {row["painpoint_id"] for row in table(shop, "painpoints")}
    assert point not in {row["painpoint_id"] for row in table(shop, "lineage")} and not table(shop, "alerts")


def test_a_title_that_only_the_forgotten_said_is_made_anew_and_stands_nowhere(written_shop: Workspace) -> None:
    shop, point = written_shop, POINTS[0]
    gone = doc_of(shop, "The parcel came three weeks late and nobody answers.")
    said = str(shop.units_of(point).filter(pl.col("doc_id") == gone)["text"][0])
    shop.rename(point, said, "sara")
    shop.rename(point, "Late parcels", "sara")
    shop.rename(point, said, "sara")
    shop.forget(WhoToForget(documents=[gone]), confirm=True)
    title = next(row["title"] for row in table(shop, "painpoints") if row["painpoint_id"] == point)
    assert title and title != said
    assert said not in json.dumps(table(shop, "edits"), ensure_ascii=False)
    assert said not in json.dumps(table(shop, "lineage"), ensure_ascii=False)
    undone = shop.undo_edit("sara")
    assert undone.kind == "rename" and said not in {row["title"] for row in table(shop, "painpoints")}


@pytest.mark.parametrize("back", [1, 2])
def test_undoing_an_edit_afterwards_neither_fails_nor_brings_anybody_back(written_shop: Workspace, back: int) -> None:
    shop = written_shop
    docs = shop.units_of(POINTS[2])
    shop.merge(POINTS[2], POINTS[0], "sara")
    moved = sorted(shop.units_of(POINTS[1])["unit_id"])[:3]
    shop.gather(moved, "Together", "sara")
    gone = sorted({*docs["doc_id"][:2], str(shop.data().units.filter(pl.col("unit_id") == moved[0])["doc_id"][0])})
    shop.forget(WhoToForget(documents=gone), confirm=True)
    units = {row["unit_id"] for row in table(shop, "placements")}
    kinds = [shop.undo_edit("sara").kind for _ in range(back)]
    assert kinds == ["gather", "merge"][:back]
    assert {row["unit_id"] for row in table(shop, "placements")} == units
    assert not any(row["doc_id"] in gone for row in shop.data().documents.to_dicts())
    assert len(shop.table())


def test_a_merge_of_a_pain_point_that_was_all_theirs_can_be_undone(written_shop: Workspace) -> None:
    shop = written_shop
    docs = sorted(set(shop.units_of(POINTS[2])["doc_id"]))
    shop.merge(POINTS[2], POINTS[0], "sara")
    shop.forget(WhoToForget(documents=docs), confirm=True)
    assert shop.undo_edit("sara").kind == "merge"
    assert shop.data().units.filter(pl.col("painpoint_id") == POINTS[2]).is_empty()


def test_names_in_notes_and_rejected_rows_go_and_other_peoples_words_stay(written_shop: Workspace) -> None:
    shop, kept = written_shop, doc_of(written_shop, "I will sue you")
    Queue(shop.folder.state, "sara").note([kept], "Talk to Karimi, Ali about it")
    aside = shop.path / "facts" / "000001" / "rejected.jsonl"
    aside.write_text("".join(json.dumps({"file": "a.csv", "row": row, "code": "empty_text", "words": "x", "raw": raw},
                                        ensure_ascii=False) + "\n"
                             for row, raw in enumerate(["1,علي‌ كريمي,", "2,Ali  KARIMI,", "3,somebody else,"])), "utf8")
    found = shop.forget(WhoToForget(authors=["Ali Karimi", "علی کریمی"]), confirm=True)
    assert found.certificate is not None and found.certificate.proved, found.certificate
    assert [json.loads(line)["row"] for line in aside.read_text("utf8").splitlines()] == [2]
    assert table(shop, "triage")[0]["note"] == "Talk to [forgotten] about it"


def test_a_file_with_a_trace_that_nothing_cleans_is_told_and_fails_the_proof(written_shop: Workspace) -> None:
    shop, gone = written_shop, doc_of(written_shop, "I will sue you")
    (shop.path / "notes.txt").write_text(f"see {gone}", "utf8")
    found = shop.forget(WhoToForget(documents=[gone]), confirm=True)
    assert found.certificate is not None and not found.certificate.proved
    assert set(found.certificate.proof.traces) == {"notes.txt: bytes", "notes.txt: words"}
    assert Workspace.open(shop.path).folder.state.kept("forgetting"), "opening does not search again"
    (shop.path / "notes.txt").unlink()
    again = shop.forget(WhoToForget(documents=[gone]), confirm=True)
    assert again.missing == 1 and not shop.folder.state.kept("forgetting") and not (shop.path / FILE).exists()


def test_caches_digests_and_files_that_wait_hold_nobody(written_shop: Workspace) -> None:
    shop, gone = written_shop, doc_of(written_shop, "Приложение вылетает при оплате")
    (shop.path / "digests").mkdir()
    (shop.path / "digests" / "v.md").write_text("Nothing of hers", "utf8")
    (shop.path / "uploads").mkdir()
    (shop.path / "uploads" / "00.csv").write_text("text\nanything", "utf8")
    text = str(shop.data().documents.filter(pl.col("doc_id") == gone)["text"][0])
    (shop.path / "digests" / "w.md").write_text(f"> {text}", "utf8")
    shop.places()
    (shop.path / "copies-groups.parquet").write_bytes((shop.path / "map.parquet").read_bytes())
    places = pl.read_parquet(shop.path / "map.parquet")
    shop.forget(WhoToForget(documents=[gone]), confirm=True)
    left = pl.read_parquet(shop.path / "map.parquet")
    assert left.equals(places.filter(~pl.col("unit_id").str.starts_with(gone)))
    assert sorted(path.name for path in (shop.path / "digests").iterdir()) == ["v.md"]
    assert not list((shop.path / "uploads").iterdir()) and not (shop.path / "copies-groups.parquet").exists()


def test_every_generation_of_opinions_and_vectors_goes(written_shop: Workspace) -> None:
    shop, gone = written_shop, doc_of(written_shop, "I will sue you")
    place = shop.path / "facts" / "000001"
    for name in ("units", "vectors"):
        (place / f"{name}-2.parquet").write_bytes((place / f"{name}.parquet").read_bytes())
    with shop.folder.state.writing() as state:
        state.keep("generation", {"units": 1, "vectors": 1, "since": now(), "before": [2, 2]})
    shop.forget(WhoToForget(documents=[gone]), confirm=True)
    for path in place.glob("*-2.parquet"):
        assert not pl.read_parquet(path)["unit_id"].str.starts_with(gone).any()
    assert len(list(place.glob("*-2.parquet"))) == 2


def test_exports_that_may_hold_the_person_are_named_and_others_are_not(written_shop: Workspace) -> None:
    shop, gone = written_shop, doc_of(written_shop, "I will sue you")
    state = shop.folder.state
    for kind, detail in (("comments", {}), ("comments", {"lang": "fa"}), ("comments", {"lang": "en"}), ("journey", {}),
                         ("digest", {"last": "2026-01-04"}), ("digest", {"last": "2026-12-31"})):
        note_export(state, "sara", kind, "csv", f"/exports/{kind}.csv", 3, detail)
    found = shop.forget(WhoToForget(documents=[gone]), confirm=True)
    assert [(row["kind"], row["detail"]) for row in found.exports] == [
        ("comments", {}), ("comments", {"lang": "en"}), ("digest", {"last": "2026-12-31"})]
    assert len(table(shop, "exports")) == 6


def test_first_letters_that_more_than_one_id_has_are_refused(written_shop: Workspace) -> None:
    ids = sorted(written_shop.data().documents["doc_id"])
    frame = next((written_shop.path / "facts" / "000001").glob("documents.parquet"))
    documents = pl.read_parquet(frame)
    documents.with_columns(doc_id=pl.when(pl.col("doc_id") == documents["doc_id"][0]).then(
        pl.lit(documents["doc_id"][1][:8] + "00000000")).otherwise("doc_id")).write_parquet(frame)
    assert ids
    with pytest.raises(WorkspaceError, match="documents begin"):
        written_shop.forget(WhoToForget(documents=[documents["doc_id"][1][:6]]), confirm=False)


_DYING = """
import os, pathlib, signal
from painpoints.pipeline import WhoToForget
from painpoints.pipeline.forgetting import forget
from painpoints.store import open_workspace

def reached(at):
    if at == step:
        os.kill(os.getpid(), signal.SIGKILL)

with open_workspace(pathlib.Path(path)) as folder:
    forget(folder, WhoToForget(documents=[gone]), "officer", confirm=True, reached=reached)
"""


@pytest.mark.parametrize(("database", "step"), [*(("sqlite", step) for step in STEPS), ("postgresql", "facts"),
                                                ("postgresql", "state")], indirect=["database"])
def test_a_kill_at_any_moment_is_ended_by_the_next_opening(written_shop: Workspace, step: str) -> None:
    shop, gone = written_shop, doc_of(written_shop, "I will sue you")
    before = facts_of(shop)
    units = set(shop.data().units.filter(pl.col("doc_id") == gone)["unit_id"])
    shop.close()
    apart = multiprocessing.get_context("forkserver")
    apart.set_forkserver_preload(["polars", "sqlalchemy", "painpoints.pipeline.forgetting.erasing"])
    process = apart.Process(target=exec, args=(_DYING, {"path": str(shop.path), "gone": gone, "step": step}))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    with Workspace.open(shop.path) as opened:
        assert gone not in set(opened.data().documents["doc_id"]) and not unfinished(opened.folder)
        assert others_unchanged(before, facts_of(opened), {gone}, units)
        assert not (opened.path / FILE).exists()
        assert [row["action"] for row in table(opened, "audit")] == ["forget"]
        assert len(table(opened, "forgotten")) == 1
    assert not any(gone.encode() in path.read_bytes() for path in shop.path.rglob("*") if path.is_file())


def test_a_kill_in_the_middle_of_the_facts_is_ended_too(written_shop: Workspace, monkeypatch: pytest.MonkeyPatch
                                                       ) -> None:
    import painpoints.pipeline.forgetting.factfiles as factfiles

    shop, gone = written_shop, doc_of(written_shop, "I will sue you")
    real, count = factfiles.write_parquet, iter(range(99))

    def dying(path: Path, frame: pl.DataFrame) -> None:
        if next(count) == 1:
            raise KeyboardInterrupt
        real(path, frame)

    monkeypatch.setattr(factfiles, "write_parquet", dying)
    with pytest.raises(KeyboardInterrupt):
        shop.forget(WhoToForget(documents=[gone]), confirm=True)
    monkeypatch.undo()
    with Workspace.open(shop.path) as opened:
        assert not unfinished(opened.folder) and gone not in set(opened.data().documents["doc_id"])
        assert opened.data().units.filter(pl.col("doc_id") == gone).is_empty()


def test_a_lost_file_of_what_was_begun_keeps_nobody_out_and_the_person_can_be_named_again(
        written_shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    import painpoints.pipeline.forgetting.erasing as erasing

    def broken(*_: object) -> int:
        raise KeyboardInterrupt

    shop, gone = written_shop, doc_of(written_shop, "I will sue you")
    monkeypatch.setattr(erasing, "clear_caches", broken)
    with pytest.raises(KeyboardInterrupt):
        shop.forget(WhoToForget(documents=[gone]), confirm=True)
    monkeypatch.undo()
    (shop.path / FILE).unlink()
    other = doc_of(shop, "The parcel came three weeks late")
    with Workspace.open(shop.path) as opened:
        found = opened.forget(WhoToForget(documents=[other]), confirm=True)
        assert found.certificate is not None and found.certificate.proved and not unfinished(opened.folder)


def test_tombstones_are_hashes_of_the_workspace_alone(written_shop: Workspace) -> None:
    gone = doc_of(written_shop, "I will sue you")
    written_shop.forget(WhoToForget(documents=[gone]), confirm=True)
    rows = table(written_shop, "forgotten")
    assert len(rows) == 1 and gone not in json.dumps(rows)
