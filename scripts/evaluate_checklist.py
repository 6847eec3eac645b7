"""Pass rates of the shipped judge on the checklist suite, phenomenon by phenomenon.

    python scripts/evaluate_checklist.py [--show]

Writes ``models/heads/checklist.md`` and the floors that the tests hold the models to
(``tests/classify/checklist/floors.json``, the rates less .04). ``--show`` prints the cases that fail.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from datasets import LANGUAGES, PROJECT

from painpoints import score
from painpoints.classify.checklist import read_cases, run_cases

HOME = PROJECT / "tests" / "classify" / "checklist"
SLACK = 0.04


def judge(texts: Sequence[str], langs: Sequence[str]) -> list[dict[str, Any]]:
    """What `score` says of each text as one unit."""
    rows = {int(row["source_id"]): row for row in score(list(texts), whole=True).to_dicts()}
    return [{**rows[at], "problem": int(rows[at]["is_problem"])} for at in range(len(texts))]


def main() -> None:
    """Run all cases, write the card and the floors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print the cases that fail")
    show = parser.parse_args().show
    cases = [case for lang in LANGUAGES for case in read_cases(HOME / f"{lang}.jsonl", lang)]
    rates: dict[tuple[str, str], list[bool]] = defaultdict(list)
    kinds: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for case, right in run_cases(cases, judge):
        rates[case.phenomenon, case.lang].append(right)
        kinds[case.phenomenon, case.kind].append(right)
        if show and not right:
            print(case.lang, case.phenomenon, case.kind, case.text, "|", case.variant or case.expect)
    phenomena = list(dict.fromkeys(case.phenomenon for case in cases))

    def rate(of: list[bool]) -> str:
        return f"{sum(of) / len(of):.2f}" if of else "-"

    every = [right for of in rates.values() for right in of]
    lines = ["# Checklist", "",
             f"Behavioural tests after CheckList (Ribeiro et al. 2020): {len(cases)} cases written by us "
             "(`tests/classify/checklist`), 28 a phenomenon and language. Minimum functionality: every judgement that "
             "is beyond doubt must be right; invariance: the variant must be judged the same; direction: the sentiment "
             "named must not become less likely by more than .05. Rates are shares of cases passed; "
             f"all together {rate(every)}.", "",
             "| phenomenon | " + " | ".join(LANGUAGES) + " | minimum | invariance | direction |", "|---|" + "---|" * 7]
    for name in phenomena:
        lines.append(f"| {name} | " + " | ".join(rate(rates[name, lang]) for lang in LANGUAGES) + " | "
                     + " | ".join(rate(kinds[name, kind]) for kind in ("minimum", "invariance", "direction")) + " |")
    (PROJECT / "models" / "heads" / "checklist.md").write_text("\n".join([*lines, ""]), "utf8")
    floors = {f"{lang} {name}": round(max(0.0, sum(of) / len(of) - SLACK), 3) for (name, lang), of in rates.items()}
    (HOME / "floors.json").write_text(json.dumps(floors, indent=1) + "\n", "utf8")
    print("\n".join(lines[4:]))


if __name__ == "__main__":
    main()
