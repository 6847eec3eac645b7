"""What concluding imports and reads, at a time when nothing else would be done."""

from __future__ import annotations


def prepare_conclusion() -> None:
    """Loads what `conclude` will need."""
    from painpoints.cluster import prepare
    from painpoints.pipeline.conclusion import concluding  # noqa: F401

    prepare()
