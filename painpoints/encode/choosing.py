"""Which number format encodes fastest on this machine: measured, kept for later runs, and used by them."""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import blake2b
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.encode import encoder as loading
from painpoints.encode.embedded import EMBEDDED_NAME
from painpoints.encode.int8 import in_int8
from painpoints.encode.precision import cpu_name, hardware
from painpoints.errors import PainpointsError, StorageError

if TYPE_CHECKING:
    import numpy as np

    from painpoints.encode.encoder import Encoder

LEAST_COSINE = 0.995
"""To the fp32 vector, of the text that fares worst."""
_LEAST_GAIN = {"int8": 1.2}
"""A format has to be so many times as quick as those before it."""
_SECONDS = 1.0
_LINES = ("The courier came {} hours late and nobody answered.", "Курьер опоздал на {} часа, поддержка молчит.",
          "پیک {} ساعت دیر رسید و پشتیبانی جواب نداد.", "تأخر المندوب {} ساعات ولم يرد علينا أحد.")
_TEXTS = tuple(line.format(number) + (" " + line.format(number + 7)) * (number % 3)
               for number in range(8) for line in _LINES)


@dataclass(frozen=True)
class Rate:
    """Texts a second in one number format, the least cosine to fp32 over them, and why it is not taken, if so."""

    precision: str
    texts_per_second: float
    cosine: float
    refused: str = ""


@dataclass(frozen=True)
class Choice:
    """The format taken on this machine, the reason in a sentence, and when it was measured."""

    precision: str
    reason: str
    measured: str


def load_encoder(name: str = EMBEDDED_NAME, *, precision: str | None = None, adapted: bool = True) -> Encoder:
    """The encoder called ``name`` (a sentence-transformers folder or id), on the best device of this machine.

    The embedded encoder gets our adapter merged in, unless ``adapted`` is false. ``precision`` (bf16, fp16, fp32, int8)
    overrides what was measured here, or, where nothing was, what the hardware suggests. Raises ModelError when the
    model can neither be found nor fetched, UsageError for a precision there is not.
    """
    if precision is None and (chosen := kept_choice()) is not None:
        precision = chosen.precision
    if precision == "int8":
        return in_int8(loading.load_encoder(name, precision="fp32", adapted=adapted))
    return loading.load_encoder(name, precision=precision, adapted=adapted)


def precision_reason(precision: str | None) -> str:
    """Why encoding runs in the format that it does, ``precision`` being what was asked for."""
    if precision is not None:
        return "asked for"
    chosen = kept_choice()
    return hardware().reason if chosen is None else chosen.reason


def formats() -> tuple[str, ...]:
    """The number formats that may be worth it here, the plainest first."""
    if hardware().device != "cpu":
        return ("fp32", "fp16", "bf16") if hardware().precision == "bf16" else ("fp32", "fp16")
    if hardware().precision == "bf16":
        return ("fp32", "bf16", "int8")
    return ("fp32", "int8")


def measure() -> list[Rate]:
    """The rate of every format of this machine, about a second each, on made texts in four languages."""
    found: list[Rate] = []
    exact: np.ndarray | None = None
    for precision in formats():
        try:
            vectors, rate = _timed(load_encoder(precision=precision), _TEXTS)
        except (PainpointsError, RuntimeError, NotImplementedError) as error:
            if exact is None:
                raise
            found.append(Rate(precision, 0.0, 0.0, f"does not run here ({type(error).__name__})"))
            continue
        exact = vectors if exact is None else exact
        found.append(Rate(precision, round(rate, 1), round(float((vectors * exact).sum(1).min()), 4)))
    return judged(found)


def _timed(encoder: Encoder, texts: Sequence[str]) -> tuple[np.ndarray, float]:
    """Vectors of ``texts``, and how many texts a second in the quickest pass: what else runs only slows."""
    encoder.encode(texts)
    quickest, ends = float("inf"), time.perf_counter() + _SECONDS
    while True:
        began = time.perf_counter()
        vectors = encoder.encode(texts)
        now = time.perf_counter()
        quickest = min(quickest, now - began)
        if now >= ends:
            return vectors, len(texts) / quickest


def judged(rates: Sequence[Rate]) -> list[Rate]:
    """``rates`` with what speaks against each that is not taken; the last one that nothing speaks against is."""
    taken = rates[0]
    told: dict[str, str] = {}
    for rate in rates[1:]:
        gain, least = rate.texts_per_second / max(1e-9, taken.texts_per_second), _LEAST_GAIN.get(rate.precision, 1.0)
        if rate.refused:
            told[rate.precision] = rate.refused
        elif rate.cosine < LEAST_COSINE:
            told[rate.precision] = f"its vectors are too far from fp32 (cosine under {LEAST_COSINE})"
        elif gain < least:
            told[rate.precision] = f"{gain:.2f} times the rate of {taken.precision}; worth it from {least:g} on"
        else:
            told[taken.precision] = f"{rate.precision} is {gain:.2f} times as quick"
            taken = rate
    return [Rate(r.precision, r.texts_per_second, r.cosine, told.get(r.precision, "")) for r in rates]


def choose(rates: Sequence[Rate]) -> Choice:
    """The format that is taken of ``rates``, kept for later runs on this machine. Raises StorageError."""
    best = next(rate for rate in rates if not rate.refused)
    day = dt.datetime.now(dt.UTC).date().isoformat()
    besides = ", ".join(f"{r.precision} {r.texts_per_second:g}/s" for r in rates if r is not best)
    choice = Choice(best.precision, f"measured on {day}: {best.texts_per_second:g} texts/s, cosine to fp32 "
                    f"{best.cosine:g}; {besides}", day)
    path = _file()
    kept = {**_kept(path), _machine(): asdict(choice)}
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(kept, indent=1) + "\n", "utf8")
        partial.replace(path)
    except OSError as error:
        raise StorageError(f"{path}: the choice of {best.precision} cannot be kept ({type(error).__name__}).",
                           hint=f"Make it writable, or give --precision {best.precision} to every run.") from error
    return choice


def kept_choice() -> Choice | None:
    """What was chosen on this machine with these libraries; None where nothing was."""
    found = _kept(_file()).get(_machine())
    if not isinstance(found, dict) or set(found) != set(Choice.__annotations__) or found["precision"] not in formats():
        return None
    return Choice(**found)


def forget_choice() -> bool:
    """Takes away what was chosen on this machine; whether there was something. Raises StorageError."""
    path = _file()
    kept = _kept(path)
    if kept.pop(_machine(), None) is None:
        return False
    try:
        path.write_text(json.dumps(kept, indent=1) + "\n", "utf8")
    except OSError as error:
        raise StorageError(f"{path}: cannot be written ({type(error).__name__}).", hint="Remove that file.") from error
    return True


def _file() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "painpoints" / "precision.json"


def _kept(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@cache
def _machine() -> str:
    """A name for what decides the rates: one home may serve many machines."""
    seen = hardware()
    told = (cpu_name(), seen.device, seen.reason, seen.cpu_features, metadata.version("torch"))
    return blake2b(repr(told).encode(), digest_size=8).hexdigest()
