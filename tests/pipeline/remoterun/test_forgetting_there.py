"""A person erased from a run at an address: there as in a folder, proved on what is there, and nothing stays here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import painpoints
from painpoints.cli import main
from painpoints.errors import RunError, StorageError, UsageError
from painpoints.pipeline import Findings, RemoteRunForgetting, WhoToForget
from painpoints.pipeline.forgetting import remoteruns

if TYPE_CHECKING:
    from conftest import Bucket

URL = "memory://bucket/runs/نظرها"
AT = "s3://feedback/runs/may"


@pytest.fixture
def few(rows: pl.DataFrame) -> pl.DataFrame:
    """Some rows of each language."""
    return rows.gather_every(3)


def held(store: dict[str, bytes], text: str) -> list[str]:
    """The files that are open to the eye and hold ``text``."""
    return [name for name, content in store.items() if text.encode() in content and not name.endswith((".parquet",
                                                                                                       ".xlsx"))]


@pytest.mark.parametrize("lang", ["fa", "ar", "ru", "en"])
def test_what_is_there_is_what_a_folder_would_hold_afterwards(few: pl.DataFrame, memory: Any, cache: Path, lang: str
                                                              ) -> None:
    before = painpoints.mine(few, URL, fast=True, shard_rows=10)
    gone = before.documents.filter(pl.col("lang") == lang).row(0, named=True)
    with RemoteRunForgetting(URL, "officer") as forgetting:
        assert forgetting.plan(WhoToForget(documents=[gone["doc_id"]])).counts["documents"] == 1
        assert len(Findings.load(URL).documents) == len(before.documents), "a plan changes nothing"
        done = forgetting.erase(WhoToForget(documents=[gone["doc_id"]]))
    assert done.certificate is not None and done.certificate.proved, done.certificate.proof.traces
    assert done.certificate.where == URL
    after = Findings.load(URL)
    assert_frame_equal(after.documents, before.documents.filter(pl.col("doc_id") != gone["doc_id"]))
    assert after.manifest["counts"]["documents"] == len(before.documents) - 1
    files = {name: memory.cat_file(name) for name in memory.find("/bucket/runs")}
    assert any(name.endswith("report.html") for name in files) and held(files, gone["text"]) == []
    assert not any((cache / "forgetting").iterdir()), "nobody's texts stay behind"


def test_the_command_takes_an_address_and_ends_later_what_the_store_refused(
        feedback: Path, bucket: Bucket, cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mine", str(feedback), "-o", AT, "--fast", "--limit", "40", "--quiet"]) == 0
    quoted = Findings.load(AT).painpoints["quotes"][0][0]
    bucket.put.clear()
    bucket.refused = lambda name: name.endswith("units.parquet")
    assert main(["forget", AT, quoted["doc_id"], "--yes"]) == 2
    assert f"error: {AT}/units.parquet: could not be written (PermissionError)." in capsys.readouterr().err
    assert any((cache / "forgetting").iterdir()), "what was begun is kept to be ended"
    bucket.refused = lambda name: False
    assert main(["forget", AT]) == 2 and "Nobody is named" in capsys.readouterr().err
    assert quoted["doc_id"] not in Findings.load(AT).documents["doc_id"].to_list()
    assert bucket.put[-1] == "runs/may/manifest.json" and "runs/may/documents.parquet" in bucket.put
    assert held(bucket.objects, quoted["text"]) == [] and not any((cache / "forgetting").iterdir())
    capsys.readouterr()
    assert main(["forget", AT, quoted["doc_id"], "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["certificate"] is None, "nobody of that name is left"


def test_a_file_that_is_not_as_it_was_searched_fails_the_proof(few: pl.DataFrame, memory: Any,
                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    before = painpoints.mine(few, URL, fast=True, shard_rows=10)
    put = remoteruns.RemoteFolder.put
    kept = memory.cat_file("/bucket/runs/نظرها/report.html")

    def losing(self: Any, name: str, path: Path) -> None:
        put(self, name, path)
        memory.pipe_file("/bucket/runs/نظرها/report.html", kept)  # a store that shows an older version

    with monkeypatch.context() as lying, RemoteRunForgetting(URL, "officer") as forgetting:
        lying.setattr(remoteruns.RemoteFolder, "put", losing)
        done = forgetting.erase(WhoToForget(documents=[str(before.documents["doc_id"][0])]))
        assert done.certificate is not None and done.certificate.proof.traces == [f"{URL}/report.html"]
        with pytest.raises(StorageError, match=r"report\.html: something else"):
            forgetting.resume()
    with RemoteRunForgetting(URL, "officer") as forgetting:
        forgetting.resume()
    assert memory.cat_file("/bucket/runs/نظرها/report.html") != kept


def test_where_no_run_is_nothing_is_fetched(memory: Any, cache: Path) -> None:
    memory.pipe_file("/bucket/runs/half/run.json", b"{}")
    for url, said in (("memory://bucket/runs/half", "did not finish"), ("memory://bucket/runs/none", "no run")):
        with pytest.raises(RunError, match=said), RemoteRunForgetting(url, "officer"):
            pass
    assert not (cache / "forgetting").exists()


def test_a_pseudonym_that_is_none_leaves_nothing_begun(few: pl.DataFrame, memory: Any, cache: Path) -> None:
    painpoints.mine(few, URL, fast=True, shard_rows=10)
    with RemoteRunForgetting(URL, "officer") as forgetting, pytest.raises(UsageError, match="no pseudonym"):
        forgetting.erase(WhoToForget(author_keys=["سارا"]))
    assert not any((cache / "forgetting").iterdir())
