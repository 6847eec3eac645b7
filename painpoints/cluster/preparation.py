"""What clustering and describing import and read, at a time when nothing else would be done."""

from __future__ import annotations


def prepare() -> None:
    """Loads what `cluster_units`, `measure_stability` and `describe` will need, which takes a second or two."""
    import hdbscan._hdbscan_tree  # noqa: F401
    import sklearn.metrics  # noqa: F401

    from painpoints.cluster import description, themes  # noqa: F401
    from painpoints.cluster.lexicon import LISTED
    from painpoints.cluster.requests import load_cues
    from painpoints.cluster.words import read_words

    for lang in LISTED:
        load_cues(lang)
        read_words("", lang)
