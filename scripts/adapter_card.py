"""The model card of the adapter, from its figures."""

from __future__ import annotations

from typing import Any

NOT_PAID = (
    "## Tried, and did not pay", "",
    "- The heads as trained together with the encoder: mean macro-F1 of the sets .620, implied touchpoints .457; "
    "fitted on its vectors afterwards .657 and .495.",
    "- One sentiment output for units and whole texts: chit-chat is neutral in units and has a mood in the sets; mean "
    "macro-F1 .638 against .657 with two outputs, units unchanged.",
    "- Two heads averaged: touchpoints .722 against .72.",
    "- The map into the pain space as trained together with the encoder: precision at 5 on held-out families .434, "
    "fitted afterwards .478, none .502; states of layers 6, 8, 10 and their joins: .38 to .49.",
    "- Long training on the same pain families: after 380 steps held-out families gave AMI .526, after 2,810 .464.",
    "- The token head without texts that lost their punctuation: boundary F1 on unpunctuated texts .45 to .60 with "
    "the rules joined in, .50 to .69 with such texts.",
)


def card(figures: dict[str, Any], config: dict[str, Any], content: dict[str, Any]) -> str:
    """The card as Markdown."""
    stages = config["stages"]
    lines = [
        "# Adapter and token head for the embedded encoder", "",
        f"Low-rank updates (rank {content['rank']}, Hu et al. 2022) of all 72 linear layers of multilingual-e5-small "
        "(MIT), merged into the weights at loading, so that they cost nothing when encoding; and a linear head over "
        "the "
        "token states that says where an opinion unit begins and which words say what the customer expected. One pass "
        "over a document then serves units, sentiment, touchpoint, problem, emotion, expectation and the pain space.",
        "",
        "Made by the stages of `scripts/train.toml`, each a run of `python scripts/train.py --data DIR --stage N "
        "--from STATE` with a seed of its own, while the texts were still being written: the first stage knew neither "
        "`corpora/implied`, `corpora/documents` nor `corpora/labels`, the second about half of them. One run over all "
        "that stands there now gives another adapter. In all "
        f"{sum(stage['steps'] for stage in stages):,} steps in {len(stages)} stages; two CPU cores with bf16 need "
        f"about "
        "75 minutes, 1.7 s a step. A step reads texts of the 36 public sentiment sets, labelled units (real ones and "
        "ours) alone and joined into documents, real documents whose units we labelled, documents we wrote and cut, "
        "texts of the same pain or intent, and translations. Sources and licences: `scripts/README.md`. Calibration "
        "and "
        "test parts were never trained on, a quarter of the pain families and of the banking intents neither.", "",
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
    return "\n".join([*lines, "", *NOT_PAID, ""])
