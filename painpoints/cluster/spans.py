"""Clause-like spans of a unit that could stand as a title, and how well each is formed.

A span begins where a clause begins and runs for two to seven words, without greetings, fillers, pointing words and the
writer's own person at its edges; or after words that only say when and how often. It may end where the clause ends, or
before a word that only adds where, when or with what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from painpoints.cluster.lexicon import Lexicon, load_lexicon
from painpoints.cluster.requests import load_cues
from painpoints.cluster.words import ZWNJ, Word
from painpoints.text import fold_key

MOST_WORDS = 7
SHORTEST, LONGEST = 10, 60

_CIRCUMSTANTIAL, _AFTER_VERB, _JOINED = 0.8, 0.9, 0.9
_ENDS_WELL = {"clause": 1.0, "boundary": 0.8, "cut": 0.3, "turned": 0.15}
_LENGTHS = {2: 0.8, 6: 0.92, 7: 0.85}
_POINTING, _SAYING, _SAID, _DOING, _DONE, _ASKING, _LED = 0.55, 0.4, 0.75, 0.55, 0.75, 0.6, 0.6
"""What a span keeps that points back, that ends before what is said or holds it, that tells what the customer did, and
did in vain, that asks for something, or that leans on the words before it."""
_NAMED, _COUNTED = 0.7, 0.65
"""What a span keeps that holds a name or a figure: details of one customer."""
_UNABLE = ("نمیتون", "نتون", "نمیش", "نشد", "نمیخوا", "نباید", "نخواست")
"""Persian verbs whose sense the clause after them completes."""
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@dataclass(frozen=True)
class Span:
    """A run of words out of one unit: ``form`` (0..1) is how much it reads like a title, ``keys`` what it is about."""

    text: str
    keys: frozenset[str]
    form: float


def title_spans(reading: Sequence[Sequence[Word]], lang: str, *, foreign: bool = False) -> Iterator[Span]:
    """The spans of one unit that could be a title. ``foreign`` allows words in another script, all in the same one."""
    lexicon = load_lexicon(lang)
    for stretch in reading:
        for first, worth in _firsts(stretch, lexicon).items():
            for end in range(first + 2, min(first + MOST_WORDS, len(stretch)) + 1):
                closed = _ENDS_WELL[_ending(stretch, end, lexicon)]
                span = _span(stretch[first:end], closed * worth, lexicon, foreign)
                if span is not None:
                    yield span
    for one, two in pairwise(reading):
        # "Asked for no onions, got onions": what was to be, and what was.
        first, second = _first_word(one, 0, lexicon), _first_word(two, 0, lexicon)
        if not 2 <= len(one) - first <= MOST_WORDS - 2 or not _well_formed(one[first:], lexicon, foreign):
            continue
        for end in range(second + 2, len(two) + 1):
            worth = _ENDS_WELL[_ending(two, end, lexicon)] * (0.5 if _supposed(two, 0, second, lexicon) else _JOINED)
            span = _span([*one[first:], *two[second:end]], worth, lexicon, foreign, len(one) - first)
            if span is not None:
                yield span


def _span(words: Sequence[Word], worth: float, lexicon: Lexicon, foreign: bool, joint: int = 0) -> Span | None:
    """The words as a title of so much ``worth``, with a comma after ``joint`` of them; None when they are none."""
    if len(words) > MOST_WORDS or not _well_formed(words[joint:], lexicon, foreign) \
            or len({w.traits.native for w in words if not w.traits.number}) != 1:
        return None
    text = _shown(words, lexicon.lang, joint)
    if not SHORTEST <= len(text) <= LONGEST:
        return None
    keys = frozenset(w.key for w in words if w.traits.content or w.traits.negation)
    return Span(text, keys, worth * _reading(words, lexicon))


def _firsts(stretch: Sequence[Word], lexicon: Lexicon) -> dict[int, float]:
    """Where in a stretch a title may begin, and what it is then worth (0..1)."""
    found: dict[int, float] = {}
    starts = [(0, 1.0), *((at + 1, 1.0) for at, word in enumerate(stretch) if word.traits.folded in lexicon.opener),
              *((at, _JOINED) for at, word in enumerate(stretch) if at and _joins(word.text, lexicon.lang)),
              *((at + 1, _AFTER_VERB) for at, word in enumerate(stretch[:-1]) if _is_verb(word, lexicon)
                and not word.traits.folded.startswith(_UNABLE) and not _is_verb(stretch[at + 1], lexicon)
                and not stretch[at + 1].traits.stop)]
    for start, worth in starts:
        first = _first_word(stretch, start, lexicon)
        worth *= 0.5 if _supposed(stretch, start, first, lexicon) else 1.0
        later = _after_circumstance(stretch, first, lexicon)
        for at, value in ((first, worth * (_CIRCUMSTANTIAL if later != first else 1.0)), (later, worth)):
            found[at] = max(found.get(at, 0.0), value)
    return dict(sorted(found.items()))


def _supposed(stretch: Sequence[Word], start: int, first: int, lexicon: Lexicon) -> bool:
    # What would be is not what is.
    return any(w.traits.folded in lexicon.condition for w in stretch[max(0, min(start, first) - 2):first])


def _is_verb(word: Word, lexicon: Lexicon) -> bool:
    """Whether a Persian ``word`` is a verb, which closes its clause; False in the other languages."""
    if lexicon.lang != "fa":
        return False
    folded = word.traits.folded
    if folded in lexicon.particle or folded in lexicon.finite or folded.startswith(("می", "نمی")):
        return True
    if word.traits.negation:
        return lexicon.negation_closes(folded)
    # «خرابه»: is broken
    return folded.endswith("ه") and folded[:-1].startswith(lexicon.trouble) and folded not in lexicon.boundary


def _first_word(stretch: Sequence[Word], start: int, lexicon: Lexicon) -> int:
    spoken = False
    while start < len(stretch):
        traits = stretch[start].traits
        if spoken and traits.folded in lexicon.auxiliary and _folded(stretch, start + 1) != "to":
            start += 1  # "I was charged twice", "I have not been paid"
            continue
        spoken = traits.folded in lexicon.first_person
        if not (spoken or traits.filler or traits.folded in lexicon.opener or traits.folded in lexicon.determiner):
            break
        start += 1
    return start


def _folded(stretch: Sequence[Word], at: int) -> str:
    return stretch[at].traits.folded if at < len(stretch) else ""


def _after_circumstance(stretch: Sequence[Word], first: int, lexicon: Lexicon) -> int:
    """Where the clause goes on after words that only say when or how often ("three weeks later"); ``first`` if none."""
    end = first
    while end < len(stretch) and _only_says_when(stretch[end], lexicon):
        end += 1
    when = any(w.traits.number or w.traits.folded in lexicon.clock for w in stretch[first:end])
    if any(w.traits.folded in lexicon.limit for w in stretch[first:end]):
        return first  # "only two days to return it"
    if not when or end == len(stretch) or stretch[end - 1].traits.folded in lexicon.boundary:
        return first
    return _first_word(stretch, end, lexicon)


def _only_says_when(word: Word, lexicon: Lexicon) -> bool:
    traits = word.traits
    return traits.number or ((traits.stop or traits.folded in lexicon.clock) and not traits.negation)


def _well_formed(words: Sequence[Word], lexicon: Lexicon, foreign: bool) -> bool:
    last = words[-1].traits
    if last.number or last.filler or last.folded in lexicon.opener:
        return False
    if last.stop and last.folded not in lexicon.particle:
        return False
    if last.negation and not lexicon.negation_closes(last.folded):
        return False
    same_script = len({w.traits.native for w in words if not w.traits.number}) == 1
    if not same_script or (not foreign and not any(w.traits.native for w in words)):
        return False
    return any(w.traits.content for w in words)


def _ending(stretch: Sequence[Word], end: int, lexicon: Lexicon) -> str:
    if end == len(stretch) or _is_circumstance(stretch[end:], lexicon):
        return "clause"
    following = stretch[end].traits
    if following.negation or _folded_without_and(stretch[end], lexicon.lang) in lexicon.negation:
        return "turned"  # "the card works nowhere", «جواب نداد»
    if lexicon.lang == "fa":
        # The verb stands last: without one the clause is cut off.
        goes_on = _is_verb(stretch[end], lexicon) and following.folded not in lexicon.saying
        return "boundary" if _is_verb(stretch[end - 1], lexicon) and not goes_on else "cut"
    closes = following.folded in lexicon.boundary or following.folded in lexicon.opener
    return "boundary" if closes or _joins(stretch[end].text, lexicon.lang) else "cut"


def _is_circumstance(words: Sequence[Word], lexicon: Lexicon) -> bool:
    """Whether words that close a clause only say when or how much: "for three weeks", «до сих пор»."""
    first = words[0].traits
    return ((first.filler or first.number or first.folded in lexicon.boundary)
            and all(word.traits.filler or _only_says_when(word, lexicon) for word in words)
            and not any(_is_verb(word, lexicon) for word in words)
            and any(w.traits.filler or w.traits.number or w.traits.folded in lexicon.clock for w in words))


def _reading(words: Sequence[Word], lexicon: Lexicon) -> float:
    value = 1.0 if any(w.traits.trouble for w in words) else 0.75
    value *= 0.8 if any(w.traits.folded in lexicon.first_person for w in words) else 1.0
    value *= 0.7 if any(w.traits.filler for w in words) else 1.0
    value *= _COUNTED if any(c.isdigit() for w in words for c in w.text) else 1.0
    value *= _NAMED if any(_is_name(w) for w in words[1:]) else 1.0
    value *= _standing_alone(words, lexicon)
    value *= 0.85 if words[0].traits.stop else 1.0
    if words[0].traits.negation and words[1].traits.folded in lexicon.boundary:
        value *= 0.5  # "not from delivery"
    return value * _LENGTHS.get(len(words), 1.0)


def _standing_alone(words: Sequence[Word], lexicon: Lexicon) -> float:
    """How far (0..1) the words say what went wrong to somebody who has not read what stands before and after."""
    value = _POINTING if any(w.traits.folded in lexicon.pointing for w in words) else 1.0
    if any(w.traits.folded in lexicon.saying for w in words):
        value *= _SAYING if words[-1].traits.folded in lexicon.saying else _SAID
    cues = load_cues(lexicon.lang)
    value *= _ASKING if cues is not None and cues.either.search(" ".join(w.text for w in words)) else 1.0
    value *= _LED if words[0].traits.folded in lexicon.leaning else 1.0
    if any(_is_doing(word, lexicon) for word in (words if lexicon.lang == "fa" else words[:1])):
        value *= _DONE if any(w.traits.trouble for w in words) else _DOING
    return value


def _is_doing(word: Word, lexicon: Lexicon) -> bool:
    """Whether a verb tells what the customer did; in Persian its ending says so (and «نمی‌تونم» is a pain)."""
    folded = word.traits.folded
    if folded in lexicon.doing or _folded_without_and(word, lexicon.lang) in lexicon.doing:
        return True
    return lexicon.lang == "fa" and not word.traits.negation and folded.endswith("م") \
        and (folded in lexicon.finite or (folded.startswith("می") and len(folded) > 4))


def _is_name(word: Word) -> bool:
    return word.text[0].isupper() and word.text.lower() not in ("i", "i'm", "i've") and not word.text.isupper()


def _shown(words: Sequence[Word], lang: str, joint: int = 0) -> str:
    told = [_without_and(words[0], lang), *("I" if w.text == "i" and lang == "en" else w.text for w in words[1:])]
    if joint:
        told[joint - 1] += "،" if lang in ("fa", "ar") else ","
        if lang in ("ru", "en") and words[joint].text.istitle():
            told[joint] = told[joint][0].lower() + told[joint][1:]
    text = " ".join(told)
    if lang == "fa":
        return text.translate(_PERSIAN_DIGITS)
    return text[0].upper() + text[1:] if text else text


def _without_and(word: Word, lang: str) -> str:
    # «والمبلغ ما رجع»: the joining letter says nothing at the head of a title.
    text = word.text
    if _joins(text, lang):
        return text[1:]
    # «وطرف الشاحن»: most longer words that begin with this letter have an "and" before them.
    rooted = tuple(load_lexicon(lang).rooted)
    return text[1:] if lang == "ar" and len(text) > 3 and text[0] == "و" and not text.startswith(rooted) else text


def _folded_without_and(word: Word, lang: str) -> str:
    return fold_key(_without_and(word, lang), lang) if lang == "ar" else word.traits.folded


def _joins(text: str, lang: str) -> bool:
    """Whether an Arabic word is written together with the "and" before it, as far as its letters tell."""
    if lang != "ar" or len(text) < 3 or text[0] not in "وف":
        return False
    lexicon, rest = load_lexicon(lang), fold_key(text[1:], lang)
    if text[1:3] == "ال" and len(text) > 4:
        return True
    if rest in lexicon.boundary:
        return True
    return rest in lexicon.negation or (len(rest) > 2 and (rest in lexicon.function or rest in lexicon.doing))


def unowned(title: str, lang: str, said: Collection[str]) -> str:
    """``title`` whose first word is nobody's: «پولم برنگشته» as «پول برنگشته», «طلبي تأخر» as «الطلب تأخر».

    Only when customers also say the word so; ``said`` has the folded words of the language. An Arabic "and" written
    together with the first word falls in the same way: «وطرف الشاحن مكسور» as «طرف الشاحن مكسور».
    """
    title = without_joined_and(title, lang, said)
    first, _, rest = title.partition(" ")
    for other in _unowned_forms(first, lang):
        if len(other) > 2 and fold_key(other, lang) in said:
            return f"{other} {rest}"
    return title


def without_joined_and(text: str, lang: str, said: Collection[str]) -> str:
    """An Arabic ``text`` without the "and" joined to its first word, when the rest is ``said`` (folded) for itself."""
    first = text.partition(" ")[0]
    heard = len(first) > 4 and first[0] == "و" and fold_key(first[1:], lang) in said
    return text[1:] if lang == "ar" and (heard or _joins(first, lang)) else text


def _unowned_forms(word: str, lang: str) -> list[str]:
    lexicon, folded = load_lexicon(lang), fold_key(word, lang)
    if folded in lexicon.inseparable or folded in lexicon.function or folded in lexicon.finite:
        return []
    if lang == "fa" and word.endswith("م"):
        return [word[:-2 if word.endswith(f"{ZWNJ}ام") else -1].rstrip(ZWNJ)]
    if lang == "ar" and word.endswith("ي") and not word.startswith("ال"):
        stem = word[:-1]
        return [f"ال{stem[:-1]}ة", f"ال{stem}"] if stem.endswith("ت") else [f"ال{stem}"]
    return []
