"""painpoints init, add and show: a workspace made, fed and looked at."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painpoints.cli import options as given
from painpoints.cli.progress import Bars
from painpoints.cli.summary import redacted_line
from painpoints.cli.terminal import count, isolated, show_json, stoppable, tell, typed
from painpoints.cli.terminal import show as show_lines
from painpoints.errors import WorkspaceError

if TYPE_CHECKING:
    from painpoints.pipeline import Added, Workspace

Place = Annotated[Path, typer.Argument(metavar="WORKSPACE", show_default=False, help="Folder of the workspace.")]
_SHOWN = 20
_UNBOUNDED = 100
_UNITS_SHOWN = 10


def init(
    workspace: Place, lang: given.Lang = None, framework: given.Framework = None, taxonomy: given.Taxonomy = None,
    cluster: given.Cluster = None, detail: given.Detail = None, whole: given.Whole = None, fast: given.Fast = None,
    model: given.Model = None, precision: given.Precision = None, cache: given.Cache = None,
    cache_dir: given.CacheDir = None, memory: given.Memory = None,
    spacy: given.Spacy = None, text: given.Text = None,
    title: given.Title = None, pros: given.Pros = None, cons: given.Cons = None, id: given.Id = None,
    time: given.Time = None, rating: given.Rating = None, author: given.Author = None, source: given.Source = None,
    product: given.Product = None, language: given.Language = None, kind: given.Kind = None,
    rating_scale: given.RatingScale = None, week_start: given.WeekStart = None, zone: given.Zone = None,
    show_authors: given.ShowAuthors = None, author_limit: given.AuthorLimit = None,
    count_campaigns: given.CountCampaigns = None, redact: given.Redact = None, database: given.Database = None,
    config: given.Config = None, json: given.Json = False,
) -> None:
    """Make a workspace: a folder that feedback is added to, week by week, and whose pain points stay the same ones.

    What is chosen here, and in painpoints.toml, holds for everything that is added.
    """
    from painpoints.pipeline import Workspace
    from painpoints.store import has_password

    arguments = dict(locals())
    with Workspace.create(workspace, given.settings_of(arguments, config), database=database) as made:
        if database is not None and has_password(database):
            tell("note: The password is not kept. Give it in PGPASSWORD, in ~/.pgpass or with the whole address in "
                 "PAINPOINTS_DATABASE.")
        if json:
            show_json({"workspace": str(workspace), "database": made.database, "settings": made.settings.as_dict()})
        else:
            show_lines([f"Workspace: {workspace}", f"Next: painpoints add {typed(workspace)} FILE"])


def add(
    workspace: Place, inputs: given.Inputs, text: given.Text = None, title: given.Title = None,
    pros: given.Pros = None, cons: given.Cons = None, id: given.Id = None, time: given.Time = None,
    rating: given.Rating = None, author: given.Author = None, source: given.Source = None,
    product: given.Product = None, language: given.Language = None, kind: given.Kind = None,
    rating_scale: given.RatingScale = None, delimiter: given.Delimiter = None, encoding: given.Encoding = None,
    sheet: given.Sheet = None, agent: given.Agent = None, customer: given.Customer = None,
    brands: given.Brands = None, preset: given.Preset = None, limit: given.Limit = None,
    redact: given.Redact = None, json: given.Json = False,
    quiet: given.Quiet = False,
) -> None:
    """Add feedback to a workspace; only texts that are not there yet are worked on.

    Their problems join the pain points that are known; what fits none waits, and makes new pain points once there is
    enough of it. Stopped at any moment it leaves the workspace as it was: give the command again, and it goes on.
    """
    from painpoints.cli.choices import check_choices
    from painpoints.pipeline import Workspace
    from painpoints.read import expand_inputs

    named = given.named_settings(dict(locals()))
    check_choices(named)
    with Workspace.open(workspace) as opened, Bars(quiet=quiet) as bars:
        expand_inputs(inputs)
        with stoppable("Interrupted; the workspace is as it was. Give the command again, and it goes on."):
            added = opened.add(inputs, progress=bars.progress, warn=bars.note, **named)
        if json:
            show_json(added.as_dict())
        else:
            show_lines(_added_lines(opened, added))


def _added_lines(opened: Workspace, added: Added) -> list[str]:
    told = [] if added.redacted is None else [redacted_line(added.redacted, opened.settings.names)]
    left = sum((added.rejected or {}).values())
    aside = (f"; {left:,} left out" if left else "") + (f"; {added.forgotten:,} forgotten before" if added.forgotten
                                                        else "")
    if added.number is None:
        return [f"{count(added.read, 'text')} read{aside}: nothing is new."]
    lines = [f"{count(added.read, 'text')} read, {added.documents:,} new{aside}: {count(added.units, 'opinion unit')}, "
             f"{count(added.problems, 'problem')}.",
             f"{added.joined:,} joined known pain points, {added.pooled:,} wait, "
             f"{count(len(added.born), 'new pain point')}.", *told]
    titles = {point["painpoint_id"]: point for point in opened.painpoints()}
    for word, ids in (("new", added.born), ("reopened", added.reopened)):
        for name in sorted(ids, key=lambda name: (-titles[name]["units"], name)):
            lines += [f"  {word}: {name}, {count(titles[name]['units'], 'unit')}",
                      f"    {isolated(titles[name]['title'])}"]
    if added.proposals:
        lines.append(f"{count(added.proposals, 'proposal')} of merges and splits: painpoints show {typed(opened.path)}")
    return lines


def show(
    workspace: Place,
    painpoint: Annotated[str | None, typer.Argument(metavar="ID", show_default=False,
                                                    help="One pain point; the first letters are enough.")] = None,
    all: Annotated[bool, typer.Option("--all", help="Show every one, also what was retired or merged.")] = False,
    json: given.Json = False,
) -> None:
    """List the pain points of a workspace, or what one holds and where it came from."""
    from painpoints.pipeline import Workspace

    with Workspace.open(workspace) as opened:
        if painpoint is not None:
            found = _one(opened, painpoint)
            lines = _one_lines(found)
        else:
            points = [p for p in opened.painpoints() if all or p["status"] == "open"]
            moved = _moved(opened)
            points = [{**point, "trend": moved.get(point["painpoint_id"])} for point in points]
            found = {"workspace": str(workspace), "additions": len(opened.additions()), "painpoints": points,
                     "proposals": opened.proposals()}
            lines = _list_lines(found, None if all else _SHOWN)
    if json:
        show_json(found)
    else:
        show_lines(lines)


def _one(opened: Workspace, name: str) -> dict[str, Any]:
    near = [p for p in opened.painpoints() if p["painpoint_id"].startswith(name.strip().upper())]
    if len(near) != 1:
        raise WorkspaceError(f"{name}: {'no such pain point' if not near else f'{len(near)} pain points begin so'}.",
                             hint=f"painpoints show {typed(opened.path)} lists them.")
    key = near[0]["painpoint_id"]
    return {**near[0], "trend": _moved(opened).get(key), "lineage": opened.lineage(key),
            "members": opened.units_of(key).to_dicts()}


def _moved(opened: Workspace) -> dict[str, dict[str, Any]]:
    """How each pain point stands in the last week: the columns of the trends, days and numbers as JSON has them."""
    if not opened.additions():
        return {}
    trends = opened.trends()
    last = trends.filter(trends["week"] == trends["week"].max())
    return {row["painpoint_id"]: {name: None if value == math.inf else value.isoformat() if name == "week" else value
                                  for name, value in row.items() if name != "painpoint_id"}
            for row in last.iter_rows(named=True)}


def _trend_line(trend: Mapping[str, Any] | None) -> str:
    """What happened of late, in words; nothing for what is steady."""
    if trend is None or trend["status"] == "steady":
        return ""
    if trend["growth"] is None or trend["status"] in ("new", "resolved"):
        return f", {trend['status']}"
    high = trend["growth_high"]
    span = (f"at least {trend['growth_low']:.1f}" if high is None or high >= _UNBOUNDED else
            f"{trend['growth_low']:.1f} to {high:.1f}")
    return (f", {trend['status']}: {trend['growth']:.1f} times as often ({span}) in the last "
            f"{count(trend['window'], 'week')}")


def _one_lines(found: dict[str, Any]) -> list[str]:
    lines = [f"{found['painpoint_id']}, {found['status']}{', pinned' if found['pinned'] else ''}, "
             f"{count(found['units'], 'unit')}{_trend_line(found['trend'])}", f"    {isolated(found['title'])}", ""]
    for event in found["lineage"]:
        other = f" {event['other']}" if event["other"] else ""
        detail = f" ({event['detail']})" if event["detail"] and event["event"] != "renamed" else ""
        lines.append(f"{event['made'][:10]} {event['painpoint_id']} {event['event']}{detail}{other}")
    lines.append("")
    for unit in found["members"][:_UNITS_SHOWN]:
        lines += [f"{unit['unit_id']} {unit['lang']} {unit['strength']:.2f}", f"    {isolated(unit['text'])}"]
    if len(found["members"]) > _UNITS_SHOWN:
        lines.append(f"and {count(len(found['members']) - _UNITS_SHOWN, 'unit')} more; --json shows all")
    return lines


def _list_lines(found: dict[str, Any], most: int | None) -> list[str]:
    points = found["painpoints"]
    place = typed(Path(found["workspace"]))
    if not found["additions"]:
        return [f"Nothing was added yet. Next: painpoints add {place} FILE"]
    lines = [f"{count(len(points), 'pain point')} after {count(found['additions'], 'addition')}", ""]
    for point in points[:most]:
        state = "" if point["status"] == "open" else f", {point['status']}"
        state += ", pinned" if point["pinned"] else ""
        state += _trend_line(point["trend"])
        lines += [f"{point['painpoint_id']} {count(point['units'], 'unit')}{state}", f"    {isolated(point['title'])}"]
    if most is not None and len(points) > most:
        lines.append(f"and {len(points) - most:,} more; --all shows them")
    for proposal in found["proposals"]:
        ids = f"{proposal['painpoint_id']}{' ' + proposal['other'] if proposal['other'] else ''}"
        lines += [f"proposed: painpoints {proposal['kind']} {place} {ids} ({proposal['share']:.0%})",
                  *(f"    {isolated(title)}" for title in (proposal["title"], proposal["other_title"]) if title)]
    if found["proposals"]:
        lines.append(f"to turn one down: painpoints reject {place} ID [OTHER]")
    return lines

