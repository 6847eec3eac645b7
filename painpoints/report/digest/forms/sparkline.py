"""Columns by week in one line of characters."""

from __future__ import annotations

import math

from painpoints.report.digest.forms.blocks import Spark
from painpoints.report.digest.forms.isolation import CLOSE, OPEN_LTR, OPEN_RTL

_STEPS = "▁▂▃▅▇"
_SILENT = "·"


def sparkline(spark: Spark, *, rtl: bool) -> str:
    """The columns, oldest first in reading direction; ``▁`` is no mention, ``·`` a week without any feedback."""
    drawn = "".join(_SILENT if level is None else _STEPS[math.ceil(min(max(level, 0.0), 1.0) * (len(_STEPS) - 1))]
                    for level in spark.levels)
    return f"{OPEN_RTL if rtl else OPEN_LTR}{drawn}{CLOSE}" if rtl else drawn
