import pytest
from hypothesis import given
from hypothesis import strategies as st

from painpoints.text import fold_key


@pytest.mark.parametrize(
    "spellings",
    [
        ["می‌خواهم", "می خواهم", "میخواهم", "مي‌خواهم"],
        ["کتاب‌های خوب", "كتابهاي خوب", "کتاب های خوب"],
        ["أحمد", "احمد", "إحمد", "آحمد"],
        ["خدمة ممتازة", "خدمه ممتازه", "خِدْمَة ممتـــازة!!"],
        ["مستشفى", "مستشفي", "مستشفی"],
        ["Ещё раз", "еще раз!", "ЕЩЕ  РАЗ 👍"],
        ["Great product", "great product!!!", "GREAT 5 PRODUCT 😍"],
        ["عالی بود", "عااااالی بود...", "عالي بود ۵"],
        ["café", "cafe", "cafe\u0301"],
    ],
)
def test_spellings_of_one_text_share_a_key(spellings: list[str]) -> None:
    assert len({fold_key(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("خوب بود", "خوب نبود"), ("мой", "мои"), ("no table", "notable"), ("كتب", "كتاب"), ("bad", "bed")],
)
def test_different_texts_keep_different_keys(one: str, other: str) -> None:
    assert fold_key(one) != fold_key(other)


PERSIAN = st.lists(st.text(alphabet="ابپتجدرسشکگلمنوهیخز", min_size=1, max_size=6), min_size=2, max_size=6)


@given(PERSIAN)
def test_zwnj_missing_present_or_spaced_is_the_same(parts: list[str]) -> None:
    keys = {fold_key(joint.join(parts)) for joint in ("", "\u200c", " ", "\u200c ")}
    assert len(keys) == 1


@given(st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    assert fold_key(fold_key(text)) == fold_key(text)
