"""Fine-tune the encoder once for everything: its layers, heads, token head, the map into the pain space.

    python scripts/train.py --data DIR [--config scripts/train.toml] [--out .cache/training/student] [--from STATE]
                            [--stage N]

Mixed batches, one forward pass each: sentiment of the public sets; sentiment, touchpoint, problem and emotion of
labelled units, alone and in the context of others; where units begin and what customers expected, at the tokens of
documents marked by hand; texts of the same pain or intent (supervised contrastive loss, Khosla et al. 2020);
translations (InfoNCE). Two cores with bf16 need about two seconds a step; a GPU is used when there is one.
``--from`` goes on from a state this script wrote, ``--stage`` runs one stage of the configuration only.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import tomllib
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from batches import (
    Judged,
    by_rarity,
    by_set,
    by_touchpoint,
    marked_document,
    pack,
    pairs_of,
    ruled_pieces,
    single,
    without_marks,
)
from contrast import INTENT_SETS, WEIGHTS, draw, groups_of, same_group
from datasets import (
    LANGUAGES,
    Labelled,
    implied_units,
    intents,
    labelled_documents,
    marked_texts,
    own_pains,
    own_units,
    pain_units,
    real_units,
    sentiment_sets,
    translations,
    variant_units,
)
from network import CODES
from pieces import Tokens
from student import EXPECTED, STARTS, Document, Encoded, Student
from torch.nn import functional

from painpoints.classify import EMOTIONS


class Source:
    """All texts of the training split, and the draws a step is made of."""

    def __init__(self, data: Path, config: dict[str, Any], tokens: Tokens) -> None:
        self.config, self.tokens = config, tokens
        self.rng = random.Random(config["seed"])
        self.generator = np.random.default_rng(config["seed"])
        sets = list(sentiment_sets(data, config["a_set"]))
        variants = list(variant_units())
        real = list(real_units(data))
        own = [*own_units(), *implied_units(), *pain_units(), *(unit for pair in variants for unit in pair)]
        more, marked = list(labelled_documents(data)), list(marked_texts())
        every_pain = [*own_pains(), *intents(data, INTENT_SETS, config["an_intent_set"])]
        pains = [p for p in every_pain if p.split == "train"]
        self.sentences = translations(data)
        self.variants = [pair for pair in variants if pair[0].split == "train"]
        every = [*sets, *real, *own, *every_pain]
        tokens.add([(t.text, t.lang) for t in every]
                   + [(part, m.lang) for m in [*more, *marked] for unit in m.parts for part, _ in unit]
                   + [(s[lang], lang) for s in self.sentences for lang in LANGUAGES])
        self.sets = by_set([t for t in sets if t.split == "train"], self.rng)
        self.binary = {source for source in {t.source for t in sets}
                       if not any(t.source == source and t.sentiment == 1 for t in sets)}
        self.real = by_touchpoint([t for t in real if t.split == "train"], self.rng)
        self.own = by_touchpoint([t for t in own if t.split == "train"], self.rng)
        self.labelled = by_rarity(more, self.rng)
        drawn = [t for t in sets if t.split == "train" and 40 < len(t.text) < 600]
        self.rng.shuffle(drawn)
        self.ruled = ruled_pieces(drawn[:config["ruled_texts"]])
        tokens.add([(piece, lang) for lang, pieces in self.ruled for piece in pieces])
        self.marked = [m for m in marked if m.split == "train"]
        self.checked = [t for t in real if t.split == "calibration"]
        self.checked_own = [t for t in own if t.split == "calibration" and t.source == "implied units"]
        self.checked_marked = [m for m in marked if m.split == "calibration"]
        self.checked_pains = [p for p in every_pain if p.split == "calibration"]
        self.pains = {name: [p for p in pains if p.source == name] for name in WEIGHTS}
        self.groups = {name: groups_of(of) for name, of in self.pains.items()}
        self.share = np.array([WEIGHTS[name] for name in self.pains]) / sum(WEIGHTS.values())
        kinds = {"sets": sets, "real": real, "own": own}
        print({name: sum(t.split == "train" for t in of) for name, of in kinds.items()}, "labelled", len(more),
              "marked", len(self.marked), "pains", len(pains), file=sys.stderr)

    def judged(self, stage: dict[str, Any]) -> list[Judged]:
        """Documents with labels: of the sets, packs of real and own units, documents marked by hand."""
        found = [single(next(self.sets), self.tokens) for _ in range(stage["sentiment_batch"])]
        for number in range(stage["packs"]):
            lang = LANGUAGES[self.rng.randrange(len(LANGUAGES))]
            units = self.real if number < stage["packs"] * stage["real_share"] else self.own
            found.append(pack(units[lang], self.tokens, self.rng))
        found += [marked_document(m, self.tokens) for m in islice(self.labelled, stage["labelled"])]
        for marked in self.rng.sample(self.marked, min(len(self.marked), stage["marked"])):
            judged = marked_document(marked, self.tokens)
            if marked.kind != "unpunctuated" and self.rng.random() < stage["bare"]:
                judged.document = without_marks(judged.document, self.tokens)
            found.append(judged)
        return found

    def bare(self, count: int) -> list[Document]:
        """Texts of the sets without their punctuation, whose units the rules found while it was there."""
        return [without_marks(Document([self.tokens.of(piece, lang) or [self.tokens.marks["."]] for piece in pieces]),
                              self.tokens) for lang, pieces in self.rng.sample(self.ruled, count)]

    def alike(self, stage: dict[str, Any]) -> tuple[list[Document], list[int], np.ndarray]:
        """Documents of texts in groups, the row of each piece, and the group of each row."""
        name = list(self.pains)[self.generator.choice(len(self.share), p=self.share)]
        rows, labels = draw(self.groups[name], self.generator, stage["groups"], stage["texts_a_group"])
        texts = [(self.pains[name][row].text, self.pains[name][row].lang) for row in rows]
        documents, order = pairs_of(texts, self.tokens, self.rng, stage["paired"])
        return documents, order, np.asarray(labels)

    def translated(self, pairs: int) -> list[Document]:
        """``pairs`` sentences in one language, then the same in another; or in one way of writing, then another."""
        if self.variants and self.rng.random() < 0.4:
            drawn = self.rng.sample(self.variants, min(pairs, len(self.variants)))
            return [Document([self.tokens.of(pair[side].text, pair[side].lang)]) for side in (0, 1) for pair in drawn]
        one, other = self.generator.choice(LANGUAGES, 2, replace=False)
        chosen = [self.sentences[at] for at in self.generator.choice(len(self.sentences), pairs, replace=False)]
        return [Document([self.tokens.of(s[lang], lang)]) for lang in (one, other) for s in chosen]


def judging_loss(student: Student, vectors: torch.Tensor, labels: Sequence[Labelled], binary: set[str]
                 ) -> torch.Tensor:
    """Loss of the whole texts' sentiment, and of the units' sentiment, touchpoint, problem and emotion: chit-chat is
    neutral in units and has a mood in the sets, so that one output for both would learn neither."""
    scores = student.heads(vectors)
    device = student.device
    loss = torch.zeros((), device=device)
    texts = [at for at, t in enumerate(labels) if t.touchpoint is None]
    if texts:
        sentiment = torch.tensor([labels[at].sentiment for at in texts], device=device)
        two = torch.tensor([labels[at].source in binary for at in texts], device=device).unsqueeze(1)  # no neutral
        neutral = torch.tensor([[False, True, False]], device=device)
        chances = functional.log_softmax(scores["overall"][texts] - 1e4 * (two & neutral), -1)
        smooth = (chances * ~(two & neutral)).sum(1) / torch.where(two.squeeze(1), 2.0, 3.0)
        loss = loss - (0.95 * chances.gather(1, sentiment.unsqueeze(1)).squeeze(1) + 0.05 * smooth).mean()
    units = [at for at, t in enumerate(labels) if t.touchpoint is not None]
    if units:
        sentiment = torch.tensor([labels[at].sentiment for at in units], device=device)
        touchpoint = torch.tensor([CODES.index(labels[at].touchpoint or "") for at in units], device=device)
        problem = torch.tensor([labels[at].problem or 0 for at in units], device=device)
        loss = loss + functional.cross_entropy(scores["touchpoint"][units], touchpoint, label_smoothing=0.05)
        loss = loss + 0.6 * functional.cross_entropy(scores["problem"][units], problem)
        loss = loss + 0.8 * functional.cross_entropy(scores["sentiment"][units], sentiment, label_smoothing=0.02)
    felt = [at for at, t in enumerate(labels) if t.emotion]
    if felt:
        emotion = torch.tensor([EMOTIONS.index(labels[at].emotion or "") for at in felt], device=device)
        loss = loss + 0.3 * functional.cross_entropy(scores["emotion"][felt], emotion, label_smoothing=0.05)
    return loss


def token_loss(encoded: Encoded) -> torch.Tensor:
    """Binary loss of both token outputs; tokens whose target is -1 are left out."""
    known = (encoded.targets >= 0).float()
    each = functional.binary_cross_entropy_with_logits(encoded.tokens, encoded.targets.clamp(min=0), reduction="none",
                                                       pos_weight=torch.tensor([2.0, 2.0]).to(encoded.tokens.device))
    mean = (each * known).sum(0) / known.sum(0).clamp(min=1)
    return 2.0 * mean[STARTS] + mean[EXPECTED]


def check(student: Student, source: Source) -> str:
    """Accuracies on calibration texts, for the eye."""
    student.encoder.eval()
    student.heads.eval()
    said = []
    with torch.inference_mode():
        for items in (source.checked[:600], source.checked_own[:400]):
            right = np.zeros(3)
            for at in range(0, len(items), 100):
                part = items[at:at + 100]
                documents = [Document([source.tokens.of(t.text, t.lang)]) for t in part]
                scores = student.heads(student.encode(documents, 128).vectors)
                right += [sum(int(scores["sentiment"][i].argmax()) == t.sentiment for i, t in enumerate(part)),
                          sum(CODES[int(scores["touchpoint"][i].argmax())] == t.touchpoint for i, t in enumerate(part)),
                          sum(int(scores["problem"][i].argmax()) == t.problem for i, t in enumerate(part))]
            said.append("sentiment {:.3f} touchpoint {:.3f} problem {:.3f}".format(*(right / max(1, len(items)))))
        judged = [marked_document(m, source.tokens) for m in source.checked_marked]
        if judged:
            encoded = student.encode([j.document for j in judged], 256)
            found, gold = encoded.tokens[:, STARTS] > 0, encoded.targets[:, STARTS] > 0
            said.append(f"boundary F1 {2 * float((found & gold).sum()) / float(found.sum() + gold.sum() + 1e-9):.3f}")
        if source.checked_pains:
            said.append(f"pains, precision at 5 {_precision(student, source):.3f}")
    student.encoder.train()
    student.heads.train()
    return " | ".join(said)


def _precision(student: Student, source: Source) -> float:
    """Share of the five nearest texts in the pain space that are of the same family, language means removed."""
    items = source.checked_pains
    documents = [Document([source.tokens.of(p.text, p.lang)]) for p in items]
    of = np.array([p.lang for p in items])
    vectors = torch.cat([student.pains(student.encode(documents[at:at + 100], 128).vectors)
                         for at in range(0, len(items), 100)]).cpu().numpy()
    for lang in LANGUAGES:
        vectors[of == lang] -= vectors[of == lang].mean(0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    similar = vectors @ vectors.T
    np.fill_diagonal(similar, -2)
    groups = np.array([p.group for p in items])
    return float((groups[np.argsort(-similar, 1)[:, :5]] == groups[:, None]).mean())


def step_loss(student: Student, source: Source, stage: dict[str, Any], step: int) -> dict[str, torch.Tensor]:
    """The losses of one step, from one pass over everything it reads."""
    judged = source.judged(stage)
    documents, order, groups = source.alike(stage)
    parallel = source.translated(stage["pairs"]) if step % 3 == 0 else []
    encoded = student.encode([*(j.document for j in judged), *documents, *parallel, *source.bare(stage["ruled"])],
                             student.config["longest"])
    labels = [label for j in judged for label in j.labels]
    first, second = len(labels), len(labels) + len(order)
    losses = {"judging": judging_loss(student, encoded.vectors[:first], labels, source.binary),
              "tokens": stage["token_weight"] * token_loss(encoded)}
    mapped = student.pains(encoded.vectors[first:second + len(parallel)])
    losses["alike"] = same_group(mapped[:second - first], torch.tensor(groups[order], device=student.device),
                                 student.config["temperature"])
    if parallel:
        half = len(parallel) // 2
        scores = mapped[second - first:][:half] @ mapped[second - first:][half:].T / student.config["temperature"]
        target = torch.arange(half, device=student.device)
        losses["parallel"] = 0.25 * (functional.cross_entropy(scores, target)
                                     + functional.cross_entropy(scores.T, target))
    return losses


def run_stage(student: Student, source: Source, stage: dict[str, Any], out: Path) -> None:
    """All steps of one stage; the rates rise over ``warm_up`` steps and fall linearly to ``last`` of the peak."""
    optimiser = torch.optim.AdamW([{"params": student.adapted, "lr": stage["adapter_rate"]},
                                   {"params": student.others, "lr": stage["head_rate"]}], weight_decay=0.01)
    warm, steps, last, alone = stage["warm_up"], stage["steps"], stage["last"], stage["heads_alone"]

    def rate(at: int) -> float:
        if at < warm:
            return float((at + 1) / warm)
        return float(last + (1 - last) * (steps - at) / max(1, steps - warm))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, rate)
    shown: dict[str, float] = {}
    started = time.time()
    for step in range(1, steps + 1):
        student.heads_only = step <= alone
        losses = step_loss(student, source, stage, step)
        optimiser.zero_grad()
        total: torch.Tensor = sum(losses.values(), torch.zeros((), device=student.device))
        total.backward()
        if student.whole:
            student.whole.take_gradients()
        for group in optimiser.param_groups:
            torch.nn.utils.clip_grad_norm_(group["params"], 1.0)
        optimiser.step()
        schedule.step()
        if student.whole:
            student.whole.write()
        for name, loss in losses.items():
            shown[name] = 0.96 * shown.get(name, loss.item()) + 0.04 * loss.item()
        if step % 25 == 0:
            print(f"{step}/{steps} " + " ".join(f"{name} {value:.3f}" for name, value in shown.items())
                  + f" {(time.time() - started) / step:.2f} s/step", file=sys.stderr, flush=True)
        if step % 250 == 0 or step == steps:
            print(check(student, source), file=sys.stderr, flush=True)
            student.save(out)


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder laid out as scripts/README.md says")
    parser.add_argument("--config", type=Path, default=Path(__file__).with_name("train.toml"))
    parser.add_argument("--cache", type=Path, default=Path(".cache/training"), help="where tokens are kept")
    parser.add_argument("--out", type=Path, default=Path(".cache/training/student"))
    parser.add_argument("--from", dest="state", type=Path, help="state.safetensors to go on from")
    parser.add_argument("--stage", type=int, help="run this stage only (1 is the first)")
    arguments = parser.parse_args()
    config = tomllib.loads(arguments.config.read_text("utf8"))
    tokens = Tokens(arguments.cache)
    source = Source(arguments.data, config, tokens)
    state = arguments.state
    for number, stage in enumerate(config["stages"], 1):
        if arguments.stage in (None, number):
            student = Student(config, tokens, whole=stage["whole"])
            if state:
                student.load(state)
            run_stage(student, source, stage, arguments.out)
            state = arguments.out / "state.safetensors"


if __name__ == "__main__":
    main()
