"""What words and letters say for each language of a script."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable
from copy import copy
from functools import lru_cache
from importlib.resources import files
from typing import Any

Scores = dict[str, float]
Points = tuple[tuple[str, float], ...]

#: words looked at; more change nothing in a text of one language
MOST_WORDS = 60
_FOLD = str.maketrans("يىكڪأإآٱ", "ییککاااا")
_ARABIC_ARTICLE = re.compile(r"(?:[وفبك]?ال|لل)\w{2,}")
_PERSIAN_VERB = re.compile(r"ن?می\w{2,}|\w{2,}(?:می‌|های|هایی|ترین|یند|یدم|ردم|ردن|شون|تون|مون)")
_ARABIC_ENDING = re.compile(r"\w{2,}(?:ات|ين|ون|هم|كم|نا|ته|تها)")
_DIGIT_LETTER = re.compile(r"[a-z']*[23578679][a-z']*")
_MEASURE = re.compile(
    r"\d+(?:st|nd|rd|th|am|pm|k|g|gb|mb|tb|kg|mg|ml|l|m|cm|mm|km|s|x|d|p|h|hr|hrs|min|mins|days?|star|stars|pcs?|in|ft|w|v|mah|mp|hz|ghz|usd|eur|a|b|c|e|f)|[a-z]{1,3}\d+[a-z]{0,4}|\w*\d{2,}\w*"
)
_TRANSLIT = re.compile(
    r"\w{2,}(?:ogo|omu|yye|oye|oje|aya|aja|yy|iy|ij|yj|skiy|skij|tsya|tsa|nost'?|eniye|enie|enija|eniya|ovat'?|yat'?|ili|ali|yut|ayut|uyu|uju|"
    r"ilos|ilsya|ilas|aet|ayet|eet)|\w*(?:shch|zh|kh)\w+"
)
_FINGLISH = re.compile(
    r"n?emi\w{3,}|n?mi[a-z]{3,}(?:am|an|e|id|im|ad|and|sh)|\w{2,}(?:esh|eshoon|eshun|etoon|etun|hash|haye|iye)|\w*(?:kh|gh|oo|aa)\w*(?:am|e|i|id|an|esh)"
)


class Evidence:
    """The word and letter lists of ``data/languages.toml``, ready to score words."""

    def __init__(self, data: dict[str, dict[str, str]]) -> None:
        self.arabic = _index(data["arabic_script"], fold=True)
        self.cyrillic = _index(data["cyrillic"])
        self.latin = _index(data["latin"])
        self.arabic_letters = _letters(data["arabic_script_letters"])
        self.cyrillic_letters = _letters(data["cyrillic_letters"])
        remember = lru_cache(maxsize=50_000)
        self._arabic_word = remember(self._of_arabic_word)
        self._cyrillic_word = remember(self._of_cyrillic_word)
        self._latin_word = remember(self._of_latin_word)

    def arabic_scores(self, words: list[str]) -> Scores:
        """Points for each language written in the Arabic script; ``words`` unfolded, lower case."""
        scores = _sum(self._arabic_word, words)
        joined = "".join(words[:MOST_WORDS])
        if "ی" in joined or "ک" in joined:
            scores["fa"] += 0.8
        if "ي" in joined or "ك" in joined or "ى" in joined:
            scores["ar"] += 0.6
        if "أ" in joined or "إ" in joined or "ئ" in joined or "ؤ" in joined:
            scores["ar"] += 0.5
        return scores

    def cyrillic_scores(self, words: list[str]) -> Scores:
        """Points for each language written in Cyrillic."""
        scores = _sum(self._cyrillic_word, words)
        joined = "".join(words[:MOST_WORDS])
        for letters, points in _SHARED_CYRILLIC:
            if any(letter in joined for letter in letters):
                for lang, value in points.items():
                    scores[lang] += value
        return scores

    def latin_scores(self, words: list[str]) -> Scores:
        """Points for each language written in Latin letters, Persian, Arabic and Russian included."""
        return _sum(self._latin_word, words)

    def _of_arabic_word(self, word: str) -> Points:
        points = list(self.arabic.get(word.translate(_FOLD), ()))
        if not points:
            if _ARABIC_ARTICLE.fullmatch(word):
                points.append(("ar", 1.0))
            elif _PERSIAN_VERB.fullmatch(word.translate(_FOLD)):
                points.append(("fa", 0.8))
        if word[-1] == "ة" and len(word) > 2:
            points.append(("ar", 1.0))
        return (*points, *_of_letters(word, self.arabic_letters, 1.2))

    def _of_cyrillic_word(self, word: str) -> Points:
        return (*self.cyrillic.get(word, ()), *_of_letters(word, self.cyrillic_letters, 1.0))

    def _of_latin_word(self, word: str) -> Points:
        known = self.latin.get(word)
        if known:
            return known
        if word.isalpha() and word.isascii():
            russian = (("ru_latin", 0.35),) if _TRANSLIT.fullmatch(word) else ()
            return (*russian, ("fa_latin", 0.35)) if _FINGLISH.fullmatch(word) else russian
        digits_for_letters = word.isascii() and len(word) > 2 and _DIGIT_LETTER.fullmatch(word)
        return (("ar_latin", 1.0),) if digits_for_letters and not _MEASURE.fullmatch(word) else ()


#: letters that several languages share, and what they say for each
_SHARED_CYRILLIC = (
    ("і", {"uk": 1.0, "be": 0.6, "kk": 0.6}),
    ("јљњ", {"sr": 1.5, "mk": 1.3}),
    ("өүң", {"kk": 1.5, "ky": 1.5, "mn": 1.5, "tt": 1.5}),
)


def _sum(points_of: Callable[[str], Points], words: list[str]) -> Scores:
    scores: Scores = defaultdict(float)
    for said in filter(None, map(points_of, words[:MOST_WORDS])):  # most words say nothing
        for lang, points in said:
            scores[lang] += points
    return scores


def _index(languages: dict[str, str], *, fold: bool = False) -> dict[str, tuple[tuple[str, float], ...]]:
    """Word -> (language, points): 1 for a word of one language, less for a shared one."""
    owners: dict[str, list[str]] = defaultdict(list)
    for lang, words in languages.items():
        for word in dict.fromkeys((words.translate(_FOLD) if fold else words).split()):
            owners[word].append(lang)
    return {word: tuple((lang, 1.0 if len(langs) == 1 else 0.5) for lang in langs) for word, langs in owners.items()}


def _letters(languages: dict[str, str]) -> dict[str, list[str]]:
    owners: dict[str, list[str]] = defaultdict(list)
    for lang, letters in languages.items():
        for letter in letters:
            owners[letter].append(lang)
    return dict(owners)


def _of_letters(word: str, owners: dict[str, list[str]], points: float) -> Points:
    if owners.keys().isdisjoint(word):
        return ()
    return tuple((lang, points) for letter in sorted(set(word) & owners.keys()) for lang in owners[letter])


@lru_cache(maxsize=1)
def evidence() -> Evidence:
    """The evidence of the shipped lists, read once."""
    source = files(__package__).joinpath("data/languages.toml")
    return Evidence(tomllib.loads(source.read_text("utf-8")))


@lru_cache(maxsize=3)
def statistics(languages: tuple[str, ...]) -> Any:
    """A py3langid identifier that knows only ``languages`` and gives probabilities."""
    identifier = copy(_all_statistics())  # which replaces what it is told, and shares the large tables
    identifier.set_languages(list(languages))
    return identifier


@lru_cache(maxsize=1)
def _all_statistics() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
