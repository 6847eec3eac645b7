"""Runs on disk: immutable folders of Parquet with a manifest.

Comes in: frames. Goes out: a run folder, or the RunData read back from one.
Promise: a file is either whole or absent; an interrupted run can be resumed.
"""

from painpoints.store.rundata import RunData

__all__ = ["RunData"]
