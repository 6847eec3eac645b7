"""A user's own encoder and a user's own spaCy pipeline in the main job."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import painpoints
import painpoints.pipeline.models as models
from painpoints.encode import EMBEDDED_NAME, load_encoder, resolve_model
from painpoints.errors import ModelError


@pytest.fixture(scope="module")
def complaints() -> pl.DataFrame:
    said = ["پول مرجوعی هنوز به کارتم برنگشته", "لم يرجع المبلغ إلى حسابي حتى الآن",
            "Деньги за возврат так и не пришли",
            "The refund still has not reached my card", "پیک سه ساعت دیر رسید", "المندوب تأخر ثلاث ساعات",
            "Курьер опоздал на три часа", "The courier was three hours late"]
    return pl.DataFrame({"review": [f"{text}. {number}" for number in range(6) for text in said]})


def test_an_own_encoder_makes_the_clustering_vectors_and_the_run_says_so(
        complaints: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "load_encoder", load_encoder)  # the real one: here two encoders are wanted
    own = resolve_model(EMBEDDED_NAME).path  # an ordinary folder in sentence-transformers layout
    said: list[str] = []
    found = painpoints.mine(complaints, model=own, warn=said.append)
    plain = painpoints.mine(complaints)
    assert any("judgements still come from" in sentence for sentence in said)
    assert any("judgements still come from" in note for note in found.manifest["notes"])
    assert found.manifest["models"]["clustering"]["name"] == own
    assert plain.manifest["models"]["clustering"]["projection"]
    assert found.units["p_neg"].to_list() == plain.units["p_neg"].to_list()


def test_an_unknown_encoder_is_refused_with_the_remedy(
        complaints: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "load_encoder", load_encoder)
    with pytest.raises(ModelError, match=r"no such model folder.*sentence-transformers"):
        painpoints.mine(complaints, model="./nowhere")


def test_sentences_of_an_own_spacy_pipeline_are_borders_of_units(tmp_path: Path) -> None:
    import spacy

    nlp = spacy.blank("xx")
    nlp.add_pipe("sentencizer", config={"punct_chars": ["/"]})
    nlp.to_disk(tmp_path / "own")
    frame = pl.DataFrame({"review": ["پیک دیر رسید / غذا سرد بود", "курьер опоздал / еда остыла",
                                     "late courier / cold food", "المندوب تأخر / الأكل بارد"]})
    own = painpoints.score(frame, spacy=str(tmp_path / "own"))
    assert own.group_by("doc_id").len()["len"].to_list() == [2, 2, 2, 2]
    assert not [text for text in own["text"] if "/" in text.strip(" /")]
