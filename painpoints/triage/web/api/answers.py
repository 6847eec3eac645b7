"""What routes of the API share: who may ask, how ids look, and how a refusal is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Path, Query
from pydantic import BaseModel, StringConstraints

from painpoints.triage.web.security.person import READER, TRIAGER, Person, need

Reader = Annotated[Person, Depends(need(READER))]
Triager = Annotated[Person, Depends(need(TRIAGER))]
_POINT, _UNIT = r"^[0-9A-Za-z]{4,40}$", r"^[0-9A-Za-z_.:-]{4,80}$"
PointId = Annotated[str, StringConstraints(pattern=_POINT)]
UnitId = Annotated[str, StringConstraints(pattern=_UNIT)]
Key = Annotated[str, Path(pattern=_POINT, description="The id of a pain point, or the first letters of it.")]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]


class Refusal(BaseModel):
    """Why nothing was done, and what to do about it."""

    error: str
    hint: str | None = None


def refusals(*codes: int) -> Mapping[int | str, dict[str, Any]]:
    """What a route may answer besides what was asked for: ``codes``, and what every one may."""
    return {code: {"model": Refusal} for code in (400, 401, 403, 404, 422, 503, *codes)}


class Spoken(BaseModel):
    """How many opinions are in a language."""

    lang: str
    units: int
