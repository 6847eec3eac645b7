"""Texts as token ids, ready to be joined into documents of several units.

Every text is normalised and tokenised once and kept in the cache folder; a document is then put together from the
pieces of its units without tokenising again: the tokenizer never crosses a space, so ids of parts join.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from transformers import AutoTokenizer

from painpoints.encode import EMBEDDED_NAME, resolve_model
from painpoints.text import normalise

PREFIX = "query:"


class Tokens:
    """Token ids of texts, by (text, language); ``prefix``, ``first`` and ``last`` frame every document."""

    def __init__(self, cache: Path | None = None) -> None:
        self.tokenizer = AutoTokenizer.from_pretrained(resolve_model(EMBEDDED_NAME).path)
        self._path = cache / "tokens.pickle" if cache else None
        self._known: dict[tuple[str, str], list[int]] = {}
        if self._path and self._path.is_file():
            self._known = pickle.loads(self._path.read_bytes())
        self.first = int(self.tokenizer.cls_token_id)
        self.last = int(self.tokenizer.sep_token_id)
        self.pad = int(self.tokenizer.pad_token_id)
        self.prefix = self._ids([PREFIX])[0]
        self.marks = {mark: int(self.tokenizer.convert_tokens_to_ids(mark)) for mark in (".", "!", "…", ",")}
        closing = [*".!?…,،؟;؛:", *(f"▁{mark}" for mark in ".!?…,،؟;؛:"), "...", "!!", "!!!", "??", ".."]
        self.closing = {int(i) for i in self.tokenizer.convert_tokens_to_ids(closing)} - {self.tokenizer.unk_token_id}

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        found = self.tokenizer(list(texts), add_special_tokens=False, return_attention_mask=False,
                               return_token_type_ids=False)["input_ids"]
        return [list(ids) for ids in found]

    def add(self, texts: Iterable[tuple[str, str]]) -> None:
        """Normalises and tokenises the ``texts`` (text, language) that are not known yet."""
        new = sorted({pair for pair in texts if _key(pair) not in self._known})
        if not new:
            return
        with ProcessPoolExecutor(2) as pool:
            plain = list(pool.map(_normalised, new, chunksize=2000))
        for pair, ids in zip(new, self._ids(plain), strict=True):
            self._known[_key(pair)] = ids
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_bytes(pickle.dumps(self._known))

    def of(self, text: str, lang: str) -> list[int]:
        """The ids of one text that was added before, without frame."""
        return self._known[_key((text, lang))]


def _key(pair: tuple[str, str]) -> tuple[str, str]:
    return hashlib.blake2b(pair[0].encode(), digest_size=12).hexdigest(), pair[1]


def _normalised(pair: tuple[str, str]) -> str:
    return normalise(*pair).text
