"""Personal data are taken out before a document has an id, and offsets lead back to what was written."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from painpoints.read import FilePlan, ReadOptions, Rejected, documents_from_frame, glimpse, in_original, read_documents
from painpoints.text import Redactor

REDACTOR = Redactor(key=b"a key of these tests, no other")
OPTIONS = ReadOptions(redactor=REDACTOR, author_secret=b"secret")

# Each in a sentence of its language, with the digits of the value folded.
SAID = {
    "fa": ("پیک نیامد، لطفاً با ۰۹۱۲ ۳۴۵ ۶۷۸۹ تماس بگیرید.", "09123456789"),
    "fa-zwnj": ("شماره‌ام ۰۹۱۲\u200c۳۴۵\u200c۶۷۸۹ است", "09123456789"),
    "ar": ("المندوب لم يصل، رقمي ٠٥٠١٢٣٤٥٦٧ اتصلوا بي", "0501234567"),
    "ru": ("Курьер не приехал, мой телефон +7 (912) 345-67-89.", "79123456789"),
    "en": ("The courier never came, write to ali.rezaei@example.com please.", "ali.rezaei@example.com"),
}


def folded(text: str) -> str:
    """Digits of any script as ASCII, without the signs people put between them."""
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text if sign not in " -()\u200c")


def rebuilt(stored: str, original: str, redactions: list[dict[str, object]]) -> str:
    """The original, from the stored text and the places that were kept."""
    pieces, at = [], 0
    for row in redactions:
        start, end = int(str(row["start"])), int(str(row["end"]))
        first = in_original(redactions, start)
        pieces += [stored[at:start], original[first:first + int(str(row["length"]))]]
        at = end
    return "".join([*pieces, stored[at:]])


@pytest.mark.parametrize("name", SAID)
def test_no_cell_keeps_what_was_found_and_places_lead_back(name: str) -> None:
    said, value = SAID[name]
    frame = pl.DataFrame({"id": ["1"], "title": [f"!! {said}"], "text": [f"{said} {said}"], "city": [said]})
    row = documents_from_frame(frame, OPTIONS).row(0, named=True)
    assert value not in folded(json.dumps(row, ensure_ascii=False, default=str))
    original = f"!! {said}\n\n{said} {said}"
    assert len(row["redactions"]) == 3
    assert {(found["kind"], found["number"]) for found in row["redactions"]} in ({("phone", 1)}, {("email", 1)})
    assert rebuilt(row["text"], original, row["redactions"]) == original
    title, text = row["parts"]
    assert row["text"][:title["end"]].startswith("!! ") and "[" in row["text"][text["start"]:text["end"]]
    assert in_original(row["redactions"], text["start"]) == len(f"!! {said}\n\n")
    assert in_original(row["redactions"], len(row["text"])) == len(original)


def test_without_a_redactor_everything_stays_and_nothing_is_said_of_it() -> None:
    plans: list[FilePlan] = []
    said = SAID["ru"][0]
    row = documents_from_frame(pl.DataFrame({"text": [said]}), on_plan=plans.append).row(0, named=True)
    assert row["text"] == said and row["redactions"] is None and plans[0].redacted is None


def test_ids_are_made_from_what_is_stored() -> None:
    frames = [pl.DataFrame({"id": ["1"], "text": [f"call me at +7 912 345-67-{last} now"]}) for last in ("89", "88")]
    first, second = (documents_from_frame(frame, OPTIONS) for frame in frames)
    assert first["doc_id"].to_list() == second["doc_id"].to_list()
    assert first["redactions"][0][0]["pseudonym"] != second["redactions"][0][0]["pseudonym"]


def test_an_id_that_is_a_telephone_number_still_joins_rows() -> None:
    frame = pl.DataFrame({"id": ["09123456789", "09351112233", "c-1"], "text": ["a complaint", "an answer", "a third"],
                          "reply_to": ["c-17", "09123456789", "c-18"]})
    documents = documents_from_frame(frame, OPTIONS)
    assert documents["source_id"][0].startswith("[phone ") and documents["source_id"].n_unique() == 3
    assert documents["meta.reply_to"].to_list() == ["c-17", documents["source_id"][0], "c-18"]


def test_bare_numbers_that_fit_a_checksum_by_chance_stay() -> None:
    ids = [str(4_500_000_000 + 7_919 * at) for at in range(200)]
    documents = documents_from_frame(pl.DataFrame({"id": ids, "text": [f"late again {at}" for at in range(200)]}),
                                     OPTIONS)
    assert documents["source_id"].to_list() == ids


@pytest.mark.parametrize("written", [
    "call 0912<b>345</b>6789 now", "call 0912&nbsp;345&nbsp;6789 now", "call 0912345678&#57; now",
    '<a href="tel:+989123456789">call</a> +98 912 345 6789 now'])
def test_mark_up_hides_nothing(written: str) -> None:
    row = documents_from_frame(pl.DataFrame({"text": [written]}), OPTIONS).row(0, named=True)
    assert not any(part in folded(row["text"]) for part in ("345", "678"))
    assert rebuilt(row["text"], written, row["redactions"]) == written


def test_a_title_that_begins_the_text_is_told_once_even_where_it_is_cut_within_a_number() -> None:
    frame = pl.DataFrame({"title": ["Call me 0912 34…"], "text": ["Call me 0912 345 6789, nobody came"]})
    assert documents_from_frame(frame, OPTIONS)["text"][0] == "Call me [phone 1], nobody came"


def test_nested_cells_ratings_and_names_of_columns_and_files_are_looked_through(tmp_path: Path) -> None:
    path = tmp_path / "chat with +98 912 345 6789.jsonl"
    record = {"id": 7, "text": "nobody came", "rating": "call 09123456789", "tags": ["vip\n09123456789", 989123456789],
              "more": {"a": {"tel": "۰۹۱۲۳۴۵۶۷۸۹"}}, "to 09123456789": "x"}
    path.write_text("\n".join(json.dumps({**record, "id": at}) for at in range(3)), "utf8")
    plans: list[FilePlan] = []
    (documents,) = read_documents([path], OPTIONS, on_plan=plans.append)
    kept = folded(json.dumps(documents.to_dicts(), ensure_ascii=False, default=str)
                  + " ".join(documents.columns) + json.dumps(plans[0].as_dict(), ensure_ascii=False, default=str))
    assert "9123456789" not in kept
    assert plans[0].redacted is not None and plans[0].redacted["phone"] >= 6


def test_rows_left_out_are_redacted_before_they_are_cut(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    long = "x" * 9_995 + " 0912 345 6789 " + "y" * 500
    path.write_text(f'id,text,city\n1,fine,a\n2,,tel 09123456789\n3,{long},b\n4,tel,is,09123456789,c\n', "utf8")
    rejected: list[Rejected] = []
    list(read_documents([path], ReadOptions(redactor=REDACTOR, max_chars=9_000), rejected.append))
    assert [record.code for record in rejected] == ["empty_text", "text_too_long", "field_count"]
    assert not any("0912" in record.raw or "345 6789" in record.raw for record in rejected)
    assert all(len(record.raw) <= 10_000 for record in rejected)
    assert rejected[1].raw.endswith("x ")


def test_a_broken_line_of_json_is_read_through_its_escapes(tmp_path: Path) -> None:
    good = json.dumps({"text": "nobody came"})
    bad = json.dumps({"text": "رقمي ٠٥٠١٢٣٤٥٦٧\nok"})[:-2]
    (tmp_path / "in.jsonl").write_text(f"{good}\n{good}\n{bad}\n", "utf8")
    rejected: list[Rejected] = []
    list(read_documents([tmp_path / "in.jsonl"], OPTIONS, rejected.append))
    assert "[phone 1]" in rejected[0].raw and "0661" not in rejected[0].raw


def test_rows_left_out_keep_nobodys_name(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id,text,author\n1,fine enough,Olga\n2,,Olga Petrova\n3,so,many,Olga Petrova,b\n",
                                     "utf8")
    rejected: list[Rejected] = []
    list(read_documents([tmp_path / "in.csv"], OPTIONS, rejected.append))
    assert [record.row for record in rejected] == [2, 3]
    assert not any("Olga" in record.raw for record in rejected)


def test_the_first_look_at_a_file_is_redacted(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text("id\ttext\n" + "".join(f"{at}\t{said}\n" for at, (said, _) in enumerate(SAID.values())), "utf8")
    seen = glimpse(path, OPTIONS, size=path.stat().st_size)
    assert len(seen.rows) == len(SAID)
    assert not any(value in folded(str(row)) for row in seen.rows for _, value in SAID.values())


def test_the_same_value_has_one_number_in_a_document_and_one_pseudonym_in_all() -> None:
    frame = pl.DataFrame({"text": ["+7 912 345-67-89 or 8 912 345 67 89 or +7 912 345-67-88", "89123456789 again"]})
    first, second = (row["redactions"] for row in documents_from_frame(frame, OPTIONS).to_dicts())
    assert [found["number"] for found in first] == [1, 1, 2]
    assert second[0]["pseudonym"] == first[0]["pseudonym"] == first[1]["pseudonym"] != first[2]["pseudonym"]
