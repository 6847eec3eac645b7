"""JSON of common tools as plain records: comments and the answers to them one by one, with the names of columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from painpoints.read.social.presets import Preset, named_preset, presets

_STEP = re.compile(r"([^.\[\]]+|\*)|\[(?:(\d+)|(\*)|([^=\]]+)=([^\]]+))\]")
_OUTER, _ITEM = "^", "<"  # of the whole document; of the comment that an answer is under
_SCRIPT = re.compile(r"\s*window\.YTD\.\w+\.part\d+\s*=\s*")


def without_script(text: str) -> str:
    """JSON without the assignment that an archive of X puts before it."""
    return _SCRIPT.sub("", text, count=1)


def is_script(line: str) -> bool:
    """Whether a line begins such a file."""
    return _SCRIPT.match(line) is not None


def unpacked(document: object, wanted: str | None) -> tuple[str, list[dict[str, object]]] | None:
    """The tool that a JSON document comes from and its records, None for any other document."""
    if wanted in ("", "none"):
        return None
    tried = [named_preset(wanted)] if wanted is not None else list(presets().values())
    for preset in tried:
        if preset.json is not None and (items := _items(document, preset.json)) is not None:
            return preset.name, list(_records(document, items, preset))
    return None


def _items(document: object, layout: Mapping[str, Any]) -> list[object] | None:
    for path in layout["items"]:
        items = _at(document, path) if path else document
        if not isinstance(items, list) or not items:
            continue
        head = [item for item in items[:20] if isinstance(item, Mapping)]
        if head and all(any(any(_at(item, path) is not None for path in group.split("|")) for item in head)
                        for group in layout["signed_by"]) and all(
                            _at(document, path) in allowed for path, allowed in layout.get("only", {}).items()):
            return items
    return None


def _records(document: object, items: Sequence[object], preset: Preset) -> Iterator[dict[str, object]]:
    layout = preset.json
    assert layout is not None
    tables = {name: _table(document, table) for name, table in layout.get("tables", {}).items()}
    for item in items:
        if not isinstance(item, Mapping) or any(_at(item, path) not in allowed
                                                for path, allowed in layout.get("where", {}).items()):
            continue
        yield from _record(document, item, None, layout, tables)


def _record(document: object, item: Mapping[str, Any], above: Mapping[str, Any] | None, layout: Mapping[str, Any],
            tables: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, object]]:
    fields = layout["fields"] if above is None else {**layout["fields"], **layout.get("answer_fields", {})}
    found = {name: _first(document, item, above, paths, tables) for name, paths in fields.items()}
    values = layout.get("values", {})
    yield {name: values.get(name, {}).get(value, value) if isinstance(value, str) else value
           for name, value in found.items() if value is not None}
    for path in layout.get("answers", ()):
        for answer in _list(_at(item, path)):
            yield from _record(document, answer, item, layout, tables)


def _first(document: object, item: Mapping[str, Any], above: Mapping[str, Any] | None, paths: str | Sequence[str],
           tables: Mapping[str, Mapping[str, Any]]) -> object:
    """What the first of the paths holds: "a.b[0]", "list[type=x].id", "list[*].n" (added up), "^.x" (the document's),
    "<.x" (of what is answered), "users(author_id).name" (looked up), "=text" (as it is)."""
    for path in [paths] if isinstance(paths, str) else paths:
        if path.startswith("="):
            return path[1:]
        if path.startswith((_OUTER, _ITEM)):
            held: object = _at(document if path[0] == _OUTER else above, path[2:])
        elif (looked := re.fullmatch(r"(\w+)\(([^)]*)\)\.(.+)", path)) is not None:
            key = _first(document, item, above, looked[2], tables)
            held = _at(tables.get(looked[1], {}).get(str(key)), looked[3])
        else:
            held = _at(item, path)
        plain = _plain(held)
        if plain not in (None, "", [], {}):
            return plain
    return None


def _table(document: object, table: Mapping[str, Any]) -> dict[str, Any]:
    return {str(_at(entry, table["key"])): entry for entry in _list(_at(document, table["list"]))}


def _plain(value: object) -> object:
    """Texts in pieces (as Telegram has them) as one."""
    if isinstance(value, list) and value and all(isinstance(part, str) or (isinstance(part, Mapping) and isinstance(
            part.get("text"), str)) for part in value) and any(isinstance(part, Mapping) for part in value):
        return "".join(part if isinstance(part, str) else str(part["text"]) for part in value)
    return value


def _list(value: object) -> list[Mapping[str, Any]]:
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def _at(value: Any, path: str) -> Any:
    for key, number, every, name, wanted in _STEP.findall(path):
        if key:
            value = value.get(key) if isinstance(value, Mapping) else None
        elif number:
            value = value[int(number)] if isinstance(value, list) and len(value) > int(number) else None
        elif every:
            rest = path.split("[*].", 1)[1]
            held = [_at(entry, rest) for entry in _list(value)]
            numbers = [one for one in held if isinstance(one, int | float)]
            return sum(numbers) if numbers else None
        else:
            value = next((entry for entry in _list(value) if str(entry.get(name)) == wanted), None)
        if value is None:
            return None
    return value
