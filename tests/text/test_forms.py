import random

import pytest

from painpoints.text.cues import CUE_LISTS, cues_for
from painpoints.text.forms import Sentence, lexicon_of, word_pieces
from painpoints.text.marks import HUNDREDTHS, end_log_odds, sways

SAID = {"fa": "غذا خوب بود ولی ارسال خیلی دیر شد و پیک هم بد برخورد کرد خلاصه راضی نبودم",
        "ar": "الأكل لذيذ جدا لكن الخدمة بطيئة والموظف غير محترم ولن أكرر التجربة مرة أخرى",
        "ru": "еда вкусная но официант хамил и доставка опоздала на 2 часа больше не закажу",
        "en": "great food but the waiter was rude and it's far from The station won't come again"}


@pytest.mark.parametrize("lang", SAID)
def test_odds_in_hundredths_are_those_of_the_model(lang: str) -> None:
    lexicon = lexicon_of(lang)
    assert lexicon is not None
    words = SAID[lang].split()
    random.Random(3).shuffle(words)
    for said in (SAID[lang], " ".join(words * 3)):
        sentence = Sentence(word_pieces(said), 0, lexicon)
        folded = [form.folded for form in sentence.forms]
        for at_comma in (False, True):
            table = sways(lang, at_comma)
            read = [table.start, *(table[word] for word in folded), table.stop]
            for i in range(1, len(folded)):
                odds = table.log_odds(read[i - 1] if i > 1 else table.start, read[i], read[i + 1], read[i + 2], i,
                                      len(folded) - i)
                assert odds == round(end_log_odds(folded, i, lang)[at_comma] * HUNDREDTHS)


@pytest.mark.parametrize("lang", SAID)
def test_no_cue_is_missed_where_words_are_looked_at_first(lang: str) -> None:
    lexicon, cues = lexicon_of(lang), cues_for(lang)
    assert lexicon is not None
    assert cues is not None
    for cue in sorted({cue for name in CUE_LISTS for cue in cues.words[name]}):
        for said in (f"x {cue} x", f"x x.{cue.upper()} x", f"x/{cue.replace(chr(0x200c), '')} x"):
            sentence = Sentence(word_pieces(said), 0, lexicon)
            places = {start + place for start, form in zip(sentence.starts, sentence.forms, strict=True)
                      for place in form.cues}
            assert {match.start() for match in cues.cut.finditer(said)} <= places, said


def test_words_stand_where_they_were_written_with_the_commas_before_them() -> None:
    lexicon = lexicon_of("en")
    assert lexicon is not None
    said = "Food, it's  10/10 - But slow"
    sentence = Sentence(word_pieces(said), 0, lexicon)
    assert [said[start:].split()[0].strip(",") for start in sentence.starts] == ["Food", "it's", "10/10", "But", "slow"]
    assert sentence.commas == [False, True, False, True, False]
