"""Inputs at the edge: a sensible result, never a crash."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

import painpoints


def csv(path: Path, texts: list[str]) -> Path:
    pl.DataFrame({"id": [str(at) for at in range(len(texts))], "text": texts}).write_csv(path)
    return path


def test_one_row(tmp_path: Path) -> None:
    run = painpoints.mine(csv(tmp_path / "in.csv", ["The courier was late and rude."]), tmp_path / "run")
    assert len(run.documents) == 1 and len(run.painpoints) == 0
    assert run.weakest_link() is None
    assert (tmp_path / "run" / "report.html").stat().st_size > 10_000
    assert any("too few" in note for note in run.manifest["notes"])


def test_nothing_but_copies_counts_once(tmp_path: Path) -> None:
    text = "The courier came three hours late and never picked up the phone."
    run = painpoints.mine(csv(tmp_path / "in.csv", [text] * 40))
    assert len(run.documents) == 40
    assert run.units["weight"].sum() == len(run.units)
    assert run.units.filter(pl.col("weight") > 0)["text"].n_unique() == len(run.units.filter(pl.col("weight") > 0))
    assert len(run.painpoints) == 0


def test_a_copy_shares_the_pain_point_of_the_first(feedback: Path, tmp_path: Path) -> None:
    rows = pl.read_csv(feedback).select("id", "text")
    longest = rows.filter(pl.col("text").str.contains("Деньги не возвращают"))
    copy = longest.with_columns(id=pl.lit("copy"))
    run = painpoints.mine(pl.concat([rows, copy, copy.with_columns(id=pl.lit("copy2"))]))
    same = run.units.join(run.documents.select("doc_id", "source_id"), on="doc_id").filter(
        pl.col("text").str.contains("Деньги не возвращают"))
    assert len(same) == 3
    assert sorted(same["weight"]) == [0, 0, 3]
    assert same["painpoint_id"].n_unique() == 1


def test_only_languages_never_measured(tmp_path: Path) -> None:
    texts = ["Die Lieferung kam drei Stunden zu spät und das Essen war kalt.", "Le livreur est arrivé très en retard.",
             "Der Kundendienst war sehr unfreundlich zu mir.", "Le remboursement a pris trois semaines entières."]
    run = painpoints.mine(csv(tmp_path / "in.csv", texts))
    assert not set(run.units["lang"]) & {"fa", "ar", "ru"}
    assert any("never measured" in note for note in run.manifest["notes"])


def test_fewer_units_than_a_pain_point_needs(tmp_path: Path) -> None:
    run = painpoints.mine(csv(tmp_path / "in.csv", ["Курьер опоздал.", "پیک دیر رسید.", "تأخر المندوب."]))
    assert len(run.painpoints) == 0
    assert run.units["painpoint_id"].null_count() == len(run.units)


def test_nothing_but_digits_and_marks(tmp_path: Path) -> None:
    run = painpoints.mine(csv(tmp_path / "in.csv", ["12345", "!!!", "۱۲۳", "..."]), tmp_path / "run", text="text")
    assert len(run.units) == 0 and len(run.painpoints) == 0
    assert "No text held an opinion unit: nothing was judged." in run.manifest["notes"]
    assert (tmp_path / "run" / "report.html").is_file()
    assert run.documents["sentiment"].null_count() == 4


def test_a_shard_without_a_unit_among_others(tmp_path: Path) -> None:
    run = painpoints.mine(csv(tmp_path / "in.csv", ["1", "2", "3", "The app crashed", "пришло вовремя"]), text="text",
                          shard_rows=3)
    assert sorted(run.units["lang"]) == ["en", "ru"]


def test_a_huge_cell_and_nul_bytes_are_put_aside_or_mended(tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_bytes(b"id,text\n1,The courier was late\n2," + b"very bad " * 1_200_000
                     + b"\n3,The app\x00 crashed\n4,\n")
    run = painpoints.mine(file, tmp_path / "run")
    aside = [json.loads(line) for line in (tmp_path / "run" / "rejected.jsonl").read_text("utf8").splitlines()]
    assert {(entry["row"], entry["reason"]) for entry in aside} >= {(2, "text_too_long"), (4, "empty_text")}
    assert all(len(entry["raw"]) <= 10_000 for entry in aside)
    assert run.documents["row"].to_list() == [1, 3]
    assert run.manifest["counts"]["rejected"] == {"text_too_long": 1, "empty_text": 1}


def test_columns_that_only_some_files_have(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("text,till\nThe queue was long,7\n", "utf8")
    (tmp_path / "in" / "b.csv").write_text("text,till,colour\nОчередь была длинной,north,red\n", "utf8")
    run = painpoints.mine(tmp_path / "in")
    assert run.documents["meta.till"].to_list() == ["7", "north"]
    assert run.documents["meta.colour"].to_list() == [None, "red"]


def test_whole_rows_as_units(tmp_path: Path) -> None:
    text = "Доставка быстрая. Но цена высокая."
    run = painpoints.mine(csv(tmp_path / "in.csv", [text, "Great price. Slow courier."]), whole=True)
    assert run.units["text"].to_list() == [text, "Great price. Slow courier."]
