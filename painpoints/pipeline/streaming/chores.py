"""What is done to a shard away from the encoder: cutting before it, judging and storing after it; or all of it, where
the encoder is small enough to be everywhere."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from painpoints.pipeline.judging import Encoded, judge_encoded
from painpoints.pipeline.streaming.wire import EncodedArrays, PassageTexts, laid_aside, taken_up
from painpoints.store import RunFolder
from painpoints.text import read_passages

if TYPE_CHECKING:
    import numpy as np
    from spacy.language import Language as Pipeline

    from painpoints.classify import Judge
    from painpoints.cluster import Projection
    from painpoints.encode import StudentEncoder


@dataclass(frozen=True)
class Judges:
    """What judges encoded units, as far as it travels to other processes: in the fast lane with its ``student``."""

    judge: Judge
    projection: Projection | None
    student: StudentEncoder | None = None

    def clustering_vectors(self, texts: list[str], judging: np.ndarray) -> np.ndarray:
        """Vectors (n, e) for clustering, of the ``judging`` ones alone."""
        return judging if self.projection is None else self.projection.project(judging)


@dataclass
class Tools:
    """What a process needs for its chores: the name of the user's ``spacy`` pipeline, or None, and the ``judges``, when
    there are such."""

    spacy: str | None
    judges: Judges | None = field(default=None)

    @cached_property
    def nlp(self) -> Pipeline | None:
        """The user's pipeline, None where texts are cut without one. Raises ModelError."""
        if self.spacy is None:
            return None
        from painpoints.text import build_pipeline  # brings spaCy, and with it torch: 180 MB and a second

        return build_pipeline(self.spacy)


@dataclass(frozen=True)
class Cut:
    """A shard ready for the encoder; ``aside`` is for `Finishing` only."""

    passages: PassageTexts
    aside: bytes
    documents: int
    characters: int


@dataclass(frozen=True)
class Cutting:
    """Documents of a shard to passages."""

    run: Path
    shard: int
    whole: bool

    def done(self, tools: Tools) -> Cut:
        """The shard, cut."""
        documents = RunFolder(self.run, {}).documents(self.shard)
        # else spaCy keeps every word it has seen
        with nullcontext() if tools.nlp is None else tools.nlp.memory_zone():
            passages = read_passages(documents, whole=self.whole, nlp=tools.nlp)
        return Cut(PassageTexts.of(passages), laid_aside(passages), len(documents),
                   sum(len(passage.text) for passage in passages))


@dataclass(frozen=True)
class Finishing:
    """Encoded passages of a shard to judged units in the run folder."""

    run: Path
    shard: int
    whole: bool
    aside: bytes
    encoded: EncodedArrays

    def done(self, tools: Tools) -> None:
        """Stores the units of the shard. Raises StorageError."""
        assert tools.judges is not None
        folder = RunFolder(self.run, {})
        units, vectors, counts = judge_encoded(folder.documents(self.shard), taken_up(self.aside),
                                               self.encoded.encoded(), tools.judges.judge,
                                               tools.judges.clustering_vectors, whole=self.whole)
        folder.write_units(self.shard, units, vectors, counts)


@dataclass(frozen=True)
class Judging:
    """Documents of a shard to judged units in the run folder, in the fast lane."""

    run: Path
    shard: int
    whole: bool

    def done(self, tools: Tools) -> int:
        """Stores the units of the shard; how many documents it has. Raises StorageError."""
        judges = tools.judges
        assert judges is not None and judges.student is not None
        folder = RunFolder(self.run, {})
        documents = folder.documents(self.shard)
        with nullcontext() if tools.nlp is None else tools.nlp.memory_zone():
            passages = read_passages(documents, whole=self.whole, nlp=tools.nlp)
        encoded = Encoded.of(judges.student.encode_passages(passages))
        folder.write_units(self.shard, *judge_encoded(documents, passages, encoded, judges.judge,
                                                      judges.clustering_vectors, whole=self.whole))
        return len(documents)


Chore = Cutting | Finishing | Judging
