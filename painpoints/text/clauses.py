"""Clauses of one sentence that are opinions of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from .cues import Cues
from .marks import end_log_odds, fold_word

Range = tuple[int, int]

_WORD = re.compile(r"[\w\u200c]+(?:['’.\-/:][\w\u200c]+)*")
_PARENTHESIS = re.compile(r"\([^()\n]{0,300}\)|«[^«»\n]{0,400}»|“[^“”\n]{0,400}”|(?<!\w)\"[^\"\n]{1,400}\"(?!\w)")
_COMMAS = frozenset(",،:-–—")
#: Log odds from which a full stop is taken to be missing: at a comma, before "and", in a run of RUN_LENGTH
#: words or more without a comma, and elsewhere. Chosen on the held-out reviews of scripts/train_marks.py.
LIKELY_AT_COMMA, LIKELY_BEFORE_AND, LIKELY_IN_RUN, LIKELY = 1.5, 0.0, -0.9, 0.3
RUN_LENGTH = 8
_LOWER = str.maketrans("يىك", "ییک")


class Word:
    """A word of the sentence: where it stands, how it is looked up, whether a comma stands before it."""

    __slots__ = ("capital", "comma", "end", "start", "text")

    def __init__(self, text: str, start: int, end: int, comma: bool, capital: bool) -> None:
        self.text, self.start, self.end, self.comma, self.capital = text, start, end, comma, capital


def clauses(text: str, start: int, end: int, cues: Cues, lang: str) -> Iterator[Range]:
    """The ranges of ``text[start:end]`` that are units: cut before contrasts, openers and new subjects."""
    words = _words(text, start, end, lang)
    if len(words) < 4:
        yield start, end
        return
    held = [match.span() for match in _PARENTHESIS.finditer(text, start, end)]
    cuts = _cue_cuts(text, start, end, words, cues, lang)
    cuts |= _subject_cuts(text, words, cuts, cues, lang)
    done = start
    for cut in sorted(cuts):
        if not any(a < cut < b for a, b in held):
            yield done, cut
            done = cut
    yield done, end


def _words(text: str, start: int, end: int, lang: str) -> list[Word]:
    words: list[Word] = []
    last = start
    for match in _WORD.finditer(text, start, end):
        first, after = match.span()
        raw = text[first:after]
        word = raw.lower().replace("’", "'")
        if lang == "fa":
            word = word.translate(_LOWER)
        comma = first - last > 1 and text[last:first].rstrip()[-1:] in _COMMAS
        words.append(Word(word, first, after, comma, raw[0].isupper()))
        last = after
    return words


def _cue_cuts(text: str, start: int, end: int, words: list[Word], cues: Cues, lang: str) -> set[int]:
    """Where a contrast or an opener begins a unit."""
    cuts: set[int] = set()
    skip_contrast = 1 if cues.one_thought.match(text, start, end) else 0
    paired = [m.end() for m in cues.paired.finditer(text, start, end)]
    last = 0  # index of the first word of the present unit
    index = 0
    for match in cues.cut.finditer(text, start, end):
        while index < len(words) and words[index].start < match.start():
            index += 1
        if index >= len(words):
            break
        after = index
        while after < len(words) and words[after].start < match.end():
            after += 1
        if index - last < 2 or len(words) - after < 1:
            continue
        before, following = words[index - 1].text, words[after].text
        if before in cues.words["not_after"] or following in cues.words["not_before"]:
            continue
        if match["contrast"]:
            if paired and paired[0] <= match.start():
                paired.pop(0)
                continue
            if skip_contrast:
                skip_contrast -= 1
                continue
            if words[index].comma and words[after].comma and after - index == 1 and lang == "en":
                continue  # "the battery, however, lasts": a word thrown in
        elif match["comma"]:
            if not words[index].comma or words[after].comma or len(words) - after < 2:
                continue
            if paired and paired[0] <= match.start():
                continue
        elif not _complete(words[last:index], cues, lang) or (match["opener"] and len(words) - after < 2):
            continue
        cut = index
        while cut - 1 - last >= 2 and words[cut - 1].text in cues.words["carried"] and not words[cut].comma:
            cut -= 1
        cuts.add(words[cut].start)
        last = cut
    return cuts


def _complete(words: list[Word], cues: Cues, lang: str) -> bool:
    """Whether the words can stand as an opinion of their own."""
    if len(words) < 2:
        return False
    if lang == "fa":
        return _finite(words, cues) > _open_clauses(words, cues.words)
    if any(cues.is_verb(word.text) for word in words):
        return True
    adjectives = cues.words["adjectives"]
    if lang == "ar":
        return any(word.text in adjectives for word in words[1:])
    return words[0].text in adjectives and len(words) >= 3


def _subject_cuts(text: str, words: list[Word], cuts: set[int], cues: Cues, lang: str) -> set[int]:
    """Where a new subject begins a clause of its own, with a comma, with "and", or with nothing before it."""
    rule = {"fa": _persian, "ar": _arabic, "ru": _russian}.get(lang, _english)
    folded = [fold_word(word.text) for word in words]
    found: set[int] = set()
    begins = [i for i, word in enumerate(words) if word.start in cuts]
    for first, last in pairwise([0, *begins, len(words)]):
        begin = first
        # "although the room was small, the bed ...": the first comma closes the circumstance
        waiting = cues.leads.match(text, words[first].start) is not None
        for i in range(first + 2, last - 1):
            if waiting and words[i].comma:
                waiting = False
                continue
            if waiting:
                continue
            if rule(words, begin, i, last, cues) or _likely_end(words, folded, begin, i, last, cues, lang):
                found.add(words[i].start)
                begin = i
    return found


def _likely_end(words: list[Word], folded: list[str], begin: int, i: int, last: int, cues: Cues, lang: str) -> bool:
    """Whether reviews usually put a full stop before ``words[i]`` where this one puts a comma, and, or nothing."""
    before, word = words[i - 1].text, words[i].text
    left, right = i - begin, last - i
    if before in cues.words["and"] or left < 2 or word in cues.words["dependent"] or word in cues.abbreviations:
        return False
    here = folded[begin:last]
    if word in cues.words["and"]:
        del here[left]
        return right >= 4 and end_log_odds(here, left, lang)[0] >= LIKELY_BEFORE_AND
    if words[i].comma:
        return end_log_odds(here, left, lang)[1] >= LIKELY_AT_COMMA
    if left < 3:
        return False
    if lang == "ar" and word[0] == "و" and len(word) > 3:
        here[left] = here[left][1:]
        return right >= 3 and end_log_odds(here, left, lang)[0] >= LIKELY_BEFORE_AND
    odds = end_log_odds(here, left, lang)[0]
    if odds >= LIKELY:
        return True
    if odds < LIKELY_IN_RUN or right < 3 or last - begin < RUN_LENGTH or any(w.comma for w in words[begin + 1 : last]):
        return False
    near = [end_log_odds(here, n, lang)[0] for n in (left - 1, left + 1, left + 2) if n < len(here)]
    return odds >= max(near)


def _subject_at(words: list[Word], i: int, last: int, cues: Cues) -> int:
    """The index after a noun phrase of the lists that begins at ``i``; 0 when there is none."""
    lists = cues.words
    if words[i].text in lists["articles"]:
        for j in range(i + 1, min(i + 4, last)):
            if words[j].text in lists["nouns"]:
                return j + 1
        return i + 2 if i + 2 < last else 0
    if i + 1 < last and f"{words[i].text} {words[i + 1].text}" in lists["nouns"]:
        return i + 2
    return i + 1 if words[i].text in lists["nouns"] else 0


def _has_verb(words: list[Word], cues: Cues) -> bool:
    return any(cues.is_verb(word.text) for word in words)


def _before_comma(words: list[Word]) -> list[Word]:
    """The words up to the first that has a comma before it."""
    return words[: next((n for n, word in enumerate(words) if n and word.comma), len(words))]


def _english(words: list[Word], begin: int, i: int, last: int, cues: Cues) -> bool:
    lists = cues.words
    if words[i].capital and not words[i - 1].capital and i - begin >= 3 and last - i >= 3:
        sure = words[i].text in lists["pronouns"] or words[i].text in lists["articles"] or words[i].text == "it"
        if sure and words[i - 1].text not in lists["no_clause_after"] and words[i].text != "i":
            return True  # a capital where a full stop was forgotten
    joined = words[i].text in lists["and"]
    comma = words[i].comma
    at = i + 1 if joined else i
    if at >= last - 1 or (not joined and not comma and words[i - 1].text in lists["no_clause_after"]):
        return False
    left = words[begin:i]
    pronoun = words[at].text in lists["pronouns"]
    after = at + 1 if pronoun else _subject_at(words, at, last, cues)
    if not after or after >= last or (pronoun and words[begin].text == words[at].text):
        return False
    if words[after].text in lists["pronouns"] or words[after].text == "it":
        return False  # "the phone i bought": what follows belongs to the noun
    if comma or joined:
        if _complete(left, cues, "en"):
            return _has_verb(_before_comma(words[after : after + 3]), cues)
        # «Food 10/10, service 3/10»: no verb on either side
        return comma and not pronoun and words[begin].text in lists["nouns"] and last - at >= 2
    # Nothing marks the place: an article alone is too little, and the verb must be near.
    if not pronoun and words[at].text in lists["articles"] and words[after - 1].text not in lists["nouns"]:
        return False
    if not pronoun and {word.text for word in left[-2:]} & lists["articles"]:
        return False  # "the beach breakfast"
    if pronoun and _awaits_relative(left, lists):
        return False
    near = _has_verb(words[after : after + 2], cues)
    return near and len(left) >= 3 and (_has_verb(left[:-1], cues) or _complete(left, cues, "en"))


def _awaits_relative(left: list[Word], lists: dict[str, frozenset[str]]) -> bool:
    """Whether a pronoun after ``left`` may go on about its last noun: "the first place we ate at"."""
    for n in range(len(left) - 1, max(len(left) - 4, -1), -1):
        if left[n].text in lists["articles"] and left[n].text not in lists["possessives"]:
            return n == 0 or left[n - 1].text not in lists["prepositions"]
    return False


_GENDERS = (("f", ("ая", "яя")), ("n", ("ое", "ее")), ("p", ("ые", "ие")), ("m", ("ый", "ий", "ой")))
_NOUN_GENDERS = (("f", ("а", "я")), ("n", ("о", "е")), ("p", ("ы", "и")))


def _gender(word: str, endings: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    return next((gender for gender, ends in endings if word.endswith(ends)), "m")


def _russian(words: list[Word], begin: int, i: int, last: int, cues: Cues) -> bool:
    lists = cues.words
    joined = words[i].text in lists["and"]
    comma = words[i].comma
    before = words[i - 1].text
    at = i + 1 if joined else i
    if at >= last - 1 or (not joined and not comma and before in lists["no_clause_after"]):
        return False
    left = words[begin:i]
    pronoun = words[at].text in lists["pronouns"] or ((comma or joined) and words[at].text in lists["weak_pronouns"])
    after = at + 1 if pronoun else _subject_at(words, at, last, cues)
    if not after or after >= last or (pronoun and words[begin].text == words[at].text):
        return False
    if comma or joined:
        if _complete(left, cues, "ru"):
            return _has_verb(_before_comma(words[after : after + 3]), cues)
        return comma and not pronoun and words[begin].text in lists["nouns"] and last - at >= 2
    if not pronoun and (words[at].text in lists["articles"] or cues.verb.fullmatch(before)):
        return False  # «порадовала кухня»: the subject after its verb
    adjective = not pronoun and any(before.endswith(ends) for _, ends in _GENDERS)
    if adjective and _gender(before, _GENDERS) == _gender(words[at].text, _NOUN_GENDERS):
        return False  # «хорошая доставка» is one phrase; in «цена нормальная качество среднее» the genders differ
    return len(left) >= 2 and _complete(left, cues, "ru") and _has_verb(words[after : after + 3], cues)


def _persian(words: list[Word], begin: int, i: int, last: int, cues: Cues) -> bool:
    lists = cues.words
    before, word = words[i - 1].text, words[i].text
    joined = word == "و"
    at = i + 1 if joined else i
    if at >= last - 1:
        return False
    left = words[begin:i]
    right_verb = next((j for j in range(at + 1, last) if cues.is_verb(words[j].text)), 0)
    subject = bool(_subject_at(words, at, last, cues)) and words[at].text not in lists["articles"]
    verbs = _finite(left, cues)
    if words[i].comma and not joined and not verbs:
        return left[0].text in lists["nouns"] and subject and len(left) <= 4  # «صفحه روشن، صدا بلند»
    if not right_verb or verbs <= _open_clauses(left, lists) or _asks_for_more(words, i, subject, lists):
        return False
    if words[i].comma and not joined:
        return subject or words[at].text in lists["pronouns"]
    if not cues.is_verb(before) or (before in lists["infinitives"] and not joined):
        return False
    if joined:
        return subject or (right_verb - at >= 3 and words[at].text not in lists["after_verb"])
    if word in lists["after_verb"] or cues.is_verb(word):
        return False
    return subject or (right_verb - at >= 2 and len(left) >= 3)


def _finite(words: list[Word], cues: Cues) -> int:
    """How many verbs there are after the first word; verbs side by side («سفارش داده شد») are one."""
    verbs = [cues.is_verb(word.text) for word in words]
    return sum(now and not (n > 1 and verbs[n - 1]) for n, now in enumerate(verbs) if n > 0)


def _open_clauses(words: list[Word], lists: dict[str, frozenset[str]]) -> int:
    """How many verbs subordinators take for themselves; تا after a number is none."""
    count = 0
    for n, word in enumerate(words):
        if word.text in lists["subordinators"]:
            number = (
                word.text == "تا" and n > 0 and (words[n - 1].text in lists["numerals"] or words[n - 1].text.isdigit())
            )
            count += not number
    return count


def _asks_for_more(words: list[Word], i: int, subject: bool, lists: dict[str, frozenset[str]]) -> bool:
    """Whether the verb before ``i`` takes the next clause as what was said, thought or wanted."""
    last_two = {words[i - 1].text, words[i - 2].text}
    if last_two & lists["speech_verbs"] or words[i - 2].text in lists["complement_nouns"]:
        return True
    return not subject and words[i - 1].text in lists["complement_verbs"]


def _arabic(words: list[Word], begin: int, i: int, last: int, cues: Cues) -> bool:
    lists = cues.words
    before, word = words[i - 1].text, words[i].text
    left = words[begin:i]
    if before in lists["no_clause_after"]:
        return False
    own = word.removeprefix("و") in lists["first_person"]
    if own:  # the writer goes on with what he did, after a clause about something else
        told = any(w.text.removeprefix("و") in lists["first_person"] for w in left)
        return not told and len(left) >= 3 and _complete(left, cues, "ar")
    joined = word.startswith("و") and word[1:] in lists["nouns"]
    if word not in lists["nouns"] and not joined:
        return False
    if words[i].comma:
        return _complete(left, cues, "ar") or (left[0].text in lists["nouns"] and len(left) <= 4)
    if before in lists["adjectives"]:
        return True
    if not _complete(left, cues, "ar"):
        return False
    says = words[i + 1].text in lists["adjectives"] or cues.is_verb(words[i + 1].text)
    return (joined and not before.startswith("ال")) or (says and (joined or before.startswith("ال")))
