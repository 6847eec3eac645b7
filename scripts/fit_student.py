"""Teach the student of the fast lane what the full encoder says of words, units and passages.

    python scripts/fit_student.py --data DIR [--cache DIR] [--out models/fast]

Needs the published adapter and heads. Two cores need some ten minutes for what the encoder says of all texts, which is
kept in --cache, and ten for the student. Run `evaluate_student.py` afterwards, which measures it and writes its card.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from lessons import Lessons, lessons_of
from pupil import BUCKETS, REACH, WORD, Batch, Pupil, WordedTexts, WordTypes, in_words
from safetensors.numpy import save_file
from sklearn.decomposition import PCA
from student_heads import publish_heads, publish_map, student_table
from torch.nn import functional
from vectors import cached_vectors

from painpoints.classify import load_heads
from painpoints.classify.heads import TASKS
from painpoints.cluster import load_projection
from painpoints.encode import EMBEDDED_NAME, load_student
from painpoints.encode.student.exact import quantised
from painpoints.encode.student.packing import pack
from painpoints.encode.student.words import ranges

LEAST = 2
"""How often a word is met in the lessons to be taught by itself."""
VOCABULARY = 60_000
BATCH = 512
EPOCHS = 4
RATE = 2e-3
UNTAUGHT = 0.1
"""How often a word is read by its runs of letters alone, as words are that nobody taught."""
HELD = 2000
SEED = 1


@dataclass(frozen=True)
class Classroom:
    """Lessons in words, with the row of the vocabulary that each word type has (its size for none)."""

    lessons: Lessons
    types: WordTypes
    worded: WordedTexts
    rows: np.ndarray
    vocabulary: np.ndarray

    def batch(self, chosen: np.ndarray, rng: np.random.Generator | None) -> tuple[Batch, np.ndarray]:
        """The passages ``chosen`` and the numbers of their units; with ``rng`` some words are read by letters alone."""
        worded, lessons = self.worded, self.lessons
        lengths = worded.edges[chosen + 1] - worded.edges[chosen]
        places = ranges(worded.edges[chosen], lengths)
        met, inverse = np.unique(worded.types[places], return_inverse=True)
        rows = self.rows[met]
        if rng is not None:
            rows = np.where(rng.random(len(rows)) < UNTAUGHT, len(self.vocabulary), rows)
        runs = self.types.edges[met + 1] - self.types.edges[met]
        ends = np.cumsum(lengths)
        begins = ends - lengths
        owner = np.repeat(np.arange(len(chosen)), lengths)
        words = np.full((len(places), 2 * REACH + 1), len(met))
        for at, shift in enumerate(range(-REACH, REACH + 1)):
            there = np.arange(len(places)) + shift
            inside = (there >= begins[owner]) & (there < ends[owner])
            words[inside, at] = inverse[there[inside]]
        counts = lessons.edges[chosen + 1] - lessons.edges[chosen]
        units = ranges(lessons.edges[chosen], counts)
        passage = np.repeat(np.arange(len(chosen)), counts)
        first = np.empty(len(units), np.int64)
        last = np.empty(len(units), np.int64)
        # Characters of all passages on one line, so that one search finds the words of every unit.
        size = 1 + max(int(worded.starts.max()), int(lessons.spans.max())) + 1
        line = worded.starts[places] + owner * size
        first = np.searchsorted(line, lessons.spans[units, 0] + passage * size)
        last = np.searchsorted(line, lessons.spans[units, 1] + passage * size)
        empty = last <= first
        first = np.where(empty, np.clip(first - 1, begins[passage], ends[passage] - 1), first)
        last = np.where(empty, first + 1, last)
        as_tensor = torch.from_numpy
        return Batch(as_tensor(rows), as_tensor(self.types.buckets[ranges(self.types.edges[met], runs)]),
                     as_tensor(np.cumsum(runs) - runs), as_tensor(words),
                     as_tensor(ranges(first, last - first)), as_tensor(last - first), as_tensor(passage),
                     as_tensor(lengths)), units


def classroom(lessons: Lessons) -> Classroom:
    """``lessons`` in words. Passages without a word are left out."""
    types, worded = in_words(lessons.texts)
    order = np.argsort(-types.count, kind="stable")[:VOCABULARY]
    chosen = np.sort(order[types.count[order] >= LEAST])
    rows = np.full(len(types.hashes), len(chosen))
    rows[chosen] = np.arange(len(chosen))
    return Classroom(lessons, types, worded, rows, chosen)


def begin(room: Classroom, cache: Path) -> Pupil:
    """A pupil that knows of each word what the full encoder says of it alone, in as many dimensions as it has."""
    spelling = [room.types.spelling[at] for at in room.vocabulary]
    vectors = cached_vectors(spelling, cache, "words", ["und"] * len(spelling))
    said = PCA(WORD, random_state=SEED).fit_transform(vectors - vectors.mean(0)).astype(np.float32)
    said /= said.std(0).mean() * 4
    pupil = Pupil(len(spelling))
    runs = room.types.edges[room.vocabulary + 1] - room.types.edges[room.vocabulary]
    owner = np.repeat(np.arange(len(spelling)), runs)
    buckets = room.types.buckets[ranges(room.types.edges[room.vocabulary], runs)]
    total = np.zeros((BUCKETS, WORD), np.float32)
    np.add.at(total, buckets, said[owner])
    total /= np.maximum(np.bincount(buckets, minlength=BUCKETS), 1)[:, None]
    of_runs = np.zeros_like(said)
    np.add.at(of_runs, owner, total[buckets])
    of_runs /= np.maximum(runs, 1)[:, None]
    with torch.no_grad():
        pupil.runs.weight.copy_(torch.from_numpy(total))
        pupil.words.weight[:-1].copy_(torch.from_numpy(said - of_runs))
    return pupil


class Examiner:
    """The published heads and map, frozen: what they say of a pupil's vectors beside what they say of the encoder's."""

    def __init__(self) -> None:
        heads, projection = load_heads(), load_projection()
        self._weights = {name: torch.from_numpy(array) for name, array in heads._weights.items()}
        self._matrix, self._mean = torch.from_numpy(projection.matrix), torch.from_numpy(projection.mean)

    def distance(self, said: torch.Tensor, taught: torch.Tensor) -> torch.Tensor:
        """One less the mean cosine of both in the space where the same went wrong."""
        one, other = (functional.normalize((of - self._mean) @ self._matrix, dim=-1) for of in (said, taught))
        return 1 - (one * other).sum(1).mean()

    def logits(self, vectors: torch.Tensor) -> dict[str, torch.Tensor]:
        """Scores of each task."""
        weights = self._weights
        inner = functional.gelu(((vectors - weights["mean"]) / weights["scale"]) @ weights["hidden.weight"].T
                                + weights["hidden.bias"])
        return {task: inner @ weights[f"{task}.weight"].T + weights[f"{task}.bias"] for task in TASKS}

    def disagreement(self, said: torch.Tensor, taught: torch.Tensor, tasks: Mapping[str, float]) -> torch.Tensor:
        """Kullback-Leibler divergence of what is read from both, weighed over ``tasks``."""
        with torch.no_grad():
            truth = self.logits(taught)
        given = self.logits(said)
        return sum((weight * functional.kl_div(functional.log_softmax(given[task], 1),
                                               functional.log_softmax(truth[task], 1), log_target=True,
                                               reduction="batchmean") for task, weight in tasks.items()),
                   torch.zeros(()))


def teach(room: Classroom, pupil: Pupil, held: np.ndarray, taught: np.ndarray) -> None:
    """`EPOCHS` over the lessons ``taught``; prints how near ``held`` ones are."""
    rng = np.random.default_rng(SEED)
    examiner = Examiner()
    steps = EPOCHS * (len(taught) // BATCH)
    rows = [pupil.words.weight, pupil.runs.weight]
    dense = [parameter for parameter in pupil.parameters() if not any(parameter is row for row in rows)]
    optimisers = [torch.optim.SparseAdam(rows, lr=RATE), torch.optim.AdamW(dense, lr=RATE, weight_decay=0.0)]
    schedules = [torch.optim.lr_scheduler.OneCycleLR(of, RATE, total_steps=steps + 1, pct_start=0.1,
                                                     cycle_momentum=False) for of in optimisers]
    began, done = time.process_time(), 0  # the machine may have other work
    units = torch.from_numpy(room.lessons.units)
    passages = torch.from_numpy(room.lessons.passages)
    for epoch in range(EPOCHS):
        pupil.train()
        for chosen in _batches(taught, rng):
            batch, of = room.batch(chosen, rng)
            said, whole = pupil(batch)
            truth, whole_truth = units[of].float(), passages[chosen].float()
            loss = (2 * (1 - (said * truth).sum(1)).mean() + (1 - (whole * whole_truth).sum(1)).mean()
                    + examiner.disagreement(said, truth, {"sentiment": 0.3, "touchpoint": 0.3, "problem": 0.3,
                                                          "emotion": 0.1})
                    + examiner.disagreement(whole, whole_truth, {"overall": 0.3}))
            pupil.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(dense, 1.0)
            for step in (*optimisers, *schedules):
                step.step()
            done += 1
            if done % 25 == 0:
                print(f"{done}/{steps} loss {loss.item():.3f} cpu {time.process_time() - began:.0f}s", flush=True)
        print(f"epoch {epoch + 1}", near(room, pupil, examiner, held), flush=True)


def _batches(rows: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    order = rng.permutation(rows)
    for at in range(0, len(order) // BATCH * BATCH, BATCH):
        yield order[at:at + BATCH]


def near(room: Classroom, pupil: Pupil, examiner: Examiner, held: np.ndarray) -> dict[str, float]:
    """Mean cosine of the lessons ``held`` and how often the heads read the same from both."""
    pupil.eval()
    with torch.inference_mode():
        batch, of = room.batch(held, None)
        said, whole = pupil(batch)
        truth = torch.from_numpy(room.lessons.units[of]).float()
        given, wanted = examiner.logits(said), examiner.logits(truth)
        return {"cosine": round(float((said * truth).sum(1).mean()), 3),
                "passages": round(float((whole * torch.from_numpy(room.lessons.passages[held])).sum(1).mean()), 3),
                "pains": round(1 - float(examiner.distance(said, truth)), 3),
                **{task: round(float((given[task].argmax(1) == wanted[task].argmax(1)).float().mean()), 3)
                   for task in ("sentiment", "touchpoint", "problem")}}


def exported(room: Classroom, pupil: Pupil) -> dict[str, np.ndarray]:
    """Weights under the names that `painpoints.encode.student` reads: a taught word has its runs of letters in it."""
    with torch.inference_mode():
        pupil.eval()
        met = room.vocabulary
        runs = room.types.edges[met + 1] - room.types.edges[met]
        words = pupil.words.weight[:-1] + pupil.runs(
            torch.from_numpy(room.types.buckets[ranges(room.types.edges[met], runs)]),
            torch.from_numpy(np.cumsum(runs) - runs))
        found = {"word_hashes": room.types.hashes[met]}
        for name, rows in (("words", words), ("runs", pupil.runs.weight)):
            packed = pack(rows.detach().numpy())
            found |= {f"{name}.codes": packed.codes, f"{name}.scales": packed.scales}
        for name in ("around", "hidden", "out"):
            codes, scales = quantised(getattr(pupil, name).weight.numpy().T)
            found |= {f"{name}.codes": np.ascontiguousarray(codes), f"{name}.scales": scales}
        dense = {"bias": pupil.bias, "weigh": pupil.weigh.weight[0], "hidden.bias": pupil.hidden.bias,
                 "out.bias": pupil.out.bias}
        return found | {name: tensor.detach().numpy().copy() for name, tensor in dense.items()}


def main() -> None:
    """Teach, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder laid out as scripts/README.md says")
    parser.add_argument("--cache", type=Path, default=Path(".cache/training"), help="where vectors are kept")
    parser.add_argument("--out", type=Path, default=Path("models/fast"))
    parser.add_argument("--heads", action="store_true", help="fit heads and map alone, on the student in --out")
    parser.add_argument("--passages", type=int, default=24_000, help="texts whose units are learnt in their passage")
    arguments = parser.parse_args()
    torch.set_num_threads(2)
    if not arguments.heads:
        _teach(arguments)
    student = load_student(arguments.out)
    publish_heads(student_table(arguments.data, student), student, arguments.out)
    publish_map(arguments.data, student, arguments.out)


def _teach(arguments: argparse.Namespace) -> None:
    torch.manual_seed(SEED)
    room = classroom(lessons_of(arguments.data, arguments.cache, arguments.passages))
    order = np.random.default_rng(SEED).permutation(
        np.flatnonzero((np.diff(room.worded.edges) > 0) & (np.diff(room.lessons.edges) > 0)))
    print(f"{len(order)} passages, {len(room.lessons.units)} units, {len(room.worded.types)} words, "
          f"{len(room.vocabulary)} taught of {len(room.types.hashes)}", flush=True)
    pupil = begin(room, arguments.cache)
    teach(room, pupil, order[:HELD], order[HELD:])
    arguments.out.mkdir(parents=True, exist_ok=True)
    save_file(exported(room, pupil), arguments.out / "student.safetensors")
    (arguments.out / "student.json").write_text(json.dumps(
        {"name": "painpoints/fast", "version": "1", "encoder": EMBEDDED_NAME, "figures": {}}, indent=1) + "\n", "utf8")


if __name__ == "__main__":
    main()
