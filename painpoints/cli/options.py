"""The options that several commands share, and the settings they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from painpoints.cli.choices import check_choices, completing
from painpoints.config import Settings, load_settings

_COLUMNS = "Columns and forms of the input"
_JUDGING = "What is done"
_TELLING = "What is shown"


def _column(role: str, what: str) -> Any:
    return typer.Option(f"--{role}", metavar="COLUMN", help=f"Column that holds {what}.", show_default=False,
                        rich_help_panel=_COLUMNS)


def _option(name: str, what: str, metavar: str | None = None, panel: str = _JUDGING, choices: bool = False) -> Any:
    return typer.Option(f"--{name}", metavar=metavar, help=what, show_default=False, rich_help_panel=panel,
                        autocompletion=completing(name.replace("-", "_")) if choices else None)


Inputs = Annotated[list[str], typer.Argument(metavar="INPUT...", show_default=False,
                                             help="Files, folders, or - for the standard input.")]

Text = Annotated[str | None, _column("text", "the texts")]
Title = Annotated[str | None, _column("title", "titles")]
Pros = Annotated[str | None, _column("pros", "what was liked")]
Cons = Annotated[str | None, _column("cons", "what was disliked")]
Id = Annotated[str | None, _column("id", "the ids of the rows")]
Time = Annotated[str | None, _column("time", "dates or times")]
Rating = Annotated[str | None, _column("rating", "ratings")]
Author = Annotated[str | None, _column("author", "who wrote it (kept as a keyed hash)")]
Source = Annotated[str | None, _column("source", "the source or channel")]
Product = Annotated[str | None, _column("product", "the product")]
Language = Annotated[str | None, _column("language", "the language of the row")]
Kind = Annotated[str | None, _option("kind", "What the rows are: review, comment or transcript.", "KIND", _COLUMNS,
                                     True)]
RatingScale = Annotated[str | None, _option("rating-scale", "Scale of the ratings: 1-5, 0-5, 1-10, 0-10 (NPS), 0-100 "
                                            "or 0-1.", "SCALE", _COLUMNS, True)]
Delimiter = Annotated[str | None, _option("delimiter", "Character between the fields of a CSV file.", "CHAR", _COLUMNS)]
Encoding = Annotated[str | None, _option("encoding", "Encoding of the text, for instance cp1256.", "NAME", _COLUMNS)]
Sheet = Annotated[str | None, _option("sheet", "Sheet of a workbook.", "NAME", _COLUMNS)]
Agent = Annotated[str | None, _option("agent", "Who serves in conversations, as the file names them; several parted by "
                                      "commas. The others are customers.", "NAME", _COLUMNS)]
Customer = Annotated[str | None, _option("customer", "Who is served in conversations, as the file names them.", "NAME",
                                         _COLUMNS)]
Brands = Annotated[list[str] | None, typer.Option(
    "--brand", metavar="NAME", show_default=False, rich_help_panel=_COLUMNS,
    help="Name under which the brand itself writes, again for each; its own texts count nowhere. '' says that it does "
         "not write here.")]
Preset = Annotated[str | None, _option("preset", "Tool that the file was exported from, for instance google-play; by "
                                       "default told by its columns. none: of no tool.", "NAME", _COLUMNS, True)]
Limit = Annotated[int | None, _option("limit", "Take the first N texts only.", "N", _COLUMNS)]

Framework = Annotated[str | None, _option("framework", "Journey framework: three-stage, four-stage, five-stage, or one "
                                          "of your own taxonomy.", "NAME", choices=True)]
Taxonomy = Annotated[str | None, _option("taxonomy", "Your own touchpoints, a TOML file.", "FILE")]
Cluster = Annotated[str | None, _option("cluster", "Units that make pain points: problems, negative or all.", "SCOPE",
                                        choices=True)]
Detail = Annotated[str | None, _option("detail", "How fine pain points are: coarse, normal or fine.", "LEVEL",
                                       choices=True)]
Namer = Annotated[str | None, _option("namer", "A chat endpoint, as OpenAI's, that words the titles from masked "
                                      "quotes. Its key comes from PAINPOINTS_NAMER_KEY.", "URL")]
NamerModel = Annotated[str | None, _option("namer-model", "The endpoint's model; by default the first it lists.",
                                           "NAME")]
Whole = Annotated[bool | None, _option("whole", "Take each row as one unit.")]
Fast = Annotated[bool | None, _option("fast", "The fast lane: a small student of the full model judges, some "
                                      "fifty times as fast; the run says what that costs.")]
Engine = Annotated[str | None, _option("engine", "Where texts are judged: local, this machine, or ray, a "
                                       "cluster.", "NAME", choices=True)]
Address = Annotated[str | None, _option("address", "The Ray cluster, HOST:PORT or auto; by default the one of "
                                        "RAY_ADDRESS, else one on this machine for the while.", "ADDRESS")]
Segment = Annotated[str | None, _option("segment", "Column to compare by, for instance product.", "COLUMN")]
Model = Annotated[str | None, _option("model", "Tuned heads (a file of painpoints tune), or a sentence-transformers "
                                      "id or folder for the clustering vectors.", "ID_OR_PATH")]
Precision = Annotated[str | None, _option("precision", "Number format of the encoder: bf16, fp16, fp32, int8.", "NAME",
                                          choices=True)]
Cache = Annotated[bool | None, typer.Option(
    "--cache/--no-cache", show_default=False, rich_help_panel=_JUDGING,
    help="Keep vectors, without any text, so that a later run need not work them out again; done by default.")]
CacheDir = Annotated[str | None, _option("cache-dir", "Folder in which vectors are kept.", "DIR")]
Work = Annotated[str | None, _option("work", "Folder in which a run is worked on that is to lie at an address, and "
                                     "from which it can go on; by default one in the cache folder.", "DIR")]
Memory = Annotated[str | None, _option("memory", "Memory to get along with, for instance 4GB; by default 80 % of what "
                                       "the machine or the container has.", "SIZE")]
Spacy = Annotated[str | None, _option("spacy", "Your own spaCy pipeline, a package or folder.", "NAME")]
Lang = Annotated[str | None, _option("lang", "Language of the report: en, fa, ar or ru.", "LANG", choices=True)]
AuthorLimit = Annotated[int | None, _option("author-limit", "So many votes one author has for one pain point, 5 by "
                                            "default; 0 is no limit.", "N")]
CountCampaigns = Annotated[bool | None, _option("count-campaigns", "Count every text of a possible campaign, not one "
                                                "for all.")]
Workers = Annotated[int | None, _option("workers", "Processes that cut texts and store results while this one encodes; "
                                        "as many as cores by default, 0 is none.", "N")]
WeekStart = Annotated[str | None, _option("week-start", "Day on which weeks begin: monday, saturday or sunday; by "
                                          "default Saturday for fa and ar.", "DAY", choices=True)]
Zone = Annotated[str | None, _option("zone", "Time zone in which days begin, for instance Asia/Tehran.", "NAME")]
ShowAuthors = Annotated[bool | None, _option("show-authors", "Keep the names of those who wrote, and show them.")]
Redact = Annotated[bool | None, typer.Option(
    "--redact/--no-redact", show_default=False, rich_help_panel=_JUDGING,
    help="Take telephone numbers, addresses and other personal data out before anything is stored; done by default.")]
Database = Annotated[str | None, typer.Option(
    "--database", metavar="URL", show_default=False,
    help="Keep the state on a PostgreSQL server, for a team: postgresql+psycopg://user@host/database. "
         "A password is not kept.")]
Config = Annotated[Path | None, typer.Option("--config", metavar="FILE", show_default=False,
                                             help="Settings file; painpoints.toml here is read without being named.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.", rich_help_panel=_TELLING)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes on stderr.",
                                     rich_help_panel=_TELLING)]


def named_settings(given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a command's arguments that are settings and were given."""
    return {field.name: given[field.name] for field in fields(Settings) if given.get(field.name) is not None}


def settings_of(given: Mapping[str, Any], config: Path | None) -> Settings:
    """The settings that a command's arguments and the settings file make. Raises UsageError."""
    overrides = named_settings(given)
    check_choices(overrides)
    return load_settings(overrides, config)
