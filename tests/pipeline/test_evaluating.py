"""Judgements against gold labels: of the model, and of files that were scored before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from painpoints.config import Settings
from painpoints.errors import ColumnError, EmptyInputError, InputError, UsageError
from painpoints.pipeline import Comparison, Evaluation, GoldColumns, compare, evaluate

GOLD = Path(__file__).with_name("gold.csv")
STAGES = {"price": "before", "staff": "during", "ordering": "during"}
SENTIMENTS = {"Negative": "neg", "positive": "pos"}


@pytest.fixture(scope="module")
def found(_one_encoder: None) -> Evaluation:
    """The built-in judge against 40 labelled units in four languages."""
    return evaluate(GOLD)


def scored(path: Path, *, wrong: Sequence[str] = (), task: str = "sentiment", **columns: object) -> Path:
    """A file as `painpoints score` writes it, right about the gold file but for ``task`` of the rows ``wrong``."""
    rows = []
    for row in pl.read_csv(GOLD, infer_schema_length=0).iter_rows(named=True):
        sentiment = SENTIMENTS.get(row["sentiment"], row["sentiment"])
        touchpoint, problem = row["touchpoint"], row["problem"] in ("1", "yes", "true")
        if row["id"] in wrong:
            sentiment = ("pos" if sentiment == "neg" else "neg") if task == "sentiment" else sentiment
            touchpoint = "app" if task == "touchpoint" else touchpoint
        rows.append({
            "source_id": row["id"], "doc_id": "d", "unit_id": "u", "start": 0, "end": len(row["text"]),
            "lang": row["language"], "variety": None, "field": "text", "text": row["text"], "sentiment": sentiment,
            **{f"p_{name}": 0.8 if name == sentiment else 0.1 for name in ("neg", "neu", "pos")},
            "touchpoint": touchpoint, "touchpoint_p": 0.7, "stage": STAGES.get(touchpoint, "after"), "stage_p": 0.9,
            "problem_p": 0.9 if problem else 0.2, "is_problem": problem, "certain": row["id"] not in wrong, **columns})
    frame = pl.DataFrame(rows)
    frame.write_csv(path) if path.suffix == ".csv" else frame.write_parquet(path)
    return path


def gold_file(path: Path, rows: list[dict[str, object]]) -> Path:
    pl.DataFrame(rows).write_csv(path)
    return path


def test_the_built_in_judge_reads_four_languages(found: Evaluation) -> None:
    assert list(found.tasks) == ["sentiment", "touchpoint", "stage", "problem"]
    assert (found.rows, found.left_out, found.judge) == (40, {}, "default")
    for result in found.tasks.values():
        assert result.overall.n == 40 and result.overall.documents == 20
        assert set(result.languages) == {"fa", "ar", "ru", "en"}
        assert result.overall.accuracy >= 0.8, result.task
        assert all(figures.n == 10 and figures.accuracy >= 0.6 for figures in result.languages.values()), result.task
        assert result.worst is None
        assert result.overall.accuracy_interval is not None
        assert result.overall.accuracy_interval.low <= result.overall.accuracy <= result.overall.accuracy_interval.high


def test_labels_may_be_written_in_several_ways(found: Evaluation) -> None:
    support = {c.label: c.support for c in found.tasks["sentiment"].overall.classes}
    assert support == {"neg": 23, "neu": 4, "pos": 13}
    assert {c.label: c.support for c in found.tasks["problem"].overall.classes} == {"0": 17, "1": 23}


def test_stages_follow_from_touchpoints(found: Evaluation) -> None:
    assert {c.label: c.support for c in found.tasks["stage"].overall.classes} == {"before": 4, "during": 8, "after": 28}


def test_a_second_annotator_gives_the_ceiling(found: Evaluation) -> None:
    people = {name: result.overall.agreement for name, result in found.tasks.items()}
    assert people["problem"] is None
    assert people["sentiment"] is not None and people["sentiment"].accuracy == pytest.approx(39 / 40)
    assert people["touchpoint"] is not None and people["touchpoint"].accuracy == pytest.approx(37 / 40)
    assert people["stage"] is not None and people["stage"].accuracy == pytest.approx(39 / 40)
    assert people["stage"].judge_accuracy == found.tasks["stage"].overall.accuracy


def test_the_evaluation_is_plain_values_without_texts(found: Evaluation) -> None:
    shown = json.dumps(found.as_dict(), ensure_ascii=False, allow_nan=False)
    assert not any(text in shown for text in pl.read_csv(GOLD)["text"])


def test_finished_judgements_are_evaluated_without_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import painpoints.pipeline.verdicts as verdicts

    monkeypatch.setattr(verdicts, "score_documents", None)
    perfect = evaluate(GOLD, scored=scored(tmp_path / "a.csv"))
    assert [r.overall.accuracy for r in perfect.tasks.values()] == [1.0] * 4
    sentiment = evaluate(GOLD, scored=scored(tmp_path / "b.parquet", wrong=["g01", "g02"])).tasks["sentiment"]
    assert sentiment.overall.accuracy == 0.95
    assert sentiment.languages["fa"].accuracy == 0.8
    assert sentiment.overall.certain.n == 38 and sentiment.overall.certain.accuracy == 1.0
    assert sentiment.overall.ece == pytest.approx(0.15)
    assert sentiment.overall.brier == pytest.approx((38 * 0.04 + 2 * 0.64) / 40)
    assert sentiment.overall.brier_classes == pytest.approx((38 * 0.06 + 2 * 1.46) / 40)


def test_a_scored_file_and_the_model_that_made_it_agree(found: Evaluation, tmp_path: Path) -> None:
    import painpoints

    painpoints.score(GOLD, whole=True).write_csv(tmp_path / "scored.csv")
    again = evaluate(GOLD, scored=tmp_path / "scored.csv")
    for name, result in found.tasks.items():
        assert again.tasks[name].overall.confusion == result.overall.confusion
        assert again.tasks[name].overall.ece == pytest.approx(result.overall.ece, abs=1e-4)


def test_a_row_cut_into_several_units_is_taken_as_a_whole(tmp_path: Path) -> None:
    units = pl.read_parquet(scored(tmp_path / "a.parquet"))
    more = units.head(1).with_columns(end=pl.lit(1, pl.Int64), sentiment=pl.lit("pos"), touchpoint=pl.lit("app"),
                                      p_neg=pl.lit(0.1), p_neu=pl.lit(0.1), p_pos=pl.lit(0.8))
    pl.concat([more, units]).write_parquet(tmp_path / "b.parquet")
    notes: list[str] = []
    found = evaluate(GOLD, scored=tmp_path / "b.parquet", warn=notes.append)
    assert [r.overall.accuracy for r in found.tasks.values()] == [1.0] * 4
    assert found.rows == 40 and len(notes) == 1 and notes[0].startswith("1 gold rows are cut")


def test_ids_kept_from_being_formulas_are_found(tmp_path: Path) -> None:
    row = pl.read_csv(GOLD, infer_schema_length=0).with_columns(id="-" + pl.col("id"))
    row.write_csv(tmp_path / "gold.csv")
    units = pl.read_csv(scored(tmp_path / "a.csv")).with_columns(source_id="'-" + pl.col("source_id"))
    units.write_csv(tmp_path / "scored.csv")
    assert evaluate(tmp_path / "gold.csv", scored=tmp_path / "scored.csv").rows == 40


def test_the_worst_language_is_named_among_those_with_thirty_rows(tmp_path: Path) -> None:
    rows, judged = [], []
    for lang, n, wrong in (("fa", 40, 8), ("ar", 30, 3), ("ru", 29, 29)):
        for at in range(n):
            rows.append({"id": f"{lang}{at}", "language": lang, "text": "x y", "sentiment": ("neg", "pos")[at % 2]})
            judged.append({"source_id": f"{lang}{at}", "sentiment": ("neg", "pos")[(at + (at < wrong)) % 2]})
    gold = gold_file(tmp_path / "gold.csv", rows)
    units = pl.DataFrame(judged).join(pl.read_parquet(scored(tmp_path / "a.parquet")).drop(
        "source_id", "sentiment").head(1), how="cross")
    units.write_parquet(tmp_path / "b.parquet")
    found = evaluate(gold, scored=tmp_path / "b.parquet")
    result = found.tasks["sentiment"]
    assert result.worst == "fa"
    assert (result.languages["ru"].accuracy, result.languages["fa"].accuracy) == (0.0, 0.8)
    assert [s.language for s in found.under(0.85, per_language=True)] == [None, "fa"]
    assert found.under(0.2) == [] and [s.task for s in found.under(0.99, "sentiment")] == ["sentiment"]
    assert found.under(0.99, "problem") == []


def test_rows_without_a_label_are_left_out_for_that_task(tmp_path: Path) -> None:
    gold = gold_file(tmp_path / "gold.csv", [
        {"id": "g01", "text": "پیک دیر رسید", "sentiment": "neg", "touchpoint": "None"},
        {"id": "g02", "text": "الأكل لذيذ", "sentiment": "", "touchpoint": "product"},
        {"id": "g03", "text": "Очень дорого", "sentiment": None, "touchpoint": None},
        {"id": "g04", "text": "", "sentiment": "neg", "touchpoint": "app"},
        {"id": "g99", "text": "love it", "sentiment": "pos", "touchpoint": ""}])
    found = evaluate(gold, scored=scored(tmp_path / "a.csv"))
    assert found.left_out == {"no_label": 1, "empty_text": 1, "not_judged": 1}
    assert found.rows == 2
    assert (found.tasks["sentiment"].overall.n, found.tasks["sentiment"].unlabelled) == (1, 2)
    assert (found.tasks["touchpoint"].overall.n, found.tasks["touchpoint"].unlabelled) == (2, 2)
    assert [c.label for c in found.tasks["touchpoint"].overall.classes if c.support] == ["product", "none"]


def test_columns_may_have_other_names(tmp_path: Path) -> None:
    frame = pl.read_csv(GOLD, infer_schema_length=0).rename({"sentiment": "polarity", "sentiment_2": "polarity_2",
                                                             "doc": "thread"}).drop("touchpoint", "problem")
    frame.write_csv(tmp_path / "gold.csv")
    found = evaluate(tmp_path / "gold.csv", columns=GoldColumns(sentiment="Polarity", doc="thread"),
                     scored=scored(tmp_path / "a.csv"))
    assert list(found.tasks) == ["sentiment"]
    assert found.tasks["sentiment"].overall.agreement is not None
    assert found.tasks["sentiment"].overall.documents == 20


@pytest.mark.parametrize(("framework", "stage", "expected"), [
    ("three-stage", "post_purchase", "after"), ("three-stage", "Before", "before"), ("four-stage", "loyalty",
                                                                                     "post_purchase"),
    ("five-stage", "consideration", None), ("three-stage", "none", "none")])
def test_a_stage_may_be_the_guides_where_it_lies_whole_in_one(framework: str, stage: str, expected: str | None,
                                                              tmp_path: Path) -> None:
    from painpoints.pipeline.gold import Vocabulary
    from painpoints.taxonomy import load_taxonomy

    taxonomy = load_taxonomy()
    spellings = Vocabulary.of(taxonomy, taxonomy.framework(framework)).spellings["stage"]
    assert spellings.get(stage.casefold()) == (expected or "consideration")


def test_a_company_taxonomy_brings_its_own_codes(tmp_path: Path) -> None:
    company = tmp_path / "my.toml"
    company.write_text("".join(f'[[touchpoint]]\nname = "{name}"\nstage = "{stage}"\nexamples = ["a b", "c d", "e f"]\n'
                               for name, stage in (("Pool", "purchase"), ("Card", "loyalty"))), "utf8")
    gold = gold_file(tmp_path / "gold.csv", [{"id": "g01", "text": "the pool was cold", "touchpoint": "Pool"}])
    units = scored(tmp_path / "a.csv", touchpoint="pool", stage="during")
    found = evaluate(gold, Settings(taxonomy=str(company)), scored=units)
    assert found.tasks["touchpoint"].overall.labels == ("pool",)
    assert found.tasks["stage"].overall.labels == ("during",)


@pytest.mark.parametrize(("column", "values", "words"), [
    ("sentiment", ["neg", "awful", "neg", "bad"], "sentiment holds unknown labels in rows 2, 4 (counted"),
    ("touchpoint", ["app", "app", "apps", "app"], "touchpoint holds unknown labels in row 3 (counted"),
    ("problem", ["2", "1", "0", "maybe"], "problem holds unknown labels in rows 1, 4 (counted"),
    ("stage", ["later", "x", "y", "z"], "stage holds unknown labels in rows 1, 2, 3, 4 (counted"),
])
def test_unknown_labels_are_one_error_with_rows_and_what_is_allowed(column: str, values: list[str], words: str,
                                                                    tmp_path: Path) -> None:
    gold = gold_file(tmp_path / "gold.csv", [{"text": "secret words", column: value} for value in values])
    with pytest.raises(InputError) as raised:
        evaluate(gold)
    assert words in raised.value.message
    assert raised.value.hint is not None and raised.value.hint.startswith("Allowed: ")
    assert "secret" not in str(raised.value) and "awful" not in str(raised.value)


def test_many_unknown_labels_are_counted(tmp_path: Path) -> None:
    gold = gold_file(tmp_path / "gold.csv", [{"text": "late again", "sentiment": "bad"} for _ in range(1200)])
    with pytest.raises(InputError, match=r"rows 1, 2, 3, 4, 5 and 1,195 more"):
        evaluate(gold)


def test_what_cannot_be_evaluated_says_why(tmp_path: Path) -> None:
    text_only = gold_file(tmp_path / "a.csv", [{"id": "1", "text": "late again"}])
    with pytest.raises(ColumnError, match="no gold column among id, text"):
        evaluate(text_only)
    unlabelled = gold_file(tmp_path / "b.csv", [{"text": "late again", "sentiment": None}])
    with pytest.raises(EmptyInputError, match="no row has both"):
        evaluate(unlabelled)
    with pytest.raises(UsageError, match="no row is labelled for stage"):
        evaluate(gold_file(tmp_path / "c.csv", [{"text": "late again", "sentiment": "neg"}]), task="stage")


@pytest.mark.parametrize(("change", "kind", "words"), [
    ({"source_id": pl.lit("other")}, InputError, "no source_id is an id"),
    ({"touchpoint": pl.lit("pool")}, InputError, "touchpoint holds labels that are not those in use"),
    ({"p_neg": pl.lit(7.0)}, InputError, "not between 0 and 1"),
    ({"stage_p": pl.lit("high")}, InputError, "is not a number"),
])
def test_a_scored_file_that_does_not_fit_is_refused(change: dict[str, pl.Expr], kind: type[Exception], words: str,
                                                    tmp_path: Path) -> None:
    pl.read_csv(scored(tmp_path / "a.csv")).with_columns(**change).write_csv(tmp_path / "b.csv")
    with pytest.raises(kind, match=words):
        evaluate(GOLD, scored=tmp_path / "b.csv")


def test_a_file_that_was_never_scored_is_refused(tmp_path: Path) -> None:
    gold_file(tmp_path / "b.csv", [{"source_id": "g01", "text": "late again"}])
    with pytest.raises(ColumnError, match="no column 'start'"):
        evaluate(GOLD, scored=tmp_path / "b.csv")


def test_ids_must_be_there_and_unique_to_match_a_scored_file(tmp_path: Path) -> None:
    units = scored(tmp_path / "a.csv")
    twice = gold_file(tmp_path / "b.csv", [{"id": "g01", "text": "late again", "sentiment": "neg"}] * 2)
    with pytest.raises(InputError, match="rows 1 and 2 have the same id"):
        evaluate(twice, scored=units)
    nameless = gold_file(tmp_path / "c.csv", [{"text": "late again", "sentiment": "neg"}])
    with pytest.raises(ColumnError, match="no id column"):
        evaluate(nameless, scored=units)


def compared(tmp_path: Path, wrong_a: Sequence[str], wrong_b: Sequence[str]) -> Comparison:
    a = scored(tmp_path / "a.csv", wrong=wrong_a)
    return compare(str(a), str(scored(tmp_path / "b.parquet", wrong=wrong_b)), GOLD)


def test_a_clearly_better_judge_is_called_better(tmp_path: Path) -> None:
    twelve = [f"g{at:02}" for at in range(1, 40, 3)][:12]
    found = compared(tmp_path, twelve, ["g03"])
    sentiment = found.tasks["sentiment"].overall
    assert (sentiment.only_a, sentiment.only_b, sentiment.verdict) == (1, 12, "B is better")
    assert sentiment.accuracy_difference == pytest.approx(11 / 40)
    assert sentiment.p < sentiment.p_corrected < 0.05
    assert compared(tmp_path, ["g03"], twelve).tasks["sentiment"].overall.verdict == "A is better"
    assert {t.overall.verdict for name, t in found.tasks.items() if name != "sentiment"} == {"no difference shown"}
    assert set(found.tasks["sentiment"].languages) == {"fa", "ar", "ru", "en"}


def test_what_passes_alone_may_not_pass_among_four_tasks(tmp_path: Path) -> None:
    six = [f"g{at:02}" for at in range(1, 40, 6)][:6]
    sentiment = compared(tmp_path, six, []).tasks["sentiment"].overall
    assert sentiment.p == pytest.approx(1 / 64) and sentiment.p_corrected == pytest.approx(4 / 64)
    assert sentiment.verdict == "no difference shown"


def test_the_built_in_judge_does_not_differ_from_its_own_scores(tmp_path: Path) -> None:
    import painpoints

    painpoints.score(GOLD, whole=True).write_parquet(tmp_path / "scored.parquet")
    found = compare("default", str(tmp_path / "scored.parquet"), GOLD)
    assert all(t.overall.only_a == t.overall.only_b == 0 and t.overall.p == 1.0 for t in found.tasks.values())
    with pytest.raises(UsageError, match="compared with itself"):
        compare("default", "default", GOLD)


def test_rows_that_one_judge_lacks_are_left_out_for_both(tmp_path: Path) -> None:
    pl.read_csv(scored(tmp_path / "a.csv")).head(30).write_csv(tmp_path / "b.csv")
    found = compare(str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), GOLD)
    assert (found.rows, found.left_out) == (30, {"not_judged": 10})
    assert "en" not in found.tasks["sentiment"].languages


def test_touchpoints_a_model_was_tuned_to_know_are_labels_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import painpoints.pipeline.evaluating as evaluating

    tuned = SimpleNamespace(added={"gift_wrap": "during"}, taxonomy=lambda taxonomy: taxonomy)
    monkeypatch.setattr(evaluating, "load_tuned", lambda *_: tuned)
    monkeypatch.setattr(evaluating, "load_heads", lambda: None)
    gold = gold_file(tmp_path / "gold.csv", [{"text": "бант завязали криво", "touchpoint": "gift_wrap"}])
    labelled, _, _ = evaluating.labels_of(gold, Settings(), GoldColumns(), ["default", "own.safetensors"])
    assert labelled.labels["touchpoint"] == ("gift_wrap",) and labelled.labels["stage"] == ("during",)
    with pytest.raises(InputError, match="touchpoint holds unknown labels in row 1"):
        evaluating.labels_of(gold, Settings(), GoldColumns(), ["default"])
