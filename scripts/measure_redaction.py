"""How much of the personal data in our gold texts is taken out, and how much else goes with it.

    python scripts/measure_redaction.py [--data corpora/privacy] [--show] [--json scripts/bench/redaction.json]

A value is found when every letter and digit of it is replaced, under whatever kind (the wrong kind is counted beside).
A replacement that touches no value of a structured kind is a false alarm, and so is a replaced order number: those stay
by default. Names of persons have no form to go by; they are counted apart. ``spilled`` letters and digits were replaced
together with a value although they are no part of one. ``corpora/privacy/held_out`` has texts on which no detector was
tuned.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT / "corpora" / "privacy"
LANGS = ("fa", "ar", "ru", "en")
STRUCTURED = ("email", "phone", "card", "iban", "national_id", "passport", "tax_id", "plate", "ip", "url",
              "coordinates", "address", "handle")
"""Kinds that have a form; orders and names, the other two that the gold marks, have none or stay."""


@dataclass(frozen=True)
class Span:
    """Characters ``start`` to ``end`` of a text, of one kind."""

    kind: str
    start: int
    end: int

    def touches(self, other: Span) -> bool:
        """Whether both have a character in common."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Gold:
    """A text and the values in it that a person marked."""

    id: str
    lang: str
    text: str
    spans: tuple[Span, ...]
    note: str | None


@dataclass
class Tally:
    """Counts over texts of one language, and where they went wrong: (id, kind, the value)."""

    texts: int = 0
    gold: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong_kind: Counter[str] = field(default_factory=Counter)
    spilled: int = 0
    missed: list[tuple[str, str, str]] = field(default_factory=list)
    alarms: list[tuple[str, str, str]] = field(default_factory=list)
    spills: list[tuple[str, str, str]] = field(default_factory=list)

    def recall(self, kind: str | None = None) -> float:
        """Share of the values of ``kind`` (default: of all structured ones) that were found; 1 where there are none."""
        kinds = STRUCTURED if kind is None else (kind,)
        return _share(self.found, self.gold, kinds)

    def precision(self, kind: str | None = None) -> float:
        """Share of the replacements under ``kind`` (default: under any but name) that touch a structured value."""
        kinds = [one for one in self.replaced if one != "name"] if kind is None else [kind]
        return _share(self.right, self.replaced, kinds)


def _share(part: Counter[str], whole: Counter[str], kinds: Iterable[str]) -> float:
    kinds = list(kinds)
    of = sum(whole[kind] for kind in kinds)
    return sum(part[kind] for kind in kinds) / of if of else 1.0


def read_gold(data: Path, langs: Sequence[str] = LANGS) -> list[Gold]:
    """The gold texts of ``langs`` under ``data``, one JSON Lines file a language."""
    texts = []
    for lang in langs:
        for line in (data / f"{lang}.jsonl").read_text("utf8").splitlines():
            row = json.loads(line)
            spans = tuple(Span(span["kind"], span["start"], span["end"]) for span in row["spans"])
            texts.append(Gold(row["id"], row["lang"], row["text"], spans, row.get("note")))
    return texts


def count(tally: Tally, gold: Gold, replaced: Sequence[Span]) -> None:
    """Adds to ``tally`` how well ``replaced`` meets the marks of one text."""
    tally.texts += 1
    gone = {at for span in replaced for at in range(span.start, span.end)}
    structured = [span for span in gold.spans if span.kind in STRUCTURED]
    for span in gold.spans:
        tally.gold[span.kind] += 1
        value = gold.text[span.start : span.end]
        if all(at in gone for at in range(span.start, span.end) if gold.text[at].isalnum()):
            tally.found[span.kind] += 1
            tally.wrong_kind[span.kind] += not any(one.kind == span.kind for one in replaced if one.touches(span))
        elif span.kind in STRUCTURED:
            tally.missed.append((gold.id, span.kind, value))
    for span in replaced:
        tally.replaced[span.kind] += 1
        if any(span.touches(one) for one in structured):
            tally.right[span.kind] += 1
        elif span.kind != "name":
            tally.alarms.append((gold.id, span.kind, gold.text[span.start : span.end]))
    marked = {at for span in structured for at in range(span.start, span.end)}
    for span in replaced:
        beside = [at for at in range(span.start, span.end) if at not in marked and gold.text[at].isalnum()]
        if beside and any(span.touches(one) for one in structured):
            tally.spilled += len(beside)
            tally.spills.append((gold.id, span.kind, gold.text[span.start : span.end]))


def replaced_by_default() -> Callable[[str], list[Span]]:
    """What a run with the settings as they come replaces in a text, places in the text as it was."""
    from painpoints.text import Redactor

    redactor = Redactor(key=b"the gold holds no real person's data")
    return lambda text: [Span(found.kind, *found.was) for found in redactor.document().redact(text).found]


def measure(texts: Sequence[Gold], replaced: Callable[[str], list[Span]]) -> dict[str, Tally]:
    """A tally for each language of ``texts``."""
    tallies = {lang: Tally() for lang in dict.fromkeys(gold.lang for gold in texts)}
    for gold in texts:
        count(tallies[gold.lang], gold, replaced(gold.text))
    return tallies


def figures(tally: Tally) -> dict[str, Any]:
    """A tally as it is written: ids of misses, never values."""
    return {
        "texts": tally.texts, "values": sum(tally.gold[kind] for kind in STRUCTURED),
        "recall": round(tally.recall(), 4), "precision": round(tally.precision(), 4), "spilled": tally.spilled,
        "orders": tally.gold["order"], "orders_replaced": tally.found["order"],
        "names": tally.gold["name"], "names_found": tally.found["name"],
        "kinds": {kind: {"values": tally.gold[kind], "recall": round(tally.recall(kind), 4),
                         "replaced": tally.replaced[kind], "precision": round(tally.precision(kind), 4),
                         "wrong_kind": tally.wrong_kind[kind]}
                  for kind in STRUCTURED},
        "missed": [f"{place} {kind}" for place, kind, _ in tally.missed],
        "false_alarms": [f"{place} {kind}" for place, kind, _ in tally.alarms],
    }


def table(tallies: dict[str, Tally]) -> str:
    """Markdown: recall / precision of each kind in each language, how many values in brackets."""
    lines = ["| kind | " + " | ".join(tallies) + " |", "|---|" + "---|" * len(tallies)]
    for kind in STRUCTURED:
        cells = [f"{tally.recall(kind):.3f} / {tally.precision(kind):.3f} ({tally.gold[kind]})"
                 for tally in tallies.values()]
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    whole = [f"{tally.recall():.3f} / {tally.precision():.3f} ({sum(tally.gold[kind] for kind in STRUCTURED)})"
             for tally in tallies.values()]
    return "\n".join([*lines, "| all | " + " | ".join(whole) + " |"])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--lang", action="append", choices=LANGS, help="only this language; may be given again")
    parser.add_argument("--show", action="store_true", help="print the values that went wrong")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    asked = parser.parse_args()
    tallies = measure(read_gold(asked.data, asked.lang or LANGS), replaced_by_default())
    print(table(tallies))
    for lang, tally in tallies.items():
        print(f"\n{lang}: {sum(tally.wrong_kind.values())} found under another kind, "
              f"{tally.spilled} letters and digits spilled, "
              f"{tally.found['order']} of {tally.gold['order']} order numbers replaced, "
              f"{tally.found['name']} of {tally.gold['name']} names found")
        for what, places in (("missed", tally.missed), ("false alarm", tally.alarms), ("spilled", tally.spills)):
            for place, kind, value in places:
                print(f"  {what}: {place} {kind}" + (f" {value!r}" if asked.show else ""))
    if asked.json:
        written = {"command": "python scripts/measure_redaction.py", "data": asked.data.name,
                   "languages": {lang: figures(tally) for lang, tally in tallies.items()}}
        asked.json.write_text(json.dumps(written, indent=1) + "\n", "utf8")


if __name__ == "__main__":
    main()
