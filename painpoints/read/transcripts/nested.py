"""Tables whose rows are conversations: a column holds the list of turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from painpoints.read.columnnames import fold_name
from painpoints.read.columns import Column
from painpoints.read.table import BadRow, Row, Table, cell_text
from painpoints.read.transcripts.conversation import Conversation, Found, Said, Transcripts
from painpoints.read.transcripts.fields import are_lines, are_turns, as_items, name_sides, named_field, said_of
from painpoints.read.transcripts.wording import wording

_DEPTH = 3
_IDS = ("id", *("conversation_id", "conversationId", "ticket_id", "chat_id", "session_id", "dialogue_id", "call_id"))


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


def is_conversation(document: object) -> bool:
    """Whether a JSON document is one conversation, whose turns are not to be taken for its records."""
    if not isinstance(document, Mapping):
        return False
    for name, value in document.items():
        items = as_items(value)
        if items and fold_name(str(name)) in wording().fields["turns"] and are_turns(items):
            return name_sides(items)
    return False


def nested_transcripts(table: Table, turned: Turned) -> Transcripts:
    """The rows of a table as conversations; its other columns are their facts."""
    name = ".".join((table.columns[turned.place], *turned.path))

    def conversations() -> Found:
        for row in table.rows():
            if isinstance(row, BadRow):
                yield row
            else:
                yield _conversation(table.columns, row, turned)

    return Transcripts(table.format, conversations, table.encoding, table.delimiter, table.quote, table.header,
                       table.sheet, {"turns": Column(name, "content")}, list(table.notes))


def _conversation(columns: Sequence[str], row: Row, turned: Turned) -> Conversation:
    items = turned.items(row.values)
    facts = {columns[place]: value for place, value in enumerate(row.values) if place != turned.place}
    conversation = Conversation(row.number, conversation_id(facts), [], facts)
    for item in items or ():
        said = said_of(item)
        if isinstance(said, Said):
            conversation.turns.append(said)
        else:
            conversation.dropped[said] += 1
    alternate(conversation)
    return conversation


def conversation_id(facts: dict[str, object]) -> str | None:
    """The id among the facts, taken out of them."""
    for name in _IDS:
        if name in facts and (found := cell_text(facts[name])) is not None:
            del facts[name]
            return found
    key = named_field(facts, "conversation")
    return cell_text(facts.pop(key)) if key is not None else None


def alternate(conversation: Conversation) -> None:
    """Where no turn says who speaks, two are taken to speak in turn."""
    if conversation.turns and all(turn.label is None and turn.side is None for turn in conversation.turns):
        for place, turn in enumerate(conversation.turns):
            turn.label = "AB"[place % 2]
