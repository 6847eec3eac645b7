"""Where a new subject opens a clause of its own, language by language."""

from __future__ import annotations

from collections.abc import Callable

from .cues import Cues
from .forms import Sentence

Rule = Callable[[Sentence, int, int, int, Cues], bool]
"""Whether a clause opens at word i of a sentence, in the unit from word ``begin`` to word ``last``."""


def complete(sentence: Sentence, first: int, last: int, cues: Cues, lang: str) -> bool:
    """Whether the words ``first:last`` can stand as an opinion of their own."""
    if last - first < 2:
        return False
    if lang == "fa":
        return _finite(sentence, first, last) > _open_clauses(sentence, first, last, cues)
    if True in sentence.verbs[first:last]:
        return True
    adjectives = cues.words["adjectives"]
    if lang == "ar":
        return not adjectives.isdisjoint(sentence.texts[first + 1 : last])
    return sentence.texts[first] in adjectives and last - first >= 3


def _subject_at(sentence: Sentence, i: int, last: int, cues: Cues) -> int:
    """The index after a noun phrase of the lists that begins at ``i``; 0 when there is none."""
    lists, words = cues.words, sentence.texts
    if words[i] in lists["articles"]:
        for j in range(i + 1, min(i + 4, last)):
            if words[j] in lists["nouns"]:
                return j + 1
        return i + 2 if i + 2 < last else 0
    if i + 1 < last and f"{words[i]} {words[i + 1]}" in lists["nouns"]:
        return i + 2
    return i + 1 if words[i] in lists["nouns"] else 0


def _verb_follows(sentence: Sentence, first: int) -> bool:
    """Whether there is a verb among three words from ``first`` on, before the next comma."""
    for n in range(first, min(first + 3, len(sentence))):
        if n > first and sentence.commas[n]:
            return False
        if sentence.verbs[n]:
            return True
    return False


def _english(sentence: Sentence, begin: int, i: int, last: int, cues: Cues) -> bool:
    lists, words, forms = cues.words, sentence.texts, sentence.forms
    if forms[i].capital and not forms[i - 1].capital and i - begin >= 3 and last - i >= 3:
        sure = words[i] in lists["pronouns"] or words[i] in lists["articles"] or words[i] == "it"
        if sure and words[i - 1] not in lists["no_clause_after"] and words[i] != "i":
            return True  # a capital where a full stop was forgotten
    joined = words[i] in lists["and"]
    comma = sentence.commas[i]
    at = i + 1 if joined else i
    if at >= last - 1 or (not joined and not comma and words[i - 1] in lists["no_clause_after"]):
        return False
    pronoun = words[at] in lists["pronouns"]
    after = at + 1 if pronoun else _subject_at(sentence, at, last, cues)
    if not after or after >= last or (pronoun and words[begin] == words[at]):
        return False
    if words[after] in lists["pronouns"] or words[after] == "it":
        return False  # "the phone i bought": what follows belongs to the noun
    if comma or joined:
        if complete(sentence, begin, i, cues, "en"):
            return _verb_follows(sentence, after)
        # «Food 10/10, service 3/10»: no verb on either side
        return comma and not pronoun and words[begin] in lists["nouns"] and last - at >= 2
    # Nothing marks the place: an article alone is too little, and the verb must be near.
    if not pronoun and words[at] in lists["articles"] and words[after - 1] not in lists["nouns"]:
        return False
    if not pronoun and not lists["articles"].isdisjoint(words[max(i - 2, begin) : i]):
        return False  # "the beach breakfast"
    if pronoun and _awaits_relative(words, begin, i, lists):
        return False
    verbs = sentence.verbs
    near = True in verbs[after : after + 2]
    return near and i - begin >= 3 and (True in verbs[begin : i - 1] or complete(sentence, begin, i, cues, "en"))


def _awaits_relative(words: list[str], begin: int, i: int, lists: dict[str, frozenset[str]]) -> bool:
    """Whether a pronoun at ``i`` may go on about the last noun before: "the first place we ate at"."""
    for n in range(i - 1, max(i - 4, begin - 1), -1):
        if words[n] in lists["articles"] and words[n] not in lists["possessives"]:
            return n == begin or words[n - 1] not in lists["prepositions"]
    return False


_GENDERS = (("f", ("ая", "яя")), ("n", ("ое", "ее")), ("p", ("ые", "ие")), ("m", ("ый", "ий", "ой")))
_NOUN_GENDERS = (("f", ("а", "я")), ("n", ("о", "е")), ("p", ("ы", "и")))


def _gender(word: str, endings: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    return next((gender for gender, ends in endings if word.endswith(ends)), "m")


def _russian(sentence: Sentence, begin: int, i: int, last: int, cues: Cues) -> bool:
    lists, words = cues.words, sentence.texts
    joined = words[i] in lists["and"]
    comma = sentence.commas[i]
    before = words[i - 1]
    at = i + 1 if joined else i
    if at >= last - 1 or (not joined and not comma and before in lists["no_clause_after"]):
        return False
    pronoun = words[at] in lists["pronouns"] or ((comma or joined) and words[at] in lists["weak_pronouns"])
    after = at + 1 if pronoun else _subject_at(sentence, at, last, cues)
    if not after or after >= last or (pronoun and words[begin] == words[at]):
        return False
    if comma or joined:
        if complete(sentence, begin, i, cues, "ru"):
            return _verb_follows(sentence, after)
        return comma and not pronoun and words[begin] in lists["nouns"] and last - at >= 2
    if not pronoun and (words[at] in lists["articles"] or cues.verb.fullmatch(before)):
        return False  # «порадовала кухня»: the subject after its verb
    adjective = not pronoun and any(before.endswith(ends) for _, ends in _GENDERS)
    if adjective and _gender(before, _GENDERS) == _gender(words[at], _NOUN_GENDERS):
        return False  # «хорошая доставка» is one phrase; in «цена нормальная качество среднее» the genders differ
    return i - begin >= 2 and complete(sentence, begin, i, cues, "ru") and True in sentence.verbs[after : after + 3]


def _persian(sentence: Sentence, begin: int, i: int, last: int, cues: Cues) -> bool:
    lists, words, verbs = cues.words, sentence.texts, sentence.verbs
    word = words[i]
    joined = word == "و"
    comma = sentence.commas[i] and not joined
    if not comma and (not verbs[i - 1] or (words[i - 1] in lists["infinitives"] and not joined)):
        return False
    at = i + 1 if joined else i
    if at >= last - 1:
        return False
    finite = _finite(sentence, begin, i)
    subject = bool(_subject_at(sentence, at, last, cues)) and words[at] not in lists["articles"]
    if comma and not finite:
        return words[begin] in lists["nouns"] and subject and i - begin <= 4  # «صفحه روشن، صدا بلند»
    right_verb = next((j for j in range(at + 1, last) if verbs[j]), 0)
    if not right_verb or finite <= _open_clauses(sentence, begin, i, cues) or _asks_for_more(words, i, subject, lists):
        return False
    if comma:
        return subject or words[at] in lists["pronouns"]
    if joined:
        return subject or (right_verb - at >= 3 and words[at] not in lists["after_verb"])
    if word in lists["after_verb"] or verbs[i]:
        return False
    return subject or (right_verb - at >= 2 and i - begin >= 3)


def _finite(sentence: Sentence, first: int, last: int) -> int:
    """How many verbs there are after word ``first``; verbs side by side («سفارش داده شد») are one."""
    count, before = 0, False
    for now in sentence.verbs[first + 1 : last]:
        if now and not before:
            count += 1
        before = now
    return count


def _open_clauses(sentence: Sentence, first: int, last: int, cues: Cues) -> int:
    """How many verbs subordinators take for themselves; تا after a number is none."""
    count, words = 0, sentence.texts
    for n, form in enumerate(sentence.forms[first:last], first):
        if form.subordinates:
            number = form.text == "تا" and n > first and (
                words[n - 1] in cues.words["numerals"] or words[n - 1].isdigit())
            count += not number
    return count


def _asks_for_more(words: list[str], i: int, subject: bool, lists: dict[str, frozenset[str]]) -> bool:
    """Whether the verb before ``i`` takes the next clause as what was said, thought or wanted."""
    if not lists["speech_verbs"].isdisjoint(words[i - 2 : i]) or words[i - 2] in lists["complement_nouns"]:
        return True
    return not subject and words[i - 1] in lists["complement_verbs"]


def _arabic(sentence: Sentence, begin: int, i: int, last: int, cues: Cues) -> bool:
    lists, words = cues.words, sentence.texts
    before, word = words[i - 1], words[i]
    if before in lists["no_clause_after"]:
        return False
    own = word.removeprefix("و") in lists["first_person"]
    if own:  # the writer goes on with what he did, after a clause about something else
        told = any(w.removeprefix("و") in lists["first_person"] for w in words[begin:i])
        return not told and i - begin >= 3 and complete(sentence, begin, i, cues, "ar")
    joined = word.startswith("و") and word[1:] in lists["nouns"]
    if word not in lists["nouns"] and not joined:
        return False
    if sentence.commas[i]:
        return complete(sentence, begin, i, cues, "ar") or (words[begin] in lists["nouns"] and i - begin <= 4)
    if before in lists["adjectives"]:
        return True
    if not complete(sentence, begin, i, cues, "ar"):
        return False
    says = words[i + 1] in lists["adjectives"] or sentence.verbs[i + 1]
    return (joined and not before.startswith("ال")) or (says and (joined or before.startswith("ال")))


RULES: dict[str, Rule] = {"fa": _persian, "ar": _arabic, "ru": _russian, "en": _english}
