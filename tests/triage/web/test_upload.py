"""The first visit: a file is sent, its columns are looked at, and the addition is followed to its end."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from bs4 import BeautifulSoup
from starlette.testclient import TestClient

from painpoints.config import Settings
from painpoints.pipeline import Workspace
from painpoints.triage import Access
from painpoints.triage.jobs import DONE, FAILED, RUNNING, Job, Jobs, write_job
from painpoints.triage.web.app import create_app
from painpoints.triage.web.security.person import Person
from painpoints.triage.web.security.stack import secure
from painpoints.triage.web.wording import LANGUAGES

LANGS = tuple(LANGUAGES)
XSS = "\"><img src=x onerror=alert(1)><script>alert(2)</script>"
CSV = ("id,review,date,stars,user\n1,The courier was late again,2026-11-01,2,Tom Jones\n"
       "2,The app crashed,2026-11-02,1,Ann\n")
FAKE = """
import sys
from pathlib import Path
from painpoints.pipeline import Added
from painpoints.triage.worker import work
added = Added(1, 40, 38, 60, 20, 15, 5, (), (), 0, {"empty_text": 2, "strange": 1})
sys.exit(work(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), lambda *_: added))
"""
Visit = Callable[..., TestClient]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.create(tmp_path / "shop", Settings(upload_mb=1)) as made:
        yield made


@pytest.fixture
def visit(shop: Workspace, tmp_path: Path) -> Iterator[Visit]:
    app = create_app(shop)
    (tmp_path / "fake.py").write_text(FAKE, "utf8")
    app.state.site.jobs = Jobs(shop.path, [sys.executable, str(tmp_path / "fake.py")])
    opened: list[TestClient] = []

    def as_(role: str = "triager", lang: str = "en") -> TestClient:
        async def named(scope: Any, receive: Any, send: Any) -> None:
            scope.setdefault("state", {})["person"] = Person("sara", role, "token")
            await app(scope, receive, send)

        opened.append(TestClient(named, headers={"accept-language": lang}, follow_redirects=False))
        return opened[-1]

    yield as_
    for client in opened:
        client.close()


def send(client: TestClient, content: bytes | str = CSV, name: str = "in.csv", **headers: str) -> httpx.Response:
    body = content.encode() if isinstance(content, str) else content
    return client.post("/add", files={"file": (name, body)}, data={"csrf": "token"}, headers=headers)


def sent(client: TestClient, content: bytes | str = CSV, name: str = "in.csv") -> str:
    answer = send(client, content, name)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def page(answer: httpx.Response, status: int = 200) -> BeautifulSoup:
    assert answer.status_code == status, answer.text
    return BeautifulSoup(answer.text, "html.parser")


def chosen(found: BeautifulSoup) -> dict[str, str]:
    """The role of every column as the selects have it."""
    picked = {}
    for select in found.select("select[name^=c]"):
        option = select.select_one("option[selected]")
        picked[select["name"]] = option["value"] if option else ""
    return picked


@pytest.mark.parametrize("lang", LANGS)
def test_an_empty_workspace_leads_to_where_a_file_is_sent(visit: Visit, lang: str) -> None:
    client = visit(lang=lang)
    assert client.get("/").headers["location"] == "/add"
    found = page(client.get("/add"))
    assert found.html["lang"] == lang and len(found.select(".promise li")) == 3
    form = found.select_one("form#send")
    names = [field["name"] for field in form.select("input")]
    assert names == ["csrf", "file"] and form["enctype"] == "multipart/form-data"
    assert form.select_one("label")["for"] == form.select_one("input[type=file]")["id"]
    assert not found.select("[style], [onclick], script:not([src])")


@pytest.mark.parametrize("lang", LANGS)
def test_every_column_is_shown_with_what_it_was_taken_for(visit: Visit, lang: str) -> None:
    client = visit(lang=lang)
    found = page(client.get(sent(client)))
    assert chosen(found) == {"c0": "id", "c1": "text", "c2": "time", "c3": "rating", "c4": "author"}
    assert all(select.get("aria-label") for select in found.select("select"))
    assert "The courier was late again" in found.text and "Tom Jones" not in found.text
    assert found.select_one(".facts bdi").text == "in.csv" and found.select("ul.warnings li")


def test_a_changed_role_is_looked_at_and_taken_from_the_column_that_had_it(visit: Visit) -> None:
    client = visit()
    place = sent(client, "a,b,c\nThe courier was late again,so very cold today,5\nThe app crashed,too slow for me,1\n")
    fields = {"csrf": "token", "c0": "text", "c1": "text", "c2": ""}
    found = page(client.post(place, data=fields, headers={"hx-request": "true", "hx-trigger-name": "c1"}))
    assert found.html is None and chosen(found) == {"c0": "", "c1": "text", "c2": ""}
    without_script = page(client.post(place, data=fields))
    assert without_script.select_one("[role=alert]") and chosen(without_script)["c0"] == "text"
    assert without_script.html is not None
    nothing = page(client.post(f"{place}/start", data={"csrf": "token", "c0": "", "c1": "", "c2": ""}), 422)
    assert nothing.select_one("[role=alert]")
    assert page(client.post(place, data={**fields, "c0": "nonsense", "c1": ""}))


def test_what_was_agreed_on_is_added_as_it_was_shown(visit: Visit, shop: Workspace) -> None:
    client = visit()
    place = sent(client)
    fields = {"csrf": "token", "c0": "", "c1": "text", "c2": "time", "c3": "", "c4": "author"}
    begun = client.post(f"{place}/start", data=fields)
    assert (begun.status_code, begun.headers["location"]) == (303, "/add")
    (job,) = client.get("/api/add/jobs").json()
    assert {role: name for role, name in job["settings"].items() if name} == {
        "text": "review", "time": "date", "author": "user"} and job["settings"]["rating"] == ""
    ended = until_done(client, job["id"])
    assert (ended["state"], ended["added"]["documents"], ended["who"], ended["name"]) == (DONE, 38, "sara", "in.csv")
    found = page(client.get("/add"))
    assert found.select_one(".counts dd").text == "38" and len(found.select(".reasons li")) == 2
    assert found.select_one("a[href='/queue']") and found.select_one("form#send")
    assert client.get(place).status_code == 404  # the file is gone


def until_done(client: TestClient, number: str) -> dict[str, Any]:
    for _ in range(500):
        job: dict[str, Any] = client.get(f"/api/add/jobs/{number}").json()
        if not job["live"]:
            return job
        time.sleep(0.02)
    raise AssertionError("the job goes on")


def at_work(shop: Workspace, **how: Any) -> Job:
    (shop.path / "jobs").mkdir(exist_ok=True)
    moment = time.time()
    job = Job(**{"id": "0123456789abcdef", "upload": "0" * 32, "name": f"{XSS}.csv", "who": "sara", "state": RUNNING,
                 "stage": "judge", "done": 500, "total": 2000, "rate": 10.0, "begun": moment, "heard": moment, **how})
    write_job(shop.path / "jobs", job)
    return job


@pytest.mark.parametrize("lang", LANGS)
def test_the_one_at_work_is_shown_with_how_far_it_is(visit: Visit, shop: Workspace, lang: str) -> None:
    job, client = at_work(shop), visit(lang=lang)
    found = page(client.get("/add"))
    bar = found.select_one("[role=progressbar]")
    assert bar["aria-valuenow"] == bar["value"] == "30" and bar["aria-valuetext"] and bar["aria-labelledby"]
    assert found.select_one("#job")["hx-trigger"] == "every 1s" and found.select_one("form#send") is None
    asked = found.select_one("#job")["hx-get"]
    again = page(client.get(asked, headers={"hx-request": "true"}))
    assert again.html is None and again.select_one("#said") is None  # nothing to be read out anew
    fresh = page(client.get(f"/add/jobs/{job.id}?seen=load", headers={"hx-request": "true"}))
    assert fresh.select_one("#said")["hx-swap-oob"] == "innerHTML" and fresh.select_one("#said").text.strip()
    at_work(shop, state=FAILED, error="in.csv: no column 'x'", hint="Name it.")
    ended = page(client.get(asked, headers={"hx-request": "true"}))
    assert ended.select_one("#job").get("hx-get") is None and ended.select_one("#said") and "no column" in ended.text


def test_a_second_addition_is_refused_while_one_is_at_work(visit: Visit, shop: Workspace) -> None:
    client = visit()
    place = sent(client)
    at_work(shop)
    refused = client.post(f"{place}/start", data={"csrf": "token", "c1": "text"})
    assert refused.status_code == 503 and XSS not in refused.text


def test_one_that_stopped_can_be_gone_on_with_and_one_at_work_cancelled(visit: Visit, shop: Workspace) -> None:
    client = visit()
    number = sent(client).rsplit("/", 1)[1]
    job = at_work(shop, upload=number, heard=time.time() - 99, settings={"text": "review"})
    found = page(client.get("/add"))
    assert found.select_one(f"form[action='/add/jobs/{job.id}/again']") and found.select_one("form#send")
    again = client.post(f"/add/jobs/{job.id}/again", data={"csrf": "token"}, headers={"hx-request": "true"})
    assert again.status_code == 204 and again.headers["hx-redirect"] == "/add"
    newest = client.get("/api/add/jobs").json()[0]
    assert until_done(client, newest["id"])["state"] == DONE and newest["settings"] == {"text": "review"}
    other = at_work(shop, id="f" * 16, begun=time.time() + 1)
    client.post(f"/add/jobs/{other.id}/cancel", data={"csrf": "token"})
    assert (shop.path / "jobs" / f"{other.id}.cancel").exists()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("content", "name", "status"), [
    (b"", "in.csv", 422), (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "in.csv", 422), (b"x", "in.exe", 422),
    (b"PK\x03\x04 broken", "in.xlsx", 422), (b"text\n" + b"so late\n" * 200_000, "in.csv", 413)])
def test_wrong_files_are_told_in_the_pages_language_and_not_kept(visit: Visit, shop: Workspace, lang: str,
                                                                 content: bytes, name: str, status: int) -> None:
    client = visit(lang=lang)
    found = page(send(client, content, name), status)
    said = found.select_one("[role=alert] strong").text
    assert re.search({"en": "[a-z]", "ru": "[а-я]", "fa": "[پچژگکی]|فایل", "ar": "الملف|ملف"}[lang], said)
    line = page(send(client, content, name, **{"hx-request": "true"}), status)
    assert line.html is None and line.select_one("p").text.strip() == said
    assert str(shop.path) not in found.text and not list(shop.path.glob("uploads/*"))


def test_without_a_file_nothing_happens(visit: Visit) -> None:
    client = visit()
    assert client.post("/add", data={"csrf": "token"}).status_code == 422
    assert send(client, "x", "").status_code in (422, 400)
    assert client.post("/add", content=b"nonsense", headers={"content-type": "multipart/form-data; boundary=x"}
                       ).status_code in (400, 422)


def test_without_a_text_column_the_person_chooses_one(visit: Visit) -> None:
    client = visit()
    place = sent(client, "id,x\n1,55555\n2,44444\n3,12345\n")
    found = page(client.get(place))
    assert found.select_one("[role=alert]") and len(found.select("select")) == 2
    assert client.post(f"{place}/start", data={"csrf": "token", "c1": "text"}).status_code == 303


@pytest.mark.parametrize("lang", LANGS)
def test_markup_in_names_and_cells_stays_text(visit: Visit, lang: str) -> None:
    client = visit(lang=lang)
    cell = XSS.replace('"', '""')
    rows = f'id,text,"{cell}"\n1,"{cell} was late today",x\n2,so cold today,"{cell}"\n'
    place = sent(client, rows, f"{XSS}.csv".replace("/", ""))
    for answer in (client.get(place), client.post(place, data={"csrf": "token", "c1": "title", "c2": "text"})):
        found = page(answer)
        assert XSS in found.text and not found.select("img, script:not([src])")
    assert not page(send(client, "x", f"{XSS}.exe"), 422).select("img")
    client.post(f"{place}/start", data={"csrf": "token", "c1": "text"})
    assert not page(client.get("/add")).select("img, script:not([src])")


@pytest.mark.parametrize("path", [
    "/add/..%2F..%2Fstate", "/add/" + "0" * 32, "/add/x.json", "/add/jobs/..%2Fx", "/add/jobs/" + "0" * 16,
    "/api/add/jobs/../../x", "/add/%00", "/add/" + "٠" * 32])
def test_paths_of_requests_lead_nowhere(visit: Visit, path: str) -> None:
    assert visit().get(path).status_code == 404


def test_a_reader_adds_nothing_and_sees_no_file(visit: Visit, shop: Workspace) -> None:
    place = sent(visit())
    job, reader = at_work(shop), visit("reader")
    for path in ("/add", place, f"/add/jobs/{job.id}", "/api/add/jobs", f"/api/add/jobs/{job.id}"):
        assert reader.get(path).status_code == 403
    at = f"/add/jobs/{job.id}"
    for path in ("/add", place, f"{place}/start", f"{place}/discard", f"{at}/cancel", f"{at}/again"):
        assert reader.post(path, data={"csrf": "token"}).status_code == 403
    assert send(reader).status_code == 403
    assert visit().get(place).status_code == 200


def test_without_scripts_the_forms_token_lets_a_file_in_and_nothing_else_does(shop: Workspace) -> None:
    app = secure(create_app(shop), shop.folder.state, Access(most_upload=1_200_000))
    with TestClient(app, base_url="http://localhost:8350", follow_redirects=False) as client:
        token = page(client.get("/add")).select_one("#send input[name=csrf]")["value"]
        file = {"file": ("in.csv", CSV.encode())}
        assert client.post("/add", files=file, data={"csrf": "wrong"}).status_code == 403
        assert client.post("/add", files=file).status_code == 403
        place = client.post("/add", files=file, data={"csrf": token})
        assert place.status_code == 303 and client.get(place.headers["location"]).status_code == 200
        assert client.post(place.headers["location"] + "/start", data={"c1": "text"}).status_code == 403
        large = {"file": ("in.csv", b"text\n" + b"so late\n" * 200_000)}
        assert client.post("/add", files=large, data={"csrf": token}).status_code == 413


def test_a_file_that_is_not_wanted_is_gone(visit: Visit, shop: Workspace) -> None:
    client = visit()
    place = sent(client)
    assert client.post(f"{place}/discard", data={"csrf": "token"}).headers["location"] == "/add"
    assert client.get(place).status_code == 404 and not list(shop.path.glob("uploads/*"))
