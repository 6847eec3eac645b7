"""What was left out and how the report was made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl

from painpoints.report.edition import Edition

_GROUPS = ("model", "versions", "settings")


def left_section(edition: Edition, table: pl.DataFrame) -> list[dict[str, str]]:
    """One row a kind: what, why, and how many of how many."""
    rows = []
    for row in table.iter_rows(named=True):
        kind, detail = row["kind"], row["detail"]
        reason = edition.known(f"reason.{detail}") or detail or edition.say("reason.unknown")
        why = edition.say(f"left.{kind}_why", reason=reason, language=edition.language(detail))
        rows.append({"what": edition.say(f"left.{kind}"), "why": why, "count": edition.number(row["count"]),
                     "of": edition.say("number.of", part=edition.number(row["count"]),
                                       whole=edition.number(row["total"])),
                     "share": edition.percent(row["count"] / max(1, row["total"]))})
    return rows


def made_section(edition: Edition, manifest: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The manifest as groups of name and value, in reading order; values are plain text."""
    groups: list[tuple[str, list[tuple[str, str]]]] = []
    created = manifest.get("created")
    if created:
        groups.append((edition.say("made.created"), [("", _moment(edition, created))]))
    if inputs := manifest.get("inputs"):
        groups.append((edition.say("made.inputs"), [_input(edition, entry) for entry in inputs]))
    if "redacted" in manifest:
        groups.append((edition.say("made.privacy"), _privacy(edition, manifest)))
    if student := (manifest.get("models") or {}).get("student"):
        groups.append((edition.say("made.lane"), [("", _lane(edition, student))]))
    for name in _GROUPS:
        if entries := flat(manifest.get(name)):
            groups.append((edition.say(f"made.{name}"), entries))
    if timings := {k: v for k, v in dict(manifest.get("timings") or {}).items() if isinstance(v, int | float)}:
        entries = [(name, edition.say("number.seconds", n=edition.number(took, 1))) for name, took in timings.items()]
        if "total" not in timings:
            entries.append((edition.say("made.total"),
                            edition.say("number.seconds", n=edition.number(sum(timings.values()), 1))))
        groups.append((edition.say("made.timings"), entries))
    return groups


def flat(value: Any, prefix: str = "") -> list[tuple[str, str]]:
    """Nested tables as dotted names and plain values; what is null or empty is left out."""
    if isinstance(value, Mapping):
        return [pair for key, inner in value.items() for pair in flat(inner, f"{prefix}.{key}" if prefix else str(key))]
    if value is None or value == "" or value == []:
        return []
    if isinstance(value, list | tuple):
        return [(prefix, ", ".join(str(v) for v in value))]
    if isinstance(value, bool):
        return [(prefix, "true" if value else "false")]
    return [(prefix, str(value))]


def _lane(edition: Edition, student: Mapping[str, Mapping[str, float]]) -> str:
    """What judging by the student costs."""
    said = {f"{task}{ending}": edition.number(of[who], 2) for task, of in student.items()
            for who, ending in (("student", ""), ("full", "_full"))}
    return edition.say("made.lane_text", **said)


def _privacy(edition: Edition, manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """How many values of which kind were taken out of the texts, and whether names were looked for."""
    redacted = manifest["redacted"]
    if redacted is None:
        return [("", edition.say("made.privacy_off"))]
    found = [(edition.known(f"personal.{kind}") or kind, edition.number(count))
             for kind, count in sorted(redacted.items(), key=lambda item: (-item[1], item[0]))]
    names = (manifest.get("settings") or {}).get("names")
    looked = edition.say("made.names_off") if names is None else edition.say("made.names_on", names=names)
    return [*(found or [("", edition.say("made.privacy_none"))]), ("", looked)]


def _input(edition: Edition, entry: Any) -> tuple[str, str]:
    if not isinstance(entry, Mapping):
        return "", str(entry)
    rows = entry.get("rows")
    said = [edition.count("made.rows", int(rows))] if rows is not None else []
    digest = str(entry.get("sha256") or "")[:12]
    return str(entry.get("name") or entry.get("path") or ""), edition.say("text.comma").join(
        [*said, *([f"sha256 {digest}"] if digest else [])])


def _moment(edition: Edition, created: Any) -> str:
    try:
        moment = created if isinstance(created, datetime) else datetime.fromisoformat(str(created))
    except ValueError:
        return str(created)
    clock = edition.numerals.plain(f"{moment:%H:%M}")
    zone = "UTC" if moment.utcoffset() is not None and not moment.utcoffset() else ""
    return f"{edition.numerals.day(moment.date())}{edition.say('text.comma')}{clock} {zone}".strip()
