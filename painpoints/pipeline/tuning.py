"""A company's corrections to tuned heads: read, encoded once, learnt, measured on a part held out, written."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.config import Settings
from painpoints.errors import UsageError
from painpoints.pipeline.amendments import corrections_frame
from painpoints.pipeline.corrections import (
    TASKS,
    Encoded,
    class_numbers,
    classes_of,
    corrections_in,
    encode_texts,
    read_corrections,
    untouched_texts,
)
from painpoints.pipeline.gold import Gold, GoldColumns
from painpoints.pipeline.models import chosen_framework
from painpoints.pipeline.progress import Progress, silent
from painpoints.read import StdinMark
from painpoints.taxonomy import Taxonomy, extend, load_taxonomy

if TYPE_CHECKING:
    import numpy as np

    from painpoints.classify import Change, Heads, Learnt, Start, TunedHeads
    from painpoints.encode import UnitEncoder
    from painpoints.pipeline.workspace import Workspace

LEAST_HELD_OUT = 20
LEAST_OF_A_LANGUAGE = 30
MOST_MOVED = 0.05
"""What people correct are mistakes only, from which heads could learn to be wrong elsewhere: no more than this share of
what is certain and nobody corrected may change."""


@dataclass(frozen=True)
class TaskTuning:
    """What one task's ``labels`` taught. ``strength`` of the penalty is None where they taught nothing.

    ``overall`` compares the ``held_out`` rows before and after, None where they are too few; ``known`` does so for
    those whose touchpoint is not a new one. ``recalibrated`` are languages with temperatures of their own. ``moved`` is
    the share that would change of what the machine is certain of and nobody corrected, in a workspace.
    """

    task: str
    labels: int
    held_out: int
    strength: float | None
    overall: Change | None
    known: Change | None
    languages: Mapping[str, Change]
    recalibrated: tuple[str, ...]
    moved: float | None = None

    def doubts(self) -> list[str]:
        """Why this task should not be written: clauses for a message."""
        astray = [] if self.moved is None or self.moved <= MOST_MOVED else [
            f"{self.task} would change {self.moved:.0%} of what is certain and nobody corrected"]
        if self.overall is None:
            return [f"{self.task} has {self.held_out} labels held out, {LEAST_HELD_OUT} are needed to measure it",
                    *astray]
        groups = [("", self.overall), *([(" of the touchpoints known before", self.known)] if self.known else []),
                  *((f" in {lang}", change) for lang, change in self.languages.items())]
        return [f"{self.task}{where} got worse" for where, change in groups if change.worse] + astray


@dataclass(frozen=True)
class Tuning:
    """What tuning found. ``doubts`` say why it should not be written; ``written`` is the file, or None.

    The heads that are written have learnt from all rows; the figures come from heads without those held out.
    """

    corrections: str
    taxonomy: str
    rows: int
    left_out: Mapping[str, int]
    added: Mapping[str, str]
    tasks: Mapping[str, TaskTuning]
    doubts: tuple[str, ...]
    forced: bool
    written: str | None
    heads: TunedHeads

    def as_dict(self) -> dict[str, Any]:
        """The findings as plain values."""
        names = ("corrections", "taxonomy", "rows", "left_out", "added", "doubts", "forced", "written")
        found = {name: getattr(self, name) for name in names}
        return {**found, "tasks": {name: asdict(task) for name, task in self.tasks.items()}}


@dataclass(frozen=True)
class _Material:
    """Everything the tasks learn from: labelled texts, the examples of a company's taxonomy, anchors."""

    gold: Gold
    texts: Encoded
    taxonomy: Taxonomy
    heads: Heads
    hidden: np.ndarray
    anchors: np.ndarray
    examples: Encoded | None
    example_codes: tuple[str, ...]
    by_examples: np.ndarray | None
    untouched: Encoded | None = None


def tune(corrections: str | Path | StdinMark, out: str | Path, settings: Settings | None = None,
         columns: GoldColumns | None = None, *, add: Mapping[str, str] | None = None, force: bool = False,
         progress: Progress = silent, now: datetime | None = None) -> Tuning:
    """Heads tuned to the labels in the file ``corrections``, written to ``out`` unless there are doubts; or to what
    people corrected in the workspace of that name, by its taxonomy.

    ``add`` maps codes of new touchpoints to stages; ``force`` writes whatever the figures say. Raises what reading
    raises, TaxonomyError for what cannot be added, StorageError when the disk refuses.
    """
    from painpoints.classify import load_heads, save_tuned
    from painpoints.encode import EMBEDDED_NAME, load_encoder
    from painpoints.store import storage, write_whole

    settings, path = settings or Settings(), Path(out)
    if path.suffix != ".safetensors":
        raise UsageError(f"{out}: tuned heads are a .safetensors file.", hint="End the name in .safetensors.")
    heads = load_heads()
    with _opened(corrections) as workspace:
        if workspace is not None:
            settings, add = _as_in(workspace, settings, add or {})
        company, added = load_taxonomy(settings.taxonomy), dict(sorted((add or {}).items()))
        taxonomy = extend(company, added)
        framework = chosen_framework(taxonomy, settings.framework)
        gold = read_corrections(corrections, settings, columns or GoldColumns(), taxonomy, framework, tuple(added)
                                ) if workspace is None else corrections_in(workspace, taxonomy, framework, tuple(added))
        untouched = None if workspace is None else untouched_texts(workspace)
    encoder = load_encoder(EMBEDDED_NAME, precision=settings.precision)
    progress("encode", 0, len(gold.texts))
    material = _material(gold, company, taxonomy, heads, encoder)
    if untouched is not None and untouched[0]:
        material = replace(material, untouched=encode_texts(*untouched, encoder))
    progress("encode", len(gold.texts), len(gold.texts))
    labelled = [task for task in TASKS if (class_numbers(gold, task, material.texts.rows, taxonomy.codes) >= 0).any()]
    learnt = {task: _learn(material, task) for task in labelled}
    tasks = {task: found for task, (found, _, _) in learnt.items()}
    doubts = tuple(doubt for task in tasks.values() for doubt in task.doubts())
    written = not doubts or force
    rows = len(material.texts.rows)
    figures = {"rows": rows, "fitted_on": "all rows, those held out for the figures included", "forced": force,
               "doubts": doubts, "tasks": {name: asdict(task) for name, task in tasks.items()}}
    tuned = _assembled(material, learnt, added, figures, now or datetime.now(UTC))
    if written:
        with storage(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, lambda partial: save_tuned(tuned, partial))
    return Tuning(gold.file, taxonomy.source, rows, gold.left_out, added, tasks, doubts, force,
                  str(path) if written else None, tuned)


@contextmanager
def _opened(corrections: str | Path | StdinMark) -> Iterator[Workspace | None]:
    """The workspace in the folder that ``corrections`` is, None where it is none."""
    from painpoints.pipeline.workspace import Workspace

    if isinstance(corrections, StdinMark) or not Path(corrections).is_dir():
        yield None
        return
    with Workspace.open(corrections) as workspace:
        yield workspace


def _as_in(workspace: Workspace, settings: Settings, add: Mapping[str, str]) -> tuple[Settings, dict[str, str]]:
    """``settings`` and touchpoints to ``add`` as the workspace has them where nothing else is said; those that its own
    tuned model added are added again where people named them."""
    from painpoints.classify import is_tuned_file, load_heads, load_tuned

    own = workspace.settings
    settings = replace(settings, taxonomy=settings.taxonomy or own.taxonomy,
                       framework=settings.framework or own.framework)
    if not is_tuned_file(own.model):
        return settings, dict(add)
    named = set(corrections_frame(workspace).filter(field="touchpoint")["value"])
    learnt = load_tuned(str(own.model), load_heads()).added
    return settings, {**{code: stage for code, stage in learnt.items() if code in named}, **add}


def _material(gold: Gold, company: Taxonomy, taxonomy: Taxonomy, heads: Heads, encoder: UnitEncoder) -> _Material:
    from painpoints.classify import hidden_layer, learn_touchpoints, read_anchors

    texts = encode_texts(gold.texts, gold.langs, encoder)
    anchors = read_anchors()
    general = encode_texts([text for text, _ in anchors], [lang for _, lang in anchors], encoder)
    own: Encoded | None = None
    own_codes: tuple[str, ...] = ()
    by_examples = None
    if not company.builtin and "touchpoint" in gold.labels:
        pairs = [(text, touchpoint.code) for touchpoint in company.touchpoints for text in touchpoint.examples]
        own = encode_texts([text for text, _ in pairs], None, encoder)
        own_codes = tuple(pairs[row][1] for row in own.rows)
        shipped = heads.probabilities(texts.vectors, texts.langs).touchpoint
        learnt = learn_touchpoints(company, encoder)
        likely = learnt.blend(texts.vectors, shipped, heads.info.touchpoints)
        place = {code: at for at, code in enumerate(taxonomy.codes)}
        by_examples = _numbers([place[learnt.codes[at]] for at in likely.argmax(1)])
    return _Material(gold, texts, taxonomy, heads, hidden_layer(heads, texts.vectors),
                     hidden_layer(heads, general.vectors), own, own_codes, by_examples)


def _learn(material: _Material, task: str) -> tuple[TaskTuning, Learnt, Any]:
    """The figures of ``task``, what all its rows teach, and those rows."""
    import numpy as np

    from painpoints.classify import CALIBRATED_FROM, Examples, Space, corrected, hidden_layer, learn, start_of

    texts, codes = material.texts, material.taxonomy.codes
    labels = class_numbers(material.gold, task, texts.rows, codes)
    rows = np.flatnonzero(labels >= 0)
    held_out = texts.held_out()[rows]
    every = Examples(material.hidden, labels, texts.langs, texts.folds()).take(rows)
    start = start_of(material.heads, task, codes)
    space = Space.around(material.anchors)
    shipped = material.heads.info.temperatures[task]
    of_company = task == "touchpoint" and material.examples is not None
    taught = every
    training = np.flatnonzero(~held_out)
    if of_company and material.examples is not None:
        own = material.examples
        place = {code: at for at, code in enumerate(codes)}
        numbers = _numbers([place[code] for code in material.example_codes])
        taught = Examples(np.concatenate([every.hidden, hidden_layer(material.heads, own.vectors)]),
                          np.concatenate([every.labels, numbers]), [*every.langs, *own.langs],
                          np.concatenate([every.folds, own.folds()]))
        # An example that a held-out row repeats would tell its label.
        told = {texts.keys[row] for row in rows[held_out]}
        free = [at for at, key in enumerate(own.keys, len(rows)) if key not in told]
        training = np.concatenate([training, np.array(free, np.int64)])
    strength = math.inf if not start.new.any() else None
    overall: Change | None = None
    known: Change | None = None
    by_lang: Mapping[str, Change] = {}
    if len(training):
        part = learn(taught.take(training), start, space, shipped, anchored=not of_company)
        strength = part.strength
        if held_out.sum() >= LEAST_HELD_OUT:
            before = _before(material, start, task, rows)[held_out]
            spoken = [lang for lang, held in zip(every.langs, held_out, strict=True) if held]
            after = corrected(every.hidden[held_out], start, part.correction, spoken).argmax(1)
            overall, known, by_lang = _changes(every.labels[held_out], before, after, spoken, start, of_company,
                                               len(classes_of(task, codes)))
    final = learn(taught, start, space, shipped, strength=strength, anchored=not of_company)
    spoken_by = Counter(taught.langs)
    recalibrated = tuple(sorted(lang for lang, n in spoken_by.items() if n >= CALIBRATED_FROM))
    chosen = None if final.strength == math.inf else final.strength
    return (TaskTuning(task, len(rows), int(held_out.sum()), chosen, overall, known, by_lang, recalibrated,
                       None if of_company else _moved(material, start, final)), final, taught)


def _moved(material: _Material, start: Start, final: Learnt) -> float | None:
    """The share of judgements of what nobody corrected that what was learnt changes."""
    import numpy as np

    from painpoints.classify import corrected, hidden_layer

    if material.untouched is None:
        return None
    hidden = hidden_layer(material.heads, material.untouched.vectors)
    before = np.where(start.new[None], -np.inf, hidden @ start.weight.T + start.bias).argmax(1)
    return float((corrected(hidden, start, final.correction, material.untouched.langs).argmax(1) != before).mean())


def _before(material: _Material, start: Start, task: str, rows: np.ndarray) -> np.ndarray:
    """What is said of ``rows`` without the corrections, (n,) class numbers."""
    import numpy as np

    if task == "touchpoint" and material.by_examples is not None:
        return np.asarray(material.by_examples[rows])
    logits = material.hidden[rows] @ start.weight.T + start.bias
    return np.asarray(np.where(start.new[None], -np.inf, logits).argmax(1))


def _changes(gold: np.ndarray, before: np.ndarray, after: np.ndarray, langs: list[str], start: Start, of_company: bool,
             classes: int) -> tuple[Change, Change | None, Mapping[str, Change]]:
    from painpoints.classify import change, change_by_language

    known = None
    old = ~start.new[gold]
    if start.new.any() and not of_company and old.any():
        known = change(gold[old], before[old], after[old], classes)
    return (change(gold, before, after, classes), known,
            change_by_language(gold, before, after, classes, langs, LEAST_OF_A_LANGUAGE))


def _assembled(material: _Material, learnt: Mapping[str, tuple[TaskTuning, Learnt, Any]], added: Mapping[str, str],
               figures: Mapping[str, Any], now: datetime) -> TunedHeads:
    from painpoints.classify import (
        TunedHeads,
        TunedInfo,
        calibrated,
        digest_of,
        sentiment_floors,
        stage_floors,
        temperatures_of,
    )

    info, taxonomy = material.heads.info, material.taxonomy
    temperatures = {task: dict(of) for task, of in info.temperatures.items()}
    floors = {name: dict(of) for name, of in info.floors.items()}
    for task, (_, found, rows) in learnt.items():
        temperatures[task] = temperatures_of(found, rows, info.temperatures[task])
        likely = calibrated(found.left_out, temperatures[task], rows.langs)
        if task == "sentiment":
            floors[task] = sentiment_floors(likely, rows.labels, rows.langs, info)
        elif task == "touchpoint":
            floors |= stage_floors(likely, rows.labels, rows.langs, taxonomy.codes,
                                           tuple(taxonomy.frameworks.values()), info)
    corrections = {task: found.correction for task, (_, found, _) in learnt.items()}
    touchpoints = taxonomy.codes if "touchpoint" in learnt else info.touchpoints
    shares = {task: dict(correction.shares) for task, correction in corrections.items()}
    tuned = TunedInfo(info.version, digest_of(material.heads), info.encoder, tuple(touchpoints), dict(added),
                      temperatures, floors, shares, figures, now.isoformat(timespec="seconds"))
    return TunedHeads(material.heads, corrections, tuned, f"{info.version}+tuned")


def _numbers(values: list[int]) -> np.ndarray:
    import numpy as np

    return np.array(values, np.int64)
