"""How good judgements are, measured against gold labels: per task, per language, with intervals and calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.classify import is_tuned_file, load_heads, load_tuned, measure
from painpoints.config import Settings
from painpoints.errors import EmptyInputError, UsageError
from painpoints.pipeline.gold import TASKS, Gold, GoldColumns, Vocabulary, read_gold
from painpoints.pipeline.models import chosen_framework
from painpoints.pipeline.progress import Progress, silent
from painpoints.pipeline.verdicts import judged_by_model, judged_in_file, languages, verdicts
from painpoints.read import StdinMark
from painpoints.taxonomy import extend, load_taxonomy

if TYPE_CHECKING:
    import polars as pl

    from painpoints.classify import Figures

LEAST_ROWS = 30
"""Rows a language needs to be called the worst or to be held to a bar."""
DEFAULT_MODEL = "default"


@dataclass(frozen=True)
class TaskResult:
    """One task's figures, over all rows and per language; ``worst`` is the language with the lowest macro-F1.

    ``worst`` is None unless two languages have `LEAST_ROWS` rows. ``unlabelled`` counts rows without this label.
    """

    task: str
    overall: Figures
    languages: Mapping[str, Figures]
    worst: str | None
    unlabelled: int


@dataclass(frozen=True)
class Shortfall:
    """A macro-F1 under the bar; ``language`` is None for that over all rows."""

    task: str
    language: str | None
    macro_f1: float


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation found. ``judge`` is the model or the scored file, ``left_out`` counts rows by reason."""

    gold: str
    judge: str
    taxonomy: str
    framework: str
    rows: int
    left_out: Mapping[str, int]
    tasks: Mapping[str, TaskResult]

    def as_dict(self) -> dict[str, Any]:
        """The evaluation as plain values."""
        return asdict(self)

    def under(self, bar: float, task: str | None = None, *, per_language: bool = False) -> list[Shortfall]:
        """Every macro-F1 below ``bar``: of each task or of ``task`` only, and of every language with enough rows."""
        found = []
        for result in self.tasks.values():
            groups: list[tuple[str | None, Figures]] = [(None, result.overall)]
            if per_language:
                groups += [(lang, f) for lang, f in result.languages.items() if f.n >= LEAST_ROWS]
            found += [Shortfall(result.task, lang, figures.macro_f1) for lang, figures in groups
                      if task in (None, result.task) and figures.macro_f1 < bar]
        return found


def evaluate(gold: str | Path | StdinMark, settings: Settings | None = None, columns: GoldColumns | None = None, *,
             scored: str | Path | None = None, task: str | None = None, progress: Progress = silent, warn: Any = None
             ) -> Evaluation:
    """The figures of a model, or of the judgements in the file ``scored``, against the labels in the file ``gold``.

    Every text is judged as one unit. Raises what `read_gold` and `judged_in_file` raise, ModelError for a model that
    cannot be loaded, UsageError when ``task`` has no labels, EmptyInputError when no labelled row could be judged.
    """
    settings = settings or Settings()
    labelled, source, framework = labels_of(gold, settings, columns or GoldColumns(), [settings.model])
    if task is not None and all(label is None for label in labelled.labels.get(task, ())):
        raise UsageError(f"{labelled.file}: no row is labelled for {task}.",
                         hint=f"Labelled are: {', '.join(labelled.labels)}.")
    judged = (judged_by_model(labelled, settings, progress, warn) if scored is None
              else judged_in_file(labelled, scored, warn))
    tasks = {name: _task(labelled, judged, name, rows) for name in TASKS
             if len(rows := rows_labelled(labelled, judged, name))}
    if not tasks:
        raise EmptyInputError(f"{labelled.file}: no labelled row could be judged.",
                              hint="Texts need a letter or an emoji.")
    judge = str(scored) if scored is not None else settings.model or DEFAULT_MODEL
    unjudged = len(labelled.texts) - len(judged)
    return Evaluation(labelled.file, judge, source, framework, len(judged),
                      {**labelled.left_out, **({"not_judged": unjudged} if unjudged else {})}, tasks)


def labels_of(gold: str | Path | StdinMark, settings: Settings, columns: GoldColumns, models: Sequence[str | None]
              ) -> tuple[Gold, str, str]:
    """The gold labels, and by name the taxonomy and the framework they are in.

    Touchpoints that one of ``models`` was tuned to know are in the taxonomy too.
    """
    taxonomy = load_taxonomy(settings.taxonomy)
    added: dict[str, str] = {}
    for model in models:
        if model is not None and is_tuned_file(model):
            tuned = load_tuned(model, load_heads())
            tuned.taxonomy(taxonomy)  # refuses one that the heads were not tuned for
            added.update(tuned.added)
    taxonomy = extend(taxonomy, added)
    framework = chosen_framework(taxonomy, settings.framework)
    return read_gold(gold, settings, columns, Vocabulary.of(taxonomy, framework)), taxonomy.source, framework.name


def rows_labelled(gold: Gold, judged: pl.DataFrame, task: str) -> pl.DataFrame:
    """The rows of ``judged`` whose gold row has a label for ``task``."""
    labels = gold.labels.get(task)
    return judged.head(0) if labels is None else judged.filter([labels[at] is not None for at in judged["at"]])


def _task(gold: Gold, judged: pl.DataFrame, task: str, rows: pl.DataFrame) -> TaskResult:
    import numpy as np

    classes = gold.vocabulary.classes[task]
    found = verdicts(gold, rows, task)
    spoken = np.array(languages(gold, rows))
    by_language = {str(lang): measure(found.take(np.flatnonzero(spoken == lang)), classes)
                   for lang in np.unique(spoken)}
    enough = {lang: figures.macro_f1 for lang, figures in by_language.items() if figures.n >= LEAST_ROWS}
    worst = min(enough, key=lambda lang: enough[lang]) if len(enough) > 1 else None
    return TaskResult(task, measure(found, classes), by_language, worst, gold.unlabelled[task])
