"""The heads for conversations that ship with painpoints."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from painpoints.errors import ModelError

from .acts import AGENT_ACTS, CUSTOMER_ACTS, ActsHead, Linear
from .mood import DIRECTIONS
from .signs import READ, SignsHead
from .verdict import OUTCOMES, VerdictHead

if TYPE_CHECKING:
    import numpy as np

NAME = "conversations"
CLASSES = {"customer": list(CUSTOMER_ACTS), "agent": list(AGENT_ACTS), "outcome": list(OUTCOMES),
           "direction": list(DIRECTIONS), "signs": list(READ)}


@dataclass(frozen=True)
class ConversationHeads:
    """What reads acts and signs, and what weighs them."""

    acts: ActsHead
    verdict: VerdictHead
    signs: SignsHead


def heads_of(tensors: Mapping[str, np.ndarray]) -> ConversationHeads:
    """The heads in ``tensors``, by name. Raises KeyError for one that is missing."""
    def linear(name: str) -> Linear:
        return Linear(tensors[f"{name}.weight"], tensors[f"{name}.bias"])

    return ConversationHeads(
        ActsHead(tensors["acts.mean"], tensors["acts.scale"], linear("customer"), linear("agent"), linear("mood")),
        VerdictHead(linear("outcome"), tensors["outcome.mean"], tensors["outcome.scale"],
                    linear("direction"), tensors["direction.mean"], tensors["direction.scale"]),
        SignsHead(linear("signs"), tensors["signs.least"]))


@cache
def load_conversation_heads() -> ConversationHeads:
    """The heads that ship. Raises ModelError when they cannot be read."""
    import numpy as np
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        home = resources.files("painpoints_models").joinpath(NAME)
        if json.loads(home.joinpath(f"{NAME}.json").read_text(encoding="utf8"))["classes"] != CLASSES:
            raise ValueError("other classes")
        tensors = load(home.joinpath(f"{NAME}.safetensors").read_bytes())
        return heads_of({name: tensor.astype(np.float64) for name, tensor in tensors.items()})
    except (ImportError, OSError, KeyError, ValueError, TypeError, SafetensorError) as error:
        raise ModelError(f"painpoints_models/{NAME}: no heads that can be read ({type(error).__name__}).",
                         hint="Reinstall painpoints, or fit them with scripts/fit_conversations.py.") from error
