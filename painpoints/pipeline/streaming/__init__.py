"""Judging shard by shard while the next ones are read and cut, so that the encoder need not wait.

Comes in: a run folder, and what is to be read into it. Goes out: its shards, judged, in any order.
Promise: every shard is whole or absent, and the same as if it had been judged alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.pipeline.streaming.size import workers_for, workers_for_source
    from painpoints.pipeline.streaming.stream import Stream, StreamFigures, judge_shards, no_run

__all__ = ["Stream", "StreamFigures", "judge_shards", "no_run", "workers_for", "workers_for_source"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "size": ["workers_for", "workers_for_source"],
    "stream": ["Stream", "StreamFigures", "judge_shards", "no_run"],
})
