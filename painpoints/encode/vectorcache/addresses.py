"""Where the vectors of a text are kept: a keyed hash of all that decides them."""

from __future__ import annotations

import functools
from array import array
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from importlib import metadata, resources
from typing import TYPE_CHECKING, Any

from painpoints._version import __version__

if TYPE_CHECKING:
    import numpy as np

    from painpoints.text import Passage

_ADDRESS_BYTES = 16
_LIBRARIES = ("torch", "transformers", "tokenizers", "sentence-transformers", "numpy")
_MAKERS = (("painpoints.encode", "encoder.py"), ("painpoints.encode", "passages.py"),
           ("painpoints.encode", "adapter.py"), ("painpoints.encode", "embedded.py"),
           ("painpoints.encode", "int8.py"), ("painpoints.encode", "passes.py"), ("painpoints.encode", "lean.py"),
           ("painpoints.encode", "transformer.py"), ("painpoints.encode", "quick.py"),
           ("painpoints.encode.vectorcache", "cached.py"),
           ("painpoints.text", "decoding.py"), ("painpoints_models", "adapter/adapter.json"),
           ("painpoints_models", "adapter/adapter.safetensors"))


def secret_of(key: bytes, generation: bytes) -> bytes:
    """The key of all addresses, from the user's and the number of the cache."""
    return blake2b(generation, key=key[:64], person=b"painpoints", digest_size=32).digest()


def kind_of(secret: bytes, encoder: Any) -> str:
    """The name, 16 hex digits, of vectors that are comparable bit for bit with those of ``encoder`` (`repr` says all of
    it that matters), on this machine, with the libraries and the code that are installed."""
    return blake2b(repr((encoder, _made_by())).encode(), key=secret, digest_size=8).hexdigest()


def text_addresses(secret: bytes, texts: Iterable[str]) -> np.ndarray:
    """Addresses (n, 2) uint64 of ``texts``."""
    fresh = blake2b(key=secret, digest_size=_ADDRESS_BYTES, person=b"text")
    return _addresses(fresh, (text.encode("utf8", "surrogatepass") for text in texts))


def passage_addresses(secret: bytes, passages: Sequence[Passage], *, rules: bool) -> np.ndarray:
    """Addresses (n, 2) uint64 of ``passages``, whose units are cut by ``rules`` or not."""
    fresh = blake2b(key=secret, digest_size=_ADDRESS_BYTES, person=b"rules" if rules else b"head")
    return _addresses(fresh, map(_told, passages))


def _told(passage: Passage) -> bytes:
    text = passage.text.encode("utf8", "surrogatepass")
    lang = passage.lang.encode("utf8")
    numbers = array("q", (len(text), len(lang), passage.context))
    for start, end, whole, units in passage.blocks:
        numbers.extend((start, end, whole, len(units)))
        for unit in units:
            numbers.extend(unit)
    return numbers.tobytes() + text + lang


def _addresses(fresh: Any, told: Iterable[bytes]) -> np.ndarray:
    import numpy as np

    digests = []
    for each in told:
        own = fresh.copy()
        own.update(each)
        digests.append(own.digest())
    return np.frombuffer(b"".join(digests), "<u8").reshape(-1, 2)


@functools.cache
def _made_by() -> tuple[Any, ...]:
    """What makes vectors here: code, weights of the adapter, libraries, processor."""
    from painpoints.encode.precision import cpu_name, hardware

    digest = blake2b(digest_size=16)
    for package, name in _MAKERS:
        digest.update(resources.files(package).joinpath(name).read_bytes())
    machine = hardware()
    libraries = tuple((name, metadata.version(name)) for name in _LIBRARIES)
    return (__version__, digest.hexdigest(), libraries, cpu_name(), machine.device, machine.reason,
            machine.cpu_features)
