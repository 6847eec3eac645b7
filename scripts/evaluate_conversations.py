"""How the main job reads support conversations, against what a careful reader takes from them.

    python scripts/evaluate_conversations.py [--data corpora/conversations/gold] [--run FOLDER] [--json]

The turns alone go through the whole main job: reading, units, judgements, conversations. ``--run`` keeps the run there,
or takes a finished one. Prints figures a language and together, and the ids of what was read otherwise; no text.

`corpora/conversations/README.md` says what each judgement means. A promise or a sign of effort counts as found at its
very turn; ``kept`` and ``hours`` (a tenth off at most) are measured on the promises found. A resolution's turn may lie
one beside the gold one; it is measured where the resolution is right and not unknown.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

import painpoints

DATA = Path(__file__).resolve().parents[1] / "corpora" / "conversations" / "gold"
RESOLUTIONS = ("resolved", "unresolved", "unknown")
TRAJECTORIES = ("better", "level", "worse")
SIGNS = ("repeat", "transfer", "waiting", "bot_loop", "explaining_again")
Row = Mapping[str, Any]


def read_gold(folder: Path) -> list[dict[str, Any]]:
    """The conversations with their gold judgements, in the order of the files."""
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl"))
            for line in path.read_text("utf8").splitlines() if line]


def judged(gold: Sequence[Row], folder: Path) -> dict[str, Row]:
    """Each conversation's id to the row that the main job, run into ``folder`` unless it is there, writes of it."""
    if not (folder / "conversations.parquet").exists():
        with tempfile.TemporaryDirectory() as place:
            plain = Path(place) / "conversations.jsonl"
            plain.write_text("\n".join(json.dumps({"id": row["id"], "turns": row["turns"]}, ensure_ascii=False)
                                       for row in gold), "utf8")
            painpoints.mine(str(plain), folder)
    ids = pl.read_parquet(folder / "documents.parquet").select("doc_id", "source_id")
    rows = pl.read_parquet(folder / "conversations.parquet").join(ids, on="doc_id")
    return {row["source_id"]: row for row in rows.iter_rows(named=True)}


def share(right: int, of: int) -> float | None:
    """``right / of`` to three places; None where there is nothing to measure."""
    return round(right / of, 3) if of else None


def macro_f1(pairs: Iterable[tuple[str, str]], classes: Sequence[str]) -> float | None:
    """The mean F1 of the classes that occur in (gold, found) ``pairs``."""
    counts = Counter(pairs)
    scores = []
    for name in classes:
        right = counts[name, name]
        held = sum(n for (gold, found), n in counts.items() if name in (gold, found)) + right
        if held:
            scores.append(2 * right / held)
    return round(sum(scores) / len(scores), 3) if scores else None


def found_of(gold: Iterable[Any], found: Iterable[Any]) -> dict[str, Any]:
    """Precision and recall of what was found, each thing counted as often as it occurs."""
    there, told = Counter(gold), Counter(found)
    right = (there & told).total()
    return {"gold": there.total(), "found": told.total(), "precision": share(right, told.total()),
            "recall": share(right, there.total())}


def measure(gold: Sequence[Row], found: Mapping[str, Row]) -> dict[str, Any]:
    """Every figure over ``gold`` and the ids of what was read otherwise."""
    pairs = [(row["id"], row["gold"], found[row["id"]]) for row in gold if row["id"] in found]
    wrong: dict[str, list[str]] = defaultdict(list)

    def accuracy(name: str, right: Callable[[Row, Row], bool], over: Callable[[Row, Row], bool] = lambda *_: True
                 ) -> float | None:
        asked = [(key, mine, told) for key, mine, told in pairs if over(mine, told)]
        missed = [key for key, mine, told in asked if not right(mine, told)]
        wrong[name] += missed
        return share(len(asked) - len(missed), len(asked))

    def same(name: str) -> Callable[[Row, Row], bool]:
        return lambda mine, told: mine[name] == told[name]

    def shown(mine: Row, told: Row) -> bool:
        return mine["resolution"] == told["resolution"] != "unknown" and told["resolution_turn"] is not None

    result: dict[str, Any] = {"conversations": len(gold), "not_read": sorted({row["id"] for row in gold} - set(found))}
    result["resolution_accuracy"] = accuracy("resolution", same("resolution"))
    result["resolution_f1"] = macro_f1([(mine["resolution"], told["resolution"]) for _, mine, told in pairs],
                                       RESOLUTIONS)
    result["resolution_confusion"] = confusion([(mine["resolution"], told["resolution"]) for _, mine, told in pairs],
                                               RESOLUTIONS)
    result["resolution_turn"] = accuracy(
        "resolution_turn", lambda mine, told: abs(mine["resolution_turn"] - told["resolution_turn"]) <= 1, shown)
    result["trajectory_accuracy"] = accuracy("trajectory", same("trajectory"))
    result["trajectory_confusion"] = confusion([(mine["trajectory"], told["trajectory"]) for _, mine, told in pairs],
                                               TRAJECTORIES)
    result["trajectory_opposite"] = sum({mine["trajectory"], told["trajectory"]} == {"better", "worse"}
                                        for _, mine, told in pairs)
    result["effort"] = effort(pairs)
    result["promises"] = promises(pairs, wrong)
    result["courtesy_accuracy"] = accuracy("courtesy", same("courtesy"))
    result["company_failure_accuracy"] = accuracy("company_failure", same("company_failure"))
    result["touchpoint_accuracy"] = accuracy("touchpoint", same("touchpoint"))
    return {**result, "wrong": {name: ids for name, ids in wrong.items() if ids}}


def confusion(pairs: Iterable[tuple[str, str]], classes: Sequence[str]) -> dict[str, dict[str, int]]:
    """Gold class to how often each class was found for it."""
    counts = Counter(pairs)
    return {gold: {told: counts[gold, told] for told in classes} for gold in classes}


def effort(pairs: Sequence[tuple[str, Row, Row]]) -> dict[str, dict[str, Any]]:
    """Precision and recall by sign: at its very turn, and (``conversations``) anywhere in the conversation."""
    def places(sign: str, *, turn: bool) -> tuple[list[Any], list[Any]]:
        gold = [(key, each["turn"] if turn else 0) for key, mine, _ in pairs for each in mine["effort"]
                if each["sign"] == sign]
        told = [(key, each["turn"] if turn else 0) for key, _, row in pairs for each in row["effort_signs"] or []
                if each["sign"] == sign]
        return (gold, told) if turn else (sorted(set(gold)), sorted(set(told)))

    scores: dict[str, dict[str, Any]] = {sign: found_of(*places(sign, turn=True)) for sign in SIGNS}
    for sign in SIGNS:
        scores[sign]["conversations"] = found_of(*places(sign, turn=False))
    every = [places(sign, turn=True) for sign in SIGNS]
    scores["all"] = found_of(*([(at, place) for at, both in enumerate(every) for place in both[side]]
                               for side in (0, 1)))
    return scores


def promises(pairs: Sequence[tuple[str, Row, Row]], wrong: dict[str, list[str]]) -> dict[str, Any]:
    """Promises found at their turns, and of these the share whose fate and span are right."""
    gold, told = [], []
    kept = spans = met = 0
    for key, mine, row in pairs:
        there = {each["turn"]: each for each in mine["promises"]}
        here = {each["turn"]: each for each in row["promises"] or []}
        gold += [(key, turn) for turn in there]
        told += [(key, turn) for turn in here]
        wrong["promises"] += [key] * (set(there) != set(here))
        for turn in sorted(set(there) & set(here)):
            met += 1
            fate = there[turn]["kept"] == here[turn]["kept"]
            kept += fate
            spans += _alike(there[turn]["hours"], here[turn]["hours"])
            wrong["promise_kept"] += [key] * (not fate)
    return {**found_of(gold, told), "kept_accuracy": share(kept, met), "hours_accuracy": share(spans, met)}


def _alike(gold: float | None, found: float | None) -> bool:
    if gold is None or found is None:
        return gold is found
    return abs(gold - found) <= 0.1 * gold


def evaluate(gold: Sequence[Row], found: Mapping[str, Row]) -> dict[str, dict[str, Any]]:
    """The figures of each language and of ``all``."""
    langs = dict.fromkeys(row["lang"] for row in gold)
    return {**{lang: measure([row for row in gold if row["lang"] == lang], found) for lang in langs},
            "all": measure(gold, found)}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of LANG.jsonl files")
    parser.add_argument("--run", type=Path, help="where the run is kept, or lies")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    given = parser.parse_args()
    gold = read_gold(given.data)
    with tempfile.TemporaryDirectory() as place:
        scores = evaluate(gold, judged(gold, given.run or Path(place) / "run"))
    if given.json:
        print(json.dumps(scores, ensure_ascii=False, indent=2))
        return
    for lang, score in scores.items():
        print(f"== {lang}")
        for name, value in score.items():
            if isinstance(value, dict):
                print(f"  {name}")
                for inner, told in value.items():
                    print(f"    {inner:20} {told if not isinstance(told, list) else ' '.join(told)}")
            else:
                print(f"  {name:26} {value}")


if __name__ == "__main__":
    main()
