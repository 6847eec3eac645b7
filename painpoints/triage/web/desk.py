"""What the templates of the queue are filled with: a list as it was asked for, and one comment of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from painpoints.errors import UsageError
from painpoints.read import strip_markup
from painpoints.triage.conversations import Conversation, conversation
from painpoints.triage.listing import Listing
from painpoints.triage.marking import marked
from painpoints.triage.once import once
from painpoints.triage.people import same_person
from painpoints.triage.queue import Queue
from painpoints.triage.views import View, Views
from painpoints.triage.web.asked import SHOWN, Asked
from painpoints.triage.web.deeds import Deed, deeds
from painpoints.triage.web.pieces import Piece, Text, line, readable
from painpoints.triage.web.rendering import is_fragment
from painpoints.triage.web.site import language_of, site_of
from painpoints.triage.web.spoken import Spoken, spoken
from painpoints.triage.web.titles import title_in

if TYPE_CHECKING:
    from fastapi import Request

    from painpoints.triage.snapshot import Snapshot
    from painpoints.triage.web.site import Site
    from painpoints.triage.web.wording import Wording

POINTS_LISTED = 80
"""So many pain points stand among the filters; the others are found by the title."""
LONGEST_TITLE = 60
SHORT = 140
MOST_MESSAGES = 12


def asked_of(request: Request) -> Asked:
    """What the list beside a request asks for: of the page that a script of it sends it from, else of the request."""
    if is_fragment(request) and request.method == "POST":
        return Asked.of(QueryParams(parse_qsl(urlsplit(_page(request)).query)))
    return Asked.of(request.query_params)


def page_of(request: Request) -> str:
    """The path of the page that a script sends a request from; empty where none is told."""
    return unquote(urlsplit(_page(request)).path)


def _page(request: Request) -> str:
    # htmx writes addresses that hold letters beyond ASCII in another header.
    return unquote(request.headers.get("hx-current-url", "")) if request.headers.get(
        "hx-current-url-uri-autoencoded") == "true" else request.headers.get("hx-current-url", "")


@dataclass(frozen=True)
class Desk:
    """One person's view of the queue: a ``snapshot`` of it, and what is ``asked``."""

    site: Site
    snapshot: Snapshot
    asked: Asked
    who: str
    lang: str

    @classmethod
    def of(cls, request: Request, asked: Asked | None = None) -> Desk:
        """The desk of whoever makes ``request``. Raises EmptyInputError when nothing was added yet."""
        site = site_of(request)
        return cls(site, site.live.now(), asked_of(request) if asked is None else asked, request.state.person.name,
                   language_of(request))

    @property
    def wording(self) -> Wording:
        """The wording in the person's language."""
        return self.site.wording(self.lang)

    @once
    def refused(self) -> bool:
        """Whether what is searched for asks for nothing, so that nothing can be found."""
        if not self.asked.q:
            return False
        from painpoints.text import parse_question

        try:
            parse_question(self.asked.q)
        except UsageError:
            return True
        return False

    @once
    def listing(self) -> Listing:
        """The page of the list that is asked for, the last one where there are fewer."""
        if self.refused:
            nothing = self.snapshot.listing(self.site_wanted(), self.who, self.lang, limit=0)
            return Listing((), 0, nothing.counts, nothing.edition)
        found = self._page_of(self.asked.offset)
        if not found.rows and found.found:
            return self._page_of((found.found - 1) // SHOWN * SHOWN)
        return found

    def _page_of(self, offset: int) -> Listing:
        return self.snapshot.listing(self.asked.wanted, self.who, self.lang, offset, SHOWN, self.asked.sort)

    def site_wanted(self) -> Any:
        """The filters without the search."""
        from dataclasses import replace

        return replace(self.asked.wanted, search=None)

    @once
    def pages(self) -> int:
        """How many pages the list has."""
        return max(1, -(-self.listing.found // SHOWN))

    @once
    def page(self) -> int:
        """The page that is shown."""
        return min(self.asked.page, self.pages)

    @once
    def facets(self) -> Mapping[str, Mapping[str, int]]:
        """How many comments each filter would leave."""
        return self.snapshot.facets(self.site_wanted() if self.refused else self.asked.wanted, self.who)

    @once
    def titles(self) -> Mapping[str, str]:
        """The titles of the pain points on the lists."""
        return {point["painpoint_id"]: title_in(point, self.lang) for point in self.snapshot.points}

    def title(self, painpoint_id: str | None, fallback: str | None = None) -> str | None:
        """The title of a pain point by its id."""
        return None if painpoint_id is None else self.titles.get(painpoint_id, fallback)

    @once
    def zone(self) -> ZoneInfo:
        """The time zone in which days begin."""
        return ZoneInfo(str(self.snapshot.data.settings.get("zone") or "UTC"))

    def day(self, moment: datetime) -> str:
        """The day of a moment in words; without the year in this one."""
        day, today = moment.astimezone(self.zone).date(), self.snapshot.picture.at.astimezone(self.zone).date()
        numerals = self.wording.edition.numerals
        return numerals.short_day(day) if _same_year(day, today, self.lang) else numerals.day(day)

    def moment(self, moment: datetime) -> str:
        """The day and the minute of a moment; the day alone where a file had no more."""
        here = moment.astimezone(self.zone)
        if time() in (here.time(), moment.astimezone(UTC).time()):
            return self.day(moment)
        return f"{self.day(moment)}، {self.clock(here)}" if self.lang in ("fa", "ar") else \
            f"{self.day(moment)}, {self.clock(here)}"

    def clock(self, moment: datetime) -> str:
        """The minute of a day."""
        return self.wording.edition.numerals.plain(f"{moment:%H:%M}")

    def line(self, row: Mapping[str, Any]) -> Sequence[Piece]:
        """The line of a comment that the list shows."""
        unit = None if row.get("start") is None else (row["start"], row["end"])
        if unit is not None and not self.asked.q:
            for turn in self._turns(row["doc_id"]):
                # What others say around it is not the customer's.
                if turn["start"] <= unit[0] < turn["end"]:
                    start, end = turn["start"], turn["end"]
                    return line(row["text"][start:end], (unit[0] - start, min(unit[1], end) - start))
        return line(row["text"], unit, self.asked.q)

    def _turns(self, doc_id: str) -> Sequence[Mapping[str, Any]]:
        """The turns of a comment that is a conversation."""
        documents = self.snapshot.data.documents
        if "turns" not in documents.columns:
            return ()
        turns = documents["turns"][self.snapshot.picture.lookup.rows[doc_id]]
        return () if turns is None else turns.to_list()

    def chips(self) -> list[tuple[str, str, str]]:
        """The filters that are chosen: name, value in words, and the address without it."""
        return [(name, self.value_name(name, value), self.asked.without(name, value))
                for name, value in self.asked.chosen]

    def value_name(self, name: str, value: str) -> str:
        """What a value of a filter is called."""
        t, edition = self.wording, self.wording.edition
        if name == "language":
            return edition.language(value)
        if name == "stage":
            return edition.stage(value)
        if name == "touchpoint":
            return edition.touchpoint(value)
        if name == "status":
            return t.text(f"queue.status.{value}") if value in _STATUSES else value
        if name == "unsure":
            return t.text("queue.unsure")
        if name == "holder" and value == "nobody":
            return t.text("queue.nobody")
        return self.title(value, value) or value if name == "point" else value

    @once
    def listed_points(self) -> Mapping[str, int]:
        """The pain points among the filters, those of most comments first."""
        every = self.facets["painpoint"]
        first = dict(list(every.items())[:POINTS_LISTED])
        return {**first, self.asked.point: every[self.asked.point]} if self.asked.point in every else first

    def holder_name(self, name: str) -> str:
        """A person among the filters."""
        t = self.wording
        return t.text("queue.nobody") if name == "nobody" else f"{name} ({t.text('queue.me')})" if self.is_me(
            name) else name

    def language_name(self, code: str) -> str:
        """A language among the filters."""
        return self.wording.edition.language(code)

    def stage_name(self, code: str) -> str:
        """A stage among the filters."""
        return self.wording.edition.stage(code)

    def touchpoint_name(self, code: str) -> str:
        """A touchpoint among the filters."""
        return self.wording.edition.touchpoint(code)

    def point_name(self, painpoint_id: str) -> str:
        """A pain point among the filters, its title cut to fit."""
        title = self.title(painpoint_id, self.snapshot.picture.titles.get(painpoint_id)) or painpoint_id
        return title if len(title) <= LONGEST_TITLE else f"{title[:LONGEST_TITLE - 1].rstrip()}…"

    @once
    def views(self) -> list[View]:
        """The saved views that this person may see."""
        return Views(self.site.workspace.folder.state, self.who).all()

    def view_address(self, view: View) -> str:
        """The address of the list that a view asks for."""
        return Asked.wanting(view.wanted, view.sort).address()

    def same(self, name: str) -> str:
        """What has no other name."""
        return name

    def is_me(self, name: str | None) -> bool:
        """Whether a name is this person's, however it is spelt."""
        return same_person(name, self.who)

    def short(self, text: str, most: int = SHORT) -> str:
        """The beginning of a text, without mark-up."""
        return marked(strip_markup(text).text, 0, 0, most).text

    def comment(self, doc_id: str) -> Opened:
        """One comment to be read. Raises WorkspaceError where there is none."""
        row = self.snapshot.comment(doc_id, self.lang)
        moves = self.site.moving.of([unit["unit_id"] for unit in row["units"]])
        history = Queue(self.site.workspace.folder.state, self.who).history(doc_id)
        return Opened(self, row, tuple(deeds(history, self.wording, moves, self._called if moves else str)))

    @once
    def _names(self) -> Mapping[str, str]:
        return {point["painpoint_id"]: title_in(point, self.lang) for point in self.snapshot.data.points}

    def _called(self, painpoint_id: str) -> str:
        """What a pain point is called, also one that is not on the lists any more."""
        return self._names.get(painpoint_id) or self.site.moving.title(painpoint_id)


_STATUSES = ("open", "new", "mine", "waiting", "done", "muted", "all")


def _same_year(day: date, today: date, lang: str) -> bool:
    if lang != "fa":
        return day.year == today.year
    import jdatetime

    year: int = jdatetime.date.fromgregorian(date=day).year
    return bool(year == jdatetime.date.fromgregorian(date=today).year)


@dataclass(frozen=True)
class Opened:
    """A comment that is open: its ``row`` (`Snapshot.comment`) and what people did with it (``deeds``)."""

    desk: Desk
    row: Mapping[str, Any]
    deeds: Sequence[Deed]

    @property
    def doc_id(self) -> str:
        """Its id."""
        return str(self.row["doc_id"])

    @property
    def seen(self) -> str:
        """Its id with the version that is shown."""
        return f"{self.doc_id}@{self.row['version']}"

    @once
    def text(self) -> Text:
        """Its text with the opinions in it."""
        return readable(self.row["text"], self.row["units"], self.desk.asked.q)

    @once
    def spoken(self) -> Sequence[Spoken]:
        """Its turns, where it is a conversation."""
        return spoken(self.page, self.row["units"], self.desk.wording.edition, self.desk.asked.q, self.judged)

    @once
    def judged(self) -> Mapping[str, Any] | None:
        """What is known of it as a conversation."""
        known = self.desk.snapshot.data.conversations
        return None if known is None else next(known.filter(doc_id=self.doc_id).iter_rows(named=True), None)

    @once
    def current(self) -> str | None:
        """The opinion that corrections are of at first: the one that makes it urgent."""
        units = self.row["units"]
        known = [unit["unit_id"] for unit in units]
        return self.row["unit_id"] if self.row.get("unit_id") in known else next(iter(known), None)

    @once
    def talk(self) -> Conversation:
        """The conversation around it."""
        return conversation(self.desk.snapshot.data, self.doc_id, most=MOST_MESSAGES,
                            threads=self.desk.site.threads(self.desk.snapshot.data))

    @property
    def page(self) -> Mapping[str, Any]:
        """The document's own columns that a person may want to see beside the text."""
        lookup, data = self.desk.snapshot.picture.lookup, self.desk.snapshot.data
        return data.documents.row(lookup.rows[self.doc_id], named=True)

    @property
    def stars(self) -> str | None:
        """The rating as it came, with its scale where it has one."""
        rating, scale = self.page.get("rating_raw"), self.page.get("rating_scale")
        if rating is None:
            return None
        plain = self.desk.wording.edition.numerals.plain
        return plain(f"{rating} / {scale.rpartition('-')[2]}") if scale else plain(str(rating))
