"""What a run found, in a dozen lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from painpoints.cli.terminal import count, isolated

if TYPE_CHECKING:
    from painpoints.pipeline import Findings

TOP = 5


def summarise(findings: Findings, top: int = TOP) -> dict[str, Any]:
    """Counts, the ``top`` pain points, the weakest link, where the report is, and what the user should know."""
    counted = findings.units.filter(findings.units["weight"] > 0)
    columns = ["rank", "painpoint_id", "title", "units", "documents", "impact", "impact_low", "impact_high",
               "touchpoint", "stage", "langs", "status"]
    columns += [name for name in findings.painpoints.columns
                if name in ("skews", "asks") or name.startswith("if_solved")]
    weakest = findings.weakest_link()
    return {
        "run": str(findings.place), "report": f"{findings.place}/report.html" if findings.place else None,
        "documents": len(findings.documents), "units": len(findings.units),
        "problems": int(counted["is_problem"].sum()), "painpoints": len(findings.painpoints),
        "assigned": int(findings.units["painpoint_id"].is_not_null().sum()),
        "rejected": dict(findings.manifest["counts"]["rejected"]),
        "brand": findings.manifest["counts"].get("brand", 0),
        "campaigns": _campaigns(findings), "none": _none(findings),
        "redacted": findings.manifest.get("redacted"),
        "names": findings.manifest["settings"].get("names"),
        "top": findings.painpoints.sort("rank").head(top).select(columns).to_dicts(),
        "weakest_link": None if weakest is None else {
            "touchpoint": weakest.touchpoint, "stage": weakest.stage, "units": weakest.units,
            "documents": weakest.documents, "harm": weakest.harm, "harm_low": weakest.low, "harm_high": weakest.high},
        "conversations": _conversations(findings),
        "notes": list(findings.manifest["notes"]), "seconds": findings.manifest["timings"]["total"],
    }


def _campaigns(findings: Findings) -> list[dict[str, Any]]:
    """The possible campaigns, largest first, without their texts."""
    if findings.campaigns is None:
        return []
    columns = ["campaign_id", "documents", "authors", "fresh_authors", "first", "last", "copies_share", "langs",
               "direction", "reasons"]
    rows = findings.campaigns.sort(["documents", "campaign_id"], descending=[True, False]).select(columns).to_dicts()
    return [{**row, "first": row["first"].isoformat(), "last": row["last"].isoformat(),
             "hours": max(1, round((row["last"] - row["first"]).total_seconds() / 3600))} for row in rows]


def _none(findings: Findings) -> dict[str, int]:
    """How many texts are adverts, spam, off topic."""
    if "none_kind" not in findings.documents.columns:
        return {}
    counts = findings.documents["none_kind"].drop_nulls().value_counts().sort("none_kind")
    return dict(counts.iter_rows())


def _conversations(findings: Findings) -> dict[str, Any] | None:
    """How the transcripts ended: counts, mean effort and broken promises; None without any."""
    frame = findings.conversations
    if frame is None:
        return None
    ended = dict(frame["resolution"].value_counts().iter_rows())
    kept = [promise["kept"] for promises in frame["promises"].to_list() for promise in promises]
    return {"count": len(frame), **{name: ended.get(name, 0) for name in ("resolved", "unresolved", "unknown")},
            "mean_effort": float(frame["effort"].sum()) / len(frame), "promises": len(kept),
            "promises_broken": kept.count("broken")}


def _of_conversations(found: dict[str, Any]) -> str:
    shares = ", ".join(f"{found[name] / found['count']:.0%} {name}" for name in ("resolved", "unresolved", "unknown"))
    return (f"{count(found['count'], 'conversation')}: {shares}; effort {found['mean_effort']:.1f} signs each; "
            f"{found['promises_broken']:,} of {count(found['promises'], 'promise')} broken")


def summary_lines(found: dict[str, Any]) -> list[str]:
    """The summary as lines for a terminal: numbers first, titles isolated on lines of their own."""
    lines = [f"{count(found['documents'], 'text')}, {count(found['units'], 'opinion unit')}, "
             f"{count(found['problems'], 'problem')}, {count(found['painpoints'], 'pain point')} "
             f"in {found['seconds']:.0f} s"]
    if found["rejected"]:
        reasons = ", ".join(f"{name} {number:,}" for name, number in sorted(found["rejected"].items()))
        lines.append(f"left out: {reasons} (see {found['run']}/rejected.jsonl)")
    if found["brand"]:
        lines.append(f"the brand's own, which count nowhere: {count(found['brand'], 'text')}")
    lines += [f"possible campaign: {count(one['documents'], 'text')} by {count(one['authors'], 'author')} in "
              f"{one['hours']:,} h ({one['direction']}), counted as one voice" for one in found["campaigns"]]
    if found["none"]:
        lines.append("no experience: " + ", ".join(f"{name} {number:,}" for name, number in found["none"].items()))
    if found["conversations"]:
        lines.append(_of_conversations(found["conversations"]))
    if found["redacted"] is not None:
        lines.append(redacted_line(found["redacted"], found["names"]))
    lines.append("")
    for point in found["top"]:
        langs = " ".join(f"{entry['lang']} {entry['units']:,}" for entry in point["langs"])
        lines.append(f"{point['rank']:>2}. impact {point['impact']:.1f} ({point['impact_low']:.1f} to "
                     f"{point['impact_high']:.1f}), {count(point['units'], 'unit')}: {langs}; {point['touchpoint']}")
        lines.append(f"    {isolated(point['title'])}")
    if not found["top"]:
        lines.append("No pain point was found.")
    lines.append("")
    weakest = found["weakest_link"]
    if weakest is None:
        lines.append("Weakest link: no touchpoint is spoken of enough to tell.")
    else:
        lines.append(f"Weakest link: {weakest['touchpoint']} ({weakest['stage']}): {weakest['harm']:.0%} of "
                     f"{count(weakest['units'], 'opinion')} there are negative or name a problem "
                     f"({weakest['harm_low']:.0%} to {weakest['harm_high']:.0%}).")
    lines.append(f"Report: {found['report']}")
    return lines


def redacted_line(redacted: Mapping[str, int], names: str | None) -> str:
    """What personal data were taken out, by kind, and whether names of persons were looked for."""
    kinds = ", ".join(f"{kind.replace('_', ' ')} {number:,}" for kind, number in
                      sorted(redacted.items(), key=lambda item: (-item[1], item[0])))
    looked = "" if names is not None else "; names of persons in the texts were not looked for"
    return f"Personal data taken out: {kinds or 'none found'}{looked}."
