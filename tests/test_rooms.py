"""The house rules: which room may know which, and how a room presents itself."""

from __future__ import annotations

import ast
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import painpoints

HOUSE = Path(painpoints.__file__).parent
GROUND = ("_version", "_lazy", "_memory", "_threads", "errors", "config", "taxonomy")
ROOMS = ("read", "text", "encode", "classify", "cluster", "store", "track", "report", "pipeline", "triage", "cli")
ORDER = (*GROUND, *ROOMS)
MOST_LINES = 400
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}


@dataclass(frozen=True)
class Module:
    name: str
    source: str
    package: bool

    @property
    def room(self) -> str:
        """The folder or file under painpoints/ this belongs to; empty for painpoints/__init__.py."""
        return self.name.split(".")[1] if "." in self.name else ""


@cache
def modules() -> tuple[Module, ...]:
    found = []
    for path in sorted(HOUSE.rglob("*.py")):
        parts = path.relative_to(HOUSE.parent).with_suffix("").parts
        package = parts[-1] == "__init__"
        found.append(Module(".".join(parts[:-1] if package else parts), path.read_text("utf8"), package))
    return tuple(found)


@cache
def face(room: str) -> frozenset[str] | None:
    """The names a room's ``__init__`` exports; None for a plain module, all of whose names are public."""
    for module in modules():
        if module.name == f"painpoints.{room}" and module.package:
            return exported(ast.parse(module.source))
    return None


def exported(tree: ast.Module) -> frozenset[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets):
            return frozenset(ast.literal_eval(node.value))
    return frozenset()


def imports(module: Module) -> Iterator[tuple[str, str | None]]:
    """(module, name) of every import of ours, wherever it stands in the file."""
    for node in ast.walk(ast.parse(module.source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names if alias.name.split(".")[0] == "painpoints")
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                home = module.name.split(".")
                home = home[:len(home) - node.level + module.package]
                base = ".".join([*home, base]) if base else ".".join(home)
            if base.split(".")[0] != "painpoints":
                continue
            for alias in node.names:
                if base == "painpoints" and alias.name not in painpoints.__all__:
                    yield f"painpoints.{alias.name}", None
                else:
                    yield base, alias.name


def breaches(module: Module) -> list[str]:
    """One line for every import of ``module`` that the house does not allow."""
    # The package's own face stands on the pipeline; the module that `python -m` runs stands on everything.
    place = {"": ORDER.index("pipeline") + 0.5, "__main__": len(ORDER)}
    own = place.get(module.room, ORDER.index(module.room) if module.room in ORDER else -1)
    found = []
    for target, name in imports(module):
        parts = target.split(".")
        if len(parts) == 1:
            if own <= place[""]:
                found.append(f"{module.name} imports the package's own face")
            continue
        room = parts[1]
        if room == module.room:
            continue
        if room not in ORDER or ORDER.index(room) >= own:
            found.append(f"{module.name} imports {target}, which is not above it")
            continue
        names = face(room)
        inside = names is not None and (len(parts) > 2 or (name is not None and name not in names))
        if module.room and inside:
            found.append(f"{module.name} reaches past the face of {room} for {target}.{name}")
    return found


def test_every_folder_is_a_room_with_a_place_in_the_flow() -> None:
    folders = {path.parent.name for path in HOUSE.glob("*/__init__.py")}
    assert {"read", "text", "encode", "classify", "cluster", "store", "report", "pipeline"} <= folders
    assert folders <= set(ORDER)


@pytest.mark.parametrize("module", modules(), ids=lambda m: m.name)
def test_a_module_imports_only_faces_of_rooms_above_its_own(module: Module) -> None:
    assert breaches(module) == []


def test_the_packages_own_face_stands_on_the_pipeline_and_the_clusters_alone() -> None:
    root = next(m for m in modules() if m.name == "painpoints")
    assert {target.split(".")[1] for target, _ in imports(root)} == {"_lazy", "_version", "cluster", "pipeline"}


def test_nothing_imports_the_command_line() -> None:
    guilty = [m.name for m in modules() if m.room not in ("cli", "__main__")
              and any(target.split(".")[1:2] == ["cli"] for target, _ in imports(m))]
    assert guilty == []


@pytest.mark.parametrize(("home", "line"), [
    ("painpoints.text.units", "from painpoints.read.options import ReadOptions"),
    ("painpoints.text.units", "def f():\n    from painpoints.encode import load_encoder"),
    ("painpoints.text.units", "if True:\n    import painpoints.read.options"),
    ("painpoints.text.units", "from painpoints.read import not_exported"),
    ("painpoints.text.units", "from ..encode import load_encoder"),
    ("painpoints.text.units", "from painpoints import encode"),
    ("painpoints.text.units", "from painpoints import mine"),
    ("painpoints.report.page", "from painpoints.cli import main"),
    ("painpoints.errors", "from painpoints.config import Settings"),
    ("painpoints.taxonomy.load", "from painpoints.read import read_documents"),
    ("painpoints.errors", "import painpoints.unheard_of"),
])
def test_the_import_rule_catches_what_it_is_there_to_catch(home: str, line: str) -> None:
    assert breaches(Module(home, line, package=False))


@pytest.mark.parametrize(("home", "line"), [
    ("painpoints.text.units", "from painpoints.text.offsets import anything"),
    ("painpoints.text.units", "from .offsets import anything"),
    ("painpoints.text.units", "from painpoints.errors import InputError"),
    ("painpoints.classify.judge", "from painpoints.taxonomy import Taxonomy"),
    ("painpoints.report.page", "from painpoints.store import RunData"),
    ("painpoints.text.units", "import numpy as np"),
])
def test_the_import_rule_lets_pass_what_is_allowed(home: str, line: str) -> None:
    assert breaches(Module(home, line, package=False)) == []


@pytest.mark.parametrize("module", modules(), ids=lambda m: m.name)
def test_a_module_is_short_and_has_a_name_that_means_something(module: Module) -> None:
    assert len(module.source.splitlines()) <= MOST_LINES
    assert not NAMELESS & set(module.name.split("."))


@pytest.mark.parametrize("module", [m for m in modules() if m.source.strip() and m.name != "painpoints._version"],
                         ids=lambda m: m.name)
def test_a_module_says_what_it_is_about(module: Module) -> None:
    assert ast.get_docstring(ast.parse(module.source))


@pytest.mark.parametrize("room", [m for m in modules() if m.package and m.name.count(".") == 1], ids=lambda m: m.name)
def test_a_room_presents_itself_in_three_lines(room: Module) -> None:
    lines = [line for line in (ast.get_docstring(ast.parse(room.source)) or "").splitlines() if line.strip()]
    assert len(lines) == 3


@pytest.mark.parametrize("name", [m.name for m in modules() if m.package and m.name.count(".") <= 1])
def test_every_exported_name_is_there(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__all__
    for exported_name in module.__all__:
        assert getattr(module, exported_name) is not None, exported_name


@pytest.mark.parametrize("name", [m.name for m in modules() if m.package and m.name.count(".") <= 1])
def test_a_name_a_room_does_not_export_is_an_attribute_error(name: str) -> None:
    module = importlib.import_module(name)
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = module.no_such_name


def test_the_package_exports_five_names() -> None:
    assert painpoints.__all__ == ["Findings", "PainPointModel", "__version__", "mine", "score"]


def test_importing_the_package_and_its_faces_loads_no_heavy_library() -> None:
    faces = [m.name for m in modules() if m.package and m.name.count(".") == 1]
    code = f"""
import json, sys
import painpoints
alone = sorted(sys.modules)
for name in {faces!r}:
    __import__(name)
print(json.dumps([alone, sorted(sys.modules)]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    alone, with_faces = (set(names) for names in json.loads(done.stdout))
    heavy = {"torch", "numpy", "polars", "spacy", "pandas", "pyarrow", "transformers", "jinja2", "sklearn", "scipy"}
    assert not heavy & alone
    assert not heavy & with_faces
