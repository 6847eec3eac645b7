"""Whether other heads are better or worse than before on the same rows, and by more than chance allows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from painpoints.classify.metrics import accuracy, confusion_matrix, macro_f1
from painpoints.classify.resampling import holm, mcnemar, paired_bootstrap

if TYPE_CHECKING:
    import numpy as np

_ERRORS_AN_INTERVAL = 2 * 1.959964
LEVEL = 0.05


@dataclass(frozen=True)
class Change:
    """Figures of ``n`` rows before and after. ``p`` is the exact McNemar test (mid-p) on which rows are right.

    ``worse`` tells that accuracy and macro-F1 both fell by more than a standard error of the difference, or that one of
    them clearly fell: the 95 % interval of macro-F1 lies below zero, or accuracy fell with p under 0.05.
    """

    n: int
    accuracy_before: float
    accuracy_after: float
    macro_f1_before: float
    macro_f1_after: float
    only_before: int
    only_after: int
    p: float
    worse: bool


def change(gold: np.ndarray, before: np.ndarray, after: np.ndarray, classes: int) -> Change:
    """The change from the judgements ``before`` (n,) to those ``after`` (n,), one or more class numbers."""
    old, new = (confusion_matrix(gold, said, classes) for said in (before, after))
    only_before = int(((before == gold) & (after != gold)).sum())
    only_after = int(((after == gold) & (before != gold)).sum())
    p = mcnemar(only_before, only_after)
    span = paired_bootstrap(gold, before, after, classes).macro_f1
    error, highest = (0.0, 0.0) if span is None else ((span.high - span.low) / _ERRORS_AN_INTERVAL, span.high)
    # The standard error of a paired difference of accuracies, were both equally good, is the root of the rows that
    # only one has right (McNemar).
    fell = only_before - only_after > math.sqrt(only_before + only_after)
    both = fell and macro_f1(new) - macro_f1(old) < -error
    clearly = highest < 0 or (only_after < only_before and p < LEVEL)
    return Change(len(gold), accuracy(old), accuracy(new), macro_f1(old), macro_f1(new), only_before, only_after, p,
                  both or clearly)


def change_by_language(gold: np.ndarray, before: np.ndarray, after: np.ndarray, classes: int, langs: Sequence[str],
                       least: int) -> Mapping[str, Change]:
    """The change in each language of ``least`` or more rows; worse is one whose accuracy fell, p corrected by Holm."""
    import numpy as np

    of = np.asarray(langs)
    found = {str(lang): change(gold[rows], before[rows], after[rows], classes)
             for lang in np.unique(of) if len(rows := np.flatnonzero(of == lang)) >= least}
    corrected = holm([each.p for each in found.values()])
    return {lang: replace(each, worse=each.only_after < each.only_before and p < LEVEL)
            for (lang, each), p in zip(found.items(), corrected, strict=True)}
