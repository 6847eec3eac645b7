"""Inputs at an address: read as files are, and what stands in the way is said in one line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from painpoints.errors import EmptyInputError, InputError, MissingExtraError, UsageError
from painpoints.read import expand_inputs, is_remote, read_documents

fsspec = pytest.importorskip("fsspec", reason="the extra painpoints[s3] is not installed")

TEXTS = {"fa": "ارسال دیر شد", "ar": "التوصيل تأخر", "ru": "Доставка опоздала", "en": "Delivery was late"}


@pytest.fixture(autouse=True)
def store() -> Iterator[None]:
    """A bucket with a file for each language, one of them packed, and one that nobody reads."""
    import gzip

    memory = fsspec.filesystem("memory")
    for lang, text in TEXTS.items():
        content = f"id,text\n1,{text}\n".encode()
        name = f"/bucket/dumps/{lang}.csv"
        memory.pipe_file(*((f"{name}.gz", gzip.compress(content)) if lang == "ru" else (name, content)))
    memory.pipe_file("/bucket/dumps/notes.bin", b"\0")
    yield
    memory.rm("/bucket", recursive=True)


def texts(*inputs: str) -> list[str]:
    return [text for frame in read_documents(list(inputs)) for text in frame["text"].to_list()]


@pytest.mark.parametrize("lang", TEXTS)
def test_a_file_at_an_address_is_read(lang: str) -> None:
    packed = ".gz" if lang == "ru" else ""
    assert texts(f"memory://bucket/dumps/{lang}.csv{packed}") == [TEXTS[lang]]


def test_a_folder_at_an_address_gives_what_is_readable_in_it() -> None:
    assert sorted(texts("memory://bucket/dumps")) == sorted(TEXTS.values())


def test_a_pattern_gives_what_it_fits_and_nothing_twice() -> None:
    assert texts("memory://bucket/dumps/e*.csv", "memory:///bucket/dumps/en.csv") == [TEXTS["en"]]


def test_documents_are_the_same_wherever_the_file_lies(tmp_path: Path) -> None:
    (tmp_path / "en.csv").write_text(f"id,text\n1,{TEXTS['en']}\n", "utf8")
    here, there = (next(iter(read_documents([name]))).drop("file")
                   for name in (str(tmp_path / "en.csv"), "memory://bucket/dumps/en.csv"))
    assert here.equals(there)
    (by_address,) = expand_inputs([(tmp_path / "en.csv").as_uri()])
    assert by_address == tmp_path / "en.csv"


@pytest.mark.parametrize(("url", "kind", "said"), [
    ("memory://bucket/none.csv", InputError, "no file to read there"),
    ("nosuch://bucket/a.csv", UsageError, "nosuch:// are not known"),
    ("s3://key:secret@bucket/a.csv", UsageError, "kept with the run"),
])
def test_what_cannot_be_read_is_said(url: str, kind: type[Exception], said: str) -> None:
    with pytest.raises(kind, match=said) as caught:
        expand_inputs([url])
    assert "secret" not in str(caught.value)


def test_a_store_that_cannot_be_reached_is_said_without_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("signature of somebody")

    monkeypatch.setattr(type(fsspec.filesystem("memory")), "isfile", refuse)
    with pytest.raises(InputError, match=r"could not be reached \(PermissionError\)") as caught:
        expand_inputs(["memory://bucket/dumps/en.csv"])
    assert "signature" not in str(caught.value)


def test_the_extra_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import fsspec.core

    def absent(_: str) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(fsspec.core, "url_to_fs", absent)
    with pytest.raises(MissingExtraError, match=r"painpoints\[s3\]"):
        expand_inputs(["s3://bucket/a.csv"])
    with pytest.raises(UsageError, match="package"):
        expand_inputs(["gs://bucket/a.csv"])


def test_names_of_this_machine_are_no_addresses() -> None:
    assert not any(map(is_remote, ["a.csv", "C:\\a.csv", "file:///a.csv", "-", Path("a")]))
    with pytest.raises(EmptyInputError):
        expand_inputs([])
