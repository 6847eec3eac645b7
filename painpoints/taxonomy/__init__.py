"""Touchpoints, journey stages and frameworks.

Comes in: TOML, ours or a company's own. Goes out: one frozen Taxonomy.
Promise: every touchpoint has exactly one stage in every framework, or the code ``none``.
"""

from painpoints.taxonomy.extension import extend
from painpoints.taxonomy.load import load_taxonomy
from painpoints.taxonomy.model import NO_STAGE, Framework, Stage, Taxonomy, Touchpoint

__all__ = ["NO_STAGE", "Framework", "Stage", "Taxonomy", "Touchpoint", "extend", "load_taxonomy"]
