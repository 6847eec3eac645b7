"""A company's own touchpoints, recognised by the example sentences it gives.

A regularised logistic regression over the encoder's vectors, after the common direction of all examples is taken out;
its temperature comes from predicting each example from the others, so that few examples give modest probabilities.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from painpoints.classify.calibration import fit_temperature, softmax
from painpoints.classify.products import product
from painpoints.taxonomy import Taxonomy

if TYPE_CHECKING:
    import numpy as np

    from painpoints.encode import UnitEncoder

VERDICTS = ("general", "none")
"""Touchpoints on no journey, for which the trained heads speak whatever the taxonomy."""


@dataclass(frozen=True)
class ExampleTouchpoints:
    """Touchpoints learnt from examples: ``weights`` (touchpoints, d), ``bias`` (touchpoints,), ``centre`` (d,)."""

    codes: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray
    centre: np.ndarray
    temperature: float
    left_one_out_accuracy: float

    def blend(self, vectors: np.ndarray, trained: np.ndarray, trained_codes: Sequence[str]) -> np.ndarray:
        """Probabilities (n, codes) of ``vectors`` (n, d).

        The trained heads' mass for overall verdicts and for no experience at all is kept; the rest is shared among
        the company's touchpoints.
        """
        import numpy as np

        own = softmax(product(vectors - self.centre, self.weights.T) + self.bias, self.temperature)
        verdicts = np.stack([trained[:, list(trained_codes).index(code)] for code in VERDICTS], 1)
        return np.concatenate([own * (1.0 - verdicts.sum(1, keepdims=True)), verdicts], 1)


def learn_touchpoints(taxonomy: Taxonomy, encoder: UnitEncoder) -> ExampleTouchpoints:
    """The classifier of a company's taxonomy; every touchpoint but general and none needs its examples."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import LeaveOneOut, cross_val_predict

    own = [t for t in taxonomy.touchpoints if t.code not in VERDICTS]
    texts = [example for t in own for example in t.examples]
    labels = np.array([k for k, t in enumerate(own) for _ in t.examples])
    vectors = encoder.encode(texts)
    centre = vectors.mean(0)
    model = LogisticRegression(C=30.0, class_weight="balanced", max_iter=500)
    if len(own) == 2:
        # Two classes give one decision column; a third, empty one is not learnt, so mirror it.
        model.fit(vectors - centre, labels)
        weights = np.concatenate([-model.coef_, model.coef_]) / 2
        bias = np.concatenate([-model.intercept_, model.intercept_]) / 2
        left_out = cross_val_predict(model, vectors - centre, labels, cv=LeaveOneOut(), method="decision_function")
        scores = np.stack([-left_out, left_out], 1) / 2
    else:
        model.fit(vectors - centre, labels)
        weights, bias = model.coef_, model.intercept_
        scores = cross_val_predict(model, vectors - centre, labels, cv=LeaveOneOut(), method="decision_function")
    codes = tuple(t.code for t in own) + VERDICTS
    return ExampleTouchpoints(codes, weights.astype(np.float32), bias.astype(np.float32), centre,
                              fit_temperature(scores, labels), float((scores.argmax(1) == labels).mean()))
