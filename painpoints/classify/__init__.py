"""Vectors to judgements: sentiment, touchpoint, stage, problem.

Comes in: units with their vectors. Goes out: the same units with calibrated judgement columns.
Promise: every judgement has a probability, and what is not certain says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.classify.custom import ExampleTouchpoints, learn_touchpoints
    from painpoints.classify.documents import MIXED, judge_documents
    from painpoints.classify.heads import SENTIMENTS, Heads, load_heads
    from painpoints.classify.judge import JUDGEMENTS, Judge

__all__ = ["JUDGEMENTS", "MIXED", "SENTIMENTS", "ExampleTouchpoints", "Heads", "Judge", "judge_documents",
           "learn_touchpoints", "load_heads"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "custom": ["ExampleTouchpoints", "learn_touchpoints"],
    "documents": ["MIXED", "judge_documents"],
    "heads": ["SENTIMENTS", "Heads", "load_heads"],
    "judge": ["JUDGEMENTS", "Judge"],
})
