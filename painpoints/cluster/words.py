"""The words of a unit: what is shown, the key under which its forms meet, and the part it plays.

Tokens come from spaCy's rule tokenizers. Keys are made for counting, never shown: clitics and endings are taken off
(Snowball stemmers for Russian, English and Arabic; Persian by its ZWNJ and endings), so that «پول‌هایم» meets «پولم»
and «والتطبيق» meets «تطبيق».
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from painpoints.cluster.lexicon import LISTED, load_lexicon
from painpoints.text import fold_key, without_placeholders

if TYPE_CHECKING:
    from spacy.tokenizer import Tokenizer

ZWNJ = "\u200c"
_LETTER = re.compile(r"[^\W\d_]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+|[@#]\S+|\b\w[\w-]*\.(?:com|ir|ru|net|org)\b\S*", re.I)
_LATIN, _CYRILLIC, _ARABIC = "A-Za-z\u00c0-\u024f", "\u0400-\u04ff", "\u0600-\u06ff\u0750-\u077f"
_FOREIGN = {"fa": re.compile(f"[{_LATIN}{_CYRILLIC}]"), "ar": re.compile(f"[{_LATIN}{_CYRILLIC}]"),
            "ru": re.compile(f"[{_LATIN}{_ARABIC}]"), "en": re.compile(f"[{_CYRILLIC}{_ARABIC}]")}
_RUN_ON = re.compile(r"(?<=[^\W\d_]{2})[.!?؟،؛]+(?=[^\W\d_]{2})")
"""Marks that nobody put a space after: «مرجوع کنم.پودر شده بود»; those of "e.g." stay."""
_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
_INSIDE = "'’-\u2010\u2011"
_SNOWBALL = {"ru": "russian", "en": "english", "ar": "arabic"}


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a unit at ``start:end`` of its text."""

    text: str
    start: int
    end: int
    traits: Traits

    @property
    def key(self) -> str:
        """What forms of the word share."""
        return self.traits.key


@dataclass(frozen=True, slots=True)
class Traits:
    """What a word is wherever it stands.

    ``content`` words carry a topic; ``trouble`` words say that something went wrong; ``native`` words are in the
    script of their language.
    """

    key: str
    folded: str
    stop: bool
    filler: bool
    negation: bool
    trouble: bool
    content: bool
    native: bool
    number: bool


def read_words(text: str, lang: str) -> list[list[Word]]:
    """The words of ``text`` in stretches between punctuation, emoji, addresses, handles and placeholders."""
    stretches: list[list[Word]] = [[]]
    plain = _ADDRESS.sub(lambda match: "\n" * len(match[0]), without_placeholders(text, "\n"))
    plain = _RUN_ON.sub(lambda match: "\n" * len(match[0]), plain)
    pieces: list[tuple[str, int]] = []
    for token in _tokenizer(lang)(plain):
        if pieces and pieces[-1][1] + len(pieces[-1][0]) == token.idx and _joined(pieces[-1][0], token.text):
            head, at = pieces.pop()
            pieces.append((head + token.text, at))
        else:
            pieces.append((token.text, token.idx))
    for piece, at in pieces:
        if not (_LETTER.search(piece) or piece.isdecimal()):
            if not piece.isspace() or "\n" in piece:
                stretches.append([])
            continue
        core = _EDGE.sub("", piece)
        lead = piece.find(core)
        if lead:
            stretches.append([])
        stretches[-1].append(Word(core, at + lead, at + lead + len(core), traits(core, lang)))
        if lead + len(core) < len(piece):
            stretches.append([])
    return [stretch for stretch in stretches if stretch]


def _joined(head: str, tail: str) -> bool:
    # Tokenizers part what readers see as one word: do|n't, زیاد|ه, gluten|-|free.
    if head[-1] in _INSIDE:
        return len(head) > 1 and head[-2].isalpha() and tail[0].isalpha()
    return (head[-1].isalpha() or head[-1] == ZWNJ) and (tail[0].isalpha() or tail[0] in _INSIDE or tail[0] == ZWNJ)


@lru_cache(maxsize=200_000)
def traits(word: str, lang: str) -> Traits:
    """What ``word`` is in ``lang``."""
    lexicon = load_lexicon(lang)
    folded = fold_key(word, lang)
    number = not _LETTER.search(word)
    key = word if number else _stem(word, folded, lang) or folded
    negation = folded in lexicon.negation
    if lang == "fa" and word.startswith("ن") and ZWNJ in word[:5] and word.startswith("نمی"):
        negation = True
    filler = folded in lexicon.filler
    stop = filler or (folded in lexicon.function and not negation)
    native = lang not in _FOREIGN or not _FOREIGN[lang].search(word)
    content = not (stop or negation or number) and folded not in lexicon.opener and len(folded) > 1
    trouble = negation or (content and folded.startswith(lexicon.trouble))
    return Traits(key, folded, stop, filler, negation, trouble, content, native, number)


@cache
def _tokenizer(lang: str) -> Tokenizer:
    import spacy

    return spacy.blank(lang if lang in LISTED else "xx").tokenizer


@cache
def _stemmer(lang: str) -> Any:
    import snowballstemmer  # type: ignore[import-untyped]

    return snowballstemmer.stemmer(_SNOWBALL[lang])


def _stem(word: str, folded: str, lang: str) -> str:
    if lang == "fa":
        return _persian_stem(word, folded)
    if lang == "ar":
        return _arabic_stem(folded)
    return str(_stemmer(lang).stemWord(folded)) if lang in _SNOWBALL else folded


_FA_ENDINGS = re.compile("(?:هایمان|هایتان|هایشان|هامون|هاتون|هاشون|هایی|هایم|هایت|هایش|های|هام|هات|هاش|ها"
                         "|ترین|تر|مون|تون|شون|مو|تو|شو|م|ت|ش|و)$")
_FA_VERB_ENDINGS = re.compile("(?:یم|ید|ند|ین|ن|م|ی|د|ه)$")


def _persian_stem(word: str, folded: str) -> str:
    parts = [fold_key(part, "fa") for part in word.split(ZWNJ)]
    if len(parts) > 1 and parts[0] in ("می", "نمی"):
        return ("ن" if parts[0] == "نمی" else "") + (_FA_VERB_ENDINGS.sub("", parts[1]) or parts[1])
    stem = parts[0] if len(parts) > 1 and len(parts[0]) > 2 else folded
    cut = _FA_ENDINGS.sub("", stem)
    return cut if len(cut) > 2 else stem


_AR_PREFIX = re.compile("^(?:وال|بال|فال|كال|ولل|لل|ال|و(?=\\w{4})|ب(?=\\w{4})|ل(?=\\w{4}))")
_AR_SUFFIX = re.compile("(?:هما|كما|هم|هن|كم|نا|ها|تي|ني|ات|ون|ين|ه|ي|ت|ك)$")


def _arabic_stem(folded: str) -> str:
    # fold_key writes every yeh and kaf the Persian way
    text = folded.replace("ی", "ي").replace("ک", "ك")
    text = _AR_PREFIX.sub("", text) if len(text) > 4 else text
    cut = _AR_SUFFIX.sub("", text)
    if cut != text and cut.endswith("ت") and len(cut) > 3:
        cut = cut[:-1]  # ة written open before a pronoun
    return cut if len(cut) > 2 else text
