"""What filters name."""

from __future__ import annotations

import pytest

from painpoints.errors import UsageError
from painpoints.triage.choices import choice

PLACES = {"delivery": ("delivery", "ارسال و تحویل", "التوصيل", "Доставка", "Delivery"), "web1": ("web1",),
          "web2": ("web2",)}


@pytest.mark.parametrize(("given", "code"), [
    ("delivery", "delivery"), ("DELIVERY", "delivery"), ("ارسال و تحويل", "delivery"), ("доставка", "delivery"),
    ("التوصیل", "delivery"), ("Web2", "web2"), ("web۱", "web1")])
def test_a_code_or_a_name_in_any_language_and_spelling_will_do(given: str, code: str) -> None:
    assert choice("--touchpoint", given, PLACES) == code


@pytest.mark.parametrize("given", ["web3", "web", "", "delivry"])
def test_what_names_nothing_is_told_with_what_there_is(given: str) -> None:
    with pytest.raises(UsageError, match="--touchpoint cannot be") as caught:
        choice("--touchpoint", given, PLACES)
    assert "Known: delivery, web1, web2." in str(caught.value.hint)
    assert ("Did you mean 'delivery'" in str(caught.value.hint)) == (given == "delivry")
