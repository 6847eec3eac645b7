"""The word forms of a language, each looked up once: what the lists and the model of sentence ends say of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import accumulate

from .cues import CUE_LISTS, Cues, cues_for, flexible
from .marks import Sway, fold_word, sways

#: forms of a language that are remembered; the next one clears them
MOST_FORMS = 30_000
_WORD = re.compile(r"([\w\u200c]+(?:['’.\-/:][\w\u200c]+)*)")
_INNER_EDGE = re.compile(r"(?<=[./:])")
_FIRST = re.compile(r"[\w'’.\-/:]*")
_COMMAS = frozenset(",،:-–—")
_LOWER = str.maketrans("يىك", "ییک")


class Form:
    """A word as it was written, and what is known of it wherever it stands.

    ``text`` is how lists have it, ``sway`` what the model of sentence ends says of it where no mark stands. ``cues``
    are the characters of it at which a cue of the language may begin, ``opens`` whether a new subject may; ``joins``
    says that it is "and", ``may_join`` that it is or begins with one.
    """

    __slots__ = ("capital", "continues", "cues", "folded", "joins", "may_join", "opens", "raw", "subordinates",
                 "sway", "text", "verb")

    def __init__(self, raw: str, lexicon: Lexicon) -> None:
        cues = lexicon.cues
        text = raw.lower().replace("’", "'")
        if lexicon.lang == "fa":
            text = text.translate(_LOWER)
        self.raw = raw
        self.text = text
        self.capital = raw[0].isupper()
        self.folded = fold_word(text)
        self.sway: Sway = lexicon.bare[self.folded]
        self.verb = cues.is_verb(text)
        self.joins = text in cues.words["and"]
        self.may_join = self.joins or (lexicon.lang == "ar" and text[0] == "و" and len(text) > 3)
        self.continues = text in cues.words["dependent"] or text in cues.abbreviations
        self.subordinates = text in lexicon.subordinators
        self.opens = lexicon.opens(text)
        self.cues = lexicon.cue_places(raw)


class Lexicon(dict[str, Form]):
    """The forms of a language by how they are written, made as they are met."""

    def __init__(self, lang: str, cues: Cues) -> None:
        super().__init__()
        self.lang, self.cues = lang, cues
        self.bare, self.comma = sways(lang, 0), sways(lang, 1)
        self.subordinators = cues.words.get("subordinators", frozenset())
        self.opens = _opener(lang, cues)
        firsts = [cue for name in CUE_LISTS for cue in cues.words[name]]
        self._starts = re.compile(_firsts(firsts), re.IGNORECASE)
        self._letters = re.compile("|".join(sorted({flexible(_first(cue)[:1]) for cue in firsts})), re.IGNORECASE)
        self._begins: dict[str, bool] = {}
        self._leads = re.compile(rf"[\W_]*(?:$|{_firsts(cues.words['leads'])})", re.IGNORECASE)

    def __missing__(self, raw: str) -> Form:
        if len(self) >= MOST_FORMS:
            self.clear()
        self[raw] = form = Form(raw, self)
        return form

    def cue_places(self, raw: str) -> tuple[int, ...]:
        """The characters of a word at which a cue may begin: where it begins itself, and after a mark inside it."""
        places = [0] if raw.isalnum() else [0, *(edge.start() for edge in _INNER_EDGE.finditer(raw))]
        return tuple([place for place in places if self._begins_with(raw[place:place + 1])
                      and self._starts.match(raw, place)])

    def leads(self, form: Form) -> bool:
        """Whether a circumstance may begin at a word."""
        return self._leads.match(form.raw) is not None

    def _begins_with(self, letter: str) -> bool:
        """Whether a cue begins with ``letter``."""
        known = self._begins.get(letter)
        if known is None:
            self._begins[letter] = known = self._letters.match(letter) is not None
        return known


class Sentence:
    """The words of a range of text: their forms, their ``texts``, where each starts, whether a comma stands before it,
    whether it makes a clause complete."""

    __slots__ = ("commas", "forms", "starts", "texts", "verbs")

    def __init__(self, pieces: list[str], start: int, lexicon: Lexicon) -> None:
        words = pieces[1::2]
        self.forms = list(map(lexicon.__getitem__, words))
        self.starts = list(accumulate(map(len, pieces), initial=start))[1:-1:2]
        self.commas = [gap != " " and len(gap) > 1 and gap.rstrip()[-1:] in _COMMAS for gap in pieces[:-1:2]]
        self.texts = [form.text for form in self.forms]
        self.verbs = [form.verb for form in self.forms]

    def odds_of_words(self, lexicon: Lexicon) -> list[int]:
        """For each word from the third to the last but one, what words add to the log odds that a sentence ends before
        it."""
        sways = [form.sway for form in self.forms]
        return list(map(lexicon.bare.of_words, sways, sways[1:], sways[2:], sways[3:]))

    def __len__(self) -> int:
        return len(self.forms)


def word_pieces(text: str) -> list[str]:
    """``text`` in pieces: what is between words and the words, in turn, beginning and ending with the former."""
    return _WORD.split(text)


@lru_cache(maxsize=8)
def lexicon_of(lang: str) -> Lexicon | None:
    """The forms of a language, None for one without cues."""
    cues = cues_for(lang)
    return None if cues is None else Lexicon(lang, cues)


def _firsts(entries: Iterable[str]) -> str:
    """A pattern that matches wherever one of ``entries`` may begin: their first words."""
    patterns = set()
    for entry in entries:
        first = _first(entry)
        whole = len(first) == len(entry) or entry[len(first)] == " "
        patterns.add(flexible(first) + (r"(?![\w'’-])" if whole else ""))
    return "|".join(sorted(patterns)) or "(?!)"


def _first(entry: str) -> str:
    """The first word of ``entry``, empty where it begins with something else."""
    first = _FIRST.match(entry)
    assert first is not None
    return first[0]


def _opener(lang: str, cues: Cues) -> Callable[[str], bool]:
    """What tells whether a word may be the first of a clause with a new subject."""
    lists = cues.words
    if lang == "fa":
        return lambda text: True
    if lang == "ar":
        first_person, nouns = lists["first_person"], lists["nouns"]
        return lambda text: text.removeprefix("و") in first_person or text in nouns or (
            text[0] == "و" and text[1:] in nouns)
    words = {word for name in ("and", "pronouns", "weak_pronouns", "articles") for word in lists[name]}
    return frozenset(words | {noun.split(" ")[0] for noun in lists["nouns"]} | lists["nouns"] | {"it"}).__contains__
