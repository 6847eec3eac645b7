"""Tickets and conversations as the help desks Zendesk and Intercom export them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from painpoints.read.markup import strip_markup
from painpoints.read.table import cell_text
from painpoints.read.transcripts.conversation import AGENT, BOT, CUSTOMER, SYSTEM, Conversation, Found, Said
from painpoints.read.transcripts.fields import conversation_id, is_private

#: By these fields the exports are known.
INTERCOM_PARTS = "conversation_parts"
ZENDESK_COMMENTS = ("comments", "comments.comments")
ZENDESK_IDS = frozenset(("requester_id", "requester.id", "submitter_id"))
_INTERCOM = {"user": CUSTOMER, "lead": CUSTOMER, "contact": CUSTOMER, "visitor": CUSTOMER, "admin": AGENT,
             "team": AGENT, "teammate": AGENT, "bot": BOT, "operator": BOT, "system": SYSTEM}
_ZENDESK = {"end-user": CUSTOMER, "end_user": CUSTOMER, "agent": AGENT, "admin": AGENT}
_SCORES = {"good": "thumbs up", "goodwithcomment": "thumbs up", "bad": "thumbs down", "badwithcomment": "thumbs down"}
_EVENTS = ("assignment", "assign_and_reopen", "open", "close", "snoozed", "unsnoozed", "away_mode_assignment",
           "default_assignment", "participant_added", "participant_removed", "conversation_rating_changed")
_SOURCE = ("author", "body", "subject", "attachments", "id", "url", "redacted", "delivered_as")
_LEFT_OUT = ("contacts", "teammates", "user", "assignee", "conversation_parts")


def zendesk_conversations(items: list[object], facts: dict[str, object]) -> Found:
    """A ticket: its requester is the customer, whoever else comments is an agent; private comments are left out."""
    requester = _id(facts, "requester_id", "requester.id", "submitter_id")
    for name in [name for name in facts if name.split(".")[0] in ("requester", "submitter", "assignee", "via")]:
        if name != "via.channel":
            del facts[name]
    score = facts.get("satisfaction_rating.score")
    if score is not None:
        facts["satisfaction_rating.score"] = _SCORES.get(str(score))
    roles = _roles(facts.pop("users", None))
    description = facts.pop("description", None)
    found = Conversation(0, conversation_id(facts), [], facts, customer=requester)
    for item in items:
        if not isinstance(item, Mapping):
            found.dropped["empty_turn"] += 1
            continue
        attached = item.get("attachments")
        found.dropped["attachment"] += len(attached) if isinstance(attached, list) else 0
        if is_private(item):
            found.dropped["private_note"] += 1
            continue
        text = _body(item, "plain_body", "body", "html_body")
        if text is None:
            found.dropped["media_only" if attached else "empty_turn"] += 1
            continue
        writer = item.get("author")
        inner = writer if isinstance(writer, Mapping) else {}
        author = cell_text(item.get("author_id")) or cell_text(inner.get("id"))
        role = _ZENDESK.get(str(inner.get("role", "")), roles.get(author or ""))
        side = CUSTOMER if author is not None and author == requester else role or AGENT
        found.turns.append(Said(author, text, item.get("created_at"), side))
    if not items and isinstance(description, str) and description.strip():
        found.turns.append(Said(requester, description, facts.get("created_at"), CUSTOMER))
    found.dropped = +found.dropped
    yield found


def _id(facts: Mapping[str, object], *names: str) -> str | None:
    return next((text for name in names if (text := cell_text(facts.get(name))) is not None), None)


def _roles(users: object) -> dict[str, str]:
    listed: Iterable[object] = users if isinstance(users, list) else ()
    return {str(user.get("id")): side for user in listed if isinstance(user, Mapping)
            and (side := _ZENDESK.get(str(user.get("role", "")))) is not None}


def intercom_conversations(items: list[object], facts: dict[str, object]) -> Found:
    """A conversation: what opened it and its parts; notes among the team are left out, events are the system's."""
    first = {name: facts.pop(f"source.{name}", None) for name in _SOURCE}
    started = facts.get("created_at")
    found = Conversation(0, conversation_id(facts), [], facts)
    for name in [name for name in facts if name.split(".")[0] in _LEFT_OUT]:
        del facts[name]
    _tags(facts)
    opening = {**first, "created_at": started, "part_type": "comment"}
    for item in ([opening] if first["body"] or first["author"] else []) + items:
        said = _part(item)
        if isinstance(said, Said):
            found.turns.append(said)
            if said.side == CUSTOMER and found.customer is None:
                found.customer = said.label
        else:
            found.dropped[said] += 1
    yield found


def _part(item: object) -> Said | str:
    if not isinstance(item, Mapping):
        return "empty_turn"
    kind = str(item.get("part_type", "comment"))
    if kind in ("note", "note_and_reopen") or is_private(item):
        return "private_note"
    writer = item.get("author")
    author = writer if isinstance(writer, Mapping) else {}
    text = _body(item, "body")
    if text is None:
        if kind in _EVENTS:
            return Said(None, kind.replace("_", " "), item.get("created_at"), SYSTEM)
        return "media_only" if item.get("attachments") else "empty_turn"
    label = _id(author, "name", "email", "id")
    return Said(label, text, item.get("created_at"), _INTERCOM.get(str(author.get("type", ""))))


def _tags(facts: dict[str, object]) -> None:
    """Tags as one text of their names."""
    tags = facts.get("tags.tags")
    if isinstance(tags, list):
        names = [cell_text(tag.get("name")) for tag in tags if isinstance(tag, Mapping)]
        facts["tags"] = ", ".join(name for name in names if name) or None
        del facts["tags.tags"]


def _body(item: Mapping[str, object], *names: str) -> str | None:
    """The first text under one of ``names``, markup taken off."""
    for name in names:
        text = item.get(name)
        if isinstance(text, str) and text.strip():
            plain = strip_markup(text).text if "<" in text else text
            return plain if plain.strip() else None
    return None
