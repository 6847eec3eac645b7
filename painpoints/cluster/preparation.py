"""What clustering and describing import and read, at a time when nothing else would be done."""

from __future__ import annotations

from collections.abc import Callable


def prepare(look: Callable[[], None] = lambda: None) -> None:
    """Loads what `cluster_units`, `measure_stability` and `describe` will need, which takes a second or two.

    ``look`` is called now and then, and may raise.
    """
    look()
    import hdbscan._hdbscan_tree  # noqa: F401
    import sklearn.metrics  # noqa: F401

    look()
    from painpoints.cluster import description, themes  # noqa: F401
    from painpoints.cluster.lexicon import LISTED
    from painpoints.cluster.requests import load_cues
    from painpoints.cluster.words import read_words

    for lang in LISTED:
        look()
        load_cues(lang)
        read_words("", lang)
