"""What goes wrong at a worker comes back as an answer, in our words and without a customer's."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from painpoints.config import Settings
from painpoints.errors import PainpointsError
from painpoints.pipeline.raydata import luggage, worker
from painpoints.pipeline.raydata.exchanges import ByFolder

ray = pytest.importorskip("ray", reason="the extra painpoints[ray] is not installed")
SAID = "my parcel never came"


class Counted:
    """Stands for the ledger's handle, and for its method's."""

    def __init__(self, attempt: int) -> None:
        self.begin = self
        self._attempt = attempt

    def remote(self, shard: int) -> int:
        return self._attempt


@pytest.fixture(autouse=True)
def _without_a_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    class Context:
        def get_node_id(self) -> str:
            return "node"

    monkeypatch.setattr(ray, "get", lambda content: content)
    monkeypatch.setattr(ray, "get_runtime_context", Context)
    for pool in ("POLARS_MAX_THREADS", "RAYON_NUM_THREADS"):
        monkeypatch.setenv(pool, "2")


def failure(place: Path, settings: Settings | None = None, *, version: str = worker.__version__, attempt: int = 1
            ) -> PainpointsError:
    packed = luggage.packed(settings or Settings())
    order = worker.Order(version, packed, ByFolder(place), Counted(attempt), 1)
    answer: dict[str, Any] = worker.ShardJudge(order)({"shard": 7})
    error: PainpointsError = pickle.loads(answer["failure"])
    assert answer["shard"] == 7 and error.hint
    return error


def test_another_version_on_a_node(tmp_path: Path) -> None:
    assert "the run is led by 0.0.1" in str(failure(tmp_path, version="0.0.1"))


def test_a_model_that_a_node_does_not_have(tmp_path: Path) -> None:
    assert failure(tmp_path, Settings(model=str(tmp_path / "absent"))).exit_code == 2


def test_one_attempt_too_many(tmp_path: Path) -> None:
    assert "Shard 7 was given up: 3 workers died" in str(failure(tmp_path, attempt=worker.MOST_ATTEMPTS + 1))


def test_a_folder_that_a_node_does_not_see(tmp_path: Path) -> None:
    assert "not a run folder" in str(failure(tmp_path / "elsewhere"))


def test_an_error_that_is_not_ours_is_named_by_its_kind_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError(SAID)

    monkeypatch.setattr(ByFolder, "take", fail)
    error = failure(tmp_path)
    assert "Shard 7 could not be judged" in str(error) and "ValueError" in str(error) and SAID not in str(error)


def test_begun_again_is_what_was_begun_more_than_once() -> None:
    ledger = worker.Ledger()
    assert [ledger.begin(shard) for shard in (3, 1, 3, 3)] == [1, 1, 2, 3]
    assert ledger.retried() == {3: 2}
