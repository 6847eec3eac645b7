"""Fine-tune the encoder once for everything: low-rank adapters, judgement heads, the map into the pain space.

    python scripts/train.py --data DIR [--config scripts/train.toml] [--out models]

Mixed batches, one forward pass each: sentiment of the public sets; sentiment, touchpoint and problem of labelled units;
texts of the same pain or intent (supervised contrastive loss, Khosla et al. 2020); translations (InfoNCE). Two cores
with bf16 need about 40 minutes; a GPU is used when there is one. Writes `adapter/`, raw `heads/` weights and the map
under --out; `train_heads.py --from` and `train_projection.py --from` then calibrate and measure them.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from adapters import adapter_state, add_adapters
from datasets import LANGUAGES, Labelled, intents, own_pains, own_units, real_units, sentiment_sets, translations
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional
from train_heads import CODES, Network
from train_projection import INTENT_SETS, WEIGHTS, draw, members, same_group
from transformers import AutoModel, AutoTokenizer
from vectors import model_texts

from painpoints.encode import EMBEDDED_NAME, hardware, resolve_model

PROBLEM_SHARE = 0.6
"""Of the units in a batch, how many are real ones; the others are our own."""


class Student:
    """The adapted encoder with its heads, and everything needed to take one step."""

    def __init__(self, config: dict[str, Any]) -> None:
        torch.manual_seed(config["seed"])
        self.config = config
        self.device = hardware().device
        if self.device == "cpu":
            torch.set_num_threads(hardware().cores)
        folder = resolve_model(EMBEDDED_NAME).path
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.encoder = AutoModel.from_pretrained(folder, dtype=torch.bfloat16, add_pooling_layer=False,
                                                 attention_probs_dropout_prob=0.0, hidden_dropout_prob=0.05)
        self.adapters = add_adapters(self.encoder, config["rank"], config["scale"])
        self.encoder.to(self.device).train()
        width = self.encoder.config.hidden_size
        self.heads = Network(width, torch.zeros(width), torch.full((width,), width**-0.5)).to(self.device)
        self.map = nn.Linear(width, width, bias=False).to(self.device)
        nn.init.eye_(self.map.weight)
        adapters = [p for p in self.encoder.parameters() if p.requires_grad]
        others = [*self.heads.parameters(), *self.map.parameters()]
        self.optimiser = torch.optim.AdamW([{"params": adapters, "lr": config["adapter_rate"]},
                                            {"params": others, "lr": config["head_rate"]}], weight_decay=0.01)
        warm, steps = config["warm_up"], config["steps"]
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimiser, lambda at: min((at + 1) / warm, max(0.02, (steps - at) / (steps - warm))))

    def vectors(self, texts: Sequence[str], longest: int) -> torch.Tensor:
        """L2-normalised vectors (n, d) of normalised ``texts``, with gradients; encoded in two length groups."""
        tokens = self.tokenizer([f"query: {text}" for text in texts], truncation=True, max_length=longest,
                                return_attention_mask=False, return_token_type_ids=False)["input_ids"]
        order = sorted(range(len(texts)), key=lambda i: len(tokens[i]))
        pooled = []
        for part in np.array_split(np.array(order), min(3, len(order))):
            batch = self.tokenizer.pad({"input_ids": [tokens[i] for i in part]}, return_tensors="pt").to(self.device)
            states = self.encoder(**batch).last_hidden_state.float()
            mask = batch["attention_mask"].unsqueeze(-1).float()
            pooled.append((states * mask).sum(1) / mask.sum(1))
        back = np.argsort(order)
        return functional.normalize(torch.cat(pooled)[torch.tensor(back)], dim=-1)

    def pains(self, vectors: torch.Tensor) -> torch.Tensor:
        """Vectors in the pain space, L2-normalised."""
        return functional.normalize(self.map(vectors), dim=-1)

    def step(self, loss: torch.Tensor) -> None:
        """One update of everything that is trained."""
        self.optimiser.zero_grad()
        loss.backward()
        for group in self.optimiser.param_groups:
            nn.utils.clip_grad_norm_(group["params"], 1.0)
        self.optimiser.step()
        self.schedule.step()


def judging_loss(student: Student, texts: Sequence[Labelled], prepared: dict[str, str], rarity: torch.Tensor,
                 weights: dict[Any, float]) -> torch.Tensor:
    """Loss of sentiment for all ``texts``, of touchpoint and problem for those that have them."""
    scores = student.heads(student.vectors([prepared[t.text] for t in texts], student.config["longest"]))
    device = student.device
    sentiment = torch.tensor([t.sentiment for t in texts], device=device)
    weight = torch.tensor([weights[t.source, t.sentiment] for t in texts], device=device)
    each = functional.cross_entropy(scores["sentiment"], sentiment, reduction="none", label_smoothing=0.05)
    loss = (each * weight).mean()
    units = [at for at, t in enumerate(texts) if t.touchpoint is not None]
    if units:
        touchpoint = torch.tensor([CODES.index(texts[at].touchpoint or "") for at in units], device=device)
        problem = torch.tensor([texts[at].problem or 0 for at in units], device=device)
        loss = loss + functional.cross_entropy(scores["touchpoint"][units], touchpoint, weight=rarity.to(device),
                                               label_smoothing=0.05)
        loss = loss + functional.cross_entropy(scores["problem"][units], problem)
    return loss


def endless(items: list[Any], size: int, rng: random.Random) -> Iterator[list[Any]]:
    """Batches of ``size`` for ever, each pass in a new order."""
    while True:
        order = items[:]
        rng.shuffle(order)
        for at in range(0, len(order) - size + 1, size):
            yield order[at:at + size]


def balance(items: list[Labelled]) -> dict[Any, float]:
    """Weight by (source, sentiment): the square root of how rare the sentiment is in its set."""
    counts: dict[str, list[int]] = {}
    for item in items:
        counts.setdefault(item.source, [0, 0, 0])[item.sentiment] += 1
    return {(source, label): min(4.0, (np.mean([c for c in of if c]) / max(1, of[label])) ** 0.5)
            for source, of in counts.items() for label in range(3)}


def check(student: Student, items: list[Labelled], prepared: dict[str, str]) -> str:
    """Accuracies on a few calibration units, for the eye."""
    student.encoder.eval()
    student.heads.eval()
    right = np.zeros(3)
    with torch.inference_mode():
        for at in range(0, len(items), 100):
            part = items[at:at + 100]
            scores = student.heads(student.vectors([prepared[t.text] for t in part], 96))
            right += [sum(int(scores["sentiment"][i].argmax()) == t.sentiment for i, t in enumerate(part)),
                      sum(CODES[int(scores["touchpoint"][i].argmax())] == t.touchpoint for i, t in enumerate(part)),
                      sum(int(scores["problem"][i].argmax()) == t.problem for i, t in enumerate(part))]
    student.encoder.train()
    student.heads.train()
    return "sentiment {:.3f} touchpoint {:.3f} problem {:.3f}".format(*(right / len(items)))


def save(student: Student, out: Path, started: float, step: int) -> None:
    """Writes adapter, raw heads and raw map."""
    base = {"base": EMBEDDED_NAME, "version": "1", "scale": student.config["scale"], "rank": student.config["rank"],
            "steps": step, "minutes": round((time.time() - started) / 60, 1), "config": student.config}
    (out / "adapter").mkdir(parents=True, exist_ok=True)
    save_file(adapter_state(student.adapters), out / "adapter" / "adapter.safetensors")
    (out / "adapter" / "adapter.json").write_text(json.dumps(base, indent=1) + "\n", "utf8")
    raw = {f"heads.{name}": tensor.detach().cpu().float().contiguous()
           for name, tensor in student.heads.state_dict().items()}
    raw["map"] = student.map.weight.detach().cpu().float().contiguous()
    (out / "raw").mkdir(exist_ok=True)
    save_file(raw, out / "raw" / "raw.safetensors")


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder laid out as scripts/README.md says")
    parser.add_argument("--config", type=Path, default=Path(__file__).with_name("train.toml"))
    parser.add_argument("--out", type=Path, default=Path("models"))
    arguments = parser.parse_args()
    config = tomllib.loads(arguments.config.read_text("utf8"))
    rng = random.Random(config["seed"])
    generator = np.random.default_rng(config["seed"])
    sets = [t for t in sentiment_sets(arguments.data, config["a_set"]) if t.split == "train"]
    real = list(real_units(arguments.data))
    own = [t for t in own_units() if t.split == "train"]
    checked = [t for t in real if t.split == "calibration"][:600]
    real = [t for t in real if t.split == "train"]
    pains = [p for p in [*own_pains(), *intents(arguments.data, INTENT_SETS, config["an_intent_set"])]
             if not p.held_out]
    sentences = translations(arguments.data)
    everything = [(t.text, t.lang) for t in [*sets, *real, *own, *checked, *pains]]
    texts, langs = [t for t, _ in everything], [lang for _, lang in everything]
    prepared = dict(zip(texts, model_texts(texts, langs), strict=True))
    counts = np.bincount([CODES.index(t.touchpoint) for t in [*real, *own] if t.touchpoint], minlength=len(CODES))
    rarity = torch.tensor(np.sqrt(counts.mean() / np.maximum(counts, 1)), dtype=torch.float32)
    weights = balance([*sets, *real, *own])
    sources = {name: [p for p in pains if p.source == name] for name in WEIGHTS}
    groups = {name: members([p.group for p in of]) for name, of in sources.items()}
    share = np.array([WEIGHTS[name] for name in sources])
    student = Student(config)
    of_sets = endless(sets, config["sentiment_batch"], rng)
    of_real = endless(real, round(config["unit_batch"] * PROBLEM_SHARE), rng)
    of_own = endless(own, config["unit_batch"] - round(config["unit_batch"] * PROBLEM_SHARE), rng)
    started = time.time()
    shown = [0.0, 0.0]
    for step in range(1, config["steps"] + 1):
        loss = judging_loss(student, [*next(of_sets), *next(of_real), *next(of_own)], prepared, rarity, weights)
        name = list(sources)[generator.choice(len(share), p=share / share.sum())]
        rows, labels = draw(groups[name], generator, config["groups"], config["texts_a_group"])
        mapped = student.pains(student.vectors([prepared[sources[name][row].text] for row in rows], 64))
        alike = same_group(mapped, torch.tensor(labels, device=student.device), config["temperature"])
        total = loss + alike
        if step % 3 == 0:
            one, other = generator.choice(LANGUAGES, 2, replace=False)
            chosen = [sentences[at] for at in generator.choice(len(sentences), config["pairs"], replace=False)]
            both = student.pains(student.vectors([s[lang] for lang in (one, other) for s in chosen], 64))
            scores = both[:len(chosen)] @ both[len(chosen):].T / config["temperature"]
            target = torch.arange(len(chosen), device=student.device)
            total = total + 0.25 * (functional.cross_entropy(scores, target)
                                    + functional.cross_entropy(scores.T, target))
        student.step(total)
        shown[0] += loss.item()
        shown[1] += alike.item()
        if step % 50 == 0:
            print(f"{step}/{config['steps']} judging {shown[0] / 50:.3f} same pain {shown[1] / 50:.3f} "
                  f"{(time.time() - started) / step:.2f} s/step", file=sys.stderr, flush=True)
            shown = [0.0, 0.0]
        if step % 200 == 0 or step == config["steps"]:
            print(check(student, checked, prepared), file=sys.stderr, flush=True)
            save(student, arguments.out, started, step)


if __name__ == "__main__":
    main()
