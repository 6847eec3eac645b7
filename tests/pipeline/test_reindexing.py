"""A workspace taken to another model keeps its units, its pain points, and what people decided."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

import painpoints.pipeline.models as models
import painpoints.pipeline.reindexing as reindexing
from painpoints.config import Settings
from painpoints.encode import EMBEDDED_NAME
from painpoints.encode.encoder import EncoderInfo
from painpoints.errors import ModelError
from painpoints.pipeline import Workspace
from painpoints.pipeline.spaces import JUDGED_WITH
from painpoints.store import open_workspace

if TYPE_CHECKING:
    from painpoints.encode import Encoder

FIRST = 40
OTHER, STRANGE = "a-company/other-space", "a-company/strange-space"


class TurnedEncoder:
    """The encoder's vectors seen from elsewhere: turned into 96 dimensions, with noise of its own for each text."""

    def __init__(self, encoder: Encoder, name: str, noise: float) -> None:
        self._encoder, self._noise = encoder, noise
        width = encoder.info.dimension
        self._turn = np.random.default_rng(8).standard_normal((width, 96)).astype(np.float32)
        self.info = EncoderInfo(name, "test", 96, "cpu", "fp32", "", 256, None)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        turned = self._encoder.encode(texts) @ self._turn
        seen = [np.random.default_rng(list(text.encode())).standard_normal(96) for text in texts]
        length = np.linalg.norm(turned, axis=1, keepdims=True)
        found = turned / np.maximum(length, 1e-9) + self._noise * np.array(seen).reshape(len(texts), 96)
        return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(autouse=True)
def _two_encoders(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    known: dict[str, Any] = {EMBEDDED_NAME: encoder, OTHER: TurnedEncoder(encoder, OTHER, 0.02),
                             STRANGE: TurnedEncoder(encoder, STRANGE, 2.0)}
    monkeypatch.setattr(models, "load_encoder", lambda name, **_: known[name])
    yield


@pytest.fixture(scope="session")
def begun(rows: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory, _one_encoder: None) -> Path:
    """A workspace after two additions; tests work on copies."""
    path = tmp_path_factory.mktemp("reindexed") / "shop"
    with Workspace.create(path, Settings()) as made:
        made.add(rows.head(FIRST))
        made.add(rows.head(FIRST + 12))
    return path


@pytest.fixture
def shop(begun: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(begun, tmp_path / "shop")
    return Workspace.open(tmp_path / "shop")


def placements(workspace: Workspace) -> dict[str, tuple[str | None, str]]:
    with open_workspace(workspace.path) as folder, folder.state.reading() as state:
        return {row["unit_id"]: (row["painpoint_id"], row["placed_by"]) for row in state.rows("placements")}


def files(workspace: Workspace) -> list[str]:
    return sorted(path.name for path in (workspace.path / "facts" / "000001").iterdir())


def test_pain_points_outlive_a_change_of_model_and_additions_follow_it(shop: Workspace, rows: pl.DataFrame) -> None:
    before, points = placements(shop), {p["painpoint_id"]: p["title"] for p in shop.painpoints()}
    units = shop.data().units.select("unit_id", "start", "end", "p_neg")
    done = shop.reindex(OTHER)
    assert (done.before, done.after, done.embedded, done.judged) == (EMBEDDED_NAME, OTHER, True, False)
    assert done.unchanged is not None and done.unchanged >= 0.9 and done.painpoints == len(points)
    assert done.neighbours is not None and 0.2 < done.neighbours <= 1
    after = placements(shop)
    assert done.kept == sum(after[unit][0] == name for unit, (name, _) in before.items() if name)
    assert points.items() <= {p["painpoint_id"]: p["title"] for p in shop.painpoints()}.items()
    data = shop.data()
    assert data.units.select("unit_id", "start", "end", "p_neg").equals(units)
    assert data.vectors(data.units["unit_id"]).shape == (len(units), 96) and shop.settings.model == OTHER
    joined = shop.add(rows)
    assert joined.joined >= 0.6 * joined.problems > 0 and len(shop.table())
    assert "vectors-2.parquet" in [path.name for path in (shop.path / "facts" / "000003").iterdir()]
    assert "vectors.parquet" not in [path.name for path in (shop.path / "facts" / "000003").iterdir()]


def test_units_are_judged_anew_where_what_judges_them_has_changed(shop: Workspace) -> None:
    units, before = shop.data().units.sort("unit_id"), placements(shop)
    with open_workspace(shop.path) as folder:
        with folder.state.reading() as state:
            judges, holding = state.meta(JUDGED_WITH), state.generation()
        # As an older version would have left it: judged by other heads, of which nothing is known but their names.
        doubted = {name: "earlier heads" if isinstance(value, str) else value for name, value in judges.items()}
        assert doubted != judges
        turned = units.with_columns(p_neg=pl.lit(0.5), sentiment=pl.lit("neu")).drop("addition")
        for number in (1, 2):
            path = next((shop.path / "facts" / f"{number:06}").glob("units*.parquet"))
            mine = pl.read_parquet(path)
            mine.drop("p_neg", "sentiment").join(turned.select("unit_id", "p_neg", "sentiment"), on="unit_id").select(
                mine.columns).write_parquet(path)
        with folder.state.writing() as state:
            state.keep(JUDGED_WITH, doubted)
    assert shop.data().units["sentiment"].unique().to_list() == ["neu"]
    done = shop.reindex()
    assert done.judged and not done.embedded
    again = shop.data().units.sort("unit_id")
    same = ["unit_id", "start", "end", "sentiment"]
    assert again.select(same).equals(units.select(same))
    assert again["p_neg"].to_numpy() == pytest.approx(units["p_neg"].to_numpy(), abs=0.02)
    assert placements(shop) == before, "the same vectors hold the same places"
    with open_workspace(shop.path) as folder, folder.state.reading() as state:
        assert state.meta(JUDGED_WITH) == judges and state.generation().units == holding.units + 1
    assert not shop.reindex().judged, "and nothing is judged a second time"


def test_the_way_back_to_the_built_in_model_gives_the_first_vectors_again(shop: Workspace) -> None:
    ids = shop.data().units["unit_id"]
    first, before = shop.data().vectors(ids), placements(shop)
    shop.reindex(OTHER)
    done = shop.reindex("default")
    assert (done.before, done.after, shop.settings.model) == (OTHER, EMBEDDED_NAME, None)
    assert np.array_equal(shop.data().vectors(ids), first)
    same = sum(placements(shop)[unit][0] == name for unit, (name, _) in before.items() if name)
    assert same >= 0.9 * sum(name is not None for name, _ in before.values())
    assert shop.reindex().as_dict() == reindexing.Reindexed(EMBEDDED_NAME, EMBEDDED_NAME, False, False).as_dict()


def test_what_people_decided_stands_even_in_a_space_of_noise(shop: Workspace, rows: pl.DataFrame) -> None:
    first, second, third, *_ = (point["painpoint_id"] for point in shop.painpoints())
    shop.merge(third, second)
    parted = shop.split(first)
    shop.rename(second, "بازپرداخت نرسید")
    loose = next(unit for unit, (name, _) in placements(shop).items() if name not in (first, second, parted))
    shop.pin(second, [loose])
    decided = {unit: name for unit, (name, by) in placements(shop).items() if by == "person"}
    named = {point["painpoint_id"] for point in shop.painpoints() if point["units"]}
    for model in (STRANGE, OTHER, "default"):
        done = shop.reindex(model)
        now = placements(shop)
        assert {unit: now[unit] for unit in decided} == {unit: (name, "person") for unit, name in decided.items()}
        assert named <= {name for name, _ in now.values()}, "no pain point loses all its units"
        assert done.moved + done.kept + done.lost > 0
        assert not any({p["painpoint_id"], p["other"]} == {first, parted} for p in shop.proposals())
    shop.add(rows)
    now = placements(shop)
    assert {unit: now[unit][0] for unit in decided} == decided
    assert next(p["title"] for p in shop.painpoints() if p["painpoint_id"] == second) == "بازپرداخت نرسید"


def test_the_order_in_which_documents_came_changes_nothing(rows: pl.DataFrame, tmp_path: Path) -> None:
    found = []
    for seed in (1, 2):
        with Workspace.create(tmp_path / f"shuffled{seed}", Settings(shard_rows=9 * seed)) as made:
            made.add(rows.sample(fraction=1.0, shuffle=True, seed=seed))
            report = made.reindex(OTHER)
            found.append((report, placements(made), [p | {"made": 0} for p in made.painpoints()]))
    assert found[0] == found[1]


def test_a_reindex_that_fails_on_the_way_leaves_everything_as_it_was(
        shop: Workspace, rows: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    before, first = placements(shop), files(shop)

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(reindexing, "_commit", fail)
        with pytest.raises(KeyboardInterrupt):
            shop.reindex(OTHER)
    assert "vectors-2.parquet" in files(shop) and placements(shop) == before and shop.settings.model is None
    assert shop.add(rows.head(FIRST)).number is None and files(shop) == first
    with pytest.raises(ModelError):
        shop.reindex("./nowhere")
    assert placements(shop) == before


def test_old_vectors_stay_a_day_for_those_who_read_them(shop: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = shop.data()
    seen = reader.vectors(reader.units["unit_id"])
    shop.reindex(OTHER)
    shop.reindex()
    assert {"vectors.parquet", "vectors-2.parquet"} <= set(files(shop))
    assert np.array_equal(reader.vectors(reader.units["unit_id"]), seen)
    monkeypatch.setattr(reindexing, "now", lambda: "2999-01-01T00:00:00+00:00")
    shop.reindex()
    assert "vectors.parquet" not in files(shop) and "vectors-2.parquet" in files(shop)


def test_the_change_is_told_in_the_lineage_and_kept_as_a_report(shop: Workspace) -> None:
    done = shop.reindex(STRANGE)
    with open_workspace(shop.path) as folder, folder.state.reading() as state:
        reports = state.meta(reindexing.REPORTS)
    assert [report["after"] for report in reports] == [STRANGE] and reports[0]["kept"] == done.kept
    told = [event for event in shop.lineage() if event["event"] == "reindexed"]
    assert all(event["detail"].startswith("+") and event["addition"] == 2 for event in told)
    assert done.neighbours is not None and done.neighbours < 0.8


def test_an_empty_workspace_takes_the_model_it_is_given(tmp_path: Path, rows: pl.DataFrame) -> None:
    with Workspace.create(tmp_path / "shop", Settings()) as made:
        assert not made.reindex(OTHER).embedded and made.settings.model == OTHER
        made.add(rows.head(8))
        assert made.data().vectors(made.data().units["unit_id"]).shape[1] == 96
