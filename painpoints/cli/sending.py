"""The options that send a digest, and what is told of it: a dry run until --yes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from painpoints.cli.terminal import count, isolated, show, tell
from painpoints.errors import DeliveryError, UsageError

if TYPE_CHECKING:
    from painpoints.pipeline import Workspace
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
    """The addresses that the options name. Raises UsageError where they name none and --yes or --again is given."""
    from painpoints.report import addresses

    if not send and send_to is None:
        if yes or again:
            raise UsageError("--yes and --again are for sending.", hint="Name a place: --send URL")
        return []
    return addresses(send or [], send_to)


def send_message(opened: Workspace, message: Message, digest: str, urls: Sequence[str], *, yes: bool, again: bool,
                 quiet: bool = False) -> list[Delivery]:
    """Sends ``message`` under the name ``digest`` and prints what became of it, on stderr when ``quiet``.

    Raises DeliveryError after that where a place did not get it.
    """
    found = opened.deliver(message, urls, digest, confirm=yes, again=again)
    lines = delivery_lines(message, found, dry=not yes)
    if quiet:
        for line in lines:
            tell(line)
    else:
        show(lines)
    missed = [delivery for delivery in found if not delivery.done]
    if missed and yes:
        unsure = sum(delivery.status == "unsure" for delivery in missed)
        hint = ("The same command tries again where it failed." if not unsure else
                "Look there whether it arrived; --again sends it once more.")
        raise DeliveryError(f"{count(len(missed), 'place')} of {len(found)} did not take the digest for sure.",
                            hint=hint)
    return found


def delivery_lines(message: Message, found: Sequence[Delivery], *, dry: bool) -> list[str]:
    """One line a place: what was sent there, or would be; never what the message says, save its subject."""
    lines = [f"Dry run, nothing was sent: {isolated(message.subject)}"] if dry else []
    for delivery in found:
        said = {"dry run": f"would get {delivery.characters:,} characters of {delivery.form}",
                "sent": f"sent, {delivery.characters:,} characters of {delivery.form}",
                "sent before": f"has it already ({delivery.detail}); --again sends it once more",
                "unsure": f"may have it ({delivery.detail}); --again sends it once more",
                "failed": f"failed after {count(delivery.tries, 'try', 'tries')} ({delivery.detail})"}
        lines.append(f"{delivery.target}: {said[delivery.status]}")
    if dry and any(delivery.status == "dry run" for delivery in found):
        tell("hint: Add --yes to send.")
    return lines
