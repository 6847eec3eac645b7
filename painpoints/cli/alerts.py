"""painpoints alerts: births, bursts, rises and returns since the last look."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painpoints.cli import options as given
from painpoints.cli.terminal import count, isolated, shortened, show_json, tell, typed
from painpoints.cli.terminal import show as show_lines
from painpoints.cli.workspaces import Place
from painpoints.errors import UsageError

if TYPE_CHECKING:
    from painpoints.pipeline import Alert, Look, Workspace
    from painpoints.report import Numerals

_OPEN_EXIT = 3
_QUOTE = 160
_LANGS = 4

Names = Annotated[list[str] | None, typer.Option("--ack", metavar="ALERT", show_default=False,
                                                 help="Mark an alert as known: its number, the id of its pain point, "
                                                      "or all. Give it as often as needed.")]
Snoozed = Annotated[list[str] | None, typer.Option("--snooze", metavar="ALERT", show_default=False,
                                                   help="Put an alert off, with --days or --until.")]


def alerts(
    workspace: Place,
    since: Annotated[str | None, typer.Option("--since", metavar="DAY", show_default=False,
                                              help="From this day on, seen before or not: 2026-11-16.")] = None,
    all: Annotated[bool, typer.Option("--all", help="Every alert there ever was, what became of it too.")] = False,
    peek: Annotated[bool, typer.Option("--peek", help="Look without counting it as a look; nothing is kept.")] = False,
    ack: Names = None,
    snooze: Snoozed = None,
    days: Annotated[int | None, typer.Option("--days", metavar="N", show_default=False, min=1,
                                             help="Snooze for N days.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", show_default=False,
                                              help="Snooze until this day.")] = None,
    cooldown: Annotated[int | None, typer.Option("--cooldown", metavar="N", show_default=False, min=1,
                                                 help="Days in which a pain point is not told again, unless it "
                                                      "doubles; by default alert_cooldown_days (14).")] = None,
    fail: Annotated[bool, typer.Option("--fail", help="Exit code 3 when alerts are open, for scripts.")] = False,
    json: given.Json = False,
) -> None:
    """List what is new or suddenly heard more often since the last look, and why it is told.

    An alert stays open until --ack or --snooze; a snoozed one comes back when its time is over if it still holds.
    """
    from painpoints.pipeline import Workspace

    if (ack or snooze) and (since or all or peek or fail):
        raise UsageError("--ack and --snooze change alerts, the other options list them.", hint="Give two commands.")
    if (days is not None or until is not None) and not snooze:
        raise UsageError("--days and --until say how long --snooze lasts.", hint="Name an alert: --snooze 3 --days 7")
    with Workspace.open(workspace) as opened:
        if ack or snooze:
            _change(opened, ack or [], snooze or [], days, until, json)
            return
        found = opened.alerts(None if since is None else day_of(since, "--since"), everything=all, peek=peek,
                              cooldown=cooldown)
        if json:
            show_json({"workspace": str(workspace), "last_look": found.last, "open": found.open, "seen": found.seen,
                       "alerts": [alert.as_dict() for alert in found.alerts]})
        else:
            show_lines(_lines(typed(workspace), found, opened.settings.lang))
            _hint(typed(workspace), found)
    if fail and found.open:
        raise typer.Exit(_OPEN_EXIT)


def _change(opened: Workspace, ack: list[str], snooze: list[str], days: int | None, until: str | None, json: bool
            ) -> None:
    if set(ack) & set(snooze):
        raise UsageError("An alert is either acknowledged or snoozed.", hint="Name it once.")
    end = None
    if snooze:
        if (days is None) == (until is None):
            raise UsageError("--snooze needs to know how long.", hint="Add --days 7, or --until 2026-12-01.")
        end = day_of(until, "--until") if until is not None else opened.settings.today() + timedelta(days=days or 0)
    known = opened.acknowledge(*ack) if ack else []
    late = opened.snooze(*snooze, until=end) if end is not None else []
    if json:
        show_json({"acknowledged": known, "snoozed": late, "until": end})
        return
    lines = [f"{count(len(known), 'alert')} acknowledged: {', '.join(map(str, known))}"] if known else []
    lines += [f"{count(len(late), 'alert')} snoozed until {end}: {', '.join(map(str, late))}"] if late else []
    show_lines(lines or ["No alert is open."])


def day_of(text: str, option: str) -> date:
    """The day that an option gives, in digits and by the calendar of any of the four languages. Raises UsageError."""
    from painpoints.read import read_day

    day = read_day(text)
    if day is None:
        raise UsageError(f"{option}: {text!r} is no day.", hint="Write it as 2026-11-16, or 1405-08-25.")
    return day


def _lines(workspace: str, found: Look, lang: str) -> list[str]:
    from painpoints.report import Numerals

    numerals = Numerals(lang)
    if not found.alerts:
        lines = ["Nothing new." if found.last is None else f"Nothing new since the last look ({found.last[:10]})."]
    else:
        lines = [count(len(found.alerts), "alert")]
    for alert in found.alerts:
        lines += ["", *alert_lines(alert, numerals)]
    if found.seen:
        lines += ["", f"{count(found.seen, 'more open alert')} seen before: painpoints alerts {workspace} --all"]
    return lines


def _hint(workspace: str, found: Look) -> None:
    numbered = [alert.number for alert in found.alerts if alert.number is not None and alert.status == "open"]
    if numbered:
        tell(f"hint: painpoints alerts {workspace} --ack {numbered[0]}, or --snooze {numbered[0]} --days 7")


def alert_lines(alert: Alert, numerals: Numerals) -> list[str]:
    """What the terminal says of an alert: kind and number, title, why, where, quotes."""
    number = "not kept yet" if alert.number is None else f"{alert.number}"
    state = "" if alert.status == "open" else f", {alert.status}"
    if alert.status == "snoozed" and alert.until is not None:
        state += f" until {isolated(numerals.day(alert.until))}"
    place = alert.touchpoint or "no touchpoint"
    lines = [f"[{number}] {alert.kind}, pain point {alert.painpoint_id}{state}", f"    {isolated(alert.title)}",
             f"    {why(alert, numerals)}", f"    {place}; {', '.join(alert.langs[:_LANGS])}"]
    return [*lines, *(f"    {quote['lang']}: {isolated(shortened(quote['text'], _QUOTE))}" for quote in alert.quotes)]


def why(alert: Alert, numerals: Numerals) -> str:
    """Why an alert is told, in words: what was heard against what is usual, days by the calendar of ``numerals``."""
    def figure(value: float, decimals: int = 0) -> str:
        return f"{value:,.{decimals}f}"

    def day(value: date) -> str:
        return isolated(numerals.day(value))

    heard = f"{figure(alert.documents)} {'document' if alert.documents == 1 else 'documents'}"
    if alert.days is None:
        return {"birth": f"new: {heard}, the first of {day(alert.since)}",
                "return": f"back: {heard} since {day(alert.since)}, after it was retired"}[alert.kind]
    span = f"on {day(alert.day)}" if alert.days == 1 else f"in the {figure(alert.days)} days to {day(alert.day)}"
    usual = _usual(alert, figure)
    lead = {"birth": "new: ", "return": "back: "}.get(alert.kind, "")
    return f"{lead}{heard} {span}, {usual}"


def _usual(alert: Alert, figure: Any) -> str:
    if alert.ratio is None:
        return "where there were none before"
    return f"where {figure(alert.expected, 1)} would be usual: {figure(alert.ratio, 1)} times as often"
