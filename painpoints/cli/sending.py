"""Digests sent from the command line: the options, and what is told of it. A dry run until --yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painpoints.cli.terminal import count, isolated
from painpoints.errors import DeliveryError, UsageError

if TYPE_CHECKING:
    from painpoints.pipeline import Digests, Workspace
    from painpoints.report import Delivery, Message

_PANEL = "Sending"

Send = Annotated[list[str] | None, typer.Option(
    "--send", metavar="URL", show_default=False, rich_help_panel=_PANEL,
    help="Send it to this Apprise URL (mail, Slack, Telegram, ...), or to those in a variable: env:NAME. Give it as "
         "often as needed; nothing leaves without --yes.")]
SendTo = Annotated[Path | None, typer.Option(
    "--send-to", metavar="FILE", show_default=False, rich_help_panel=_PANEL,
    help="Send it to the Apprise URLs in this file, one a line.")]
Yes = Annotated[bool, typer.Option("--yes", rich_help_panel=_PANEL,
                                   help="Really send; without it only what would be sent is told.")]
Again = Annotated[bool, typer.Option("--again", rich_help_panel=_PANEL,
                                     help="Send also where this digest was sent before, or may have arrived.")]


def chosen_addresses(send: Sequence[str] | None, send_to: Path | None, yes: bool, again: bool) -> list[str]:
    """The addresses that the options name, each one that Apprise knows.

    Raises UsageError where they name none and --yes or --again is given, and for an address that is none.
    """
    from painpoints.report import addresses, targets_of

    if not send and send_to is None:
        if yes or again:
            raise UsageError("--yes and --again are for sending.", hint="Name a place: --send URL")
        return []
    found = addresses(send or [], send_to)
    targets_of(found)
    return found


@dataclass(frozen=True)
class Sent:
    """A digest's ``message`` and what became of it at every place."""

    message: Message
    deliveries: Sequence[Delivery]

    def as_dict(self) -> dict[str, Any]:
        """The same for JSON; of the message its subject alone."""
        return {"subject": self.message.subject, "deliveries": [delivery.as_dict() for delivery in self.deliveries]}


def send_digests(opened: Workspace, made: Digests, urls: Sequence[str], *, yes: bool, again: bool) -> list[Sent]:
    """Sends every digest to every address; without ``yes`` what would go where, and nothing leaves."""
    from painpoints.report import digest_key, digest_message
    from painpoints.triage import person

    sent = []
    for one in made.digests:
        message = digest_message(one, made.edition)
        key = digest_key(one, made.edition.lang)
        sent.append(Sent(message, opened.deliver(message, urls, key, confirm=yes, again=again, who=person(),
                                                 last=one.period.last.isoformat())))
    return sent


def check_delivered(sent: Sequence[Sent], *, yes: bool) -> None:
    """Raises DeliveryError where a place did not get a digest that was really sent."""
    found = [delivery for one in sent for delivery in one.deliveries]
    missed = [delivery for delivery in found if not delivery.done]
    if missed and yes:
        unsure = any(delivery.status == "unsure" for delivery in missed)
        hint = ("Look there whether it arrived; --again sends it once more." if unsure else
                "The same command tries again where it failed.")
        what = "message" if len(found) == 1 else "messages"
        raise DeliveryError(f"{len(missed):,} of {len(found):,} {what} may not have arrived." if unsure else
                            f"{len(missed):,} of {len(found):,} {what} did not arrive.", hint=hint)


def sent_lines(sent: Sequence[Sent], *, dry: bool) -> list[str]:
    """What became of every digest, a line a place; never what a message says, save its subject."""
    lines = ["Dry run: nothing was sent; --yes sends it."] if dry else []
    for one in sent:
        lines += [isolated(one.message.subject), *(f"    {delivery.target}: {_fate(delivery)}"
                                                   for delivery in one.deliveries)]
    return lines


def _fate(delivery: Delivery) -> str:
    return {"dry run": f"would get {delivery.characters:,} characters of {delivery.form}",
            "sent": f"sent, {delivery.characters:,} characters of {delivery.form}",
            "sent before": f"has it already ({delivery.detail}); --again sends it once more",
            "unsure": f"may have it ({delivery.detail}); --again sends it once more",
            "failed": f"failed after {count(delivery.tries, 'try', 'tries')} ({delivery.detail})"}[delivery.status]
