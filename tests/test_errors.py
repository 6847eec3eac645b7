"""Errors: one line, a remedy, an exit code, and nothing of what customers wrote."""

from __future__ import annotations

import inspect
import pickle

import pytest

from painpoints import errors
from painpoints.errors import MissingExtraError, PainpointsError

CLASSES = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, PainpointsError)]
PLAIN = [c for c in CLASSES if c is not MissingExtraError]


def drawn() -> dict[str, tuple[str, int]]:
    """Class to (parent, exit code), as the tree in the module's docstring has them."""
    rows: dict[str, tuple[str, int]] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        words = line.replace("│", " ").replace("├──", "   ").replace("└──", "   ").split()
        if not words or not words[0].endswith("Error"):
            continue
        depth = (len(line) - len(line.lstrip("│├└─ "))) // 4 - 1
        path[depth:] = [words[0]]
        code = next(int(word) for word in words[1:] if word.isdigit())
        rows[words[0]] = (path[depth - 1] if depth else "Exception", code)
    return rows


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    assert drawn() == {c.__name__: (c.__bases__[0].__name__, c.exit_code) for c in CLASSES}


def test_exit_codes_are_those_of_the_house() -> None:
    assert {c.exit_code for c in CLASSES} == {1, 2, 3}


@pytest.mark.parametrize("kind", PLAIN, ids=lambda c: c.__name__)
def test_a_message_is_followed_by_its_remedy(kind: type[PainpointsError]) -> None:
    error = kind("reviews.csv: no text column.", hint="Name it with --text COLUMN.")
    assert (error.message, error.hint) == ("reviews.csv: no text column.", "Name it with --text COLUMN.")
    assert str(error) == "reviews.csv: no text column. Name it with --text COLUMN."


@pytest.mark.parametrize("kind", PLAIN, ids=lambda c: c.__name__)
def test_without_a_remedy_the_message_stands_alone(kind: type[PainpointsError]) -> None:
    assert str(kind("reviews.csv: empty.")) == "reviews.csv: empty."


def test_a_missing_package_says_what_needs_it_and_how_to_install_it() -> None:
    error = MissingExtraError("ray", "cluster", "Running on several machines")
    assert str(error) == ("Running on several machines needs the package ray, which is not installed. "
                          "Install it with: pip install 'painpoints[cluster]'")


@pytest.mark.parametrize("error", [errors.InputError("a.csv: binary.", hint="Give text."),
                                   MissingExtraError("ray", "cluster", "Scale")], ids=["plain", "extra"])
def test_an_error_survives_the_way_back_from_another_process(error: PainpointsError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), copy.message, copy.hint, copy.exit_code) == (
        type(error), error.message, error.hint, error.exit_code)
