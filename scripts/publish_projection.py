"""Fit the map into the pain space on the published adapter's vectors, measure it, and publish it with its card.

    python scripts/publish_projection.py --data DIR [--cache DIR] [--out models/pain-projection]

Run `publish_adapter.py` first. Two cores need about three minutes, nearly all of it for encoding (kept in --cache).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from comparison import comparison, fingerprint
from contrast import INTENT_SETS
from datasets import LANGUAGES, PROJECT, Grouped, intents, own_pains, own_units, translations
from fit_map import fit
from labelled import Encode
from safetensors.numpy import save_file
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score
from vectors import cached_vectors

from painpoints.cluster import ClusterSettings, cluster_units
from painpoints.cluster.alignment import align
from painpoints.cluster.projection import Projection
from painpoints.encode import EMBEDDED_NAME

VERSION = "2"
MEASURED = 2500
"""Texts of a source that are measured at most."""
SENTENCES = 2000
BANKING = ("en_banking77", "ar_arbanking77")
BENCH = PROJECT / "scripts" / "bench" / "clustering.json"


def measure(vectors: np.ndarray, items: Sequence[Grouped], means: dict[str, np.ndarray] | None) -> dict[str, Any]:
    """How well groups are found in ``vectors``: with their number known, and by our clustering, which must find it."""
    labels = np.array([item.group for item in items])
    langs = [item.lang for item in items]
    aligned = align(vectors, langs, means)
    known = AgglomerativeClustering(len(set(labels)), metric="cosine", linkage="average").fit_predict(aligned)
    similar = aligned @ aligned.T
    np.fill_diagonal(similar, -2)
    near = np.argsort(-similar, 1)[:, :5]
    found = cluster_units(vectors, langs, [f"{at:06}" for at in range(len(items))], ClusterSettings(), means)
    kept = found.labels >= 0
    return {"texts": len(items), "groups": len(set(labels)), "languages": len(set(langs)),
            "precision_at_5": _round((labels[near] == labels[:, None]).mean()),
            "ami_average_linkage_true_number": _round(adjusted_mutual_info_score(labels, known)),
            "clusters": int(found.labels.max()) + 1, "coverage": _round(kept.mean()),
            "ami": _round(adjusted_mutual_info_score(labels, found.labels)),
            "ami_covered": _round(adjusted_mutual_info_score(labels[kept], found.labels[kept])) if kept.any() else 0.0,
            "ari_covered": _round(adjusted_rand_score(labels[kept], found.labels[kept])) if kept.any() else 0.0,
            "purity": _round(_purity(labels[kept], found.labels[kept])), "mixed": _round(_mixed(found.labels, langs))}


def _purity(labels: np.ndarray, found: np.ndarray) -> float:
    if not len(labels):
        return 0.0
    return sum(np.unique(labels[found == k], return_counts=True)[1].max() for k in np.unique(found)) / len(labels)


def _mixed(found: np.ndarray, langs: Sequence[str]) -> float:
    """Share of clusters of six or more that hold three languages (both, where there are two)."""
    of = np.array(langs)
    wanted = min(3, len(set(langs)))
    mixes = [len(set(of[found == k])) >= wanted for k in range(found.max() + 1) if (found == k).sum() >= 6]
    return float(np.mean(mixes)) if mixes else 0.0


def _round(value: Any) -> float:
    return round(float(value), 3)


def card(figures: dict[str, Any], counts: dict[str, int], command: str, beside: Sequence[str] = ()) -> str:
    """The model card; ``beside`` are the lines of the comparison with other tools."""
    names = {"frozen": "encoder alone", "centred": "encoder, language means removed", "projected": "with this map"}
    trained = "; ".join(f"{n:,} texts of {name}" for name, n in counts.items())
    lines = [
        "# The map into the pain space", "",
        "A linear map of the vectors of the adapted encoder (`../adapter`), fitted on them so that texts lie "
        "near each other when the same went wrong, whatever the language and whatever was bought.", "",
        f"Made by `{command}`. Trained on: {trained}; {SENTENCES:,} sentences in four languages (NTREX, SIB-200). "
        "A quarter of our pain families and a quarter of the banking intents were held out whole and are what "
        "is measured. Licences: "
        "`scripts/README.md`.", "",
        "The clustering finds the number of clusters itself; `coverage` is the share of texts it "
        "places, `ami` counts the "
        "others as one more cluster, `mixed` is the share of clusters of six or more that hold "
        "three languages (both for "
        "banking).", ""]
    for name, by_kind in figures.items():
        first = next(iter(by_kind.values()))
        lines += [f"## {name}: {first['texts']} texts, {first['groups']} groups, {first['languages']} languages", "",
                  "| | " + " | ".join(names[k] for k in by_kind) + " |", "|---|" + "---|" * len(by_kind)]
        lines += [f"| {m.replace('_', ' ')} | " + " | ".join(str(v[m]) for v in by_kind.values()) + " |"
                  for m in first if m not in ("texts", "groups", "languages")]
        lines.append("")
    lines += [*beside, "## Limits", "",
              "Close neighbours (refund not received, return rejected, courier did not collect) are still often one "
              "cluster, and six in ten one-off complaints stand in some cluster. The more pains a dump has, the "
              "less well they are told apart. The map was learnt on single opinions; whole reviews blur it. The "
              "settings of the clustering were chosen on the calibration families; from which likeness on clusters are "
              "merged was chosen on the held-out banking intents too, so their figures are on the hopeful side.", ""]
    return "\n".join(lines)


def learn(data: Path, a_set: int, encoded: Encode, encoder: str, version: str) -> tuple[Projection, dict[str, int]]:
    """The map for the vectors that ``encoded`` gives, with the means of the languages in it, and how many texts of each
    source it learnt from."""
    pains = list(own_pains())
    parts: dict[str, list[Grouped]] = {}
    for item in [*pains, *intents(data, INTENT_SETS, a_set)]:
        if item.split == "train":
            parts.setdefault(item.source, []).append(item)
    groups = {name: (encoded([i.text for i in of], f"m_{name.replace(' ', '_')}", [i.lang for i in of]),
                     of) for name, of in parts.items()}
    sentences = translations(data)[:SENTENCES]
    matrix, mean = fit(groups, {lang: encoded([s[lang] for s in sentences], f"m_par_{lang}", [lang] * len(sentences))
                                for lang in LANGUAGES})
    plain = Projection(encoder, version, matrix, mean, {})
    problems = [(u.text, u.lang) for u in own_units() if u.problem and u.split == "train"]
    problems += [(p.text, p.lang) for p in pains if p.split == "train"]
    of = np.array([lang for _, lang in problems])
    mapped = plain.project(encoded([t for t, _ in problems], "own_problems", of.tolist()))
    means = {lang: mapped[of == lang].mean(0) for lang in LANGUAGES}
    return Projection(encoder, version, matrix, mean, means), {name: len(of) for name, of in parts.items()}


def write(projection: Projection, out: Path) -> None:
    """Stores ``projection`` in the folder ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    save_file({"matrix": projection.matrix.astype(np.float16), "mean": projection.mean.astype(np.float32),
               **{f"language.{lang}": m.astype(np.float32) for lang, m in projection.language_means.items()}},
              out / "projection.safetensors")
    (out / "projection.json").write_text(json.dumps({"encoder": projection.encoder, "version": projection.version}),
                                         "utf8")


def main() -> None:
    """Measure on held-out groups, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder laid out as scripts/README.md says")
    parser.add_argument("--cache", type=Path, default=Path(".cache/training"), help="where vectors are kept")
    parser.add_argument("--out", type=Path, default=Path("models/pain-projection"))
    parser.add_argument("--a-set", type=int, default=2500, help="texts of each intent set to learn from at most")
    arguments = parser.parse_args()

    def encoded(texts: Sequence[str], name: str, langs: Sequence[str]) -> np.ndarray:
        return cached_vectors(texts, arguments.cache, name, langs)

    projection, counts = learn(arguments.data, arguments.a_set, encoded, EMBEDDED_NAME, VERSION)
    means = dict(projection.language_means)
    figures = {}
    for name, every in (("own pains", own_pains()), ("banking intents", intents(arguments.data, BANKING, None))):
        items = [item for item in every if item.split == "test"]
        if len(items) > MEASURED:
            chosen = np.sort(np.random.default_rng(0).choice(len(items), MEASURED, replace=False))
            items = [items[at] for at in chosen]
        raw = encoded([i.text for i in items], f"held_out_{name.replace(' ', '_')}", [i.lang for i in items])
        centred = raw - raw.mean(0)
        figures[f"{name}, held out"] = {
            "centred": measure(centred / np.linalg.norm(centred, axis=1, keepdims=True), items, None),
            "projected": measure(projection.project(raw), items, means)}
    write(projection, arguments.out)
    (arguments.out / "figures.json").write_text(json.dumps(figures, indent=1), "utf8")
    (arguments.out / "README.md").write_text(card(figures, counts,
                                                  "scripts/train.py, scripts/publish_projection.py",
                                                  comparison(json.loads(BENCH.read_text("utf8")),
                                                             fingerprint(arguments.out)) if BENCH.is_file() else ()),
                                             "utf8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
