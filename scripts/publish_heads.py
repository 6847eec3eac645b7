"""Fit the heads on the published adapter's vectors, calibrate them, measure them, and publish them with their card.

    python scripts/publish_heads.py --data DIR [--cache DIR] [--out models/heads] [--a-set 6000] [--learn-from 1500]

Run `publish_adapter.py` first. Two cores need about eight minutes, nearly all of it for encoding, which is kept in
--cache; fitting takes half a minute.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from datasets import LANGUAGES
from fit_heads import fit
from heads_card import card
from labelled import Table, labelled_table
from safetensors.numpy import save_file
from sklearn.metrics import f1_score
from vectors import cached_vectors, unit_vectors

from painpoints.classify.abstention import fit_floors, prediction_sets, single
from painpoints.classify.calibration import (
    ANY_LANGUAGE,
    brier_score,
    expected_calibration_error,
    fit_temperatures,
)
from painpoints.classify.heads import EMOTIONS, SENTIMENTS, TASKS, Heads, HeadsInfo, Probabilities
from painpoints.classify.judge import stage_mass
from painpoints.encode import EMBEDDED_NAME
from painpoints.taxonomy import load_taxonomy

TAXONOMY = load_taxonomy()
CODES = TAXONOMY.codes
COVERAGE = 0.9
VERSION = "2"
STAGES = "three-stage"


def calibrate(weights: dict[str, np.ndarray], table: Table, encoder: str = EMBEDDED_NAME, version: str = VERSION
              ) -> Heads:
    """Heads with temperatures and conformal floors per language, from the calibration part of the real units (emotion:
    of the units we wrote; overall sentiment: of the sets)."""
    plain = {task: {ANY_LANGUAGE: 1.0} for task in TASKS}
    info = HeadsInfo(encoder, version, CODES, plain, {}, COVERAGE)
    held = table.split == "calibration"
    temperatures = {}
    for task in TASKS:
        labels = table.sentiment if task == "overall" else getattr(table, task)
        rows = held & (labels >= 0) & (
            table.source != "real units" if task == "emotion" else
            table.touchpoint < 0 if task == "overall" else table.source == "real units")
        logits = Heads(weights, info).logits(table.vectors[rows])[task]
        temperatures[task] = fit_temperatures(logits, labels[rows], table.langs[rows].tolist())
    info = replace(info, temperatures=temperatures)
    rows = held & (table.source == "real units")
    langs = table.langs[rows].tolist()
    likely = Heads(weights, info).probabilities(table.vectors[rows], langs)
    every = np.arange(rows.sum())
    floors = {"sentiment": fit_floors(likely.sentiment[every, table.sentiment[rows]], langs, COVERAGE)}
    for framework in TAXONOMY.frameworks.values():
        stages, mass = stage_mass(likely.touchpoint, [framework.mapping[code] for code in CODES])
        truth = np.array([stages.index(framework.mapping[CODES[t]]) for t in table.touchpoint[rows]])
        floors[f"stage:{framework.name}"] = fit_floors(mass[every, truth], langs, COVERAGE)
    return Heads(weights, replace(info, floors=floors))


def measure(heads: Heads, table: Table) -> dict[str, Any]:
    """Every figure of the model card, on the test split."""
    test = table.split == "test"
    groups = {"real units": test & (table.source == "real units"),
              "real units in the context of their document": test & (table.source == "real units in context"),
              "own units": test & (table.source == "own units"),
              "own units that imply their touchpoint": test & table.implied,
              "own units in the context of their document": test & (table.source == "documents"),
              "own units in Latin letters, dialect or haste": test & (table.source == "variant units"),
              "complaints of held-out pain families": test & (table.source == "pain units")}
    units = {name: {lang: _unit_figures(heads, table, rows & ((table.langs == lang) | (lang == "all")))
                    for lang in ("all", *LANGUAGES)} for name, rows in groups.items()}
    emotions = {name: _emotion_figures(heads, table, rows & (table.emotion >= 0)) for name, rows in
                (("own units", test & (table.source != "felt units")), ("real units", table.source == "felt units"))}
    sets = {}
    for source in sorted(s for s in set(table.source) if (table.touchpoint[table.source == s] < 0).all()):
        rows = test & (table.source == source)
        classes = sorted(set(table.sentiment[rows].tolist()))
        likely = heads.probabilities(table.vectors[rows], table.langs[rows].tolist()).overall
        truth = table.sentiment[rows]  # a set without neutral texts: the likelier of its own classes
        guess = np.array(classes)[likely[:, classes].argmax(1)]
        sets[source] = {"n": int(rows.sum()), "classes": len(classes),
                        "macro_f1": _round(f1_score(truth, guess, average="macro", labels=classes)),
                        "accuracy": _round((truth == guess).mean())}
    return {"units": units, "emotions": emotions, "sentiment_sets": sets,
            "mean_macro_f1": _round(np.mean([s["macro_f1"] for s in sets.values()]))}


def _unit_figures(heads: Heads, table: Table, rows: np.ndarray) -> dict[str, Any]:
    langs = table.langs[rows].tolist()
    likely = heads.probabilities(table.vectors[rows], langs)
    truth = {task: getattr(table, task)[rows] for task in ("sentiment", "touchpoint", "problem")}
    said = {task: getattr(likely, task).argmax(1) for task in truth}
    stage = np.array([TAXONOMY.touchpoints[t].stage for t in range(len(CODES))])
    mapping = TAXONOMY.framework(STAGES).mapping
    stages, mass = stage_mass(likely.touchpoint, [mapping[code] for code in CODES])
    three = np.array([stages.index(mapping[code]) for code in CODES])
    sets = {"sentiment": prediction_sets(likely.sentiment, heads.info.floors["sentiment"], langs),
            "stage": prediction_sets(mass, heads.info.floors[f"stage:{STAGES}"], langs)}
    every = np.arange(rows.sum())
    sure = single(sets["sentiment"]) & single(sets["stage"]) & sets["stage"][every, three[said["touchpoint"]]]
    hit = {"sentiment": said["sentiment"] == truth["sentiment"],
           "stage": three[said["touchpoint"]] == three[truth["touchpoint"]]}
    figures = {
        "n": int(rows.sum()), "touchpoint_classes": len(set(truth["touchpoint"].tolist())),
        "touchpoint_accuracy": (said["touchpoint"] == truth["touchpoint"]).mean(),
        "touchpoint_macro_f1": f1_score(truth["touchpoint"], said["touchpoint"], average="macro",
                                        labels=sorted(set(truth["touchpoint"].tolist()))),
        "stage_accuracy": (stage[said["touchpoint"]] == stage[truth["touchpoint"]]).mean(),
        "three_stage_accuracy": hit["stage"].mean(),
        "sentiment_accuracy": hit["sentiment"].mean(),
        "sentiment_macro_f1": f1_score(truth["sentiment"], said["sentiment"], average="macro"),
        "problem_accuracy": (said["problem"] == truth["problem"]).mean(),
        "problem_f1": f1_score(truth["problem"], said["problem"]),
        **_calibration(likely, truth, said),
        "sentiment_covered": sets["sentiment"][every, truth["sentiment"]].mean(),
        "stage_covered": sets["stage"][every, three[truth["touchpoint"]]].mean(),
        "certain_share": sure.mean(),
        "certain_sentiment_accuracy": hit["sentiment"][sure].mean() if sure.any() else float("nan"),
        "certain_stage_accuracy": hit["stage"][sure].mean() if sure.any() else float("nan")}
    return {name: value if isinstance(value, int) else _round(value) for name, value in figures.items()}


def _calibration(likely: Probabilities, truth: dict[str, np.ndarray], said: dict[str, np.ndarray]) -> dict[str, float]:
    """ECE and Brier of each task; ``*_ece_by_chance`` is the ECE that perfectly honest probabilities of this size would
    show on average: what lies below it is noise."""
    rng = np.random.default_rng(1)
    found = {}
    for task in truth:
        confidence = getattr(likely, task).max(1)
        found[f"{task}_ece"] = expected_calibration_error(confidence, said[task] == truth[task])
        found[f"{task}_ece_by_chance"] = float(np.mean([
            expected_calibration_error(confidence, rng.random(len(confidence)) < confidence) for _ in range(200)]))
        found[f"{task}_brier"] = brier_score(getattr(likely, task), truth[task])
    return found


def _emotion_figures(heads: Heads, table: Table, rows: np.ndarray) -> dict[str, Any]:
    likely = heads.probabilities(table.vectors[rows], table.langs[rows].tolist()).emotion
    truth, said = table.emotion[rows], likely.argmax(1)
    by_lang = {lang: _round((said == truth)[table.langs[rows] == lang].mean()) for lang in LANGUAGES}
    each = f1_score(truth, said, average=None, labels=range(len(EMOTIONS)))
    return {"n": int(rows.sum()), "classes": len(EMOTIONS), "accuracy": _round((said == truth).mean()),
            "macro_f1": _round(each.mean()), "by_language": by_lang,
            "f1": {name: _round(value) for name, value in zip(EMOTIONS, each, strict=True)}}


def _round(value: Any) -> float:
    return round(float(value), 3)


def main() -> None:
    """Calibrate, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder laid out as scripts/README.md says")
    parser.add_argument("--cache", type=Path, default=Path(".cache/training"), help="where vectors are kept")
    parser.add_argument("--out", type=Path, default=Path("models/heads"))
    parser.add_argument("--a-set", type=int, default=6000, help="texts of each sentiment set at most")
    parser.add_argument("--learn-from", type=int, default=1500, help="of those, texts that heads may learn from")
    arguments = parser.parse_args()
    table, learnt = labelled_table(
        arguments.data, arguments.a_set, arguments.learn_from,
        lambda texts, name, langs: cached_vectors(texts, arguments.cache, name, langs), unit_vectors)
    heads = calibrate(fit(table), table)
    figures = measure(heads, table)
    arguments.out.mkdir(parents=True, exist_ok=True)
    save_file({name: array.astype(np.float16) if array.ndim == 2 else array
               for name, array in heads._weights.items()}, arguments.out / "heads.safetensors")
    (arguments.out / "heads.json").write_text(json.dumps(written(heads.info), indent=1) + "\n", "utf8")
    (arguments.out / "figures.json").write_text(json.dumps(figures, indent=1) + "\n", "utf8")
    (arguments.out / "README.md").write_text(card(figures, learnt, COVERAGE), "utf8")
    print(json.dumps({name: part["all"] for name, part in figures["units"].items()}, indent=1))
    print(json.dumps(figures["emotions"]), "mean macro-F1", figures["mean_macro_f1"])


def written(info: HeadsInfo) -> dict[str, Any]:
    """What ``heads.json`` holds."""
    return {"encoder": info.encoder, "version": info.version, "touchpoints": info.touchpoints,
            "sentiments": SENTIMENTS, "emotions": EMOTIONS, "temperatures": _rounded(info.temperatures),
            "floors": _rounded(info.floors), "coverage": info.coverage}


def _rounded(values: Any) -> Any:
    return {task: {lang: round(value, 4) for lang, value in of.items()} for task, of in values.items()}


if __name__ == "__main__":
    main()
