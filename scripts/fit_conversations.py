"""The heads that read support conversations: what a turn does, its mood, and what all turns together come to.

    python scripts/fit_conversations.py [--data corpora/conversations]

Fits the acts and moods on DATA/acts (single turns) and the labelled turns of DATA/train (whole conversations, through
the main job; the cues were not written from these), and on DATA/train the signs of effort and promises and the two
verdicts (settled or not, where the mood went), over acts that were read by heads which had not seen the conversation.
Writes models/conversations: weights and a card with figures of five-fold cross-validation. DATA/gold has no part in
it; `evaluate_conversations.py` measures on it.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from evaluate_conversations import macro_f1, read_gold
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import precision_recall_curve
from sklearn.model_selection import KFold

from painpoints.classify.conversations.acts import (
    AGENT_ACTS,
    CUSTOMER_ACTS,
    MOODS,
    ActsHead,
    Encode,
    Linear,
    act_features,
    read_acts,
    turn_vectors,
)
from painpoints.classify.conversations.cues import arabic_script, find_cues, fold_turn
from painpoints.classify.conversations.mood import DIRECTIONS, cued_trajectory
from painpoints.classify.conversations.resolution import resolve
from painpoints.classify.conversations.shipped import CLASSES, NAME
from painpoints.classify.conversations.signs import PROMISE, READ, SignsHead, may_show, sign_features
from painpoints.classify.conversations.turns import Conversation, Turn, read_conversations
from painpoints.classify.conversations.verdict import OUTCOMES, direction_features, outcome_features, with_vectors
from painpoints.config import Settings
from painpoints.pipeline import load_models
from painpoints.pipeline.judging import judge_shard
from painpoints.read import read_documents

PROJECT = Path(__file__).resolve().parents[1]
HOME = PROJECT / "models" / NAME
LANGS = ("fa", "ar", "ru", "en")
FOLDS, ACT_STRENGTH, SIGN_STRENGTH, VERDICT_STRENGTH = 5, 0.005, 0.001, 0.01
BETA = 0.7
"""A sign that is not there is worse than one that is missed: people are shown the turn."""
Rows = np.ndarray[Any, np.dtype[np.float64]]


def read_turns(folder: Path) -> pl.DataFrame:
    """The turns with their acts and moods, in the order of the files."""
    rows = [json.loads(line) for path in sorted(folder.glob("*.jsonl"))
            for line in path.read_text("utf8").splitlines() if line]
    return pl.DataFrame([{**{name: row[name] for name in ("id", "lang", "speaker", "before", "text", "act")},
                          "mood": row["mood"]} for row in rows], infer_schema_length=None)


def with_cues(turns: pl.DataFrame) -> list[Turn]:
    """The rows of ``turns`` with the cues of their words."""
    folded = [fold_turn(text) for text in turns["text"]]
    found = find_cues(folded, [arabic_script(text, lang) for text, lang in turns.select("text", "lang").iter_rows()],
                      turns["speaker"].to_list())
    return [Turn(at, speaker, text, 0, None, folded[at], found[at])
            for at, (speaker, text) in enumerate(turns.select("speaker", "text").iter_rows())]


def fitted(rows: Rows, gold: Sequence[Any], classes: Sequence[Any], strength: float) -> Linear:
    """A linear head of ``classes`` over ``rows``; a class without an example is never likely."""
    model = LogisticRegression(C=strength, max_iter=4000, class_weight="balanced").fit(
        rows, [classes.index(each) for each in gold])
    weight, bias = np.zeros((len(classes), rows.shape[1])), np.full(len(classes), -30.0)
    weight[model.classes_], bias[model.classes_] = model.coef_, model.intercept_
    return Linear(weight, bias)


def across(rows: Rows, gold: Sequence[Any], classes: Sequence[Any], strength: float) -> list[Any]:
    """What each row is taken for by a head fitted on the other folds."""
    told: list[Any] = [None] * len(gold)
    for fit, test in KFold(FOLDS, shuffle=True, random_state=7).split(rows):
        head = fitted(rows[fit], [gold[at] for at in fit], classes, strength)
        for at, best in zip(test, head.probabilities(rows[test]).argmax(1), strict=True):
            told[at] = classes[best]
    return told


def of_conversations(folder: Path, models: Any, head: ActsHead, encode: Encode
                     ) -> tuple[list[dict[str, Any]], list[Conversation]]:
    """The rows of the files and the conversations with their turns' vectors, in the same order."""
    written = read_gold(folder)
    with tempfile.TemporaryDirectory() as place:
        plain = Path(place) / "conversations.jsonl"
        plain.write_text("\n".join(json.dumps(
            {"id": row["id"], "turns": [{"speaker": turn["speaker"], "text": turn["text"]} for turn in row["turns"]]},
            ensure_ascii=False) for row in written), "utf8")
        documents = pl.concat(list(read_documents([plain])), how="diagonal")
    units, _, _ = judge_shard(documents, models, whole=False)
    ids = dict(documents.select("doc_id", "source_id").iter_rows())
    conversations = read_conversations(documents, units)
    read_acts(conversations, head, encode)
    rows = {row["id"]: row for row in written}
    return [rows[ids[each.doc_id]] for each in conversations], conversations


@dataclass(frozen=True)
class Labelled:
    """Turns that heads are fitted on: features (n, f), their acts, moods, sides and languages, and the conversation
    that each stands in (-1 for single turns)."""

    rows: Rows
    acts: list[str]
    moods: list[int | None]
    customer: np.ndarray[Any, np.dtype[np.bool_]]
    langs: list[str]
    owner: np.ndarray[Any, np.dtype[np.int64]]


def labelled_turns(single: pl.DataFrame, rows: Rows, written: Sequence[dict[str, Any]],
                   conversations: Sequence[Conversation]) -> Labelled:
    """The ``single`` turns, with features ``rows``, and those of the conversations that have an act."""
    found = [(at, turn, row["turns"][turn.number]) for at, (row, each) in enumerate(
        zip(written, conversations, strict=True)) for turn in each.turns
        if turn.vector is not None and row["turns"][turn.number].get("act")
        in (CUSTOMER_ACTS if turn.speaker == "customer" else AGENT_ACTS)]
    placed = features_of([turn for _, turn, _ in found])
    return Labelled(
        np.concatenate([rows, placed]), [*single["act"], *(said["act"] for _, _, said in found)],
        [*single["mood"], *(said["mood"] for _, _, said in found)],
        np.array([*(single["speaker"] == "customer"), *(turn.speaker == "customer" for _, turn, _ in found)]),
        [*single["lang"], *(written[at]["lang"] for at, _, _ in found)],
        np.array([*([-1] * len(single)), *(at for at, _, _ in found)]))


def features_of(turns: Sequence[Turn]) -> Rows:
    """What the heads of acts read of turns that have vectors."""
    vectors = np.stack([turn.vector for turn in turns if turn.vector is not None])
    return act_features(turns, vectors, np.zeros(vectors.shape[1]), np.ones(vectors.shape[1]))


def act_heads(told: Labelled, use: np.ndarray[Any, np.dtype[np.bool_]]) -> dict[str, Linear]:
    """The heads of acts and moods, fitted on the turns ``use`` (n,)."""
    def over(mine: np.ndarray[Any, np.dtype[np.bool_]], gold: Sequence[Any], classes: Sequence[Any]) -> Linear:
        chosen = np.flatnonzero(mine & use)
        return fitted(told.rows[chosen], [gold[at] for at in chosen], classes, ACT_STRENGTH)

    known = np.array([mood is not None for mood in told.moods])
    return {"customer": over(told.customer, told.acts, list(CUSTOMER_ACTS)),
            "agent": over(~told.customer, told.acts, list(AGENT_ACTS)),
            "mood": over(told.customer & known, told.moods, list(MOODS))}


def read_apart(told: Labelled, conversations: Sequence[Conversation], base: ActsHead) -> dict[str, list[Any]]:
    """Gives every turn of the conversations the acts that heads fitted without its conversation read; what they take
    the labelled turns for (None for one not read), by head."""
    guesses: dict[str, list[Any]] = {name: [None] * len(told.acts) for name in ("customer", "agent", "mood")}
    everything = np.arange(len(conversations))
    single = np.flatnonzero(told.owner < 0)
    for fold, (_, test) in enumerate(KFold(FOLDS, shuffle=True, random_state=7).split(everything)):
        aside = np.isin(told.owner, test)
        aside[single[fold::FOLDS]] = True
        heads = act_heads(told, ~aside)
        head = ActsHead(np.zeros_like(base.mean), np.ones_like(base.scale), **heads)
        for at in test:
            turns = [turn for turn in conversations[at].turns if turn.vector is not None]
            vectors = [turn.vector for turn in turns if turn.vector is not None]
            for turn, act in zip(turns, head.read(turns, np.stack(vectors)) if turns else [], strict=True):
                turn.act = act
        for name, classes in (("customer", CUSTOMER_ACTS), ("agent", AGENT_ACTS), ("mood", MOODS)):
            chosen = np.flatnonzero(aside & (told.customer if name != "agent" else ~told.customer))
            for at, best in zip(chosen, heads[name].probabilities(told.rows[chosen]).argmax(1), strict=True):
                guesses[name][at] = classes[best]
    return guesses


def sign_head(written: Sequence[dict[str, Any]], conversations: Sequence[Conversation]
              ) -> tuple[SignsHead, list[tuple[str, int, float, float]]]:
    """The head of effort and promises, each sign taken from the odds at which F-`BETA` was best across folds; of each
    sign its name, how often it occurs, precision and recall there."""
    own = [(at, turn) for at, (row, each) in enumerate(zip(written, conversations, strict=True))
           if "effort" in row["gold"] for turn in each.turns if turn.vector is not None]
    rows = np.concatenate([sign_features(each, [turn for turn in each.turns if turn.vector is not None])
                           for row, each in zip(written, conversations, strict=True)
                           if "effort" in row["gold"] and any(turn.vector is not None for turn in each.turns)])
    owner = np.array([at for at, _ in own])
    folds = [np.isin(owner, test) for _, test in KFold(FOLDS, shuffle=True, random_state=7).split(written)]
    weights, biases, least, figures = [], [], [], []
    for sign in READ:
        there = np.array([any(e["turn"] == turn.number and e.get("sign", PROMISE) == sign for e in
                              written[at]["gold"]["promises" if sign == PROMISE else "effort"]) for at, turn in own])
        asked = np.array([may_show(turn, sign) for _, turn in own])
        odds = np.full(len(own), -99.0)
        for aside in folds:
            model = _binary(rows[asked & ~aside], there[asked & ~aside])
            odds[asked & aside] = model.decision_function(rows[asked & aside])
        precision, recall, floors = precision_recall_curve(there, odds)
        worth = (1 + BETA ** 2) * precision * recall / np.maximum(BETA ** 2 * precision + recall, 1e-9)
        best = int(worth[:-1].argmax())
        model = _binary(rows[asked], there[asked])
        weights.append(model.coef_[0])
        biases.append(model.intercept_[0])
        least.append(floors[best])
        figures.append((sign, int(there.sum()), float(precision[best]), float(recall[best])))
    return SignsHead(Linear(np.stack(weights), np.array(biases)), np.array(least)), figures


def _binary(rows: Rows, there: np.ndarray[Any, np.dtype[np.bool_]]) -> LogisticRegression:
    return LogisticRegression(C=SIGN_STRENGTH, max_iter=4000, class_weight="balanced").fit(rows, there)


def standardised(rows: Rows) -> tuple[Rows, Rows, Rows]:
    """``rows`` with mean 0 and deviation 1 (at least a tenth, for features that are rare), the mean, the deviation."""
    mean, scale = rows.mean(0), np.maximum(rows.std(0), 0.1)
    return (rows - mean) / scale, mean, scale


def accuracy(gold: Iterable[Any], told: Iterable[Any]) -> float:
    """The share that is right."""
    pairs = list(zip(gold, told, strict=True))
    return sum(mine == other for mine, other in pairs) / len(pairs)


def main() -> None:
    """Fits, measures and writes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=PROJECT / "corpora" / "conversations")
    parser.add_argument("--features", type=Path, help="keep what the verdicts were fitted on, as .npz")
    given = parser.parse_args()
    models = load_models(Settings())
    encoder = models.encoder

    def encode(texts: Sequence[str]) -> Rows:
        return np.asarray(encoder.encode(list(texts)), np.float64)

    turns = read_turns(given.data / "acts")
    vectors = turn_vectors(list(turns.select("text", "before").iter_rows()), encode)
    mean, scale = vectors.mean(0), vectors.std(0) + 1e-6
    rows = act_features(with_cues(turns), vectors, mean, scale)
    blank = ActsHead(mean, scale, *(Linear(np.zeros((len(classes), rows.shape[1])), np.zeros(len(classes)))
                                    for classes in (CUSTOMER_ACTS, AGENT_ACTS, MOODS)))
    written, conversations = of_conversations(given.data / "train", models, blank, encode)
    gold = [row["gold"] for row in written]
    labelled = labelled_turns(turns, rows, written, conversations)
    guesses = read_apart(labelled, conversations, blank)
    heads = act_heads(labelled, np.ones(len(labelled.acts), bool))
    lines = [act_line(name, labelled, guesses[name]) for name in heads]
    signs, sign_lines = sign_head(written, conversations)
    for line in (*lines, *sign_lines):
        print(*line)
    cued = [resolve(each) for each in conversations]
    outcome_rows, outcome_mean, outcome_scale = standardised(np.stack(
        [outcome_features(each, said) for each, said in zip(conversations, cued, strict=True)]))
    outcome_rows = np.stack([with_vectors(row, each, company=True)
                             for row, each in zip(outcome_rows, conversations, strict=True)])
    outcomes = [each["resolution"] for each in gold]
    told = across(outcome_rows, outcomes, list(OUTCOMES), VERDICT_STRENGTH)
    outcome = fitted(outcome_rows, outcomes, list(OUTCOMES), VERDICT_STRENGTH)
    print("resolution: cues", accuracy(outcomes, [each.outcome for each in cued]), "weighed", accuracy(outcomes, told))
    likely = outcome.probabilities(outcome_rows)
    moods = [cued_trajectory(each, said) for each, said in zip(conversations, cued, strict=True)]
    direction_rows, direction_mean, direction_scale = standardised(np.stack(
        [direction_features(each, said, p.tolist())
         for each, said, p in zip(conversations, moods, likely, strict=True)]))
    direction_rows = np.stack([with_vectors(row, each, company=False)
                               for row, each in zip(direction_rows, conversations, strict=True)])
    directions = [each["trajectory"] for each in gold]
    went = across(direction_rows, directions, list(DIRECTIONS), VERDICT_STRENGTH)
    direction = fitted(direction_rows, directions, list(DIRECTIONS), VERDICT_STRENGTH)
    print("trajectory: cues", accuracy(directions, [each.direction for each in moods]), "weighed",
          accuracy(directions, went))
    if given.features is not None:
        np.savez(given.features, outcome=outcome_rows, direction=direction_rows, outcomes=outcomes,
                 directions=directions)
    tensors = {"acts.mean": mean, "acts.scale": scale, "signs.least": signs.least,
               "outcome.mean": outcome_mean, "outcome.scale": outcome_scale,
               "direction.mean": direction_mean, "direction.scale": direction_scale,
               **{f"{name}.{part}": getattr(each, part) for name, each in
                  {**heads, "outcome": outcome, "direction": direction, "signs": signs.each}.items()
                  for part in ("weight", "bias")}}
    langs = [row["lang"] for row in written]
    verdicts = [("resolution", outcomes, [each.outcome for each in cued], told),
                ("trajectory", directions, [each.direction for each in moods], went)]
    HOME.mkdir(parents=True, exist_ok=True)
    (HOME / "README.md").write_text(card(lines, sign_lines, verdicts, langs), "utf8")
    save_file({name: np.ascontiguousarray(tensor, np.float32) for name, tensor in tensors.items()},
              HOME / f"{NAME}.safetensors")
    (HOME / f"{NAME}.json").write_text(json.dumps({"classes": CLASSES}, indent=1) + "\n", "utf8")


def act_line(name: str, labelled: Labelled, guesses: Sequence[Any]
             ) -> tuple[str, int, float, float | None, dict[str, float]]:
    """What the card tells of a head of acts or moods: turns, accuracy, macro-F1, accuracy by language."""
    gold = labelled.moods if name == "mood" else labelled.acts
    triples = [(mine, told, lang) for mine, told, lang in zip(gold, guesses, labelled.langs, strict=True)
               if told is not None and mine is not None]
    by = {lang: accuracy(*zip(*[(mine, told) for mine, told, of in triples if of == lang], strict=True))
          for lang in LANGS}
    return (name, len(triples), accuracy([mine for mine, _, _ in triples], [told for _, told, _ in triples]),
            macro_f1([(str(mine), str(told)) for mine, told, _ in triples],
                     sorted({str(mine) for mine, _, _ in triples})), by)


def card(acts: Sequence[tuple[str, int, float, float | None, dict[str, float]]],
         signs: Sequence[tuple[str, int, float, float]],
         verdicts: Sequence[tuple[str, list[str], list[str], list[str]]], langs: Sequence[str | None]) -> str:
    """The model card."""
    lines = ["# Support conversations: acts, moods, verdicts", "",
             "Linear heads over the built-in encoder's vectors of a turn (alone, and after what it answers) and its",
             "cues; `scripts/fit_conversations.py` writes this card. Acts and moods are fitted on",
             "`corpora/conversations/acts` and labelled turns of `corpora/conversations/train`; signs of effort,",
             "promises and the verdicts, over what the acts, the cues and the last turns say, on the latter; all of",
             "it was written by us. The figures are of five-fold cross-validation over conversations, acts included;",
             "`scripts/evaluate_conversations.py` measures on the gold set, which had no part in it.",
             "",
             "| head | classes | turns | accuracy | macro-F1 | " + " | ".join(LANGS) + " |",
             "|---|---|---|---|---|" + "---|" * len(LANGS)]
    sizes = {"customer": len(CUSTOMER_ACTS), "agent": len(AGENT_ACTS), "mood": len(MOODS)}
    for name, count, right, f1, by in acts:
        lines.append(f"| {name} | {sizes[name]} | {count:,} | {right:.2f} | {f1 or 0:.2f} | "
                     + " | ".join(f"{by.get(lang, float('nan')):.2f}" for lang in LANGS) + " |")
    lines += ["", "| sign, at its very turn | turns | precision | recall |", "|---|---|---|---|",
              *(f"| {name} | {count} | {precision:.2f} | {recall:.2f} |" for name, count, precision, recall in signs)]
    lines += ["", "| verdict (3 classes) | conversations | cues alone | weighed | " + " | ".join(LANGS) + " |",
              "|---|---|---|---|" + "---|" * len(LANGS)]
    for name, gold, cues, told in verdicts:
        by = []
        for lang in LANGS:
            pairs = [(mine, other) for mine, other, of in zip(gold, told, langs, strict=True) if of == lang]
            by.append(f"{accuracy(*zip(*pairs, strict=True)):.2f}" if pairs else "")
        lines.append(f"| {name} | {len(gold)} | {accuracy(gold, cues):.2f} | {accuracy(gold, told):.2f} | "
                     + " | ".join(by) + " |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
