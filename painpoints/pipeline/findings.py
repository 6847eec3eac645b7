"""What a run found, for people who work in Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.read import is_remote
from painpoints.store import RunData, open_run
from painpoints.taxonomy import Taxonomy, extend, load_taxonomy

if TYPE_CHECKING:
    import polars as pl


class Findings:
    """The tables of one run as polars frames, and what can be made of them.

    ``documents`` and ``units`` carry judgements, ``painpoints`` is ranked by impact, ``conversations`` has a row a
    transcript (None without any), ``manifest`` says how it was made, ``folder`` is the run folder or None, and
    ``place`` what names it, the folder or the address (None where the run is nowhere).
    """

    def __init__(self, run: RunData, folder: Path | None = None, address: str | None = None) -> None:
        self._run = run
        self.folder = folder
        self.place = address if folder is None else str(folder)
        self.documents = run.documents
        self.units = run.units
        self.painpoints = run.painpoints
        self.conversations = run.conversations
        self.campaigns = run.campaigns
        self.manifest = run.manifest

    @classmethod
    def load(cls, folder: str | Path) -> Findings:
        """The findings of the finished run in ``folder``, or at the address it names. Raises RunError when there is
        none, StorageError for a store that refuses."""
        if is_remote(str(folder)):
            from painpoints.pipeline.remoterun import fetched

            with fetched(str(folder)) as there:
                return cls(there.data(), None, str(folder).rstrip("/"))
        return cls(open_run(Path(folder)).data(), Path(folder))

    def journey(self, framework: str | None = None) -> pl.DataFrame:
        """One row a touchpoint: stage, volume, sentiment with interval, problem share, rating, top pain point."""
        from painpoints.report import journey

        return journey(self._run, self.taxonomy(), framework or self.manifest["framework"])

    def weakest_link(self, framework: str | None = None) -> Any:
        """The touchpoint with the most certain harm and its evidence, or None when none has enough units."""
        from painpoints.report import weakest_link

        return weakest_link(self._run, self.taxonomy(), framework or self.manifest["framework"])

    def to_html(self, path: str | Path | None = None, *, lang: str | None = None, framework: str | None = None,
                segment: str | None = None) -> str:
        """The report as one HTML page, written to ``path`` when given."""
        from painpoints.report import render_html
        from painpoints.store import write_text

        page = render_html(self._run, lang=lang or self.manifest["settings"]["lang"],
                           framework=framework or self.manifest["framework"],
                           segment=segment or self.manifest["settings"]["segment"], taxonomy=self.taxonomy())
        if path is not None:
            write_text(Path(path), page)
        return page

    def taxonomy(self) -> Taxonomy:
        """The touchpoints and frameworks that the run worked by. Raises what loading them raises."""
        source = self.manifest["taxonomy"]
        taxonomy = load_taxonomy(None if source == "built-in" else source)
        return extend(taxonomy, self.manifest["models"]["heads"].get("added_touchpoints", {}))

    def __repr__(self) -> str:
        return (f"Findings({len(self.documents)} documents, {len(self.units)} units, "
                f"{len(self.painpoints)} pain points)")
