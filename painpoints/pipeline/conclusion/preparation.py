"""What concluding imports and reads, at a time when nothing else would be done."""

from __future__ import annotations

from collections.abc import Callable


def prepare_conclusion(workers: int, look: Callable[[], None] = lambda: None) -> None:
    """Loads what `conclude` will need in this process, if there may be so many ``workers`` beside it.

    ``look`` is called now and then, and may raise what makes that vain.
    """
    from painpoints.cluster import prepare
    from painpoints.pipeline.conclusion.beside import LEAST

    look()
    from painpoints.pipeline.conclusion import concluding  # noqa: F401

    prepare(workers < LEAST, look)
