"""What a writer changed is noted as a whole: field by field, and small."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from painpoints.store import Noted, NotingWriter, State, Writer
from painpoints.store.address import Address


@pytest.fixture
def writer(address: Address) -> Iterator[Writer]:
    state = State(address)
    state.migrate("then")
    with state.writing() as opened:
        opened.insert("placements", [place(f"u{at}", "A", at / 8) for at in range(4)])
        opened.insert("bonds", [bond("A"), bond("B")])
        yield opened
    state.close()


def place(unit: str, point: str | None, strength: float) -> dict[str, Any]:
    return {"unit_id": unit, "addition": 1, "painpoint_id": point, "strength": strength, "placed_by": "machine"}


def bond(point: str) -> dict[str, Any]:
    return {"made": "then", "kind": "whole", "painpoint_id": point, "unit_id": None, "other": None}


def noting(writer: Writer) -> NotingWriter:
    return NotingWriter(writer, ["placements", "bonds"])


def test_fields_that_differ_are_noted_with_what_they_were(writer: Writer) -> None:
    noted = noting(writer)
    noted.change("placements", "unit_id", [{"unit_id": "u1", "painpoint_id": "B", "strength": 0.125}])
    noted.change_alike("placements", "painpoint_id", ["B"], {"placed_by": "person"})
    assert noted.noted["placements"].changed == {"u1": {"painpoint_id": ("A", "B"), "placed_by": ("machine", "person")}}
    assert writer.rows_with("placements", "unit_id", ["u1"]) == [{**place("u1", "B", 0.125), "placed_by": "person"}]


def test_what_is_changed_back_or_added_and_removed_again_is_not_noted(writer: Writer) -> None:
    noted = noting(writer)
    for point in ("B", "A"):
        noted.change_alike("placements", "unit_id", ["u1"], {"painpoint_id": point})
    noted.insert("bonds", [bond("C")])
    noted.remove("bonds", "painpoint_id", ["C"])
    assert not any(noted.noted.values()) and len(writer.rows("bonds")) == 2


def test_rows_added_and_removed_are_noted_whole_as_they_were_before_the_first_change(writer: Writer) -> None:
    noted = noting(writer)
    noted.insert("bonds", [bond("C"), bond("D")])
    noted.change_alike("bonds", "number", [4], {"kind": "out"})
    noted.change_alike("placements", "unit_id", ["u3"], {"painpoint_id": None})
    noted.remove("placements", "unit_id", ["u3"])
    noted.clear("bonds")
    noted.insert("bonds", [{"number": 9, **bond("E")}])
    assert noted.noted["placements"].removed == {"u3": place("u3", "A", 3 / 8)}
    assert noted.noted["placements"].changed == {}
    assert noted.noted["bonds"].added == {9: {"number": 9, **bond("E")}}
    assert noted.noted["bonds"].removed == {number: {"number": number, **bond(point)}
                                            for number, point in ((1, "A"), (2, "B"))}


def test_tables_nobody_listens_to_are_written_all_the_same(writer: Writer) -> None:
    noted = noting(writer)
    noted.insert("documents", [{"doc_id": "d", "addition": 1}])
    assert set(noted.noted) == {"placements", "bonds"} and writer.rows("documents") == [{"doc_id": "d", "addition": 1}]


def test_what_was_noted_comes_back_from_json_whole(writer: Writer) -> None:
    noted = noting(writer)
    noted.change_alike("placements", "unit_id", ["u0", "u1", "u2"], {"painpoint_id": "نان\0", "strength": 1.0})
    noted.change_alike("placements", "unit_id", ["u3"], {"strength": 0.1 + 0.2})
    noted.remove("bonds", "painpoint_id", ["A", "B"])
    noted.insert("bonds", [bond("C")])
    for table, one in noted.noted.items():
        kept = json.loads(json.dumps(one.as_dict()))
        assert Noted.from_dict(kept) == one
        assert kept["key"] == {"placements": "unit_id", "bonds": "number"}[table]
    assert len(noted.noted["placements"].as_dict()["changed"]) == 2, "what was changed alike stands together"
