"""Where a model comes from: local folder, hub cache, embedded weights, or the hub."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from painpoints.encode.embedded import EMBEDDED_NAME, embedded_file, materialise
from painpoints.errors import ModelError

_ALIASES = {"e5-small": EMBEDDED_NAME, "multilingual-e5-small": EMBEDDED_NAME}


@dataclass(frozen=True)
class ModelSource:
    """A model id and where it was found; ``kind`` is local, hub cache, embedded or hub, ``path`` what is loaded."""

    name: str
    kind: str
    path: str


def resolve_model(name: str = EMBEDDED_NAME) -> ModelSource:
    """Source of the sentence-transformers model ``name``, tried in this order: local folder, hub cache, embedded
    weights, hub.

    The hub is named, not contacted: loading does that. Raises ModelError for a path that does not exist.
    """
    name = _ALIASES.get(name, name)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return ModelSource(name, "local", str(folder))
    if name.startswith((".", "/", "~")):
        raise ModelError(f"{name}: no such model folder.",
                         hint="Name a folder in sentence-transformers layout, or a model id.")
    if cached := _hub_cache(name):
        return ModelSource(name, "hub cache", cached)
    if name == EMBEDDED_NAME and (packed := embedded_file()) is not None:
        return ModelSource(name, "embedded", str(materialise(packed)))
    return ModelSource(name, "hub", name)


def _hub_cache(name: str) -> str | None:
    from huggingface_hub import constants

    if not (Path(constants.HF_HUB_CACHE) / f"models--{name.replace('/', '--')}").is_dir():
        return None
    from huggingface_hub import try_to_load_from_cache  # imports a web client

    for marker in ("modules.json", "config.json"):
        try:
            found = try_to_load_from_cache(name, marker)
        except ValueError:  # not an id the hub could have
            return None
        if isinstance(found, str) and (Path(found).parent / "config.json").is_file():
            weights = [p for p in Path(found).parent.iterdir() if p.suffix in {".safetensors", ".bin"}]
            if weights:
                return str(Path(found).parent)
    return None

