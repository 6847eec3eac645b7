"""By which way shards come to the workers."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from painpoints.pipeline.raydata import exchanges

ray = pytest.importorskip("ray", reason="the extra painpoints[ray] is not installed")


def cluster(answer: Any) -> Any:
    """A Ray of this node and another one, which says ``answer`` when asked whether it sees the run, or raises it."""
    class Look:
        def options(self, **_: Any) -> Look:
            return self

        def remote(self, *_: Any) -> Any:
            return answer

    def get(asked: list[Any]) -> list[Any]:
        for each in asked:
            if isinstance(each, Exception):
                raise each
        return asked

    nodes = [{"NodeID": "a" * 56, "Alive": True}, {"NodeID": "b" * 56, "Alive": True}]
    return SimpleNamespace(nodes=lambda: nodes, get=get, remote=lambda _: Look(), exceptions=ray.exceptions,
                           get_runtime_context=lambda: SimpleNamespace(get_node_id=lambda: "a" * 56))


@pytest.mark.parametrize(("answer", "name"), [
    (True, "folder"),
    (False, "objects"),
    (ray.exceptions.TaskUnschedulableError("the node is gone"), "objects"),
    (ray.exceptions.NodeDiedError("the node is gone"), "objects"),
])
def test_the_folder_serves_where_every_node_sees_it(tmp_path: Path, answer: Any, name: str) -> None:
    (tmp_path / "run.json").write_text("{}", "utf8")
    assert exchanges.chosen(cluster(answer), SimpleNamespace(path=tmp_path)).name == name  # type: ignore[arg-type]
