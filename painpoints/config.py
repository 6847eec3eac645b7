"""Settings of a run: one frozen object, from painpoints.toml and what the caller overrides."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from painpoints.errors import UsageError

REPORT_LANGUAGES = ("en", "fa", "ar", "ru")
SCOPES = ("problems", "negative", "all")
DETAILS = ("coarse", "normal", "fine")
PRECISIONS = ("bf16", "fp16", "fp32", "int8")
KINDS = ("review", "comment", "transcript")
RATING_SCALES = ("1-5", "0-5", "1-10", "0-10", "0-100", "0-1")
WEEK_STARTS = ("monday", "saturday", "sunday")
REDACTION_STYLES = ("words", "symbols")
ENGINES = ("local", "ray")
SETTINGS_FILE = "painpoints.toml"


@dataclass(frozen=True)
class Settings:
    """Everything that decides a run's result. ``None`` means "find out" or "the built-in one".

    ``model`` is a sentence-transformers id or folder; ``taxonomy`` a company's TOML; ``framework`` how touchpoints make
    stages; ``cluster`` which units make pain points; ``detail`` how fine they are; ``whole`` takes a row as one unit;
    ``fast`` judges with the small student of the full model; ``lang`` the report's language; ``segment`` the column to
    compare by; ``spacy`` a user's own pipeline; ``namer`` the address of a chat endpoint that titles pain points and
    ``namer_model`` its model; ``week_start`` the day on which weeks begin (by default Saturday for fa and ar, Monday
    for the others) and ``zone`` the time zone (IANA's name) in which days begin; ``alert_cooldown_days`` how long a
    pain point is not told again as an alert; ``show_authors`` keeps and shows the names of those who wrote;
    ``upload_mb`` is the largest file that may be uploaded. ``author_limit`` is how many votes one author has for one
    pain point (0: any number); ``count_campaigns`` counts every document of a possible campaign. ``redact`` takes
    personal data out of everything that is read, ``redact_kinds`` of these kinds (empty: all but numbers of orders; see
    ``painpoints.text.KINDS``), ``redact_style`` says how what stands for them looks; ``keep_numbers`` are patterns of
    numbers that stay, ``brands`` names under which the brand itself writes, which stay as well ("": it does not write),
    and ``names`` finds names of persons: a function as "module:function", or a spaCy pipeline. ``min_authors`` people
    at least stand behind what digests and reports quote or name (1: anybody may be quoted). The rest names columns and
    forms of the input (see ``painpoints.read.ReadOptions``). ``shard_rows`` documents are worked on at a time, in
    ``workers`` processes beside the one that encodes (None: as many as there are cores, where that pays; 0: none);
    fewer of both where they do not fit into ``memory`` ("4GB"; by default 80 % of what there is), which is for all but
    the clustering step. ``cache`` keeps vectors for later runs, in ``cache_dir`` if that is given, in at most
    ``cache_size`` GB. ``work`` is the folder below which a run is worked on that is to lie at an address (None: one in
    the user's cache).
    ``engine`` is local or ray: there every worker encodes, on the nodes of the cluster at ``address`` (None: the one
    of RAY_ADDRESS, else one on this machine).
    """

    model: str | None = None
    precision: str | None = None
    taxonomy: str | None = None
    framework: str | None = None
    cluster: str = "problems"
    detail: str = "normal"
    whole: bool = False
    fast: bool = False
    lang: str = "en"
    segment: str | None = None
    namer: str | None = None
    namer_model: str | None = None
    spacy: str | None = None
    text: str | None = None
    title: str | None = None
    pros: str | None = None
    cons: str | None = None
    id: str | None = None
    time: str | None = None
    rating: str | None = None
    author: str | None = None
    source: str | None = None
    product: str | None = None
    language: str | None = None
    kind: str | None = None
    rating_scale: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    agent: str | None = None
    customer: str | None = None
    preset: str | None = None
    limit: int | None = None
    week_start: str | None = None
    zone: str = "UTC"
    alert_cooldown_days: int = 14
    show_authors: bool = False
    author_limit: int = 5
    count_campaigns: bool = False
    upload_mb: int = 100
    redact: bool = True
    redact_kinds: tuple[str, ...] = ()
    redact_style: str = "words"
    keep_numbers: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    names: str | None = None
    min_authors: int = 1
    shard_rows: int = 2000
    engine: str = "local"
    address: str | None = None
    workers: int | None = None
    cache: bool = True
    cache_dir: str | None = None
    cache_size: int = 2
    work: str | None = None
    memory: str | None = None

    def __post_init__(self) -> None:
        for name, known in (("lang", REPORT_LANGUAGES), ("cluster", SCOPES), ("detail", DETAILS),
                            ("precision", (None, *PRECISIONS)), ("kind", (None, *KINDS)),
                            ("rating_scale", (None, *RATING_SCALES)), ("week_start", (None, *WEEK_STARTS)),
                            ("redact_style", REDACTION_STYLES), ("engine", ENGINES)):
            if getattr(self, name) not in known:
                raise UsageError(f"{name} cannot be {getattr(self, name)!r}.",
                                 hint=f"Use one of: {', '.join(k for k in known if k is not None)}.")
        for name in ("limit", "alert_cooldown_days", "upload_mb", "min_authors", "shard_rows", "cache_size"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise UsageError(f"{name} cannot be {value}.", hint="Give a number of at least 1.")
        for name in _LISTS:  # JSON and TOML know lists only
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if self.workers is not None and self.workers < 0:
            raise UsageError(f"workers cannot be {self.workers}.", hint="Give a number of processes, or 0 for none.")
        if self.author_limit < 0:
            raise UsageError(f"author_limit cannot be {self.author_limit}.",
                             hint="Give a number of votes, or 0 for no limit.")
        if not _is_zone(self.zone):
            raise UsageError(f"zone cannot be {self.zone!r}.", hint="Name one of IANA's, for instance Asia/Tehran.")

    def first_weekday(self, lang: str | None = None) -> int:
        """The weekday on which weeks begin, 0 for Monday: as set, or as readers of ``lang`` (default: own) count."""
        if self.week_start is not None:
            return {"monday": 0, "saturday": 5, "sunday": 6}[self.week_start]
        return 5 if (lang or self.lang) in ("fa", "ar") else 0

    def today(self) -> date:
        """The day that it is now in the time zone."""
        return datetime.now(ZoneInfo(self.zone)).date()

    def as_dict(self) -> dict[str, Any]:
        """The settings as the manifest records them."""
        return asdict(self)


_LISTS = tuple(field.name for field in fields(Settings) if str(field.type).startswith("tuple"))


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        return False
    return True


def load_settings(overrides: Mapping[str, Any] | None = None, path: Path | str | None = None) -> Settings:
    """Settings from the TOML file at ``path`` (default: painpoints.toml here, if there is one) and ``overrides``.

    Overrides that are None are taken as not given. Raises UsageError for unknown names, with the nearest known one,
    and for values of the wrong type.
    """
    settings = Settings()
    file = Path(SETTINGS_FILE) if path is None else Path(path)
    if path is not None or file.is_file():
        settings = _checked(settings, _read(file), str(file))
    return _checked(settings, {k: v for k, v in (overrides or {}).items() if v is not None}, "options")


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise UsageError(f"{file}: no such file.", hint="Name a TOML file with --config.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{file}: not a readable TOML file ({error}).",
                         hint="Mend it, or name another with --config.") from None


def _checked(settings: Settings, given: Mapping[str, Any], where: str) -> Settings:
    types = {field.name: str(field.type) for field in fields(Settings)}
    for name, value in given.items():
        if name not in types:
            near = difflib.get_close_matches(name, types, 1)
            raise UsageError(f"{where}: there is no setting {name!r}.",
                             hint=f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(types)}.")
        if name in _LISTS:
            if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
                raise UsageError(f"{where}: {name} must be a list of texts.", hint=f'For instance: {name} = ["..."]')
            continue
        wanted = bool if types[name] == "bool" else int if types[name].startswith("int") else str
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise UsageError(f"{where}: {name} must be {wanted.__name__}, not {type(value).__name__}.")
    return replace(settings, **given)
