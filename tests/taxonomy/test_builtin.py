"""The built-in taxonomy: the thirty codes of the labelling guide, and the frameworks of the literature."""

from __future__ import annotations

import pytest

from painpoints.errors import UsageError
from painpoints.taxonomy import NO_STAGE, Framework, Touchpoint, load_taxonomy

LANGS = ("en", "fa", "ar", "ru")
GUIDE = {
    "awareness": ["ads", "social", "search", "word_of_mouth"],
    "consideration": ["website", "product_info", "price", "reviews", "presales"],
    "purchase": ["store", "staff", "ordering", "payment", "stock"],
    "post_purchase": ["delivery", "packaging", "order_accuracy", "product", "setup", "app", "support", "returns",
                      "billing", "warranty", "survey"],
    "loyalty": ["loyalty", "repurchase", "recommend"],
    "none": ["general", "none"],
}
TAXONOMY = load_taxonomy()
FRAMEWORKS = list(TAXONOMY.frameworks.values())


def test_it_holds_the_thirty_codes_of_the_guide_in_journey_order_and_no_other() -> None:
    assert list(TAXONOMY.codes) == [code for codes in GUIDE.values() for code in codes]
    assert len(TAXONOMY.codes) == 30


def test_each_code_has_the_stage_of_the_guide() -> None:
    assert {t.code: t.stage for t in TAXONOMY.touchpoints} == {
        code: stage for stage, codes in GUIDE.items() for code in codes}


def test_it_is_the_one_the_heads_were_trained_on() -> None:
    assert TAXONOMY.builtin
    assert load_taxonomy() is TAXONOMY


@pytest.mark.parametrize("lang", LANGS)
def test_touchpoints_have_distinct_names_in_every_language(lang: str) -> None:
    names = [t.names.get(lang, "") for t in TAXONOMY.touchpoints]
    assert all(name.strip() == name and name for name in names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("touchpoint", TAXONOMY.touchpoints, ids=lambda t: t.code)
def test_names_are_in_the_letters_of_their_language(touchpoint: Touchpoint) -> None:
    names = touchpoint.names
    assert names["en"].isascii()
    assert all("\u0400" <= c <= "\u04ff" or not c.isalpha() for c in names["ru"])
    assert any("\u0600" <= c <= "\u06ff" for c in names["fa"]) and not set(names["fa"]) & set("يكىة")
    assert any("\u0600" <= c <= "\u06ff" for c in names["ar"]) and not set(names["ar"]) & set("یکگچپژ")


@pytest.mark.parametrize("touchpoint", TAXONOMY.touchpoints, ids=lambda t: t.code)
def test_a_touchpoint_says_what_it_covers_and_where_it_happens(touchpoint: Touchpoint) -> None:
    assert touchpoint.covers
    assert touchpoint.channel in ("online", "offline", "both")


def test_the_shop_is_offline_and_the_web_shop_online() -> None:
    channels = {t.code: t.channel for t in TAXONOMY.touchpoints}
    assert (channels["store"], channels["website"], channels["app"]) == ("offline", "online", "online")


def test_the_frameworks_are_those_of_the_literature() -> None:
    assert {f.name: [s.code for s in f.stages] for f in FRAMEWORKS} == {
        "three-stage": ["before", "during", "after"],
        "four-stage": ["awareness", "consideration", "purchase", "post_purchase"],
        "five-stage": ["awareness", "consideration", "decision", "action", "loyalty"],
    }


def test_the_first_framework_is_the_default_of_the_pipeline() -> None:
    assert next(iter(TAXONOMY.frameworks)) == "three-stage"


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda f: f.name)
def test_every_touchpoint_has_one_stage_and_verdicts_have_none(framework: Framework) -> None:
    assert set(framework.mapping) == set(TAXONOMY.codes)
    stages = {stage.code for stage in framework.stages}
    on_journey = {code: stage for code, stage in framework.mapping.items() if code not in GUIDE["none"]}
    assert set(on_journey.values()) == stages, "a stage without a touchpoint, or a touchpoint without a stage"
    assert {framework.mapping[code] for code in GUIDE["none"]} == {NO_STAGE}


@pytest.mark.parametrize("name", ["three-stage", "four-stage"])
def test_no_stage_of_a_later_touchpoint_comes_before_that_of_an_earlier_one(name: str) -> None:
    framework = TAXONOMY.framework(name)
    place = {stage.code: i for i, stage in enumerate(framework.stages)}
    walked = [place[framework.mapping[code]] for code in TAXONOMY.codes if code not in GUIDE["none"]]
    assert walked == sorted(walked)


@pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda f: f.name)
@pytest.mark.parametrize("lang", LANGS)
def test_frameworks_and_stages_are_named_in_every_language(framework: Framework, lang: str) -> None:
    assert framework.names[lang]
    names = [stage.names[lang] for stage in framework.stages]
    assert all(names) and len(set(names)) == len(names)


def test_in_five_stages_what_settles_the_choice_is_decision_and_what_follows_it_action() -> None:
    mapping = TAXONOMY.framework("five-stage").mapping
    assert [mapping[c] for c in ("price", "staff", "ordering", "payment", "delivery", "recommend")] == [
        "decision", "decision", "action", "action", "action", "loyalty"]


def test_a_framework_nobody_knows_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError) as caught:
        TAXONOMY.framework("six-stage")
    assert str(caught.value) == "No framework 'six-stage'. Known frameworks: three-stage, four-stage, five-stage."


def test_a_name_in_a_language_there_is_not_falls_back_to_english() -> None:
    assert TAXONOMY.touchpoint("delivery").name("de") == TAXONOMY.touchpoint("delivery").names["en"]
    stage = TAXONOMY.framework("three-stage").stage("after")
    assert (stage.name("fa"), stage.name("de")) == ("پس از خرید", "After purchase")


def test_unknown_codes_are_key_errors() -> None:
    with pytest.raises(KeyError):
        TAXONOMY.touchpoint("teleport")
    with pytest.raises(KeyError):
        TAXONOMY.framework("three-stage").stage("teleport")
