"""What the page says in one language: gettext catalogues, one a page, read from their source files.

``catalogues/<lang>/<page>.po`` are what people edit; Babel compiles them in memory, so there is no build step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from markupsafe import Markup, escape

from painpoints.report import Edition

LANGUAGES: Mapping[str, str] = {"fa": "فارسی", "ar": "العربية", "ru": "Русский", "en": "English"}
"""The languages of the page, each by its own name."""
_ISOLATE, _END = "\u2068", "\u2069"


@cache
def catalogues(lang: str) -> dict[str, Catalog]:
    """The catalogues of ``lang`` by the page they are of."""
    folder = resources.files("painpoints.triage.web").joinpath("catalogues", lang)
    found = {}
    for path in sorted(folder.iterdir(), key=lambda item: item.name):
        if path.name.endswith(".po"):
            with path.open("rb") as file:
                found[path.name.removesuffix(".po")] = read_po(file, locale=lang)
    return found


@cache
def _translations(lang: str) -> Translations:
    whole = Translations()
    for catalogue in catalogues(lang).values():
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        one = Translations(compiled)
        whole.merge(one)
        # Merging leaves the rule that chooses the plural form behind.
        whole.plural = one.plural
    return whole


@dataclass(frozen=True)
class Wording:
    """The page's wording in the language of ``edition``, for mark-up and, by `text`, for attributes.

    What fills a place is escaped and isolated, so that a name in another script cannot disturb the sentence.
    """

    edition: Edition

    def __call__(self, key: str, **places: object) -> Markup:
        """The wording at ``key`` as mark-up, values in <bdi>. Raises KeyError where there is none."""
        return _filled(self._found(key), places)

    def text(self, key: str, **places: object) -> str:
        """The wording at ``key`` as plain text. Raises KeyError."""
        return self._found(key).format_map({name: f"{_ISOLATE}{value}{_END}" for name, value in places.items()})

    def count(self, key: str, value: int, **places: object) -> Markup:
        """The wording at ``key`` in the plural form of ``value``, which stands at {n}. Raises KeyError."""
        return _filled(self._plural(key, value), {**places, "n": Markup(escape(self.edition.number(value)))})

    def count_text(self, key: str, value: int, **places: object) -> str:
        """As `count`, as plain text."""
        isolated = {name: f"{_ISOLATE}{place}{_END}" for name, place in places.items()}
        return self._plural(key, value).format_map({**isolated, "n": self.edition.number(value)})

    def has(self, key: str) -> bool:
        """Whether there is a wording at ``key``: for codes that come from data."""
        return bool(_translations(self.edition.lang).ugettext(key) != key)

    def _found(self, key: str) -> str:
        text: str = _translations(self.edition.lang).ugettext(key)
        if text == key:
            raise KeyError(key)
        return text

    def _plural(self, key: str, value: int) -> str:
        text: str = _translations(self.edition.lang).ungettext(key, key, value)
        if text == key:
            raise KeyError(key)
        return text


def _filled(text: str, places: Mapping[str, object]) -> Markup:
    return Markup(escape(text)).format_map(
        {name: value if isinstance(value, Markup) else Markup("<bdi>{}</bdi>").format(value)
         for name, value in places.items()})
