"""What concluding imports and reads, at a time when nothing else would be done."""

from __future__ import annotations

from collections.abc import Callable


def prepare_conclusion(look: Callable[[], None] = lambda: None) -> None:
    """Loads what `conclude` will need; ``look`` is called now and then, and may raise what makes that vain."""
    from painpoints.cluster import prepare

    look()
    from painpoints.pipeline.conclusion import concluding  # noqa: F401

    prepare(look)
