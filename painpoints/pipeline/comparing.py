"""Which of two judges is better: the same gold rows, the differences between them, and a paired test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.classify import (
    Interval,
    accuracy,
    confusion_matrix,
    holm,
    label_numbers,
    macro_f1,
    mcnemar,
    paired_bootstrap,
)
from painpoints.config import Settings
from painpoints.errors import EmptyInputError, UsageError
from painpoints.pipeline.evaluating import DEFAULT_MODEL, labels_of, rows_labelled
from painpoints.pipeline.gold import TASKS, Gold, GoldColumns
from painpoints.pipeline.progress import Progress, silent
from painpoints.pipeline.verdicts import judged_by_model, judged_in_file, languages, verdicts
from painpoints.read import StdinMark

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from painpoints.classify import Verdicts

TEST = "McNemar's exact test on correctness, mid-p"
CORRECTION = "Holm"
SIGNIFICANCE = 0.05
A_BETTER, B_BETTER, NO_DIFFERENCE = "A is better", "B is better", "no difference shown"
_SCORED = (".parquet", ".pq", ".csv", ".jsonl", ".ndjson")


@dataclass(frozen=True)
class Difference:
    """Two judges on the same ``n`` rows; differences are B less A, intervals from resampling both together.

    ``p`` is McNemar's, ``p_corrected`` for all tasks (or all their languages) at once. ``verdict`` calls one better
    when ``p_corrected`` is below 0.05 and the interval of the accuracies' difference, which heeds documents, excludes
    zero.
    """

    n: int
    accuracy_a: float
    accuracy_b: float
    accuracy_difference: float
    accuracy_interval: Interval | None
    macro_f1_a: float
    macro_f1_b: float
    macro_f1_difference: float
    macro_f1_interval: Interval | None
    only_a: int
    only_b: int
    p: float
    p_corrected: float
    verdict: str


@dataclass(frozen=True)
class TaskComparison:
    """One task's differences, over all rows and per language; ``unlabelled`` counts rows without this label."""

    task: str
    overall: Difference
    languages: Mapping[str, Difference]
    unlabelled: int


@dataclass(frozen=True)
class Comparison:
    """What a comparison found; ``rows`` were judged by both, ``left_out`` counts others by reason."""

    gold: str
    a: str
    b: str
    taxonomy: str
    framework: str
    rows: int
    left_out: Mapping[str, int]
    tasks: Mapping[str, TaskComparison]
    test: str = TEST
    correction: str = CORRECTION

    def as_dict(self) -> dict[str, Any]:
        """The comparison as plain values."""
        return asdict(self)


def compare(a: str, b: str, gold: str | Path | StdinMark, settings: Settings | None = None,
            columns: GoldColumns | None = None, *, progress: Progress = silent, warn: Any = None) -> Comparison:
    """Judge ``b`` against judge ``a`` on the labels in the file ``gold``.

    A judge is ``default``, a model as `Settings` take it, or a file that `painpoints score` wrote. Rows that only one
    of them judged are left out. Raises what `evaluate` raises, and UsageError when both are the same.
    """
    if a == b:
        raise UsageError(f"{a} is compared with itself.", hint="Name two different models or scored files.")
    settings = settings or Settings()
    models = [judge for judge in (a, b) if not _is_scored(judge)]
    labelled, source, framework = labels_of(gold, settings, columns or GoldColumns(), models)
    # Files first: one that cannot be read is told before a model has worked for minutes.
    judged = {judge: _judged(judge, labelled, settings, progress, warn)
              for judge in sorted((a, b), key=_is_scored, reverse=True)}
    one, other = judged[a], judged[b]
    both = set(one["at"]) & set(other["at"])
    one, other = (frame.filter(frame["at"].is_in(list(both))).sort("at") for frame in (one, other))
    tasks = {name: _task(labelled, rows, rows_labelled(labelled, other, name), name) for name in TASKS
             if len(rows := rows_labelled(labelled, one, name))}
    if not tasks:
        raise EmptyInputError(f"{labelled.file}: no labelled row was judged by both.",
                              hint="Texts need a letter or an emoji.")
    unjudged = len(labelled.texts) - len(both)
    return Comparison(labelled.file, a, b, source, framework, len(both),
                      {**labelled.left_out, **({"not_judged": unjudged} if unjudged else {})}, _settled(tasks))


def _is_scored(judge: str) -> bool:
    return Path(judge.lower().removesuffix(".gz").removesuffix(".zst")).suffix in _SCORED


def _judged(judge: str, gold: Gold, settings: Settings, progress: Progress, warn: Any) -> pl.DataFrame:
    if _is_scored(judge):
        return judged_in_file(gold, judge, warn)
    return judged_by_model(gold, replace(settings, model=None if judge == DEFAULT_MODEL else judge), progress, warn)


def _task(gold: Gold, one: pl.DataFrame, other: pl.DataFrame, task: str) -> TaskComparison:
    import numpy as np

    first, second = verdicts(gold, one, task), verdicts(gold, other, task)
    spoken = np.array(languages(gold, one))
    classes = gold.vocabulary.classes[task]
    by_language = {str(lang): _difference(first, second, np.flatnonzero(spoken == lang), classes)
                   for lang in np.unique(spoken)}
    return TaskComparison(task, _difference(first, second, np.arange(len(one)), classes), by_language,
                          gold.unlabelled[task])


def _difference(one: Verdicts, other: Verdicts, rows: np.ndarray, classes: tuple[str, ...]) -> Difference:
    """The difference on ``rows``; the corrected p and the verdict are settled when all differences are known."""
    place = {label: at for at, label in enumerate(classes)}
    gold, a, b = (label_numbers(labels, place)[rows] for labels in (one.gold, one.predicted, other.predicted))
    matrix_a, matrix_b = (confusion_matrix(gold, said, len(classes)) for said in (a, b))
    intervals = paired_bootstrap(gold, a, b, len(classes), one.documents[rows])
    only_a, only_b = int(((a == gold) & (b != gold)).sum()), int(((a != gold) & (b == gold)).sum())
    p = mcnemar(only_a, only_b)
    return Difference(
        len(rows), accuracy(matrix_a), accuracy(matrix_b), accuracy(matrix_b) - accuracy(matrix_a), intervals.accuracy,
        macro_f1(matrix_a), macro_f1(matrix_b), macro_f1(matrix_b) - macro_f1(matrix_a), intervals.macro_f1,
        only_a, only_b, p, p, NO_DIFFERENCE)


def _settled(tasks: Mapping[str, TaskComparison]) -> dict[str, TaskComparison]:
    """``tasks`` with p values corrected over all tasks, those of languages over all languages of all tasks."""
    overall = iter(holm([task.overall.p for task in tasks.values()]))
    spoken = iter(holm([found.p for task in tasks.values() for found in task.languages.values()]))
    return {name: replace(task, overall=_judgement(task.overall, next(overall)),
                          languages={lang: _judgement(found, next(spoken)) for lang, found in task.languages.items()})
            for name, task in tasks.items()}


def _judgement(found: Difference, p: float) -> Difference:
    span = found.accuracy_interval
    verdict = NO_DIFFERENCE
    if p < SIGNIFICANCE and span is not None and (span.low > 0 or span.high < 0):
        verdict = B_BETTER if span.low > 0 else A_BETTER
    return replace(found, p_corrected=p, verdict=verdict)
