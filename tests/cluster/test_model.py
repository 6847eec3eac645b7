"""PainPointModel: clusters of one's own vectors, a place for later ones, kept in a file; in scikit-learn's manner."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file
from sklearn.base import clone

import painpoints
from painpoints.cluster import Assignment, ClusterSettings, PainPointModel
from painpoints.errors import InputError, ModelError, PainpointsError, StorageError, UsageError

LANGS = ("fa", "ar", "ru", "en")
WIDTH = 24
PAINS = 6


def complaints(each: int = 9, noise: int = 24, seed: int = 1, langs: tuple[str, ...] = LANGS
               ) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Six planted pains with ``each`` vectors a language, every language pushed its own way: vectors, langs, truth."""
    fixed = np.linalg.qr(np.random.default_rng(0).normal(size=(WIDTH, WIDTH)))[0]
    push = {lang: 0.8 * fixed[-1 - at] for at, lang in enumerate((*LANGS, "de"))}
    rng = np.random.default_rng(seed)
    rows, spoken, truth = [], [], []
    for pain in range(PAINS):
        for lang in langs:
            rows.append(fixed[pain] + push[lang] + rng.normal(0, 0.07, (each, WIDTH)))
            spoken += [lang] * each
            truth += [pain] * each
    for at in range(noise):
        direction = rng.normal(size=WIDTH)
        rows.append((direction / np.linalg.norm(direction) + push[langs[at % len(langs)]])[None])
        spoken.append(langs[at % len(langs)])
        truth.append(-1)
    return np.concatenate(rows).astype(np.float32), spoken, np.array(truth)


def homes(labels: np.ndarray, truth: np.ndarray) -> dict[int, int]:
    """Planted pain to the cluster that most of it is in."""
    found = {}
    for pain in range(PAINS):
        names, counts = np.unique(labels[truth == pain], return_counts=True)
        found[pain] = int(names[counts.argmax()])
    return found


def right(labels: np.ndarray, truth: np.ndarray, home: dict[int, int]) -> float:
    """Share of the planted units that are in the cluster of their pain."""
    planted = truth >= 0
    return float(np.mean([label == home[pain] >= 0 for label, pain in
                          zip(labels[planted].tolist(), truth[planted].tolist(), strict=True)]))


@pytest.fixture(scope="module")
def fitted() -> PainPointModel:
    vectors, langs, _ = complaints()
    return PainPointModel().fit(vectors, langs)


def test_it_is_there_at_the_top_of_the_package() -> None:
    assert painpoints.PainPointModel is PainPointModel


def test_planted_pains_are_clusters_across_the_languages(fitted: PainPointModel) -> None:
    _, langs, truth = complaints()
    home = homes(fitted.labels_, truth)
    assert len(set(home.values())) == PAINS and right(fitted.labels_, truth, home) > 0.95
    for lang in LANGS:
        mine = np.array(langs) == lang
        assert right(fitted.labels_[mine], truth[mine], home) > 0.9
    clusters = fitted.labels_.max() + 1
    assert fitted.centres_.shape == (clusters, WIDTH) and fitted.stability_.shape == (clusters,)
    assert np.allclose(np.linalg.norm(fitted.centres_, axis=1), 1.0, atol=1e-5)
    assert fitted.strength_.shape == fitted.distance_.shape == fitted.border_.shape == (len(langs),)
    assert (fitted.strength_[fitted.labels_ < 0] == 0).all()


def test_later_vectors_of_every_language_find_the_cluster_of_their_pain(fitted: PainPointModel) -> None:
    home = homes(fitted.labels_, complaints()[2])
    vectors, langs, truth = complaints(seed=77)
    found = fitted.assign(vectors, langs)
    assert isinstance(found, Assignment)
    for lang in LANGS:
        mine = np.array(langs) == lang
        assert right(found.labels[mine], truth[mine], home) > 0.9
    assert (found.labels[truth < 0] < 0).mean() > 0.5
    assert (found.strength[found.labels < 0] == 0).all() and (found.strength <= 1).all()
    assert np.median(found.distance[truth >= 0]) < np.median(found.distance[truth < 0])


def test_a_vector_is_assigned_by_itself_whatever_comes_with_it(fitted: PainPointModel) -> None:
    vectors, langs, _ = complaints(seed=78)
    together = fitted.assign(vectors, langs)
    alone = [fitted.assign(vectors[at:at + 1], langs[at:at + 1]) for at in range(0, len(langs), 7)]
    assert [int(each.labels[0]) for each in alone] == together.labels[::7].tolist()
    assert np.allclose([each.distance[0] for each in alone], together.distance[::7], atol=1e-5)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_does_not_matter_with_keys_or_without(fitted: PainPointModel, seed: int) -> None:
    vectors, langs, _ = complaints()
    order = np.random.default_rng(seed).permutation(len(langs))
    turned = [langs[at] for at in order]
    again = PainPointModel().fit(vectors[order], turned)
    for name in ("labels_", "strength_", "distance_", "border_"):
        assert np.array_equal(getattr(again, name), getattr(fitted, name)[order]), name
    assert np.array_equal(again.stability_, fitted.stability_) and np.array_equal(again.centres_, fitted.centres_)
    keys = [f"k{at * 7919 % 10007:05}" for at in range(len(langs))]
    one = PainPointModel(refits=0).fit(vectors, langs, keys)
    other = PainPointModel(refits=0).fit(vectors[order], turned, [keys[at] for at in order])
    assert np.array_equal(other.labels_, one.labels_[order])


def test_equal_vectors_of_one_language_count_once(fitted: PainPointModel) -> None:
    vectors, langs, truth = complaints()
    loud = np.flatnonzero(truth < 0)[:1].repeat(50)
    again = PainPointModel().fit(np.concatenate([vectors, vectors[loud]]), langs + [langs[at] for at in loud])
    assert np.array_equal(again.labels_[:len(langs)], fitted.labels_)
    assert (again.labels_[len(langs):] == fitted.labels_[loud[0]]).all()


def test_lengths_of_vectors_do_not_matter(fitted: PainPointModel) -> None:
    vectors, langs, _ = complaints()
    again = PainPointModel(refits=0).fit(np.float64(vectors) * 2.0 ** np.arange(len(langs))[:, None].clip(0, 8), langs)
    assert np.array_equal(again.labels_, fitted.labels_)


def test_one_language_needs_no_name() -> None:
    vectors, _, truth = complaints(each=20, langs=("fa",))
    labels = PainPointModel(refits=0).fit_predict(vectors)
    assert right(labels, truth, homes(labels, truth)) > 0.95
    assert np.array_equal(labels, PainPointModel(refits=0).fit_predict(vectors, "fa"))


@pytest.mark.parametrize("tiny", ["fa", "ar", "ru", "en", "de"])
def test_a_language_of_twenty_units_joins_the_others(tiny: str) -> None:
    """Also a fifth one, of which no mean is stored."""
    many = tuple(lang for lang in LANGS if lang != tiny)
    vectors, langs, truth = complaints(noise=0, langs=many)
    few, spoken, gold = complaints(each=4, noise=0, seed=5, langs=(tiny,))
    kept = np.random.default_rng(0).permutation(len(few))[:20]
    model = PainPointModel(refits=0).fit(np.concatenate([vectors, few[kept]]), langs + [spoken[at] for at in kept])
    home = homes(model.labels_[:len(langs)], truth)
    assert right(model.labels_[len(langs):], gold[kept], home) > 0.75


def test_stored_means_place_a_language_that_was_not_there_when_fitting() -> None:
    vectors, langs, truth = complaints(langs=("fa", "ar", "en"))
    new, spoken, gold = complaints(noise=0, seed=6, langs=("ru",))
    mean = (new / np.linalg.norm(new, axis=1, keepdims=True)).mean(0)
    away = []
    for means in (None, {"ru": mean}):
        model = PainPointModel(refits=0, language_means=means).fit(vectors, langs)
        found = model.assign(new, spoken)
        away.append(float(np.median(found.distance)))
    assert right(found.labels, gold, homes(model.labels_, truth)) > 0.9
    assert away[1] < 0.5 * away[0]


@pytest.mark.parametrize("count", [0, 1, 3, 7])
def test_fewer_vectors_than_two_clusters_take_are_in_none(count: int, tmp_path: Path) -> None:
    vectors, langs, _ = complaints()
    model = PainPointModel().fit(vectors[:count], langs[:count])
    assert model.labels_.tolist() == [-1] * count and model.centres_.shape == (0, WIDTH)
    model.save(tmp_path / "empty.safetensors")
    for each in (model, PainPointModel.load(tmp_path / "empty.safetensors")):
        found = each.assign(vectors[:5], langs[:5])
        assert found.labels.tolist() == [-1] * 5 and np.isnan(found.distance).all()


def test_zero_vectors_and_no_new_vectors_are_answered(fitted: PainPointModel) -> None:
    assert fitted.assign(np.zeros((0, WIDTH))).labels.shape == (0,)
    found = fitted.assign(np.zeros((2, WIDTH)), ["fa", "und"])
    assert np.isfinite(found.distance).all() and np.isfinite(found.strength).all()


def test_what_was_saved_answers_as_before(fitted: PainPointModel, tmp_path: Path) -> None:
    path = tmp_path / "pains.safetensors"
    fitted.save(path)
    loaded = PainPointModel.load(path)
    vectors, langs, _ = complaints(seed=79)
    before, after = fitted.assign(vectors, langs), loaded.assign(vectors, langs)
    for name in ("labels", "strength", "distance"):
        assert np.array_equal(getattr(before, name), getattr(after, name)), name
    for name in ("labels_", "strength_", "distance_", "border_", "centres_", "stability_"):
        assert np.array_equal(getattr(loaded, name), getattr(fitted, name)), name
    assert (loaded.agreement_, loaded.threshold_) == (fitted.agreement_, fitted.threshold_)
    assert loaded.get_params() == fitted.get_params()


def test_parameters_and_stored_means_survive_the_file(tmp_path: Path) -> None:
    vectors, langs, _ = complaints()
    means = {"fa": np.full(WIDTH, 0.1, np.float32), "zh-Hant": np.zeros(WIDTH, np.float32)}
    model = PainPointModel("fine", least=5, neighbours=12, refits=2, language_means=means).fit(vectors, langs)
    model.save(tmp_path / "m")
    loaded = PainPointModel.load(tmp_path / "m")
    assert {**loaded.get_params(), "language_means": None} == {**model.get_params(), "language_means": None}
    assert loaded.language_means.keys() == means.keys()
    assert np.array_equal(loaded.fit(vectors, langs).labels_, model.labels_)


def test_the_file_holds_no_keys_and_its_metadata_only_settings(fitted: PainPointModel, tmp_path: Path) -> None:
    vectors, langs, _ = complaints()
    secret = [f"پول برنگشت {at} refund" for at in range(len(langs))]
    PainPointModel(refits=0).fit(vectors, langs, secret).save(tmp_path / "m.safetensors")
    content = (tmp_path / "m.safetensors").read_bytes()
    assert b"refund" not in content and "برنگشت".encode() not in content
    with safe_open(str(tmp_path / "m.safetensors"), "numpy") as opened:
        said = json.loads(opened.metadata()["painpoints"])
    assert set(said) == {"kind", "params", "stored", "agreement", "floor", "threshold"}
    assert said["params"] == {"detail": "normal", "least": ClusterSettings.least, "language_means": None,
                              "neighbours": ClusterSettings.neighbours, "refits": 0}


def test_it_behaves_as_an_estimator() -> None:
    model = PainPointModel("coarse", least=6)
    assert set(model.get_params()) == {"detail", "least", "neighbours", "language_means", "refits"}
    assert clone(model).get_params() == model.get_params()
    assert model.set_params(detail="fine").detail == "fine"
    vectors, langs, _ = complaints()
    assert model.fit(vectors, langs) is model
    assert not hasattr(clone(model), "labels_")
    assert np.array_equal(PainPointModel("fine", least=6).fit_predict(vectors, langs), model.labels_)


def test_it_takes_what_people_have_at_hand(fitted: PainPointModel) -> None:
    import pandas as pd
    import polars as pl

    vectors, langs, _ = complaints()
    for given, spoken in ((vectors.tolist(), tuple(langs)), (pd.DataFrame(vectors), pd.Series(langs)),
                          (pl.DataFrame(vectors), pl.Series(langs))):
        assert np.array_equal(PainPointModel(refits=0).fit(given, spoken).labels_, fitted.labels_)


@pytest.mark.parametrize(("call", "error", "said"), [
    (lambda m, v: PainPointModel().assign(v), UsageError, "not fitted"),
    (lambda m, v: PainPointModel().save("nowhere"), UsageError, "not fitted"),
    (lambda m, v: m.assign(v[:, :-1]), InputError, "23 wide, the model was fitted on 24"),
    (lambda m, v: m.assign(np.where(np.arange(len(v))[:, None] == 3, np.nan, v)), InputError, "1 vectors .* in row 3"),
    (lambda m, v: PainPointModel().fit(np.full((9, 3), np.inf)), InputError, "9 vectors hold NaN or infinity"),
    (lambda m, v: PainPointModel().fit(v[0]), InputError, r"shape \(24,\)"),
    (lambda m, v: PainPointModel().fit([["پول"], ["возврат"]]), InputError, "not numbers"),
    (lambda m, v: PainPointModel().fit([[1.0, 2.0], [3.0]]), InputError, "not numbers of one length"),
    (lambda m, v: PainPointModel().fit(v, ["fa"]), InputError, "1 languages for"),
    (lambda m, v: PainPointModel().fit(v, None, ["کلید"] * len(v)), InputError, "1 different keys"),
    (lambda m, v: PainPointModel("finest").fit(v), UsageError, "'finest'"),
    (lambda m, v: PainPointModel(least=1).fit(v), UsageError, "least cannot be 1"),
    (lambda m, v: PainPointModel(neighbours=2.5).fit(v), UsageError, "neighbours cannot be 2.5"),
    (lambda m, v: PainPointModel(language_means={"fa": np.zeros(3)}).fit(v), UsageError, "language 'fa'"),
    (lambda m, v: PainPointModel().set_params(details="fine"), UsageError, "'details'"),
])
def test_mistakes_are_answered_with_what_and_how_to_mend_it(
        fitted: PainPointModel, call: Any, error: type[PainpointsError], said: str) -> None:
    with pytest.raises(error, match=said) as caught:
        call(fitted, complaints()[0])
    assert caught.value.hint and "\n" not in str(caught.value)
    assert "پول" not in str(caught.value) and "کلید" not in str(caught.value)


def _spoil(path: Path, **changes: Any) -> None:
    with safe_open(str(path), "numpy") as opened:
        tensors, metadata = {name: opened.get_tensor(name) for name in opened.keys()}, opened.metadata()  # noqa: SIM118
    tensors.update({name: value for name, value in changes.items() if isinstance(value, np.ndarray)})
    said = {**json.loads(metadata["painpoints"]), **{n: v for n, v in changes.items() if isinstance(v, str)}}
    save_file(tensors, str(path), {"painpoints": json.dumps(said)})


@pytest.mark.parametrize("spoil", [
    lambda path: path.unlink(),
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(path.read_bytes()[:-40]),
    lambda path: path.write_text("پول برنگشت", "utf8"),
    lambda path: save_file({"units": np.zeros((2, 3), np.float16)}, str(path)),
    lambda path: _spoil(path, kind="something else"),
    lambda path: _spoil(path, centres=np.zeros((1, WIDTH), np.float32)),
    lambda path: _spoil(path, overall=np.zeros(3, np.float32)),
    lambda path: _spoil(path, place=np.array([10 ** 6])),
])
def test_a_file_that_is_not_ours_is_a_model_error(fitted: PainPointModel, tmp_path: Path, spoil: Any) -> None:
    path = tmp_path / "pains.safetensors"
    fitted.save(path)
    PainPointModel.load(path)
    spoil(path)
    with pytest.raises(ModelError, match=r"pains\.safetensors") as caught:
        PainPointModel.load(path)
    assert "PainPointModel.save" in str(caught.value.hint)


def test_a_place_that_cannot_be_written_is_a_storage_error(fitted: PainPointModel, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="could not be written"):
        fitted.save(tmp_path / "no" / "such" / "folder.safetensors")
