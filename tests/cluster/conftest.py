"""A small judged and clustered corpus in four languages, built by hand."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

PAINS = ("refund", "crash", "courier", "queue", "code")


@dataclass(frozen=True)
class Corpus:
    units: pl.DataFrame
    vectors: np.ndarray
    documents: pl.DataFrame

    @property
    def labels(self) -> np.ndarray:
        return self.units["cluster"].fill_null(-1).to_numpy()


def build_corpus() -> Corpus:
    from painpoints.text import fold_key, normalise

    content = tomllib.loads(Path(__file__).with_name("complaints.toml").read_text("utf8"))
    rng = np.random.default_rng(7)
    directions = np.eye(8, 16)
    start = datetime(2026, 3, 2, tzinfo=UTC)
    units, documents, vectors = [], [], []
    for place, (pain, by_lang) in enumerate(content.items()):
        for lang, texts in by_lang.items():
            for number, text in enumerate(texts):
                name = f"{pain}-{lang}-{number}"
                problem = pain in PAINS
                documents.append({"doc_id": f"d-{name}", "source_id": name, "author_key": f"a-{name}",
                                  "time": start + timedelta(days=len(documents) % 80), "text": text,
                                  "rating": 0.0 if problem else 1.0})
                units.append({"unit_id": f"u-{name}", "doc_id": f"d-{name}", "lang": lang, "text": text,
                              "model_text": normalise(text, lang).text, "key": fold_key(text, lang), "weight": 1,
                              "cluster": PAINS.index(pain) if problem else None,
                              "strength": 0.9 - number / 10 if problem else 0.0,
                              "p_neg": 0.8 if problem else 0.05, "p_pos": 0.05 if problem else 0.9,
                              "touchpoint": "returns" if pain == "refund" else "general", "touchpoint_p": 0.8,
                              "stage": "service" if pain == "refund" else "none",
                              "problem_p": 0.9 if problem else 0.1, "is_problem": problem, "certain": True})
                vectors.append(directions[place] + 0.15 * rng.standard_normal(16))
    stacked = np.stack(vectors)
    stacked /= np.linalg.norm(stacked, axis=1, keepdims=True)
    return Corpus(
        pl.DataFrame(units, schema_overrides={"cluster": pl.Int64}), stacked.astype(np.float32),
        pl.DataFrame(documents, schema_overrides={"time": pl.Datetime("us", "UTC"), "rating": pl.Float64}))


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return build_corpus()
