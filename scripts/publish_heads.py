"""Train the judgement heads on the embedded encoder's vectors, calibrate them, and write their model card.

    python scripts/train_heads.py --data DIR [--cache DIR] [--out models/heads] [--a-set 3000]

Two cores need about 20 minutes, nearly all of it for encoding (kept in --cache); the heads train in a minute.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from datasets import LANGUAGES, Labelled, own_units, real_units, sentiment_sets
from safetensors.numpy import save_file
from sklearn.metrics import f1_score
from torch import nn
from torch.nn import functional
from vectors import cached_vectors

from painpoints.classify.abstention import fit_thresholds
from painpoints.classify.calibration import (
    ANY_LANGUAGE,
    brier_score,
    expected_calibration_error,
    fit_temperatures,
)
from painpoints.classify.heads import SENTIMENTS, TASKS, Heads, HeadsInfo
from painpoints.classify.judge import _stages
from painpoints.encode import EMBEDDED_NAME
from painpoints.taxonomy import load_taxonomy

CODES = load_taxonomy().codes
HIDDEN = 512
EPOCHS = 14
TARGETS = {"sentiment": 0.8, "stage": 0.8}
SEED = 7


class Table:
    """Labelled texts as arrays."""

    def __init__(self, items: Sequence[Labelled], vectors: np.ndarray) -> None:
        self.items = items
        self.vectors = vectors
        self.langs = [item.lang for item in items]
        self.source = np.array([item.source for item in items])
        self.split = np.array([item.split for item in items])
        self.implied = np.array([item.implied for item in items])
        self.sentiment = np.array([item.sentiment for item in items])
        self.touchpoint = np.array([-1 if item.touchpoint is None else CODES.index(item.touchpoint) for item in items])
        self.problem = np.array([-1 if item.problem is None else item.problem for item in items])


class Network(nn.Module):
    """A shared hidden layer and one linear output a task."""

    def __init__(self, dimension: int, mean: torch.Tensor, scale: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("scale", scale)
        self.hidden = nn.Linear(dimension, HIDDEN)
        self.outputs = nn.ModuleDict({"sentiment": nn.Linear(HIDDEN, 3), "touchpoint": nn.Linear(HIDDEN, len(CODES)),
                                      "problem": nn.Linear(HIDDEN, 2)})

    def forward(self, vectors: torch.Tensor) -> dict[str, torch.Tensor]:
        inner = functional.dropout((vectors - self.mean) / self.scale, 0.1, self.training)
        inner = functional.dropout(functional.gelu(self.hidden(inner)), 0.4, self.training)
        return {task: output(inner) for task, output in self.outputs.items()}


def train(table: Table, seed: int) -> Network:
    """The network after `EPOCHS` over the training split; units (which carry all labels) weigh more."""
    torch.manual_seed(seed)
    rows = torch.tensor(np.flatnonzero(table.split == "train"))
    vectors = torch.tensor(table.vectors)
    network = Network(vectors.shape[1], vectors[rows].mean(0), vectors[rows].std(0))
    sentiment, touchpoint, problem = (torch.tensor(a) for a in (table.sentiment, table.touchpoint, table.problem))
    balance = _sentiment_balance(table)
    counts = torch.bincount(touchpoint[rows][touchpoint[rows] >= 0], minlength=len(CODES)).float()
    rare = (counts.mean() / counts.clamp(min=1)).sqrt()
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=0.05)
    size = 256
    steps = EPOCHS * (len(rows) // size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps + 1)
    network.train()
    for _ in range(EPOCHS):
        shuffled = rows[torch.randperm(len(rows))]
        for at in range(0, len(rows) // size * size, size):
            batch = shuffled[at:at + size]
            scores = network(vectors[batch])
            unit = touchpoint[batch] >= 0
            weight = torch.where(unit, 2.0, 1.0) * balance[batch]
            each = functional.cross_entropy(scores["sentiment"], sentiment[batch], reduction="none",
                                            label_smoothing=0.05)
            loss = (each * weight).mean()
            if unit.any():
                share = 8.0 * unit.float().mean()
                loss = loss + share * functional.cross_entropy(scores["touchpoint"][unit], touchpoint[batch][unit],
                                                               weight=rare, label_smoothing=0.05)
                loss = loss + share * functional.cross_entropy(scores["problem"][unit], problem[batch][unit])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    return network.eval()


def _sentiment_balance(table: Table) -> torch.Tensor:
    """Weight of each text, (n,): the square root of how rare its sentiment is within its own set."""
    weights = np.ones(len(table.items), np.float32)
    for source in sorted(set(table.source)):
        rows = np.flatnonzero((table.source == source) & (table.split == "train"))
        counts = np.bincount(table.sentiment[rows], minlength=3)
        rarity = np.sqrt(counts[counts > 0].mean() / np.maximum(counts, 1))
        weights[rows] = np.minimum(rarity, 4.0)[table.sentiment[rows]]
    return torch.tensor(weights)


def export(network: Network) -> dict[str, np.ndarray]:
    """The weights under the names that `Heads` reads."""
    weights = {"mean": network.mean, "scale": network.scale, "hidden.weight": network.hidden.weight,
               "hidden.bias": network.hidden.bias}
    for task, output in network.outputs.items():
        weights |= {f"{task}.weight": output.weight, f"{task}.bias": output.bias}
    return {name: tensor.detach().numpy().astype(np.float32) for name, tensor in weights.items()}


def calibrate(weights: dict[str, np.ndarray], table: Table, version: str) -> Heads:
    """Heads with temperatures and abstention thresholds fitted on the calibration split of the units."""
    plain = {task: {ANY_LANGUAGE: 1.0} for task in TASKS}
    heads = Heads(weights, HeadsInfo(EMBEDDED_NAME, version, CODES, plain, {}, TARGETS))
    unit = (table.split == "calibration") & (table.source == "real units")
    langs = [lang for lang, chosen in zip(table.langs, unit, strict=True) if chosen]
    logits = heads.logits(table.vectors[unit])
    labels = {task: getattr(table, task)[unit] for task in TASKS}
    temperatures = {task: fit_temperatures(logits[task], labels[task], langs) for task in TASKS}
    heads = Heads(weights, HeadsInfo(EMBEDDED_NAME, version, CODES, temperatures, {}, TARGETS))
    likely = heads.probabilities(table.vectors[unit], langs)
    correct = likely.sentiment.argmax(1) == labels["sentiment"]
    thresholds = {"sentiment": fit_thresholds(likely.sentiment.max(1), correct, langs, TARGETS["sentiment"])}
    for framework in load_taxonomy().frameworks.values():
        stage_of = [framework.mapping[code] for code in CODES]
        stage, stage_p = _stages(likely.touchpoint, likely.touchpoint.argmax(1), stage_of)
        correct = np.array(stage) == np.array([stage_of[t] for t in labels["touchpoint"]])
        thresholds[f"stage:{framework.name}"] = fit_thresholds(stage_p, correct, langs, TARGETS["stage"])
    return Heads(weights, HeadsInfo(EMBEDDED_NAME, version, CODES, temperatures, thresholds, TARGETS))


def measure(heads: Heads, table: Table) -> dict[str, Any]:
    """Every figure of the model card, on the test split."""
    likely = heads.probabilities(table.vectors, table.langs)
    predicted = {"sentiment": likely.sentiment.argmax(1), "touchpoint": likely.touchpoint.argmax(1),
                 "problem": likely.problem.argmax(1)}
    stages = np.array([t.stage for t in load_taxonomy().touchpoints])
    test = table.split == "test"
    langs = np.array(table.langs)
    units = {}
    for name, chosen in (("real units", test & (table.source == "real units")),
                         ("own units", test & (table.source == "own units")),
                         ("own units, implied", test & (table.source == "own units") & table.implied)):
        units[name] = {lang: _unit_figures(predicted, likely, table, chosen & ((langs == lang) | (lang == "all")),
                                           stages, heads) for lang in ("all", *LANGUAGES)}
    sets = {}
    for source in sorted(set(table.source) - {"real units", "own units"}):
        chosen = test & (table.source == source)
        classes = sorted(set(table.sentiment[chosen].tolist()))
        truth, guess = table.sentiment[chosen], predicted["sentiment"][chosen]
        if len(classes) == 2:  # a set without neutral texts: the likelier of its own classes
            guess = np.array(classes)[likely.sentiment[chosen][:, classes].argmax(1)]
        sets[source] = {"n": int(chosen.sum()), "classes": len(classes),
                        "macro_f1": _round(f1_score(truth, guess, average="macro", labels=classes)),
                        "accuracy": _round((truth == guess).mean())}
    return {"units": units, "sentiment_sets": sets,
            "mean_macro_f1": _round(np.mean([s["macro_f1"] for s in sets.values()]))}


def _unit_figures(predicted: dict[str, np.ndarray], likely: Any, table: Table, rows: np.ndarray, stages: np.ndarray,
                  heads: Heads) -> dict[str, Any]:
    touchpoint = table.touchpoint[rows]
    confidence, hit = likely.sentiment[rows].max(1), predicted["sentiment"][rows] == table.sentiment[rows]
    langs = [lang for lang, chosen in zip(table.langs, rows, strict=True) if chosen]
    framework = load_taxonomy().framework("three-stage")
    three = [framework.mapping[code] for code in CODES]
    stage, stage_p = _stages(likely.touchpoint[rows], predicted["touchpoint"][rows], three)
    stage_hit = np.array(stage) == np.array([three[t] for t in touchpoint])
    from painpoints.classify.calibration import by_language
    sure = ((confidence >= by_language(heads.info.thresholds["sentiment"], langs))
            & (stage_p >= by_language(heads.info.thresholds["stage:three-stage"], langs)))
    return {
        "n": int(rows.sum()),
        "touchpoint_accuracy": _round((predicted["touchpoint"][rows] == touchpoint).mean()),
        "touchpoint_macro_f1": _round(f1_score(touchpoint, predicted["touchpoint"][rows], average="macro",
                                               labels=sorted(set(touchpoint.tolist())))),
        "touchpoint_classes": len(set(touchpoint.tolist())),
        "stage_accuracy": _round((stages[predicted["touchpoint"][rows]] == stages[touchpoint]).mean()),
        "three_stage_accuracy": _round(stage_hit.mean()),
        "sentiment_accuracy": _round(hit.mean()),
        "sentiment_macro_f1": _round(f1_score(table.sentiment[rows], predicted["sentiment"][rows], average="macro")),
        "problem_accuracy": _round((predicted["problem"][rows] == table.problem[rows]).mean()),
        "problem_f1": _round(f1_score(table.problem[rows], predicted["problem"][rows])),
        "sentiment_ece": _round(expected_calibration_error(confidence, hit)),
        "touchpoint_ece": _round(expected_calibration_error(
            likely.touchpoint[rows].max(1), predicted["touchpoint"][rows] == touchpoint)),
        "problem_ece": _round(expected_calibration_error(
            likely.problem[rows].max(1), predicted["problem"][rows] == table.problem[rows])),
        "sentiment_brier": _round(brier_score(likely.sentiment[rows], table.sentiment[rows])),
        "certain_share": _round(sure.mean()),
        "certain_sentiment_accuracy": _round(hit[sure].mean() if sure.any() else float("nan")),
        "certain_stage_accuracy": _round(stage_hit[sure].mean() if sure.any() else float("nan")),
    }


def _round(value: Any) -> float:
    return round(float(value), 3)


def card(figures: dict[str, Any], counts: dict[str, int], command: str) -> str:
    """The model card."""
    lines = [
        "# Heads for sentiment, touchpoint and problem", "",
        f"One hidden layer of {HIDDEN} units and three outputs (3 sentiments, {len(CODES)} "
        f"touchpoints, problem or not) over "
        "the frozen vectors of multilingual-e5-small (MIT). The stage follows from the touchpoint.", "",
        f"Made by `{command}`. Trained on {counts['train']:,} texts: {counts['real units']:,} labelled real units, "
        f"{counts['own units']:,} units written by us (`corpora/touchpoints`), {counts['sets']:,} texts of 36 public "
        "sentiment sets. Their licences stand in `scripts/README.md`; some forbid commercial use of the texts, none of "
        "which is contained here. Split 70 / 10 / 20 by a hash of the text without case, spacing and punctuation, so "
        "that copies never cross; a labelled sentence stays with the document it was taken from.", "",
        "Temperatures are fitted per language on the calibration part of the real units. A unit is *certain* when its "
        "sentiment and its stage (three-stage framework) both pass the threshold of its language above which the "
        "calibration units were right in at least 80 % (one-sided 90 % bound).", "",
        "## Units, test part", ""]
    first = next(iter(figures["units"].values()))["all"]
    names = [n for n in first if n != "touchpoint_classes"]
    for name, by_lang in figures["units"].items():
        lines += [f"### {name} ({by_lang['all']['touchpoint_classes']} touchpoint classes)", "",
                  "| | " + " | ".join(by_lang) + " |", "|---|" + "---|" * len(by_lang)]
        lines += [f"| {n.replace('_', ' ')} | " + " | ".join(str(v[n]) for v in by_lang.values()) + " |" for n in names]
        lines.append("")
    lines += ["## Sentiment sets, test part", "",
              f"Mean macro-F1 over {len(figures['sentiment_sets'])} sets: **{figures['mean_macro_f1']}**. Two-class "
              "sets are scored over their own two classes.", "",
              "| set | n | classes | macro-F1 | accuracy |", "|---|---|---|---|---|"]
    lines += [f"| {n} | {s['n']} | {s['classes']} | {s['macro_f1']} | {s['accuracy']} |"
              for n, s in figures["sentiment_sets"].items()]
    lines += ["", "## Limits", "",
              "Touchpoints that real reviews hardly mention (awareness, loyalty) are learnt mostly from texts written "
              "by us; texts that imply a touchpoint without its usual word are judged far worse than others. Sarcasm "
              "is mostly missed. Labels taken from star ratings are noisy, and so are the figures measured on them.",
              ""]
    return "\n".join(lines)


def main() -> None:
    """Train, calibrate, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder laid out as scripts/README.md says")
    parser.add_argument("--cache", type=Path, default=Path(".cache/training"), help="where vectors are kept")
    parser.add_argument("--out", type=Path, default=Path("models/heads"))
    parser.add_argument("--a-set", type=int, default=3000, help="texts of each sentiment set at most")
    arguments = parser.parse_args()
    items: list[Labelled] = []
    vectors = []
    parts = {"real_units": list(real_units(arguments.data)), "own_units": list(own_units())}
    for item in sentiment_sets(arguments.data, arguments.a_set):
        parts.setdefault(item.source, []).append(item)
    for name, chosen in parts.items():
        vectors.append(cached_vectors([i.text for i in chosen], arguments.cache, name, [i.lang for i in chosen]))
        items += chosen
    table = Table(items, np.concatenate(vectors))
    heads = calibrate(export(train(table, SEED)), table, "1")
    figures = measure(heads, table)
    used = table.split == "train"
    counts = {"train": int(used.sum()), "real units": int((used & (table.source == "real units")).sum()),
              "own units": int((used & (table.source == "own units")).sum())}
    counts["sets"] = counts["train"] - counts["real units"] - counts["own units"]
    arguments.out.mkdir(parents=True, exist_ok=True)
    save_file({name: array.astype(np.float16) if array.ndim == 2 else array
               for name, array in heads._weights.items()}, arguments.out / "heads.safetensors")
    info = heads.info
    content = {"encoder": info.encoder, "version": info.version, "touchpoints": info.touchpoints,
               "sentiments": SENTIMENTS, "temperatures": _rounded(info.temperatures),
               "thresholds": _rounded(info.thresholds), "targets": info.targets}
    (arguments.out / "heads.json").write_text(json.dumps(content, indent=1), "utf8")
    (arguments.out / "figures.json").write_text(json.dumps(figures, indent=1), "utf8")
    command = f"python scripts/train_heads.py --data DIR --a-set {arguments.a_set}"
    (arguments.out / "README.md").write_text(card(figures, counts, command), "utf8")
    print(json.dumps({name: part["all"] for name, part in figures["units"].items()}, indent=1))
    print("mean macro-F1", figures["mean_macro_f1"])


def _rounded(values: Any) -> Any:
    return {task: {lang: round(value, 4) for lang, value in of.items()} for task, of in values.items()}


if __name__ == "__main__":
    main()
