"""Corrections learnt from a company's own labels, on top of the shipped heads.

A correction is a low-norm linear map of the hidden layer, added to the logits (L2 towards zero, its strength chosen by
cross-validation of the log loss). What is unlike every labelled text keeps its judgement: the map is zero at the centre
of the anchors, texts of ours on every touchpoint that are also held where they were. Classes without labels get no
correction of their own, languages get a share that grows with their labels: n / (n + 10). Examples of a new touchpoint
are many in such a file and few in life, so its output is lowered half the way to the share of a usual touchpoint: six
touchpoints, each taken from the shipped heads and learnt again from 24 examples and 60 other labels, were then found in
0.62 of their real units with a precision of 0.43 (0.71 and 0.32 without, 0.52 and 0.54 all the way).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING

from painpoints.classify.abstention import fit_floor
from painpoints.classify.calibration import by_language, fit_temperature, softmax
from painpoints.classify.heads import HeadsInfo
from painpoints.classify.judge import DEFAULT_FRAMEWORK, stage_mass
from painpoints.classify.tuned import Correction, Start
from painpoints.taxonomy import NO_STAGE, Framework

if TYPE_CHECKING:
    import numpy as np

STRENGTHS = (10.0, 3.0, 1.0, 0.3, 0.1)
NOTHING = math.inf
FOLDS = 3
CALIBRATED_FROM = 100
"""Labels from which a language gets temperatures and floors of its own."""
_HALF_SHARE = 10
_CONSTANT = 0.3
_ANCHOR_WEIGHT = 0.5
_DIRECTIONS = 128
_LOWERED = 0.5
_STEPS = {"search": 20, "final": 80}


@dataclass(frozen=True)
class Examples:
    """Labelled rows of one task: ``hidden`` (n, hidden), class numbers ``labels`` (n,), and the ``folds`` (n,) in
    0 .. FOLDS - 1 that copies of a text share."""

    hidden: np.ndarray
    labels: np.ndarray
    langs: Sequence[str]
    folds: np.ndarray

    def take(self, rows: np.ndarray) -> Examples:
        """The rows numbered in ``rows``."""
        return Examples(self.hidden[rows], self.labels[rows], [self.langs[i] for i in rows.tolist()], self.folds[rows])


@dataclass(frozen=True)
class Space:
    """Where corrections live: the ``centre`` (hidden,) and ``size`` of the ``anchors`` (m, hidden)."""

    anchors: np.ndarray
    centre: np.ndarray
    size: float

    @classmethod
    def around(cls, anchors: np.ndarray) -> Space:
        """The space around the hidden layer of anchor texts, (m, hidden)."""
        import numpy as np

        centre = anchors.mean(0)
        return cls(anchors, centre, float(np.sqrt(((anchors - centre) ** 2).sum(1).mean())) or 1.0)

    def features(self, hidden: np.ndarray) -> np.ndarray:
        """(n, hidden + 1): the place of each row relative to the centre, and a constant."""
        import numpy as np

        constant = np.full((len(hidden), 1), _CONSTANT, np.float32)
        return np.concatenate([(hidden - self.centre) / self.size, constant], 1).astype(np.float32)

    def correction(self, weights: np.ndarray, shares: Mapping[str, float]) -> Correction:
        """The correction that ``weights`` (classes, hidden + 1) over the features are."""
        import numpy as np

        weight = (weights[:, :-1] / self.size).astype(np.float32)
        bias = _CONSTANT * weights[:, -1] - weight @ self.centre
        return Correction(weight, bias.astype(np.float32), shares)


@dataclass(frozen=True)
class Learnt:
    """A correction, the strength that was chosen (`NOTHING`: labels taught nothing, so it is zero), and the logits
    ``left_out`` (n, classes) of every row from the folds that it is not in."""

    correction: Correction
    strength: float
    left_out: np.ndarray


def language_shares(langs: Sequence[str]) -> dict[str, float]:
    """The share of a correction that each labelled language gets."""
    return {lang: round(n / (n + _HALF_SHARE), 4) for lang, n in sorted(Counter(langs).items())}


def read_anchors() -> list[tuple[str, str]]:
    """The anchors: (text, language), two of each touchpoint and language, written by us."""
    lines = resources.files("painpoints.classify").joinpath("anchors.tsv").read_text("utf8").splitlines()
    return [(text, lang) for lang, text in (line.split("\t") for line in lines)]


def learn(examples: Examples, start: Start, space: Space, temperatures: Mapping[str, float], *,
          strength: float | None = None, anchored: bool = True) -> Learnt:
    """The correction that ``examples`` (one or more) teach.

    ``temperatures`` are the shipped ones of the task. ``strength`` is used as it is when given. Without ``anchored``
    the anchors do not hold their judgement: a company's own touchpoints are none of theirs.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(1):  # products this small only wait for each other, and one thread sums in one order
        return _learn(_Problem(examples, start, space, temperatures, anchored), examples, start, space, strength)


def _learn(problem: _Problem, examples: Examples, start: Start, space: Space, strength: float | None) -> Learnt:
    import numpy as np

    unchanged = Learnt(problem.correction(np.zeros(problem.shape), space), NOTHING, problem.start_logits)
    if strength == NOTHING:
        return unchanged
    strengths = STRENGTHS if strength is None else (strength,)
    left_out = {candidate: problem.start_logits.copy() for candidate in strengths}
    for fold in range(FOLDS):
        rows, rest = np.flatnonzero(examples.folds == fold), np.flatnonzero(examples.folds != fold)
        if len(rows) and len(rest):
            found = np.zeros(problem.shape)
            for candidate in strengths:
                found = problem.fit(rest, candidate, found, _STEPS["search"])
                left_out[candidate][rows] = problem.logits(found)[rows]
    losses = {candidate: problem.loss(logits) for candidate, logits in left_out.items()}
    best = min(strengths, key=lambda candidate: losses[candidate])
    if strength is None and not start.new.any() and losses[best] >= problem.loss(problem.start_logits):
        return unchanged
    weights = problem.fit(np.arange(len(examples.labels)), best, np.zeros(problem.shape), _STEPS["final"])
    correction = problem.correction(weights, space)
    lowered = correction.bias - problem.excess
    return Learnt(replace(correction, bias=lowered), best, left_out[best] - problem.excess)


class _Problem:
    """The penalised log loss of a task's rows as a function of the weights, (classes, features)."""

    def __init__(self, examples: Examples, start: Start, space: Space, temperatures: Mapping[str, float],
                 anchored: bool) -> None:
        import numpy as np

        self.labels = examples.labels
        self.shares = language_shares(examples.langs)
        self.features, self.anchors, self.directions = _main_directions(
            space.features(examples.hidden), space.features(space.anchors[:len(space.anchors) if anchored else 0]))
        self.start_logits = examples.hidden @ start.weight.T + start.bias
        self.heat = by_language(temperatures, examples.langs).astype(np.float32)[:, None]
        share = np.array([self.shares[lang] for lang in examples.langs], np.float32)[:, None]
        self.gain = np.where(start.new[None], np.float32(1), share)
        self.shape = (len(start.bias), self.directions.shape[1])
        self.active = np.isin(np.arange(len(start.bias)), examples.labels)
        general = np.float32(temperatures["*"])
        self.anchor_logits = (space.anchors[:len(self.anchors)] @ start.weight.T + start.bias) / general
        self.anchor_heat = general
        self.excess = self._excess(start.new) if anchored else np.zeros(len(start.bias), np.float32)

    def _excess(self, new: np.ndarray) -> np.ndarray:
        """By how much the logit of each new class is lowered, being more frequent here than the mean, (classes,)."""
        import numpy as np

        counts = np.bincount(self.labels, minlength=len(new))
        share = counts / (len(self.labels) + _ANCHOR_WEIGHT * len(self.anchors))
        return np.where(new, _LOWERED * np.log(np.maximum(share * len(new), 1.0)), 0.0).astype(np.float32)

    def logits(self, weights: np.ndarray) -> np.ndarray:
        """Uncalibrated logits (n, classes) of all rows."""
        import numpy as np

        return np.asarray(self.start_logits + self.gain * (self.features @ weights.T.astype(np.float32)))

    def correction(self, weights: np.ndarray, space: Space) -> Correction:
        """The correction that ``weights`` (classes, directions) are."""
        return space.correction(weights @ self.directions.T, self.shares)

    def loss(self, logits: np.ndarray) -> float:
        """Mean log loss of the rows under uncalibrated ``logits`` (n, classes)."""
        import numpy as np

        chosen = softmax(logits / self.heat)[np.arange(len(self.labels)), self.labels]
        return float(-np.log(np.maximum(chosen, 1e-12)).mean())

    def fit(self, rows: np.ndarray, strength: float, begin: np.ndarray, steps: int) -> np.ndarray:
        """The weights (classes, features) with the least penalised loss of ``rows``, looked for from ``begin`` on."""
        import numpy as np
        from scipy.optimize import minimize

        active = self.active
        classes = np.arange(self.shape[0])
        features = np.concatenate([self.features[rows], self.anchors])
        targets = np.concatenate([(self.labels[rows, None] == classes).astype(np.float32), softmax(self.anchor_logits)])
        importance = np.concatenate([np.ones(len(rows)), np.full(len(self.anchors), _ANCHOR_WEIGHT)])[:, None]
        logits = np.concatenate([self.start_logits[rows] / self.heat[rows], self.anchor_logits])
        slope = np.concatenate([self.gain[rows] / self.heat[rows],
                                np.full((len(self.anchors), len(classes)), 1 / self.anchor_heat)])[:, active]
        features, logits, slope = (a.astype(np.float32) for a in (features, logits, slope))
        def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
            weights = flat.reshape(-1, self.shape[1])
            scores = logits.copy()
            scores[:, active] += slope * (features @ weights.T.astype(np.float32))
            scores -= scores.max(1, keepdims=True)
            powers = np.exp(scores)
            sums = powers.sum(1, keepdims=True)
            loss = -float((importance * targets * (scores - np.log(sums))).sum(dtype=np.float64))
            error = ((powers / sums - targets) * importance)[:, active] * slope
            gradient = (error.T.astype(np.float32) @ features).astype(np.float64) + strength * weights
            return loss + 0.5 * strength * float((weights ** 2).sum()), gradient.ravel()

        found = minimize(objective, begin[active].ravel(), jac=True, method="L-BFGS-B",
                         options={"maxiter": steps, "ftol": 1e-7, "gtol": 1e-3})
        weights = np.zeros(self.shape)
        weights[active] = found.x.reshape(-1, self.shape[1])
        return weights


def _main_directions(features: np.ndarray, anchors: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both turned into the directions (features, k) in which they vary most: low-norm maps hardly use the others."""
    import numpy as np

    every = np.concatenate([features, anchors]).astype(np.float64)
    directions = np.linalg.eigh(every.T @ every)[1][:, ::-1][:, :_DIRECTIONS]
    return (features @ directions).astype(np.float32), (anchors @ directions).astype(np.float32), directions


def corrected(hidden: np.ndarray, start: Start, correction: Correction, langs: Sequence[str]) -> np.ndarray:
    """Uncalibrated logits (n, classes) of ``hidden`` (n, hidden), each with its language's share of ``correction``."""
    import numpy as np

    share = np.array([correction.shares.get(lang, 0.0) for lang in langs], np.float32)[:, None]
    gain = np.where(start.new[None], np.float32(1), share)
    return np.asarray(hidden @ start.weight.T + start.bias + gain * (hidden @ correction.weight.T + correction.bias))


def temperatures_of(learnt: Learnt, examples: Examples, shipped: Mapping[str, float]) -> dict[str, float]:
    """``shipped`` temperatures, with new ones for languages of `CALIBRATED_FROM` or more labels."""
    return {**shipped, **{lang: round(fit_temperature(learnt.left_out[rows], examples.labels[rows]), 4)
                          for lang, rows in _well_labelled(examples.langs).items()}}


def sentiment_floors(likely: np.ndarray, labels: np.ndarray, langs: Sequence[str], info: HeadsInfo
                     ) -> dict[str, float]:
    """The floors of sentiment in ``info``, with new ones for languages of `CALIBRATED_FROM` or more labels.

    ``likely`` (n, 3) are the probabilities of rows that were left out when learning.
    """
    import numpy as np

    return _floors(likely[np.arange(len(labels)), labels], langs, info.floors["sentiment"], info.coverage)


def stage_floors(likely: np.ndarray, labels: np.ndarray, langs: Sequence[str], codes: Sequence[str],
                 frameworks: Sequence[Framework], info: HeadsInfo) -> dict[str, dict[str, float]]:
    """The same for the stages of every framework, under "stage:NAME"; ``likely`` is (n, touchpoints)."""
    import numpy as np

    found = {}
    for framework in frameworks:
        stage_of = [framework.mapping.get(code, NO_STAGE) for code in codes]
        stages, mass = stage_mass(likely, stage_of)
        true = np.array([stages.index(stage) for stage in stage_of])[labels]
        key = f"stage:{framework.name}"
        shipped = info.floors.get(key) or info.floors[f"stage:{DEFAULT_FRAMEWORK}"]
        found[key] = _floors(mass[np.arange(len(labels)), true], langs, shipped, info.coverage)
    return found


def calibrated(logits: np.ndarray, temperatures: Mapping[str, float], langs: Sequence[str]) -> np.ndarray:
    """Probabilities (n, classes) of uncalibrated ``logits``."""
    return softmax(logits, by_language(temperatures, langs))


def _floors(true_label: np.ndarray, langs: Sequence[str], shipped: Mapping[str, float], coverage: float
            ) -> dict[str, float]:
    return {**shipped, **{lang: round(fit_floor(true_label[rows], coverage), 4)
                          for lang, rows in _well_labelled(langs).items()}}


def _well_labelled(langs: Sequence[str]) -> dict[str, np.ndarray]:
    """The rows of each language that has `CALIBRATED_FROM` or more."""
    import numpy as np

    of = np.asarray(langs)
    return {lang: np.flatnonzero(of == lang) for lang, n in sorted(Counter(langs).items()) if n >= CALIBRATED_FROM}
