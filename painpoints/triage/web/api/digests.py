"""The form of a digest as the API describes it: made from what a digest is, so that it cannot fall behind."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache, reduce
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, Field, create_model

from painpoints.report import Digest


class Growth(BaseModel):
    """How many times as much it became, with its 95 % interval; where there was nothing before (``from_nothing``)
    ``value`` is null, and a bound that there is not is null too."""

    value: float | None
    low: float
    high: float | None
    from_nothing: bool


_OTHERWISE: Mapping[tuple[str, str], Any] = {("PainPointNews", "growth"): Growth | None}


@cache
def _model(kind: type) -> type[BaseModel]:
    hints = get_type_hints(kind)
    given: dict[str, Any] = {
        item.name: (_OTHERWISE.get((kind.__name__, item.name), _hint(hints[item.name])), ...) for item in fields(kind)}
    if kind is Digest:
        given["schema_"] = (int, Field(alias="schema", description="The version of the form."))
    return create_model(f"Digest{'' if kind is Digest else kind.__name__}", __doc__=kind.__doc__, **given)


def _hint(hint: Any) -> Any:
    """``hint`` with models in the place of dataclasses."""
    if isinstance(hint, type) and is_dataclass(hint):
        return _model(hint)
    inner = tuple(item if item is Ellipsis else _hint(item) for item in get_args(hint))
    if not inner:
        return hint
    if get_origin(hint) in (UnionType, Union):
        return reduce(operator.or_, inner)
    return get_origin(hint)[inner]


DigestAnswer = _model(Digest)
"""What ``digest_json`` writes."""
