"""What the command line says of digests that are sent, or would be."""

from __future__ import annotations

from pathlib import Path

import pytest

from painpoints.cli.sending import Sent, check_delivered, chosen_addresses, sent_lines
from painpoints.errors import DeliveryError, UsageError
from painpoints.report import Delivery, Message

MESSAGE = Message("خلاصهٔ هفتهٔ ۴۷", "<p>secret words</p>", "secret words", "secret words")


def sent(*statuses: str) -> Sent:
    return Sent(MESSAGE, [Delivery(f"json://place{n}", "text", 1200, status, n, "HTTP 403")
                          for n, status in enumerate(statuses, 1)])


def test_a_line_a_place_under_the_subject_and_nothing_of_the_message() -> None:
    lines = sent_lines([sent("sent", "sent before", "unsure", "failed")], dry=False)
    assert lines == [
        "\u2068خلاصهٔ هفتهٔ ۴۷\u2069", "    json://place1: sent, 1,200 characters of text",
        "    json://place2: has it already (HTTP 403); --again sends it once more",
        "    json://place3: may have it (HTTP 403); --again sends it once more",
        "    json://place4: failed after 4 tries (HTTP 403)"]
    dry = sent_lines([sent("dry run")], dry=True)
    assert dry[0] == "Dry run: nothing was sent; --yes sends it." and "would get 1,200 characters" in dry[2]


def test_json_has_the_subject_alone_of_a_message() -> None:
    told = sent("sent").as_dict()
    assert told["subject"] == MESSAGE.subject and "secret" not in str(told)
    assert told["deliveries"][0]["status"] == "sent"


def test_what_did_not_arrive_is_an_error_after_all_was_tried() -> None:
    check_delivered([sent("sent", "sent before"), sent("dry run")], yes=True)
    check_delivered([sent("unsure")], yes=False)
    with pytest.raises(DeliveryError, match="1 of 3 messages did not arrive") as caught:
        check_delivered([sent("sent", "failed"), sent("sent")], yes=True)
    assert caught.value.exit_code == 1 and "tries again" in str(caught.value)
    with pytest.raises(DeliveryError, match="2 of 2 messages may not have arrived") as caught:
        check_delivered([sent("unsure", "failed")], yes=True)
    assert "--again" in str(caught.value)


def test_options_that_say_nowhere_and_addresses_that_are_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert chosen_addresses(None, None, False, False) == []
    monkeypatch.setenv("PAINPOINTS_SEND", "json://a")
    assert chosen_addresses(["env:PAINPOINTS_SEND"], None, True, False) == ["json://a"]
    with pytest.raises(UsageError, match="--send URL"):
        chosen_addresses(None, None, True, False)
    with pytest.raises(UsageError, match=r"Address 2 \(nowhere://...\)"):
        chosen_addresses(["json://a", "nowhere://b:secret@c"], None, False, False)
