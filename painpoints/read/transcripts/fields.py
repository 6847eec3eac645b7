"""The fields of one turn in a structured export: who, what and when, under any of their usual names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import cast

from painpoints.read.columnnames import fold_name
from painpoints.read.table import cell_text
from painpoints.read.transcripts.conversation import AGENT, BOT, CUSTOMER, Said
from painpoints.read.transcripts.wording import side_of_label, wording

_PRIVATE = frozenset(("isprivate", "private", "internal", "isinternal", "internalnote", "privatenote"))
_NOTES = frozenset(("note", "privatenote", "internalnote", "whisper", "internal"))
_IDS = ("id", "conversation_id", "conversationId", "ticket_id", "chat_id", "session_id", "dialogue_id", "call_id")
_ROLE_LIKE = ("role", "type", "direction", "side")
_INNER_NAMES = ("name", "display_name", "displayName", "full_name", "username", "email", "id")
_INNER_ROLES = ("role", "type", "kind", "user_type")


def said_text(value: object) -> str | None:
    """The words of a cell that may be a text, a list of pieces of text (each a text or a record with one), or a
    record with one."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        for name in ("text", "body", "content", "message", "value", "plain"):
            if name in value:
                return said_text(value[name])
        return None
    if isinstance(value, list | tuple):
        pieces = [piece for item in value if (piece := said_text(item)) is not None]
        return "".join(pieces) if pieces else None
    return cell_text(value)


def as_items(value: object) -> list[object] | None:
    """The list in a cell, also one written out as JSON, or None."""
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, str) and value.lstrip()[:1] == "[" and value.rstrip()[-1:] == "]":
        try:
            found = json.loads(value)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, list) else None
    return None


def named_field(item: Mapping[str, object], use: str) -> str | None:
    """The key of ``item`` that has one of the names for ``use``; the best-known name wins by its order in the item
    only where several fit."""
    names = wording().fields[use]
    return next((key for key in item if fold_name(str(key)) in names and item[key] not in (None, "")), None)


def are_turns(items: Sequence[object]) -> bool:
    """Whether the items of a list are turns: records with a text, most of which also say who speaks."""
    shown = [item for item in items[:40] if isinstance(item, Mapping)]
    if not shown or len(shown) < min(len(items), 40) * 0.8:
        return False
    texts = sum(1 for item in shown if named_field(item, "text") is not None)
    speakers = sum(1 for item in shown if named_field(item, "speaker") is not None)
    return texts >= 0.5 * len(shown) and speakers >= 0.5 * len(shown)


def are_lines(items: Sequence[object]) -> bool:
    """Whether the items of a list are bare texts or pairs of who and what."""
    return len(items) >= 2 and (all(isinstance(item, str) for item in items) or all(map(_is_pair, items)))


def _is_pair(item: object) -> bool:
    return isinstance(item, list | tuple) and len(item) == 2 and all(isinstance(part, str) for part in item)


def said_of(item: object) -> Said | str:
    """The turn of one item, or the reason (a name of `DROPPED`) for which it is none."""
    if isinstance(item, str):
        return Said(None, item)
    if _is_pair(item):
        who, what = cast(tuple[str, str], item)
        return Said(who, what)
    if not isinstance(item, Mapping):
        return "empty_turn"
    if is_private(item):
        return "private_note"
    key = named_field(item, "text")
    text = said_text(item[key]) if key is not None else None
    if text is None or not text.strip():
        return "media_only" if item.keys() & {"attachments", "file", "media", "photo", "image"} else "empty_turn"
    label, side = speaker_of(item)
    time = named_field(item, "time")
    return Said(label, text, item[time] if time is not None else None, side)


def is_private(item: Mapping[str, object]) -> bool:
    """Whether the turn is a note that the customer never saw."""
    for key, value in item.items():
        name = fold_name(str(key))
        if name in _PRIVATE and value in (True, 1, "true", "True", "1"):
            return True
        if name in ("public", "ispublic") and value in (False, 0, "false", "False", "0"):
            return True
        if name in ("type", "parttype", "messagetype", "visibility") and fold_name(str(value)) in _NOTES:
            return True
    return False


def speaker_of(item: Mapping[str, object]) -> tuple[str | None, str | None]:
    """(label, speaker): a name where there is one, and the speaker where a word for a role stands beside it."""
    names = wording().fields["speaker"]
    labels: list[str] = []
    side: str | None = None
    for key, value in item.items():
        folded = fold_name(str(key))
        if folded not in names:
            continue
        if isinstance(value, Mapping):
            role = _first(value, _INNER_ROLES)
            side = side or (side_of_label(role) if role is not None else None)
            label = _first(value, _INNER_NAMES) or role
        else:
            label = cell_text(value)
        if label is None:
            continue
        found = side_of_label(label)
        if found is not None and any(word in folded for word in _ROLE_LIKE):
            side = side or found
            if len(labels) and side_of_label(labels[0]) is None:
                continue
        labels.append(label)
    if not labels:
        return None, side
    name = next((label for label in labels if side_of_label(label) is None), None)
    if side is None:
        side = next((found for label in labels if (found := side_of_label(label)) is not None), None)
    return (name if name is not None else labels[0]), side


def _first(record: Mapping[str, object], names: Sequence[str]) -> str | None:
    return next((text for name in names if (text := cell_text(record.get(name))) is not None), None)


def name_sides(items: Sequence[object]) -> bool:
    """Whether a word for customer, agent or bot stands for a speaker among the items."""
    sides = {side for item in items[:40] if isinstance(item, Mapping) for side in speaker_of(item)[1:]}
    return bool(sides & {CUSTOMER, AGENT, BOT})


def conversation_id(facts: dict[str, object]) -> str | None:
    """The id among the facts, taken out of them."""
    for name in _IDS:
        if name in facts and (found := cell_text(facts[name])) is not None:
            del facts[name]
            return found
    key = named_field(facts, "conversation")
    return cell_text(facts.pop(key)) if key is not None else None
