"""Touchpoints added to a taxonomy: every framework has a place for them."""

from __future__ import annotations

import pytest

from painpoints.errors import TaxonomyError
from painpoints.taxonomy import extend, load_taxonomy

BUILTIN = load_taxonomy()


@pytest.mark.parametrize(("stage", "home", "places"), [
    ("before", "consideration", ("before", "consideration", "consideration")),
    ("during", "purchase", ("during", "purchase", "action")),
    ("after", "post_purchase", ("after", "post_purchase", "action")),
    ("loyalty", "loyalty", ("after", "post_purchase", "loyalty")),
    ("awareness", "awareness", ("before", "awareness", "awareness")),
    ("decision", "purchase", ("during", "purchase", "decision")),
    ("action", "post_purchase", ("after", "post_purchase", "action")),
])
def test_a_stage_of_one_framework_has_its_place_in_all(stage: str, home: str, places: tuple[str, ...]) -> None:
    found = extend(BUILTIN, {"gift_wrap": stage})
    assert found.touchpoint("gift_wrap").stage == home
    assert tuple(framework.mapping["gift_wrap"] for framework in found.frameworks.values()) == places


@pytest.mark.parametrize("name", ["During purchase", "هنگام خرید", "أثناء الشراء", "Во время покупки", "DURING"])
def test_a_stage_goes_by_its_name_in_four_languages_too(name: str) -> None:
    assert extend(BUILTIN, {"valet": name}).frameworks["three-stage"].mapping["valet"] == "during"


def test_what_was_there_stays_and_the_new_one_stands_after_its_stage() -> None:
    found = extend(BUILTIN, {"gift_wrap": "during", "valet": "during"})
    assert tuple(code for code in found.codes if code not in ("gift_wrap", "valet")) == BUILTIN.codes
    at = found.codes.index("gift_wrap")
    assert found.codes[at + 1] == "valet"
    assert (found.touchpoints[at - 1].stage, found.touchpoints[at + 2].stage) == ("purchase", "post_purchase")
    assert found.builtin and "gift_wrap" not in BUILTIN.frameworks["three-stage"].mapping
    assert found.touchpoint("gift_wrap").name("fa") == "Gift wrap"
    assert extend(BUILTIN, {}) == BUILTIN


@pytest.mark.parametrize(("added", "said"), [
    ({"delivery": "after"}, "'delivery' is already in the taxonomy"),
    ({"a b": "after"}, "'a b' cannot be a touchpoint's code"),
    ({"": "after"}, "cannot be a touchpoint's code"),
    ({"valet": "afetr"}, "There is no stage 'afetr'. Did you mean 'after'?"),
])
def test_what_cannot_be_added_says_why(added: dict[str, str], said: str) -> None:
    with pytest.raises(TaxonomyError) as caught:
        extend(BUILTIN, added)
    assert said in str(caught.value)
