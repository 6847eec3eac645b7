"""What an installed painpoints holds."""

from __future__ import annotations

import fnmatch
import tomllib
from importlib import resources
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["tool"]["setuptools"]


def test_every_folder_with_code_is_packed() -> None:
    inits = (ROOT / "painpoints").rglob("__init__.py")
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in inits}
    assert set(SETTINGS["packages"]) == found | {"painpoints_models"}


def test_every_data_file_is_packed() -> None:
    patterns = [pattern.removeprefix("**/") for pattern in SETTINGS["package-data"]["painpoints"]]
    data = [path for path in (ROOT / "painpoints").rglob("*") if path.is_file() and path.suffix not in (".py", ".pyc")]
    assert len(data) > 20
    for path in data:
        assert any(fnmatch.fnmatch(path.name, pattern) for pattern in patterns), path.name


def test_trained_models_are_found_through_their_package() -> None:
    home = resources.files("painpoints_models")
    assert home.joinpath("heads", "heads.safetensors").is_file()
    assert home.joinpath("pain-projection", "projection.safetensors").is_file()
