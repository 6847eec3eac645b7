"""What a request asks of the queue: filters, order and page, as they stand in the address.

The address is the whole state of a list: it can be sent to a colleague, kept as a view, and gone back to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from painpoints.triage.filters import Wanted

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams

SHOWN = 50
"""So many comments stand on one page of the list."""
_MANY = "status"


@dataclass(frozen=True)
class Asked:
    """The filters by their names in the address, ``sort``, and the ``page`` of the list that is asked for.

    ``language`` is that of the comments: ``lang`` names the language of the page itself.
    """

    language: str = ""
    stage: str = ""
    touchpoint: str = ""
    source: str = ""
    point: str = ""
    status: tuple[str, ...] = ()
    holder: str = ""
    unsure: bool = False
    q: str = ""
    sort: str = "urgency"
    page: int = 1

    @classmethod
    def of(cls, params: QueryParams | Mapping[str, Any]) -> Asked:
        """What ``params`` of an address ask for. What is no number of a page is the first."""
        given: dict[str, Any] = {name: str(params.get(name) or "").strip() for name in _TEXTS}
        many = params.getlist(_MANY) if hasattr(params, "getlist") else [str(params.get(_MANY) or "")]
        page = str(params.get("page") or "1")
        return cls(**{**given, "sort": given["sort"] or "urgency"}, status=tuple(name for name in many if name),
                   unsure=bool(params.get("unsure")),
                   page=max(1, int(page)) if page.isascii() and page.isdecimal() and len(page) < 7 else 1)

    @classmethod
    def wanting(cls, wanted: Wanted, sort: str) -> Asked:
        """The address that asks for what is ``wanted``, in an order."""
        return cls(wanted.lang or "", wanted.stage or "", wanted.touchpoint or "", wanted.source or "",
                   wanted.painpoint or "", tuple(wanted.status), wanted.assignee or "", wanted.uncertain,
                   wanted.search or "", sort)

    @property
    def wanted(self) -> Wanted:
        """The filters as the queue has them."""
        return Wanted(lang=self.language or None, stage=self.stage or None, touchpoint=self.touchpoint or None,
                      source=self.source or None, painpoint=self.point or None, status=self.status,
                      assignee=self.holder or None, uncertain=self.unsure, search=self.q or None)

    @property
    def offset(self) -> int:
        """How many comments stand before the page."""
        return (self.page - 1) * SHOWN

    @property
    def chosen(self) -> tuple[tuple[str, str], ...]:
        """The filters that narrow the list, with what each is set to; as they stand in the address."""
        every = [(name, str(getattr(self, name))) for name in _FILTERS if getattr(self, name)]
        return (*every, *((_MANY, name) for name in self.status), *((("unsure", "1"),) if self.unsure else ()))

    def query(self, **changes: Any) -> str:
        """The address's query after ``changes``, what says nothing left out. A change of filters begins at page 1."""
        if changes:
            changes.setdefault("page", 1)
        changed = replace(self, **changes)
        last = [("sort", changed.sort)] if changed.sort != "urgency" else []
        last += [("page", str(changed.page))] if changed.page > 1 else []
        return urlencode([*changed.chosen, *last])

    def address(self, doc_id: str | None = None, **changes: Any) -> str:
        """The address of the list after ``changes``, with a comment open."""
        path = "/queue" if doc_id is None else f"/queue/{quote(doc_id, safe='')}"
        return f"{path}?{query}" if (query := self.query(**changes)) else path

    def without(self, name: str, value: str) -> str:
        """The address of the list with one filter taken away."""
        if name == _MANY:
            return self.address(status=tuple(status for status in self.status if status != value))
        gone: dict[str, Any] = {name: False if name == "unsure" else ""}
        return self.address(**gone)


_FILTERS = ("language", "stage", "touchpoint", "source", "point", "holder", "q")
_TEXTS = (*_FILTERS, "sort")
assert {*_TEXTS, _MANY, "unsure", "page"} == {item.name for item in fields(Asked)}
