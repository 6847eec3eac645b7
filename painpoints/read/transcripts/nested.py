"""Tables whose rows are conversations: a column holds the list of turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from painpoints.read.columnnames import fold_name
from painpoints.read.columns import Column
from painpoints.read.table import BadRow, Row, Table
from painpoints.read.transcripts.conversation import Conversation, Found, Said, Transcripts
from painpoints.read.transcripts.desks import (
    INTERCOM_PARTS,
    ZENDESK_COMMENTS,
    ZENDESK_IDS,
    intercom_conversations,
    zendesk_conversations,
)
from painpoints.read.transcripts.fields import (
    are_lines,
    are_turns,
    as_items,
    conversation_id,
    name_sides,
    said_of,
)
from painpoints.read.transcripts.telegram import chats_of, telegram_conversations
from painpoints.read.transcripts.wording import wording

_DEPTH = 3
Reader = Callable[[list[object], dict[str, object]], Found]


@dataclass(frozen=True, slots=True)
class Turned:
    """Where the turns stand: in column ``place``, below the keys of ``path``."""

    place: int
    path: tuple[str, ...]

    def items(self, values: Sequence[object]) -> list[object] | None:
        """The turns of a row, None where there is no list."""
        value = values[self.place] if self.place < len(values) else None
        for key in self.path:
            value = value.get(key) if isinstance(value, Mapping) else None
        return as_items(value)


def find_turns(columns: Sequence[str], rows: Sequence[Row]) -> Turned | None:
    """Where most of the rows have their turns, None where they have none."""
    if (of_desk := _of_desk(columns)) is not None:
        return Turned(of_desk, ())
    found: Counter[Turned] = Counter()
    telling: Counter[Turned] = Counter()
    for row in rows:
        for place, value in enumerate(row.values):
            for path, items in _lists(value):
                name = fold_name(path[-1] if path else columns[place].rsplit(".", 1)[-1])
                named = name in wording().fields["turns"]
                if not items or _are_turns(name, items):
                    at = Turned(place, path)
                    found[at] += 1
                    telling[at] += len(items) * (2 if named else 1)
    able = [at for at in found if telling[at] and found[at] >= 0.5 * len(rows)]
    return max(able, key=lambda at: (telling[at], -at.place)) if able else None


def _of_desk(columns: Sequence[str]) -> int | None:
    """The place of the turns in an export of Intercom or Zendesk, where these columns are of one."""
    parts = next((place for place, name in enumerate(columns) if name.endswith(INTERCOM_PARTS)), None)
    if parts is not None or not ZENDESK_IDS & set(columns):
        return parts
    return next((place for place, name in enumerate(columns) if name in ZENDESK_COMMENTS), None)


def _lists(value: object, depth: int = 0) -> Iterator[tuple[tuple[str, ...], list[object]]]:
    items = as_items(value)
    if items is not None:
        yield (), items
    elif isinstance(value, Mapping) and depth < _DEPTH:
        for key, inner in value.items():
            for path, found in _lists(inner, depth + 1):
                yield (str(key), *path), found


def _are_turns(name: str, items: list[object]) -> bool:
    """Comments and replies are turns of a conversation only where somebody among them is said to serve."""
    words = wording().fields
    if name in words["turns"]:
        return (are_turns(items) and (name not in words["loose"] or name_sides(items))) or are_lines(items)
    return are_turns(items) and name_sides(items)


def conversations_in(document: object) -> list[object] | None:
    """The conversations of a JSON document whose lists would be taken for something else: one conversation, of which
    the turns are no records, or the chats of an account. None for any other document."""
    if not isinstance(document, Mapping):
        return None
    if (chats := chats_of(document)) is not None:
        return chats
    if INTERCOM_PARTS in document or (ZENDESK_IDS & document.keys() and "comments" in document):
        return [document]
    for name, value in document.items():
        items = as_items(value)
        if items and fold_name(str(name)) in wording().fields["turns"] and are_turns(items) and name_sides(items):
            return [document]
    return None


def nested_transcripts(table: Table, turned: Turned) -> Transcripts:
    """The rows of a table as conversations; its other columns are their facts. Exports of Telegram, Zendesk and
    Intercom are known by their fields and read as theirs."""
    columns = table.columns
    name = ".".join((columns[turned.place], *turned.path))
    form, read = _reader(columns, name)

    def conversations() -> Found:
        number = 0
        for row in table.rows():
            if isinstance(row, BadRow):
                number += 1
                yield row._replace(number=number)
                continue
            facts = {columns[place]: value for place, value in enumerate(row.values) if place != turned.place}
            for found in read(turned.items(row.values) or [], facts):
                number += 1
                yield _numbered(found, number)

    return Transcripts(form or table.format, conversations, table.encoding, table.delimiter, table.quote, table.header,
                       table.sheet, {"turns": Column(name, "content")}, list(table.notes))


def _reader(columns: Sequence[str], name: str) -> tuple[str | None, Reader]:
    known = set(columns)
    if {"messages", "type"} <= known and name == "messages":
        return "telegram", telegram_conversations
    if name.endswith(INTERCOM_PARTS):
        return "intercom", intercom_conversations
    if name in ZENDESK_COMMENTS and known & ZENDESK_IDS:
        return "zendesk", zendesk_conversations
    return None, _conversations


def _numbered(found: Conversation | BadRow, number: int) -> Conversation | BadRow:
    if isinstance(found, BadRow):
        return found._replace(number=number)
    found.number = number
    return found


def _conversations(items: list[object], facts: dict[str, object]) -> Found:
    conversation = Conversation(0, conversation_id(facts), [], facts)
    for item in items:
        said = said_of(item)
        if isinstance(said, Said):
            conversation.turns.append(said)
        else:
            conversation.dropped[said] += 1
    alternate(conversation)
    yield conversation


def alternate(conversation: Conversation) -> None:
    """Where no turn says who speaks, two are taken to speak in turn."""
    if conversation.turns and all(turn.label is None and turn.side is None for turn in conversation.turns):
        for place, turn in enumerate(conversation.turns):
            turn.label = "AB"[place % 2]
