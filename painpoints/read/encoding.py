"""Which characters the bytes of a file mean, told by how plausible each reading is in the languages we know."""

from __future__ import annotations

import codecs
import functools
import math
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from painpoints.errors import InputError
from painpoints.read.bytestream import ByteSource

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# On a tie the earlier one wins.
_SINGLE_BYTE = ("cp1252", "cp1256", "cp1251", "koi8_r", "cp866", "iso8859_6", "iso8859_5")
_ABSURD = -12.0
_SAMPLE = 48 * 1024
_QUOTES = frozenset("«»“”„‘’‚‹›–—…•№°·®©™€£§±×÷½¼¾¿¡ªº\xa0\xad،؛؟٪\u200e\u200f")


@dataclass(frozen=True, slots=True)
class Encoding:
    """The codec of a file and how it was told; ``damaged`` when some lines do not fit it."""

    codec: str
    why: str
    damaged: bool = False

    @property
    def is_wide(self) -> bool:
        """Two or four bytes a character: no single line can be told from its bytes."""
        return self.codec.startswith(("utf-16", "utf-32"))

    @property
    def is_single_byte(self) -> bool:
        """Any byte is some character, so that a line in UTF-8 would be read wrongly without an error."""
        return not self.codec.startswith("utf")


def find_encoding(source: ByteSource, head: bytes, override: str | None) -> Encoding:
    """The encoding of a text input. Raises InputError for an override that is no codec."""
    if override is not None:
        try:
            return Encoding(codecs.lookup(override).name, "named by the user")
        except LookupError as error:
            raise InputError(f"{source.name}: no encoding is called {override}.",
                             hint="Known are for instance utf-8, utf-16, cp1256, cp1251, koi8-r.") from error
    marked = _marked_or_wide(head)
    return marked if marked is not None else tell_encoding(_telling_lines(source))


def _marked_or_wide(head: bytes) -> Encoding | None:
    for bom, codec in _BOMS:
        if head.startswith(bom):
            return Encoding(codec, "byte order mark")
    zeros = head.count(0)
    if zeros >= 2 and zeros >= len(head) * 0.02:
        even = head[0::2].count(0)
        codec = "utf-16-be" if even > zeros - even else "utf-16-le"
        decoded = head[: len(head) // 2 * 2].decode(codec, errors="replace")
        odd = sum(1 for character in decoded if character == "\ufffd" or (unicodedata.category(character)[0] == "C"
                  and character not in "\t\r\n\u200c\u200d\u200e\u200f"))
        if odd <= len(decoded) * 0.02:
            return Encoding(codec, "every other byte is zero")
    return None


def _telling_lines(source: ByteSource) -> bytes:
    """Up to 48 KiB of whole lines that hold something other than ASCII, wherever in the file they come."""
    found = bytearray()
    rest = b""
    with source.reading() as stream:
        while chunk := stream.read(1 << 20):
            if chunk.isascii() and rest.isascii():
                rest = b""
                continue
            lines = (rest + chunk).replace(b"\r", b"\n").split(b"\n")
            rest = lines.pop()[-_SAMPLE:]
            for line in lines:
                if not line.isascii():
                    found += line[:_SAMPLE] + b"\n"
                    if len(found) >= _SAMPLE:
                        return bytes(found)
        if not rest.isascii():
            found += rest
    return bytes(found)


def tell_encoding(sample: bytes) -> Encoding:
    """The encoding of lines of text without a byte order mark.

    UTF-8 when most lines with something other than ASCII are valid in it; else the single-byte code page whose
    reading looks most like Persian, Arabic, Russian or a Western language.
    """
    if sample.isascii():
        return Encoding("utf-8", "nothing but ASCII")
    lines = [line for line in sample.split(b"\n") if not line.isascii()]
    valid = sum(1 for line in lines if _is_utf8(line))
    if valid == len(lines):
        return Encoding("utf-8", "every line is valid UTF-8")
    if valid * 2 > len(lines):
        return Encoding("utf-8", f"{valid} of {len(lines)} sampled lines are valid UTF-8", damaged=True)
    others = b"\n".join(line for line in lines if not _is_utf8(line))
    scores = {codec: plausibility(others, codec) for codec in _SINGLE_BYTE}
    best = max(scores, key=lambda codec: scores[codec])
    return Encoding(best, "letters are the most plausible in it", damaged=valid > 0)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        # A line that the sample cut in the middle of a character is still UTF-8.
        return error.reason == "unexpected end of data" and error.start > 0 and not line[: error.start].isascii()
    return True


@functools.cache
def _letter_logs() -> tuple[dict[str, dict[str, float]], float]:
    tables = tomllib.loads(Path(__file__).with_name("letters.toml").read_text(encoding="utf-8"))
    logs = {language: {letter: math.log(count / 1000) for letter, count in table.items()}
            for language, table in tables.items()}
    return logs, -9.0


def plausibility(data: bytes, codec: str) -> float:
    """Mean log-probability of the characters beyond ASCII when `data` is read as `codec`; higher is better.

    Letters count by their frequency in the language that fits best; a letter is absurd beside a letter of another
    script, a Cyrillic capital after a small letter, and so are box drawings and control codes.
    """
    text = data.decode(codec, errors="replace")
    logs, rare = _letter_logs()
    sums = dict.fromkeys(logs, 0.0)
    shared = 0.0
    count = 0
    for index, character in enumerate(text):
        if character < "\x80":
            continue
        count += 1
        before = text[index - 1] if index else " "
        after = text[index + 1] if index + 1 < len(text) else " "
        if not character.isalpha() and character not in logs["ar"] and character != "\u200c":
            shared += -2.0 if character in _QUOTES else _ABSURD
            continue
        if character == "\u200c":
            fits = _script(before) == "arabic" == _script(after)
            for language in sums:
                sums[language] += -5.0 if fits else _ABSURD
            continue
        script = _script(character)
        beside = {_script(before), _script(after)} - {""}
        if beside - {script}:
            shared += _ABSURD
        elif script == "latin":
            crowded = before >= "\x80" and before.isalpha() and after >= "\x80" and after.isalpha()
            shared += _ABSURD if crowded or not beside else -3.0
        else:
            if script == "cyrillic" and character.isupper() and before.islower():
                shared += _ABSURD
                continue
            lower = character.lower()
            for language in sums:
                sums[language] += logs[language].get(lower, rare)
            if character != lower:
                shared += -0.2 if before.isupper() or not before.isalpha() else -4.0
    return (max(sums.values()) + shared) / count if count else 0.0


@functools.lru_cache(maxsize=4096)
def _script(character: str) -> str:
    """latin, cyrillic, arabic or "" for what is no letter."""
    if character < "\x80":
        return "latin" if character.isalpha() else ""
    if not (character.isalpha() or "\u064b" <= character <= "\u0652"):
        return ""
    if "\u0600" <= character <= "\u06ff":
        return "arabic"
    return "cyrillic" if "\u0400" <= character <= "\u04ff" else "latin"


def utf8_within(cell: str, codec: str) -> str | None:
    """What a cell of a single-byte file says when its bytes are in truth UTF-8, else None."""
    if cell.isascii():
        return None
    try:
        mended = cell.encode(codec, errors="surrogateescape").decode("utf-8")
    except UnicodeError:
        return None
    return mended if len(mended) < len(cell) else None
