"""Worker processes that die are replaced; what they did is done again."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from painpoints.errors import RunError, WorkerError
from painpoints.pipeline.streaming.chores import Chore, Judges
from painpoints.pipeline.streaming.crew import TRIES, Crew

CHORES = """
import os, time
from pathlib import Path
from painpoints.errors import RunError
from painpoints.pipeline.streaming.chores import Cutting, Judging

class Asking(Judging):
    def done(self, tools):
        return tools.judges.student

class Dying(Cutting):
    def done(self, tools):
        tries = self.run / f"tries-{self.shard}"
        with tries.open("a") as file:
            file.write(".")
        if len(tries.read_text()) <= self.shard:
            os._exit(9)
        return self.shard

class Failing(Cutting):
    def done(self, tools):
        raise RunError("a thing is wrong", hint="mend it")

class Breaking(Cutting):
    def done(self, tools):
        raise KeyError("What a customer wrote")

class Lasting(Cutting):
    def done(self, tools):
        (self.run / "pid").write_text(str(os.getpid()))
        time.sleep(600)
"""


@pytest.fixture
def chores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    (tmp_path / "crew_chores.py").write_text(CHORES, "utf8")
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("crew_chores")
    del sys.modules["crew_chores"]


@pytest.fixture
def ends() -> Queue[tuple[Chore, Any, BaseException | None]]:
    return Queue()


@pytest.fixture
def crew(ends: Queue[tuple[Chore, Any, BaseException | None]]) -> Iterator[Crew]:
    made = Crew(1, None, lambda *end: ends.put(end))
    yield made
    made.close()


def test_a_chore_is_tried_again_when_its_process_dies_and_given_up_at_last(
        crew: Crew, chores: Any, ends: Queue[Any], tmp_path: Path) -> None:
    for deaths in (0, TRIES - 1, TRIES):
        crew.submit(chores.Dying(tmp_path, deaths, False))
    assert [ends.get(timeout=120)[1] for _ in range(2)] == [0, TRIES - 1]
    _, result, error = ends.get(timeout=120)
    assert result is None and isinstance(error, WorkerError)
    assert error.message == f"Shard {TRIES}: the process that worked on it ended {TRIES} times, last with code 9."
    assert error.hint is not None and f"painpoints mine --resume {tmp_path}" in error.hint
    assert crew.started == 2 * TRIES - 1


def test_an_error_arrives_with_its_remedy_and_its_place_but_once(crew: Crew, chores: Any, ends: Queue[Any],
                                                                 tmp_path: Path) -> None:
    crew.submit(chores.Failing(tmp_path, 1, False))
    error = ends.get(timeout=120)[2]
    assert isinstance(error, RunError) and (error.message, error.hint) == ("a thing is wrong", "mend it")
    crew.submit(chores.Breaking(tmp_path, 1, False))
    broken = ends.get(timeout=120)[2]
    assert isinstance(broken, KeyError) and "crew_chores.py" in broken.__notes__[0]
    assert crew.started == 1


def test_what_takes_judges_waits_for_them_and_the_rest_does_not(crew: Crew, chores: Any, ends: Queue[Any],
                                                                tmp_path: Path) -> None:
    crew.submit(chores.Asking(tmp_path, 1, False))
    crew.submit(chores.Dying(tmp_path, 0, False))
    assert ends.get(timeout=120)[1] == 0 and ends.empty()
    crew.equip(Judges(None, None, "a student"))  # type: ignore[arg-type]
    crew.submit(chores.Asking(tmp_path, 2, False))
    assert [(end[0].shard, end[1]) for end in (ends.get(timeout=120), ends.get(timeout=120))] == [
        (1, "a student"), (2, "a student")]


def test_a_crew_that_is_sent_home_leaves_no_process(chores: Any, ends: Queue[Any], tmp_path: Path) -> None:
    crew = Crew(2, None, lambda *end: ends.put(end))
    crew.submit(chores.Lasting(tmp_path, 1, False))
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        time.sleep(0.01)
    crew.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGCONT)
    assert crew.started == 1 and ends.empty()


def test_a_process_that_cannot_be_started_is_said(ends: Queue[Any], monkeypatch: pytest.MonkeyPatch, chores: Any,
                                                  tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    crew = Crew(1, None, lambda *end: ends.put(end))
    crew.submit(chores.Dying(tmp_path, 0, False))
    error = ends.get(timeout=20)[2]
    crew.close()
    assert isinstance(error, WorkerError) and error.hint is not None and "--workers 0" in error.hint
