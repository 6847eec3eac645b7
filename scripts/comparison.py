"""What the card of the map into the pain space says of other tools, from what ``bench_clustering.py`` measured."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

COLUMNS = {"clusters": "clusters", "coverage": "coverage", "ami": "AMI", "ami_covered": "AMI of covered",
           "purity": "purity", "mixed": "mixed", "one_offs_left_out": "one-offs left out", "ari_rerun": "rerun",
           "ari_shuffled": "rows shuffled", "ari_subsample": "80 %",
           "ari_subsample_where_both_place": "80 %, placed by both", "seconds": "seconds"}


def fingerprint(folder: Path) -> str:
    """What tells one published map from another."""
    return hashlib.blake2b((folder / "projection.safetensors").read_bytes(), digest_size=8).hexdigest()


def comparison(bench: dict[str, Any], of: str) -> list[str]:
    """The card's section on how other tools group the same vectors, from what ``bench_clustering.py`` wrote; ``of`` is
    the map's fingerprint."""
    vectors = "the vectors of this map" if bench["map"] == of else "the vectors of an earlier map"
    named = " and ".join(f"{name} {version}" for name, version in bench["packages"].items()) or "nothing else"
    lines = ["## Beside other tools", "",
             f"Measured by `{bench['command']}` in one run on {bench['cores']} cores: {named} as they come, all on "
             f"{vectors}, from which ours takes the languages' means out. `rerun`, `rows shuffled` and `80 %` are "
             "adjusted Rand indices with the clustering of the same texts again, in another order, and of a random "
             f"80 % of them. When it began, {bench['load_before']:.0f} processes shared the cores.", ""]
    if "unfinished" in bench:
        lines += [bench["unfinished"], ""]
    for name, found in bench["sets"].items():
        drawn = f", mean of {found['draws']} draws" if found["draws"] > 1 else ""
        apart = f" and {found['one_offs']} one-offs" if found["one_offs"] else ""
        lines += [f"### {name}", "", f"{found['texts']} texts in {found['languages']} languages: {found['groups']} "
                  f"groups{apart}{drawn}", ""]
        shown = {key: title for key, title in COLUMNS.items() if any(key in way for way in found["ways"].values())}
        lines += ["| | " + " | ".join(shown.values()) + " |", "|---|" + "---|" * len(shown)]
        lines += [f"| {way} | " + " | ".join(_cell(key, of_way.get(key)) for key in shown) + " |"
                  for way, of_way in found["ways"].items()]
        lines.append("")
    if bench["many_units"]:
        lines += ["Our clustering of many units (our own and labelled real complaints; beyond these, copies with "
                  "noise):", "", "| units | of them copies | seconds | processor seconds | clusters |",
                  "|---|---|---|---|---|"]
        lines += [f"| {m['units']:,} | {m['copies_with_noise']:,} | {m['seconds']} | {m['processor_seconds']} | "
                  f"{m['clusters']} |" for m in bench["many_units"]]
        lines.append("")
    return lines


def _cell(key: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if key == "clusters" else f"{value:.1f}" if key == "seconds" else f"{value:.2f}"
