"""What clustering and describing import and read, at a time when nothing else would be done."""

from __future__ import annotations

from collections.abc import Callable


def prepare(words: bool, look: Callable[[], None] = lambda: None) -> None:
    """Loads what `cluster_units`, `measure_stability` and `describe` will need, which takes a second or two.

    With ``words`` also what these are read by. ``look`` is called now and then, and may raise.
    """
    look()
    import hdbscan._hdbscan_tree  # noqa: F401
    import sklearn.metrics  # noqa: F401

    look()
    from painpoints.cluster import description, themes  # noqa: F401
    from painpoints.cluster.requests import LISTED, load_cues
    from painpoints.cluster.wording import WordReader

    for lang in LISTED:
        load_cues(lang)
    look()
    if words:
        WordReader().prepare()
