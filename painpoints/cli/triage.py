"""painpoints triage: the comments that wait for somebody, most urgent first."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from painpoints.cli import options as given
from painpoints.cli.terminal import count, isolated, marked_lines, show_json, shows_bold, tell
from painpoints.cli.terminal import show as show_lines
from painpoints.cli.workspaces import Place
from painpoints.errors import UsageError

if TYPE_CHECKING:
    from painpoints.report import Edition
    from painpoints.triage import Listing, Move

As = Annotated[str | None, typer.Option("--as", metavar="NAME", show_default=False,
                                        help="Who you are; by default $PAINPOINTS_USER, or your login name.")]
_INDENT = "    "
_LINES = 3
_NARROWEST, _WIDEST = 40, 120
_FEELING = {"neg": "negative", "neu": "neutral", "pos": "positive"}


def _filter(name: str, what: str, metavar: str) -> Any:
    return typer.Option(f"--{name}", metavar=metavar, show_default=False, help=what, rich_help_panel="Which comments")


LangFilter = Annotated[str | None, _filter("lang", "In this language.", "LANG")]
StageFilter = Annotated[str | None, _filter("stage", "With an opinion on this stage.", "STAGE")]
TouchpointFilter = Annotated[str | None, _filter("touchpoint", "With an opinion on this touchpoint, by its code or its "
                                                 "name.", "NAME")]
SourceFilter = Annotated[str | None, _filter("source", "From this source.", "NAME")]
PainpointFilter = Annotated[str | None, _filter("painpoint", "With this pain point.", "ID")]
StatusFilter = Annotated[list[str] | None, _filter("status", "new, mine, waiting, done, muted or all; by default what "
                                                   "is not done or muted. Give it as often as needed.", "STATUS")]
AssigneeFilter = Annotated[str | None, _filter("assignee", "In the hands of this person, or of nobody.", "NAME")]
UncertainFilter = Annotated[bool, typer.Option("--uncertain", help="Of which the machine is not certain.",
                                               rich_help_panel="Which comments")]
SearchFilter = Annotated[str | None, _filter("search", "With these words, \"phrases\" and beginnings*, without these "
                                             "-words.", "WORDS")]


def triage(
    workspace: Place,
    comment: Annotated[str | None, typer.Argument(metavar="ID", show_default=False,
                                                  help="One comment, whole and with its history; the first letters "
                                                       "are enough.")] = None,
    top: Annotated[int, typer.Option("--top", metavar="N", min=1, help="How many are listed.")] = 20,
    lang: LangFilter = None, stage: StageFilter = None, touchpoint: TouchpointFilter = None,
    source: SourceFilter = None, painpoint: PainpointFilter = None, status: StatusFilter = None,
    assignee: AssigneeFilter = None, uncertain: UncertainFilter = False, search: SearchFilter = None,
    who: As = None,
    json: given.Json = False,
) -> None:
    """List the comments that wait for somebody, most urgent first, and why; or show one with its history."""
    from painpoints.pipeline import Workspace
    from painpoints.triage import Moving, Queue, Wanted, listed, one

    wanted = Wanted(lang, stage, touchpoint, source, painpoint, tuple(status or ()), assignee, uncertain, search)
    with Workspace.open(workspace) as opened:
        queue, now = Queue(opened.folder.state, who), datetime.now(UTC)
        if comment is not None:
            if wanted != Wanted():
                raise UsageError("One comment is named, so there is nothing to choose from.",
                                 hint="Leave the filters out, or the id.")
            found = one(opened, queue, comment, now=now)
            history = queue.history(found.rows[0]["doc_id"])
            moving = Moving(opened.folder.state)
            moves = moving.of([one["unit_id"] for one in found.rows[0]["opinions"]])
            titles = {key: moving.title(key) for move in moves for key in (move.before, move.after) if key}
        else:
            found, history, moves, titles = listed(opened, queue, wanted, now=now, top=top), [], [], {}
        zone = ZoneInfo(opened.settings.zone)
    if json:
        show_json(_plain(str(workspace), queue.who, found, history, moves, single=comment is not None))
        return
    width = max(_NARROWEST, min(_WIDEST, shutil.get_terminal_size((100, 24)).columns)) - len(_INDENT)
    page = Page(found.edition, zone, queue.who, width, shows_bold())
    if comment is not None:
        row = found.rows[0]
        show_lines([*page.comment(row, whole=True), *page.opinions(row["opinions"]),
                    *page.past(history, moves, titles)])
        return
    lines = [_summary(found)]
    for row in found.rows:
        lines += ["", *page.comment(row)]
    show_lines(lines)
    if found.rows:
        tell(f"hint: painpoints done {workspace} {found.rows[0]['short']}, or assign, wait, mute; painpoints undo "
             f"{workspace} takes it back")


def _plain(workspace: str, who: str, found: Listing, history: Sequence[Mapping[str, Any]], moves: Sequence[Move], *,
           single: bool) -> dict[str, Any]:
    """What --json prints: times in ISO form, UTC."""
    rows = [{name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
            for row in found.rows]
    told = {"workspace": workspace, "who": who, "found": found.found, "counts": dict(found.counts), "comments": rows}
    return {**told, "history": list(history), "moves": [move.as_dict() for move in moves]} if single else told


def _summary(found: Listing) -> str:
    held = ", ".join(f"{number:,} {name}" for name, number in found.counts.items() if number)
    shown = f"{len(found.rows):,} of {count(found.found, 'comment')}" if len(found.rows) < found.found else \
        count(found.found, "comment")
    return f"{shown} (altogether {held})" if held else shown


class Page:
    """Comments as lines of a terminal ``width`` cells wide, for ``who``."""

    def __init__(self, edition: Edition, zone: ZoneInfo, who: str, width: int, bold: bool) -> None:
        self._edition, self._zone, self._who, self._width, self._bold = edition, zone, who, width, bold

    def comment(self, row: Mapping[str, Any], *, whole: bool = False) -> list[str]:
        """A comment: how urgent and in whose hands, where it belongs, why it is told, its words."""
        from painpoints.triage import marked

        state = self.state(row["status"], row["assignee"])
        head = f"{row['rank']}. [{row['score']:.0f}] {row['short']}  {state}  {self._came(row)}"
        place = [self._edition.stage(row["stage"]) if row["stage"] else None,
                 self._edition.touchpoint(row["touchpoint"]) if row["touchpoint"] else None,
                 _FEELING.get(row["sentiment"], row["sentiment"]), "uncertain" if row["uncertain"] else None]
        lines = [head, _INDENT + "; ".join(isolated(part) for part in place if part)]
        if row["painpoint_title"]:
            moved = "" if row["trend"] in (None, "steady") else f" ({row['trend']})"
            lines.append(f"{_INDENT}{row['painpoint_id']}{moved} {isolated(row['painpoint_title'])}")
        words = [reason["words"] for reason in row["reasons"]]
        if words:
            lines.append(f"{_INDENT}why: {'; '.join(map(isolated, words))}")
        if row["note"]:
            lines.append(f"{_INDENT}note: {isolated(row['note'])}")
        cut = marked(row["text"], row["start"], row["end"], None if whole else _LINES * self._width)
        told = marked_lines(cut.before, cut.unit, cut.after, self._width, bold=self._bold)
        return lines + [_INDENT + line for line in told]

    def state(self, status: str, assignee: str | None) -> str:
        """How a comment stands, in words."""
        from painpoints.triage import same_person

        own = same_person(assignee, self._who)
        if assignee is None or (own and status == "mine"):
            return status
        by = "me" if own else isolated(assignee)
        return f"with {by}" if status == "mine" else f"{status} ({by})"

    def past(self, history: Sequence[Mapping[str, Any]], moves: Sequence[Move] = (),
             titles: Mapping[str, str] | None = None) -> list[str]:
        """Who did what to a comment and moved its opinions between pain points of ``titles``, a line each."""
        undone = {row["undoes"] for row in history}
        changes: dict[int, list[Mapping[str, Any]]] = {}
        for row in history:
            changes.setdefault(row["change"], []).append(row)
        told = [((number, 0), self._did(rows[0], rows[0]["undoes"], number in undone,
                                        "; ".join(map(field_words, rows)))) for number, rows in changes.items()]
        back = {move.undoes for move in moves}
        told += [((move.follows, move.number), self._did(move.as_dict(), move.undoes, move.number in back,
                                                         move_words(move, titles or {}))) for move in moves]
        return ["", *(line for _, line in sorted(told))] if told else []

    def _did(self, row: Mapping[str, Any], undoes: int | None, undone: bool, what: str) -> str:
        moment = datetime.fromisoformat(row["made"]).astimezone(self._zone)
        aside = " (undid)" if undoes is not None else " (undone)" if undone else ""
        return f"{moment:%Y-%m-%d %H:%M} {isolated(row['who'])}{aside}: {what}"

    def opinions(self, units: Sequence[Mapping[str, Any]]) -> list[str]:
        """The opinions in a comment with their ids, what is judged of each, and what people say of it."""
        lines = [""] if units else []
        for unit in units:
            said = {name: self._said(name, unit[name]) for name in ("sentiment", "touchpoint", "stage", "problem")}
            parts = [words + (f" (corrected, was {self._said(name, unit['judged'][name])})"
                              if name in unit["corrected"] else "") for name, words in said.items() if words]
            place = f", {unit['painpoint_id']}" if unit["painpoint_id"] else ""
            lines += [f"{unit['unit_id']}  {'; '.join(parts)}{place}", _INDENT + isolated(unit["text"])]
        return lines

    def _said(self, field: str, value: str) -> str:
        """What is said of an opinion, in words; nothing for what is no problem unless somebody asks."""
        if field == "problem":
            return {"yes": "a problem", "no": "no problem"}[value]
        names = {"touchpoint": self._edition.touchpoint, "stage": self._edition.stage}
        return isolated(names[field](value)) if field in names else _FEELING.get(value, value)

    def _came(self, row: Mapping[str, Any]) -> str:
        day = row["time"] and isolated(self._edition.numerals.day(row["time"].astimezone(self._zone).date()))
        source = row["source"] and isolated(row["source"])
        parts = [day if row["dated"] or not day else f"added {day}", source, row["lang"]]
        return ", ".join(part for part in parts if part)


def move_words(move: Move, titles: Mapping[str, str]) -> str:
    """Where an opinion went, in words."""
    was, went = (None if key is None else f"{key} {isolated(titles.get(key, key))}"
                 for key in (move.before, move.after))
    return f"{move.unit_id} {f'to {went}' if went else 'out of its pain point'}, was in {was or 'none'}"


def field_words(row: Mapping[str, Any]) -> str:
    """What became of a field, in words."""
    before, after = (None if row[side] is None else isolated(row[side]) for side in ("before", "after"))
    if row["unit_id"] is not None:
        was, said = (value or "as the machine judges" for value in (before, after))
        return f"{row['field']} of {row['unit_id']}: {said}, was {was}"
    if row["field"] == "note":
        return "note taken away" if after is None else f"note: {after}"
    if row["field"] == "assignee":
        return f"taken from {before}" if after is None else f"given to {after}"
    return f"{before} to {after}"
