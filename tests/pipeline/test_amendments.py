"""Corrections laid over judgements: at once, everywhere, for good, and gone without a trace when taken back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from painpoints.classify import judge_documents
from painpoints.config import Settings
from painpoints.pipeline import Workspace, corrections_frame
from painpoints.pipeline.amendments import amended, called_for, withdrawn
from painpoints.store import now

if TYPE_CHECKING:
    from conftest import Mover

TEXTS = [("u1", "d1", "fa", "پیک خیلی دیر رسید", "k1"), ("u2", "d1", "fa", "ولی غذا عالی بود", "k2"),
         ("u3", "d2", "ar", "التوصيل تأخر كثيرا", "k3"), ("u4", "d3", "ru", "Курьер опоздал на час", "k4"),
         ("u5", "d4", "en", "The courier came late", "k5"), ("u6", "d5", "en", "The courier came late", "k5")]


def judged(weights: tuple[int, ...] = (1, 1, 1, 1, 1, 1)) -> pl.DataFrame:
    """Six units that the machine takes for problems with delivery."""
    frame = pl.DataFrame(TEXTS, schema=["unit_id", "doc_id", "lang", "text", "key"], orient="row")
    return frame.with_columns(
        pl.Series("weight", weights, pl.Int64), start=pl.lit(0, pl.Int64), end=pl.col("text").str.len_chars().cast(
            pl.Int64), sentiment=pl.lit("neg"), p_neg=pl.lit(0.8, pl.Float32), p_neu=pl.lit(0.15, pl.Float32),
        p_pos=pl.lit(0.05, pl.Float32), whole_p_neg=pl.lit(0.9, pl.Float32), whole_p_neu=pl.lit(0.1, pl.Float32),
        whole_p_pos=pl.lit(0.0, pl.Float32), touchpoint=pl.lit("delivery"), touchpoint_p=pl.lit(0.6, pl.Float32),
        stage=pl.lit("during"), stage_p=pl.lit(0.7, pl.Float32), problem_p=pl.lit(0.8, pl.Float32),
        is_problem=pl.lit(True), emotion=pl.lit("anger"), emotion_p=pl.lit(0.5, pl.Float32), certain=pl.lit(False))


def said(*corrections: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [{"unit_id": unit, "field": field, "value": value, "doc_id": "", "who": "sara", "made": f"2026-01-0{day}"}
            for day, (unit, field, value) in enumerate(corrections, 1)]


def rows(corrections: list[dict[str, Any]], units: pl.DataFrame | None = None, settings: Settings | None = None
         ) -> dict[str, dict[str, Any]]:
    found = amended(judged() if units is None else units, corrections, settings or Settings())
    return {row["unit_id"]: row for row in found.iter_rows(named=True)}


def test_without_corrections_nothing_is_changed_but_for_two_empty_columns() -> None:
    found = amended(judged(), [], Settings())
    assert_frame_equal(found.drop("corrected", "judged"), judged())
    assert found["corrected"].to_list() == [[]] * 6 and found["judged"].null_count() == 6
    other = amended(judged(), said(("u4", "problem", "no")), Settings())
    assert other.schema == found.schema
    assert_frame_equal(other.filter(pl.col("unit_id") != "u4"), found.filter(pl.col("unit_id") != "u4"))


def test_each_field_takes_its_value_and_what_hangs_on_it() -> None:
    found = rows(said(("u1", "sentiment", "pos"), ("u2", "touchpoint", "app"), ("u3", "stage", "before"),
                      ("u4", "problem", "no")))
    assert [found["u1"][name] for name in ("sentiment", "p_neg", "p_neu", "p_pos", "emotion")] == ["pos", 0, 0, 1, None]
    assert [found["u2"][name] for name in ("touchpoint", "touchpoint_p", "stage", "stage_p")] == ["app", 1, "after", 1]
    assert [found["u3"][name] for name in ("touchpoint", "stage", "stage_p")] == ["delivery", "before", 1]
    assert (found["u4"]["is_problem"], found["u4"]["problem_p"], found["u4"]["sentiment"]) == (False, 0, "neg")
    assert [found[unit]["corrected"] for unit in ("u1", "u2", "u3", "u4", "u5")] == [
        ["sentiment"], ["touchpoint"], ["stage"], ["problem"], []]
    assert all(found[unit]["certain"] for unit in ("u1", "u2", "u3", "u4")) and not found["u5"]["certain"]
    assert found["u1"]["judged"] == {"sentiment": "neg", "touchpoint": "delivery", "stage": "during", "problem": "yes"}
    assert found["u5"]["judged"] is None


def test_a_stage_that_people_name_outranks_that_of_the_touchpoint_they_name() -> None:
    both = rows(said(("u1", "touchpoint", "app"), ("u1", "stage", "before")))["u1"]
    assert (both["touchpoint"], both["stage"], both["corrected"]) == ("app", "before", ["touchpoint", "stage"])
    other = rows(said(("u1", "touchpoint", "ads")), settings=Settings(framework="four-stage"))["u1"]
    assert other["stage"] == "awareness"
    assert rows(said(("u1", "touchpoint", "none")))["u1"]["stage"] == "none"


def test_copies_follow_and_equal_short_texts_do_not() -> None:
    copies = judged((1, 1, 1, 1, 2, 0))
    for named in ("u5", "u6"):
        found = rows(said((named, "problem", "no")), copies)
        assert [found[unit]["is_problem"] for unit in ("u4", "u5", "u6")] == [True, False, False]
    apart = rows(said(("u5", "problem", "no")))
    assert (apart["u5"]["is_problem"], apart["u6"]["is_problem"]) == (False, True)
    own = rows(said(("u6", "touchpoint", "app"), ("u5", "touchpoint", "support")), copies)
    assert (own["u5"]["touchpoint"], own["u6"]["touchpoint"]) == ("support", "app")


def test_a_document_feels_as_people_say_by_as_much_of_it_as_they_said_so() -> None:
    documents = pl.DataFrame({"doc_id": ["d1", "d2"]})
    one = judge_documents(documents, amended(judged(), said(("u3", "sentiment", "pos")), Settings()))
    assert one.row(1, named=True)["sentiment"] == "pos" and one.row(1, named=True)["p_pos"] == 1
    two = judge_documents(documents, amended(judged(), said(("u1", "sentiment", "pos")), Settings()))
    half = two.row(0, named=True)
    share = len(TEXTS[0][3]) / (len(TEXTS[0][3]) + len(TEXTS[1][3]))
    assert half["p_pos"] == pytest.approx(share, abs=1e-6) and half["p_neg"] == pytest.approx(0.9 * (1 - share))
    assert half["sentiment"] == "mixed"


@pytest.mark.parametrize(("scope", "correction", "gone", "wanted"), [
    ("problems", ("u1", "problem", "no"), True, False), ("negative", ("u1", "problem", "no"), True, False),
    ("all", ("u1", "problem", "no"), False, True), ("all", ("u1", "touchpoint", "none"), True, False),
    ("problems", ("u1", "touchpoint", "app"), False, True), ("negative", ("u1", "sentiment", "pos"), True, False),
    ("problems", ("u1", "sentiment", "pos"), False, True)])
def test_what_makes_pain_points_is_what_people_say(scope: str, correction: tuple[str, str, str], gone: bool,
                                                   wanted: bool) -> None:
    units = amended(judged(), said(correction), Settings())
    assert (withdrawn(units, scope)[0], called_for(units, scope)[0]) == (gone, wanted)
    assert not withdrawn(units, scope)[1:].any() and called_for(units, scope)[1:].all()


def test_what_people_call_a_problem_is_wanted_though_the_machine_saw_no_experience() -> None:
    quiet = judged().with_columns(is_problem=pl.lit(False), touchpoint=pl.lit("none"), sentiment=pl.lit("pos"))
    for scope in ("problems", "negative"):
        units = amended(quiet, said(("u2", "problem", "yes")), Settings())
        assert called_for(units, scope).to_list() == [False, True, False, False, False, False]
    both = amended(quiet, said(("u2", "problem", "yes"), ("u2", "touchpoint", "none")), Settings())
    assert not called_for(both, "problems").any()


@pytest.fixture(scope="module")
def begun(rows: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory, _one_encoder: None) -> Path:
    path = tmp_path_factory.mktemp("workspaces") / "shop"
    with Workspace.create(path, Settings()) as made:
        made.add(rows.head(40))
    return path


@pytest.fixture
def shop(begun: Path, tmp_path: Path, database: str | None, move: Mover) -> Iterator[Workspace]:
    shutil.copytree(begun, tmp_path / "shop")
    with Workspace.open(move(tmp_path / "shop", database)) as opened:
        yield opened


def correct(workspace: Workspace, *corrections: tuple[str, str, str]) -> None:
    with workspace.folder.state.writing() as state:
        state.insert("corrections", [{"unit_id": unit, "field": field, "value": value, "doc_id": unit, "who": "سارا",
                                      "made": now()} for unit, field, value in corrections])


def take_back(workspace: Workspace) -> None:
    with workspace.folder.state.writing() as state:
        state.clear("corrections")


def of_largest(workspace: Workspace) -> tuple[str, list[str]]:
    point = workspace.painpoints()[0]["painpoint_id"]
    return point, workspace.units_of(point)["unit_id"].to_list()


def mentions(workspace: Workspace, point: str) -> int:
    """The documents with a pain point, over all weeks of the trends."""
    return int(workspace.trends().filter(painpoint_id=point)["documents"].sum())


def test_no_problem_leaves_its_pain_point_at_once_and_everywhere_and_comes_back(shop: Workspace) -> None:
    point, members = of_largest(shop)
    before, table = shop.painpoints(), shop.table()
    correct(shop, (members[0], "problem", "no"))
    assert shop.units_of(point)["unit_id"].to_list() == members[1:]
    assert {p["painpoint_id"]: p["units"] for p in shop.painpoints()}[point] == len(members) - 1
    data = shop.data()
    unit = data.units.row(by_predicate=pl.col("unit_id") == members[0], named=True)
    assert (unit["painpoint_id"], unit["placed_by"], unit["is_problem"]) == (None, None, False)
    problems = dict(data.units.group_by("doc_id").agg(pl.col("is_problem").any()).iter_rows())
    assert {row["doc_id"]: row["is_problem"] for row in data.documents.iter_rows(named=True)} == problems
    assert shop.table().filter(painpoint_id=point)["units"][0] == len(members) - 1
    take_back(shop)
    assert shop.painpoints() == before
    assert_frame_equal(shop.table(), table)


def test_a_pain_point_of_which_nothing_is_a_problem_is_heard_of_no_more(shop: Workspace) -> None:
    point, members = of_largest(shop)
    assert mentions(shop, point) > 0
    correct(shop, *((unit, "problem", "no") for unit in members))
    assert mentions(shop, point) == 0 and shop.units_of(point).is_empty()
    assert point not in shop.table()["painpoint_id"].to_list()
    assert {p["painpoint_id"]: p["units"] for p in shop.painpoints()}[point] == 0
    told = shop.digest(since="2026-01-01", until="2026-06-30").as_dict()
    assert point not in str(told) and point not in str(shop.alerts(peek=True))


def test_additions_count_by_corrections_and_known_units_keep_their_places(shop: Workspace, rows: pl.DataFrame) -> None:
    point, members = of_largest(shop)
    praise = shop.data().units.filter(~pl.col("is_problem")).sort("unit_id")["unit_id"][0]
    correct(shop, (members[0], "problem", "no"), (praise, "problem", "yes"), (praise, "touchpoint", "delivery"))
    places = {unit: row["painpoint_id"] for row in shop.painpoints()
              for unit in shop.units_of(row["painpoint_id"])["unit_id"]}
    shop.add(rows.tail(len(rows) - 40))
    after = {row["unit_id"]: row["painpoint_id"] for row in shop.data().units.iter_rows(named=True)}
    assert {unit: after[unit] for unit in places} == places
    assert after[members[0]] is None
    with shop.folder.state.reading() as state:
        placed = {row["unit_id"]: row for row in state.rows("placements")}
    assert praise in placed and placed[members[0]]["painpoint_id"] == point
    take_back(shop)
    assert members[0] in shop.units_of(point)["unit_id"].to_list()


def test_they_outlive_another_model(shop: Workspace, encoder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    point, members = of_largest(shop)
    correct(shop, (members[0], "problem", "no"), (members[1], "sentiment", "pos"))
    with shop.folder.state.writing() as state:
        state.keep("judgements", {"heads": "older", "adapter": None})
    report = shop.reindex()
    assert report.judged
    units = {row["unit_id"]: row for row in shop.data().units.iter_rows(named=True)}
    assert units[members[0]]["painpoint_id"] is None and units[members[1]]["sentiment"] == "pos"
    assert all(units[unit]["painpoint_id"] == point for unit in members[1:])
    take_back(shop)
    assert members[0] in shop.units_of(point)["unit_id"].to_list()


def test_the_frame_of_corrections_tells_what_the_machine_said_and_who_said_what(shop: Workspace) -> None:
    assert len(corrections_frame(shop)) == 0
    empty = corrections_frame(shop).schema
    _, members = of_largest(shop)
    correct(shop, (members[0], "problem", "no"), (members[1], "touchpoint", "app"), (members[1], "sentiment", "neu"))
    units = {row["unit_id"]: row for row in shop.data().units.iter_rows(named=True)}
    found = corrections_frame(shop)
    assert found.schema == empty
    rows = {(row["unit_id"], row["field"]): row for row in found.iter_rows(named=True)}
    assert len(rows) == 3
    first = rows[members[0], "problem"]
    assert (first["was"], first["value"], first["who"], first["text"]) == (
        "yes", "no", "سارا", units[members[0]]["text"])
    assert rows[members[1], "touchpoint"]["was"] == units[members[1]]["judged"]["touchpoint"]
    assert rows[members[1], "sentiment"]["lang"] == units[members[1]]["lang"]
