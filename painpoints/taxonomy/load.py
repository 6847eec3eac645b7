"""Taxonomies from TOML: the built-in one, or a company's own touchpoints.

A company's file lists ``[[touchpoint]]`` tables with ``name`` (text, or a table of language to text), ``stage`` (one
of the built-in stages, or of the file's own ``[[stage]]`` tables, in journey order), three or more ``examples`` and
optionally ``code`` and ``channel``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from painpoints.errors import TaxonomyError
from painpoints.taxonomy.model import NO_STAGE, Framework, Stage, Taxonomy, Touchpoint

MIN_EXAMPLES = 3
CHANNELS = ("online", "offline", "both")
OWN_FRAMEWORK = "own"
_ALWAYS = ("general", "none")


def load_taxonomy(path: Path | str | None = None) -> Taxonomy:
    """The built-in taxonomy, or the one in the TOML file at ``path``.

    Raises TaxonomyError, naming the touchpoint and the rule, when the file breaks one.
    """
    return _builtin() if path is None else _company(Path(path))


@cache
def _builtin() -> Taxonomy:
    touchpoints = tuple(
        Touchpoint(row["code"], row["stage"], row["channel"], row["names"], row["covers"])
        for row in _data("touchpoints.toml")["touchpoint"])
    home = {t.code: t.stage for t in touchpoints}
    frameworks = [_framework(row, touchpoints, home) for row in _data("frameworks.toml")["framework"]]
    return Taxonomy(touchpoints, {framework.name: framework for framework in frameworks})


def stages_within(framework: str) -> dict[str, str]:
    """The stage of the built-in ``framework`` that each stage of touchpoints lies in; empty for a company's own."""
    return {inner: stage["code"] for row in _data("frameworks.toml")["framework"] if row["name"] == framework
            for stage in row["stage"] for inner in stage.get("stages", ())}


def _data(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("painpoints.taxonomy").joinpath(name).read_text("utf8"))


def _framework(row: Mapping[str, Any], touchpoints: tuple[Touchpoint, ...], home: Mapping[str, str]) -> Framework:
    """The framework of ``row``; a touchpoint it places singly goes there if it has its built-in stage (``home``)."""
    by_stage: dict[str, str] = {}
    by_touchpoint: dict[str, str] = {}
    for stage in row["stage"]:
        by_stage.update(dict.fromkeys(stage.get("stages", ()), stage["code"]))
        by_touchpoint.update(dict.fromkeys(stage.get("touchpoints", ()), stage["code"]))
    mapping = {t.code: by_touchpoint[t.code] if t.code in by_touchpoint and t.stage == home[t.code]
               else by_stage.get(t.stage, NO_STAGE) for t in touchpoints}
    stages = tuple(Stage(stage["code"], stage["names"]) for stage in row["stage"])
    return Framework(row["name"], row["names"], stages, mapping)


def _company(path: Path) -> Taxonomy:
    try:
        content = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise TaxonomyError(f"{path}: no such file.", hint="Name a TOML file with --taxonomy.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise TaxonomyError(f"{path}: not readable ({type(error).__name__}).",
                            hint="A taxonomy is a UTF-8 TOML file.") from None
    except tomllib.TOMLDecodeError as error:
        raise TaxonomyError(f"{path}: not valid TOML: {error}.",
                            hint="Mend that line; texts stand in double quotes.") from None
    rows = _tables(path, content, "touchpoint")
    if len(rows) < 2:
        raise TaxonomyError(f"{path}: fewer than two [[touchpoint]] tables.",
                            hint="Give each touchpoint a name, a stage and three or more examples.")
    builtin = _builtin()
    own_stages = tuple(_own_stage(path, row, place) for place, row in enumerate(_tables(path, content, "stage"), 1))
    _once(path, "stage", [stage.code for stage in own_stages])
    known = [s.code for s in own_stages] or list(dict.fromkeys(t.stage for t in builtin.touchpoints))
    touchpoints = [_own_touchpoint(path, row, place, known) for place, row in enumerate(rows, 1)]
    codes = [t.code for t in touchpoints]
    _once(path, "touchpoint", codes)
    if len(set(codes).difference(_ALWAYS)) < 2:
        raise TaxonomyError(f"{path}: fewer than two touchpoints besides {' and '.join(_ALWAYS)}.",
                            hint="Give at least two, so that there is something to tell apart.")
    touchpoints += [builtin.touchpoint(code) for code in _ALWAYS if code not in codes]
    every = tuple(touchpoints)
    if own_stages:
        mapping = {t.code: t.stage if t.stage in known else NO_STAGE for t in every}
        frameworks = {OWN_FRAMEWORK: Framework(OWN_FRAMEWORK, _data("frameworks.toml")["own"]["names"],
                                               own_stages, mapping)}
    else:
        home = {t.code: t.stage for t in builtin.touchpoints}
        frameworks = {f["name"]: _framework(f, every, home) for f in _data("frameworks.toml")["framework"]}
    return Taxonomy(every, frameworks, source=str(path))


def _tables(path: Path, content: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    rows = content.get(kind, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TaxonomyError(f"{path}: {kind} is not a list of tables.",
                            hint=f"Open each {kind} with [[{kind}]], in two pairs of brackets.")
    return rows


def _once(path: Path, kind: str, codes: list[str]) -> None:
    if repeated := sorted({code for code in codes if codes.count(code) > 1}):
        raise TaxonomyError(f"{path}: {kind} {repeated[0]!r} stands twice.", hint="Give each its own code or name.")


def _own_stage(path: Path, row: Mapping[str, Any], place: int) -> Stage:
    names = _names(path, row, "stage", place)
    return Stage(str(row.get("code") or _code(names)), names)


def _own_touchpoint(path: Path, row: Mapping[str, Any], place: int, stages: list[str]) -> Touchpoint:
    names = _names(path, row, "touchpoint", place)
    code = str(row.get("code") or _code(names))
    stage = row.get("stage")
    if stage not in stages:
        raise TaxonomyError(f"{path}: touchpoint {code!r} has the stage {stage!r}.",
                            hint=f"Use one of: {', '.join(stages)}.")
    channel = row.get("channel", "both")
    if channel not in CHANNELS:
        raise TaxonomyError(f"{path}: touchpoint {code!r} has the channel {channel!r}.",
                            hint=f"Use one of: {', '.join(CHANNELS)}.")
    examples = row.get("examples", [])
    usable = isinstance(examples, list) and all(isinstance(e, str) for e in examples)
    texts = tuple(dict.fromkeys(e.strip() for e in examples if e.strip())) if usable else ()
    if len(texts) < MIN_EXAMPLES and code not in _ALWAYS:
        raise TaxonomyError(f"{path}: touchpoint {code!r} has {len(texts)} different examples.",
                            hint=f"Give it {MIN_EXAMPLES} or more sentences that customers might write.")
    return Touchpoint(code, str(stage), channel, names, str(row.get("covers", "")), texts)


def _names(path: Path, row: Mapping[str, Any], kind: str, place: int) -> dict[str, str]:
    name = row.get("name", row.get("names"))
    if isinstance(name, str) and name.strip():
        return {"en": name.strip()}
    if isinstance(name, dict) and name and all(isinstance(v, str) and v.strip() for v in name.values()):
        return {str(lang): text.strip() for lang, text in name.items()}
    raise TaxonomyError(f"{path}: [[{kind}]] number {place} has no name.",
                        hint='Write name = "Delivery" or name = { en = "Delivery", fa = "ارسال" }.')


def _code(names: Mapping[str, str]) -> str:
    name = names.get("en") or next(iter(names.values()))
    return re.sub(r"\W+", "_", name.casefold()).strip("_") or name
