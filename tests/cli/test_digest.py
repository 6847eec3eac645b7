"""painpoints digest from the command line: files, JSON, and what is wrong told in a line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from painpoints.report import read_digest

if TYPE_CHECKING:
    from conftest import Run, WebHook

SPRING = ("--since", "2026-03-02", "--until", "2026-05-31")


@pytest.fixture(scope="module")
def fed(feedback: Path, tmp_path_factory: pytest.TempPathFactory, _one_encoder: None) -> Path:
    from painpoints.config import Settings
    from painpoints.pipeline import Workspace

    path = tmp_path_factory.mktemp("fed") / "shop"
    with Workspace.create(path, Settings(limit=40)) as made:
        made.add(feedback)
    return path


@pytest.fixture
def shop(fed: Path, tmp_path: Path) -> Path:
    shutil.copytree(fed, tmp_path / "shop")
    return Path("shop")


def test_files_go_into_the_workspace_and_are_named(run: Run, shop: Path) -> None:
    ended = run("digest", "shop", "--week", "2026-W10", "--lang", "fa", "--format", "json")
    assert (ended.code, ended.out) == (0, "shop/digests/digest-2026-W10.fa.json\n")
    digest = read_digest((shop / "digests" / "digest-2026-W10.fa.json").read_text("utf8"))
    assert (digest.week_start, digest.period.first.isoformat()) == (5, "2026-02-28")
    again = (shop / "digests" / "digest-2026-W10.fa.json").read_bytes()
    assert run("digest", "shop", "--week", "2026-W10", "--lang", "fa", "--format", "json").code == 0
    assert (shop / "digests" / "digest-2026-W10.fa.json").read_bytes() == again
    assert run("show", "shop").code == 0


def test_json_is_printed_with_the_files(run: Run, shop: Path, tmp_path: Path) -> None:
    ended = run("digest", "shop", *SPRING, "--format", "json", "-o", "out", "--json")
    printed = json.loads(ended.out)
    (file,) = printed["files"]
    assert file == "out/digest-2026-03-02_2026-05-31.en.json" and printed["left_out"] == []
    assert printed["digests"] == [json.loads(Path(file).read_text("utf8"))] and not (shop / "digests").exists()


def test_segments_have_files_of_their_own_and_small_ones_are_named(run: Run, shop: Path) -> None:
    ended = run("digest", "shop", *SPRING, "--by", "product", "--format", "json")
    assert [Path(line).name for line in sorted(ended.out.splitlines())] == [
        f"digest-2026-03-02_2026-05-31.{name}.en.json" for name in ("food", "phone")]
    few = run("digest", "shop", "--since", "2026-03-02", "--until", "2026-03-20", "--by", "source", "--format", "json")
    assert few.code == 2 and "No value of source has enough texts" in few.err and "hint: " in few.err


def test_every_form_is_written_unless_some_are_named(run: Run, shop: Path) -> None:
    ended = run("digest", "shop", "--week", "2026-W10", "--lang", "ru")
    files = [Path(line) for line in ended.out.splitlines()]
    assert [file.suffix for file in files] == [".html", ".md", ".txt", ".json"]
    page, markdown, text = (file.read_text("utf8") for file in files[:3])
    assert '<html lang="ru"' in page and markdown.startswith("# Неделя 2–8 марта 2026") and "<" not in text
    assert all("Неделя 2–8 марта 2026" in form for form in (page, text))
    assert len(run("digest", "shop", "--week", "2026-W10", "--format", "HTML, txt").out.splitlines()) == 2


@pytest.mark.parametrize(("arguments", "told", "hint"), [
    (["--week", "2026-47x"], "'2026-47x' is no week", "2026-W47"),
    (["--week", "2090-W01"], "2090-W01 has not begun: the last day with feedback is 2026-", "Leave the week out"),
    (["--week", "2026-W10", "--since", "2026-03-01"], "A week and a range", "Name a week"),
    (["--until", "2026-03-01"], "no beginning", "--since"),
    (["--by", "prodcut"], "No column 'prodcut'", "Did you mean 'product'?"),
    (["--format", "htlm"], "--format cannot be 'htlm'", "Did you mean 'html'?"),
    (["--lang", "de"], "--lang cannot be 'de'", "Known: en, fa, ar, ru"),
])
def test_what_is_wrong_is_told_in_a_line_with_a_remedy(run: Run, shop: Path, arguments: list[str], told: str,
                                                       hint: str) -> None:
    ended = run("digest", "shop", *arguments)
    error, remedy = ended.err.splitlines()
    assert (ended.code, ended.out) == (2, "") and told in error and remedy.startswith("hint: ") and hint in remedy
    assert not (shop / "digests").exists()


def test_a_week_without_feedback_has_a_digest_and_an_empty_workspace_has_none(run: Run, shop: Path) -> None:
    assert run("digest", "shop", "--week", "2025-W10", "--format", "json").code == 0
    quiet = read_digest(Path("shop/digests/digest-2025-W10.en.json").read_text("utf8"))
    assert (quiet.volume.documents, quiet.weeks, quiet.top) == (0, 0, ())
    run("init", "new")
    empty = run("digest", "new")
    assert empty.code == 2 and "nothing was added yet" in empty.err and "painpoints add new FILE" in empty.err


@pytest.fixture
def place(hook: WebHook) -> str:
    return f"json://me:pa55word@127.0.0.1:{hook.server_address[1]}"


def test_a_dry_run_then_sent_then_not_again(run: Run, shop: Path, hook: WebHook, place: str) -> None:
    week = ("digest", "shop", "--week", "2026-W10", "--format", "json", "--send", place)
    dry = run(*week, "--lang", "fa")
    assert (dry.code, hook.got) == (0, []) and "Dry run: nothing was sent" in dry.out and "would get" in dry.out
    first = run(*week, "--lang", "fa", "--yes")
    assert first.code == 0 and "sent, " in first.out and "pa55word" not in first.out + first.err
    (got,) = hook.got
    assert "shop" in got["title"] and "هفتهٔ" in got["title"] and "چکیدهٔ بازخورد مشتریان" in got["message"]
    assert "<" not in got["message"].split("painpoints show")[0]
    assert "has it already" in run(*week, "--lang", "fa", "--yes").out and len(hook.got) == 1
    assert run(*week, "--lang", "ru", "--yes").code == 0 and len(hook.got) == 2
    assert run(*week, "--lang", "fa", "--yes", "--again").code == 0 and len(hook.got) == 3
    again = json.loads(run(*week, "--lang", "fa", "--yes", "--json").out)
    assert [d["status"] for one in again["sent"] for d in one["deliveries"]] == ["sent before"]
    assert again["dry_run"] is False and again["sent"][0]["subject"] == got["title"]


def test_every_segment_has_a_message_of_its_own(run: Run, shop: Path, hook: WebHook, place: str) -> None:
    Path("places.txt").write_text(f"# us\n{place}\n", "utf8")
    ended = run("digest", "shop", *SPRING, "--by", "product", "--format", "json", "--send-to", "places.txt", "--yes")
    assert ended.code == 0 and ended.out.count("sent, ") == 2
    titles = sorted(got["title"] for got in hook.got)
    assert [next(word for word in ("food", "phone") if word in title) for title in titles] == ["food", "phone"]


def test_what_one_place_refuses_goes_to_the_others_and_the_command_fails(
        run: Run, shop: Path, web_hooks: Callable[[], WebHook], hook: WebHook, place: str) -> None:
    closed = web_hooks()
    closed.answers = [403]
    ended = run("digest", "shop", *SPRING, "--format", "json", "--send", closed.url, "--send", place, "--yes", "--json")
    told = json.loads(ended.out)
    assert ended.code == 1 and "1 of 2 messages did not arrive" in ended.err and "hint: " in ended.err
    assert [d["status"] for d in told["sent"][0]["deliveries"]] == ["failed", "sent"] and len(hook.got) == 1


def test_an_address_that_is_none_stops_it_before_anything_is_made(run: Run, shop: Path) -> None:
    ended = run("digest", "shop", "--send", "nowhere://a:secret@b")
    assert ended.code == 2 and "nowhere://..." in ended.err and "secret" not in ended.err
    assert not (shop / "digests").exists()
    assert run("digest", "shop", "--yes").code == 2
