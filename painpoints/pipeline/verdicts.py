"""One judgement for each gold row, by a model or out of a file that `painpoints score` wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.classify import SENTIMENTS
from painpoints.config import Settings
from painpoints.errors import ColumnError, InputError
from painpoints.pipeline.gold import PROBLEMS, Gold, Vocabulary
from painpoints.pipeline.progress import Progress
from painpoints.pipeline.scoring import score_documents
from painpoints.read import ReadOptions, documents_from_frame, read_records

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from painpoints.classify import Verdicts

_TEXTS = ("lang", "sentiment", "touchpoint", "stage")
_NUMBERS = ("p_neg", "p_neu", "p_pos", "touchpoint_p", "stage_p", "problem_p")
_FLAGS = ("is_problem", "certain")
_NEEDED = ("source_id", "start", "end", *_TEXTS, *_NUMBERS, *_FLAGS)
_TRUE = ("true", "1")
_APOSTROPHE = tuple(f"'{sign}" for sign in "=+-@＝＋－＠")


def judged_by_model(gold: Gold, settings: Settings, progress: Progress, warn: Any) -> pl.DataFrame:
    """The judgement of each gold row as one whole unit; ``at`` is its place in ``gold``. Rows without a letter lack."""
    import polars as pl

    frame = pl.DataFrame({"id": [str(at) for at in range(len(gold.texts))], "text": gold.texts})
    documents = documents_from_frame(frame, ReadOptions(text="text", id="id"))
    frames = documents.iter_slices(settings.shard_rows)

    def counted(stage: str, done: int, total: int | None) -> None:
        progress(stage, done, total or len(documents))

    units = pl.concat(list(score_documents(frames, replace(settings, whole=True), counted, warn)))
    return units.select(pl.col("source_id").cast(pl.Int64).alias("at"), *_TEXTS, *_NUMBERS, *_FLAGS).sort("at")


def judged_in_file(gold: Gold, scored: str | Path, warn: Any) -> pl.DataFrame:
    """The judgement that ``scored``, written by `painpoints score`, has for each gold row: source_id is the gold id.

    Of a row that was cut into several units the sentiment's probabilities are means, each unit weighing as much as it
    is long; touchpoint and stage are those of the longest. Raises ColumnError without an id column in the gold file or
    the judgement columns in the other, InputError when ids are not unique, none is found, or labels are of another
    taxonomy.
    """

    if gold.ids is None:
        raise ColumnError(f"{gold.file}: no id column to find rows of {scored} by.", hint="Name it with --id COLUMN.")
    places: dict[str, int] = {}
    for at, name in enumerate(gold.ids):
        if name is not None and places.setdefault(name, at) != at:
            raise InputError(f"{gold.file}: rows {gold.numbers[places[name]]} and {gold.numbers[at]} have the same id.",
                             hint="Judgements can only be matched to ids that are unique; name others with --id.")
    units = _scored_units(scored, places)
    if units.is_empty():
        raise InputError(f"{scored}: no source_id is an id of {gold.file}.",
                         hint="Score the gold file itself, with the same --id.")
    several = int((units.group_by("at").len()["len"] > 1).sum())
    if several and warn is not None:
        warn(f"{several:,} gold rows are cut into several units in {scored}; each is taken as a whole, by its longest "
             "unit and mean probabilities. Score with --whole to judge them as one.")
    _known_labels(units, gold.vocabulary, scored)
    return _joined(units)


def _scored_units(scored: str | Path, places: Mapping[str, int]) -> pl.DataFrame:
    import polars as pl

    records = read_records(scored, ReadOptions(text="text", id="source_id"))
    if missing := [name for name in _NEEDED if name not in records.columns]:
        raise ColumnError(f"{scored}: no column {missing[0]!r}.", hint="Name a file that painpoints score wrote.")
    ids = [_plain(name) for name in records.cells("source_id")]
    frame = pl.DataFrame({"at": [places.get(name) if name is not None else None for name in ids],
                          **{name: records.cells(name, ("none",)) for name in _NEEDED[1:]}},
                         schema={"at": pl.Int64, **dict.fromkeys(_NEEDED[1:], pl.Utf8)}).drop_nulls("at")
    try:
        return frame.with_columns(
            *(pl.col(name).cast(pl.Float64) for name in _NUMBERS), size=pl.col("end").cast(pl.Int64)
            - pl.col("start").cast(pl.Int64), lang=pl.col("lang").fill_null("und"),
            **{name: pl.col(name).str.to_lowercase().is_in(_TRUE) for name in _FLAGS}).drop("start", "end")
    except pl.exceptions.InvalidOperationError:
        raise InputError(f"{scored}: a probability or place is not a number.",
                         hint="Name a file as painpoints score wrote it.") from None


def _plain(name: str | None) -> str | None:
    """The id as it was before `painpoints score` kept spreadsheets from taking it for a formula."""
    return name[1:] if name is not None and name.startswith(_APOSTROPHE) else name


def _known_labels(units: pl.DataFrame, vocabulary: Vocabulary, scored: str | Path) -> None:
    for task in ("sentiment", "touchpoint", "stage"):
        if not set(units[task]) <= set(vocabulary.classes[task]):
            raise InputError(f"{scored}: {task} holds labels that are not those in use.",
                             hint="Give the --taxonomy and --framework it was scored with.")
    if any(units[name].null_count() or not units[name].is_between(0, 1.0001).all() for name in _NUMBERS):
        raise InputError(f"{scored}: a probability is missing or not between 0 and 1.",
                         hint="Name a file as painpoints score wrote it.")


def _joined(units: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    weight = pl.col("size").clip(1) / pl.col("size").clip(1).sum()
    joined = units.sort("at", "size", descending=[False, True], maintain_order=True).group_by(
        "at", maintain_order=True).agg(
        pl.col("lang", "sentiment", "touchpoint", "touchpoint_p", "stage", "stage_p").first(),
        *((pl.col(name) * weight).sum().alias(name) for name in ("p_neg", "p_neu", "p_pos")),
        pl.col("problem_p").max(), pl.col("is_problem").any(), pl.col("certain").all(), units=pl.len())
    best = pl.concat_list("p_neg", "p_neu", "p_pos").list.arg_max()
    means = best.replace_strict(dict(enumerate(SENTIMENTS)), return_dtype=pl.Utf8)
    return joined.with_columns(pl.when(pl.col("units") > 1).then(means).otherwise(pl.col("sentiment"))
                               .alias("sentiment")).drop("units")


def languages(gold: Gold, judged: pl.DataFrame) -> list[str]:
    """The language of each judged row: what the gold file says, else what was detected."""
    detected = judged["lang"].to_list()
    if gold.langs is None:
        return detected
    return [gold.langs[at] or lang for at, lang in zip(judged["at"].to_list(), detected, strict=True)]


def documents(gold: Gold, places: Iterable[int]) -> np.ndarray:
    """The number of the document of each row in ``places``, (n,) int64; a row without one is its own."""
    import numpy as np

    known: dict[object, int] = {}
    named = gold.documents
    return np.array([known.setdefault(at if named is None or (name := named[at]) is None else name, len(known))
                     for at in places], np.int64)


def verdicts(gold: Gold, judged: pl.DataFrame, task: str) -> Verdicts:
    """Gold and judged labels of every row of ``judged``, which all have a gold label for ``task``."""
    import numpy as np

    from painpoints.classify import Verdicts

    places = judged["at"].to_list()
    gold_labels = [gold.labels[task][at] or "" for at in places]
    second = [gold.second[task][at] for at in places] if task in gold.second else None
    certain, rows = judged["certain"].to_numpy(), np.arange(len(judged))
    if task == "sentiment":
        probabilities = judged.select("p_neg", "p_neu", "p_pos").to_numpy().astype(np.float64)
        predicted = judged["sentiment"].to_list()
        confidence = probabilities[rows, [SENTIMENTS.index(label) for label in predicted]]
    elif task == "problem":
        problem, said = judged["problem_p"].to_numpy().astype(np.float64), judged["is_problem"].to_numpy()
        probabilities = np.stack([1 - problem, problem], 1)
        predicted, confidence = [PROBLEMS[int(yes)] for yes in said], np.where(said, problem, 1 - problem)
    else:
        probabilities = None  # a scored unit tells the probability of its best touchpoint and stage only
        predicted, confidence = judged[task].to_list(), judged[f"{task}_p"].to_numpy().astype(np.float64)
    return Verdicts(gold_labels, second, predicted, confidence, certain, documents(gold, places), probabilities)
