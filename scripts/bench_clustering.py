"""Our clustering against BERTopic's and Turftopic's defaults, on the same texts and vectors, in one run.

    pip install bertopic turftopic        (into an environment of their own; the project does not need them)
    python scripts/bench_clustering.py --data DIR [--cache DIR] [--out scripts/bench/clustering.json]

Sets: draws of 36 held-out pain families in four languages with 100 one-off complaints; one draw of 150 families (fewer
where the held-out part has fewer); the held-out banking intents in English and Arabic. Every way gets the vectors of
the pain space. Ours takes the languages' means out itself; the others do not, so they are also shown with vectors from
which ours has taken them. Average linkage is told the true number of families.

Steadiness is the adjusted Rand index, texts in no cluster counting as one more, between the clustering of a set and
that of the same set again, of its rows shuffled, and of 80 % of it drawn anew. Seconds are the better
of two fits (of one, where steadiness is not measured); for the two others they include the words of topics, which
cannot be had without. The times for many units are of ours alone, over the vectors of our own and of labelled real
complaints; where these do not suffice, copies with noise of half their length (cosine to the original .89) stand beside
them. On a machine with other work, OMP_WAIT_POLICY=PASSIVE keeps the t-SNE of Turftopic from waiting busily.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.metadata
import io
import json
import os
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from comparison import comparison, fingerprint
from datasets import PROJECT, Grouped, intents, own_pains, own_units, real_units
from draws import ONE_OFFS, Draw, draw, figures
from sklearn.cluster import AgglomerativeClustering
from sklearn.metrics import adjusted_rand_score
from vectors import cached_vectors

from painpoints.cluster import ClusterSettings, cluster_units, load_projection
from painpoints.cluster.alignment import align

MAP = PROJECT / "models" / "pain-projection"
PACKAGES = ("bertopic", "turftopic")
OURS = "ours"
BANKING, MEASURED = ("en_banking77", "ar_arbanking77"), 2500
BIGGER = 150
SHARE = 0.8
NOISE = 0.5

Means = Mapping[str, np.ndarray]
Encode = Callable[[Sequence[str], str, Sequence[str]], np.ndarray]


@dataclass(frozen=True)
class Sample:
    """A draw with its ``vectors`` (n, d) in the pain space, names of its rows that stay with them when they are
    shuffled, and the stored means of the languages."""

    drawn: Draw
    vectors: np.ndarray
    keys: list[str]
    means: Means

    def take(self, rows: np.ndarray) -> Sample:
        """The sample of ``rows`` only, in their order."""
        return Sample(Draw([self.drawn.items[at] for at in rows], self.drawn.gold[rows]), self.vectors[rows],
                      [self.keys[at] for at in rows], self.means)

    @property
    def texts(self) -> list[str]:
        """Every text."""
        return [item.text for item in self.drawn.items]

    @property
    def aligned(self) -> np.ndarray:
        """Vectors without the means of the languages, as our clustering sees them."""
        return align(self.vectors, self.drawn.langs, self.means)


Way = Callable[[Sample], np.ndarray]


def ours(sample: Sample) -> np.ndarray:
    """Labels (n,) by our clustering at normal detail, -1 for none."""
    return cluster_units(sample.vectors, sample.drawn.langs, sample.keys, ClusterSettings(), sample.means).labels


def average_linkage(sample: Sample) -> np.ndarray:
    """Labels (n,) by average linkage of cosines, told how many families there are."""
    known = len(np.unique(sample.drawn.gold[sample.drawn.gold >= 0]))
    return np.asarray(AgglomerativeClustering(known, metric="cosine", linkage="average").fit_predict(sample.aligned))


def bertopic(sample: Sample, vectors: np.ndarray) -> np.ndarray:
    """Labels (n,) by BERTopic as it comes: UMAP to five dimensions, HDBSCAN of ten at least."""
    from bertopic import BERTopic

    return np.array(BERTopic(language="multilingual").fit_transform(sample.texts, vectors)[0])


class _NoEncoder:
    """Stands where Turftopic would load an encoder, which it does not ask when it is given vectors."""

    def encode(self, *_: Any, **__: Any) -> np.ndarray:
        raise RuntimeError("Vectors are given.")


def turftopic(sample: Sample, vectors: np.ndarray) -> np.ndarray:
    """Labels (n,) by Turftopic's clustering model as it comes: t-SNE to two dimensions, HDBSCAN of 25 at least."""
    from turftopic import ClusteringTopicModel

    with contextlib.redirect_stdout(io.StringIO()):
        return np.asarray(ClusteringTopicModel(encoder=_NoEncoder()).fit_predict(sample.texts, embeddings=vectors))


STEADY: Mapping[str, Way] = {OURS: ours, "BERTopic": lambda s: bertopic(s, s.vectors),
                             "Turftopic": lambda s: turftopic(s, s.vectors)}
"""Ways whose steadiness is measured too."""
ONCE: Mapping[str, Way] = {"BERTopic, languages' means removed": lambda s: bertopic(s, s.aligned),
                           "Turftopic, languages' means removed": lambda s: turftopic(s, s.aligned),
                           "average linkage, true number": average_linkage}


def timed(way: Way, sample: Sample) -> tuple[np.ndarray, float]:
    """Labels and the seconds they took."""
    began = time.perf_counter()
    labels = way(sample)
    return labels, time.perf_counter() - began


def measure(way: Way, sample: Sample, subsamples: Sequence[int]) -> dict[str, float]:
    """Figures of one ``way`` over ``sample``; its steadiness when there are seeds of ``subsamples``."""
    labels, seconds = timed(way, sample)
    found = figures(sample.drawn, labels) | {"seconds": seconds}
    if not subsamples:
        return found
    again, once_more = timed(way, sample)
    found["seconds"] = min(seconds, once_more)
    count = len(labels)
    order = np.random.default_rng(subsamples[0]).permutation(count)
    found |= {"ari_rerun": adjusted_rand_score(labels, again),
              "ari_shuffled": adjusted_rand_score(labels[order], way(sample.take(order)))}
    agreed, placed = [], []
    for seed in subsamples:
        rows = np.sort(np.random.default_rng(seed).permutation(count)[:round(SHARE * count)])
        part, whole = way(sample.take(rows)), labels[rows]
        both = (part >= 0) & (whole >= 0)
        agreed.append(adjusted_rand_score(whole, part))
        placed.append(adjusted_rand_score(whole[both], part[both]) if both.any() else 0.0)
    return found | {"ari_subsample": float(np.mean(agreed)), "ari_subsample_where_both_place": float(np.mean(placed))}


def compare(samples: Sequence[Sample], subsamples: Sequence[Sequence[int]], alone: bool) -> dict[str, Any]:
    """Figures of every way: their mean over ``samples``, and of each where there are several."""
    found: dict[str, Any] = {
        "draws": len(samples), "texts": round(np.mean([len(s.keys) for s in samples])),
        "groups": round(np.mean([len(np.unique(s.drawn.gold[s.drawn.gold >= 0])) for s in samples])),
        "one_offs": round(np.mean([(s.drawn.gold < 0).sum() for s in samples])),
        "languages": len(set(samples[0].drawn.langs)), "ways": {}}
    for name, way in (STEADY | ONCE).items():
        if alone and way not in (ours, average_linkage):
            continue
        each = []
        for sample, seeds in zip(samples, subsamples, strict=True):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                each.append(_rounded(measure(way, sample, seeds if name in STEADY else ())))
        found["ways"][name] = _rounded({key: float(np.mean([one[key] for one in each])) for key in each[0]})
        if len(each) > 1:
            found["ways"][name]["each_draw"] = each
        print(f"{name}: {found['ways'][name]}", file=sys.stderr)
    return found


def _rounded(found: Mapping[str, float]) -> dict[str, float]:
    return {name: round(float(value), 3) for name, value in found.items() if not np.isnan(value)}


def many(vectors: np.ndarray, langs: Sequence[str], count: int) -> tuple[np.ndarray, list[str]]:
    """``count`` vectors and languages: those there are, in random order, then noisy copies."""
    rng = np.random.default_rng(count)
    rows = rng.permutation(len(vectors))[:count]
    copies = rng.integers(len(vectors), size=count - len(rows))
    noise = rng.standard_normal((len(copies), vectors.shape[1])).astype(np.float32)
    noisy = vectors[copies] + NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    noisy /= np.linalg.norm(noisy, axis=1, keepdims=True)
    return np.concatenate([vectors[rows], noisy]), [langs[at] for at in [*rows, *copies]]


def speed(vectors: np.ndarray, langs: Sequence[str], count: int, means: Means) -> dict[str, float]:
    """What our clustering of ``count`` units takes, in wall and in processor seconds."""
    units, of = many(vectors, langs, count)
    wall, cpu = time.perf_counter(), time.process_time()
    found = cluster_units(units, of, [f"{at:06}" for at in range(count)], ClusterSettings(), means)
    return {"units": count, "copies_with_noise": max(0, count - len(vectors)),
            "seconds": round(time.perf_counter() - wall, 2), "processor_seconds": round(time.process_time() - cpu, 2),
            "clusters": int(found.labels.max()) + 1, "coverage": round(float((found.labels >= 0).mean()), 3)}


def banking(data: Path) -> Draw:
    """Held-out banking intents in English and Arabic, those that the card of the map is measured on."""
    items = [item for item in intents(data, BANKING, None) if item.split == "test"]
    if len(items) > MEASURED:
        items = [items[at] for at in np.sort(np.random.default_rng(0).choice(len(items), MEASURED, replace=False))]
    names = {name: number for number, name in enumerate(sorted({item.group for item in items}))}
    return Draw(items, np.array([names[item.group] for item in items]))


def main() -> None:
    """Measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder laid out as scripts/README.md says")
    parser.add_argument("--cache", type=Path, default=Path(".cache/training"), help="where vectors are kept")
    parser.add_argument("--draws", type=int, default=5, help="draws of 36 families")
    parser.add_argument("--subsamples", type=int, default=5, help="subsamples of each of the other two sets")
    parser.add_argument("--units", type=int, nargs="*", default=[20_000, 72_000], help="numbers of units to time")
    parser.add_argument("--alone", action="store_true", help="leave BERTopic and Turftopic out")
    parser.add_argument("--out", type=Path, default=Path("scripts/bench/clustering.json"))
    arguments = parser.parse_args()
    versions = {}
    for name in () if arguments.alone else PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            parser.error(f"{name} is not installed. Install both with: pip install {' '.join(PACKAGES)}; "
                         "or leave them out with --alone.")
    projection, made = load_projection(), fingerprint(MAP)
    means = projection.language_means

    def pain_space(texts: Sequence[str], name: str, langs: Sequence[str]) -> np.ndarray:
        return projection.project(cached_vectors(texts, arguments.cache, name, langs))

    held = [item for item in own_pains() if item.split == "test"]
    held_vectors = pain_space([i.text for i in held], "held_out_own_pains_all", [i.lang for i in held])
    row = {(item.group, item.lang, item.text): at for at, item in enumerate(held)}

    def sample(drawn: Draw) -> Sample:
        rows = [row[item.group, item.lang, item.text] for item in drawn.items]
        return Sample(drawn, held_vectors[rows], _names(drawn.items), means)

    intent = banking(arguments.data)
    asked = pain_space([i.text for i in intent.items], "held_out_banking_intents", intent.langs)
    seeds = range(arguments.subsamples)
    sets: dict[str, tuple[list[Sample], list[Sequence[int]]]] = {
        f"own pain families, held out, with {ONE_OFFS} one-offs": (
            [sample(draw("test", seed)) for seed in range(arguments.draws)],
            [[seed] for seed in range(arguments.draws)]),
        "more own pain families, held out, with one-offs": ([sample(draw("test", 5, count=BIGGER))], [seeds]),
        "banking intents, held out": ([Sample(intent, asked, _names(intent.items), means)], [seeds])}
    asked_for = "".join(f" --{name} {getattr(arguments, name)}" for name in ("draws", "subsamples")
                        if getattr(arguments, name) != parser.get_default(name))
    found: dict[str, Any] = {
        "command": f"python scripts/bench_clustering.py --data DIR{asked_for}", "cores": os.cpu_count(),
        "packages": versions, "map": made, "load_before": round(os.getloadavg()[0], 1), "sets": {}, "many_units": []}
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    for name, (samples, subsamples) in sets.items():
        print(f"-- {name}", file=sys.stderr)
        found["sets"][name] = compare(samples, subsamples, arguments.alone)
        arguments.out.write_text(json.dumps(found, indent=1) + "\n", "utf8")
    if arguments.units:
        own = [(u.text, u.lang) for u in own_units() if u.problem and u.split == "train"]
        own += [(item.text, item.lang) for item in own_pains() if item.split == "train"]
        real = [(unit.text, unit.lang) for unit in real_units(arguments.data) if unit.problem]
        units = np.concatenate([held_vectors, *(pain_space([text for text, _ in of], name, [lang for _, lang in of])
                                                for name, of in (("own_problems", own), ("real_problems", real)))])
        langs = [*(item.lang for item in held), *(lang for _, lang in [*own, *real])]
    for count in arguments.units:
        found["many_units"].append(speed(units, langs, count, means))
        print(found["many_units"][-1], file=sys.stderr)
        arguments.out.write_text(json.dumps(found, indent=1) + "\n", "utf8")
    print("\n".join(comparison(found, found["map"])))


def _names(items: Sequence[Grouped]) -> list[str]:
    """Names of rows that say nothing of the families: hashes of their texts, told apart where two are the same."""
    return [f"{hashlib.blake2b(item.text.encode(), digest_size=8).hexdigest()}-{at:06}" for at, item in
            enumerate(items)]


if __name__ == "__main__":
    main()
