"""Cluster quality of the main job's clustering and of topic models, on labelled sets, for ``bench_peers.py``."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from bench_clustering import BANKING
from datasets import PROJECT, intents, rows
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score
from vectors import cached_vectors

from painpoints.cluster import ClusterSettings, cluster_units, load_projection

SETS: dict[str, tuple[tuple[str, ...], int, str]] = {
    "banking intents": (BANKING, 3000, "three quarters of its intents trained encoder and map, the others chose the "
                                       "level of detail"),
    "banking intents, held out": (BANKING, 3000, "no intent of it was trained on; it chose the level of detail"),
    "mabsa_complaints_en_ar_ru": (("mabsa_complaints_en_ar_ru",), 3000, "2,500 of its texts trained encoder and map"),
    "en_twcs_support_topics": (("en_twcs_support_topics",), 2000, "its labels took no part"),
    "ru_bank_reviews_by_product": (("ru_bank_reviews_by_product",), 2000, "its labels took no part")}
"""Files, texts at most, and what part the set took in making our models."""


def chosen(data: Path, name: str, at_most: int) -> list[tuple[str, str, str]]:
    """Text, language and label of a random ``at_most`` of the set's texts."""
    files, limit, _ = SETS[name]
    found = [(item.text, item.lang, item.group, item.split) for item in intents(data, files, None)]
    if name.endswith("held out"):
        found = [one for one in found if one[3] == "test"]
    order = np.random.default_rng(0).permutation(len(found))[:min(limit, at_most)]
    return [found[at][:3] for at in order]


def labelled_by_us(texts: Sequence[str]) -> int:
    """How many of ``texts`` have sentiment and touchpoint labels of ours, from which heads and encoder learnt."""
    known = {row["document"] for path in (PROJECT / "corpora" / "labels").glob("??.jsonl") for row in rows(path)}
    return sum(hashlib.blake2b(text.encode(), digest_size=8).hexdigest() in known for text in texts)


def quality(gold: Sequence[str], langs: Sequence[str], labels: np.ndarray) -> dict[str, float]:
    """AMI and ARI with the texts in no cluster as one more class and without them; the share of texts in clusters; the
    share of clusters that hold two languages."""
    of, spoken = np.asarray(gold), np.asarray(langs)
    held = labels >= 0
    numbers = np.unique(labels[held])
    found = {"clusters": float(len(numbers)), "coverage": float(held.mean()),
             "ami": float(adjusted_mutual_info_score(of, labels)), "ari": float(adjusted_rand_score(of, labels))}
    if held.any():
        found |= {"ami_without_outliers": float(adjusted_mutual_info_score(of[held], labels[held])),
                  "ari_without_outliers": float(adjusted_rand_score(of[held], labels[held]))}
    if len(set(langs)) > 1 and len(numbers):
        found["holding_two_languages"] = float(np.mean([len(set(spoken[labels == k])) > 1 for k in numbers]))
    return {name: round(value, 3) for name, value in found.items()}


def compare_clusters(data: Path, at_most: int, home: Path, others: Callable[[dict[str, Any]], dict[str, Any]]
                     ) -> dict[str, Any]:
    """Figures of every way on every set; ``others`` runs the topic models in a process of their own."""
    projection = load_projection()
    result: dict[str, Any] = {}
    for name, (_, _, part) in SETS.items():
        texts, langs, gold = (list(of) for of in zip(*chosen(data, name, at_most), strict=True))
        vectors = projection.project(cached_vectors(texts, home / "vectors", name.replace(" ", "_"), langs))
        began = time.perf_counter()
        labels = cluster_units(vectors, langs, [f"{at:06}" for at in range(len(texts))], ClusterSettings(),
                               projection.language_means).labels
        ours = quality(gold, langs, labels) | {"seconds": round(time.perf_counter() - began, 2)}
        (home / "labelled.json").write_text(json.dumps(texts), "utf8")
        np.save(home / "labelled.npy", vectors)
        found = others({"texts": str(home / "labelled.json"), "vectors": str(home / "labelled.npy")})
        if "could_not_run" in found:
            theirs: dict[str, Any] = {"BERTopic and Turftopic": found}
        else:
            theirs = {way: quality(gold, langs, np.asarray(of)) for way, of in found.items() if isinstance(of, list)}
        result[name] = {"texts": len(texts), "labels": len(set(gold)), "languages": sorted(set(langs)),
                        "part_in_our_training": part, "texts_with_unit_labels_of_ours": labelled_by_us(texts),
                        "ways": {"ours": ours} | theirs}
        print(f"{name}: {result[name]['ways']}", file=sys.stderr)
    return result
