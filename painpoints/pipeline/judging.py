"""Second step: every shard of documents to judged units with vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints.pipeline.models import Models
from painpoints.text import cut_units_with_counts

if TYPE_CHECKING:
    from collections import Counter

    import numpy as np
    import polars as pl


def judge_shard(documents: pl.DataFrame, models: Models, *, whole: bool
                ) -> tuple[pl.DataFrame, np.ndarray, Counter[str]]:
    """Judged units of ``documents``, their clustering vectors (n, e), and what the cutting counted."""
    import numpy as np

    units, counts = cut_units_with_counts(documents, whole=whole, nlp=models.nlp)
    texts = units["model_text"].to_list()
    if not texts:
        width = models.second.info.dimension if models.second else models.encoder.info.dimension
        return models.judge.judge(units, np.zeros((0, models.encoder.info.dimension), np.float32)), \
            np.zeros((0, width), np.float32), counts
    # Distinct texts in one order: how BLAS sums the rows of a product must not depend on the order of the input.
    distinct = sorted(set(texts))
    place = {text: at for at, text in enumerate(distinct)}
    rows = np.array([place[text] for text in texts])
    judging = models.judging_vectors(distinct)
    clustering = models.clustering_vectors(distinct, judging)
    return models.judge.judge(units, judging[rows]), clustering[rows], counts
