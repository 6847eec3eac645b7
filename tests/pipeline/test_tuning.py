"""Tuning with the real encoder: a new touchpoint in four languages, figures before and after, and what is refused."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from painpoints.classify import Judge, load_heads, load_tuned
from painpoints.config import Settings
from painpoints.errors import EmptyInputError, InputError, TaxonomyError, UsageError
from painpoints.pipeline import LEAST_HELD_OUT, Tuning, Workspace, corrections_frame, tune
from painpoints.store import now
from painpoints.taxonomy import load_taxonomy

if TYPE_CHECKING:
    from painpoints.encode import Encoder

CORRECTIONS = Path(__file__).with_name("corrections.csv")
COMPANY = Path(__file__).parents[1] / "taxonomy" / "company.toml"
NOW = datetime(2026, 1, 2, tzinfo=UTC)
WRAPPED = [
    ("The gift paper had holes in it and no ribbon", "en"), ("Beautiful gift wrapping, she loved it", "en"),
    ("کادوپیچی‌شون خیلی شلخته بود", "fa"), ("کاغذ کادو پاره رسید", "fa"),
    ("تغليف الهدية كان رخيص وممزق", "ar"), ("نسوا يغلفون الهدية", "ar"),
    ("Подарочная упаковка порвалась по дороге", "ru"), ("Подарок завернули криво, бант отвалился", "ru"),
]
OTHERS = [
    ("The courier never rang the bell", "en"), ("The app crashes on start", "en"), ("Nobody picks up the phone", "en"),
    ("پیک خیلی دیر رسید", "fa"), ("برنامه مدام بسته میشه", "fa"), ("قیمتش خیلی زیاده", "fa"),
    ("المندوب تأخر ساعتين", "ar"), ("التطبيق بطيء جدا", "ar"), ("السعر مبالغ فيه", "ar"),
    ("Курьер приехал поздно вечером", "ru"), ("Приложение зависает", "ru"), ("Слишком дорого", "ru"),
]


@pytest.fixture(scope="module", autouse=True)
def _the_loaded_encoder(encoder: Encoder) -> Iterator[None]:
    import painpoints.encode.encoder as source

    patch = pytest.MonkeyPatch()
    patch.setattr(source, "load_encoder", lambda *_, **__: encoder)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory, _the_loaded_encoder: None) -> Tuning:
    """The corrections learnt, with gift wrapping as a new touchpoint."""
    out = tmp_path_factory.mktemp("tuned") / "own.safetensors"
    return tune(CORRECTIONS, out, add={"gift_wrap": "during"}, force=True, now=NOW)


def judged(found: Tuning, encoder: Encoder, texts: list[tuple[str, str]], framework: str = "three-stage"
           ) -> pl.DataFrame:
    heads = load_tuned(str(found.written), load_heads())
    taxonomy = heads.taxonomy(load_taxonomy())
    frame = pl.DataFrame(texts, schema=["text", "lang"], orient="row")
    return Judge(heads, taxonomy, taxonomy.framework(framework)).judge(frame, encoder.encode(frame["text"].to_list()))


def test_a_touchpoint_learnt_from_two_dozen_examples_is_recognised_in_texts_never_seen(tmp_path: Path,
                                                                                      encoder: Encoder) -> None:
    table = pl.read_csv(CORRECTIONS)
    wrapped = table.filter(pl.col("touchpoint") == "gift_wrap")
    few = pl.concat([wrapped.filter(pl.col("language") == lang).head(6) for lang in ("fa", "ar", "ru", "en")]
                    + [table.filter(pl.col("touchpoint") != "gift_wrap")])
    few.write_csv(tmp_path / "few.csv")
    found = tune(tmp_path / "few.csv", tmp_path / "few.safetensors", add={"gift_wrap": "during"}, force=True)
    left = wrapped.join(few, on="text", how="anti").select("text", "language").rows()
    assert len(wrapped) - len(left) == 24
    own = judged(found, encoder, [*WRAPPED, *left])
    assert (own["touchpoint"] == "gift_wrap").mean() >= 0.5
    assert set(own.filter(pl.col("touchpoint") == "gift_wrap")["stage"]) == {"during"}
    others = judged(found, encoder, OTHERS)
    assert not (others["touchpoint"] == "gift_wrap").any()


def test_every_framework_has_a_stage_for_it(tuned: Tuning, encoder: Encoder) -> None:
    for framework, stage in (("three-stage", "during"), ("four-stage", "purchase"), ("five-stage", "action")):
        own = judged(tuned, encoder, WRAPPED, framework).filter(pl.col("touchpoint") == "gift_wrap")
        assert set(own["stage"]) == {stage}


def test_the_figures_are_of_a_quarter_that_was_held_out(tuned: Tuning) -> None:
    assert tuned.rows == 96
    assert set(tuned.tasks) == {"sentiment", "touchpoint", "problem"}
    for task in tuned.tasks.values():
        assert task.labels == 96
        assert LEAST_HELD_OUT <= task.held_out <= 32
        assert task.overall is not None and task.overall.n == task.held_out
    touchpoint = tuned.tasks["touchpoint"]
    assert touchpoint.overall is not None and touchpoint.known is not None
    assert touchpoint.overall.accuracy_after > touchpoint.overall.accuracy_before
    assert touchpoint.known.n < touchpoint.overall.n


def test_the_file_says_what_it_was_made_of_and_holds_no_text(tuned: Tuning) -> None:
    heads = load_tuned(str(tuned.written), load_heads())
    assert heads.added == {"gift_wrap": "during"}
    assert heads.tuned.created == "2026-01-02T00:00:00+00:00"
    assert heads.tuned.figures["rows"] == 96
    assert heads.tuned.figures["fitted_on"].startswith("all rows")
    assert heads.tuned.figures["tasks"]["touchpoint"]["labels"] == 96
    content = Path(str(tuned.written)).read_bytes()
    assert len(content) < 200_000
    for text in pl.read_csv(CORRECTIONS)["text"]:
        assert text.encode() not in content
        assert all(word.encode() not in content for word in text.split() if len(word) > 9)


def test_the_same_corrections_make_the_same_file(tuned: Tuning, tmp_path: Path) -> None:
    again = tune(CORRECTIONS, tmp_path / "again.safetensors", add={"gift_wrap": "during"}, force=True, now=NOW)
    first, second = (load_tuned(str(each.written), load_heads()) for each in (tuned, again))
    assert Path(str(again.written)).read_bytes() == Path(str(tuned.written)).read_bytes()
    assert first.info.version == second.info.version


def test_copies_never_cross_from_what_is_learnt_to_what_is_held_out(tmp_path: Path) -> None:
    """Spelling, case, punctuation and emoji make no other text of it."""
    from painpoints.pipeline.corrections import encode_texts

    class Blank:
        def encode(self, texts: list[str]) -> object:
            import numpy as np

            return np.zeros((len(texts), 2), np.float32)

    forms = [("می‌خواستم کادو بشه", "مي خواستم كادو بشه!!"), ("The bow came CRUSHED", "the bow came crushed 😡"),
             ("Всё ещё жду открытку", "все еще жду открытку..."), ("وصلت الهديّة", "وصلت الهدية")]
    for first, second in forms:
        found = encode_texts([first, second], ["fa"] * 2, Blank())  # type: ignore[arg-type]
        assert found.held_out()[0] == found.held_out()[1]
        assert found.folds()[0] == found.folds()[1]
        assert found.keys[0] == found.keys[1]


def test_a_company_s_own_taxonomy_can_be_tuned(tmp_path: Path, encoder: Encoder) -> None:
    texts = [("They let us wait at the gate for an hour", "boarding"), ("صف سوار شدن خیلی طول کشید", "boarding"),
             ("Посадку задержали без объяснений", "boarding"), ("بوابة الصعود مزدحمة", "boarding"),
             ("The chicken on board was cold", "in_flight_meal"), ("غذای هواپیما شور بود", "in_flight_meal"),
             ("На обед дали сухой хлеб", "in_flight_meal"), ("وجبة الرحلة لذيذة", "in_flight_meal"),
             ("My bag came with a broken zip", "baggage"), ("چمدونم گم شد", "baggage"),
             ("Сумку вернули мокрой", "baggage"), ("حقيبتي وصلت متأخرة", "baggage")]
    pl.DataFrame(texts, schema=["text", "touchpoint"], orient="row").write_csv(tmp_path / "own.csv")
    settings = Settings(taxonomy=str(COMPANY))
    found = tune(tmp_path / "own.csv", tmp_path / "own.safetensors", settings, force=True)
    heads = load_tuned(str(found.written), load_heads())
    taxonomy = heads.taxonomy(load_taxonomy(COMPANY))
    assert heads.info.touchpoints == taxonomy.codes
    frame = pl.DataFrame({"lang": ["en", "ru", "fa"]})
    vectors = encoder.encode(["Boarding through the gate was a mess", "Чемодан потеряли", "غذای پرواز سرد بود"])
    result = Judge(heads, taxonomy, taxonomy.framework("three-stage")).judge(frame, vectors)
    assert result["touchpoint"].to_list() == ["boarding", "baggage", "in_flight_meal"]


def test_few_rows_cannot_be_measured_and_are_written_by_force_alone(tmp_path: Path) -> None:
    out = tmp_path / "few.safetensors"
    rows = "The bow came crushed,gift_wrap\nThe valet was late,bay\n"
    (tmp_path / "few.csv").write_text(f"text,touchpoint\n{rows}", "utf8")
    added = {"gift_wrap": "during", "bay": "during"}
    refused = tune(tmp_path / "few.csv", out, add=added)
    assert (refused.written, out.exists()) == (None, False)
    assert len(refused.doubts) == 1 and "20 are needed" in refused.doubts[0]
    forced = tune(tmp_path / "few.csv", out, add=added, force=True)
    assert forced.written == str(out) and out.exists()
    assert forced.tasks["touchpoint"].overall is None
    heads = load_tuned(out, load_heads())
    assert set(heads.taxonomy(load_taxonomy()).codes) - set(load_taxonomy().codes) == set(added)


def test_labels_that_contradict_the_texts_are_refused(tmp_path: Path) -> None:
    """Learnt from wrong labels and held to right ones, judgements get worse; that is what holding out is for."""
    from painpoints.pipeline.corrections import encode_texts

    table = pl.read_csv(CORRECTIONS).select("text", "language", "sentiment")

    class Blank:
        def encode(self, texts: list[str]) -> object:
            import numpy as np

            return np.zeros((len(texts), 2), np.float32)

    held = encode_texts(table["text"].to_list(), table["language"].to_list(), Blank()).held_out()  # type: ignore[arg-type]
    wrong = pl.when(pl.col("sentiment") == "neg").then(pl.lit("pos")).otherwise(pl.lit("neg"))
    table = table.with_columns(held=pl.Series(held)).with_columns(
        sentiment=pl.when("held").then("sentiment").otherwise(wrong)).drop("held")
    table.write_csv(tmp_path / "wrong.csv")
    found = tune(tmp_path / "wrong.csv", tmp_path / "wrong.safetensors")
    assert found.written is None
    assert "sentiment got worse" in found.doubts


def test_codes_that_the_taxonomy_lacks_are_named_and_texts_are_not(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("text,touchpoint\nThe ribbon was torn,gift_wrap\nLate again,delivry\nThe card,valet\n", "utf8")
    with pytest.raises(InputError) as caught:
        tune(path, tmp_path / "out.safetensors")
    assert caught.value.message == f"{path}: touchpoints that the taxonomy lacks: delivry, gift_wrap, valet."
    assert "Did you mean 'delivery'? " in str(caught.value.hint) and "--add delivry=STAGE" in str(caught.value.hint)
    path.write_text("text,touchpoint\nThe ribbon was torn,The courier was late and rude\n", "utf8")
    with pytest.raises(InputError, match="unknown labels in row 1") as caught:
        tune(path, tmp_path / "out.safetensors")
    assert "courier was late" not in str(caught.value)


def test_what_cannot_be_added_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out.safetensors"
    with pytest.raises(TaxonomyError, match="There is no stage 'durring'"):
        tune(CORRECTIONS, out, add={"gift_wrap": "durring"})
    with pytest.raises(TaxonomyError, match="already in the taxonomy"):
        tune(CORRECTIONS, out, add={"delivery": "after"})
    with pytest.raises(UsageError, match="no row has the added touchpoint 'valet'"):
        tune(CORRECTIONS, out, add={"gift_wrap": "during", "valet": "during"})
    with pytest.raises(UsageError, match=r"End the name in \.safetensors"):
        tune(CORRECTIONS, tmp_path / "out.bin")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, _one_encoder: None) -> Path:
    """A workspace of which nobody has corrected anything: the corrections' texts, and others."""
    path = tmp_path_factory.mktemp("tuned") / "shop"
    known = pl.read_csv(CORRECTIONS).filter(pl.col("touchpoint") != "gift_wrap").select("text")
    others = pl.read_csv(Path(__file__).with_name("feedback.csv")).select("text")
    with Workspace.create(path, Settings(whole=True)) as made:
        made.add(pl.concat([known, others]))
    return path


def people_say(place: Path, path: Path, labels: dict[str, dict[str, str]]) -> Path:
    """A copy of the workspace in which people have said ``labels``: values by field by text."""
    shutil.copytree(place, path)
    with Workspace.open(path) as opened, opened.folder.state.writing() as state:
        units = dict(opened.data().units.select("text", "unit_id").iter_rows())
        state.insert("corrections", [
            {"unit_id": units[text], "field": field, "value": value, "doc_id": "", "made": now(), "who": "sara"}
            for text, said in labels.items() for field, value in said.items()])
    return path


def test_what_was_corrected_in_a_workspace_is_learnt_and_nothing_else_is_a_label(shop: Path, tmp_path: Path) -> None:
    rows = pl.read_csv(CORRECTIONS).filter(pl.col("touchpoint") != "gift_wrap")
    labels = {row["text"]: {"problem": "yes" if row["problem"] == 1 else "no"} for row in rows.head(12).iter_rows(
        named=True)}
    texts = list(labels)
    labels[texts[0]] |= {"sentiment": "pos"}
    labels |= {rows["text"][12]: {"stage": "after"}}
    found = tune(people_say(shop, tmp_path / "shop", labels), tmp_path / "own.safetensors", force=True, now=NOW)
    assert (found.rows, dict(found.left_out), set(found.tasks)) == (12, {"stage_only": 1}, {"problem", "sentiment"})
    assert (found.tasks["problem"].labels, found.tasks["sentiment"].labels) == (12, 1)
    assert found.written is not None and all(0 <= task.moved <= 1 for task in found.tasks.values()
                                             if task.moved is not None)
    assert any("20 are needed" in doubt for doubt in found.doubts)


def test_a_workspace_teaches_what_its_labels_in_a_file_would(shop: Path, tmp_path: Path) -> None:
    rows = pl.read_csv(CORRECTIONS).filter(pl.col("touchpoint") != "gift_wrap")
    labels = {text: {"sentiment": feeling} for text, feeling in rows.select("text", "sentiment").iter_rows()}
    people_say(shop, tmp_path / "shop", labels)
    here = tune(tmp_path / "shop", tmp_path / "here.safetensors", force=True, now=NOW)
    with Workspace.open(tmp_path / "shop") as opened:
        frame = corrections_frame(opened)
    frame.sort("unit_id").select("text", language="lang", sentiment="value").write_csv(tmp_path / "said.csv")
    there = tune(tmp_path / "said.csv", tmp_path / "there.safetensors", force=True, now=NOW)
    one, other = here.tasks["sentiment"], there.tasks["sentiment"]
    assert (one.labels, one.held_out, one.strength, one.overall) == (
        other.labels, other.held_out, other.strength, other.overall)
    assert one.moved is not None and other.moved is None


def test_corrections_that_would_spoil_what_nobody_corrected_are_refused(shop: Path, tmp_path: Path,
                                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    """All mistakes are mended by heads that say the same of everything; so the rest is looked at too."""
    monkeypatch.setattr("painpoints.pipeline.tuning.MOST_MOVED", 0.01)
    rows = pl.read_csv(CORRECTIONS).filter(pl.col("touchpoint") != "gift_wrap", pl.col("sentiment") == "neg")
    people_say(shop, tmp_path / "shop", {text: {"sentiment": "pos"} for text in rows["text"]})
    found = tune(tmp_path / "shop", tmp_path / "own.safetensors")
    moved = found.tasks["sentiment"].moved
    assert found.written is None and moved is not None and moved > 0.01
    assert f"sentiment would change {moved:.0%} of what is certain and nobody corrected" in found.doubts


def test_a_workspace_without_a_correction_says_how_to_make_one(shop: Path, tmp_path: Path) -> None:
    with pytest.raises(EmptyInputError, match="nobody has corrected") as caught:
        tune(shop, tmp_path / "own.safetensors")
    assert caught.value.hint == f"painpoints correct {shop} ID --sentiment neg"
    said = people_say(shop, tmp_path / "shop", {pl.read_csv(CORRECTIONS)["text"][-1]: {"touchpoint": "gift_rap"}})
    with pytest.raises(InputError, match="the taxonomy lacks: gift_rap"):
        tune(said, tmp_path / "own.safetensors")
