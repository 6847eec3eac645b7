"""Second step: every shard of documents to judged units with vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from painpoints.classify import SENTIMENTS, load_noise, mark_noise
from painpoints.pipeline.models import Models
from painpoints.text import Passage, frame_units, original_slice, read_passages

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    import numpy as np
    import polars as pl

    from painpoints.classify import Judge
    from painpoints.encode import EncodedPassages


@dataclass(frozen=True)
class Encoded:
    """What the encoder says of the passages of one shard: the places (start, end) of each one's units, vectors
    (units, d) and ``passages`` (n, d), and for each unit the place of what was expected, or None."""

    spans: list[list[tuple[int, int]]]
    vectors: np.ndarray
    passages: np.ndarray
    expectations: Sequence[tuple[int, int] | None]

    @classmethod
    def of(cls, encoded: EncodedPassages) -> Encoded:
        """The same of all passages that were encoded."""
        return cls([[(cut.start, cut.end) for cut in cuts] for cuts in encoded.cuts], encoded.vectors,
                   encoded.passages, encoded.expectations)


def judge_shard(documents: pl.DataFrame, models: Models, *, whole: bool, fast: bool = False
                ) -> tuple[pl.DataFrame, np.ndarray, Counter[str]]:
    """Judged units of ``documents``, their clustering vectors (n, e), and what the cutting counted.

    Every passage is encoded once; its units are found (by the rules alone when ``fast``) and pooled from that pass.
    """
    passages = read_passages(documents, whole=whole, nlp=models.nlp)
    encoded = Encoded.of(models.encoder.encode_passages(passages, rules=whole or fast))
    return judge_encoded(documents, passages, encoded, models.judge, models.clustering_vectors, whole=whole)


def judge_encoded(documents: pl.DataFrame, passages: Sequence[Passage], encoded: Encoded, judge: Judge,
                  clustering_vectors: Callable[[list[str], np.ndarray], np.ndarray], *, whole: bool
                  ) -> tuple[pl.DataFrame, np.ndarray, Counter[str]]:
    """What `judge_shard` gives, of ``passages`` that are encoded; the blocks of these are not asked for."""
    import polars as pl

    units, kept, counts = frame_units(documents, passages, encoded.spans)
    judging = encoded.vectors[kept]
    owners = [number for number, cuts in enumerate(encoded.spans) for _ in cuts]
    texts = documents["text"].to_list()
    expected = []
    for unit in kept:
        found, passage = encoded.expectations[unit], passages[owners[unit]]
        expected.append(original_slice(texts[passage.row], passage, *found) if found else None)
    whole_text = _whole_sentiment(passages, encoded.passages, len(documents), judge)
    whole_text = whole_text[[passages[owners[unit]].row for unit in kept]]
    units = units.with_columns(pl.Series("expectation", expected, pl.Utf8),
                               *(pl.Series(f"whole_p_{name}", whole_text[:, i], pl.Float32)
                                 for i, name in enumerate(SENTIMENTS)))
    clustering = clustering_vectors(units["model_text"].to_list(), judging)
    judged = judge.judge(units, judging, whole=whole)
    kinds = load_noise().kinds(texts, document_vectors(passages, encoded.passages, len(documents)))
    noise = {doc: kind for doc, kind in zip(documents["doc_id"].to_list(), kinds, strict=True) if kind is not None}
    return mark_noise(judged, noise), clustering, counts


def document_vectors(passages: Sequence[Passage], vectors: np.ndarray, documents: int) -> np.ndarray:
    """The vectors (documents, d) of whole texts: the mean of their passages', weighing as they are long."""
    import numpy as np

    total = np.zeros((documents, vectors.shape[1]))
    size = np.array([len(passage.text) for passage in passages], np.float64)
    rows = np.array([passage.row for passage in passages], int)
    np.add.at(total, rows, vectors * size[:, None])
    return np.asarray(total / np.maximum(np.bincount(rows, size, documents), 1.0)[:, None])


def _whole_sentiment(passages: Sequence[Passage], vectors: np.ndarray, documents: int, judge: Judge) -> np.ndarray:
    """Sentiment probabilities (documents, 3) of each text read as a whole, its passages weighing as they are long."""
    import numpy as np

    total = np.zeros((documents, len(SENTIMENTS)))
    if passages:
        likely = judge.heads.probabilities(vectors, [passage.lang for passage in passages]).overall
        size = np.array([len(passage.text) for passage in passages], np.float64)
        np.add.at(total, [passage.row for passage in passages], likely * size[:, None])
    return np.asarray(total / np.maximum(total.sum(1, keepdims=True), 1e-12))
