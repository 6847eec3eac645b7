"""The model card of the fast lane, from its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_UNITS = {"touchpoint, accuracy": "touchpoint_accuracy", "touchpoint, macro-F1": "touchpoint_macro_f1",
          "stage, accuracy": "stage_accuracy", "stage of three, accuracy": "three_stage_accuracy",
          "sentiment, accuracy": "sentiment_accuracy", "sentiment, macro-F1": "sentiment_macro_f1",
          "problem, accuracy": "problem_accuracy", "problem, F1": "problem_f1", "certain, share": "certain_share",
          "certain: sentiment, accuracy": "certain_sentiment_accuracy",
          "certain: stage, accuracy": "certain_stage_accuracy", "sentiment, ECE": "sentiment_ece",
          "touchpoint, ECE": "touchpoint_ece"}
_CLUSTERS = {"clusters": "clusters", "AMI": "ami", "ARI": "ari", "purity": "purity",
             "clusters of six and more with three languages (of two: both)": "mixed", "coverage": "coverage"}
_WHAT = """\
For `--fast`. Words, looked up by hash, are read with two neighbours on either side, pooled over a unit (mean, maximum)
and over its passage, and mapped by two layers into the full encoder's space, so that the map of pain points, custom
touchpoints and everything else that reads vectors works on. Words that were not taught are read by their runs of three
and four letters. It runs on numpy alone. Units are cut by the rules; expectations are not found."""
_SIZE = """\
`student.safetensors`: a row of 128 numbers in four bits for each of 60,000 words and 40,000 buckets of runs of letters,
three layers in eight bits; `heads.safetensors`: heads like those in `../heads`, fitted and calibrated on its vectors.
{:.1f} MB in all."""
_MADE = """\
Made by `scripts/fit_student.py`: rows begin as what the full encoder says of each word alone, then learn from what it
says of units and passages (cosine), and from what the published heads read from both (Kullback-Leibler); measured by
`scripts/evaluate_student.py`. It learns from the texts that the heads learn from, and from further texts without labels
out of the training parts (`scripts/lessons.py`); none of the test or calibration parts is among them, nor a text that
holds a unit of these."""
_LIMITS = """\
It knows words, not sentences: irony, and what a clause takes back, escape it more often than the full model. Of other
languages it knows what their words share with these four. Shares and trends over many texts suffer less than single
judgements."""


def card(found: Mapping[str, Any]) -> str:
    """The card as Markdown."""
    student, full = (found["judgements"][name] for name in ("student", "full"))
    rates = found["rates"]
    lines = [
        "# The fast lane: a student of the full model", "",
        _WHAT, "", _SIZE.format(found["bytes"] / 1e6), "", _MADE, "",
        f"**Rate.** From passages to judged units: {rates['student_units_a_processor_second']:,} units a processor "
        f"second, the full model {rates['full_units_a_processor_second']:,} in the same run: "
        f"**{rates['ratio']:g} times**.", "",
        "Every table: student / full model / difference, on the test part.", ""]
    for group, by_lang in full["units"].items():
        lines += [f"## {group[0].upper()}{group[1:]}", "", "| | " + " | ".join(by_lang) + " |",
                  "|---|" + "---|" * len(by_lang)]
        lines += [f"| {name} | " + " | ".join(
            _three(student["units"][group][lang][key], by_lang[lang][key]) for lang in by_lang) + " |"
            for name, key in _UNITS.items()]
        lines.append("")
    lines += ["## Emotion of negative units", "", "| units | accuracy | macro-F1 |", "|---|---|---|"]
    lines += [f"| {name} | " + " | ".join(_three(student["emotions"][name][key], of[key])
                                           for key in ("accuracy", "macro_f1")) + " |"
              for name, of in full["emotions"].items()]
    lines += ["", "## Sentiment sets", "",
              f"Mean macro-F1 over {len(full['sentiment_sets'])} sets: "
              f"{_three(student['mean_macro_f1'], full['mean_macro_f1'])}.", "", "| | macro-F1 |", "|---|---|"]
    lines += [f"| {lang} (mean of {len(sets)}) | "
              f"{_three(_mean(student, sets), _mean(full, sets))} |" for lang, sets in _by_language(full).items()]
    lines += [f"| {name} | {_three(student['sentiment_sets'][name]['macro_f1'], of['macro_f1'])} |"
              for name, of in full["sentiment_sets"].items()]
    lines += ["", "## Clusters", "", "Over each model's own vectors, each with its map.", ""]
    for name, ways in found["clusters"].items():
        lines += [f"### {name[0].upper()}{name[1:]}", "", "| | student / full / difference |", "|---|---|"]
        lines += [f"| {said} | {_three(ways['student'][key], ways['full'][key])} |" for said, key in _CLUSTERS.items()]
        lines.append("")
    lines += ["## Limits", "", _LIMITS, ""]
    return "\n".join(lines)


def _three(student: float, full: float) -> str:
    return f"{student:g} / {full:g} / {student - full:+.3f}"


def _by_language(full: Mapping[str, Any]) -> dict[str, list[str]]:
    names = sorted(full["sentiment_sets"])
    return {lang: [name for name in names if name.startswith(f"{lang}_")] for lang in ("fa", "ar", "ru", "en")}


def _mean(of: Mapping[str, Any], sets: Sequence[str]) -> float:
    return round(sum(of["sentiment_sets"][name]["macro_f1"] for name in sets) / len(sets), 3)
