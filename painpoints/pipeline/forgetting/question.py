"""Whom to forget, and which documents of a workspace are theirs."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from painpoints.config import Settings
from painpoints.errors import UsageError, WorkspaceError
from painpoints.pipeline.keys import author_key, user_secret, value_key
from painpoints.read import AUTHOR
from painpoints.read import author_key as hashed
from painpoints.text import fold_key

if TYPE_CHECKING:
    import polars as pl

LEAST_LETTERS = 4
_PERSIAN, _ARABIC = str.maketrans("يىك", "ییک"), str.maketrans("یک", "يك")
_KEY = 16


@dataclass(frozen=True)
class WhoToForget:
    """Who is to be forgotten: ``documents`` (ids, their first letters, or the input's own ids), ``authors`` (names as
    the input had them), ``author_keys`` (their pseudonyms), ``values`` (telephone numbers, mail addresses)."""

    documents: Sequence[str] = ()
    authors: Sequence[str] = ()
    author_keys: Sequence[str] = ()
    values: Sequence[str] = ()

    def __bool__(self) -> bool:
        return any((self.documents, self.authors, self.author_keys, self.values))

    def asked(self, unknown: int) -> dict[str, int]:
        """How many were named in which way, and of how many nothing is known."""
        return {"documents": len(self.documents), "authors": len(self.authors), "author_keys": len(self.author_keys),
                "values": len(self.values), "unknown": unknown}


@dataclass(frozen=True)
class Chosen:
    """What is to go: documents, the pseudonyms of their authors that were asked for, their names, and how many of what
    was asked for led to no document."""

    doc_ids: frozenset[str]
    author_keys: frozenset[str]
    names: tuple[str, ...]
    missing: int = 0


def chosen(documents: pl.DataFrame, who: WhoToForget, settings: Settings) -> Chosen:
    """The ``documents`` of those ``who`` names.

    Raises UsageError where nobody is named, WorkspaceError for letters that more than one id begins with. A name that
    nothing is known of is counted, never repeated: it is a person's.
    """
    import polars as pl

    if not who:
        raise UsageError("Nobody is named.", hint="Name a document, or --author, --author-key, --value or --from FILE.")
    keys = {key.strip().lower() for key in who.author_keys}
    if any(len(key) != _KEY or not set(key) <= set("0123456789abcdef") for key in keys):
        raise UsageError("--author-key is no pseudonym of an author.", hint=f"It has {_KEY} hexadecimal digits.")
    doc_ids: set[str] = set()
    missing = 0
    for name in who.documents:
        own = _named(documents, name, settings)
        doc_ids |= own
        missing += not own
    known = set(documents["author_key"].drop_nulls().unique())
    for name in who.authors:
        mine = _keys_of(name)
        shown = _shown(documents, name)
        keys |= mine & known
        doc_ids |= shown
        missing += not (mine & known or shown)
    missing += len({key.strip().lower() for key in who.author_keys} - known)
    for value in who.values:
        own = _with_value(documents, value)
        doc_ids |= own
        missing += not own
    doc_ids |= set(documents.filter(pl.col("author_key").is_in(sorted(keys)))["doc_id"])
    return Chosen(frozenset(doc_ids), frozenset(keys), tuple(dict.fromkeys(name.strip() for name in who.authors)),
                  missing)


def _named(documents: pl.DataFrame, name: str, settings: Settings) -> set[str]:
    """Documents by their id, its first letters, or the id they had in the input."""
    import polars as pl

    plain = name.strip()
    asked = plain.lower()
    ids = documents["doc_id"]
    found = set(ids.filter(ids == asked))
    if found:
        return found
    found = set(documents.filter(pl.col("source_id").is_in(_as_read(plain, settings)))["doc_id"])
    if found or len(asked) < LEAST_LETTERS:
        return found
    near = ids.filter(ids.str.starts_with(asked)).unique()
    if len(near) > 1:
        raise WorkspaceError(f"{len(near)} documents begin as one that was named.", hint="Write more of the id.")
    return set(near)


def _as_read(name: str, settings: Settings) -> list[str]:
    """An input's own id as it may have been kept: personal data were taken out of it."""
    from painpoints.pipeline.redacting import redactor_of

    redactor = redactor_of(settings)
    return sorted({name} | ({redactor.document().redact(name).text} if redactor is not None else set()))


def _keys_of(name: str) -> set[str]:
    """The pseudonyms of a name, with Persian and Arabic letters, ZWNJ, spaces and capitals as people write them."""
    secret = author_key(user_secret().secret)
    plain = unicodedata.normalize("NFC", name.strip())
    spelled = {plain, plain.translate(_PERSIAN), plain.translate(_ARABIC), plain.casefold(), plain.title()}
    spelled |= {each.replace("\u200c", to) for each in spelled for to in ("", " ")} | {" ".join(plain.split())}
    return {key for each in spelled if (key := hashed(each, secret)) is not None}


def _shown(documents: pl.DataFrame, name: str) -> set[str]:
    """Documents whose author's name was kept and is this one, however it is spelled."""
    if AUTHOR not in documents.columns:
        return set()
    wanted = fold_key(name)
    names = documents[AUTHOR].drop_nulls().unique()
    same = [each for each in names if wanted and fold_key(each) == wanted]
    return set(documents.filter(documents[AUTHOR].is_in(same))["doc_id"])


def _with_value(documents: pl.DataFrame, value: str) -> set[str]:
    """Documents from which this telephone number, mail address or other value was taken out."""
    import polars as pl

    from painpoints.text import KINDS, Redactor

    if "redactions" not in documents.columns:
        return set()
    redactor = Redactor(KINDS, key=value_key(user_secret().secret))
    pseudonyms = {found.pseudonym for found in redactor.document().redact(value.strip()).found}
    if not pseudonyms:
        raise UsageError("--value is nothing that is taken out of texts.",
                         hint="Give a telephone number, a mail address, a card or another number in full.")
    held = pl.col("redactions").list.eval(
        pl.element().struct.field("pseudonym").is_in(sorted(pseudonyms))).list.any()
    return set(documents.filter(held)["doc_id"])
