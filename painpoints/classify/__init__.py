"""Vectors to judgements: sentiment, touchpoint, stage, problem.

Comes in: units with their vectors. Goes out: the same units with calibrated judgement columns.
Promise: every judgement has a probability, and what is not certain says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.classify.conversations import CONVERSATIONS, judge_conversations
    from painpoints.classify.custom import ExampleTouchpoints, learn_touchpoints
    from painpoints.classify.documents import MIXED, judge_documents
    from painpoints.classify.figures import Figures, Verdicts, label_numbers, measure
    from painpoints.classify.heads import EMOTIONS, SENTIMENTS, Heads, load_heads
    from painpoints.classify.improvement import Change, change, change_by_language
    from painpoints.classify.judge import JUDGEMENTS, Judge
    from painpoints.classify.metrics import accuracy, confusion_matrix, macro_f1
    from painpoints.classify.noise import KINDS, NoiseHead, load_noise, mark_noise
    from painpoints.classify.products import product
    from painpoints.classify.resampling import Interval, holm, mcnemar, paired_bootstrap
    from painpoints.classify.tuned import (
        Correction,
        Start,
        TunedHeads,
        TunedInfo,
        digest_of,
        hidden_layer,
        is_tuned_file,
        load_tuned,
        save_tuned,
        start_of,
    )
    from painpoints.classify.tuning import (
        CALIBRATED_FROM,
        Examples,
        Learnt,
        Space,
        calibrated,
        corrected,
        learn,
        read_anchors,
        sentiment_floors,
        stage_floors,
        temperatures_of,
    )

__all__ = ["CALIBRATED_FROM", "CONVERSATIONS", "EMOTIONS", "JUDGEMENTS", "KINDS", "MIXED", "SENTIMENTS", "Change",
           "Correction", "ExampleTouchpoints", "Examples", "Figures", "Heads", "Interval", "Judge", "Learnt",
           "NoiseHead", "Space", "Start", "TunedHeads", "TunedInfo", "Verdicts", "accuracy", "calibrated", "change",
           "change_by_language", "confusion_matrix", "corrected", "digest_of", "hidden_layer", "holm", "is_tuned_file",
           "judge_conversations", "judge_documents", "label_numbers", "learn", "learn_touchpoints", "load_heads",
           "load_noise", "load_tuned", "macro_f1", "mark_noise", "mcnemar", "measure", "paired_bootstrap",
           "product", "read_anchors", "save_tuned", "sentiment_floors", "stage_floors", "start_of", "temperatures_of"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "conversations": ["CONVERSATIONS", "judge_conversations"],
    "custom": ["ExampleTouchpoints", "learn_touchpoints"],
    "documents": ["MIXED", "judge_documents"],
    "figures": ["Figures", "Verdicts", "label_numbers", "measure"],
    "heads": ["EMOTIONS", "SENTIMENTS", "Heads", "load_heads"],
    "improvement": ["Change", "change", "change_by_language"],
    "judge": ["JUDGEMENTS", "Judge"],
    "metrics": ["accuracy", "confusion_matrix", "macro_f1"],
    "noise": ["KINDS", "NoiseHead", "load_noise", "mark_noise"],
    "products": ["product"],
    "resampling": ["Interval", "holm", "mcnemar", "paired_bootstrap"],
    "tuned": ["Correction", "Start", "TunedHeads", "TunedInfo", "digest_of", "hidden_layer", "is_tuned_file",
        "load_tuned", "save_tuned", "start_of"],
    "tuning": ["CALIBRATED_FROM", "Examples", "Learnt", "Space", "calibrated", "corrected", "learn", "read_anchors",
        "sentiment_floors", "stage_floors", "temperatures_of"],
})
