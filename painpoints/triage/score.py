"""How urgent a comment is: documented parts, each 0..1, to one score of 0..100.

    need    = 1 - product over the parts of (1 - weight * part)
    score   = 100 * need * (0.6 + 0.4 * fresh)
    lifted  = 75 + score / 4, where there is a cue of danger or law

``need`` is what is left when each part in turn takes its share of what is not yet needed (a noisy OR): no part can
lower it, and none but danger and law takes a comment over 40 alone. ``fresh`` halves every three days.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

PARTS: Mapping[str, float] = MappingProxyType({
    "safety": 0.6, "legal": 0.6, "fraud": 0.4, "exposure": 0.35, "churn": 0.3, "vulnerable": 0.3, "waiting": 0.25,
    "question": 0.1, "problem": 0.3, "negative": 0.2, "emotion": 0.15, "reach": 0.35, "again": 0.2, "regular": 0.1,
    "trend": 0.2,
})
"""The weights; README tells what each part is."""
LIFTING = ("safety", "legal")
TOP_BAND = 75.0
HALF_LIFE = 72.0
"""Hours after which a comment is half as fresh."""
STALE = 0.6
"""What stays of the need when nothing is fresh about it."""


def freshness(hours: np.ndarray) -> np.ndarray:
    """1 for a comment of this moment, halved every `HALF_LIFE` hours; (n,)."""
    halved: np.ndarray = np.exp2(-np.maximum(hours, 0) / HALF_LIFE)
    return halved


def combine(parts: Mapping[str, np.ndarray], fresh: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Scores (n,) 0..100, and what each part and "fresh" gave to them, which adds up to the scores.

    ``parts`` maps names of `PARTS` to (n,) in 0..1; what is not given is 0. The shares of a need are those of the
    logarithms of what each part leaves; freshness is given half of what it adds to them (its Shapley value).
    """
    left = {name: np.log1p(-PARTS[name] * np.clip(part, 0, 1)) for name, part in parts.items()}
    whole = sum(left.values(), np.zeros(len(fresh)))
    need = -np.expm1(whole)
    score = 100 * need * (STALE + (1 - STALE) * fresh)
    lifting = {name: (parts[name] > 0).astype(float) for name in LIFTING if name in parts}
    lifts = sum(lifting.values(), np.zeros(len(fresh)))
    lifted = lifts > 0
    scale = np.where(lifted, 0.25, 1.0)
    gained = 100 * need * (1 - STALE) * fresh / 2 * scale
    shared = score * scale - gained
    given = {name: shared * np.divide(part, whole, out=np.zeros_like(whole), where=whole < 0)
             for name, part in left.items()}
    for name, lift in lifting.items():
        given[name] = given[name] + TOP_BAND * np.divide(lift, lifts, out=np.zeros_like(lifts), where=lifted)
    return np.where(lifted, TOP_BAND + score / 4, score), {**given, "fresh": gained}
