"""The digest's wording in one language: a gettext catalogue, read from its source file.

``catalogues/<lang>.po`` are what people edit; Babel compiles them in memory, so there is no build step.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from painpoints.errors import UsageError
from painpoints.report.edition import EDITIONS


@cache
def catalogue(lang: str) -> Catalog:
    """The catalogue of ``lang``; raises UsageError when there is none."""
    if lang not in EDITIONS:
        raise UsageError(f"No digest in the language {lang!r}.", hint=f"There are: {', '.join(EDITIONS)}.")
    path = resources.files("painpoints.report.digest").joinpath("catalogues", f"{lang}.po")
    with path.open("rb") as file:
        return read_po(file, locale=lang)


@cache
def translations(lang: str) -> Translations:
    """The catalogue of ``lang`` ready for use: keys to wording, with the language's plural rule."""
    compiled = BytesIO()
    write_mo(compiled, catalogue(lang))
    compiled.seek(0)
    return Translations(compiled)
