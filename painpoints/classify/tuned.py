"""Tuned heads: the shipped ones with a company's correction on top, kept in one small file.

A ``.safetensors`` file holds ``<task>.weight`` (classes, hidden) and ``<task>.bias`` (classes,), which are added to the
shipped outputs, and as metadata what they were learnt for. It holds no text and nothing a text could be known by.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.classify.heads import Heads, Probabilities, _gelu
from painpoints.classify.products import product
from painpoints.errors import ModelError
from painpoints.taxonomy import Taxonomy, extend

if TYPE_CHECKING:
    import numpy as np

KIND = "painpoints tuned heads"
SUFFIX = ".safetensors"
_METADATA = "painpoints"


@dataclass(frozen=True)
class Start:
    """What a task's outputs are before tuning: ``weight`` (classes, hidden), ``bias`` (classes,), and which classes are
    ``new`` (classes,) to the shipped heads: those start as the mean of all outputs, likely nowhere."""

    weight: np.ndarray
    bias: np.ndarray
    new: np.ndarray


@dataclass(frozen=True)
class Correction:
    """What is added to a task's outputs: ``weight`` (classes, hidden) and ``bias`` (classes,).

    ``shares`` says how much of it each language gets, 0 .. 1; languages that are not there get none and stay as
    shipped. New classes are there in every language.
    """

    weight: np.ndarray
    bias: np.ndarray
    shares: Mapping[str, float]


@dataclass(frozen=True)
class TunedInfo:
    """What a file of tuned heads says of itself. ``added`` maps the code of a new touchpoint to its stage."""

    base_version: str
    base_digest: str
    encoder: str
    touchpoints: tuple[str, ...]
    added: Mapping[str, str]
    temperatures: Mapping[str, Mapping[str, float]]
    floors: Mapping[str, Mapping[str, float]]
    shares: Mapping[str, Mapping[str, float]]
    figures: Mapping[str, Any]
    created: str


class TunedHeads(Heads):
    """Heads with corrections; each language gets its share of them. ``tuned`` says what they were learnt for."""

    def __init__(self, base: Heads, corrections: Mapping[str, Correction], tuned: TunedInfo, version: str) -> None:
        info = replace(base.info, version=version, touchpoints=tuned.touchpoints, temperatures=tuned.temperatures,
                       floors=tuned.floors)
        self._starts = {task: start_of(base, task, tuned.touchpoints) for task in corrections}
        self._plain = dict(base._weights)
        self.corrections = corrections
        self.tuned = tuned
        super().__init__(self._weights_at(None), info)
        self._by_share: dict[tuple[float, ...], Heads] = {}

    @property
    def added(self) -> Mapping[str, str]:
        """Code of every added touchpoint to its stage."""
        return self.tuned.added

    def taxonomy(self, taxonomy: Taxonomy) -> Taxonomy:
        """``taxonomy`` with the added touchpoints. Raises ModelError when the heads were tuned for other ones."""
        if "touchpoint" not in self.corrections:
            return taxonomy
        extended = extend(taxonomy, self.added) if not set(self.added) & set(taxonomy.codes) else taxonomy
        if extended.codes != self.tuned.touchpoints:
            raise ModelError("These heads were tuned for other touchpoints than those of the taxonomy in use.",
                             hint="Give the --taxonomy they were tuned with, or run painpoints tune again.")
        return extended

    def probabilities(self, vectors: np.ndarray, langs: Sequence[str]) -> Probabilities:
        """Calibrated probabilities of ``vectors`` (n, d), each as its language has learnt."""
        import numpy as np

        if not len(langs):
            return super().probabilities(vectors, langs)
        of = np.asarray(langs)
        found: list[tuple[np.ndarray, Probabilities]] = []
        for lang in sorted(set(langs)):
            rows = np.flatnonzero(of == lang)
            found.append((rows, self._heads_of(lang).probabilities(vectors[rows], [lang] * len(rows))))
        whole = {}
        for field in fields(Probabilities):
            parts = [getattr(part, field.name) for _, part in found]
            whole[field.name] = np.zeros((len(of), *parts[0].shape[1:]), parts[0].dtype)
            for (rows, _), part in zip(found, parts, strict=True):
                whole[field.name][rows] = part
        return Probabilities(**whole)

    def _heads_of(self, lang: str) -> Heads:
        key = tuple(correction.shares.get(lang, 0.0) for correction in self.corrections.values())
        if key not in self._by_share:
            self._by_share[key] = Heads(self._weights_at(lang), self.info)
        return self._by_share[key]

    def _weights_at(self, lang: str | None) -> dict[str, np.ndarray]:
        """The weights for ``lang``; None stands for a language that gets the whole correction."""
        import numpy as np

        weights = dict(self._plain)
        for task, correction in self.corrections.items():
            start = self._starts[task]
            share = 1.0 if lang is None else correction.shares.get(lang, 0.0)
            gain = np.where(start.new, 1.0, share).astype(np.float32)
            weights[f"{task}.weight"] = start.weight + gain[:, None] * correction.weight
            weights[f"{task}.bias"] = start.bias + gain * correction.bias
        return weights


def start_of(heads: Heads, task: str, codes: Sequence[str]) -> Start:
    """The outputs of ``task`` that tuning starts from; those of touchpoints are in the order of ``codes``."""
    import numpy as np

    weight, bias = heads._weights[f"{task}.weight"], heads._weights[f"{task}.bias"]
    if task != "touchpoint":
        return Start(weight, bias, np.zeros(len(bias), bool))
    known = {code: at for at, code in enumerate(heads.info.touchpoints)}
    rows = [known.get(code) for code in codes]
    mean, level = weight.mean(0), bias.mean()
    return Start(np.stack([mean if row is None else weight[row] for row in rows]),
                 np.array([level if row is None else bias[row] for row in rows], np.float32),
                 np.array([row is None for row in rows]))


def hidden_layer(heads: Heads, vectors: np.ndarray) -> np.ndarray:
    """What the shared hidden layer of ``heads`` makes of ``vectors`` (n, d): (n, hidden) float32."""
    import numpy as np

    weights = heads._weights
    inner = (vectors - weights["mean"]) / weights["scale"]
    return np.asarray(_gelu(product(inner, weights["hidden.weight"].T) + weights["hidden.bias"]), np.float32)


def digest_of(heads: Heads) -> str:
    """A digest of the weights that corrections lie upon, so that a retrained encoder or layer is noticed."""
    digest = blake2b(digest_size=8)
    for name in ("mean", "scale", "hidden.weight", "hidden.bias", "sentiment.weight", "touchpoint.weight",
                 "problem.weight"):
        digest.update(heads._weights[name].tobytes())
    return digest.hexdigest()


def is_tuned_file(name: str | Path | None) -> bool:
    """Whether what ``--model`` names is a file, and so tuned heads; models are folders and ids."""
    return name is not None and (str(name).endswith(SUFFIX) or Path(name).expanduser().is_file())


def save_tuned(heads: TunedHeads, path: Path) -> None:
    """Writes ``heads`` to ``path``."""
    import numpy as np
    from safetensors.numpy import save_file

    content = {field.name: getattr(heads.tuned, field.name) for field in fields(TunedInfo)}
    tensors = {f"{task}.{part}": np.ascontiguousarray(getattr(correction, part), np.float32)
               for task, correction in heads.corrections.items() for part in ("weight", "bias")}
    said = json.dumps({"kind": KIND, **content}, ensure_ascii=False, sort_keys=True)
    save_file(tensors, str(path), {_METADATA: said})


def load_tuned(path: Path | str, heads: Heads) -> TunedHeads:
    """The tuned heads in the file at ``path``, on top of ``heads``.

    Raises ModelError when it is no such file, or was tuned on other heads or another encoder.
    """
    from safetensors import SafetensorError, safe_open

    file = Path(path).expanduser()
    if not file.is_file():
        raise ModelError(f"{path}: no such file.", hint="Name a file that painpoints tune wrote.")
    try:
        with safe_open(str(file), "numpy") as opened:
            content = json.loads((opened.metadata() or {})[_METADATA])
            tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
        if content.pop("kind") != KIND:
            raise ValueError(KIND)
        info = TunedInfo(**{**content, "touchpoints": tuple(content["touchpoints"])})
        corrections = {task: Correction(tensors[f"{task}.weight"], tensors[f"{task}.bias"], dict(shares))
                       for task, shares in info.shares.items()}
    except (OSError, KeyError, ValueError, TypeError, AttributeError, SafetensorError) as error:
        raise ModelError(f"{path}: no tuned heads that can be read ({type(error).__name__}).",
                         hint="Name a file that painpoints tune wrote.") from error
    again = "Run painpoints tune again with the same corrections."
    if info.encoder != heads.info.encoder:
        raise ModelError(f"{path}: tuned for vectors of {info.encoder}, these heads read {heads.info.encoder}.",
                         hint=again)
    if info.base_version != heads.info.version:
        raise ModelError(f"{path}: tuned for heads {info.base_version}, these are heads {heads.info.version}.",
                         hint=again)
    if info.base_digest != digest_of(heads):
        raise ModelError(f"{path}: tuned for other heads {info.base_version} than these.", hint=again)
    for task, correction in corrections.items():
        wanted = start_of(heads, task, info.touchpoints).weight.shape
        if correction.weight.shape != wanted or correction.bias.shape != wanted[:1]:
            raise ModelError(f"{path}: its {task} has outputs of shape {correction.weight.shape}, not {wanted}.",
                             hint=again)
    mark = blake2b(file.read_bytes(), digest_size=4).hexdigest()
    return TunedHeads(heads, corrections, info, f"{heads.info.version}+tuned.{mark}")
