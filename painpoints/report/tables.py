"""Tables for spreadsheets: painpoints.csv and findings.xlsx."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from painpoints.cluster import IF_SOLVED
from painpoints.errors import StorageError
from painpoints.report.anonymity import with_enough_people
from painpoints.report.cells import csv_cell
from painpoints.report.edition import EDITIONS, Edition
from painpoints.report.feelings import FELT, expectations, main_emotions
from painpoints.report.journeymap import MEASURED, experience
from painpoints.report.transcripts import CSV_COLUMNS, flat_conversations
from painpoints.report.workbook import write_workbook
from painpoints.store import RunData
from painpoints.taxonomy import Taxonomy, load_taxonomy

QUOTES = 3
_PLAIN = ["painpoint_id", "rank", "title"]
_MEASURES = ["units", "documents", "authors", "sentiment", "impact", "impact_low", "impact_high", "reach", "negativity",
             "rating_loss", "rating_loss_low", "rating_loss_high", "severity", "first_seen", "last_seen", "status",
             "theme", "stability", *IF_SOLVED]
ASKS = 3


def write_tables(run: RunData, folder: Path | str, *, lang: str = "en", framework: str = "three-stage",
                 taxonomy: Taxonomy | None = None) -> list[Path]:
    """The paths of ``painpoints.csv`` and ``findings.xlsx``, written into ``folder``, and of ``conversations.csv``
    where there are transcripts.

    CSV is UTF-8 with a byte order mark and has the contract's column names; the workbook speaks ``lang`` and
    runs from right to left in Persian and Arabic. Customer text is never a formula in either. Raises UsageError for
    an unknown language or framework, StorageError when a file cannot be written.
    """
    edition, run = Edition.of(lang, taxonomy or load_taxonomy(), framework), with_enough_people(run)
    place = Path(folder)
    paths = [place / "painpoints.csv", place / "findings.xlsx"]
    try:
        place.mkdir(parents=True, exist_ok=True)
        _write_csv(paths[0], csv_columns(), flat_painpoints(run, edition))
        write_workbook(paths[1], run, edition)
        if run.conversations is not None:
            paths.append(place / "conversations.csv")
            _write_csv(paths[2], CSV_COLUMNS, flat_conversations(run))
    except OSError as error:
        name = Path(error.filename).name if error.filename else place.name
        raise StorageError(f"{name}: could not be written ({error.strerror or type(error).__name__}).",
                           hint="Check that the folder is writable, has room, and that no program holds it open."
                           ) from None
    return paths


def flat_painpoints(run: RunData, edition: Edition) -> Iterator[dict[str, Any]]:
    """One flat row a pain point: lists become one column a language, or numbered columns.

    ``emotion`` is the main one, ``emotion_share`` its share of the pain point's negative units, ``expectation`` the
    surest that customers state. ``skews`` names who suffers more or less than by
    chance: ``lang=fa 3.10; source=App 0.42``.
    """
    judged = experience(run, (*MEASURED, *FELT))
    felt = {row["painpoint_id"]: row for row in main_emotions(judged, "painpoint_id").iter_rows(named=True)}
    expected = dict(expectations(judged, "painpoint_id", 1).iter_rows())
    for row in run.painpoints.sort("rank").iter_rows(named=True):
        feeling, said = felt.get(row["painpoint_id"], {}), expected.get(row["painpoint_id"], [])
        titles = {entry["lang"]: entry["title"] for entry in row["titles"] or []}
        units = {entry["lang"]: entry["units"] for entry in row["langs"] or []}
        phrases = {entry["lang"]: "; ".join(entry["phrases"]) for entry in row["keyphrases"] or []}
        quotes = [entry["text"] for entry in row["quotes"] or []][:QUOTES]
        asks = [entry["text"] for entry in row.get("asks") or []]
        yield {
            **{name: row[name] for name in _PLAIN},
            **{f"title_{code}": titles.get(code) for code in EDITIONS},
            "touchpoint": row["touchpoint"], "stage": edition.stage_of(row["touchpoint"]),
            **{name: row.get(name) for name in _MEASURES},
            **{f"units_{code}": units.get(code, 0) for code in EDITIONS},
            "units_other": sum(count for code, count in units.items() if code not in EDITIONS),
            **{f"keyphrases_{code}": phrases.get(code) for code in EDITIONS},
            **{f"quote_{n + 1}": quotes[n] if n < len(quotes) else None for n in range(QUOTES)},
            "emotion": feeling.get("emotion"), "emotion_share": feeling.get("share"),
            "expectation": said[0]["text"] if said else None,
            "skews": "; ".join(f"{each['kind']}={each['value']} {each['ratio']:.2f}"
                               for each in row.get("skews") or []) or None,
            **{f"ask_{n + 1}": asks[n] if n < len(asks) else None for n in range(ASKS)},
        }


def csv_columns() -> list[str]:
    """The columns of painpoints.csv, in order."""
    return [*_PLAIN, *(f"title_{code}" for code in EDITIONS), "touchpoint", "stage", *_MEASURES,
            *(f"units_{code}" for code in EDITIONS), "units_other", *(f"keyphrases_{code}" for code in EDITIONS),
            *(f"quote_{n + 1}" for n in range(QUOTES)), "emotion", "emotion_share", "expectation", "skews",
            *(f"ask_{n + 1}" for n in range(ASKS))]


def _write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        for row in rows:
            writer.writerow({name: _csv_value(value) for name, value in row.items()})


def _csv_value(value: Any) -> Any:
    if isinstance(value, str):
        return csv_cell(value)
    if isinstance(value, float):
        return "" if value != value else round(value, 6)
    return value.isoformat() if hasattr(value, "isoformat") else value
