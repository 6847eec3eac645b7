"""A message to the places people read: mail, chat, webhooks, through Apprise; at most once for each.

Before anything leaves, the state says "sending" under a key of the digest and the place; afterwards "sent", or "failed"
where the place refused it and nothing arrived. Where it is not known whether it arrived (the process died, the line
broke after the request was on its way) "sending" stays, and nothing sends it again by itself. Of several processes the
one whose row is there first sends. What is kept of a place is a hash with a key of the workspace, never its address.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import random
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.errors import UsageError
from painpoints.report.targets import Outcome, Target, targets_of
from painpoints.store import now

if TYPE_CHECKING:
    from painpoints.store import State, Writer

SENDING, SENT, FAILED = "sending", "sent", "failed"
#: what a `Delivery` may say beside these: nothing was sent (a dry run), or nothing had to be
DRY, BEFORE, UNSURE = "dry run", "sent before", "unsure"
TRIES = 4
_FIRST_WAIT, _LONGEST_WAIT = 2.0, 60.0
_SALT = "delivery_key"
_ENVIRONMENT = "env:"


@dataclass(frozen=True)
class Message:
    """What is sent, in the forms that places take."""

    subject: str
    html: str
    markdown: str
    text: str


@dataclass(frozen=True)
class Delivery:
    """What became of a message at one place: ``target`` without secrets, ``form`` html, markdown or text, how long it
    is, ``status`` dry run, sent, sent before, unsure or failed, how often it was tried, why it failed."""

    target: str
    form: str
    characters: int
    status: str
    tries: int = 0
    detail: str | None = None

    @property
    def done(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.status in (DRY, SENT, BEFORE)

    def as_dict(self) -> dict[str, Any]:
        """The delivery, for JSON."""
        return asdict(self)


def addresses(given: Sequence[str], file: Path | None = None) -> list[str]:
    """The Apprise URLs that are ``given`` (``env:NAME`` stands for those in a variable, by white space) and those in
    ``file``, one a line, # before a remark; each once. Raises UsageError, which never tells an address."""
    found: list[str] = []
    for item in given:
        if item.startswith(_ENVIRONMENT):
            name = item[len(_ENVIRONMENT):]
            inside = os.environ.get(name, "").split()
            if not inside:
                raise UsageError(f"{item}: the variable is empty or not there.", hint=f"Set {name} to an Apprise URL.")
            found += inside
        else:
            found.append(item.strip())
    if file is not None:
        try:
            lines = file.read_text("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            raise UsageError(f"{file}: cannot be read.", hint="Name a text file of Apprise URLs, one a line.") from None
        inside = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
        if not inside:
            raise UsageError(f"{file}: holds no address.", hint="Write Apprise URLs into it, one a line.")
        found += inside
    return list(dict.fromkeys(found))


def deliver(state: State, message: Message, urls: Sequence[str], digest: str, *, confirm: bool, again: bool = False,
            wait: Callable[[float], object] = time.sleep, chance: Callable[[], float] = random.random
            ) -> list[Delivery]:
    """What became of ``message`` at each of ``urls``; without ``confirm`` what would, and nothing leaves.

    ``digest`` names what is sent (workspace, period, segment, language): under one name a place gets one message, also
    where the digest was made anew, unless ``again``. What a place refuses is tried four times with growing pauses.
    Raises UsageError for an address that Apprise does not know, before anything is sent; MissingExtraError without it.
    """
    places = targets_of(urls)
    if not confirm:
        with state.reading() as reader:
            salt, rows = reader.meta(_SALT), {row["key"]: row for row in reader.rows("deliveries")}
        return [_forecast(place, message, rows.get(_key(salt, digest, place)[0]) if salt else None, again)
                for place in places]
    salt = _salt(state)
    return [_delivered(state, place, message, digest, salt, again, wait, chance) for place in places]


def _forecast(place: Target, message: Message, row: Mapping[str, Any] | None, again: bool) -> Delivery:
    form, body = place.body(message)
    if row is None or row["status"] == FAILED or again:
        return Delivery(place.shown, form, len(body), DRY)
    return _as_before(place, form, body, row)


def _as_before(place: Target, form: str, body: str, row: Mapping[str, Any]) -> Delivery:
    if row["status"] == SENT:
        return Delivery(place.shown, form, len(body), BEFORE, row["tries"], f"on {row['made'][:10]}")
    return Delivery(place.shown, form, len(body), UNSURE, row["tries"],
                    f"begun on {row['made'][:10]}, and it may have arrived")


def _delivered(state: State, place: Target, message: Message, digest: str, salt: str, again: bool,
               wait: Callable[[float], object], chance: Callable[[], float]) -> Delivery:
    key, hashed = _key(salt, digest, place)
    form, body = place.body(message)
    claim = {"key": key, "made": now(), "digest": digest, "target": hashed, "status": SENDING, "tries": 0,
             "detail": None}
    mine, row = state.settled(lambda writer: _claimed(writer, claim, again))
    if not mine:
        return _as_before(place, form, body, row)
    for number in range(1, TRIES + 1):
        outcome = place.send(message.subject, body, form)
        last = outcome.status != FAILED or not outcome.again or number == TRIES
        entry = {"key": key, "tries": number, "detail": outcome.reason,
                 "status": (SENDING if outcome.status == UNSURE else outcome.status) if last else SENDING}
        state.settled(lambda writer, entry=entry: writer.change("deliveries", "key", [entry]))  # type: ignore[misc]
        if last:
            return Delivery(place.shown, form, len(body), outcome.status, number, outcome.reason)
        wait(_pause(number, outcome, chance()))
    raise AssertionError("the last try ends the loop")


def _claimed(writer: Writer, claim: Mapping[str, Any], again: bool) -> tuple[bool, Mapping[str, Any]]:
    """Whether this process is the one that sends; the row as it is."""
    if writer.insert_new("deliveries", claim):
        return True, claim
    row = next(row for row in writer.rows("deliveries") if row["key"] == claim["key"])
    if row["status"] != FAILED and not again:
        return False, row
    known = {name: row[name] for name in ("key", "made", "status", "tries")}
    mine = writer.change_where("deliveries", known, {"made": claim["made"], "status": SENDING, "tries": 0,
                                                     "detail": None})
    return mine, row


def _pause(number: int, outcome: Outcome, chance: float) -> float:
    """Seconds before the next try: doubling, spread by ``chance`` (0..1), or what the place asked for."""
    pause: float = _FIRST_WAIT * 2 ** (number - 1) * (0.5 + chance)
    return min(max(pause, outcome.after or 0.0), _LONGEST_WAIT)


def _salt(state: State) -> str:
    """The workspace's key for hashes of addresses, made with the first delivery."""
    def made(writer: Writer) -> str:
        writer.insert_new("meta", {"name": _SALT, "value": f'"{secrets.token_hex(32)}"'})
        return str(writer.meta(_SALT))

    return state.settled(made)


def _key(salt: str, digest: str, place: Target) -> tuple[str, str]:
    """The key of a digest at a place, and the hash of the place."""
    def hashed(text: str) -> str:
        return hmac.new(salt.encode(), text.encode(), hashlib.sha256).hexdigest()[:40]

    target = hashed(place.url)
    return hashed(f"{digest}\n{target}"), target
