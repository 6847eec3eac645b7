"""The head that tells adverts, spam and off-topic comments from customers, and how well it does.

    python scripts/fit_noise.py --data DIR

Fitted on the half of corpora/spam whose id is even, on pains of corpora/pains and on reviews of DIR/sentiment as
customers. Its threshold lets three in a thousand of further reviews pass for noise at most; most of these are noise
indeed. Writes models/noise: weights, threshold and a card with recall and precision on the other half, by language and
kind, and how many it flags among reviews that had no part in any of this.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from safetensors.numpy import save_file
from simulate_campaigns import TWEETS
from sklearn.linear_model import LogisticRegression

from painpoints.classify.noise import KINDS, NoiseHead, features
from painpoints.config import Settings
from painpoints.pipeline import load_models
from painpoints.pipeline.judging import document_vectors
from painpoints.text import read_passages

PROJECT = Path(__file__).resolve().parents[1]
HOME = PROJECT / "models" / "noise"
LANGS = ("fa", "ar", "ru", "en")
EACH, PAINS, GAIN, STRENGTH, OURS = 70, 500, 4.0, 0.02, 12.0
FALSE = 0.003


def examples() -> pl.DataFrame:
    """Our texts with their kind, and the half they are in."""
    rows = [json.loads(line) for lang in LANGS
            for line in (PROJECT / "corpora" / "spam" / f"{lang}.jsonl").open(encoding="utf8")]
    return pl.DataFrame(rows).with_columns(
        train=pl.Series([int(row["id"], 16) % 2 == 0 for row in rows]))


def reviews(data: Path) -> tuple[list[str], list[str], list[str]]:
    """Texts of real reviews in three parts: to fit on, to set thresholds by, and to count false alarms in."""
    parts: tuple[list[str], list[str], list[str]] = ([], [], [])
    for path in sorted((data / "sentiment").glob("*.jsonl")):
        if not any(name in path.stem for name in TWEETS):
            lines = path.read_text("utf8").splitlines()
            step = max(1, len(lines) // (3 * EACH))
            for at, line in enumerate(lines[::step][:3 * EACH]):
                parts[at % 3].append(json.loads(line)["text"])
    return parts


def vectors_of(models: Any, texts: Sequence[str]) -> np.ndarray:
    """Vectors (n, d) of whole texts."""
    found = []
    for at in range(0, len(texts), 2000):
        documents = pl.DataFrame({"doc_id": [str(n) for n in range(len(texts[at:at + 2000]))],
                                  "text": list(texts[at:at + 2000])})
        passages = read_passages(documents, nlp=models.nlp)
        encoded = models.encoder.encode_passages(passages, rules=True)
        found.append(document_vectors(passages, encoded.passages, len(documents)))
    return np.concatenate(found)


def main() -> None:
    """Fits, measures and writes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    models = load_models(Settings())
    ours = examples()
    fitting, setting, counting = reviews(given.data)
    pains = [json.loads(line)["text"] for path in sorted((PROJECT / "corpora" / "pains").glob("*.jsonl"))
             for line in path.open(encoding="utf8")]
    pains = pains[:: len(pains) // PAINS]
    own = vectors_of(models, ours["text"].to_list())
    rows = np.flatnonzero(ours["train"].to_numpy())
    texts = [ours["text"][int(at)] for at in rows] + pains + fitting
    vectors = np.concatenate([own[rows], vectors_of(models, pains + fitting)])
    gold = np.array([KINDS.index(ours["kind"][int(at)]) for at in rows] + [0] * (len(texts) - len(rows)))
    weight = np.r_[np.full(len(rows), OURS), np.ones(len(texts) - len(rows))]
    mean, scale = vectors.mean(0), vectors.std(0) + 1e-6
    model = LogisticRegression(C=STRENGTH, max_iter=3000)
    model.fit(features(texts, vectors, mean, scale, GAIN), gold, sample_weight=weight)
    head = NoiseHead(mean, scale, model.coef_, model.intercept_, GAIN, dict.fromkeys(KINDS[1:], 0.5))
    noisy = np.sort(head.probabilities(setting, vectors_of(models, setting))[:, 1:].sum(1))[::-1]
    least = dict.fromkeys(KINDS[1:], round(max(0.5, float(noisy[int(FALSE * len(setting))]) + 1e-3), 3))
    head = NoiseHead(mean, scale, model.coef_, model.intercept_, GAIN, least)
    HOME.mkdir(parents=True, exist_ok=True)
    save_file({"mean": mean.astype(np.float32), "scale": scale.astype(np.float32),
               "weight": np.ascontiguousarray(model.coef_, np.float32), "bias": model.intercept_.astype(np.float32)},
              HOME / "noise.safetensors")
    (HOME / "noise.json").write_text(json.dumps({"kinds": KINDS, "gain": GAIN, "least": least}, indent=1) + "\n")
    told = head.kinds(ours["text"].to_list(), own)
    flagged = head.kinds(counting, vectors_of(models, counting))
    judged = ours.with_columns(told=pl.Series(told, dtype=pl.Utf8)).filter(~pl.col("train"))
    (HOME / "README.md").write_text(card(judged, flagged, len(counting)), encoding="utf8")
    print((HOME / "README.md").read_text("utf8"))


def card(judged: pl.DataFrame, flagged: Sequence[str | None], reviews: int) -> str:
    """The model card."""
    lines = ["# Noise: adverts, spam, off-topic comments", "",
             "A linear head over the built-in encoder's vector of a document and a few cues; `scripts/fit_noise.py`",
             "writes this card. It marks documents that are no experience with a company. Fitted on half of our",
             "own texts (`corpora/spam`) and on real reviews as customers; the figures are of the other half. The",
             "words of the cues (`painpoints/classify/noise.toml`) were written by who wrote the texts: by the vectors",
             "alone, at as many false alarms, about .72 of the noise is found.", "",
             "| language | noise found | of what is flagged, noise | customers kept |", "|---|---|---|---|"]
    noise, said = pl.col("kind") != "customer", pl.col("told").is_not_null()
    for lang in (*LANGS, "all"):
        part = judged if lang == "all" else judged.filter(pl.col("lang") == lang)
        right = part.filter(noise & said).height
        lines.append(f"| {lang} | {right}/{part.filter(noise).height} ({right / part.filter(noise).height:.2f}) "
                     f"| {right}/{part.filter(said).height} ({right / max(1, part.filter(said).height):.2f}) "
                     f"| {part.filter(~noise & ~said).height}/{part.filter(~noise).height} |")
    lines += ["", "| kind | found as noise | named rightly |", "|---|---|---|"]
    for kind in KINDS[1:]:
        part = judged.filter(pl.col("kind") == kind)
        lines.append(f"| {kind} | {part.filter(said).height}/{len(part)} "
                     f"| {part.filter(pl.col('told') == kind).height}/{len(part)} |")
    count = sum(kind is not None for kind in flagged)
    lines += ["", f"Among {reviews:,} real reviews that had no part in it, {count} are flagged "
              f"({1e4 * count / reviews:.1f} in 10,000); most of these are noise indeed: slogans, gibberish, talk of "
              "others.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
