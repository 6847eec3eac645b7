"""The ways that ``bench_peers.py`` sets beside the main job, each run in a process of its own.

    python scripts/peers.py WAY JOB.json    (called by bench_peers.py; its last line is what it found, as JSON)

The job names the files of texts and units (a JSON list each), the encoder's folder, the stages and how many texts are
the sample. Nothing here imports painpoints, so that the others may live in an environment of their own.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

BATCHES = (16, 32, 64, 128, 256)
PIPELINE_BATCHES = (1, 8, 32)
TRIED = 8
"""Texts on which a pipeline's batch size is chosen."""
BARE = 8000
"""Units of the bare forward pass; its batch size is chosen on an eighth of them."""
LONGEST = 256
HYPOTHESIS = "This text is about {}."

Job = dict[str, Any]
Found = dict[str, Any]


def sentence_model(job: Job, dtype: str) -> Any:
    """The encoder's weights as a sentence-transformers model, in fp32 as it comes or in bf16."""
    import torch
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(job["encoder"], model_kwargs={"dtype": getattr(torch, dtype)})


def texts_of(job: Job, what: str) -> list[str]:
    """The texts or the units of the job."""
    found: list[str] = json.loads(Path(job[what]).read_text("utf8"))
    return found


def groups(labels: Sequence[int]) -> Found:
    """How many clusters there are and which share of the texts they hold."""
    held = np.asarray(labels)
    return {"clusters": len(np.unique(held[held >= 0])), "coverage": round(float((held >= 0).mean()), 3)}


def bertopic(job: Job, what: str, dtype: str) -> Found:
    """BERTopic as it comes over the encoder: UMAP, HDBSCAN, c-TF-IDF."""
    from bertopic import BERTopic

    texts = texts_of(job, what)
    return groups(BERTopic(language="multilingual", embedding_model=sentence_model(job, dtype)).fit_transform(texts)[0])


def turftopic(job: Job) -> Found:
    """Turftopic's clustering model as it comes over the encoder."""
    from turftopic import ClusteringTopicModel

    with contextlib.redirect_stdout(io.StringIO()):
        model = ClusteringTopicModel(encoder=sentence_model(job, "float32"))
        return groups(model.fit_predict(texts_of(job, "texts")))


def random_classifier(folder: Path, encoder: str, labels: Sequence[str]) -> None:
    """A classifier of XLM-R-base's size, with random weights, saved in ``folder`` with the encoder's tokenizer."""
    import torch
    from transformers import AutoTokenizer, XLMRobertaConfig, XLMRobertaForSequenceClassification

    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(encoder)
    config = XLMRobertaConfig(
        vocab_size=max(250_002, len(tokenizer)), hidden_size=768, num_hidden_layers=12, num_attention_heads=12,
        intermediate_size=3072, max_position_embeddings=514, type_vocab_size=1, num_labels=len(labels),
        id2label=dict(enumerate(labels)), label2id={label: at for at, label in enumerate(labels)})
    XLMRobertaForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def best_of(run: Callable[[Sequence[str], int], object], texts: Sequence[str], sizes: Sequence[int]) -> int:
    """The batch size among ``sizes`` at which ``run`` is fastest over ``texts``."""
    run(texts[:2], 1)

    def seconds(size: int) -> float:
        began = time.perf_counter()
        run(texts, size)
        return time.perf_counter() - began

    return min(sizes, key=seconds)


def pipeline_seconds(task: str, labels: Sequence[str], job: Job, **given: Any) -> Found:
    """What a transformers pipeline takes over the sample, at its best batch size, without loading."""
    from transformers import AutoTokenizer, pipeline

    with tempfile.TemporaryDirectory() as folder:
        random_classifier(Path(folder), job["encoder"], labels)
        ask = pipeline(task, model=folder, tokenizer=AutoTokenizer.from_pretrained(folder, model_max_length=LONGEST))
    sample = texts_of(job, "texts")[:job["sample"]]

    def run(texts: Sequence[str], size: int) -> object:
        return ask(list(texts), batch_size=size, **given)

    size = best_of(run, sample[:TRIED], PIPELINE_BATCHES)
    began, cpu = time.perf_counter(), time.process_time()
    run(sample, size)
    wall = time.perf_counter() - began
    return {"texts": len(sample), "seconds": round(wall, 3), "cpu_seconds": round(time.process_time() - cpu, 3),
            "texts_per_second": round(len(sample) / wall, 3), "batch_size": size}


def sentiment(job: Job) -> Found:
    """A sentiment pipeline of XLM-R-base's size; random weights, which cost what trained ones do."""
    return pipeline_seconds("text-classification", ["negative", "neutral", "positive"], job, truncation=True)


def stages(job: Job) -> Found:
    """Zero-shot NLI of XLM-R-base's size over the stages: a forward pass a pair of text and stage; random weights."""
    found = pipeline_seconds("zero-shot-classification", ["contradiction", "neutral", "entailment"], job,
                             candidate_labels=job["stages"], hypothesis_template=HYPOTHESIS)
    return found | {"stages": len(job["stages"])}


def obsei(job: Job) -> Found:
    """``obsei run`` with its local classifier (a model of XLM-R-base's size, random weights), CSV in, Parquet out.

    It is run over one text first, which is its start-up (``start_seconds``); the rate is that of the others.
    """
    sample = texts_of(job, "texts")[:job["sample"]]
    first = obsei_run(job, sample[:1])
    if "could_not_run" in first or len(sample) < 2:
        return first
    found = obsei_run(job, sample)
    if "could_not_run" in found:
        return found
    rest = max(0.001, found["seconds"] - first["seconds"])
    return found | {"start_seconds": first["seconds"], "texts_per_second": round((len(sample) - 1) / rest, 3)}


def obsei_run(job: Job, sample: Sequence[str]) -> Found:
    """What ``obsei run`` takes over ``sample``, from the command to its end."""
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        random_classifier(home / "nli", job["encoder"], ["entailment", "not_entailment"])
        with (home / "feedback.csv").open("w", encoding="utf8", newline="") as handle:
            written = csv.writer(handle)
            written.writerows([("id", "comment"), *((at, text) for at, text in enumerate(sample))])
        (home / "obsei.yaml").write_text(json.dumps({
            "version": 1, "store": {"path": "obsei.duckdb", "unencrypted": True}, "llms": {"default": {"api": "local",
                                                                                  "model": str(home / "nli")}},
            "pipelines": [{"name": "feedback",
                           "sources": [{"key": "sample", "type": "csv", "config": {
                               "path": "feedback.csv", "fields": {"text": "comment", "id": "id"}}}],
                           "enrichers": [{"type": "classify", "config": {"llm": "default", "threshold": 0.4}}],
                           "sinks": [{"type": "parquet", "config": {"directory": "exports"}}]}]}), "utf8")
        command = [sys.executable, "-c", "import sys; from obsei.cli import app; sys.argv[0] = 'obsei'; app()", "run"]
        environment = os.environ | {"OBSEI_PSEUDONYM_SALT": "s" * 32}
        began = time.perf_counter()
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, env=environment)
        wall = time.perf_counter() - began
        said = (done.stdout + done.stderr).strip().splitlines()
        made = sum(1 for _ in (home / "exports").rglob("*.parquet"))
    if done.returncode or not made:
        return {"could_not_run": (said[-1] if said else f"exit {done.returncode}").replace(scratch, "DIR")}
    return {"texts": len(sample), "seconds": round(wall, 3),
            "said": said[-1].replace(scratch, "DIR")[:200] if said else ""}


def bare(job: Job) -> Found:
    """Nothing but ``encode`` of sentence-transformers in bf16 over the units, sorted by length, at its best size.

    ``encodes`` says what it reads: the texts of the units as the main job cut them, and the model's prompt before each.
    """
    units = sorted(texts_of(job, "units")[:BARE], key=len)
    model = sentence_model(job, "bfloat16")
    prompt = model.prompts.get(model.default_prompt_name or "", "")
    size = best_of(lambda texts, size: model.encode(list(texts), batch_size=size), units[::8], BATCHES)
    began, cpu = time.perf_counter(), time.process_time()
    model.encode(units, batch_size=size)
    wall = time.perf_counter() - began
    return {"units": len(units), "seconds": round(wall, 3), "cpu_seconds": round(time.process_time() - cpu, 3),
            "units_per_second": round(len(units) / wall, 3), "batch_size": size,
            "encodes": {"texts": "model_text of the main job's units", "prompt": prompt,
                        "tokens": int(sum(map(len, model.tokenizer([prompt + unit for unit in units], truncation=True,
                                                                   max_length=model.max_seq_length)["input_ids"])))}}


def clusters(job: Job) -> Found:
    """Labels of both topic models over the texts: on the encoder's own vectors, and on ours where they are given."""
    from bertopic import BERTopic
    from turftopic import ClusteringTopicModel

    texts = texts_of(job, "texts")
    model = sentence_model(job, "float32")
    found: Found = {}
    for name, vectors in (("the encoder's vectors", model.encode(texts)), ("our vectors", np.load(job["vectors"]))):
        topics = BERTopic(language="multilingual").fit_transform(texts, vectors)[0]
        found[f"BERTopic, {name}"] = [int(label) for label in topics]
        with contextlib.redirect_stdout(io.StringIO()):
            labels = ClusteringTopicModel(encoder=model).fit_predict(texts, embeddings=vectors)
        found[f"Turftopic, {name}"] = [int(label) for label in labels]
    return found


WAYS: dict[str, Callable[[Job], Found]] = {
    "bertopic": lambda job: bertopic(job, "texts", "float32"),
    "bertopic_bf16": lambda job: bertopic(job, "texts", "bfloat16"),
    "bertopic_units": lambda job: bertopic(job, "units", "float32"),
    "sentiment": sentiment, "stages": stages, "obsei": obsei, "turftopic": turftopic, "bare": bare,
    "clusters": clusters}
NEEDS = {"bertopic": "bertopic", "bertopic_bf16": "bertopic", "bertopic_units": "bertopic", "turftopic": "turftopic",
         "obsei": "obsei"}
"""The package each way needs besides those of the project."""


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(WAYS[sys.argv[1]](json.loads(Path(sys.argv[2]).read_text("utf8")))))
