"""Exports on disk and on their way to a browser."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

from painpoints.errors import StorageError, UsageError
from painpoints.report import FORMS, Table, check_place, disposition, download, form_of, place, place_table

Make = Callable[..., Table]


def test_parquet_keeps_types_codes_and_texts_as_they_are(make: Make, texts: list[str]) -> None:
    got = pd.read_parquet(io.BytesIO(b"".join(download(make("fa"), "parquet", "x").chunks())))
    assert got["text"].tolist() == texts and got["code"].tolist()[:2] == ["delivery", "payment"]
    assert str(got["time"].dtype) == "datetime64[us, UTC]" and got["flag"].dtype == bool
    assert got["hidden"].tolist()[0].tolist() == ["x"] and got.columns[0] == "text"


@pytest.mark.parametrize("form", FORMS)
def test_a_download_is_the_file_and_is_gone_when_it_was_read(make: Make, form: str, tmp_path: Path) -> None:
    made = download(make("fa"), form, "بازخوردها")
    place_table(tmp_path / f"x.{form}", make("fa"), form)
    content = b"".join(made.chunks())
    assert len(content) == made.size == int(made.headers["Content-Length"])
    assert form == "xlsx" or content == (tmp_path / f"x.{form}").read_bytes()
    assert made.content.closed and made.name == f"بازخوردها.{form}"
    assert made.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("name", "plain"), [
    ("بازخوردها.csv", "export.csv"), ("отзывы за май.xlsx", "export.xlsx"), ("café 5%.csv", "cafe-5.csv"),
    ("a\r\nSet-Cookie: x=1.csv", "aSet-Cookie--x-1.csv"), ("../../etc/passwd", "etc-passwd"),
    ('x"; filename="y.csv', "x---filename--y.csv"), ("\udcff.csv", "export.csv"), ("", "export")])
def test_the_name_of_a_download_is_plain_for_old_programs_and_right_for_others(name: str, plain: str) -> None:
    told = disposition(name)
    told.encode("ascii")
    assert not set("\r\n\\") & set(told) and told.count('"') == 2
    first, second = told.removeprefix("attachment; ").split("; ")
    assert first == f'filename="{plain}"' and second.startswith("filename*=UTF-8''")
    assert "/" not in unquote(second)
    if name.isprintable() and "/" not in name and name:
        assert unquote(second).endswith(f"''{name}")


def test_a_file_that_is_there_is_not_overwritten_unless_it_is_to_be(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(UsageError, match=r"a\.csv: is there already"):
        check_place(tmp_path / "a.csv", force=False)
    check_place(tmp_path / "a.csv", force=True)


def test_places_that_are_none_are_told(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    for path, said in ((tmp_path / "shop", "is a folder"), (tmp_path / "no" / "a.csv", "no such folder"),
                       (tmp_path / "shop" / "state.sqlite", "lies in the workspace")):
        with pytest.raises(UsageError, match=said):
            check_place(path, force=True, workspace=tmp_path / "shop")


def test_a_link_into_the_workspace_is_no_way_round(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "out.csv").symlink_to(tmp_path / "shop" / "state.sqlite")
    with pytest.raises(UsageError, match="lies in the workspace"):
        check_place(tmp_path / "out.csv", force=True, workspace=tmp_path / "shop")


def test_what_fails_half_way_leaves_nothing_and_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("mine")

    def fail(partial: Path) -> None:
        partial.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="the disk is full"):
        place(target, fail)
    with pytest.raises(ZeroDivisionError):
        place(target, lambda partial: partial.write_text("whole"), before=lambda: 1 / 0)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"] and target.read_text() == "mine"


def test_the_form_is_the_names_ending() -> None:
    assert [form_of(Path(name)) for name in ("a.CSV", "b.xlsx", "c.d.parquet")] == ["csv", "xlsx", "parquet"]
    with pytest.raises(UsageError, match=r"a\.xls: no table"):
        form_of(Path("a.xls"))
