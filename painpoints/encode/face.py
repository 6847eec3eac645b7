"""What the rooms below ask of an encoder, whichever it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np

    from painpoints.encode.encoder import EncoderInfo, Progress
    from painpoints.encode.passages import EncodedPassages
    from painpoints.text import Passage


class UnitEncoder(Protocol):
    """Texts and passages to L2-normalised vectors of ``info.dimension`` numbers."""

    @property
    def info(self) -> EncoderInfo:
        """What the manifest records."""

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """Vectors (n, d) float32 of ``texts``, in the order given."""

    def encode_passages(self, passages: Sequence[Passage], *, rules: bool = False, progress: Progress | None = None
                        ) -> EncodedPassages:
        """Units of ``passages`` with their vectors; ``rules`` cuts by the rules alone."""

    def rest(self) -> None:
        """Lets go of what can be loaded anew when it is asked for again."""
