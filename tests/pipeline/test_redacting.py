"""Nothing of what personal data were planted is found in any byte of a run folder or a workspace."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

import painpoints
from painpoints.config import Settings
from painpoints.errors import ModelError, UsageError
from painpoints.pipeline import Workspace, redaction_notes, redactor_of
from painpoints.pipeline.keys import author_key, user_secret, value_key

PLANTED = (
    "با ۰۹۱۲ ۳۴۵ ۶۷۸۹ تماس بگیرید", "شماره‌ام ۰۹۳۵\u200c۱۱۱\u200c۲۲۳۳ است", "کارتم ۶۰۳۷ ۹۹۷۱ ۲۳۴۵ ۶۷۸۳ بود",
    "ایمیل من sara.ahmadi@example.ir است", "رقمي ٠٥٠١٢٣٤٥٦٧ اتصلوا بي", "بريدي omar@example.sa ولا أحد يرد",
    "мой телефон +7 (912) 345-67-88", "почта ivan.petrov@example.ru ждёт ответа", "карта 4111 1111 1111 1111 списана",
    "call me at +1 415 555 2671", "mail jane.roe@example.com", "refund to GB82 WEST 1234 5698 7654 32",
    "my address was 83.12.77.13", "tamas begirid 0912-555-4433",
)
SECRETS = ("09123456789", "9123456789", "09351112233", "9351112233", "6037997123456783", "sara.ahmadi", "0501234567",
           "omar@example", "9123456788", "ivan.petrov", "4111111111111111", "4155552671", "jane.roe",
           "GB82WEST12345698765432", "gb82west", "83.12.77.13", "9125554433")


def folded(text: str) -> str:
    """Digits of any script as ASCII, without the signs people put between them."""
    return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text if sign not in " -()\u200c\u00a0")


def everything_in(folder: Path) -> dict[str, str]:
    """What stands in every file below a folder: the bytes, and what Parquet and workbooks hold unpacked."""
    held = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        text = path.read_bytes().decode("utf8", "replace")
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path).select(pl.exclude("vector"))
            text += json.dumps(frame.to_dicts(), ensure_ascii=False, default=str)
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                text += " ".join(book.read(name).decode("utf8", "replace") for name in book.namelist())
        held[str(path.relative_to(folder))] = folded(text) + text
    return held


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small corpus with a value in every text, and in ids, titles, other columns and rows that are left out."""
    rows = pl.read_csv(Path(__file__).with_name("feedback.csv")).head(28)
    texts = [f"{text} {PLANTED[at % len(PLANTED)]}." for at, text in enumerate(rows["text"])]
    rows = rows.with_columns(
        text=pl.Series(texts), title=pl.Series([PLANTED[(at + 5) % len(PLANTED)] for at in range(len(rows))]),
        note=pl.Series([f"{at} {PLANTED[(at + 9) % len(PLANTED)]}" for at in range(len(rows))]))
    empty = rows.head(len(PLANTED)).with_columns(text=pl.lit(None, pl.Utf8), title=pl.lit(None, pl.Utf8))
    path = tmp_path_factory.mktemp("planted") / "chat with 0912 345 6789.csv"
    pl.concat([rows, empty]).write_csv(path)
    return path


def test_the_values_are_in_the_input(planted: Path) -> None:
    text = folded(planted.read_text("utf8"))
    assert [secret for secret in SECRETS if secret != "gb82west" and secret not in text] == []


def test_no_byte_of_a_run_holds_what_was_planted(planted: Path, tmp_path: Path) -> None:
    said: list[str] = []
    found = painpoints.mine(planted, tmp_path / "run", warn=said.append)
    held = everything_in(tmp_path / "run")
    assert {"documents.parquet", "units.parquet", "report.html", "findings.xlsx", "rejected.jsonl", "run.json",
            "manifest.json"} <= set(held)
    assert [(name, secret) for name, text in held.items() for secret in SECRETS if secret in text] == []
    redacted = found.manifest["redacted"]
    assert redacted["phone"] >= 28 and redacted["email"] >= 12 and redacted["card"] >= 4 and redacted["iban"] >= 2
    assert found.manifest["redaction"]["names"] == "not looked for"
    assert not any("redaction" in sentence or "Pseudonyms" in sentence for sentence in said)
    joined = found.units.join(found.documents.select("doc_id", full="text"), on="doc_id")
    assert all(full[start:end] == text for full, start, end, text in
               joined.select("full", "start", "end", "text").iter_rows())
    for lang, name in (("en", "telephone numbers"), ("fa", "شمارهٔ تلفن"), ("ar", "أرقام الهاتف"),
                       ("ru", "номера телефонов")):
        assert name in found.to_html(lang=lang)


def test_no_byte_of_a_workspace_holds_what_was_planted(planted: Path, tmp_path: Path) -> None:
    with Workspace.create(tmp_path / "shop") as shop:
        added = shop.add(planted)
        assert added.redacted is not None and added.redacted["phone"] >= 28
        shop.search("phone")
        held = everything_in(tmp_path / "shop")
        assert any(name.endswith("search.sqlite") for name in held)
        assert any(name.endswith("rejected.jsonl") for name in held)
        assert [(name, secret) for name, text in held.items() for secret in SECRETS if secret in text] == []
        assert shop.add(planted).documents == 0


def test_old_documents_without_the_columns_are_read_beside_new_ones(tmp_path: Path, rows: pl.DataFrame) -> None:
    with Workspace.create(tmp_path / "shop") as shop:
        shop.add(rows.head(20))
        path = next((tmp_path / "shop").rglob("documents.parquet"))
        pl.read_parquet(path).drop("redactions", "turns").write_parquet(path)
        shop.add(rows)
        documents = shop.data().documents
        assert len(documents) == len(rows)
        assert documents["redactions"].null_count() == 20


def test_switched_off_it_says_so_and_takes_nothing_out(tmp_path: Path) -> None:
    said: list[str] = []
    frame = pl.DataFrame({"text": ["The courier never came, call 0912 345 6789"]})
    found = painpoints.mine(frame, tmp_path / "run", redact=False, warn=said.append)
    assert found.documents["text"][0].endswith("0912 345 6789")
    assert found.manifest["redacted"] is None and found.manifest["redaction"] == {"on": False}
    assert any(sentence.startswith("Personal data stay") for sentence in said)
    assert any(sentence.startswith("Personal data stay") for sentence in found.manifest["notes"])
    assert "redaction was off" in found.to_html(lang="en")


def test_scored_places_are_those_of_the_original_text() -> None:
    text = "Call 0912 345 6789 now. The courier never came."
    units = painpoints.score([text])
    never = units.filter(pl.col("text").str.contains("never")).row(0, named=True)
    assert text[never["start"]:never["end"]] == never["text"] == "The courier never came"
    assert not any("345" in unit for unit in units["text"])


def test_a_text_that_is_nothing_but_placeholders_is_no_opinion() -> None:
    units = painpoints.score(["0912 345 6789", "jane.roe@example.com", "The courier never came"])
    assert units["text"].to_list() == ["The courier never came"]
    symbols = painpoints.score(["0912 345 6789", "The courier never came"], redact_style="symbols")
    assert len(symbols) == 1


def test_settings_say_which_kinds_go_and_which_numbers_stay() -> None:
    def redacted(text: str, **settings: object) -> str:
        redactor = redactor_of(Settings(**settings))  # type: ignore[arg-type]
        assert redactor is not None
        return redactor.document().redact(text).text

    text = "mail a.b@example.com or call +7 912 345-67-89"
    assert redacted(text) == "mail [email 1] or call [phone 1]"
    assert redacted(text, redact_kinds=("phone",)) == "mail a.b@example.com or call [phone 1]"
    assert redacted(text, redact_style="symbols") == "mail «📧1» or call «📞1»"
    assert redacted(text, keep_numbers=(r"\+7 912 [\d-]+",)) == "mail [email 1] or call +7 912 345-67-89"
    assert redactor_of(Settings(redact=False)) is None
    with pytest.raises(UsageError, match="fone"):
        redactor_of(Settings(redact_kinds=("fone",)))
    with pytest.raises(UsageError, match="cannot be read"):
        redactor_of(Settings(keep_numbers=("(",)))
    with pytest.raises(UsageError, match="redact_style"):
        Settings(redact_style="bold")


def test_names_come_from_a_function_or_a_pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "people_of_ours.py").write_text(
        "def find(text):\n    at = text.find('Olga')\n    return [(at, at + 4)] if at >= 0 else []\n"
        "def broken(text):\n    raise ValueError(text)\n", "utf8")
    monkeypatch.syspath_prepend(tmp_path)
    found = painpoints.mine(pl.DataFrame({"text": ["I am Olga and the courier never came"]}), tmp_path / "run",
                            names="people_of_ours:find")
    assert found.documents["text"][0] == "I am [name 1] and the courier never came"
    assert found.manifest["redaction"]["names"] == "people_of_ours:find" and found.manifest["redacted"] == {"name": 1}
    with pytest.raises(ModelError, match="people_of_ours:broken failed \\(ValueError\\)") as failed:
        painpoints.score(["I am Olga"], names="people_of_ours:broken")
    assert "Olga" not in str(failed.value)
    for wrong in ("people_of_ours:none", "nowhere_at_all:find"):
        with pytest.raises(UsageError, match="there is no"):
            redactor_of(Settings(names=wrong))
    with pytest.raises(ModelError, match="no spaCy pipeline"):
        redactor_of(Settings(names="no_such_pipeline"))


def test_a_spacy_pipeline_finds_persons(tmp_path: Path) -> None:
    import spacy

    nlp = spacy.blank("xx")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": label, "pattern": word} for label, word in (
        ("PER", "Ольга"), ("LOC", "Омск"))])
    nlp.to_disk(tmp_path / "persons")
    redactor = redactor_of(Settings(names=str(tmp_path / "persons")))
    assert redactor is not None
    assert redactor.document().redact("Ольга из Омск ждёт").text == "[name 1] из Омск ждёт"


def test_authors_and_values_have_keys_of_their_own() -> None:
    secret = b"s" * 32
    assert value_key(secret) != author_key(secret) and value_key(secret) == value_key(b"s" * 32)
    assert len(value_key(b"x" * 200)) == 32


def test_a_secret_that_cannot_be_kept_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PAINPOINTS_KEY")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    first = user_secret()
    assert first.kept and user_secret() == first
    assert (tmp_path / "home/painpoints/author.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    passing = user_secret()
    assert not passing.kept and user_secret().secret == passing.secret != first.secret
    assert any("hold for this run only" in sentence for sentence in redaction_notes(Settings()))
    (tmp_path / "home/painpoints/author.key").write_text("damaged")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    assert not user_secret().kept
    assert (tmp_path / "home/painpoints/author.key").read_text() == "damaged"
