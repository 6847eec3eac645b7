"""What tells of a person is known again in any spelling, and nothing else is taken for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.pipeline.forgetting.traces import GONE, Traces, own_runs

FA = "سفارش من سه هفته است که نرسیده و کسی جواب نمی‌دهد"
RU = "Заказ едет уже третью неделю, и никто мне не отвечает"
AR = "الشحنة متأخرة منذ ثلاثة أسابيع والمندوب لا يرد على الهاتف"
EN = "The parcel came three weeks late and nobody ever answers"


def traces(*texts: str, others: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> Traces:
    empty = Traces(names=names)
    runs, whole = own_runs(texts, others, empty.key)
    return Traces(names=names, runs=runs, whole=whole, key=empty.key)


@pytest.mark.parametrize("said", [FA, RU, AR, EN])
def test_six_words_in_a_row_are_known_again_inside_of_others(said: str) -> None:
    own = traces(said)
    words = said.split()
    assert own.found_in(f"> {' '.join(words[1:8])} <") == "words"
    assert own.found_in(" ".join(words[:4])) is None
    assert own.found_in(" ".join(reversed(words))) is None


@pytest.mark.parametrize("other", ["سفارش من سه هفته است که نرسيده و كسی جواب نمي دهد", FA.replace("\u200c", ""),
                                   FA.replace("\u200c", " ")])
def test_arabic_letters_and_zwnj_make_no_difference(other: str) -> None:
    assert traces(FA).found_in(other) == "words"


def test_what_somebody_else_wrote_too_is_nobodys_trace() -> None:
    assert not traces(EN, others=(f"So: {EN}!",)).runs
    assert traces("Very bad", others=("It was very bad indeed",)).found_in("very bad", cell=True) is None


def test_a_short_text_is_known_as_a_whole_cell_only() -> None:
    own = traces("Purple giraffe refund")
    assert own.found_in("purple GIRAFFE refund!", cell=True) == "words"
    assert own.found_in("a purple giraffe refund came", cell=True) is None


@pytest.mark.parametrize(("name", "said"), [
    ("علی کریمی", "با علي‌ كريمي صحبت کنید"), ("علی‌رضا کریمی", "نوشتهٔ علیرضا کریمی بود"),
    ("محمد عبد الله", "قال محمد عبدالله ذلك"), ("Пётр Ильин", "от ИЛЬИН ПЕТР вчера"), ("Ali Karimi", "see Karimi, ali"),
    ("Ali Karimi", "user ali_karimi wrote"), ("José Núñez", "by Jose Nunez")])
def test_names_are_known_in_every_spelling_and_order(name: str, said: str) -> None:
    own = Traces(names=(name,))
    assert own.found_in(said) == "name"
    assert own.found_in(own.without(said)) is None and GONE in own.without(said)


@pytest.mark.parametrize(("name", "said"), [("Ali", "the alimony of Kalian"), ("Али", "взяли налили"),
                                            ("علی", "تعلیق و اعلیحضرت")])
def test_a_name_inside_of_another_word_is_none(name: str, said: str) -> None:
    assert Traces(names=(name,)).found_in(said) is None


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=30))
def test_what_is_taken_out_is_not_found_again_and_the_rest_stays(said: str, before: str, after: str) -> None:
    own = traces(EN, names=("Ali Karimi",))
    if own.found_in(said) is None:
        assert own.without(said) == said
    clean = own.without(f"{before} {EN} {after}")
    assert own.found_in(clean) is None


def test_an_id_is_known_wherever_it_stands_and_goes_alone() -> None:
    own = Traces(frozenset({"00ff00ff00ff00ff"}))
    assert own.found_in("xx00ff00ff00ff00ffyy") == "id"
    assert own.without("see 00ff00ff00ff00ff, please") == f"see {GONE}, please"


def test_traces_survive_being_written_down_without_a_word_of_the_text() -> None:
    own = traces(EN, names=("Ali",))
    kept = own.as_dict()
    assert Traces.from_dict(kept) == own and "parcel" not in str(kept)
