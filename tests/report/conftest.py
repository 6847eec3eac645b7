"""A run written by hand: four languages, 120 texts, eight pains, ten weeks, ratings, sources, products, XSS strings."""

from __future__ import annotations

import json
import random
import tomllib
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from painpoints.store import RunData
from painpoints.taxonomy import Taxonomy, load_taxonomy

LANGS = ("fa", "ar", "ru", "en")
SOURCES = ("Telegram", "App store", "Web form")
PRODUCTS = ("Basic", "Plus <b>bold</b>", "کیف چرمی")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
TIME = pl.Datetime("us", "UTC")

DOCUMENTS = {
    "doc_id": pl.Utf8, "source_id": pl.Utf8, "kind": pl.Utf8, "source": pl.Utf8, "author_key": pl.Utf8, "time": TIME,
    "rating": pl.Float64, "rating_raw": pl.Utf8, "rating_scale": pl.Utf8, "text": pl.Utf8, "meta.product": pl.Utf8,
    "file": pl.Utf8, "row": pl.Int64,
}
UNITS = {
    "unit_id": pl.Utf8, "doc_id": pl.Utf8, "turn": pl.Int32, "speaker": pl.Utf8, "start": pl.Int64, "end": pl.Int64,
    "text": pl.Utf8, "lang": pl.Utf8, "variety": pl.Utf8, "field": pl.Utf8, "model_text": pl.Utf8, "key": pl.Utf8,
    "weight": pl.Int64, "sentiment": pl.Utf8, "p_neg": pl.Float64, "p_neu": pl.Float64, "p_pos": pl.Float64,
    "touchpoint": pl.Utf8, "touchpoint_p": pl.Float64, "stage": pl.Utf8, "stage_p": pl.Float64,
    "problem_p": pl.Float64, "is_problem": pl.Boolean, "emotion": pl.Utf8, "emotion_p": pl.Float32,
    "expectation": pl.Utf8, "certain": pl.Boolean, "painpoint_id": pl.Utf8,
    "painpoint_strength": pl.Float64,
}
PAINPOINTS = {
    "painpoint_id": pl.Utf8, "rank": pl.Int64, "title": pl.Utf8,
    "titles": pl.List(pl.Struct({"lang": pl.Utf8, "title": pl.Utf8})),
    "keyphrases": pl.List(pl.Struct({"lang": pl.Utf8, "phrases": pl.List(pl.Utf8)})),
    "quotes": pl.List(pl.Struct({"unit_id": pl.Utf8, "doc_id": pl.Utf8, "lang": pl.Utf8, "text": pl.Utf8,
                                 "source_id": pl.Utf8})),
    "units": pl.Int64, "documents": pl.Int64, "authors": pl.Int64,
    "langs": pl.List(pl.Struct({"lang": pl.Utf8, "units": pl.Int64})), "touchpoint": pl.Utf8, "stage": pl.Utf8,
    "sentiment": pl.Float64, "impact": pl.Float64, "impact_low": pl.Float64, "impact_high": pl.Float64,
    "reach": pl.Float64, "negativity": pl.Float64, "rating_loss": pl.Float64, "rating_loss_low": pl.Float64,
    "rating_loss_high": pl.Float64, "severity": pl.Float64, "first_seen": TIME, "last_seen": TIME,
    "trend": pl.List(pl.Struct({"week": pl.Date, "documents": pl.Int64, "volume": pl.Int64})),
    "status": pl.Utf8, "theme": pl.Utf8,
}
MANIFEST: dict[str, Any] = {
    "painpoints": "0.1.0", "created": "2026-05-12T08:30:00+00:00",
    "inputs": [{"name": "reviews.csv", "rows": 124, "sha256": "9f2c4d1e0b7a"}],
    "model": {"encoder": "multilingual-e5-small", "source": "embedded", "precision": "bf16", "heads": "2026.05"},
    "versions": {"python": "3.11.9", "torch": "2.13.0", "polars": "2.1.0"},
    "settings": {"cluster": "problems", "framework": "three-stage", "whole": False},
    "counts": {"rejected": {"empty_text": 3, "broken_quoting": 1}},
    "timings": {"read": 0.4, "segment": 1.9, "encode": 21.7, "classify": 0.6, "cluster": 2.2},
}


def build(seed: int = 7, documents: int = 120) -> RunData:
    """The sample run; the same for the same arguments."""
    texts = tomllib.loads(Path(__file__).with_name("sample.toml").read_text("utf8"))
    chance = random.Random(seed)
    docs: list[dict[str, Any]] = []
    units: list[dict[str, Any]] = []
    for n in range(documents):
        lang = LANGS[n % 4]
        source = SOURCES[chance.choices(range(3), (5, 3, 2))[0]]
        doc_id = f"d{n:04d}"
        pieces = [_praise(chance, texts, lang, source) for _ in range(chance.randint(1, 2))]
        if chance.random() < (0.9 if source == "Telegram" else 0.45):
            pieces.append(_pain(chance, texts, lang, source))
        body, mood = "", 0.0
        for m, piece in enumerate(pieces):
            start = len(body) + (2 if body else 0)
            body = f"{body}. {piece['text']}" if body else piece["text"]
            mood += {"neg": -1, "neu": 0, "pos": 0.6}[piece["sentiment"]]
            units.append(_unit(chance, doc_id, m, start, lang, piece, copy=n % 29 == 28 and m == 0))
        stars = min(5, max(1, round(3.6 + 1.3 * mood + chance.gauss(0, 0.6))))
        nps = n % 5 == 0
        docs.append({
            "doc_id": doc_id, "source_id": f"R-{1000 + n}", "kind": "review", "source": source,
            "author_key": f"{n % 97:016x}", "time": START + timedelta(hours=14 * n), "text": body,
            "rating": round((stars - 1) / 4 * 10) / 10 if nps else (stars - 1) / 4,
            "rating_raw": str(stars), "rating_scale": "0-10" if nps else "1-5",
            "meta.product": chance.choice(PRODUCTS), "file": "reviews.csv", "row": n + 1})
    docs_frame = pl.DataFrame(docs, schema=DOCUMENTS, orient="row")
    units_frame = pl.DataFrame(units, schema=UNITS, orient="row")
    pains = _painpoints(texts, docs_frame, units_frame)
    return RunData(docs_frame, units_frame, pl.DataFrame(pains, schema=PAINPOINTS, orient="row"), MANIFEST)


def _praise(chance: random.Random, texts: dict[str, Any], lang: str, source: str) -> dict[str, Any]:
    mild = chance.random() < 0.16
    piece = chance.choice(texts["mild" if mild else "praise"])
    while source == "Telegram" and piece["touchpoint"] == "delivery":
        piece = chance.choice(texts["praise"])
    if source != "Telegram" and not mild and chance.random() < 0.25:
        piece = next(p for p in texts["praise"] if p["touchpoint"] == "delivery")
    flat = mild or piece["touchpoint"] in ("general", "none")
    return {"text": piece[lang], "touchpoint": piece["touchpoint"], "sentiment": "neu" if flat else "pos", "pain": None}


def _pain(chance: random.Random, texts: dict[str, Any], lang: str, source: str) -> dict[str, Any]:
    weights = [24 if source == "Telegram" else 2, 8, 9, 4, 4, 4, 2, 3]
    pain = chance.choices(texts["pain"], weights)[0]
    text = chance.choice(pain[lang] or pain["en"])
    return {"text": text, "touchpoint": pain["touchpoint"], "sentiment": "neg", "pain": pain["id"],
            "emotions": pain["emotions"],
            "expectation": next((part for part in pain["expected"] if part in text), None)}


def _unit(chance: random.Random, doc_id: str, m: int, start: int, lang: str, piece: dict[str, Any],
          copy: bool) -> dict[str, Any]:
    sure = chance.uniform(0.7, 0.97)
    rest = (1 - sure) / 2
    problem = piece["sentiment"] == "neg"
    felt = piece["emotions"][int(doc_id[1:]) // 4 % len(piece["emotions"])] if problem else ""
    assigned = problem and chance.random() > 0.08
    return {
        "unit_id": f"{doc_id}-{m}", "doc_id": doc_id, "start": start, "end": start + len(piece["text"]),
        "text": piece["text"], "lang": "de" if doc_id == "d0003" else lang, "field": "text",
        "model_text": piece["text"], "key": f"{zlib.crc32(piece['text'].encode()):08x}", "weight": 0 if copy else 1,
        "sentiment": piece["sentiment"], **{f"p_{s}": sure if piece["sentiment"] == s else rest
                                           for s in ("neg", "neu", "pos")},
        "touchpoint": piece["touchpoint"], "touchpoint_p": sure, "stage": "post_purchase", "stage_p": sure,
        "problem_p": 0.9 if problem else 0.1, "is_problem": problem,
        "emotion": felt or None, "emotion_p": 0.75 if felt else None, "expectation": piece.get("expectation"),
        "certain": chance.random() > 0.07,
        "painpoint_id": piece["pain"] if assigned else None, "painpoint_strength": 0.8 if assigned else None}


def _painpoints(texts: dict[str, Any], docs: pl.DataFrame, units: pl.DataFrame) -> list[dict[str, Any]]:
    rows = []
    weeks = sorted(docs["time"].dt.truncate("1w").dt.date().unique())
    volume = dict(docs.group_by(pl.col("time").dt.truncate("1w").dt.date()).len().iter_rows())
    for pain in texts["pain"]:
        own = units.filter(pl.col("painpoint_id") == pain["id"]).join(
            docs.select("doc_id", "source_id", "time", "rating"), on="doc_id").filter(pl.col("weight") > 0)
        if own.is_empty():
            continue
        mean = own["rating"].mean()
        other = docs.filter(~pl.col("doc_id").is_in(own["doc_id"].to_list()))["rating"].mean()
        loss = 4 * (float(other or 0) - float(mean or 0))  # type: ignore[arg-type]
        reach = own["doc_id"].n_unique() / len(docs)
        per_week = dict(own.group_by(pl.col("time").dt.truncate("1w").dt.date()).len().iter_rows())
        impact = min(96.0, 250 * reach + 12 * loss)
        rows.append({
            "painpoint_id": pain["id"], "title": pain["title"],
            "titles": [{"lang": lang, "title": title} for lang, title in pain["titles"].items()],
            "keyphrases": [{"lang": lang, "phrases": [t.split()[0] + " " + t.split()[1] for t in pain[lang]]}
                           for lang in LANGS if pain[lang]],
            "quotes": own.unique("text", maintain_order=True).select(
                "unit_id", "doc_id", "lang", "text", "source_id").head(6).to_dicts(),
            "units": len(own), "documents": own["doc_id"].n_unique(), "authors": own["doc_id"].n_unique(),
            "langs": own.group_by("lang").agg(pl.len().cast(pl.Int64).alias("units")).sort("lang").to_dicts(),
            "touchpoint": pain["touchpoint"], "stage": "post_purchase", "sentiment": -0.8,
            "impact": impact, "impact_low": max(0.0, impact - 9), "impact_high": min(100.0, impact + 11),
            "reach": reach, "negativity": float(own["p_neg"].mean() or 0),  # type: ignore[arg-type]
            "rating_loss": loss, "rating_loss_low": loss - 0.4, "rating_loss_high": loss + 0.4, "severity": 0.7,
            "first_seen": own["time"].min(), "last_seen": own["time"].max(),
            "trend": [{"week": w, "documents": per_week.get(w, 0), "volume": volume[w]} for w in weeks],
            "status": {"PP01LATECOURIER": "growing", "PP07LEAKYBOX": "new"}.get(pain["id"], "steady"), "theme": None})
    rows.sort(key=lambda row: -row["impact"])
    return [{**row, "rank": rank} for rank, row in enumerate(rows, 1)]


@pytest.fixture(scope="session")
def sample() -> RunData:
    return build()


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


TURNS = pl.List(pl.Struct({"speaker": pl.Utf8, "who": pl.Int32, "time": TIME, "start": pl.Int64, "end": pl.Int64}))
CONVERSATIONS = {
    "doc_id": pl.Utf8, "lang": pl.Utf8, "turns": pl.Int64, "customer_turns": pl.Int64, "sentiment_start": pl.Float64,
    "sentiment_lowest": pl.Float64, "sentiment_end": pl.Float64, "lowest_turn": pl.Int32, "trajectory": pl.Utf8,
    "main_unit": pl.Utf8, "touchpoint": pl.Utf8, "stage": pl.Utf8, "resolution": pl.Utf8, "resolution_turn": pl.Int32,
    "resolution_p": pl.Float64, "effort": pl.Int64,
    "effort_signs": pl.List(pl.Struct({"sign": pl.Utf8, "turn": pl.Int32})),
    "promises": pl.List(pl.Struct({"turn": pl.Int32, "start": pl.Int64, "end": pl.Int64, "hours": pl.Float64,
                                   "kept": pl.Utf8, "kept_turn": pl.Int32})),
    "courtesy": pl.Utf8, "courtesy_turn": pl.Int32, "company_failure": pl.Boolean,
}
_MOVES = {"better": (-0.8, 0.7), "level": (-0.1, -0.1), "worse": (0.1, -0.9)}


def transcribe(rows: list[dict[str, Any]], like: RunData) -> RunData:
    """A run of conversations with the gold judgements as its own; a customer's turn is an opinion."""
    documents: list[dict[str, Any]] = []
    units: list[dict[str, Any]] = []
    judged: list[dict[str, Any]] = []
    for row in rows:
        gold, name, turns, text = row["gold"], f"doc-{row['id']}", [], ""
        people: dict[str, int] = {}
        first, last = _MOVES[gold["trajectory"]]
        spoken = [at for at, turn in enumerate(row["turns"]) if turn["speaker"] == "customer"]
        for at, turn in enumerate(row["turns"]):
            start = len(text) + (1 if text else 0)
            text = f"{text}\n{turn['text']}" if text else turn["text"]
            moment = datetime.fromisoformat(turn["time"]).replace(tzinfo=UTC) if "time" in turn else None
            turns.append({"speaker": turn["speaker"], "who": people.setdefault(turn["speaker"], len(people)),
                          "time": moment, "start": start, "end": len(text)})
            if at in spoken:
                net = first if at == spoken[0] else last
                mood = "neg" if net < -0.3 else "pos" if net > 0.3 else "neu"
                units.append({"unit_id": f"{name}-{at}", "doc_id": name, "turn": at, "speaker": "customer",
                              "start": start, "end": len(text), "text": turn["text"], "lang": row["lang"],
                              "weight": 1, "sentiment": mood, "p_neg": max(0.0, -net), "p_pos": max(0.0, net),
                              "p_neu": 1 - abs(net), "touchpoint": gold["touchpoint"], "is_problem": mood == "neg",
                              "certain": True})
        documents.append({"doc_id": name, "source_id": row["id"], "kind": "transcript", "text": text, "turns": turns})
        judged.append({"doc_id": name, "lang": row["lang"], "turns": len(turns), "customer_turns": len(spoken),
                       "sentiment_start": first, "sentiment_lowest": min(first, last), "sentiment_end": last,
                       "lowest_turn": spoken[-1], "main_unit": f"{name}-{spoken[0]}", "stage": "post_purchase",
                       "resolution_p": 0.9, "effort": len(gold["effort"]), "effort_signs": gold["effort"],
                       **{key: gold[key] for key in ("trajectory", "touchpoint", "resolution", "resolution_turn",
                                                     "courtesy", "company_failure")},
                       "promises": [{**promise, "start": turns[promise["turn"]]["start"],
                                     "end": turns[promise["turn"]]["end"]} for promise in gold["promises"]]})
    return RunData(pl.DataFrame(documents, schema={**DOCUMENTS, "turns": TURNS}),
                   pl.DataFrame(units, schema=UNITS), like.painpoints.clear(), like.manifest,
                   conversations=pl.DataFrame(judged, schema=CONVERSATIONS))


@pytest.fixture(scope="session")
def talks(sample: RunData) -> RunData:
    """The conversations that were written with gold judgements, as a run that judged them all as the gold does."""
    folder = Path(__file__).parents[2] / "corpora" / "conversations" / "gold"
    rows = [json.loads(line) for path in sorted(folder.glob("*.jsonl")) for line in path.read_text("utf8").splitlines()]
    return transcribe(rows, sample)
