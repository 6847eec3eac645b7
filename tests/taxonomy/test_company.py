"""A company's own touchpoints: read from its TOML, refused with a remedy when the file breaks a rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from painpoints.errors import TaxonomyError, UsageError
from painpoints.taxonomy import NO_STAGE, load_taxonomy

SAMPLE = Path(__file__).with_name("company.toml")
EXAMPLES = 'examples = ["one text", "another text", "a third text"]\n'
FIRST = f'[[touchpoint]]\nname = "Boarding"\nstage = "purchase"\n{EXAMPLES}'


def own(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "own.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(tmp_path: Path, content: str | bytes) -> str:
    with pytest.raises(TaxonomyError) as caught:
        load_taxonomy(own(tmp_path, content))
    assert caught.value.exit_code == 2
    assert caught.value.hint, "an error needs a remedy"
    assert "own.toml: " in caught.value.message
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_file_in_four_languages_gives_its_touchpoints_and_the_two_verdicts() -> None:
    taxonomy = load_taxonomy(SAMPLE)
    assert taxonomy.codes == ("boarding", "in_flight_meal", "baggage", "general", "none")
    assert (taxonomy.source, taxonomy.builtin) == (str(SAMPLE), False)
    boarding = taxonomy.touchpoint("boarding")
    assert [boarding.name(lang) for lang in ("en", "fa", "ar", "ru")] == [
        "Boarding", "سوار شدن", "الصعود إلى الطائرة", "Посадка"]
    assert (boarding.channel, boarding.covers, len(boarding.examples)) == (
        "offline", "gates, queues, calling of rows", 7)
    assert taxonomy.touchpoint("baggage").channel == "both"


def test_its_stages_follow_in_every_framework() -> None:
    taxonomy = load_taxonomy(SAMPLE)
    assert {name: f.mapping["in_flight_meal"] for name, f in taxonomy.frameworks.items()} == {
        "three-stage": "after", "four-stage": "post_purchase", "five-stage": "action"}
    for framework in taxonomy.frameworks.values():
        assert set(framework.mapping) == set(taxonomy.codes)
        assert framework.mapping["general"] == framework.mapping["none"] == NO_STAGE


def test_own_stages_make_a_framework_of_their_own_in_the_order_written(tmp_path: Path) -> None:
    taxonomy = load_taxonomy(own(tmp_path, f"""
[[stage]]
code = "ground"
name = {{ en = "On the ground", fa = "روی زمین" }}
[[stage]]
name = "In the air"
[[touchpoint]]
name = "Lounge"
stage = "ground"
{EXAMPLES}
[[touchpoint]]
name = "Seat"
stage = "in_the_air"
{EXAMPLES}
"""))
    assert list(taxonomy.frameworks) == ["own"]
    framework = taxonomy.framework("own")
    assert [(s.code, s.name("fa")) for s in framework.stages] == [("ground", "روی زمین"), ("in_the_air", "In the air")]
    assert dict(framework.mapping) == {
        "lounge": "ground", "seat": "in_the_air", "general": NO_STAGE, "none": NO_STAGE}
    assert all(framework.names[lang] for lang in ("en", "fa", "ar", "ru"))
    with pytest.raises(UsageError, match="Known frameworks: own"):
        taxonomy.framework("three-stage")


def test_a_code_is_made_from_the_name_in_any_script(tmp_path: Path) -> None:
    taxonomy = load_taxonomy(own(tmp_path, f"""
[[touchpoint]]
name = {{ fa = "تحویل بار" }}
stage = "purchase"
{EXAMPLES}
[[touchpoint]]
name = "Зал ожидания!"
stage = "purchase"
{EXAMPLES}
[[touchpoint]]
name = "☕"
stage = "purchase"
{EXAMPLES}
"""))
    assert taxonomy.codes[:3] == ("تحویل_بار", "зал_ожидания", "☕")


def test_a_companys_stage_wins_over_where_the_literature_puts_a_code_of_the_same_name(tmp_path: Path) -> None:
    price = '[[touchpoint]]\nname = "Price"\nstage = "{}"\n' + EXAMPLES
    after = load_taxonomy(own(tmp_path, FIRST + price.format("post_purchase")))
    assert after.framework("five-stage").mapping["price"] == "action"
    before = load_taxonomy(own(tmp_path, FIRST + price.format("consideration")))
    assert before.framework("five-stage").mapping["price"] == "decision"


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    second = FIRST.replace("Boarding", "Багаж")
    assert len(load_taxonomy(own(tmp_path, b"\xef\xbb\xbf" + (FIRST + second).encode())).codes) == 4


def test_its_own_wording_of_the_verdicts_needs_no_examples(tmp_path: Path) -> None:
    second = FIRST.replace("Boarding", "Meal")
    verdict = '[[touchpoint]]\ncode = "general"\nname = "Overall"\nstage = "none"\n'
    taxonomy = load_taxonomy(own(tmp_path, FIRST + second + verdict))
    assert taxonomy.codes == ("boarding", "meal", "general", "none")
    assert taxonomy.touchpoint("general").name("en") == "Overall"
    assert taxonomy.framework("three-stage").mapping["general"] == NO_STAGE


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError) as caught:
        load_taxonomy(tmp_path / "absent.toml")
    assert str(caught.value).endswith("absent.toml: no such file. Name a TOML file with --taxonomy.")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match="not readable"):
        load_taxonomy(tmp_path)


def test_a_file_that_is_no_toml_names_the_line(tmp_path: Path) -> None:
    assert "at line 2" in refusal(tmp_path, "[[touchpoint]]\nname = Boarding\n")


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    assert "UTF-8" in refusal(tmp_path, b"\xff\xfe\x00[[touchpoint]]")


@pytest.mark.parametrize("content", ["", "[other]\n", FIRST])
def test_fewer_than_two_touchpoints(tmp_path: Path, content: str) -> None:
    assert "fewer than two" in refusal(tmp_path, content)


def test_one_touchpoint_beside_a_verdict_leaves_nothing_to_tell_apart(tmp_path: Path) -> None:
    verdict = '[[touchpoint]]\ncode = "general"\nname = "Overall"\nstage = "none"\n'
    assert "fewer than two touchpoints besides general and none" in refusal(tmp_path, FIRST + verdict)


@pytest.mark.parametrize("content", ["touchpoint = 3\n", "touchpoint = [1, 2]\n", FIRST.replace("[[", "[").replace(
    "]]", "]"), FIRST * 2 + "[stage]\ncode = 'x'\n", "stage = ['a']\n" + FIRST * 2])
def test_single_brackets_and_bare_values(tmp_path: Path, content: str) -> None:
    assert "in two pairs of brackets" in refusal(tmp_path, content)


@pytest.mark.parametrize("name", ["", 'name = ""\n', 'name = "  "\n', "name = 3\n", "name = {}\n",
                                  'name = { en = "" }\n', "name = { en = 3 }\n"])
def test_a_touchpoint_without_a_name_is_pointed_at_by_its_place(tmp_path: Path, name: str) -> None:
    assert "[[touchpoint]] number 2 has no name" in refusal(
        tmp_path, FIRST + f'[[touchpoint]]\n{name}stage = "purchase"\n{EXAMPLES}')


def test_a_stage_without_a_name_is_pointed_at_by_its_place(tmp_path: Path) -> None:
    assert "[[stage]] number 1 has no name" in refusal(tmp_path, '[[stage]]\ncode = "x"\n' + FIRST * 2)


@pytest.mark.parametrize("stage", ['stage = "takeoff"', "stage = 3", 'stage = ["purchase"]', ""])
def test_a_stage_there_is_not_is_answered_with_the_known_ones_in_journey_order(tmp_path: Path, stage: str) -> None:
    message = refusal(tmp_path, FIRST + f'[[touchpoint]]\nname = "Meal"\n{stage}\n{EXAMPLES}')
    assert "touchpoint 'meal' has the stage" in message
    assert "awareness, consideration, purchase, post_purchase, loyalty, none" in message


def test_where_there_are_own_stages_the_built_in_ones_are_not_known(tmp_path: Path) -> None:
    message = refusal(tmp_path, '[[stage]]\nname = "Ground"\n' + FIRST + FIRST.replace("Boarding", "Meal"))
    assert "touchpoint 'boarding' has the stage 'purchase'. Use one of: ground." in message


@pytest.mark.parametrize("examples", [
    "", "examples = []\n", 'examples = ["one", "two"]\n', 'examples = ["same", "same ", " same"]\n',
    'examples = ["one", "two", "  "]\n', 'examples = "one, two, three"\n', "examples = [1, 2, 3]\n"])
def test_fewer_than_three_different_examples(tmp_path: Path, examples: str) -> None:
    message = refusal(tmp_path, FIRST + f'[[touchpoint]]\nname = "Meal"\nstage = "purchase"\n{examples}')
    assert "touchpoint 'meal' has" in message
    assert "3 or more sentences" in message


@pytest.mark.parametrize("channel", ['"phone"', "3", '["online"]'])
def test_a_channel_there_is_not(tmp_path: Path, channel: str) -> None:
    message = refusal(tmp_path, FIRST + f'[[touchpoint]]\nname = "Meal"\nstage = "purchase"\nchannel = {channel}\n'
                      + EXAMPLES)
    assert "touchpoint 'meal' has the channel" in message
    assert "online, offline, both" in message


def test_the_same_touchpoint_twice(tmp_path: Path) -> None:
    assert "touchpoint 'boarding' stands twice" in refusal(tmp_path, FIRST * 2)


def test_the_same_stage_twice(tmp_path: Path) -> None:
    stages = '[[stage]]\nname = "Ground"\n' * 2
    assert "stage 'ground' stands twice" in refusal(tmp_path, stages + FIRST * 2)


def test_a_touchpoint_needs_a_name_even_where_it_has_a_code(tmp_path: Path) -> None:
    nameless = f'[[touchpoint]]\ncode = "x"\nstage = "loyalty"\n{EXAMPLES}'
    assert "number 2 has no name" in refusal(tmp_path, FIRST + nameless)
