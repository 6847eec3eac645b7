"""The words of clusters, read for keyphrases and titles.

All of it hangs on an `Excerpt` alone, not on vectors or models, so that another process can do it while this one goes
on clustering.
"""

from __future__ import annotations

from collections.abc import Sequence

from painpoints.cluster.excerpts import ALL, Excerpt
from painpoints.cluster.lexicon import LISTED
from painpoints.cluster.phrases import Reading, keyphrases, read_units, words_said
from painpoints.cluster.titles import Wording, title_candidates
from painpoints.cluster.words import read_words


class WordReader:
    """Reads the words of clusters, and remembers those of texts that were read before the clusters were known."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Reading] = {}

    def prepare(self) -> None:
        """Brings tokenizers and word lists before there is anything to read."""
        self.ahead([""] * len(LISTED), LISTED)

    def ahead(self, texts: Sequence[str], langs: Sequence[str]) -> None:
        """Reads ``texts`` in their ``langs``, most of which `wording` will be asked of."""
        for said in zip(texts, langs, strict=True):
            if said not in self._known:
                self._known[said] = read_words(*said)

    def wording(self, asked: Excerpt) -> Wording:
        """Phrases and candidates for titles of the clusters in ``asked``."""
        readings = read_units(asked, self._known)
        return Wording(keyphrases(readings), title_candidates(readings, asked),
                       {lang: words_said(readings, lang) for lang in sorted(set(readings.langs))})


def worth_reading_ahead(units: int) -> bool:
    """Whether nearly all of so many ``units`` will be read, whatever clusters they make."""
    return units <= ALL
