"""Problem vectors to pain points.

Comes in: judged units with vectors, documents. Goes out: pain points with titles, quotes, counts and impact.
Promise: across languages, the same on every run and in any row order; what fits nowhere stays unassigned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.cluster.alignment import align, without_means
    from painpoints.cluster.assignment import Assignment
    from painpoints.cluster.borders import border_cases
    from painpoints.cluster.campaigns import Campaign, Stream, campaign_id, find_campaigns
    from painpoints.cluster.clustering import Clustering, cluster_units
    from painpoints.cluster.description import PAINPOINTS, describe, journey_place, painpoint_id
    from painpoints.cluster.excerpts import Excerpt, excerpt
    from painpoints.cluster.impact import measure_impact
    from painpoints.cluster.joining import join_known
    from painpoints.cluster.model import PainPointModel
    from painpoints.cluster.namer import Endpoint, chat_endpoint, rename
    from painpoints.cluster.opportunities import IF_SOLVED, with_opportunities
    from painpoints.cluster.plane import layout, place
    from painpoints.cluster.preparation import prepare
    from painpoints.cluster.projection import Projection, load_projection
    from painpoints.cluster.quickneighbours import closest
    from painpoints.cluster.settings import DETAILS, EXACT, ClusterSettings
    from painpoints.cluster.skews import with_skews
    from painpoints.cluster.stability import UNSTABLE, Stability, measure_stability
    from painpoints.cluster.standing import Standing, agreement, standings
    from painpoints.cluster.themes import name_themes
    from painpoints.cluster.titles import Wording
    from painpoints.cluster.wording import WordReader, worth_reading_ahead

__all__ = ["DETAILS", "EXACT", "IF_SOLVED", "PAINPOINTS", "UNSTABLE", "Assignment", "Campaign", "ClusterSettings",
           "Clustering", "Endpoint", "Excerpt", "PainPointModel", "Projection", "Stability", "Standing", "Stream",
           "WordReader", "Wording", "agreement", "align", "border_cases", "campaign_id", "chat_endpoint", "closest",
           "cluster_units", "describe", "excerpt", "find_campaigns", "join_known", "journey_place", "layout",
           "load_projection", "measure_impact", "measure_stability", "name_themes", "painpoint_id", "place", "prepare",
           "rename", "standings", "with_opportunities", "with_skews", "without_means", "worth_reading_ahead"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "alignment": ["align", "without_means"],
    "assignment": ["Assignment"],
    "borders": ["border_cases"],
    "campaigns": ["Campaign", "Stream", "campaign_id", "find_campaigns"],
    "clustering": ["Clustering", "cluster_units"],
    "description": ["PAINPOINTS", "describe", "journey_place", "painpoint_id"],
    "excerpts": ["Excerpt", "excerpt"],
    "impact": ["measure_impact"],
    "joining": ["join_known"],
    "model": ["PainPointModel"],
    "namer": ["Endpoint", "chat_endpoint", "rename"],
    "opportunities": ["IF_SOLVED", "with_opportunities"],
    "plane": ["layout", "place"],
    "preparation": ["prepare"],
    "projection": ["Projection", "load_projection"],
    "quickneighbours": ["closest"],
    "settings": ["DETAILS", "EXACT", "ClusterSettings"],
    "skews": ["with_skews"],
    "stability": ["UNSTABLE", "Stability", "measure_stability"],
    "standing": ["Standing", "agreement", "standings"],
    "themes": ["name_themes"],
    "titles": ["Wording"],
    "wording": ["WordReader", "worth_reading_ahead"],
})
