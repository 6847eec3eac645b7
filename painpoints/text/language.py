"""Which language a text is in, and whether it is typed in a borrowed script."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

from .alternation import Alternation, holds, holds_domain, holds_www
from .arabic_script import persian_log_odds
from .evidence import MOST_WORDS, Scores, evidence, statistics
from .symbols import ARABIC, EMOJI, may_hold_emoji


@dataclass(frozen=True, slots=True)
class Language:
    """A language code (fa, ar, ru, en, another ISO 639 code, und), how sure (0..1), and a borrowed script.

    ``variety`` is finglish, arabizi or translit when fa, ar or ru is typed in Latin letters.
    """

    code: str
    confidence: float
    variety: str | None = None


UNKNOWN = Language("und", 0.0)

_BORROWED = {"fa_latin": "finglish", "ar_latin": "arabizi", "ru_latin": "translit"}
_LATIN_NAMES = "en de fr es it pt nl pl cs sk tr az ro id ms uz ku sv da no fi hu vi hr sl sq et lv lt ca tl sw"
# What py3langid may answer for each script, under the code we give.
_CANDIDATES = {
    "arabic": {"fa": "fa", "ar": "ar", "ur": "ur", "ku": "ckb", "sdh": "ckb", "ps": "ps", "ug": "ug"},
    "cyrillic": {c: c for c in ("ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "tg", "mn", "tt")},
    "latin": {c: c for c in _LATIN_NAMES.split()},
}
# How much likelier than the rest a language is before anything is read (log units).
_PRIOR = {"fa": 1.5, "ar": 1.5, "ru": 4.0, "en": 4.0}
_RETWEET = re.compile("rt", re.IGNORECASE)
# What says nothing of the language.
_NOISE = Alternation(
    (
        (r"https?://\S+", holds("://")),
        (r"www\.\S+", holds_www),
        (r"\S+@\S+\.\S+|@\w+", holds("@")),
        (r"[#_]", lambda text: "#" in text or "_" in text),
        (r"\bRT\b", _RETWEET.search),
        (r"\w+\.(?:com|ir|ru|org|net)\S*", holds_domain),
        (EMOJI, may_hold_emoji),
    ),
    re.IGNORECASE,
)
_MARKS = re.compile("[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u0640\u200b-\u200f\u202a-\u202e\u2060-\u206f]+")
_PRESENTATION = re.compile("[\ufb50-\ufdff\ufe70-\ufefc\uff01-\uff5e]")
_ARABIC_WORD = re.compile(f"[{ARABIC}]+")
_CYRILLIC_WORD = re.compile("[\u0400-\u04ff]+")
_LATIN = "a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0259\u1e00-\u1eff"
_LATIN_WORD = re.compile(f"[0-9]?[{_LATIN}][{_LATIN}0-9]*(?:['’ʼ][{_LATIN}0-9]+)*['’]?")
_ENGLISH_ENDING = re.compile(
    r"\w{3}(?:ed|ing|ful|less|ly|able|ible|ous|ic|tion|ment|est|ive|ness|ish|ent|ant|fect|ppy|some|ty)$"
)
_OTHER_SCRIPT = re.compile(
    "(?P<he>[\u0590-\u05ff])|(?P<el>[\u0370-\u03ff])|(?P<hy>[\u0530-\u058f])|(?P<ka>[\u10a0-\u10ff])"
    "|(?P<hi>[\u0900-\u097f])|(?P<bn>[\u0980-\u09ff])|(?P<th>[\u0e00-\u0e7f])|(?P<ko>[\uac00-\ud7af])"
    "|(?P<ja>[\u3040-\u30ff])|(?P<zh>[\u4e00-\u9fff])|(?P<ta>[\u0b80-\u0bff])|(?P<am>[\u1200-\u137f])"
)
_MAY_BE_OTHER = re.compile(
    "[\u0370-\u03ff\u0530-\u05ff\u0900-\u09ff\u0b80-\u0bff\u0e00-\u0e7f\u10a0-\u137f\u3040-\u9fff\uac00-\ud7af]")


def detect_language(text: str) -> Language:
    """The language of ``text``; ``und`` when there are no letters or nothing decides.

    Script first, then letters and everyday words that only one language of the script has
    (``data/languages.toml``), then character statistics (py3langid) for what is still open. Names and
    single words in another script do not decide: «Samsung Galaxy S21 عالیه» is Persian.
    """
    noise = _NOISE.pattern(text)
    clean = (text if noise is None else noise.sub(" ", text)).lower()
    latin = _LATIN_WORD.findall(clean)
    if clean.isascii():
        return _latin(latin)
    clean = _MARKS.sub("", clean)
    if _PRESENTATION.search(clean):
        clean = unicodedata.normalize("NFKC", clean)
    arabic = _ARABIC_WORD.findall(clean)
    cyrillic = _CYRILLIC_WORD.findall(clean)
    native = arabic if _letters(arabic) >= _letters(cyrillic) else cyrillic
    others = [str(match.lastgroup) for match in _OTHER_SCRIPT.finditer(clean)] if _MAY_BE_OTHER.search(clean) else []
    if len(others) > _letters(native) and 2 * len(others) > _letters(latin):
        code = "ja" if "ja" in others else max(sorted(set(others)), key=others.count)
        return Language(code, 0.95)
    if _letters(native) > 0 and not (_letters(latin) > _letters(native) and _is_prose(latin)):
        if native is arabic:
            return _arabic_script(arabic)
        return _verdict(evidence().cyrillic_scores(cyrillic), cyrillic, "cyrillic")
    return _latin(latin)


def _arabic_script(words: list[str]) -> Language:
    scores = evidence().arabic_scores(words)
    odds = persian_log_odds(words[:MOST_WORDS])
    foreign = max((points for lang, points in scores.items() if lang not in ("fa", "ar")), default=0.0)
    if foreign >= max(1.0, 0.2 * len(words)) and foreign > max(scores.get("fa", 0.0), scores.get("ar", 0.0)) - 1:
        return _verdict(scores, words, "arabic")
    odds += 1.2 * (scores.get("fa", 0.0) - scores.get("ar", 0.0))
    confidence = 1.0 / (1.0 + math.exp(-min(abs(odds), 50.0)))
    if confidence < 0.55:
        return UNKNOWN
    return Language("fa" if odds > 0 else "ar", round(confidence, 4))


def _letters(words: list[str]) -> int:
    return sum(map(len, words))


def _is_prose(words: list[str]) -> bool:
    """Whether Latin words are a sentence and not names: a fourth are everyday words of one language."""
    return max(evidence().latin_scores(words).values(), default=0.0) >= max(1.5, 0.25 * len(words))


def _latin(words: list[str]) -> Language:
    if not words:
        return UNKNOWN
    scores = evidence().latin_scores(words)
    if len(words) == 1 and not scores and not _ENGLISH_ENDING.search(words[0]):
        return UNKNOWN  # a name, most likely
    for name in _BORROWED:
        # a borrowed script is claimed only on plenty of evidence: half of the words, or three of them
        if scores.get(name, 0.0) < max(0.9, min(0.34 * len(words), 6.0)):
            scores.pop(name, None)
    return _verdict(scores, words, "latin")


def _verdict(scores: Scores, words: list[str], script: str) -> Language:
    """The language with most evidence; statistics and priors join in where that is not decisive."""
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    best, points = ranked[0] if ranked else ("und", 0.0)
    lead = points - (ranked[1][1] if len(ranked) > 1 else 0.0)
    if lead >= 2.0 and lead >= 0.3 * points:
        return _named(best, 1.0 - 0.5 * math.exp(-lead))
    names = _CANDIDATES[script]
    totals = {lang: 2.0 * score + _PRIOR.get(lang, 0.0) for lang, score in scores.items()}
    for name, probability in statistics(tuple(names)).rank(" ".join(words[:60])):
        lang = names[name]
        totals.setdefault(lang, _PRIOR.get(lang, 0.0))
        totals[lang] += max(math.log(max(float(probability), 1e-6)), -8.0)
    return _softmax(totals, len(words))


def _softmax(totals: Scores, words: int) -> Language:
    best = max(sorted(totals), key=totals.__getitem__)
    confidence = 1.0 / sum(math.exp(value - totals[best]) for value in totals.values())
    if confidence < 0.5:
        return UNKNOWN
    return _named(best, confidence)


def _named(name: str, confidence: float) -> Language:
    variety = _BORROWED.get(name)
    return Language(name.split("_")[0], round(confidence, 4), variety)
