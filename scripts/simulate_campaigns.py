"""Campaigns planted in real reviews, and honest outages beside them: what is found, and what is flagged wrongly.

    python scripts/simulate_campaigns.py --data DIR [--seeds 3] [--first-seed 0] [--out scripts/bench/campaigns.json]

A stream is the reviews of DIR/sentiment spread over a year at random, three in ten of them by authors who wrote before.
*Campaigns* are one text of a review (or, in two languages, one sentence of DIR/crosslingual/ntrex.jsonl) handed out to
many: each copy has a share of its words dropped, exchanged or swapped with the next, another opening, another name.
*Outages* are the texts of one pain of corpora/pains (people's own words, four languages) and of one question of
DIR/clusters/en_banking77.jsonl and ar_arbanking77.jsonl, all by fresh authors within hours: nobody handed them out.

A campaign is *found* when a flagged one is mostly of its documents and holds at least half of them. Vectors, which only
join languages and add stragglers, come from the built-in encoder. Thresholds were chosen on seed 0.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from painpoints.cluster import Stream, find_campaigns, load_projection, without_means
from painpoints.text import letters

PROJECT = Path(__file__).resolve().parents[1]
OUT = PROJECT / "scripts" / "bench" / "campaigns.json"
TWEETS = ("tweet", "twitter", "vk", "banks_senti", "telecoms", "ajgt", "astd", "arsarcasm", "umsab", "social_ok")
DAYS = 365.0
SIZES, EDITS, SPANS, FRESH = (6, 12, 30, 100), (0.0, 0.1, 0.2, 0.3, 0.4), (2.0, 24.0, 96.0), (1.0, 0.75)
BANKS = ("en_banking77", "ar_arbanking77")
OPENINGS = {"fa": ["سلام", "واقعا", "دوستان", "به نظرم", "راستش"],
            "ar": ["السلام عليكم", "بصراحة", "يا جماعة", "والله"],
            "ru": ["Здравствуйте", "Честно говоря,", "Друзья,", "В общем"],
            "en": ["Hi all,", "Honestly", "Well,", "OK so"]}
NAMES = {"fa": ["علی", "مریم", "رضا", "تهران", "شیراز"], "ar": ["أحمد", "سارة", "الرياض", "جدة"],
         "ru": ["Иван", "Ольга", "Казань", "Омск"], "en": ["John", "Sara", "Leeds", "Austin"]}


@dataclass(frozen=True)
class Text:
    """One document of a stream; ``origin`` names the campaign or outage it was planted by, None for real reviews."""

    text: str
    lang: str
    source: str
    day: float
    author: str | None
    feeling: float
    origin: str | None = None


def reviews(data: Path) -> list[tuple[str, str, str, float]]:
    """Text, language, set and feeling of every review under ``data``."""
    found = []
    for path in sorted((data / "sentiment").glob("*.jsonl")):
        if not any(name in path.stem for name in TWEETS):
            for line in path.open(encoding="utf8"):
                row = json.loads(line)
                feeling = {"negative": -0.8, "positive": 0.8}.get(row["label"], 0.0)
                found.append((row["text"], row["lang"], path.stem, feeling))
    return found


def edited(text: str, lang: str, rate: float, words: Sequence[str], rng: np.random.Generator) -> str:
    """``text`` with about ``rate`` of its words changed, and now and then another opening or a name."""
    said = []
    for word in text.split():
        if rng.random() >= rate:
            said.append(word)
            continue
        how = rng.integers(4)
        if how == 0 and said:
            said.insert(len(said) - 1, word)
        elif how == 1:
            said.append(str(rng.choice(words)))
        elif how == 2:
            said += [word, str(rng.choice(words))]
    if rng.random() < rate * 2:
        said.insert(0, str(rng.choice(OPENINGS[lang])))
    if rng.random() < rate * 2:
        said.append(str(rng.choice(NAMES[lang])))
    return " ".join(said)


def campaign(name: str, originals: dict[str, str], words: dict[str, list[str]], how: dict[str, Any], source: str,
             regulars: Sequence[str], rng: np.random.Generator) -> Iterator[Text]:
    """The documents of one campaign: the ``originals`` by language, one or two."""
    begin = rng.uniform(5, DAYS - 10)
    for number in range(how["size"]):
        lang = sorted(originals)[number % len(originals)]
        fresh = rng.random() < how["fresh"]
        author = f"{name}-{number}" if fresh else str(rng.choice(list(regulars)))
        yield Text(edited(originals[lang], lang, how["edits"], words[lang], rng), lang, source,
                   begin + rng.uniform(0, how["hours"] / 24), author, how["feeling"], name)


def outages(data: Path, rng: np.random.Generator, sources: Sequence[str], count: int) -> Iterator[Text]:
    """Bursts of many people's own words about one thing."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for path in sorted((PROJECT / "corpora" / "pains").glob("*.jsonl")):
        for line in path.open(encoding="utf8"):
            row = json.loads(line)
            groups.setdefault(row["family"], []).append((row["text"], row["lang"]))
    for bank in BANKS:
        for line in (data / "clusters" / f"{bank}.jsonl").open(encoding="utf8"):
            row = json.loads(line)
            groups.setdefault(f"{bank}-{row['label']}", []).append((row["text"], row["lang"]))
    names = sorted(groups)
    for name in rng.choice(names, min(count, len(names)), replace=False):
        begin, source = rng.uniform(5, DAYS - 10), str(rng.choice(list(sources)))
        members = groups[str(name)]
        for at in rng.permutation(len(members))[:120]:
            text, lang = members[at]
            yield Text(text, lang, source, begin + rng.uniform(0, 0.5), f"out-{name}-{at}", -0.8, f"outage {name}")


def stream_of(texts: Sequence[Text], encode: Any) -> Stream:
    """``texts`` as campaigns are looked for in them."""
    pure = letters(pl.Series([one.text for one in texts], dtype=pl.Utf8))
    return Stream(pl.Series([f"{at:07}" for at in range(len(texts))]), pure, np.array([one.day for one in texts]),
                  *(pl.Series([getattr(one, name) for one in texts], dtype=pl.Utf8)
                    for name in ("author", "source", "lang")),
                  np.array([one.feeling for one in texts]), None if encode is None else
                  lambda rows: encode([texts[at].text for at in rows], [texts[at].lang for at in rows]))


def encoder() -> Any:
    """What gives aligned vectors of texts."""
    from painpoints.config import Settings
    from painpoints.pipeline import load_models

    models = load_models(Settings())
    means = load_projection().language_means

    def encode(texts: list[str], langs: list[str]) -> np.ndarray:
        judging = models.encoder.encode(texts)
        return without_means(models.clustering_vectors(texts, judging), langs, means)

    return encode


def simulate(data: Path, seed: int, encode: Any) -> dict[str, Any]:
    """One stream with its campaigns and outages, and what was found in it."""
    rng = np.random.default_rng(seed)
    real = reviews(data)
    words = {lang: sorted({word for text, code, _, _ in real[::40] if code == lang for word in text.split()
                           if 2 < len(word) < 12})[:3000] for lang in NAMES}
    texts = []
    regulars = [f"regular-{at}" for at in range(len(real) // 20)]
    for text, lang, source, feeling in real:
        author = str(rng.choice(regulars)) if rng.random() < 0.3 else f"once-{len(texts)}"
        texts.append(Text(text, lang, source, rng.uniform(0, DAYS), author, feeling))
    sources = sorted({one.source for one in texts})
    planted: dict[str, dict[str, Any]] = {}
    pairs = [json.loads(line) for line in (data / "crosslingual" / "ntrex.jsonl").open(encoding="utf8")]
    pairs = [pair for pair in pairs if all(len(pair[lang]) > 110 for lang in NAMES)]
    seeds = [one for one in real if 80 <= len(one[0]) <= 500 and one[1] in NAMES]
    for number, (size, edits, hours, fresh) in enumerate(itertools.product(SIZES, EDITS, SPANS, FRESH)):
        two = number % 4 == 3
        text, lang, source, feeling = seeds[rng.integers(len(seeds))]
        pair = pairs[rng.integers(len(pairs))]
        langs = [str(one) for one in rng.choice(sorted(NAMES), 2, replace=False)]
        originals = {code: pair[code] for code in langs} if two else {lang: text}
        how = {"size": size * (2 if two else 1), "edits": edits, "hours": hours, "fresh": fresh, "feeling": feeling,
               "languages": len(originals)}
        planted[f"campaign {number}"] = how
        texts += campaign(f"campaign {number}", originals, words, how, source, regulars, rng)
    honest = len(texts) - sum(how["size"] for how in planted.values())
    quiet = list(outages(data, rng, sources, 120))
    texts += quiet
    shuffled = [texts[at] for at in rng.permutation(len(texts))]
    begun = time.perf_counter()
    found = find_campaigns(stream_of(shuffled, encode))
    took = time.perf_counter() - begun
    return scored(shuffled, planted, found, honest + len(quiet), len({one.origin for one in quiet}), took)


def scored(texts: Sequence[Text], planted: dict[str, dict[str, Any]], found: Sequence[Any], honest: int, outages: int,
           took: float) -> dict[str, Any]:
    """The figures of one stream."""
    whole = Counter(one.origin for one in texts)
    caught, flagged_right, wrong, outage, documents = dict.fromkeys(planted, 0), 0, 0, 0, 0
    for one in found:
        origins = Counter(texts[int(row)].origin for row in one.rows)
        main, held = origins.most_common(1)[0]
        strangers = sum(count for origin, count in origins.items() if origin not in planted)
        wrong += strangers
        if main in planted:
            flagged_right += 1
            caught[main] = max(caught[main], held)
            documents += sum(count for origin, count in origins.items() if origin in planted)
        elif main is not None and main.startswith("outage"):
            outage += 1
    hit = {name: caught[name] >= whole[name] / 2 for name in planted}

    def recall(key: str) -> dict[str, float]:
        values = sorted({how[key] for how in planted.values()})
        return {str(value): round(float(np.mean([hit[name] for name, how in planted.items() if how[key] == value])), 3)
                for value in values}

    return {"documents": len(texts), "planted": len(planted), "found": len(found),
            "recall": round(float(np.mean(list(hit.values()))), 3),
            "recall_by": {key: recall(key) for key in ("size", "edits", "hours", "fresh", "languages")},
            "precision": round(flagged_right / max(1, len(found)), 3),
            "documents_found": round(documents / sum(how["size"] for how in planted.values()), 3),
            "false_per_10000_honest": round(1e4 * wrong / honest, 2), "outages": outages, "outages_flagged": outage,
            "seconds": round(took, 1)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulates, prints and writes the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--no-vectors", action="store_true", help="alike by wording alone")
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args(arguments)
    encode = None if given.no_vectors else encoder()
    runs = []
    for seed in range(given.first_seed, given.first_seed + given.seeds):
        runs.append({"seed": seed, **simulate(given.data, seed, encode)})
        print(json.dumps(runs[-1]), file=sys.stderr)
    keys = ("recall", "precision", "documents_found", "false_per_10000_honest", "outages", "outages_flagged", "seconds")
    mean = {key: round(float(np.mean([run[key] for run in runs])), 3) for key in keys}
    command = f"simulate_campaigns.py --seeds {given.seeds} --first-seed {given.first_seed}"
    command += " --no-vectors" if given.no_vectors else ""
    given.out.write_text(json.dumps({"command": command, "mean": mean, "runs": runs}, indent=1) + "\n", encoding="utf8")
    print(json.dumps(mean, indent=1))


if __name__ == "__main__":
    main()
