"""Chats as Telegram Desktop exports them (``result.json``): one chat, or all of an account."""

from __future__ import annotations

from collections.abc import Mapping

from painpoints.read.columns import guess_language
from painpoints.read.table import BadRow, cell_text
from painpoints.read.transcripts.conversation import (
    AGENT,
    BOT,
    CUSTOMER,
    OTHER,
    SYSTEM,
    Conversation,
    Found,
    Said,
)
from painpoints.read.transcripts.fields import as_items, said_text
from painpoints.read.transcripts.sessions import sessions

_OWNER = "painpoints.owner"
_CHATS = ("personal_chat", "bot_chat", "private_group", "private_supergroup", "public_supergroup")
_POSTS = ("public_channel", "private_channel", "saved_messages", "replies", "verification_codes")
_MEDIA = ("photo", "file", "media_type", "sticker_emoji", "poll", "location_information", "contact_information",
          "game_title", "invoice_information", "dice", "thumbnail")


def chats_of(document: Mapping[str, object]) -> list[object] | None:
    """The chats of an export: of the whole account, or the one that it is. None for another document and for a channel
    alone, whose posts are texts of their own."""
    if _is_chat(document):
        return [document] if document.get("type") not in _POSTS else None
    owner = document.get("personal_information")
    name = f"user{owner.get('user_id')}" if isinstance(owner, Mapping) else None
    found: list[object] = []
    for key in ("chats", "left_chats"):
        held = document.get(key)
        listed = as_items(held.get("list")) if isinstance(held, Mapping) else None
        found += [{**chat, _OWNER: name} for chat in listed or () if isinstance(chat, Mapping) and _is_chat(chat)]
    return found or None


def _is_chat(record: Mapping[str, object]) -> bool:
    messages = as_items(record.get("messages"))
    return messages is not None and record.get("type") in (*_CHATS, *_POSTS) and all(
        isinstance(message, Mapping) and "type" in message for message in messages[:20])


def telegram_conversations(items: list[object], facts: dict[str, object]) -> Found:
    """The conversations of one chat, parted where it was silent for a week."""
    kind, chat = str(facts.pop("type", "")), cell_text(facts.pop("id", None))
    owner = facts.pop(_OWNER, None)
    facts.pop("name", None)
    if kind in _POSTS:
        yield BadRow(0, "no_conversation", f"a {kind.replace('_', ' ')} holds no conversation", "")
        return
    facts["chat_type"] = kind
    found = Conversation(0, chat, [], facts)
    other = f"user{chat}" if kind in ("personal_chat", "bot_chat") else None
    for item in items:
        if not isinstance(item, Mapping):
            continue
        said = _said(item)
        if isinstance(said, str):
            found.dropped[said] += 1
            continue
        found.turns.append(said)
        sender = cell_text(item.get("from_id"))
        if said.label is None or sender is None or said.side is not None:
            continue
        if sender == other and kind == "bot_chat":
            said.side = BOT
        elif sender == other and sender != owner:
            found.hints[said.label] = (CUSTOMER, "the other party of the account that was exported")
        elif sender == owner or other is not None:
            found.hints[said.label] = (AGENT, "the account that was exported")
    if not found.turns:
        yield found
        return
    yield from sessions(found, guess_language([], [[turn.text for turn in found.turns[:200]]]))


def _said(message: Mapping[str, object]) -> Said | str:
    time = cell_text(message.get("date_unixtime")) or message.get("date")
    if message.get("type") == "service":
        action = cell_text(message.get("action"))
        return Said(None, action.replace("_", " "), time, SYSTEM) if action else "empty_turn"
    text = said_text(message.get("text"))
    if text is None or not text.strip():
        return "media_only" if any(message.get(name) for name in _MEDIA) else "empty_turn"
    if message.get("forwarded_from") is not None:
        return Said(None, text, time, OTHER)  # somebody else's words
    return Said(cell_text(message.get("from")) or cell_text(message.get("from_id")), text, time)
