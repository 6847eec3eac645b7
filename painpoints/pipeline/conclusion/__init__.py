"""Last step: judged shards to pain points, final tables and the report, however many shards there are.

Comes in: a run folder of which every shard is judged. Goes out: the same folder, finished.
Promise: texts are in memory only where they are read; of all units stay the columns that the next step needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.pipeline.conclusion.concluding import Asked, conclude
    from painpoints.pipeline.conclusion.preparation import prepare_conclusion

__all__ = ["Asked", "conclude", "prepare_conclusion"]

__getattr__, __dir__ = lazy_exports(__name__, {"concluding": ["Asked", "conclude"],
                                               "preparation": ["prepare_conclusion"]})
