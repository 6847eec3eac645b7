"""How fast personal data is taken out of real texts, beside one pass of one regular expression over them.

    python scripts/bench_redaction.py --data DIR [--rows 40000] [--workers 2] [--out scripts/bench/redaction_speed.json]

Texts are drawn evenly over the four languages with a fixed seed; a unit is 25 words. The baseline replaces every e-mail
address and every run of seven digits or more with ``re.sub``: what a script written in five minutes does, for scale.
Each figure is the best of three rounds, in seconds of the processor; with two workers the texts are shared out over two
processes, in seconds of the clock.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from datasets import LANGUAGES, rows

from painpoints.text import Redactor
from painpoints.text.redaction.detection import worth_reading

ROUNDS, WORDS_OF_A_UNIT = 3, 25
_PLAIN = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|\+?\d(?:[ .()-]{0,2}\d){6,}")


def drawn_texts(data: Path, count: int) -> dict[str, list[str]]:
    """``count`` texts, a quarter a language."""
    rng, drawn = random.Random(7), {}
    for lang in LANGUAGES:
        pool = sorted({str(row["text"]) for path in sorted((data / "sentiment").glob(f"{lang}_*.jsonl"))
                       for row in rows(path)})
        drawn[lang] = rng.sample(pool, min(len(pool), count // len(LANGUAGES)))
    return drawn


def redact_all(texts: list[str]) -> int:
    """How many values were found in ``texts``, each a document by itself."""
    redactor = Redactor(key=b"a key for measuring")
    return sum(len(redactor.document().redact(text).found) for text in texts)


def replace_all(texts: list[str]) -> int:
    """How many values the one regular expression finds."""
    return sum(_PLAIN.subn("[value]", text)[1] for text in texts)


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    """The best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = clock()
        work()
        best = min(best, clock() - began)
    return best


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder laid out as scripts/README.md says")
    parser.add_argument("--rows", type=int, default=40_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path("scripts/bench/redaction_speed.json"))
    asked = parser.parse_args()
    drawn = drawn_texts(asked.data, asked.rows)
    figures: dict[str, dict[str, float]] = {}
    redact_all(["call 0912 345 6789 or a@example.com"])  # loads the plans of telephone numbers
    for lang, texts in {**drawn, "all": [text for some in drawn.values() for text in some]}.items():
        units = sum(len(text.split()) for text in texts) / WORDS_OF_A_UNIT
        ours, plain = seconds(lambda t=texts: redact_all(t)), seconds(lambda t=texts: replace_all(t))
        figures[lang] = {
            "texts": len(texts), "units": round(units), "read_closely": round(
                sum(map(worth_reading, texts)) / len(texts), 3),
            "units_a_second": round(units / ours), "texts_a_second": round(len(texts) / ours),
            "times_the_plain_pass": round(ours / plain, 1),
        }
    texts = [text for some in drawn.values() for text in some]
    random.Random(7).shuffle(texts)
    shares = [texts[i :: asked.workers] for i in range(asked.workers)]
    with ProcessPoolExecutor(asked.workers) as pool:
        list(pool.map(redact_all, [["call 0912 345 6789"]] * asked.workers))
        together = seconds(lambda: list(pool.map(redact_all, shares)), time.perf_counter)
    figures["all"]["units_a_second_together"] = round(figures["all"]["units"] / together)
    written = {"command": "python scripts/bench_redaction.py --data DIR", "workers": asked.workers,
               "languages": figures}
    print(json.dumps(written, indent=1))
    asked.out.write_text(json.dumps(written, indent=1) + "\n", "utf8")


if __name__ == "__main__":
    main()
