"""Clauses of one sentence that are opinions of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from .cues import Cues
from .forms import Lexicon, Sentence, lexicon_of, word_pieces
from .marks import HUNDREDTHS, end_log_odds
from .subjects import RULES, complete

Range = tuple[int, int]

_HOLDS = re.compile(r"[(«“\"]")
_PARENTHESIS = re.compile(r"\([^()\n]{0,300}\)|«[^«»\n]{0,400}»|“[^“”\n]{0,400}”|(?<!\w)\"[^\"\n]{1,400}\"(?!\w)")
#: Log odds from which a full stop is taken to be missing: at a comma, before "and", in a run of RUN_LENGTH
#: words or more without a comma, and elsewhere. Chosen on the held-out reviews of scripts/train_marks.py.
LIKELY_AT_COMMA, LIKELY_BEFORE_AND, LIKELY_IN_RUN, LIKELY = 1.5, 0.0, -0.9, 0.3
RUN_LENGTH = 8


def clauses(text: str, start: int, end: int, lang: str) -> Iterator[Range]:
    """The ranges of ``text[start:end]`` that are units: cut before contrasts, openers and new subjects. All of it
    where ``lang`` has no cues."""
    lexicon = lexicon_of(lang)
    pieces = word_pieces(text[start:end]) if lexicon is not None else []
    if lexicon is None or len(pieces) < 9:  # fewer than four words
        yield start, end
        return
    sentence = Sentence(pieces, start, lexicon)
    cuts = _cue_cuts(text, start, end, sentence, lexicon)
    cuts |= _subject_cuts(text, sentence, sorted(cuts), lexicon)
    if not cuts:
        yield start, end
        return
    holds = _HOLDS.search(text, start, end)
    held = [match.span() for match in _PARENTHESIS.finditer(text, start, end)] if holds else []
    done = start
    for index in sorted(cuts):
        cut = sentence.starts[index]
        if not any(a < cut < b for a, b in held):
            yield done, cut
            done = cut
    yield done, end


def _cue_cuts(text: str, start: int, end: int, sentence: Sentence, lexicon: Lexicon) -> set[int]:
    """The words at which a contrast or an opener begins a unit."""
    cuts: set[int] = set()
    cues, lang = lexicon.cues, lexicon.lang
    words, starts, commas, count = sentence.texts, sentence.starts, sentence.commas, len(sentence)
    paired: list[int] | None = None
    skip_contrast: bool | None = None
    last = 0  # the first word of the present unit
    for match in _cues(text, end, sentence, cues):
        index = _word_at(starts, match.start())
        if index >= count:
            break
        after = index
        while after < count and starts[after] < match.end():
            after += 1
        if index - last < 2 or count - after < 1:
            continue
        if words[index - 1] in cues.words["not_after"] or words[after] in cues.words["not_before"]:
            continue
        if paired is None:
            paired = [m.end() for m in cues.paired.finditer(text, start, end)]
        if match["contrast"]:
            if paired and paired[0] <= match.start():
                paired.pop(0)
                continue
            if skip_contrast is None:
                skip_contrast = cues.one_thought.match(text, start, end) is not None
            if skip_contrast:
                skip_contrast = False
                continue
            if commas[index] and commas[after] and after - index == 1 and lang == "en":
                continue  # "the battery, however, lasts": a word thrown in
        elif match["comma"]:
            if not commas[index] or commas[after] or count - after < 2:
                continue
            if paired and paired[0] <= match.start():
                continue
        elif not complete(sentence, last, index, cues, lang) or (match["opener"] and count - after < 2):
            continue
        cut = index
        while cut - 1 - last >= 2 and words[cut - 1] in cues.words["carried"] and not commas[cut]:
            cut -= 1
        cuts.add(cut)
        last = cut
    return cuts


def _cues(text: str, end: int, sentence: Sentence, cues: Cues) -> Iterator[re.Match[str]]:
    """The cues in a sentence, looked for only where words are that may begin one."""
    done = 0
    for start, form in zip(sentence.starts, sentence.forms, strict=True):
        for place in form.cues:
            at = start + place
            if at >= done and (match := cues.cut.match(text, at, end)):
                done = match.end()
                yield match


def _word_at(starts: list[int], place: int) -> int:
    """The first word that starts at ``place`` or after it."""
    return next((n for n, start in enumerate(starts) if start >= place), len(starts))


def _subject_cuts(text: str, sentence: Sentence, cuts: list[int], lexicon: Lexicon) -> set[int]:
    """Where a new subject begins a clause of its own, with a comma, with "and", or with nothing before it."""
    cues, lang = lexicon.cues, lexicon.lang
    rule, persian = RULES[lang], lang == "fa"
    forms, commas, verbs = sentence.forms, sentence.commas, sentence.verbs
    unlikely, of_place = LIKELY_IN_RUN * HUNDREDTHS, lexicon.bare.of_place
    of_words = sentence.odds_of_words(lexicon)
    found: set[int] = set()
    for first, last in pairwise([0, *cuts, len(sentence)]):
        begin = first
        # "although the room was small, the bed ...": the first comma closes the circumstance
        waiting = lexicon.leads(forms[first]) and cues.leads.match(text, sentence.starts[first]) is not None
        for i in range(first + 2, last - 1):
            if waiting:
                waiting = not commas[i]
                continue
            # What most words fail is asked here, which spares the calls.
            form = forms[i]
            if not ((commas[i] or verbs[i - 1] if persian else form.opens) and rule(sentence, begin, i, last, cues)):
                if form.continues or forms[i - 1].joins or i - begin < 2:
                    continue
                if not (commas[i] or form.may_join) and of_words[i - 2] + of_place(i - begin, last - i) < unlikely:
                    continue
                if not _likely_end(sentence, begin, i, last, lexicon):
                    continue
            found.add(i)
            begin = i
    return found


def _likely_end(sentence: Sentence, begin: int, i: int, last: int, lexicon: Lexicon) -> bool:
    """Whether reviews usually put a full stop before word ``i`` where this one puts a comma, and, or nothing."""
    forms, table = sentence.forms, lexicon.bare
    form, left, right = forms[i], i - begin, last - i
    if form.joins:  # asked as if it were not there
        if right < 4:
            return False
        following = forms[i + 2].sway if i + 2 < last else table.stop
        odds = table.log_odds(forms[i - 2].sway, forms[i - 1].sway, forms[i + 1].sway, following, left, right - 1)
        return _reaches(odds, LIKELY_BEFORE_AND, lambda: _exact(sentence, begin, i, last, lexicon, skipped=True))
    if sentence.commas[i]:
        comma = lexicon.comma
        second, before, after = (comma[forms[n].folded] for n in (i - 2, i - 1, i))
        following = comma[forms[i + 1].folded] if i + 1 < last else comma.stop
        odds = comma.log_odds(second, before, after, following, left, right)
        return _reaches(odds, LIKELY_AT_COMMA, lambda: _exact(sentence, begin, i, last, lexicon, at_comma=True))
    if left < 3:
        return False
    if form.may_join:
        if right < 3:
            return False
        following = forms[i + 1].sway if i + 1 < last else table.stop
        odds = table.log_odds(forms[i - 2].sway, forms[i - 1].sway, table[form.folded[1:]], following, left, right)
        return _reaches(odds, LIKELY_BEFORE_AND, lambda: _exact(sentence, begin, i, last, lexicon, joined=True))
    odds = _odds(sentence, begin, i, last, lexicon)
    if _reaches(odds, LIKELY, lambda: _exact(sentence, begin, i, last, lexicon)):
        return True
    if right < 3 or last - begin < RUN_LENGTH or not _reaches(
            odds, LIKELY_IN_RUN, lambda: _exact(sentence, begin, i, last, lexicon)):
        return False
    if True in sentence.commas[begin + 1 : last]:
        return False
    near = [n for n in (i - 1, i + 1, i + 2) if n < last]
    return _reaches(odds, max(_odds(sentence, begin, n, last, lexicon) for n in near) / HUNDREDTHS,
                    lambda: _exact(sentence, begin, i, last, lexicon),
                    lambda: max(_exact(sentence, begin, n, last, lexicon) for n in near))


def _odds(sentence: Sentence, begin: int, i: int, last: int, lexicon: Lexicon) -> int:
    """The log odds, in hundredths, that a sentence ends before word ``i`` where no mark stands."""
    forms, table = sentence.forms, lexicon.bare
    return table.log_odds(forms[i - 2].sway if i - 2 >= begin else table.start, forms[i - 1].sway, forms[i].sway,
                          forms[i + 1].sway if i + 1 < last else table.stop, i - begin, last - i)


def _reaches(odds: int, bar: float, exact: Callable[[], float], exact_bar: Callable[[], float] | None = None) -> bool:
    """Whether log odds in hundredths reach ``bar``. Where both are the same, the sums in floating point decide, as
    they did when the bars were chosen."""
    whole = round(bar * HUNDREDTHS)
    return odds > whole if odds != whole else exact() >= (bar if exact_bar is None else exact_bar())


def _exact(sentence: Sentence, begin: int, i: int, last: int, lexicon: Lexicon, *, at_comma: bool = False,
           skipped: bool = False, joined: bool = False) -> float:
    """The log odds in floating point; with word ``i`` ``skipped``, or without the و ``joined`` to it."""
    here, left = [form.folded for form in sentence.forms[begin:last]], i - begin
    if skipped:
        del here[left]
    if joined:
        here[left] = here[left][1:]
    return end_log_odds(here, left, lexicon.lang)[at_comma]
