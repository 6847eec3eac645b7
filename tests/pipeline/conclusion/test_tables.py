"""Final tables made shard by shard are those made of everything at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from painpoints.pipeline.conclusion.columns import documents_to_group, documents_to_report
from painpoints.pipeline.conclusion.tables import gathered, write_documents, write_units
from painpoints.read import by_side
from painpoints.store import RunFolder, create_run

TEXTS = ("پیک دیر رسید", "التوصيل بطيء", "Курьер опоздал", "The courier was late")


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    made = create_run(tmp_path / "run", {})
    for shard, text in enumerate(TEXTS):
        made.write_documents(shard, pl.DataFrame({
            "doc_id": [f"{shard}a", f"{shard}b"], "text": [text, "thanks"], "side": [None, "brand"],
            **({"meta.branch": ["north", "south"]} if shard == 2 else {})}))
        units = pl.DataFrame({"unit_id": [f"{shard}u"], "doc_id": [f"{shard}a"], "text": [text], "key": ["k"],
                              "weight": [1]})
        made.write_units(shard, units, np.ones((1, 2), np.float32), {"units": 1})
    return made


def test_customers_come_first_and_a_column_of_one_shard_is_null_in_the_others(folder: RunFolder) -> None:
    own, brand = by_side(folder.all_documents(range(4)))
    judged = own.select("doc_id", sentiment=pl.lit("neg"))
    assert write_documents(folder, range(4), judged) == 4
    written = pl.read_parquet(folder.path / "documents.parquet")
    assert written.equals(pl.concat([own.join(judged, on="doc_id", maintain_order="left"), brand], how="diagonal"))


def test_units_get_what_was_found_since_they_were_judged(folder: RunFolder) -> None:
    found = pl.DataFrame({"unit_id": ["0u", "1u", "2u", "3u"], "key": list("kkxk"), "weight": [3, 0, 1, 0],
                          "painpoint_id": ["P", "P", None, None]})
    write_units(folder, range(4), found)
    written = pl.read_parquet(folder.path / "units.parquet")
    assert written["text"].to_list() == list(TEXTS)
    assert written.select(found.columns).equals(found)


def test_only_some_units_are_read_where_only_some_are_wanted(folder: RunFolder) -> None:
    kept = folder.units(range(4), ("unit_id", "text", "unknown"), keep=np.array([True, False, False, True]))
    assert kept.to_dict(as_series=False) == {"unit_id": ["0u", "3u"], "text": [TEXTS[0], TEXTS[3]]}


def test_the_column_to_compare_by_is_read_and_other_own_columns_are_not() -> None:
    columns = ["doc_id", "meta.product", "meta.branch", "meta.note", "file", "parts", "turns", "shared"]
    assert documents_to_group(columns, "branch") == ["doc_id", "meta.product", "meta.branch", "shared"]
    assert documents_to_group(columns, "file") == ["doc_id", "meta.product", "file", "shared"]
    assert documents_to_report(columns, None) == ["doc_id", "meta.product", "turns", "shared"]


def test_groups_of_shards_hold_every_shard_once() -> None:
    assert [shard for group in gathered(range(120)) for shard in group] == list(range(120))
