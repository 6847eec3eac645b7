"""Pain points of vectors that people bring themselves, in scikit-learn's manner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin

from painpoints.cluster.alignment import shrunk_means, without_means
from painpoints.cluster.assignment import Assignment
from painpoints.cluster.borders import border_cases
from painpoints.cluster.clustering import centres, cluster_units
from painpoints.cluster.growth import member_share
from painpoints.cluster.joining import place
from painpoints.cluster.modelfile import ModelContent, read_model, write_model
from painpoints.cluster.neighbours import first
from painpoints.cluster.settings import ClusterSettings
from painpoints.cluster.stability import measure_stability
from painpoints.errors import InputError, UsageError


class PainPointModel(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Clusters that hold across languages, and a place in them for vectors that come later.

    Parameters
    ----------
    detail : ``coarse``, ``normal`` or ``fine``.
    least : the smallest cluster there may be; fewer than twice as many vectors make none.
    neighbours : links per unit. Fewer make smaller clusters of what is very near only.
    language_means : language to mean (d,) of L2-normalised vectors of other texts, to which the mean of a language with
        few units is shrunk; without them it is shrunk, more loosely, to the mean of all.
    refits : subsamples that stability is measured on; None chooses by size (8, down to 3 from 20,000 vectors on), 0
        leaves it out.

    Attributes
    ----------
    labels_ : (n,) int64, -1 in no cluster; the biggest cluster is 0.
    strength_ : (n,) float32 in 0..1: how firmly each sits in its cluster, 0 outside.
    distance_ : (n,) float32: cosine distance to the nearest centre; NaN where there is no cluster.
    border_ : (n,) bool: members that nearly went to another cluster or to none.
    centres_ : (k, d) float32, L2-normalised, language means removed.
    stability_ : (k,) float64 in 0..1: how far each cluster comes back when a fifth of the vectors is left out; under
        .5 it is shaky. NaN with ``refits=0``.
    agreement_ : mean adjusted Rand index of those clusterings with this one.
    threshold_ : the share of its neighbours' vote that `assign` asks for: nine in ten members have it.
    n_features_in_ : d.

    The order of rows does not matter, and rows of one language that are equal count once. Vectors need not be
    normalised. What ``save`` writes holds vectors, labels and means, no texts and no keys.
    """

    def __init__(self, detail: str = "normal", *, least: int = ClusterSettings.least,
                 neighbours: int = ClusterSettings.neighbours,
                 language_means: Mapping[str, np.ndarray] | None = None, refits: int | None = None) -> None:
        self.detail = detail
        self.least = least
        self.neighbours = neighbours
        self.language_means = language_means
        self.refits = refits

    def fit(self, vectors: Any, langs: Sequence[str] | str | None = None, keys: Sequence[str] | None = None) -> Self:
        """Clusters of ``vectors`` (n, d) in languages ``langs``: one each, one for all, or none known.

        ``keys`` (n,), unique, fix the order in which units are looked at, where an order must be; without them the
        vectors do. Raises InputError for vectors that cannot be used and UsageError for parameters that cannot.
        """
        settings = self._settings()
        rows = _unit(_checked(vectors))
        spoken = _spoken(langs, len(rows))
        means = self._stored(rows.shape[1])
        own, place = _once(rows, spoken, keys)
        once, mine = rows[own], [spoken[row] for row in own]
        names = [f"{at:010}" for at in range(len(own))]
        found = cluster_units(once, mine, names, settings, means)
        steady = measure_stability(found, names, settings, self.refits)
        self.n_features_in_ = rows.shape[1]
        overall = once.mean(0) if len(once) else np.zeros(rows.shape[1], np.float32)
        self._keep(ModelContent(
            # Halves are what is stored, so that a model that was loaded answers as the one that was saved.
            units=found.vectors.astype(np.float16), labels=found.labels, strength=found.strength,
            distance=found.distance, border=border_cases(found, settings), place=place,
            centres=centres(found.vectors, found.labels), stability=steady.clusters, agreement=steady.agreement,
            floor=found.floor,
            threshold=member_share(first(found.neighbours, settings.neighbours), found.labels, found.floor, settings),
            overall=overall, means=shrunk_means(once, mine, means), params={}))
        return self

    def fit_predict(self, vectors: Any, langs: Sequence[str] | str | None = None,
                    keys: Sequence[str] | None = None) -> np.ndarray:
        """``labels_`` after `fit`."""
        return self.fit(vectors, langs, keys).labels_

    def assign(self, vectors: Any, langs: Sequence[str] | str | None = None) -> Assignment:
        """The clusters of new ``vectors`` (m, d), each by itself: by vote of its neighbours among the fitted units.

        Each must lie as near to its cluster's centre as members do. A language that was not there when fitting has its
        ``language_means`` removed, or else the mean of all. Raises UsageError before `fit`, InputError for vectors
        that cannot be used.
        """
        content = self._fitted()
        rows = _unit(_checked(vectors, self.n_features_in_))
        spoken = _spoken(langs, len(rows))
        stored = self._stored(self.n_features_in_) or {}
        means = {lang: content.means.get(lang, stored.get(lang, content.overall)) for lang in set(spoken)}
        aligned = without_means(rows, spoken, means)
        return place(aligned, self._pool, content.labels, content.centres, content.floor, content.threshold,
                     self._settings())

    def set_params(self, **params: Any) -> Self:
        """The model with parameters changed; raises UsageError for one there is not."""
        try:
            super().set_params(**params)
        except ValueError:
            known = self.get_params(deep=False)
            raise UsageError(f"There is no parameter {next(n for n in params if n not in known)!r}.",
                             hint=f"Known: {', '.join(known)}.") from None
        return self

    def save(self, path: str | Path) -> None:
        """Writes one safetensors file. Raises UsageError before `fit`, StorageError when it cannot be written."""
        content = self._fitted()
        params = self.get_params(deep=False)
        stored = self._stored(self.n_features_in_)
        write_model(replace(content, params={**params, "language_means": None}), stored, Path(path))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """The model in the file at ``path``. Raises ModelError when it holds none."""
        content, stored = read_model(Path(path))
        model = cls(**{**content.params, "language_means": stored})
        model.n_features_in_ = content.units.shape[1]
        model._keep(content)
        return model

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_content")

    def _keep(self, content: ModelContent) -> None:
        self._content = content
        self._pool = content.units.astype(np.float32)
        self.labels_: np.ndarray = content.labels[content.place]
        self.strength_ = content.strength[content.place]
        self.distance_ = content.distance[content.place]
        self.border_ = content.border[content.place]
        self.centres_ = content.centres
        self.stability_ = content.stability
        self.agreement_ = content.agreement
        self.threshold_ = content.threshold

    def _fitted(self) -> ModelContent:
        if not hasattr(self, "_content"):
            raise UsageError("This PainPointModel is not fitted.", hint="Call fit, or PainPointModel.load a saved one.")
        return self._content

    def _settings(self) -> ClusterSettings:
        for name, lowest in (("least", 2), ("neighbours", 2)):
            value = getattr(self, name)
            if not isinstance(value, int | np.integer) or value < lowest:
                raise UsageError(f"{name} cannot be {value!r}.", hint=f"Give a whole number of at least {lowest}.")
        settings = ClusterSettings(detail=self.detail, least=int(self.least), neighbours=int(self.neighbours))
        _ = settings.alike  # raises for a level of detail there is not
        return settings

    def _stored(self, width: int) -> dict[str, np.ndarray] | None:
        if self.language_means is None:
            return None
        stored = {lang: np.asarray(mean, np.float32) for lang, mean in self.language_means.items()}
        for lang, mean in stored.items():
            if mean.shape != (width,) or not np.isfinite(mean).all():
                raise UsageError(f"The mean of language {lang!r} has shape {mean.shape} or is not finite, "
                                 f"the vectors are {width} wide.", hint="Give means of the same encoder's vectors.")
        return stored


def _checked(vectors: Any, width: int | None = None) -> np.ndarray:
    try:
        rows = np.asarray(vectors, np.float32)
    except (TypeError, ValueError):
        raise InputError("The vectors are not numbers of one length.", hint="Give an array of shape (n, d).") from None
    if rows.ndim != 2 or not rows.shape[1]:
        raise InputError(f"The vectors have shape {rows.shape}.", hint="Give an array of shape (n, d).")
    if width is not None and rows.shape[1] != width:
        raise InputError(f"The vectors are {rows.shape[1]} wide, the model was fitted on {width}.",
                         hint="Encode them with the same model.")
    broken = ~np.isfinite(rows).all(1)
    if broken.any():
        raise InputError(f"{int(broken.sum())} vectors hold NaN or infinity, the first in row {int(broken.argmax())}.",
                         hint="Leave them out, or encode their texts again.")
    return rows


def _spoken(langs: Sequence[str] | str | None, count: int) -> list[str]:
    if langs is None or isinstance(langs, str):
        return [langs or "und"] * count
    spoken = ["und" if lang is None else str(lang) for lang in langs]
    if len(spoken) != count:
        raise InputError(f"There are {len(spoken)} languages for {count} vectors.", hint="Give one for each.")
    return spoken


def _unit(rows: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    # Adding nothing makes -0 a 0, so that equal rows have equal bytes.
    return np.asarray(np.divide(rows, length, out=np.zeros_like(rows, np.float64), where=length > 0) + 0.0, np.float32)


def _once(rows: np.ndarray, langs: Sequence[str], keys: Sequence[str] | None) -> tuple[np.ndarray, np.ndarray]:
    """One row (u,) for all that are equal, in canonical order, and the place (n,) of every row among them."""
    if keys is not None and (len(keys) != len(rows) or len(set(keys)) != len(keys)):
        raise InputError(f"There are {len(set(keys))} different keys for {len(rows)} vectors.",
                         hint="Give one for each, or leave keys out.")
    if not len(rows):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    code = np.unique(np.asarray(langs), return_inverse=True)[1]
    _, own, place = np.unique(np.column_stack([code.astype(np.float32), rows]), axis=0, return_index=True,
                              return_inverse=True)
    place = place.reshape(-1)
    if keys is not None:
        lowest: dict[int, str] = {}
        for at, key in zip(place.tolist(), map(str, keys), strict=True):
            lowest[at] = min(lowest.get(at, key), key)
        order = np.array(sorted(range(len(own)), key=lowest.__getitem__), np.int64)
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        own, place = own[order], rank[place]
    return own.astype(np.int64), place.astype(np.int64)
