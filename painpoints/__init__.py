"""From customer feedback in four languages to a journey map and recurring pain points.

>>> import painpoints
>>> findings = painpoints.mine("reviews.csv")
>>> findings.painpoints, findings.journey(), findings.to_html("report.html")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports
from painpoints._version import __version__

if TYPE_CHECKING:
    from painpoints.cluster import PainPointModel
    from painpoints.pipeline.findings import Findings
    from painpoints.pipeline.run import mine
    from painpoints.pipeline.scoring import score

__all__ = ["Findings", "PainPointModel", "__version__", "mine", "score"]

__getattr__, __dir__ = lazy_exports(__name__, {"cluster": ["PainPointModel"],
                                                  "pipeline": ["Findings", "mine", "score"]})
