"""The heads that read support conversations: what a turn does, its mood, and what all turns together come to.

    python scripts/fit_conversations.py [--data corpora/conversations]

Fits the acts and moods on DATA/acts (single turns) and the two verdicts (settled or not, where the mood went) on
DATA/train (whole conversations, through the main job; the cues were not written from these), and writes
models/conversations: weights and a card with figures of five-fold cross-validation. DATA/gold has no part in it;
`evaluate_conversations.py` measures on it.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from evaluate_conversations import macro_f1, read_gold
from safetensors.numpy import save_file
from sklearn.linear_model import LogisticRegression
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
from painpoints.classify.conversations.turns import Turn, read_conversations
from painpoints.classify.conversations.verdict import OUTCOMES, direction_features, outcome_features, with_vectors
from painpoints.config import Settings
from painpoints.pipeline import load_models
from painpoints.pipeline.judging import judge_shard
from painpoints.read import read_documents

PROJECT = Path(__file__).resolve().parents[1]
HOME = PROJECT / "models" / NAME
LANGS = ("fa", "ar", "ru", "en")
FOLDS, ACT_STRENGTH, VERDICT_STRENGTH = 5, 0.01, 0.03
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
                     ) -> tuple[list[dict[str, Any]], list[Any]]:
    """The gold judgements of the conversations and the conversations with their acts, in the same order."""
    gold = read_gold(folder)
    with tempfile.TemporaryDirectory() as place:
        plain = Path(place) / "conversations.jsonl"
        plain.write_text("\n".join(json.dumps({"id": row["id"], "turns": row["turns"]}, ensure_ascii=False)
                                   for row in gold), "utf8")
        documents = pl.concat(list(read_documents([plain])), how="diagonal")
    units, _, _ = judge_shard(documents, models, whole=False)
    ids = dict(documents.select("doc_id", "source_id").iter_rows())
    conversations = read_conversations(documents, units)
    read_acts(conversations, head, encode)
    wanted = {row["id"]: row["gold"] for row in gold}
    return [wanted[ids[each.doc_id]] for each in conversations], conversations


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
    is_customer = (turns["speaker"] == "customer").to_numpy()
    heads, lines = {}, []
    for name, mine, column, classes in (("customer", is_customer, "act", list(CUSTOMER_ACTS)),
                                        ("agent", ~is_customer, "act", list(AGENT_ACTS)),
                                        ("mood", is_customer, "mood", list(MOODS))):
        gold = turns.filter(pl.Series(mine))[column].to_list()
        heads[name] = fitted(rows[mine], gold, classes, ACT_STRENGTH)
        told = across(rows[mine], gold, classes, ACT_STRENGTH)
        langs = turns.filter(pl.Series(mine))["lang"].to_list()
        by = {lang: accuracy(*zip(*[(g, t) for g, t, x in zip(gold, told, langs, strict=True) if x == lang],
                                  strict=True)) for lang in LANGS if lang in langs}
        lines.append((name, len(gold), accuracy(gold, told), macro_f1(
            [(str(g), str(t)) for g, t in zip(gold, told, strict=True)], [str(each) for each in classes]), by))
        print(*lines[-1])
    head = ActsHead(mean, scale, heads["customer"], heads["agent"], heads["mood"])
    gold, conversations = of_conversations(given.data / "train", models, head, encode)
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
    tensors = {"acts.mean": mean, "acts.scale": scale,
               "outcome.mean": outcome_mean, "outcome.scale": outcome_scale,
               "direction.mean": direction_mean, "direction.scale": direction_scale,
               **{f"{name}.{part}": getattr(each, part) for name, each in
                  {**heads, "outcome": outcome, "direction": direction}.items() for part in ("weight", "bias")}}
    langs = [each.lang for each in conversations]
    verdicts = [("resolution", outcomes, [each.outcome for each in cued], told),
                ("trajectory", directions, [each.direction for each in moods], went)]
    HOME.mkdir(parents=True, exist_ok=True)
    (HOME / "README.md").write_text(card(lines, verdicts, langs), "utf8")
    save_file({name: np.ascontiguousarray(tensor, np.float32) for name, tensor in tensors.items()},
              HOME / f"{NAME}.safetensors")
    (HOME / f"{NAME}.json").write_text(json.dumps({"classes": CLASSES}, indent=1) + "\n", "utf8")


def card(acts: Sequence[tuple[str, int, float, float | None, dict[str, float]]],
         verdicts: Sequence[tuple[str, list[str], list[str], list[str]]], langs: Sequence[str | None]) -> str:
    """The model card."""
    lines = ["# Support conversations: acts, moods, verdicts", "",
             "Linear heads over the built-in encoder's vectors of a turn (alone, and after what it answers) and its",
             "cues; `scripts/fit_conversations.py` writes this card. Acts and moods are fitted on",
             "`corpora/conversations/acts`, the verdicts, over what the acts, the cues and the last turns say, on",
             "`corpora/conversations/train`; all of it was written by us. The figures are of five-fold",
             "cross-validation; `scripts/evaluate_conversations.py` measures on the gold set, which had no part in it.",
             "",
             "| head | classes | turns | accuracy | macro-F1 | " + " | ".join(LANGS) + " |",
             "|---|---|---|---|---|" + "---|" * len(LANGS)]
    sizes = {"customer": len(CUSTOMER_ACTS), "agent": len(AGENT_ACTS), "mood": len(MOODS)}
    for name, count, right, f1, by in acts:
        lines.append(f"| {name} | {sizes[name]} | {count:,} | {right:.2f} | {f1 or 0:.2f} | "
                     + " | ".join(f"{by.get(lang, float('nan')):.2f}" for lang in LANGS) + " |")
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
