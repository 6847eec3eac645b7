"""The models a run needs, loaded once: judging encoder, heads, clustering encoder, projection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from painpoints.classify import Judge, TunedHeads, is_tuned_file, learn_touchpoints, load_heads, load_tuned
from painpoints.cluster import Projection, chat_endpoint, load_projection
from painpoints.config import Settings
from painpoints.encode import (
    EMBEDDED_NAME,
    StudentEncoder,
    UnitEncoder,
    load_encoder,
    load_student,
    memory_limit,
    resolve_model,
)
from painpoints.errors import UsageError
from painpoints.pipeline.redacting import redactor_of
from painpoints.pipeline.vectors import cache_notes, cache_record, with_cache
from painpoints.taxonomy import Framework, Taxonomy, load_taxonomy

if TYPE_CHECKING:
    import numpy as np
    from spacy.language import Language as Pipeline


@dataclass(frozen=True)
class Models:
    """Loaded models. ``second`` is the user's own encoder for the clustering vectors, None when the built-in serves;
    ``nlp`` is the user's own spaCy pipeline, None when texts are cut without one.

    In the fast lane ``encoder`` is the student of the built-in one. ``notes`` are sentences for stderr and the
    manifest: what is not as by default.
    """

    encoder: UnitEncoder
    judge: Judge
    second: UnitEncoder | None
    projection: Projection | None
    nlp: Pipeline | None
    notes: tuple[str, ...]

    def clustering_vectors(self, texts: list[str], judging: np.ndarray) -> np.ndarray:
        """Vectors (n, e) for clustering: ``judging`` projected, or the user's own encoder's."""
        if self.second is not None:
            return self.second.encode(texts)
        return judging if self.projection is None else self.projection.project(judging)

    def language_means(self) -> Mapping[str, np.ndarray] | None:
        """Stored means of the clustering space, None for an encoder they were not measured with."""
        return None if self.projection is None else self.projection.language_means

    def rest(self) -> None:
        """Has the encoders let go of what they can load anew."""
        for encoder in (self.encoder, self.second):
            if encoder is not None:
                encoder.rest()

    def cache(self) -> dict[str, int | bool] | None:
        """What the manifest records of vectors that were kept, None where none are."""
        return cache_record([self.encoder, self.second])

    def cache_notes(self) -> list[str]:
        """What went wrong with keeping vectors, in sentences."""
        return cache_notes([self.encoder, self.second])

    def as_dict(self) -> dict[str, Any]:
        """What the manifest records."""
        heads = self.judge.heads.info
        added = self.judge.heads.added if isinstance(self.judge.heads, TunedHeads) else {}
        student = {"student": dict(self.encoder.figures)} if isinstance(self.encoder, StudentEncoder) else {}
        return {"encoder": asdict(self.encoder.info), **student,
                "heads": {"version": heads.version, "coverage": heads.coverage,
                          "added_touchpoints": dict(added)},
                "clustering": asdict(self.second.info) if self.second is not None else
                {"encoder": self.encoder.info.name, "projection": self.projection.version if self.projection else None},
                "spacy": None if self.nlp is None else self.nlp.meta.get("name") or "blank"}


def chosen_framework(taxonomy: Taxonomy, name: str | None) -> Framework:
    """The framework called ``name``; by default three-stage, or a company's own stages when it defines some."""
    if name is None:
        return next(iter(taxonomy.frameworks.values()))
    return taxonomy.framework(name)


def taxonomy_of(settings: Settings) -> Taxonomy:
    """The touchpoints that units are judged by, those a tuned model added included."""
    taxonomy = load_taxonomy(settings.taxonomy)
    if is_tuned_file(settings.model):
        return load_tuned(str(settings.model), load_heads()).taxonomy(taxonomy)
    return taxonomy


def check_settings(settings: Settings) -> None:
    """Finds, in a moment, what would stop `load_models` after minutes of reading. Raises what `load_models` raises."""
    if settings.namer is not None:
        chat_endpoint(settings.namer, settings.namer_model)
    elif settings.namer_model is not None:
        raise UsageError("--namer-model says nothing without --namer.", hint="Give the endpoint with --namer URL.")
    if settings.engine == "ray":
        from painpoints.pipeline.raydata import check_ray

        check_ray(settings)
    redactor_of(settings)
    _check_lane(settings)
    memory_limit(settings.memory)
    taxonomy = load_taxonomy(settings.taxonomy)
    if is_tuned_file(settings.model):
        taxonomy = load_tuned(str(settings.model), load_heads()).taxonomy(taxonomy)
    elif settings.model is not None:
        resolve_model(settings.model)
    chosen_framework(taxonomy, settings.framework)


def _check_lane(settings: Settings) -> None:
    """Raises UsageError where the fast lane is asked to judge or to cluster with another model."""
    if settings.fast and settings.model not in (None, EMBEDDED_NAME):
        raise UsageError(f"The fast lane has its own model: it cannot work with {settings.model}.",
                         hint="Leave out --fast, or --model.")


def load_models(settings: Settings) -> Models:
    """The models that ``settings`` ask for. Raises ModelError, TaxonomyError or UsageError."""
    _check_lane(settings)
    notes = []
    taxonomy = load_taxonomy(settings.taxonomy)
    nlp = None
    if settings.spacy is not None:
        from painpoints.text import build_pipeline  # brings spaCy

        nlp = build_pipeline(settings.spacy)
    heads, tuned = load_heads(fast=settings.fast), None
    if is_tuned_file(settings.model):
        heads = tuned = load_tuned(str(settings.model), heads)
        taxonomy = tuned.taxonomy(taxonomy)
        notes.append(f"Judgements come from the tuned heads in {settings.model}.")
    framework = chosen_framework(taxonomy, settings.framework)
    encoder: UnitEncoder
    if settings.fast:
        encoder = load_student()
        notes.append(lane_note(encoder))
    else:
        encoder, uncached = with_cache(load_encoder(EMBEDDED_NAME, precision=settings.precision), settings)
        notes += uncached
    second: UnitEncoder | None = None
    projection = None
    if tuned is None and settings.model not in (None, EMBEDDED_NAME):
        second, _ = with_cache(load_encoder(str(settings.model), precision=settings.precision), settings)
        notes.append(f"{second.info.name} makes the clustering vectors; judgements still come from {EMBEDDED_NAME}, on "
                     "which the heads were trained, so every text is encoded twice.")
    else:
        projection = load_projection(fast=settings.fast)
    if encoder.info.precision == "fp32" and not settings.fast:
        notes.append("This machine has no bf16 instructions: encoding runs in fp32, about three times slower.")
    own_outputs = heads.info.touchpoints == taxonomy.codes
    examples = None if taxonomy.builtin or own_outputs else learn_touchpoints(taxonomy, encoder)
    if examples is not None:
        notes.append(f"Touchpoints come from the examples in {taxonomy.source}; left one out, "
                     f"{examples.left_one_out_accuracy:.0%} of them are recognised.")
    return Models(encoder, Judge(heads, taxonomy, framework, examples), second, projection, nlp, tuple(notes))


def lane_note(student: StudentEncoder) -> str:
    """What the fast lane costs, in a sentence."""
    tasks = (f"{task} {of['student']:.2f} instead of {of['full']:.2f}" for task, of in student.figures.items())
    return ("Judged in the fast lane, by a student of the full model: units are cut by rules alone and no expectations "
            f"are found. Macro-F1 on real units held out: {', '.join(tasks)}. Leave out --fast for the full model.")
