"""Judgement columns for units: sentiment, touchpoint, stage and problem, each with a calibrated probability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from painpoints.classify.calibration import by_language
from painpoints.classify.heads import SENTIMENTS, Heads
from painpoints.taxonomy import NO_STAGE, Framework, Taxonomy

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from painpoints.classify.custom import ExampleTouchpoints

JUDGEMENTS = ("sentiment", "p_neg", "p_neu", "p_pos", "touchpoint", "touchpoint_p", "stage", "stage_p", "problem_p",
              "is_problem", "certain")
DEFAULT_FRAMEWORK = "three-stage"


class Judge:
    """Units and their vectors to judgement columns.

    ``taxonomy`` may be a company's own: then ``examples`` (from `learn_touchpoints`) says the touchpoint, and the
    heads say sentiment, problem and how likely the unit is an overall verdict or no experience at all.
    """

    def __init__(self, heads: Heads, taxonomy: Taxonomy, framework: Framework,
                 examples: ExampleTouchpoints | None = None) -> None:
        self.heads = heads
        self.taxonomy = taxonomy
        self.framework = framework
        self._examples = examples

    def judge(self, units: pl.DataFrame, vectors: np.ndarray) -> pl.DataFrame:
        """``units`` with the columns of `JUDGEMENTS` added; ``vectors`` is (n, d) in the same order.

        A unit is ``certain`` when its sentiment and its stage both pass the threshold of its language, above which
        held-out texts were right as often as the heads' targets promise.
        """
        import polars as pl

        langs = units["lang"].to_list()
        likely = self.heads.probabilities(vectors, langs)
        touchpoint = likely.touchpoint if self._examples is None else self._examples.blend(
            vectors, likely.touchpoint, self.heads.info.touchpoints)
        codes = self.heads.info.touchpoints if self._examples is None else self._examples.codes
        best = touchpoint.argmax(1)
        stage_of = [self.framework.mapping.get(code, NO_STAGE) for code in codes]
        stage, stage_p = _stages(touchpoint, best, stage_of)
        sentiment = likely.sentiment.argmax(1)
        thresholds = self.heads.info.thresholds
        stage_key = f"stage:{self.framework.name}"
        stage_floor = thresholds.get(stage_key) or thresholds[f"stage:{DEFAULT_FRAMEWORK}"]
        certain = ((likely.sentiment.max(1) >= by_language(thresholds["sentiment"], langs))
                   & (stage_p >= by_language(stage_floor, langs)))
        problem = likely.problem[:, 1]
        return units.with_columns(
            pl.Series("sentiment", [SENTIMENTS[i] for i in sentiment], pl.Utf8),
            *(pl.Series(f"p_{name}", likely.sentiment[:, i], pl.Float32) for i, name in enumerate(SENTIMENTS)),
            pl.Series("touchpoint", [codes[i] for i in best], pl.Utf8),
            pl.Series("touchpoint_p", touchpoint.max(1), pl.Float32),
            pl.Series("stage", stage, pl.Utf8), pl.Series("stage_p", stage_p, pl.Float32),
            pl.Series("problem_p", problem, pl.Float32), pl.Series("is_problem", problem >= 0.5, pl.Boolean),
            pl.Series("certain", certain, pl.Boolean))


def _stages(touchpoint: np.ndarray, best: np.ndarray, stage_of: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """The stage of each unit's best touchpoint, and the summed probability of all touchpoints of that stage."""
    import numpy as np

    names = sorted(set(stage_of))
    member = np.array([[stage == name for name in names] for stage in stage_of], np.float64)
    mass = touchpoint @ member
    index = np.array([names.index(stage) for stage in stage_of])[best]
    return [names[i] for i in index], np.minimum(mass[np.arange(len(best)), index], 1.0)
