"""Judgement columns for units: sentiment, touchpoint, stage and problem, each with a calibrated probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from painpoints.classify.abstention import prediction_sets, single
from painpoints.classify.heads import EMOTIONS, SENTIMENTS, Heads
from painpoints.classify.products import product
from painpoints.taxonomy import NO_STAGE, Framework, Taxonomy

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from painpoints.classify.custom import ExampleTouchpoints

JUDGEMENTS = ("sentiment", "p_neg", "p_neu", "p_pos", "touchpoint", "touchpoint_p", "stage", "stage_p", "problem_p",
              "is_problem", "emotion", "emotion_p", "certain")
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

    def judge(self, units: pl.DataFrame, vectors: np.ndarray, *, whole: bool = False) -> pl.DataFrame:
        """``units`` with the columns of `JUDGEMENTS` added; ``vectors`` is (n, d) in the same order.

        ``whole`` units are rows taken as they came, an opinion or a text of many: their sentiment is the mean of what
        the heads say of a unit and of a text.

        A unit is ``certain`` when one sentiment and one stage alone remain possible at the stated coverage, per
        language (see ``abstention``). ``emotion`` is null unless the unit is negative
        and shows one.
        """
        import numpy as np
        import polars as pl

        langs = units["lang"].to_list()
        likely = self.heads.probabilities(vectors, langs)
        if whole:
            likely = replace(likely, sentiment=(likely.sentiment + likely.overall) / 2)
        touchpoint = likely.touchpoint if self._examples is None else self._examples.blend(
            vectors, likely.touchpoint, self.heads.info.touchpoints)
        codes = self.heads.info.touchpoints if self._examples is None else self._examples.codes
        best = touchpoint.argmax(1)
        stage_of = [self.framework.mapping.get(code, NO_STAGE) for code in codes]
        stages, mass = stage_mass(touchpoint, stage_of)
        place = np.array([stages.index(stage) for stage in stage_of])[best]
        stage_p = np.minimum(mass[np.arange(len(best)), place], 1.0)
        sentiment = likely.sentiment.argmax(1)
        floors = self.heads.info.floors
        stage_floors = floors.get(f"stage:{self.framework.name}") or floors[f"stage:{DEFAULT_FRAMEWORK}"]
        possible = prediction_sets(mass, stage_floors, langs)
        certain = (single(prediction_sets(likely.sentiment, floors["sentiment"], langs)) & single(possible)
                   & possible[np.arange(len(best)), place])  # the best touchpoint's stage need not be the likeliest one
        problem = likely.problem[:, 1]
        feeling = likely.emotion.argmax(1)
        felt = [sentiment[at] == 0 and EMOTIONS[of] != "none" for at, of in enumerate(feeling)]
        return units.with_columns(
            pl.Series("sentiment", [SENTIMENTS[i] for i in sentiment], pl.Utf8),
            *(pl.Series(f"p_{name}", likely.sentiment[:, i], pl.Float32) for i, name in enumerate(SENTIMENTS)),
            pl.Series("touchpoint", [codes[i] for i in best], pl.Utf8),
            pl.Series("touchpoint_p", touchpoint.max(1), pl.Float32),
            pl.Series("stage", [stages[at] for at in place], pl.Utf8), pl.Series("stage_p", stage_p, pl.Float32),
            pl.Series("problem_p", problem, pl.Float32), pl.Series("is_problem", problem >= 0.5, pl.Boolean),
            pl.Series("emotion", [EMOTIONS[of] if f else None for of, f in zip(feeling, felt, strict=True)], pl.Utf8),
            pl.Series("emotion_p", [float(p) if f else None for p, f in zip(likely.emotion.max(1), felt, strict=True)],
                      pl.Float32),
            pl.Series("certain", certain, pl.Boolean))


def stage_mass(touchpoint: np.ndarray, stage_of: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """The stages in alphabetical order, and for each unit the summed probability of the touchpoints of each, (n, s)."""
    import numpy as np

    names = sorted(set(stage_of))
    member = np.array([[stage == name for name in names] for stage in stage_of], np.float64)
    return names, product(touchpoint, member)
