"""Documents keep their text as written, and get ids that the next run gives again."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.read import FilePlan, ReadOptions, documents_from_frame, read_documents
from painpoints.read.documents import SCHEMA
from painpoints.read.table import _NULLS

SECRET = b"0123456789abcdef"
RAW = "  <b>پیک</b> دیر رسید و غذا سرد بود [b]ممنون[/b] "


def frame(**columns: list[object]) -> pl.DataFrame:
    return pl.DataFrame(columns, strict=False)


def test_ids_do_not_depend_on_the_secret_of_the_machine() -> None:
    source = pl.DataFrame({"text": ["پیک دیر رسید", "المندوب تأخر كثيرا", "Курьер опоздал", "late again"],
                           "author": ["Sara", "هدى", "Аня", "Tom"]})
    one, other = (documents_from_frame(source, ReadOptions(author_secret=key)) for key in (b"one", b"other"))
    assert one["doc_id"].to_list() == other["doc_id"].to_list()
    assert one["author_key"].to_list() != other["author_key"].to_list()


def test_the_text_is_the_cell_as_it_was() -> None:
    assert documents_from_frame(frame(text=[RAW]))["text"][0] == RAW


def test_the_frame_has_the_agreed_columns_and_types() -> None:
    documents = documents_from_frame(frame(text=[RAW], product=["چای"], lang=["fa"], city=[3]))
    assert {name: documents.schema[name] for name in SCHEMA} == SCHEMA
    assert documents.select("meta.product", "meta.language", "meta.city").rows() == [("چای", "fa", "3")]


def test_parts_say_which_characters_come_from_which_column() -> None:
    documents = documents_from_frame(
        frame(
            title=["Плохо", None],
            text=["Курьер опоздал на час", "Нормально всё было"],
            pros=["вкусно", None],
            cons=["долго; дорого", "-"],
        )
    )
    text, parts = documents["text"][0], documents["parts"][0].to_list()
    assert text == "Плохо\n\nКурьер опоздал на час\n\nвкусно\n\nдолго; дорого"
    assert [(part["field"], text[part["start"] : part["end"]]) for part in parts] == [
        ("title", "Плохо"),
        ("text", "Курьер опоздал на час"),
        ("pros", "вкусно"),
        ("cons", "долго; дорого"),
    ]


def test_a_title_that_repeats_the_text_is_left_out() -> None:
    documents = documents_from_frame(frame(title=["The courier was…"], text=["The courier was late again"]))
    assert [part["field"] for part in documents["parts"][0]] == ["text"]


def test_identical_rows_get_ids_of_their_own_and_the_same_ones_again() -> None:
    source = frame(text=["so slow", "so slow", "so cold", "so slow"])
    first, again = documents_from_frame(source)["doc_id"], documents_from_frame(source)["doc_id"]
    assert first.n_unique() == 4
    assert first.to_list() == again.to_list()
    assert all(len(doc_id) == 16 and int(doc_id, 16) >= 0 for doc_id in first)


def test_the_file_name_does_not_change_the_id(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("id,text\n7,so slow today\n", encoding="utf-8")
    (a,), (b,) = read_documents([tmp_path / "a.csv"]), read_documents([tmp_path / "b.csv"])
    assert a["doc_id"].to_list() == b["doc_id"].to_list()
    assert sum(1 for _ in {*a["file"], *b["file"]}) == 2


def test_the_same_row_in_two_files_is_two_documents(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("id,text\n7,so slow today\n", encoding="utf-8")
    assert pl.concat(list(read_documents([tmp_path])))["doc_id"].n_unique() == 2


def test_authors_are_told_apart_but_not_named() -> None:
    source = frame(text=["so slow", "so cold", "so far", "so dear"], user=["Olga", " Olga ", "علی", "A Google user"])
    keys = documents_from_frame(source, ReadOptions(author_secret=SECRET))["author_key"].to_list()
    assert keys[0] == keys[1] != keys[2]
    assert keys[3] is None
    other = documents_from_frame(source, ReadOptions(author_secret=b"another"))["author_key"].to_list()
    assert other[0] != keys[0]


def test_without_a_secret_authors_are_null_and_the_plan_says_so() -> None:
    plans: list[FilePlan] = []
    documents = documents_from_frame(frame(text=["so slow"], user=["Olga"]), on_plan=plans.append)
    assert documents["author_key"].to_list() == [None]
    assert any("not told apart" in note for note in plans[0].notes)


def test_times_that_cannot_be_read_are_null_and_counted() -> None:
    plans: list[FilePlan] = []
    documents = documents_from_frame(
        frame(
            text=["so slow", "so cold", "so far", "so dear"],
            stars=[5, 1, 170, 3],
            date=["2026-08-31", "soon", "2026-09-01", None],
        ),
        on_plan=plans.append,
    )
    assert documents["time"].null_count() == 2
    assert documents["rating"].to_list() == [1.0, 0.0, None, 0.5]
    assert documents["rating_raw"].to_list() == ["5", "1", "170", "3"]
    assert "time: 1 values could not be read." in plans[0].notes
    assert any(note.startswith("rating: 1 values are off") for note in plans[0].notes)
    assert (plans[0].rows, plans[0].documents, plans[0].rejected) == (4, 4, 0)
    assert plans[0].as_dict()["columns"]["text"] == {"name": "text", "why": "name"}


def test_batches_and_limit(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text("id,text\n" + "".join(f"{row},so slow {row}\n" for row in range(25)), encoding="utf-8")
    assert [part.height for part in read_documents([path], ReadOptions(batch_rows=10))] == [10, 10, 5]
    limited = pl.concat(
        list(read_documents([path, path.with_name("reviews.csv")], ReadOptions(batch_rows=10, limit=12)))
    )
    assert limited["row"].to_list() == list(range(1, 13))


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ({"text": ["so slow"], "stars": [5]}, "review"),
        ({"text": ["so slow"]}, "comment"),
    ],
)
def test_kind(columns: dict[str, list[object]], kind: str) -> None:
    assert documents_from_frame(frame(**columns))["kind"].to_list() == [kind]
    assert documents_from_frame(frame(**columns), ReadOptions(kind="transcript"))["kind"].to_list() == ["transcript"]


@given(
    st.lists(
        st.text(min_size=1, max_size=30).filter(lambda text: text.isspace() or text.strip() not in _NULLS),
        min_size=1,
        max_size=20,
    )
)
def test_every_text_comes_out_as_it_went_in(texts: list[str]) -> None:
    rejected = []
    source = pl.DataFrame({"text": [*texts, "an ordinary sentence here"]})
    documents = documents_from_frame(source, ReadOptions(text="text"), rejected.append)
    kept = [text for text in texts if not text.isspace()]
    assert documents["text"].to_list()[:-1] == kept
    assert documents["doc_id"].n_unique() == documents.height
