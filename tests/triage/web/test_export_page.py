"""Exports from the page: what is shown is what the file holds; who took what away is in the audit log."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from starlette.testclient import TestClient

from painpoints.triage import Queue, audit_rows
from painpoints.triage.web import bundles
from painpoints.triage.web.app import create_app
from painpoints.triage.web.pages import export
from painpoints.triage.web.security.access import Access
from painpoints.triage.web.security.stack import secure
from painpoints.triage.web.wording import LANGUAGES

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace

LANGS = tuple(LANGUAGES)
FORMULA = "=HYPERLINK(\"http://example.invalid\",\"سلام\")"
Page = Callable[..., TestClient]


@pytest.fixture
def database() -> None:
    """What pages show does not hang on where the state is."""


@pytest.fixture
def page(visitor: Page, monkeypatch: pytest.MonkeyPatch) -> Page:
    """The page to a person of a role; the impact of pain points, which needs an encoder, is none."""
    monkeypatch.setattr(export, "_measured", lambda *_: None)
    return visitor


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def listed(client: TestClient, query: str) -> list[str]:
    return re.findall(r'<li class="row[^"]*" id="row-([^"]+)"', client.get(f"/queue?{query}").text)


@pytest.mark.parametrize("query", ["", "language=ru", "q=كيفيت", "status=done", "point=1CHECKOUT&unsure=1",
                                   "source=اپلیکیشن&stage=after"])
def test_comments_are_those_of_the_list_with_the_same_address_in_its_order(page: Page, written_shop: Workspace,
                                                                           query: str) -> None:
    client = page("reader")
    some = listed(client, "language=en")[:2]
    Queue(written_shop.folder.state, "sara").done(some)
    answer = client.get(f"/export/comments.parquet?{query}")
    found = pl.read_parquet(io.BytesIO(answer.content))["doc_id"].to_list()
    assert found and found[:50] == listed(client, query)


@pytest.mark.parametrize("lang", LANGS)
def test_headings_names_and_the_name_of_the_file_are_in_the_language_of_the_page(page: Page, lang: str,
                                                                                 written_shop: Workspace) -> None:
    answer = page("reader").get("/export/comments.csv?language=fa", headers={"accept-language": lang})
    say = written_shop.edition(lang).say
    rows = table(answer.content)
    assert {say("sheet.text"), say("sheet.urgency")} <= rows[0].keys()
    assert {row[say("pains.language")] for row in rows} == {written_shop.edition(lang).language("fa")}
    name = answer.headers["content-disposition"]
    assert name.startswith("attachment") and name.isascii() and ".csv" in name and "filename*=UTF-8''shop" in name


@pytest.mark.parametrize(("view", "heading"), [("opinions", "sheet.opinion_id"), ("painpoints", "sheet.id"),
                                               ("journey", "pains.touchpoint")])
@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
def test_every_view_comes_in_every_form(page: Page, view: str, heading: str, form: str,
                                        written_shop: Workspace) -> None:
    answer = page("reader").get(f"/export/{view}.{form}?lang=en")
    assert answer.status_code == 200 and int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["cache-control"] == "no-store" and answer.headers["x-content-type-options"] == "nosniff"
    if form == "csv":
        assert written_shop.edition("en").say(heading) in table(answer.content)[0]
    elif form == "xlsx":
        assert len(pl.read_excel(io.BytesIO(answer.content))) > 0
    else:
        assert len(pl.read_parquet(io.BytesIO(answer.content))) > 0


def test_opinions_of_a_pain_point_are_its_own(page: Page, written_shop: Workspace) -> None:
    answer = page("reader").get("/export/opinions.parquet?point=1CHECKOUT00000000000000000")
    found = pl.read_parquet(io.BytesIO(answer.content))
    units = written_shop.data().units.filter(painpoint_id="1CHECKOUT00000000000000000", weight=1)
    assert len(found) and set(found["unit_id"]) == set(units["unit_id"])


def test_no_note_becomes_a_formula_and_no_author_leaves(page: Page, written_shop: Workspace) -> None:
    client = page("reader")
    Queue(written_shop.folder.state, "sara").note([listed(client, "")[0]], FORMULA)
    content = client.get("/export/comments.csv?lang=en").content
    assert table(content)[0]["Note"] == f"'{FORMULA}"
    assert b"author0" not in content


@pytest.mark.parametrize("address", ["/export/secrets.csv", "/export/comments.exe", "/export/comments", "/export/.csv",
                                     "/export/comments.csv.xlsx", "/export/whole/..%2f..%2fetc",
                                     "/export/..%2fstate.sqlite", "/export/whole/excel"])
def test_what_there_is_not_is_not_found(page: Page, address: str) -> None:
    assert page("admin").get(address).status_code == 404


def test_a_filter_that_names_nothing_is_told_on_a_page(page: Page) -> None:
    answer = page("reader").get("/export/comments.csv?stage=nowhere")
    assert answer.status_code == 422 and "content-disposition" not in answer.headers


def test_everything_for_datasette_is_a_database_with_its_description(page: Page) -> None:
    answer = page("triager", **{"accept-language": "fa"}).get("/export/whole/datasette")
    assert answer.headers["content-type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert set(archive.namelist()) == {"painpoints.db", "metadata.json", "README.txt"}
    note = archive.read("README.txt").decode("utf-8-sig")
    assert "گفته‌ها" in note and "\ndatasette painpoints.db --metadata metadata.json\n" in note
    assert json.loads(archive.read("metadata.json"))["databases"]["painpoints"]
    database = sqlite3.connect(":memory:")
    database.deserialize(archive.read("painpoints.db"))
    assert database.execute("SELECT count(*) FROM comments").fetchone() == (60,)


def test_everything_for_embedding_atlas_has_the_places_of_the_map(page: Page, written_shop: Workspace) -> None:
    archive = zipfile.ZipFile(io.BytesIO(page("triager").get("/export/whole/embedding-atlas").content))
    assert set(archive.namelist()) == {"painpoints.parquet", "labels.parquet", "README.txt"}
    mine = pl.read_parquet(io.BytesIO(archive.read("painpoints.parquet"))).sort("unit_id")
    places = written_shop.places().sort("unit_id")
    assert mine["projection_x"].to_list() == places["x"].to_list()


def test_readers_take_tables_but_not_everything_away(page: Page) -> None:
    assert page("reader").get("/export/whole/datasette").status_code == 403
    assert "/export/whole/" not in page("reader").get("/points").text
    assert "/export/whole/" in page("triager").get("/points").text


def test_one_archive_is_made_at_a_time_and_nothing_of_it_stays(page: Page, monkeypatch: pytest.MonkeyPatch,
                                                               tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()
    whole = bundles.datasette_tables
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def slow(*arguments: Any, **options: Any) -> Any:
        (folder,) = tmp_path.glob("painpoints-*")
        assert folder.stat().st_mode & 0o077 == 0
        begun.set()
        assert go_on.wait(20)
        return whole(*arguments, **options)

    monkeypatch.setattr(bundles, "datasette_tables", slow)
    answers: list[int] = []
    first = threading.Thread(target=lambda: answers.append(page("triager").get("/export/whole/datasette").status_code))
    first.start()
    assert begun.wait(20)
    second = page("triager", **{"accept-language": "ru"}).get("/export/whole/datasette")
    go_on.set()
    first.join()
    assert (second.status_code, answers) == (503, [200])
    assert not list(tmp_path.glob("painpoints-*"))
    assert page("triager").get("/export/whole/datasette").status_code == 200


def test_an_archive_that_fails_leaves_nothing_and_keeps_nobody_waiting(page: Page, monkeypatch: pytest.MonkeyPatch,
                                                                       tmp_path: Path) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("tempfile.tempdir", str(tmp_path))
        patch.setattr(bundles, "write_datasette", full)
        with pytest.raises(OSError, match="No space"):
            page("triager").get("/export/whole/datasette")
        assert not list(tmp_path.glob("painpoints-*"))
    assert page("triager").get("/export/whole/datasette").status_code == 200


def test_exports_are_in_the_audit_log_without_a_word_of_a_search(written_shop: Workspace,
                                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAINPOINTS_USER", "sara")
    app = create_app(written_shop)
    client = TestClient(secure(app, written_shop.folder.state, Access()), base_url="http://127.0.0.1:8350")
    assert client.get("/export/comments.csv?q=سفارش&language=fa").status_code == 200
    assert client.get("/export/whole/datasette").status_code == 200
    app.state.site.live.close()
    first, second = audit_rows(written_shop.folder.state)
    assert (first["who"], first["action"], first["objects"]) == (
        "sara", "exported", ["comments.csv", "lang:fa", "search:yes"])
    assert first["detail"]["rows"] > 0
    assert (second["objects"], second["action"]) == (["datasette"], "exported")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("address", "link"), [
    ("/points", "/export/painpoints.xlsx"), ("/journey", "/export/journey.csv"),
    ("/points/0PARCEL0000000000000000000", "/export/opinions.csv?point=0PARCEL0000000000000000000"),
    ("/queue?language=fa&q=a%26b", "/export/comments.csv?language=fa&amp;q=a%26b")])
def test_every_page_offers_what_it_shows(page: Page, lang: str, address: str, link: str) -> None:
    shown = page("triager", **{"accept-language": lang}).get(address)
    assert shown.status_code == 200 and f'href="{link}"' in shown.text
