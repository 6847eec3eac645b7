"""A workspace kept in memory for many who look at it at once, and brought up to date as it changes.

Every question asks the state what tells it from the last one seen, which is one short query. What people do in the
queue changes the entries of its comments; what they say of opinions or do with pain points has the comments concerned
judged and ranked anew at once, while trends, and what hangs on them, follow in the background. An addition is read in
the background too: until that is done, everybody sees what was there before it.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from painpoints.pipeline import Held, held
from painpoints.store import Marks, Reader
from painpoints.track import moves_after
from painpoints.triage.answers import Answers
from painpoints.triage.picture import (
    Picture,
    concern,
    differing,
    moved_units,
    pictured,
    renewed,
    resettled,
)
from painpoints.triage.queue import Entry
from painpoints.triage.snapshot import Snapshot
from painpoints.triage.standing import Standing
from painpoints.triage.versions import Versions

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace

RANKED_AGAIN = timedelta(minutes=15)
"""After so long comments have grown old enough to be ranked anew."""
PATIENCE = 30.0
"""Seconds until what failed in the background is tried again."""
PAUSE = 1.0
"""Seconds until the background makes trends anew, so that it does so once for what is done in a row."""
_PATIENT = 10
"""So many times it waits so long for a moment in which nothing is done."""
_REST = 9
"""Where there is more to do then, the background rests so many times as long as it worked."""


@dataclass(frozen=True)
class _Seen:
    """A snapshot and the marks of the state that it shows; ``due`` where the trends are older than the rest."""

    snapshot: Snapshot
    marks: Marks
    due: bool = False


def _this_moment() -> datetime:
    return datetime.now(UTC)


class Live:
    """What ``workspace`` holds at any moment: `now`. It may be asked by many threads at once."""

    def __init__(self, workspace: Workspace, *, clock: Callable[[], datetime] = _this_moment, pause: float = PAUSE
                 ) -> None:
        self._workspace, self._clock, self._pause = workspace, clock, pause
        self._state = workspace.folder.state
        self._versions, self._answers = Versions(secrets.token_hex(4)), Answers(workspace.folder)
        self._lock = threading.Lock()
        self._seen: _Seen | None = None
        self._reading: threading.Thread | None = None
        self._settling: threading.Thread | None = None
        self._failed: tuple[BaseException, float] | None = None
        self._closed, self._prepared = threading.Event(), False

    def now(self, *, wait: bool = False) -> Snapshot:
        """The workspace as it is; with ``wait`` never as it was before the last addition.

        Raises EmptyInputError when nothing was added yet, and with ``wait`` what kept an addition from being read.
        """
        while True:
            with self._state.reading() as state:
                marks = state.marks()
            seen = self._seen
            if seen is None or marks != seen.marks:
                with self._lock:
                    seen = self._brought_up_to_date()
            if wait and seen.marks.facts != marks.facts:
                if (reading := self._reading) is not None:
                    reading.join()
                self._complain()
                continue
            if self._clock() - seen.snapshot.picture.at > RANKED_AGAIN:
                with self._lock:
                    self._settle()
            return seen.snapshot

    def settled(self) -> Snapshot:
        """The workspace as it is, once the background has nothing more to do. Raises what kept it from its work."""
        while True:
            snapshot = self.now(wait=True)
            with self._lock:
                seen, settling = self._seen, self._settling
                if settling is None and seen is not None and seen.due:
                    self._complain()
                    self._settle()
                    settling = self._settling
            if settling is None:
                return snapshot
            settling.join()

    def prepare(self) -> None:
        """Reads the workspace and makes the index of words, now and after every addition, so that nobody waits for it.

        Raises EmptyInputError when nothing was added yet, and what making an index does.
        """
        self.now()
        self._answers.prepare()
        self._prepared = True

    def close(self) -> None:
        """Ends what goes on in the background."""
        self._closed.set()
        for thread in (self._reading, self._settling):
            if thread is not None:
                thread.join()

    def _brought_up_to_date(self) -> _Seen:
        """What there is to be seen now; called by the one that holds the lock."""
        with self._state.reading() as state:
            marks, seen = state.marks(), self._seen
            if seen is None:
                view = held(state)
                entries = _entries(state)
            elif marks == seen.marks:
                return seen
            elif marks.facts != seen.marks.facts:
                self._read_again()
                # Of the new state, the old facts can show what people did; the rest comes with the new ones.
                marks = marks._replace(facts=seen.marks.facts, points=seen.marks.points)
                return self._advance(seen, state, marks)
            else:
                return self._advance(seen, state, marks)
        self._seen = self._whole(marks, view, entries)()
        return self._seen

    def _advance(self, seen: _Seen, state: Reader, marks: Marks) -> _Seen:
        """What was seen, with what was done since in the queue and to pain points."""
        if marks == seen.marks:
            return seen
        before = seen.snapshot
        picture, standing, changed = before.picture, before.standing, set[str]()
        units = set[str]()
        if marks.history != seen.marks.history:
            rows = state.rows_after("triage_history", seen.marks.history)
            units = {row["unit_id"] for row in rows} - {None}
            changed = {row["doc_id"] for row in rows}
            new = [Entry(**row) for row in state.rows_with("triage", "doc_id", changed)]
            standing = standing.renewed(new, picture.ranking.places)
        stays = (marks.points, marks.edit) == (seen.marks.points, seen.marks.edit)
        if not stays or units:
            view = picture.state if stays else _points_of(state, picture.state)
            if not stays:
                units |= set(moved_units(picture.state.placements, view.placements))
                standing = self._recounted(standing, picture, state, seen.marks.edit)
            near = concern(picture, units)
            said = state.rows_with("corrections", "unit_id", picture.facts.units["unit_id"][near.units])
            picture, judged = renewed(picture, view, near, said)
            changed |= judged | differing(before.picture, picture)
        due = seen.due or picture is not before.picture
        self._seen = _Seen(self._shown(picture, standing, changed), marks, due)
        if due:
            self._settle()
        return self._seen

    @staticmethod
    def _recounted(standing: Standing, picture: Picture, state: Reader, edit: int) -> Standing:
        """How comments stand, of which edits after ``edit`` have counted the versions up."""
        units = {unit for moves in moves_after(state, edit) for unit in moves.touched}
        known = picture.facts.units
        documents = known.filter(known["unit_id"].is_in(sorted(units)))["doc_id"] if units else ()
        new = [Entry(**row) for row in state.rows_with("triage", "doc_id", documents)]
        return standing.renewed(new, picture.ranking.places) if new else standing

    def _whole(self, marks: Marks, view: Held, entries: list[Entry], *, prepared: bool = False
               ) -> Callable[[], _Seen]:
        """What makes all that there is to be seen be the next version, for the one that holds the lock to call."""
        picture = pictured(self._workspace, view, self._clock())
        if prepared:
            picture.prepare()
        standing = Standing.of(entries, picture.ranking.places)
        return lambda: _Seen(self._shown(picture, standing, None), marks)

    def _shown(self, picture: Picture, standing: Standing, changed: Collection[str] | None) -> Snapshot:
        version = self._versions.next(changed)
        added = tuple((row["number"], row["made"]) for row in picture.state.additions)
        return Snapshot(picture, standing, version,
                        lambda words: self._answers.of(words, added, picture.ranking.places), self._versions.changes)

    def _read_again(self) -> None:
        """Has an addition be read, unless that is under way, or has just failed."""
        if self._reading is not None or self._closed.is_set():
            return
        if self._failed is not None and time.monotonic() - self._failed[1] < PATIENCE:
            return
        self._reading = threading.Thread(target=self._read, name="painpoints-reading", daemon=True)
        self._reading.start()

    def _read(self) -> None:
        try:
            with self._state.reading() as state:
                marks, view, entries = state.marks(), held(state), _entries(state)
            whole = self._whole(marks, view, entries, prepared=True)
            if self._prepared:
                self._answers.prepare()
        except BaseException as error:  # a panic of polars is no Exception
            with self._lock:
                self._failed, self._reading = (error, time.monotonic()), None
            return
        with self._lock:
            self._seen, self._failed, self._reading = whole(), None, None

    def _settle(self) -> None:
        """Has trends and ranks be made anew, unless that is under way; called by the one that holds the lock."""
        if self._settling is None and not self._closed.is_set():
            self._settling = threading.Thread(target=self._settle_down, name="painpoints-settling", daemon=True)
            self._settling.start()

    def _settle_down(self) -> None:
        try:
            self._wait_for_quiet()
            while not (self._closed.is_set() or self._calmed()):
                pass
        except BaseException as error:
            with self._lock:
                self._failed = (error, time.monotonic())
        finally:
            with self._lock:
                self._settling = None

    def _wait_for_quiet(self) -> None:
        """Waits until nothing was done for a while, but not for ever."""
        before = None
        for _ in range(_PATIENT):
            if before is self._seen or self._closed.wait(self._pause):
                return
            before = self._seen

    def _calmed(self) -> bool:
        """Makes trends and ranks anew; whether pain points and opinions stayed as they were meanwhile."""
        began, seen = time.monotonic(), self._seen
        if seen is None:
            return True
        before, moment = seen.snapshot.picture, self._clock()
        late = moment - before.at > RANKED_AGAIN
        after = resettled(before, self._workspace.trends(before.data), moment if late else before.at)
        after.prepare()
        changed = None if late else differing(before, after)
        with self._lock:
            if self._seen is not None and self._seen.snapshot.picture is before:
                shown = self._shown(after, self._seen.snapshot.standing, changed)
                self._seen = replace(self._seen, snapshot=shown, due=False)
                return True
        self._closed.wait(_REST * (time.monotonic() - began))
        return False

    def _complain(self) -> None:
        if self._failed is not None:
            raise self._failed[0]


def _entries(state: Reader) -> list[Entry]:
    return [Entry(*row) for row in state.columns("triage", *Entry.__dataclass_fields__)]


def _points_of(state: Reader, before: Held) -> Held:
    """``before`` with what a later view of the state says of pain points."""
    now = held(state)
    return replace(before, rows=now.rows, placements=now.placements)
