"""What is worked out of a workspace once, for as long as its opinions stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints.store import RunData

if TYPE_CHECKING:
    from painpoints.report import Edition
    from painpoints.triage.snapshot import Snapshot
    from painpoints.triage.web.site import Site


class Held:
    """A ``site`` with what a ``snapshot`` of it holds, in a language: equal to another of the same data and language,
    so that it can be the key of what is kept."""

    def __init__(self, site: Site, snapshot: Snapshot, lang: str = "") -> None:
        self.site, self.snapshot, self.lang = site, snapshot, lang

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Held) and self.snapshot.data is other.snapshot.data and self.lang == other.lang

    def __hash__(self) -> int:
        return hash((id(self.snapshot.data), self.lang))

    @property
    def edition(self) -> Edition:
        """How things are named in the language."""
        return self.site.edition(self.lang)

    @property
    def run(self) -> RunData:
        """The comments and opinions as the report takes them."""
        import polars as pl

        return RunData(self.snapshot.data.documents, self.snapshot.data.units, pl.DataFrame(), {})
