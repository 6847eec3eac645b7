"""Somebody erased from the folder of a finished run: its tables, its report, its sheets.

The vectors of a run are gone when it ends, so pain points keep the impact they had; what they count, quote and are
called is made anew from the opinions that are left.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.config import Settings
from painpoints.errors import PainpointsError, WorkspaceError
from painpoints.pipeline.findings import Findings
from painpoints.pipeline.forgetting.certificate import Certificate, Forgotten
from painpoints.pipeline.forgetting.erasing import Plan, planned_traces
from painpoints.pipeline.forgetting.factfiles import Gone, lines_telling, rewrite, without
from painpoints.pipeline.forgetting.proving import prove
from painpoints.pipeline.forgetting.question import WhoToForget, chosen
from painpoints.pipeline.forgetting.runpoints import points_left, units_left
from painpoints.pipeline.forgetting.scrubbing import Scrubber
from painpoints.pipeline.vectors import forget_vectors
from painpoints.store import RunFolder, now, open_run, write_json

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = "forgetting.json"
STEPS = ("intended", "painpoints", "facts", "report", "proved")
_RENDERED = ("report.html", "painpoints.csv", "findings.xlsx")
_NOTED = ("run.json", "manifest.json")


def _on(_: str) -> None:
    return None


@dataclass(frozen=True)
class _Asked:
    plan: Plan
    who: str
    made: str

    def as_dict(self) -> dict[str, Any]:
        return {"plan": self.plan.as_dict(), "who": self.who, "made": self.made}


def forget_in_run(path: Path, who: WhoToForget, by: str, *, confirm: bool, reached: Callable[[str], None] = _on
                  ) -> Forgotten:
    """What the finished run in ``path`` holds of those ``who`` names; with ``confirm`` it is erased, and searched for.

    Raises RunError for what is no finished run, UsageError, WorkspaceError.
    """
    if confirm:
        resume_run(path, reached)
    folder = open_run(path)
    plan, missing = _planned(folder, who)
    if not confirm or (not plan.gone.doc_ids and not plan.traces.names):
        return Forgotten(plan.counts, missing, ())
    (path / FILE).unlink(missing_ok=True)
    (path / FILE).touch(0o600)
    write_json(path / FILE, _Asked(plan, by, now()).as_dict())
    (path / FILE).chmod(0o600)
    reached(STEPS[0])
    return Forgotten(plan.counts, missing, (), resume_run(path, reached))


def resume_run(path: Path, reached: Callable[[str], None] = _on) -> Certificate | None:
    """Ends what was begun in a run; None where nothing was."""
    place = path / FILE
    if not place.exists():
        return None
    try:
        kept = json.loads(place.read_text("utf8"))
        asked = _Asked(Plan.from_dict(kept["plan"]), kept["who"], kept["made"])
    except (OSError, ValueError, KeyError) as error:
        raise WorkspaceError(f"{place}: what was being forgotten cannot be read ({type(error).__name__}).",
                             hint="Remove that file, and name those to forget again.") from None
    plan, folder = asked.plan, open_run(path)
    data = folder.data()
    settings = _settings(data.manifest)
    if data.units["unit_id"].is_in(sorted(plan.gone.unit_ids)).any():
        left = points_left(data, plan.gone, plan.traces, settings)
        folder.write_result("painpoints", left)
        folder.write_result("units", units_left(data.units, plan.gone))
    reached("painpoints")
    rewrite([file for file in path.glob("*") if file.suffix in (".parquet", ".jsonl")
             and file.name != "painpoints.parquet"], plan.gone, plan.traces)
    reached("facts")
    _note(path, plan)
    _render(path)
    reached("report")
    dropped = forget_vectors({settings.cache_dir})
    proof = prove(path, plan.traces, besides=(FILE,))
    proof.vectors_dropped = dropped
    reached("proved")
    if not proof.traces:
        place.unlink()
    return Certificate(path.resolve().name, asked.who, asked.made, plan.asked, plan.counts, proof)


def _note(path: Path, plan: Plan) -> None:
    """Takes names out of what is said of the run, and counts again."""
    import polars as pl

    scrubber = Scrubber(plan.gone, plan.traces, (), {})
    for name in _NOTED:
        kept = json.loads((path / name).read_text("utf8"))
        new = scrubber.value(kept)
        if "counts" in new:
            sizes = {one: pl.scan_parquet(path / f"{one}.parquet").select(pl.len()).collect().item()
                     for one in ("documents", "units", "painpoints")}
            new["counts"] = {**new["counts"], **sizes}
        if new != kept:
            write_json(path / name, new)


def _render(path: Path) -> None:
    """Writes the report and the sheets anew; one that cannot be is removed."""
    from painpoints.report import write_tables

    findings, made = Findings.load(path), [path / name for name in _RENDERED]
    try:
        findings.to_html(made[0])
        write_tables(open_run(path).data(), path, lang=findings.manifest["settings"]["lang"],
                     framework=findings.manifest["framework"], taxonomy=findings.taxonomy())
    except (PainpointsError, OSError):
        for file in made:
            with contextlib.suppress(OSError):
                file.unlink()


def _settings(manifest: Any) -> Settings:
    from dataclasses import fields

    known = {field.name for field in fields(Settings)}
    return Settings(**{name: value for name, value in manifest["settings"].items() if name in known})


def _planned(folder: RunFolder, who: WhoToForget) -> tuple[Plan, int]:
    import polars as pl

    data = folder.data()
    found = chosen(data.documents, who, _settings(data.manifest))
    mine = data.documents["doc_id"].is_in(sorted(found.doc_ids))
    opinions = data.units.select("unit_id", "doc_id", "model_text")
    gone = Gone(found.doc_ids, frozenset(data.units.filter(
        pl.col("doc_id").is_in(sorted(found.doc_ids)))["unit_id"]))
    traces = planned_traces(data.documents, mine, opinions, gone, found.names, found.author_keys)
    aside: Sequence[Path] = sorted(folder.path.glob("*.jsonl"))
    counts = {"documents": len(gone.doc_ids), "opinions": len(gone.unit_ids),
              "painpoints": data.units.filter(pl.col("unit_id").is_in(sorted(gone.unit_ids)))[
                  "painpoint_id"].drop_nulls().n_unique(),
              "rejected": sum(lines_telling(path, gone, traces) for path in aside),
              "tables": sum(_holds(path, gone) for path in folder.path.glob("*.parquet"))}
    return Plan(gone, traces, (), counts, who.asked(found.missing), ()), found.missing


def _holds(path: Path, gone: Gone) -> bool:
    import polars as pl

    frame = pl.read_parquet(path)
    return not without(frame, gone).equals(frame)
