"""Records of JSON Lines and JSON documents, nested objects flattened one level (``author.name``)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import cast

from painpoints.errors import EmptyInputError, InputError
from painpoints.read.table import BadRow, Row

_NOT_AN_OBJECT = "the line is neither an object nor a text"


def flatten(record: Mapping[str, object]) -> dict[str, object]:
    """The record with the fields of nested objects beside its own."""
    flat: dict[str, object] = {}
    for key, value in record.items():
        if isinstance(value, dict) and value:
            for inner, item in value.items():
                flat[f"{key}.{inner}"] = item
        else:
            flat[str(key)] = value
    return flat


class Columns:
    """Column names in order of appearance, and rows laid out by them."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self._places = {name: place for place, name in enumerate(names)}

    def values(self, record: object) -> list[object] | None:
        """The row of a record; a bare text is a record with a ``text``; anything else is None."""
        if isinstance(record, str):
            record = {"text": record}
        if not isinstance(record, dict):
            return None
        row: list[object] = [None] * len(self.names)
        for name, value in flatten(record).items():
            place = self._places.get(name)
            if place is None:
                self._places[name] = len(self.names)
                self.names.append(name)
                row.append(value)
            else:
                row[place] = value
        return row


def json_lines(lines: Iterable[str], columns: Columns) -> Iterator[Row | BadRow]:
    """One row a line; lines that are not JSON come back as ``bad_json``."""
    number = 0
    for line in lines:
        text = line.strip()
        if not text:
            continue
        number += 1
        try:
            values = columns.values(json.loads(text))
        except (ValueError, RecursionError):
            yield BadRow(number, "bad_json", "the line is not valid JSON", text)
            continue
        yield Row(number, values) if values is not None else BadRow(number, "bad_json", _NOT_AN_OBJECT, text)


def json_document(name: str, text: str, own: Callable[[object], list[object] | None]) -> list[object]:
    """The records of a JSON document: an array, an object that wraps one, columns side by side, or objects in a row.
    What ``own`` gives for a document goes before.

    Raises InputError with line and column where the JSON breaks off, EmptyInputError for an empty array.
    """
    try:
        document: object = json.loads(text)
    except RecursionError as error:
        raise InputError(f"{name}: the JSON is nested too deeply.") from error
    except ValueError as error:
        several = _objects_in_a_row(text)
        if several is None:
            where = f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "?"
            raise InputError(f"{name}: not valid JSON at {where}.",
                             hint="If it holds one object a line, name it .jsonl.") from error
        return several
    found = own(document) or _records_in(document, depth=0)
    if found is None:
        raise InputError(f"{name}: no list of records in this JSON document.")
    if not found:
        raise EmptyInputError(f"{name}: the list of records is empty.")
    return found


def _objects_in_a_row(text: str) -> list[object] | None:
    decoder = json.JSONDecoder()
    found: list[object] = []
    at = 0
    while at < len(text):
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if at >= len(text):
            break
        try:
            record, at = decoder.raw_decode(text, at)
        except ValueError:
            return None
        found.append(record)
    return found if len(found) > 1 else None


def _records_in(document: object, depth: int) -> list[object] | None:
    if isinstance(document, list):
        return document
    if not isinstance(document, dict) or not document:
        return None
    side_by_side = _columns_side_by_side(document)
    if side_by_side is not None:
        return side_by_side
    inside = [value for value in document.values()
              if isinstance(value, list) and value and all(isinstance(item, dict) for item in value)]
    if inside:
        return cast(list[object], max(inside, key=len))
    if depth == 0:
        for value in document.values():
            if isinstance(value, dict) and (found := _records_in(value, depth=1)) and len(found) > 1:
                return found
        return [document]
    return None


def _columns_side_by_side(document: Mapping[str, object]) -> list[object] | None:
    """``{"text": [...], "stars": [...]}`` or ``{"text": {"0": ..., "1": ...}}`` as records."""
    values = list(document.values())
    if len(values) < 2:
        return None
    if all(isinstance(value, list) for value in values):
        lists = cast(list[Sequence[object]], values)
        scalars = all(not isinstance(item, dict | list) for column in lists for item in column[:20])
        if len({len(column) for column in lists}) == 1 and lists[0] and scalars:
            return [dict(zip(document, row, strict=True)) for row in zip(*lists, strict=True)]
    if all(isinstance(value, dict) for value in values):
        maps = cast(list[dict[str, object]], values)
        keys = list(maps[0])
        if keys and all(key.isdigit() for key in keys) and all(set(other) == set(keys) for other in maps):
            return [{name: column[key] for name, column in zip(document, maps, strict=True)} for key in keys]
    return None
