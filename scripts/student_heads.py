"""Heads and map of the fast lane: as those of the full encoder, fitted on its student's vectors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from fit_heads import fit
from labelled import Table, labelled_table
from lessons import HEADS_LEARN_FROM
from publish_heads import calibrate, written
from publish_projection import learn, write
from safetensors.numpy import save_file
from vectors import marked_passages, model_texts

from painpoints.classify import Heads
from painpoints.encode import StudentEncoder

AN_INTENT_SET = 2500
"""As by default in `publish_projection.py`."""


def student_table(data: Path, student: StudentEncoder) -> Table:
    """All labelled texts with the student's vectors."""
    return labelled_table(data, *HEADS_LEARN_FROM,
                          lambda texts, _, langs: student.encode(model_texts(texts, langs)),
                          lambda texts: student.encode_passages(marked_passages(texts)).vectors)[0]


def publish_map(data: Path, student: StudentEncoder, out: Path) -> None:
    """The map into the pain space, written to the folder ``out``."""
    projection, _ = learn(data, AN_INTENT_SET, lambda texts, _, langs: student.encode(model_texts(texts, langs)),
                          student.info.name, f"fast {student.info.adapter}")
    write(projection, out)


def publish_heads(table: Table, student: StudentEncoder, out: Path) -> Heads:
    """Heads fitted and calibrated on ``table``, written to the folder ``out``."""
    heads = calibrate(fit(table), table, student.info.name, f"fast {student.info.adapter}")
    save_file({name: array.astype(np.float16) if array.ndim == 2 else array
               for name, array in heads._weights.items()}, out / "heads.safetensors")
    (out / "heads.json").write_text(json.dumps(written(heads.info), indent=1) + "\n", "utf8")
    return heads
