"""Conversations as wholes: how the customer felt on the way, what it was about, whether it was settled, what it cost.

Turns are read by cue lists in four languages (``cues/``), the judged sentiment of their units, and small heads over the
encoder's vectors (``acts``), which ``verdict`` weighs.
"""

from __future__ import annotations

from painpoints._lazy import lazy_exports

__all__ = ["CONVERSATIONS", "judge_conversations"]

__getattr__, __dir__ = lazy_exports(__name__, {"conversations": ["CONVERSATIONS", "judge_conversations"]})
