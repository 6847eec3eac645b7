"""The model card of the adapter, from its figures."""

from __future__ import annotations

from typing import Any

TRIED = (
    "## Tried", "",
    "Paid:", "",
    "- Training all layers whole: from the bare encoder, 250 steps reached touchpoint accuracy .623 on calibration "
    "units (600), adapters of rank 48 reached .605 in 500 steps and .638 in 750, at the same time a step. Cut to rank "
    "128, 99.2 % of the squared update is kept and that accuracy goes from .713 to .707; at rank 48 97.5 % and .703 at "
    "rank 64.",
    "- Twice the labels of real units, 800 more pain families, texts without punctuation, pairs of one opinion in two "
    "ways of writing: sentiment of calibration units .777 to .803, touchpoint .695 to .713.",
    "- Two sentiment outputs, of units and of whole texts: chit-chat is neutral in units and has a mood in the sets. "
    "One for both: mean macro-F1 of the sets .638 against .657, units unchanged.",
    "- A token head that also sees the neighbouring tokens, fitted on the finished states.",
    "", "Did not pay:", "",
    "- The heads as trained together with the encoder: mean macro-F1 of the sets .620, implied touchpoints .457; "
    "fitted on its vectors afterwards .657 and .495.",
    "- Two heads averaged: touchpoints .722 against .72.",
    "- A last stage of 400 steps that read mostly pain families, 192 texts a step: precision at 5 on held-out "
    "families .297 before, .292 after; AMI of five draws .462 and .433. The encoder's size seems to be the limit: the "
    "bare one has .227 and .326.",
    "- The map into the pain space as trained together with the encoder: precision at 5 on calibration families "
    ".409; fitted afterwards at length .440, for a short while from the identity .453, none .434. States of layers "
    "6, 8, 10: worse.",
    "- In the pain space: whitening, leaving out the strongest directions, adding touchpoint probabilities or common "
    "letter sequences, late interaction of tokens (MaxSim): precision at 5 .43, .42, .43, .43, .447 against .434.",
)


def card(figures: dict[str, Any], config: dict[str, Any], content: dict[str, Any]) -> str:
    """The card as Markdown."""
    stages = config["stages"]
    lines = [
        "# Adapter and token head for the embedded encoder", "",
        f"Low-rank updates (rank {content['rank']}, Hu et al. 2022) of all 72 linear layers of multilingual-e5-small "
        "(MIT), merged into the weights at loading, so that they cost nothing when encoding; and a small head over "
        "the "
        "token states (a token between its neighbours, 96 hidden units) that says where an opinion unit begins and "
        "which words say what the customer expected. One pass "
        "over a document then serves units, sentiment, touchpoint, problem, emotion, expectation and the pain space.",
        "",
        "Made by the stages of `scripts/train.toml`, each a run of `python scripts/train.py --data DIR --stage N "
        "--from STATE` with a seed of its own, while the texts were still being written: the first stage knew neither "
        "`corpora/implied`, `corpora/documents` nor `corpora/labels`, the fifth only half of them, and only the last "
        "all of `corpora/pains` and `corpora/variants`. One run over all that stands there now gives another adapter. "
        f"In all {sum(stage['steps'] for stage in stages):,} steps in {len(stages)} stages, the last three over whole "
        f"layers, cut to rank {content['rank']} at the end; two CPU cores with bf16 need about two hours, 1.7 s a "
        "step. A step reads texts of the 36 public sentiment sets, labelled units (real ones and ours) alone and "
        "joined into documents, real documents whose units we labelled, documents we wrote and cut, texts of the same "
        "pain or intent, translations and the same opinion in two ways of writing. Sources and licences: "
        "`scripts/README.md`. Calibration and test parts were never trained on, 27 % of the pain families and a "
        "quarter of the banking intents neither (but two of the 71 calibration families, in the first four stages, "
        "under an older split).", "",
        "Figures of the judgements: [heads](../heads/README.md); of the pain space: [map]"
        "(../pain-projection/README.md).", "", "## Units: test part of `corpora/documents`", "",
        "Texts written by us and cut by hand after the labelling guide; a unit counts when its first and last letter "
        "agree, the boundary score compares where one unit gives way to the next. The head and the rules decide "
        "together: log-odds of the head plus a weight where the rules cut, against a threshold, both per language and "
        "fitted on the calibration part; lines, bullets and list items are always boundaries.", "",
        "| texts | n | units | rules: unit F1 / boundary F1 | head alone | head and rules |",
        "|---|---|---|---|---|---|"]
    for name, by in figures["segmentation"].items():
        first = by["rules"]
        lines.append(f"| {name} | {first['texts']} | {first['units']} | "
                     + " | ".join(f"{s['unit_f1']} / {s['boundary_f1']}" for s in by.values()) + " |")
    lines += ["", "## Expectations: test part of `corpora/documents`", "",
              "`found`: the unit states an expectation and the phrase found overlaps it; `exact`: to the word.", "",
              "| language | stated | found F1 | exact F1 | character F1 |", "|---|---|---|---|---|"]
    lines += [f"| {lang} | {e['stated']} | {e['found_f1']} | {e['exact_f1']} | {e['character_f1']} |"
              for lang, e in figures["expectation"].items()]
    return "\n".join([*lines, "", *TRIED, ""])
