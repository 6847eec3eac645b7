"""Names of persons in texts, found by somebody else's model: a function, or a spaCy pipeline with entities."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterable
from typing import Any

from painpoints.errors import ModelError, UsageError

Names = Callable[[str], Iterable[tuple[int, int]]]
_PERSONS = frozenset({"PER", "PERSON", "I-PER", "B-PER", "PERS"})
_LONGEST = 100_000  # characters that a pipeline is given at a time


@functools.lru_cache(maxsize=4)
def names_hook(spec: str) -> Names:
    """The finder of names that ``spec`` says: "module:function", else the name or folder of a spaCy pipeline.

    The function is given a text and gives back (start, end) of every name in it. Raises UsageError for a module or
    function that is not there, ModelError for a pipeline that cannot be loaded or finds no persons; the hook itself
    raises ModelError when the function fails.
    """
    module, colon, function = spec.partition(":")
    if colon and module.replace(".", "").isidentifier() and function.isidentifier():
        return _checked(spec, _function(spec, module, function))
    return _checked(spec, _pipeline(spec))


def _function(spec: str, module: str, function: str) -> Names:
    try:
        found = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError):
        raise UsageError(f"names: there is no {spec}.",
                         hint="Write module:function; the module must be importable (pip install it, or PYTHONPATH)."
                         ) from None
    except Exception as error:
        raise ModelError(f"names: {module} cannot be imported ({type(error).__name__}).",
                         hint="Mend the module, or leave the setting out.") from None
    if not callable(found):
        raise UsageError(f"names: {spec} is no function.", hint="It takes a text and gives back (start, end) pairs.")
    hook: Names = found
    return hook


def _pipeline(spec: str) -> Names:
    import spacy

    try:
        nlp = spacy.load(spec)
    except (OSError, ValueError, ImportError):
        raise ModelError(f"names: no spaCy pipeline {spec!r}.",
                         hint="Install one (python -m spacy download NAME), name its folder, or write module:function."
                         ) from None
    if not nlp.has_pipe("ner") and not nlp.has_pipe("entity_ruler"):
        raise ModelError(f"names: the spaCy pipeline {spec!r} finds no entities.",
                         hint="Name one with a component ner or entity_ruler.")

    def names(text: str) -> Iterable[tuple[int, int]]:
        for start in range(0, len(text), _LONGEST):
            for entity in nlp(text[start:start + _LONGEST]).ents:
                if entity.label_.upper() in _PERSONS:
                    yield start + entity.start_char, start + entity.end_char

    return names


def _checked(spec: str, names: Names) -> Names:
    """The hook with its failures told without a word of the text."""
    def hook(text: str) -> Iterable[tuple[int, int]]:
        try:
            return [_place(place, len(text)) for place in names(text)]
        except Exception as error:
            raise ModelError(f"names: {spec} failed ({type(error).__name__}).",
                             hint="It takes a text and gives back (start, end) of every name in it.") from None

    return hook


def _place(place: Any, length: int) -> tuple[int, int]:
    start, end = place
    if not (isinstance(start, int) and isinstance(end, int) and 0 <= start <= end <= length):
        raise ValueError("not a place in the text")
    return start, end
