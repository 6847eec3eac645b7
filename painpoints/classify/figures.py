"""Everything that is measured of one task on one group of rows: how often right, how sure, how far off by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from painpoints.classify.calibration import brier_score, expected_calibration_error
from painpoints.classify.metrics import ClassFigures, accuracy, class_figures, cohen_kappa, confusion_matrix, macro_f1
from painpoints.classify.resampling import Interval, bootstrap

if TYPE_CHECKING:
    import numpy as np

BINS = 15


@dataclass(frozen=True)
class Bin:
    """One step of the reliability diagram: rows whose confidence lies in ``low`` .. ``high``."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Certain:
    """What the judge calls certain: how many rows, which share of all, and how often it is right there."""

    n: int
    coverage: float
    accuracy: float | None


@dataclass(frozen=True)
class Agreement:
    """The second annotator against the first, and the judge on the same ``n`` rows."""

    n: int
    accuracy: float
    macro_f1: float
    kappa: float | None
    judge_accuracy: float
    judge_macro_f1: float
    judge_kappa: float | None


@dataclass(frozen=True)
class Figures:
    """The figures of ``n`` rows out of ``documents`` documents.

    ``brier`` is the mean squared distance between the confidence in the chosen label and whether it was right (0 best,
    1 worst); ``brier_classes`` the one over all classes (0 .. 2), None where only the chosen label's probability is
    known. ``confusion`` has a row for each gold and a column for each predicted one of ``labels``.
    """

    n: int
    documents: int
    accuracy: float
    accuracy_interval: Interval | None
    macro_f1: float
    macro_f1_interval: Interval | None
    ece: float
    brier: float
    brier_classes: float | None
    classes: tuple[ClassFigures, ...]
    labels: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    reliability: tuple[Bin, ...]
    certain: Certain
    agreement: Agreement | None


@dataclass(frozen=True)
class Verdicts:
    """Labels of n rows: gold, what a second annotator says (None: nothing), what the judge says and how surely.

    ``documents`` (n,) numbers the document of each row; ``probabilities`` (n, classes) are in the order of the classes
    they are measured with, None where not all are known.
    """

    gold: Sequence[str]
    second: Sequence[str | None] | None
    predicted: Sequence[str]
    confidence: np.ndarray
    certain: np.ndarray
    documents: np.ndarray
    probabilities: np.ndarray | None = None

    def take(self, rows: np.ndarray) -> Verdicts:
        """The rows numbered in ``rows``."""
        at = rows.tolist()
        return Verdicts([self.gold[i] for i in at], None if self.second is None else [self.second[i] for i in at],
                        [self.predicted[i] for i in at], self.confidence[rows], self.certain[rows],
                        self.documents[rows], None if self.probabilities is None else self.probabilities[rows])


def measure(verdicts: Verdicts, classes: Sequence[str]) -> Figures:
    """The figures of ``verdicts``, of which there is at least one; ``classes`` are all labels in their usual order."""
    import numpy as np

    place = {label: at for at, label in enumerate(classes)}
    gold, said = label_numbers(verdicts.gold, place), label_numbers(verdicts.predicted, place)
    confusion = confusion_matrix(gold, said, len(classes))
    correct = gold == said
    intervals = bootstrap(gold, said, len(classes), verdicts.documents)
    seen = np.flatnonzero(confusion.sum(0) + confusion.sum(1))
    certain = int(verdicts.certain.sum())
    return Figures(
        n=len(gold), documents=len(np.unique(verdicts.documents)), accuracy=accuracy(confusion),
        accuracy_interval=intervals.accuracy, macro_f1=macro_f1(confusion), macro_f1_interval=intervals.macro_f1,
        ece=expected_calibration_error(verdicts.confidence, correct, BINS),
        brier=float(((verdicts.confidence - correct) ** 2).mean()),
        brier_classes=None if verdicts.probabilities is None else brier_score(verdicts.probabilities, gold),
        classes=class_figures(confusion, classes), labels=tuple(classes[int(k)] for k in seen),
        confusion=tuple(tuple(row) for row in confusion[np.ix_(seen, seen)].tolist()),
        reliability=_reliability(verdicts.confidence, correct),
        certain=Certain(certain, certain / len(gold), float(correct[verdicts.certain].mean()) if certain else None),
        agreement=_agreement(gold, said, verdicts.second, place))


def label_numbers(labels: Sequence[str], place: Mapping[str, int]) -> np.ndarray:
    """The number of each label, (n,) int64."""
    import numpy as np

    return np.array([place[label] for label in labels], np.int64)


def _reliability(confidence: np.ndarray, correct: np.ndarray) -> tuple[Bin, ...]:
    import numpy as np

    index = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return tuple(Bin(b / BINS, (b + 1) / BINS, int(rows.sum()), float(confidence[rows].mean()),
                     float(correct[rows].mean())) for b in range(BINS) if (rows := index == b).any())


def _agreement(gold: np.ndarray, said: np.ndarray, second: Sequence[str | None] | None, place: Mapping[str, int]
               ) -> Agreement | None:
    import numpy as np

    given = [] if second is None else [(at, label) for at, label in enumerate(second) if label is not None]
    if not given:
        return None
    rows = np.array([at for at, _ in given])
    other = confusion_matrix(gold[rows], label_numbers([label for _, label in given], place), len(place))
    own = confusion_matrix(gold[rows], said[rows], len(place))
    return Agreement(len(rows), accuracy(other), macro_f1(other), cohen_kappa(other), accuracy(own), macro_f1(own),
                     cohen_kappa(own))
