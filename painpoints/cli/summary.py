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
    folder = findings.folder
    return {
        "run": str(folder), "report": str(folder / "report.html") if folder is not None else None,
        "documents": len(findings.documents), "units": len(findings.units),
        "problems": int(counted["is_problem"].sum()), "painpoints": len(findings.painpoints),
        "assigned": int(findings.units["painpoint_id"].is_not_null().sum()),
        "rejected": dict(findings.manifest["counts"]["rejected"]),
        "brand": findings.manifest["counts"].get("brand", 0),
        "redacted": findings.manifest.get("redacted"),
        "names": findings.manifest["settings"].get("names"),
        "top": findings.painpoints.sort("rank").head(top).select(columns).to_dicts(),
        "weakest_link": None if weakest is None else {
            "touchpoint": weakest.touchpoint, "stage": weakest.stage, "units": weakest.units,
            "documents": weakest.documents, "harm": weakest.harm, "harm_low": weakest.low, "harm_high": weakest.high},
        "notes": list(findings.manifest["notes"]), "seconds": findings.manifest["timings"]["total"],
    }


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
