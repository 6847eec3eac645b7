"""What all rooms' tests share: the encoder, loaded once, and a model hub that is never called."""

from __future__ import annotations

import os

os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when the hub's client is first imported

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from painpoints.encode import Encoder


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The embedded encoder, in the precision this machine would use."""
    from painpoints.encode import load_encoder

    return load_encoder()
