"""What words and letters say for each language of a script."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from functools import lru_cache
from importlib.resources import files
from typing import Any

Scores = dict[str, float]

#: words looked at; more change nothing in a text of one language
MOST_WORDS = 60
_FOLD = str.maketrans("يىكڪأإآٱ", "ییککاااا")
_ARABIC_ARTICLE = re.compile(r"(?:[وفبك]?ال|لل)\w{2,}")
_PERSIAN_VERB = re.compile(r"ن?می\w{2,}|\w{2,}(?:می‌|های|هایی|ترین|یند|یدم|ردم|ردن|شون|تون|مون)")
_ARABIC_ENDING = re.compile(r"\w{2,}(?:ات|ين|ون|هم|كم|نا|ته|تها)")
_DIGIT_LETTER = re.compile(r"[a-z']*[23578679][a-z']*")
_MEASURE = re.compile(r"\d+(?:st|nd|rd|th|am|pm|k|g|gb|mb|tb|kg|mg|ml|l|m|cm|mm|km|s|x|d|p|h|hr|hrs|min|mins|days?|star|stars|pcs?|in|ft|w|v|mah|mp|hz|ghz|usd|eur|a|b|c|e|f)|[a-z]{1,3}\d+[a-z]{0,4}|\w*\d{2,}\w*")
_TRANSLIT = re.compile(
    r"\w{2,}(?:ogo|omu|yye|oye|oje|aya|aja|yy|iy|ij|yj|skiy|skij|tsya|tsa|nost'?|eniye|enie|enija|eniya|ovat'?|yat'?|ili|ali|yut|ayut|uyu|uju|"
    r"ilos|ilsya|ilas|aet|ayet|eet)|\w*(?:shch|zh|kh)\w+"
)
_FINGLISH = re.compile(r"n?emi\w{3,}|n?mi[a-z]{3,}(?:am|an|e|id|im|ad|and|sh)|\w{2,}(?:esh|eshoon|eshun|etoon|etun|hash|haye|iye)|\w*(?:kh|gh|oo|aa)\w*(?:am|e|i|id|an|esh)")


class Evidence:
    """The word and letter lists of ``data/languages.toml``, ready to score words."""

    def __init__(self, data: dict[str, dict[str, str]]) -> None:
        self.arabic = _index(data["arabic_script"], fold=True)
        self.cyrillic = _index(data["cyrillic"])
        self.latin = _index(data["latin"])
        self.arabic_letters = _letters(data["arabic_script_letters"])
        self.cyrillic_letters = _letters(data["cyrillic_letters"])

    def arabic_scores(self, words: list[str]) -> Scores:
        """Points for each language written in the Arabic script; ``words`` unfolded, lower case."""
        scores: Scores = defaultdict(float)
        for word in words[:MOST_WORDS]:
            known = self.arabic.get(word.translate(_FOLD))
            if known:
                for lang, points in known:
                    scores[lang] += points
            elif _ARABIC_ARTICLE.fullmatch(word):
                scores["ar"] += 1.0
            elif _PERSIAN_VERB.fullmatch(word.translate(_FOLD)):
                scores["fa"] += 0.8
            if word[-1] == "ة" and len(word) > 2:
                scores["ar"] += 1.0
        _add_letters(scores, self.arabic_letters, words, 1.2)
        joined = "".join(words[:MOST_WORDS])
        if "ی" in joined or "ک" in joined:
            scores["fa"] += 0.8
        if "ي" in joined or "ك" in joined or "ى" in joined:
            scores["ar"] += 0.6
        if any(c in joined for c in "أإئؤ"):
            scores["ar"] += 0.5
        return scores

    def cyrillic_scores(self, words: list[str]) -> Scores:
        """Points for each language written in Cyrillic."""
        scores: Scores = defaultdict(float)
        for word in words[:MOST_WORDS]:
            for lang, points in self.cyrillic.get(word, ()):
                scores[lang] += points
        _add_letters(scores, self.cyrillic_letters, words, 1.0)
        joined = "".join(words[:MOST_WORDS])
        if "і" in joined:
            scores["uk"] += 1.0
            scores["be"] += 0.6
            scores["kk"] += 0.6
        if any(c in joined for c in "јљњ"):
            scores["sr"] += 1.5
            scores["mk"] += 1.3
        if any(c in joined for c in "өүң"):
            for lang in ("kk", "ky", "mn", "tt"):
                scores[lang] += 1.5
        return scores

    def latin_scores(self, words: list[str]) -> Scores:
        """Points for each language written in Latin letters, Persian, Arabic and Russian included."""
        scores: Scores = defaultdict(float)
        for word in words[:MOST_WORDS]:
            known = self.latin.get(word)
            if known:
                for lang, points in known:
                    scores[lang] += points
                continue
            if word.isalpha() and word.isascii():
                if _TRANSLIT.fullmatch(word):
                    scores["ru_latin"] += 0.35
                if _FINGLISH.fullmatch(word):
                    scores["fa_latin"] += 0.35
            elif word.isascii() and _DIGIT_LETTER.fullmatch(word) and len(word) > 2 and not _MEASURE.fullmatch(word):
                scores["ar_latin"] += 1.0
        return scores


def _index(languages: dict[str, str], *, fold: bool = False) -> dict[str, tuple[tuple[str, float], ...]]:
    """Word -> (language, points): 1 for a word of one language, less for a shared one."""
    owners: dict[str, list[str]] = defaultdict(list)
    for lang, words in languages.items():
        for word in dict.fromkeys((words.translate(_FOLD) if fold else words).split()):
            owners[word].append(lang)
    return {
        word: tuple((lang, 1.0 if len(langs) == 1 else 0.5) for lang in langs) for word, langs in owners.items()
    }


def _letters(languages: dict[str, str]) -> dict[str, list[str]]:
    owners: dict[str, list[str]] = defaultdict(list)
    for lang, letters in languages.items():
        for letter in letters:
            owners[letter].append(lang)
    return dict(owners)


def _add_letters(scores: Scores, owners: dict[str, list[str]], words: list[str], points: float) -> None:
    for word in words[:MOST_WORDS]:
        for letter in set(word) & owners.keys():
            for lang in owners[letter]:
                scores[lang] += points


@lru_cache(maxsize=1)
def evidence() -> Evidence:
    """The evidence of the shipped lists, read once."""
    source = files(__package__).joinpath("data/languages.toml")
    return Evidence(tomllib.loads(source.read_text("utf-8")))


@lru_cache(maxsize=3)
def statistics(languages: tuple[str, ...]) -> Any:
    """A py3langid identifier that knows only ``languages`` and gives probabilities."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(languages))
    return identifier
