"""A company's labels as what heads learn from: vectors, languages, a part held out, and codes that are really there."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.classify import SENTIMENTS
from painpoints.config import Settings
from painpoints.errors import EmptyInputError, InputError, UsageError
from painpoints.pipeline.amendments import NO, YES, corrections_frame
from painpoints.pipeline.gold import PROBLEMS, Gold, GoldColumns, Vocabulary, read_gold
from painpoints.read import StdinMark
from painpoints.taxonomy import Framework, Taxonomy
from painpoints.text import fold_key, read_passages

if TYPE_CHECKING:
    import numpy as np

    from painpoints.encode import UnitEncoder
    from painpoints.pipeline.workspace import Workspace

TASKS = ("sentiment", "touchpoint", "problem")
HELD_OUT = 0.25
FOLDS = 3
_CODE = re.compile(r"\w[\w-]{0,39}")
_NAMED = 8
UNTOUCHED = 400
"""So many opinions that nobody corrected tell what else tuning would change."""


class _OpenCodes(dict[str, str]):
    """Spellings of codes that also take any other word, so that all unknown codes can be named at once."""

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key) or (key if _CODE.fullmatch(key) else default)


@dataclass(frozen=True)
class Encoded:
    """Texts as the encoder reads them: ``vectors`` (n, d), ``langs``, ``keys`` that spelling does not change, and
    ``rows``, the place of each among the texts that were given. Texts of spaces only are not there."""

    rows: tuple[int, ...]
    vectors: np.ndarray
    langs: tuple[str, ...]
    keys: tuple[str, ...]

    def held_out(self) -> np.ndarray:
        """Which texts are held out, (n,) bool: a quarter, by a hash of the key, so that copies stay together."""
        import numpy as np

        return np.array([_number(key, b"held out") / 2 ** 32 < HELD_OUT for key in self.keys], bool)

    def folds(self) -> np.ndarray:
        """The fold of each text in 0 .. FOLDS - 1, (n,), the same for copies."""
        import numpy as np

        return np.array([_number(key, b"fold") % FOLDS for key in self.keys], np.int64)


def read_corrections(path: str | Path | StdinMark, settings: Settings, columns: GoldColumns, taxonomy: Taxonomy,
                     framework: Framework, added: Sequence[str]) -> Gold:
    """The labels of one file, in the codes of ``taxonomy``, which has the ``added`` ones.

    Raises InputError naming codes that the taxonomy lacks, UsageError for an added one that no row has, and what
    `read_gold` raises.
    """
    known = Vocabulary.of(taxonomy, framework)
    spellings = {**known.spellings, "touchpoint": _OpenCodes(known.spellings["touchpoint"])}
    return _checked(read_gold(path, settings, columns, replace(known, spellings=spellings)), known, added)


def corrections_in(workspace: Workspace, taxonomy: Taxonomy, framework: Framework, added: Sequence[str]) -> Gold:
    """The labels that people have given in ``workspace``: of each opinion they corrected, the fields they corrected.

    A corrected stage is no label, since heads judge touchpoints. Raises EmptyInputError when there are none, and what
    `read_corrections` raises.
    """
    import polars as pl

    frame = corrections_frame(workspace)
    name, known = str(workspace.path), Vocabulary.of(taxonomy, framework)
    labels = {task: pl.col("value").filter(pl.col("field") == task).first().alias(task) for task in TASKS}
    rows = frame.filter(pl.col("field").is_in(TASKS)).group_by("unit_id", maintain_order=True).agg(
        pl.col("text", "lang").first(), *labels.values()).sort("unit_id").with_columns(
        pl.col("problem").replace({YES: PROBLEMS[1], NO: PROBLEMS[0]}))
    if not len(rows):
        raise EmptyInputError(f"{name}: nobody has corrected a sentiment, a touchpoint or a problem yet.",
                              hint=f"painpoints correct {shlex.quote(name)} ID --sentiment neg")
    left_out = frame["unit_id"].n_unique() - len(rows)
    gold = Gold(name, tuple(range(1, len(rows) + 1)), tuple(rows["text"]), tuple(rows["unit_id"]), tuple(rows["lang"]),
                None, {task: tuple(rows[task]) for task in TASKS if rows[task].is_not_null().any()}, {}, {},
                {"stage_only": left_out} if left_out else {}, known)
    return _checked(gold, known, added)


def untouched_texts(workspace: Workspace) -> tuple[list[str], list[str]]:
    """Some opinions that the machine is certain of and nobody corrected, always the same ones, and their languages."""
    import polars as pl

    units = workspace.data().units
    some = units.filter(pl.col("certain") & (pl.col("corrected").list.len() == 0) & (pl.col("weight") > 0)).sort(
        "unit_id").head(UNTOUCHED)
    return some["text"].to_list(), some["lang"].to_list()


def _checked(gold: Gold, known: Vocabulary, added: Sequence[str]) -> Gold:
    """``gold`` if it can be learnt from."""
    said = [code for code in gold.labels.get("touchpoint", ()) if code is not None]
    if unknown := sorted(set(said) - set(known.classes["touchpoint"])):
        named = ", ".join(unknown[:_NAMED]) + (f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else "")
        near = difflib.get_close_matches(unknown[0], known.classes["touchpoint"], 1, 0.75)
        raise InputError(f"{gold.file}: touchpoints that the taxonomy lacks: {named}.",
                         hint=(f"Did you mean {near[0]!r}? " if near else "")
                         + f"Say where a new one belongs: --add {unknown[0]}=STAGE (for instance during).")
    if absent := [code for code in added if code not in said]:
        raise UsageError(f"{gold.file}: no row has the added touchpoint {absent[0]!r}.",
                         hint="Label two dozen texts with it, or leave out --add.")
    if not any(task in gold.labels for task in TASKS):
        raise InputError(f"{gold.file}: nothing to learn from: no column of sentiments, touchpoints or problems.",
                         hint="Name one with --sentiment, --touchpoint or --problem COLUMN.")
    return gold


def encode_texts(texts: Sequence[str], langs: Sequence[str | None] | None, encoder: UnitEncoder) -> Encoded:
    """``texts`` as whole units, each in the language given for it or else detected."""
    import polars as pl

    passages = read_passages(pl.DataFrame({"text": texts}, schema={"text": pl.Utf8}), whole=True)
    rows = tuple(passage.row for passage in passages)
    spoken = tuple((langs[p.row] if langs is not None else None) or p.lang for p in passages)
    keys = tuple(fold_key(p.text, lang) or p.text for p, lang in zip(passages, spoken, strict=True))
    return Encoded(rows, encoder.encode([passage.text for passage in passages]), spoken, keys)


def class_numbers(gold: Gold, task: str, rows: Sequence[int], codes: Sequence[str]) -> np.ndarray:
    """The class number of each of ``rows``, (n,) int64, -1 where the task has no label."""
    import numpy as np

    place: Mapping[str | None, int] = {label: at for at, label in enumerate(classes_of(task, codes))}
    labels = gold.labels.get(task)
    return np.array([-1 if labels is None else place.get(labels[row], -1) for row in rows], np.int64)


def classes_of(task: str, codes: Sequence[str]) -> tuple[str, ...]:
    """The labels of ``task`` in the order of the heads' outputs."""
    return {"sentiment": SENTIMENTS, "touchpoint": tuple(codes), "problem": PROBLEMS}[task]


def _number(key: str, purpose: bytes) -> int:
    return int.from_bytes(blake2b(key.encode("utf8", "surrogatepass"), digest_size=4, person=purpose).digest(), "big")
