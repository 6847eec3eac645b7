"""Tuned heads as a file: what was learnt is what is loaded, on the heads it was learnt on and no others."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from painpoints.classify import (
    Correction,
    Heads,
    Judge,
    TunedHeads,
    TunedInfo,
    digest_of,
    hidden_layer,
    is_tuned_file,
    load_tuned,
    save_tuned,
)
from painpoints.classify.heads import EMOTIONS, HeadsInfo
from painpoints.errors import ModelError
from painpoints.taxonomy import extend, load_taxonomy

WIDTH, HIDDEN = 10, 16
CODES = load_taxonomy().codes
ADDED = {"gift_wrap": "during"}
EXTENDED = extend(load_taxonomy(), ADDED)
SIZES = {"sentiment": 3, "overall": 3, "touchpoint": len(CODES), "problem": 2, "emotion": len(EMOTIONS)}


def heads(version: str = "1", seed: int = 3, encoder: str = "toy") -> Heads:
    rng = np.random.default_rng(seed)
    weights = {"mean": rng.normal(size=WIDTH), "scale": rng.uniform(0.5, 2, WIDTH),
               "hidden.weight": rng.normal(size=(HIDDEN, WIDTH)), "hidden.bias": rng.normal(size=HIDDEN)}
    for task, classes in SIZES.items():
        weights |= {f"{task}.weight": rng.normal(0, 0.5, (classes, HIDDEN)), f"{task}.bias": rng.normal(size=classes)}
    floors = {"sentiment": {"*": 0.1}, **{f"stage:{name}": {"*": 0.1} for name in load_taxonomy().frameworks}}
    info = HeadsInfo(encoder, version, CODES, {task: {"*": 1.5, "fa": 2.0} for task in SIZES}, floors, 0.9)
    return Heads({name: array.astype(np.float32) for name, array in weights.items()}, info)


def tuned(base: Heads, *, strength: float = 1.0, added: bool = False) -> TunedHeads:
    rng = np.random.default_rng(5)
    codes = EXTENDED.codes if added else CODES
    shares = {"fa": 0.9, "en": 0.25}
    corrections = {task: Correction((strength * rng.normal(size=(classes, HIDDEN))).astype(np.float32),
                                    (strength * rng.normal(size=classes)).astype(np.float32), shares)
                   for task, classes in (("sentiment", 3), ("touchpoint", len(codes)))}
    if added:
        corrections["touchpoint"].bias[codes.index("gift_wrap")] += 25
    info = TunedInfo(base.info.version, digest_of(base), base.info.encoder, codes, ADDED if added else {},
                     base.info.temperatures, base.info.floors, dict.fromkeys(corrections, shares), {"rows": 7},
                     "2026-01-02T03:04:05+00:00")
    return TunedHeads(base, corrections, info, "1+tuned")


def vectors(count: int = 60) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(count, WIDTH)).astype(np.float32)


def test_a_correction_of_nothing_changes_nothing() -> None:
    base, langs = heads(), ["fa", "en", "ru"] * 20
    before, after = base.probabilities(vectors(), langs), tuned(base, strength=0.0).probabilities(vectors(), langs)
    for task in SIZES:
        assert np.allclose(getattr(before, task), getattr(after, task), atol=1e-6)


def test_languages_without_a_share_and_tasks_without_labels_stay_as_shipped() -> None:
    base = heads()
    found = tuned(base)
    before, after = (each.probabilities(vectors(), ["ru"] * 60) for each in (base, found))
    for task in SIZES:
        assert np.allclose(getattr(before, task), getattr(after, task), atol=1e-6)
    before, after = (each.probabilities(vectors(), ["fa"] * 60) for each in (base, found))
    assert not np.allclose(before.sentiment, after.sentiment, atol=1e-2)
    assert np.allclose(before.problem, after.problem, atol=1e-6)
    assert np.allclose(before.emotion, after.emotion, atol=1e-6)


def test_a_language_gets_its_share_of_the_correction() -> None:
    base = heads()
    found = tuned(base)
    correction = found.corrections["sentiment"]
    hidden = hidden_layer(base, vectors())
    logits = base.logits(vectors())["sentiment"] + 0.25 * (hidden @ correction.weight.T + correction.bias)
    powers = np.exp(logits / 1.5 - (logits / 1.5).max(1, keepdims=True))
    likely = found.probabilities(vectors(), ["en"] * 60).sentiment
    assert np.allclose(likely, powers / powers.sum(1, keepdims=True), atol=1e-5)


def test_languages_mixed_in_a_batch_are_judged_as_alone() -> None:
    found, langs = tuned(heads()), ["fa", "en", "ru", "und"] * 15
    together = found.probabilities(vectors(), langs).touchpoint
    alone = [found.probabilities(vectors()[at:at + 1], [lang]).touchpoint[0] for at, lang in enumerate(langs)]
    assert np.allclose(together, np.stack(alone), atol=1e-5)
    assert found.probabilities(vectors(0), []).touchpoint.shape == (0, len(CODES))


def test_what_was_saved_is_what_is_loaded(tmp_path: Path) -> None:
    base, path = heads(), tmp_path / "own.safetensors"
    made = tuned(base, added=True)
    save_tuned(made, path)
    loaded = load_tuned(path, base)
    langs = ["fa", "en", "ru"] * 20
    for task in SIZES:
        assert np.array_equal(getattr(loaded.probabilities(vectors(), langs), task),
                              getattr(made.probabilities(vectors(), langs), task))
    assert loaded.tuned == made.tuned
    assert loaded.added == ADDED
    assert loaded.info.version.startswith("1+tuned.")
    assert path.stat().st_size < 20_000


def test_an_added_touchpoint_is_judged_and_has_its_stage() -> None:
    import polars as pl

    base = heads()
    found = tuned(base, added=True)
    taxonomy = found.taxonomy(load_taxonomy())
    assert taxonomy.codes == found.info.touchpoints
    judge = Judge(found, taxonomy, taxonomy.framework("three-stage"))
    judged = judge.judge(pl.DataFrame({"lang": ["fa"] * 3000}), vectors(3000))
    own = judged.filter(pl.col("touchpoint") == "gift_wrap")
    assert len(own) > 0
    assert set(own["stage"]) == {"during"}


def test_heads_tuned_for_other_touchpoints_are_refused() -> None:
    found = tuned(heads(), added=True)
    with pytest.raises(ModelError, match="tuned for other touchpoints"):
        found.taxonomy(extend(load_taxonomy(), {"valet": "during"}))


@pytest.mark.parametrize(("other", "said"), [
    (heads("2"), "tuned for heads 1, these are heads 2. Run painpoints tune again"),
    (heads(encoder="big"), "tuned for vectors of toy, these heads read big"),
    (heads(seed=4), "tuned for other heads 1 than these"),
])
def test_other_heads_are_refused_by_name(tmp_path: Path, other: Heads, said: str) -> None:
    path = tmp_path / "own.safetensors"
    save_tuned(tuned(heads()), path)
    with pytest.raises(ModelError) as caught:
        load_tuned(path, other)
    assert said in str(caught.value)


@pytest.mark.parametrize("damage", ["absent", "empty", "cut", "another kind", "no metadata", "wrong shape", "broken"])
def test_what_is_no_file_of_tuned_heads_says_what_to_do(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "own.safetensors"
    save_tuned(tuned(heads()), path)
    with safe_open(str(path), "numpy") as opened:
        content = json.loads(opened.metadata()["painpoints"])
        tensors = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    match damage:
        case "absent":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case "cut":
            path.write_bytes(path.read_bytes()[:200])
        case "another kind":
            save_file(tensors, str(path), {"painpoints": json.dumps({**content, "kind": "a cake"})})
        case "no metadata":
            save_file(tensors, str(path))
        case "wrong shape":
            tensors["sentiment.weight"] = tensors["sentiment.weight"][:, :3].copy()
            save_file(tensors, str(path), {"painpoints": json.dumps(content)})
        case "broken":
            save_file(tensors, str(path), {"painpoints": "{"})
    with pytest.raises(ModelError) as caught:
        load_tuned(path, heads())
    assert caught.value.message.startswith(f"{path}: ")
    assert "painpoints tune" in str(caught.value.hint)


def test_a_file_is_told_from_a_model_folder_and_a_model_id(tmp_path: Path) -> None:
    plain = tmp_path / "own.bin"
    plain.write_bytes(b"")
    assert is_tuned_file(plain) and is_tuned_file("not/yet/there.safetensors")
    assert not any(is_tuned_file(name) for name in (None, str(tmp_path), "intfloat/multilingual-e5-small"))


def test_the_digest_follows_the_weights() -> None:
    assert digest_of(heads()) == digest_of(heads("2"))
    assert digest_of(heads()) != digest_of(heads(seed=8))
