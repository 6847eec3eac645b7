"""Touchpoints that a company adds to a taxonomy, each at a stage of one of its frameworks."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from painpoints.errors import TaxonomyError
from painpoints.taxonomy.load import stages_within
from painpoints.taxonomy.model import NO_STAGE, Framework, Taxonomy, Touchpoint

_CODE = re.compile(r"\w[\w-]{0,39}")


def extend(taxonomy: Taxonomy, added: Mapping[str, str]) -> Taxonomy:
    """``taxonomy`` with the touchpoints ``added`` (code to stage), each after the last one of its stage.

    A stage is one that touchpoints have ("purchase") or one of a framework, by code or name ("during"). In frameworks
    without a stage so called the touchpoint stands where the framework puts its stage. Raises TaxonomyError for
    a code that is taken or is none, and for an unknown stage.
    """
    for code, wanted in added.items():
        if not _CODE.fullmatch(code):
            raise TaxonomyError(f"{code!r} cannot be a touchpoint's code.",
                                hint="Use up to 40 letters, digits and underscores, for instance gift_wrap.")
        if code in taxonomy.codes:
            raise TaxonomyError(f"The touchpoint {code!r} is already in the taxonomy.",
                                hint="Add only codes that it lacks.")
        taxonomy = _with(taxonomy, code, stage_called(taxonomy, wanted))
    return taxonomy


def stage_called(taxonomy: Taxonomy, wanted: str) -> str:
    """The code of the stage that ``wanted`` names, whatever its case. Raises TaxonomyError with the nearest one."""
    codes = list(dict.fromkeys([*(s.code for f in taxonomy.frameworks.values() for s in f.stages),
                                *(t.stage for t in taxonomy.touchpoints if t.stage != NO_STAGE)]))
    named = {name.casefold(): stage.code for framework in taxonomy.frameworks.values() for stage in framework.stages
             for name in stage.names.values()}
    named |= {code.casefold(): code for code in codes}
    found = named.get(wanted.strip().casefold())
    if found is None:
        near = difflib.get_close_matches(wanted.casefold(), codes, 1)
        raise TaxonomyError(f"There is no stage {wanted!r}.",
                            hint=(f"Did you mean {near[0]!r}? " if near else "") + f"Known: {', '.join(codes)}.")
    return found


def _with(taxonomy: Taxonomy, code: str, stage: str) -> Taxonomy:
    home = _home(taxonomy, stage)
    frameworks = {}
    for name, framework in taxonomy.frameworks.items():
        mapping = {**framework.mapping, code: _place(framework, stage, home)}
        frameworks[name] = replace(framework, mapping=mapping)
    touchpoint = Touchpoint(code, home, "both", {"en": code.replace("_", " ").capitalize()})
    places = [at for at, known in enumerate(taxonomy.touchpoints, 1) if known.stage == home]
    at = places[-1] if places else 0
    touchpoints = (*taxonomy.touchpoints[:at], touchpoint, *taxonomy.touchpoints[at:])
    return replace(taxonomy, touchpoints=touchpoints, frameworks=frameworks)


def _home(taxonomy: Taxonomy, stage: str) -> str:
    """The stage of touchpoints that ``stage`` is, or that most touchpoints standing in it have."""
    if any(t.stage == stage for t in taxonomy.touchpoints):
        return stage
    inside = Counter(t.stage for framework in taxonomy.frameworks.values() for t in taxonomy.touchpoints
                     if framework.mapping.get(t.code) == stage)
    return inside.most_common(1)[0][0] if inside else stage


def _place(framework: Framework, stage: str, home: str) -> str:
    if any(known.code == stage for known in framework.stages):
        return stage
    if any(known.code == home for known in framework.stages):
        return home
    return stages_within(framework.name).get(home, NO_STAGE)
