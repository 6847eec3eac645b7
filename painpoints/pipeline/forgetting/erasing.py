"""Somebody erased from a workspace: first an intent, then facts, state and caches, then the search for what is left.

The intent is a row of the state that says only that something is being forgotten; what it is stands in a private file
beside it, which goes last. Every step may be done again, so that whoever opens the workspace next ends what a killed
process began.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.errors import WorkspaceError
from painpoints.pipeline.editing import Units
from painpoints.pipeline.forgetting.caches import clear_caches, clear_waiting, digests_telling, uploads
from painpoints.pipeline.forgetting.certificate import Certificate, Forgotten
from painpoints.pipeline.forgetting.exported import exports_holding
from painpoints.pipeline.forgetting.factfiles import Gone, lines_telling, rewrite
from painpoints.pipeline.forgetting.proving import prove
from painpoints.pipeline.forgetting.question import WhoToForget, chosen
from painpoints.pipeline.forgetting.staterows import counted, erase_rows, left_without, points_after
from painpoints.pipeline.forgetting.titles import made_anew, tainted
from painpoints.pipeline.forgetting.traces import LEAST_ID, Traces, own_runs
from painpoints.pipeline.spaces import stored_settings
from painpoints.pipeline.vectors import forget_vectors
from painpoints.store import WorkspaceFolder, Writer, keep_forgotten, now, write_json

if TYPE_CHECKING:
    import polars as pl

INTENT = "forgetting"
FILE = "forgetting.json"
STEPS = ("intended", "facts", "state", "caches", "compacted", "proved")
"""What is reached one after the other; between any two a process may be killed."""
_LOCKS = ("writer.lock", "search.lock")
Reached = Callable[[str], None]
Rows = Iterable[Mapping[str, Any]]


def _on(_: str) -> None:
    return None


@dataclass(frozen=True)
class Plan:
    """What is to be forgotten, as the private file has it: ``titled`` pain points get other titles, ``counts`` say how
    much goes, ``asked`` by what it was named."""

    gone: Gone
    traces: Traces
    titled: tuple[str, ...]
    counts: Mapping[str, int]
    asked: Mapping[str, int]
    exports: Sequence[Mapping[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """The same, for JSON."""
        return {"doc_ids": sorted(self.gone.doc_ids), "unit_ids": sorted(self.gone.unit_ids),
                "traces": self.traces.as_dict(), "titled": list(self.titled), "counts": dict(self.counts),
                "asked": dict(self.asked), "exports": list(self.exports)}

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Plan:
        """What `as_dict` gave."""
        return cls(Gone(frozenset(kept["doc_ids"]), frozenset(kept["unit_ids"])), Traces.from_dict(kept["traces"]),
                   tuple(kept["titled"]), kept["counts"], kept["asked"], kept["exports"])


def forget(folder: WorkspaceFolder, who: WhoToForget, by: str, *, confirm: bool, reached: Reached = _on) -> Forgotten:
    """What of the workspace is of those ``who`` names; with ``confirm`` it is erased, and the search has its
    certificate. ``by`` is who has it done.

    Raises UsageError, WorkspaceError, BusyError when another process is writing. `resume_forgetting` comes first where
    something was left unfinished.
    """
    if not confirm:
        intent, missing = _planned(folder, who)
        return Forgotten(intent.counts, missing, intent.exports)
    with folder.alone():
        try:
            _finish(folder, reached)
        except WorkspaceError:  # what was begun is not known any more: whoever it was is named again
            with folder.state.writing() as writer:
                writer.drop(INTENT)
        with folder.state.reading() as state:
            folder.facts.sweep(state.additions())
        intent, missing = _planned(folder, who)
        if not intent.gone.doc_ids and not intent.traces.names:
            return Forgotten(intent.counts, missing, intent.exports)
        _begin(folder, intent, by)
        reached(STEPS[0])
        certificate = _finish(folder, reached)
    return Forgotten(intent.counts, missing, intent.exports, certificate)


def unfinished(folder: WorkspaceFolder) -> bool:
    """Whether a process that was forgetting did not come to its end; a search that found something has ended."""
    with folder.state.reading() as state:
        begun = state.meta(INTENT)
    return begun is not None and not begun.get("searched", False)


def resume_forgetting(folder: WorkspaceFolder, reached: Reached = _on) -> Certificate | None:
    """Ends what a killed process began, and searches again where a trace was found; None where there is nothing.

    Raises BusyError while another process is writing.
    """
    if not folder.state.kept(INTENT) and not (folder.path / FILE).exists():
        return None
    with folder.alone():
        return _finish(folder, reached)


def _begin(folder: WorkspaceFolder, intent: Plan, by: str) -> None:
    path = folder.path / FILE
    path.unlink(missing_ok=True)
    path.touch(0o600)
    write_json(path, intent.as_dict())
    path.chmod(0o600)
    with folder.state.writing() as state:
        state.keep(INTENT, {"made": now(), "who": by, "erased": False})


def _finish(folder: WorkspaceFolder, reached: Reached) -> Certificate | None:
    """Does all that is left to do of what was begun."""
    path = folder.path / FILE
    with folder.state.reading() as state:
        begun = state.meta(INTENT)
    if begun is None:
        path.unlink(missing_ok=True)  # nothing was erased yet, or everything
        return None
    intent = _kept(path)
    clear_waiting(folder)
    rewrite(folder.facts.files(), intent.gone, intent.traces)
    reached("facts")
    if not begun["erased"]:
        _erase_state(folder, intent, begun)
    reached("state")
    clear_caches(folder, intent.gone, intent.traces)
    with folder.state.reading() as state:
        dropped = forget_vectors({stored_settings(state).cache_dir})
    reached("caches")
    folder.state.compact()
    reached("compacted")
    proof = prove(folder.path, intent.traces, folder.state, (FILE, *_LOCKS))
    proof.vectors_dropped = dropped
    reached("proved")
    certificate = Certificate(folder.path.resolve().name, begun["who"], begun["made"], intent.asked, intent.counts,
                              proof, intent.exports)
    with folder.state.writing() as state:
        if certificate.proved:
            state.drop(INTENT)
        else:
            state.keep(INTENT, {**begun, "erased": True, "searched": True})
    if certificate.proved:
        path.unlink()
    return certificate


def _kept(path: Path) -> Plan:
    try:
        return Plan.from_dict(json.loads(path.read_text("utf8")))
    except (OSError, ValueError, KeyError) as error:
        raise WorkspaceError(f"{path}: what was being forgotten cannot be read ({type(error).__name__}).",
                             hint="Put the file back, or name those to forget again: painpoints forget") from None


def _erase_state(folder: WorkspaceFolder, intent: Plan, begun: Mapping[str, Any]) -> None:
    with folder.state.reading() as state:
        units = Units(folder.facts, state.additions(), state.generation(), stored_settings(state))
        points = points_after(state, intent.gone, made_anew(state, units, intent.gone, intent.titled))

    def erased(writer: Writer) -> None:
        writer.queue_up("audit")
        erase_rows(writer, intent.gone, intent.traces, points)
        keep_forgotten(writer, intent.gone.doc_ids, begun["made"])
        told = {"documents": len(intent.gone.doc_ids), "opinions": len(intent.gone.unit_ids)}
        writer.insert("audit", [{"made": now(), "who": begun["who"], "action": "forget", "object": None,
                                 "detail": json.dumps(told)}])
        writer.keep(INTENT, {**begun, "erased": True})

    folder.state.settled(erased)


def _planned(folder: WorkspaceFolder, who: WhoToForget) -> tuple[Plan, int]:
    """What is to be done, and how many of those named are not known."""
    import polars as pl

    with folder.state.reading() as state:
        numbers, generation, settings = state.additions(), state.generation(), stored_settings(state)
        made = {row["number"]: row["made"] for row in state.rows("additions")}
    if not numbers:
        raise WorkspaceError(f"{folder.path}: nothing was added yet.", hint="There is nobody to forget.")
    documents = folder.facts.documents(numbers)
    found = chosen(documents, who, settings)
    mine = documents["doc_id"].is_in(sorted(found.doc_ids))
    opinions = _all_units(folder.facts.files())
    gone = Gone(found.doc_ids, frozenset(opinions.filter(
        pl.col("doc_id").is_in(sorted(found.doc_ids)))["unit_id"]))
    traces = planned_traces(documents, mine, opinions, gone, found.names, found.author_keys)
    units = Units(folder.facts, numbers, generation, settings)
    with folder.state.reading() as state:
        lost, bare = left_without(state, gone)
        titled = tainted(state, units, gone, traces, lost - bare)
        rows = counted(state, gone)
    exports = exports_holding(folder, documents.filter(mine), gone, made)
    aside = [path for path in folder.facts.files() if path.suffix == ".jsonl"]
    counts = {"documents": len(gone.doc_ids), "opinions": len(gone.unit_ids),
              "additions": documents.filter(mine)["addition"].n_unique(),
              "painpoints": len(lost), "painpoints_removed": len(bare), "titles": len(titled),
              **{name: count for name, count in rows.items() if name != "documents"},
              "rejected": sum(lines_telling(path, gone, traces) for path in aside),
              "digests": len(digests_telling(folder.path, traces)), "uploads": len(uploads(folder.path)) // 2,
              "exports": len(exports)}
    return Plan(gone, traces, tuple(titled), counts, who.asked(found.missing), exports), found.missing


def _all_units(files: Sequence[Path]) -> pl.DataFrame:
    """``unit_id``, ``doc_id`` and the words of all opinions, of every generation."""
    import polars as pl

    frames = [pl.read_parquet(path, columns=["unit_id", "doc_id", "model_text"]) for path in files
              if path.suffix == ".parquet" and path.name.startswith("units")]
    return pl.concat(frames)


def planned_traces(documents: pl.DataFrame, mine: pl.Series, opinions: pl.DataFrame, gone: Gone, names: tuple[str, ...],
            author_keys: frozenset[str]) -> Traces:
    """What tells of the people whose ``documents`` are ``mine``, and of nobody else."""
    import polars as pl

    own, rest = documents.filter(mine), documents.filter(~mine)
    keys = (set(own["author_key"].drop_nulls()) | author_keys) - set(rest["author_key"].drop_nulls())
    sources = set(own["source_id"].drop_nulls()) - set(rest["source_id"].drop_nulls())
    theirs = pl.col("doc_id").is_in(sorted(gone.doc_ids))
    traces = Traces(gone.doc_ids | gone.unit_ids | keys | {name for name in sources if len(name) >= LEAST_ID},
                    frozenset(sources), names)
    runs, whole = own_runs([*own["text"], *opinions.filter(theirs)["model_text"]],
                           (text for frame in (rest["text"], opinions.filter(~theirs)["model_text"]) for text in frame),
                           traces.key)
    return replace(traces, runs=runs, whole=whole)
