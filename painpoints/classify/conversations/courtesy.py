"""How the company's people spoke to the customer, whatever the company did."""

from __future__ import annotations

from .turns import Conversation

COURTEOUS, PLAIN, DISCOURTEOUS, UNKNOWN = "courteous", "plain", "discourteous", "unknown"
ENOUGH = 2
"""So many courteous words, over all turns of the agent, are more than a form."""


def courtesy(conversation: Conversation) -> tuple[str, int | None]:
    """The manner of the company's people and the turn that shows it; unknown where none of them speaks."""
    turns = conversation.agent
    if not turns:
        return UNKNOWN, None
    rude = next((turn.number for turn in turns if turn.has("rude")), None)
    if rude is not None:
        return DISCOURTEOUS, rude
    kind = {turn.number: len(turn.cues.get("courtesy", [])) + turn.has("asks_else") for turn in turns}
    if sum(kind.values()) >= min(ENOUGH, len(turns)):
        return COURTEOUS, max(kind, key=lambda number: (kind[number], -number))
    return PLAIN, None
