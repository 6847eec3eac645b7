"""Gold labels: single opinion units with what people say of them, checked against the labels there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from painpoints.config import Settings
from painpoints.errors import ColumnError, EmptyInputError, InputError
from painpoints.pipeline.reading import read_options
from painpoints.read import Records, StdinMark, read_records
from painpoints.taxonomy import NO_STAGE, Framework, Taxonomy

if TYPE_CHECKING:
    from painpoints.read import FilePlan

TASKS = ("sentiment", "touchpoint", "stage", "problem")
PROBLEMS = ("0", "1")
_SENTIMENTS = {"negative": "neg", "neutral": "neu", "positive": "pos"}
_PROBLEMS = {"false": "0", "no": "0", "0.0": "0", "true": "1", "yes": "1", "1.0": "1"}
_LANGUAGES = {"fas": "fa", "per": "fa", "ara": "ar", "rus": "ru", "eng": "en"}
_NAMED = 5
"""Rows an error names."""


@dataclass(frozen=True)
class GoldColumns:
    """Columns of a gold file that go by other names than their own; ``doc`` holds the document a unit comes from."""

    sentiment: str | None = None
    touchpoint: str | None = None
    stage: str | None = None
    problem: str | None = None
    doc: str | None = None


@dataclass(frozen=True)
class Vocabulary:
    """The labels of each task in their usual order, and other spellings (folded) that stand for them."""

    classes: Mapping[str, tuple[str, ...]]
    spellings: Mapping[str, Mapping[str, str]]
    stage_of: Mapping[str, str]

    @classmethod
    def of(cls, taxonomy: Taxonomy, framework: Framework) -> Vocabulary:
        """The labels that ``taxonomy`` and ``framework`` make.

        A touchpoint's stage by its own name ("loyalty") stands for the stage of the framework that it lies in whole.
        """
        from painpoints.classify import SENTIMENTS

        stages = (*(stage.code for stage in framework.stages), NO_STAGE)
        homes: dict[str, set[str]] = {}
        for touchpoint in taxonomy.touchpoints:
            homes.setdefault(touchpoint.stage, set()).add(framework.mapping.get(touchpoint.code, NO_STAGE))
        classes = {"sentiment": SENTIMENTS, "touchpoint": taxonomy.codes, "stage": stages, "problem": PROBLEMS}
        spellings = {"sentiment": _SENTIMENTS, "touchpoint": {}, "problem": _PROBLEMS,
                     "stage": {stage.casefold(): next(iter(into)) for stage, into in homes.items() if len(into) == 1}}
        return cls(classes, {task: {**spellings[task], **{label.casefold(): label for label in classes[task]}}
                             for task in TASKS}, framework.mapping)


@dataclass(frozen=True)
class Gold:
    """Gold rows that hold a text and a label: row i has number ``numbers[i]`` in the file.

    ``labels`` and ``second`` (another annotator's) map a task to one label or None a row, for tasks with a column.
    ``langs`` is None where no column says the language, ``ids`` and ``documents`` likewise. ``unlabelled`` counts by
    task the rows with a text and without its label, ``left_out`` by reason the rows that are not here.
    """

    file: str
    numbers: tuple[int, ...]
    texts: tuple[str, ...]
    ids: tuple[str | None, ...] | None
    langs: tuple[str | None, ...] | None
    documents: tuple[str | None, ...] | None
    labels: Mapping[str, tuple[str | None, ...]]
    second: Mapping[str, tuple[str | None, ...]]
    unlabelled: Mapping[str, int]
    left_out: Mapping[str, int]
    vocabulary: Vocabulary


def read_gold(path: str | Path | StdinMark, settings: Settings, columns: GoldColumns, vocabulary: Vocabulary) -> Gold:
    """The gold labels of one file. Stages without a column of their own come from the touchpoints.

    Raises ColumnError when no column holds gold labels, InputError naming rows with unknown ones, EmptyInputError when
    no row has both a text and a label.
    """
    records = read_records(path, read_options(settings))
    plan = records.plan
    if "text" not in plan.columns:
        raise ColumnError(f"{plan.file}: no single text column.", hint="Name it with --text COLUMN.")
    labels, second = _labels(records, columns, vocabulary)
    texts = records.cells(plan.columns["text"].name)
    left_out = Counter({"unreadable": records.unreadable})
    kept = []
    for at, text in enumerate(texts):
        if text is None:
            left_out["empty_text"] += 1
        elif all(of[at] is None for of in labels.values()):
            left_out["no_label"] += 1
        else:
            kept.append(at)
    if not kept:
        raise EmptyInputError(f"{plan.file}: no row has both a text and a gold label.",
                              hint="Name the columns with --text, --sentiment, --touchpoint, --stage or --problem.")
    gold_columns = {name for field in fields(GoldColumns)
                    if (name := getattr(columns, field.name) or records.find(field.name)) is not None}
    langs = _optional(records, _role(plan, "language", gold_columns))
    ids = _optional(records, _role(plan, "id", gold_columns) or records.find("id", "source_id"))
    doc = records.column(columns.doc, "doc") if columns.doc else records.find("doc")

    def chosen(values: Sequence[str | None] | None) -> tuple[str | None, ...] | None:
        return None if values is None else tuple(values[at] for at in kept)

    return Gold(
        plan.file, tuple(records.numbers[at] for at in kept), tuple(texts[at] or "" for at in kept), chosen(ids),
        chosen(None if langs is None else [_language(lang) for lang in langs]), chosen(_optional(records, doc)),
        {task: tuple(of[at] for at in kept) for task, of in labels.items()},
        {task: tuple(of[at] for at in kept) for task, of in second.items()},
        {task: sum(of[at] is None for at, text in enumerate(texts) if text is not None) for task, of in labels.items()},
        {reason: number for reason, number in left_out.items() if number}, vocabulary)


Columns = dict[str, list[str | None]]


def _labels(records: Records, columns: GoldColumns, vocabulary: Vocabulary) -> tuple[Columns, Columns]:
    """Labels by task, of the first and of the second annotator; stages derived where only touchpoints are given."""
    labels: Columns = {}
    second: Columns = {}
    for task in TASKS:
        wanted = getattr(columns, task)
        first = records.column(wanted, task) if wanted else records.find(task)
        other = records.find(*(f"{name}_2" for name in (wanted, task) if name))
        for into, name in ((labels, first), (second, other)):
            if name is not None:
                into[task] = _checked(records, name, task, vocabulary)
    for into in (labels, second):
        if "stage" not in into and "touchpoint" in into:
            into["stage"] = [None if code is None else vocabulary.stage_of.get(code, NO_STAGE)
                             for code in into["touchpoint"]]
    if not labels:
        raise ColumnError(f"{records.plan.file}: no gold column among {', '.join(records.columns[:40])}.",
                          hint="Name one with --sentiment, --touchpoint, --stage or --problem COLUMN.")
    return {task: labels[task] for task in TASKS if task in labels}, second


def _checked(records: Records, column: str, task: str, vocabulary: Vocabulary) -> list[str | None]:
    spellings = vocabulary.spellings[task]
    cells = records.cells(column, spellings)
    found = [None if cell is None else spellings.get(cell.strip().casefold(), "") for cell in cells]
    if wrong := [number for number, label in zip(records.numbers, found, strict=True) if label == ""]:
        named = ", ".join(map(str, wrong[:_NAMED]))
        named += f" and {len(wrong) - _NAMED:,} more" if len(wrong) > _NAMED else ""
        raise InputError(f"{records.plan.file}: {column} holds unknown labels in row{'s' * (len(wrong) > 1)} {named} "
                         "(counted without the header).",
                         hint=f"Allowed: {', '.join(spellings)}; an empty cell leaves the row out.")
    return found


def _optional(records: Records, column: str | None) -> list[str | None] | None:
    return None if column is None else records.cells(column)


def _role(plan: FilePlan, role: str, taken: set[str]) -> str | None:
    """The column taken for ``role``, unless it was only guessed and means something else in a gold file."""
    column = plan.columns.get(role)
    return None if column is None or (column.why == "content" and column.name in taken) else column.name


def _language(value: str | None) -> str | None:
    """fa for "fa", "FA-IR" and "fas"; other codes in lower case without their region."""
    if value is None:
        return None
    code = value.strip().lower().replace("_", "-").split("-")[0]
    return _LANGUAGES.get(code, code)
