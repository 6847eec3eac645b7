"""Simulated people at the queue: each looks, thinks and acts by chance, as the page lets a person do."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from replay import Request
from served import Answer, Visitor

ACTIONS = ("take", "assign", "wait", "done", "mute", "reopen", "note")
POLLED_EVERY = 3.0
THINKING = (0.2, 2.0)
CORRECTIONS = ("sentiment:neg", "sentiment:neu", "sentiment:pos", "problem:yes", "problem:no", "stage:none",
               "sentiment:machine", "touchpoint:price", "touchpoint:app")
_ROW = re.compile(r'class="pick" name="seen" value="([^"@]+)@(\d+)"')
_COMMENT = re.compile(r'<section id="comment"[^>]* data-id="([^"]+)" data-seen="[^"@]+@(\d+)"')
_UNIT = re.compile(r'<li class="opinion[^>]* data-unit="([^"]+)"')
_VERSION = re.compile(r'<section id="list"[^>]* data-version="([^"]+)"')
_NUMBER = re.compile(r'id="news"[^>]* data-number="(\d+)"')
_EVERY = re.compile(r'name="every" id="every" value="(\d+)"')


@dataclass(frozen=True)
class Event:
    """A request as it went: its ``kind``, when it ``ended``, in how many ``ms``, with which ``status``; of what changes
    something, the ``request``; of a poll, the ``number`` of the last change it told of."""

    who: str
    kind: str
    ended: float
    ms: float
    status: int
    request: Request | None = None
    number: int | None = None


@dataclass
class Teammate:
    """A person who works at one server, and looks at what was done at the others through ``elsewhere``."""

    name: str
    page: Visitor
    elsewhere: Sequence[Visitor]
    rng: random.Random
    names: Sequence[str]
    crowded: Sequence[str]
    """Comments that everybody is drawn to."""
    queries: Sequence[str]
    words: Sequence[str]
    events: list[Event] = field(default_factory=list)
    stale: int = 0
    """So many times another server still showed a comment as it was before this person's change was answered."""
    looked: int = 0
    rows: list[tuple[str, int]] = field(default_factory=list)
    opened: tuple[str, int] | None = None
    units: list[str] = field(default_factory=list)
    query: str = ""
    version: str = ""
    number: int = 0
    every: str = ""
    notes: int = 0

    def work(self, until: float) -> None:
        """Works until the clock (`time.monotonic`) says ``until``."""
        self._read(self._ask("whole_page", lambda: self.page.get("/queue")))
        deeds: Mapping[Callable[[], None], float] = {
            self._open: 22, self._filter: 12, self._search: 8, self._next: 4, self._act: 24, self._by_script: 8,
            self._many: 5, self._all_of_a_list: 2, self._correct: 6, self._undo: 5, self._other_page: 2,
            self._whole_page: 2}
        polled = time.monotonic()
        while time.monotonic() < until:
            time.sleep(self.rng.uniform(*THINKING))
            if time.monotonic() - polled > POLLED_EVERY:
                self._poll()
                polled = time.monotonic()
            self.rng.choices(list(deeds), list(deeds.values()))[0]()
        self._poll()

    def _ask(self, kind: str, ask: Callable[[], Answer]) -> Answer:
        answer = ask()
        number = answer.headers.get("x-number") if kind == "poll" else None
        self.events.append(Event(self.name, kind, time.monotonic(), answer.ms, answer.status, None,
                                 None if number is None else int(number)))
        return answer

    def _read(self, answer: Answer) -> None:
        """Takes up what a page or its parts say of comments and their versions."""
        text = answer.text
        if found := _VERSION.search(text):
            self.version, self.rows = found[1], [(key, int(version)) for key, version in _ROW.findall(text)]
            self.every = every[1] if (every := _EVERY.search(text)) else ""
        if found := _COMMENT.search(text):
            self.opened, self.units = (found[1], int(found[2])), _UNIT.findall(text)
        if found := _NUMBER.search(text):
            self.number = int(found[1])

    @property
    def _here(self) -> str:
        path = f"/queue/{self.opened[0]}" if self.opened else "/queue"
        return f"{path}?{self.query}" if self.query else path

    def _poll(self) -> None:
        asked = {"since": self.number, "version": self.version, "rows": ",".join(key for key, _ in self.rows),
                 "opened": self.opened[0] if self.opened else ""}
        answer = self._ask("poll", lambda: self.page.get(f"/queue/news?{urlencode(asked)}&{self.query}", part=True))
        if answer.status == 200:
            text = answer.text
            stood = dict(_ROW.findall(text))
            self.rows = [(key, int(stood.get(key, version))) for key, version in self.rows]
            self._read(answer)
            self.number, self.version = int(answer.headers["x-number"]), answer.headers["x-version"]

    def _open(self) -> None:
        known = [key for key, _ in self.rows]
        crowd = self.rng.random() < 0.35 or not known
        key = self.rng.choice(self.crowded if crowd else known)
        self._read(self._ask("open", lambda: self.page.get(f"/queue/{key}?{self.query}", part=True)))

    def _listed(self, kind: str, query: str) -> None:
        self.query = query
        self._read(self._ask(kind, lambda: self.page.get(f"/queue?{query}", part=True)))

    def _filter(self) -> None:
        self._listed("filter", self.rng.choice(self.queries))

    def _search(self) -> None:
        self._listed("search", urlencode({"q": self.rng.choice(self.words)}))

    def _next(self) -> None:
        self._ask("later_page", lambda: self.page.get(f"/queue?page={self.rng.randint(2, 30)}", part=True))

    def _whole_page(self) -> None:
        self.query, self.opened = "", None
        self._read(self._ask("whole_page", lambda: self.page.get("/queue")))

    def _other_page(self) -> None:
        path = self.rng.choice(("/points", "/journey", "/digest", "/api/comments?limit=20"))
        self._ask("other_page", lambda: self.page.get(path))

    def _act(self) -> None:
        """One of the buttons under the open comment, with the version that is on the page."""
        if self.opened is None:
            return
        key, version = self.opened
        action = self.rng.choice(ACTIONS)
        to = self.rng.choice(self.names) if action == "assign" else None
        note = self._note() if action == "note" or self.rng.random() < 0.2 else None
        fields = [("action", action), ("seen", f"{key}@{version}"), ("open", key)]
        fields += [("to", to)] if to else []
        fields += [("note", note)] if note is not None else []
        self._form("act", "/queue/act", fields, action, {key: version}, to=to, note=note)

    def _many(self) -> None:
        """Some comments that are ticked in the list."""
        if not self.rows:
            return
        chosen = self.rng.sample(self.rows, min(len(self.rows), self.rng.randint(2, 12)))
        action = self.rng.choice(("take", "wait", "done", "mute", "reopen", "assign"))
        to = self.rng.choice(self.names) if action == "assign" else None
        fields = [("action", action), *(("seen", f"{key}@{version}") for key, version in chosen)]
        self._form("bulk", "/queue/act", [*fields, ("to", to)] if to else fields, action, dict(chosen), to=to)

    def _all_of_a_list(self) -> None:
        if not self.every or int(self.every) > 400:
            return
        action = self.rng.choice(("take", "wait", "reopen"))
        fields = [("action", action), ("every", self.every), ("version", self.version)]
        self._form("bulk_of_a_list", "/queue/act", fields, action, {}, every=True)

    def _correct(self) -> None:
        if self.opened is None or not self.units:
            return
        (key, version), said = self.opened, self.rng.choice(CORRECTIONS)
        units = [self.rng.choice(self.units)]
        fields = [("set", said), ("seen", f"{key}@{version}"), ("open", key), *(("unit", unit) for unit in units)]
        self._form("correct", "/queue/correct", fields, "correct", {key: version}, units=units, value=said)

    def _undo(self) -> None:
        if self.rng.random() < 0.5:
            self._form("undo", "/undo", [], "undo", {})
            return
        answer = self.page.post_json("/api/undo", {})
        self._keep("undo", answer, Request(self.name, "undo", answer.status, answer.status == 200))

    def _form(self, kind: str, path: str, fields: Sequence[tuple[str, str]], action: str,
              seen: Mapping[str, int | None], **more: Any) -> None:
        """Sends a form as the page's script does; its answer offers to undo what changed something."""
        answer = self.page.post(path, fields, on=self._here)
        effect = answer.status == 200 and (action == "undo" or 'form="undo"' in answer.text)
        self._keep(kind, answer, Request(self.name, action, answer.status, effect, seen, **more))
        if answer.status in (200, 409):
            self._read(answer)

    def _by_script(self) -> None:
        """A change through the API, now and then of comments of which no version is named."""
        blind = self.rng.random() < 0.3
        pool = [(key, version) for key, version in self.rows if key not in self.crowded] + [
            *([self.opened] if self.opened else [])]
        chosen = dict(self.rng.sample(pool, min(len(pool), self.rng.choice((1, 1, 1, 3)))))
        if blind:
            chosen = dict.fromkeys(self.rng.sample(self.crowded, 1))  # type: ignore[assignment]
        if not chosen:
            return
        action = self.rng.choice(ACTIONS)
        to = self.rng.choice(self.names) if action == "assign" else None
        note = self._note() if action == "note" or self.rng.random() < 0.3 else None
        answer = self.page.post_json("/api/changes", {
            "ids": [key if version is None else f"{key}@{version}" for key, version in chosen.items()],
            "action": action, "to": to, "note": note})
        told = answer.json if answer.status == 200 else {"number": None, "after": []}
        effect = told["number"] is not None
        self._keep("by_script", answer, Request(self.name, action, answer.status, effect, chosen, to, note,
                                                number=told["number"], after=told["after"]))
        for row in told["after"][:1]:
            for other in self.elsewhere:
                seen = self._ask("look_elsewhere", lambda at=other, key=row["doc_id"]: at.get(  # type: ignore[misc]
                    f"/api/comments/{key}")).json
                self.looked += 1
                self.stale += seen["version"] < row["version"]

    def _keep(self, kind: str, answer: Answer, request: Request) -> None:
        self.events.append(Event(self.name, kind, time.monotonic(), answer.ms, answer.status, request))

    def _note(self) -> str:
        self.notes += 1
        return f"{self.name} {self.notes}"
