"""The application: quick help, one line for every mistake, exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import painpoints
from painpoints.errors import QualityGateError

if TYPE_CHECKING:
    from conftest import Run


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    code = """
import json, sys, time
begun = time.process_time()
from painpoints.cli import main
code = main(["--help"])
heavy = {"torch", "numpy", "polars", "spacy", "pyarrow", "jinja2", "sklearn", "transformers"} & set(sys.modules)
print(json.dumps([code, time.process_time() - begun, sorted(heavy)]))
"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "mine" in shown and "score" in shown and "preview" in shown and "doctor" in shown
    exit_code, seconds, heavy = json.loads(shown.splitlines()[-1])
    assert (exit_code, heavy) == (0, [])
    assert seconds < 0.5


@pytest.mark.parametrize("command", ["mine", "score", "preview", "doctor"])
def test_every_command_has_help(command: str, run: Run) -> None:
    ended = run(command, "--help")
    assert ended.code == 0 and "--json" in ended.out and ended.err == ""


def test_version(run: Run) -> None:
    assert run("--version").out == f"painpoints {painpoints.__version__}\n"


def test_nothing_named_shows_the_help(run: Run) -> None:
    ended = run()
    assert ended.code == 2 and "Usage" in ended.err + ended.out


@pytest.mark.parametrize(("arguments", "line", "remedy"), [
    (["mien"], "error: No such command 'mien'. Did you mean 'mine'?", "hint: See painpoints --help."),
    (["mine", "x.csv", "--framwork", "x"], "--framework", "hint: See painpoints mine --help."),
    (["mine", "x.csv", "--limit", "many"], "--limit", "hint: See painpoints mine --help."),
    (["mine"], "error: There is no input.", "hint: Name a file, a folder, or - for the standard input."),
    (["mine", "x.csv", "--detail", "fien"], "error: --detail cannot be 'fien'.",
     "hint: Did you mean 'fine'? Known: coarse, normal, fine."),
    (["mine", "x.csv", "--framework", "five-stages"], "error: --framework cannot be 'five-stages'.",
     "hint: Did you mean 'five-stage'?"),
    (["mine", "x.csv", "--lang", "fr"], "error: --lang cannot be 'fr'.", "hint: Known: en, fa, ar, ru."),
    (["mine", "x.csv", "--cluster", "problem"], "error: --cluster cannot be 'problem'.", "Did you mean 'problems'?"),
    (["mine", "x.csv", "--kind", "reviews"], "error: --kind cannot be 'reviews'.", "Did you mean 'review'?"),
    (["mine", "x.csv", "--precision", "bf61"], "error: --precision cannot be 'bf61'.", "Did you mean 'bf16'?"),
    (["mine", "x.csv", "--rating-scale", "1-7"], "error: --rating-scale cannot be '1-7'.", "Known: 1-5, 0-5"),
    (["score", "x.csv", "-o", "out.txt"], "error: out.txt: the name does not say what to write.", ".parquet, .csv"),
    (["mine", "x.csv", "--config", "no.toml"], "error: no.toml: no such file.", "--config"),
    (["mine", "--resume", "no-run"], "error: no-run: not a run folder.", "painpoints mine -o"),
    (["mine", "--resume", "no-run", "--lang", "fa"], "error: --resume goes on with", "painpoints mine --resume no-run"),
])
def test_a_mistake_is_one_line_and_its_remedy(arguments: list[str], line: str, remedy: str, run: Run) -> None:
    ended = run(*arguments)
    assert ended.code == 2
    assert ended.out == ""
    message, hint = ended.err.splitlines()
    assert message.startswith("error: ") and line in message
    assert hint.startswith("hint: ") and remedy in hint


def test_a_mistake_in_the_settings_file_names_the_file(run: Run, tmp_path: Path) -> None:
    (tmp_path / "painpoints.toml").write_text('framwork = "three-stage"\n', "utf8")
    ended = run("mine", "x.csv")
    assert ended.code == 2
    assert ended.err.splitlines() == ["error: painpoints.toml: there is no setting 'framwork'.",
                                      "hint: Did you mean 'framework'?"]


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr("painpoints.cli.doctor.examine", fail)


def test_what_nobody_foresaw_names_type_and_place_but_no_text(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, RuntimeError("the customer wrote: my card number is 4242"))
    ended = run("doctor")
    assert ended.code == 1
    assert ended.err.startswith("error: unexpected RuntimeError at ")
    assert "4242" not in ended.err and "Traceback" not in ended.err
    assert len(ended.err.splitlines()) == 2


def test_a_traceback_is_shown_on_demand(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, RuntimeError("broken"))
    monkeypatch.setenv("PAINPOINTS_DEBUG", "1")
    assert "Traceback" in run("doctor").err


@pytest.mark.parametrize(("error", "code", "line"), [
    (QualityGateError("recall is 0.61, under 0.7."), 3, "error: recall is 0.61, under 0.7."),
    (KeyboardInterrupt(), 130, "Interrupted."),
    (BrokenPipeError(), 0, ""),
    (MemoryError(), 2, "error: there is not enough memory."),
    (RuntimeError("DefaultCPUAllocator: can't allocate memory"), 2, "error: there is not enough memory."),
])
def test_exit_codes(error: BaseException, code: int, line: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, error)
    ended = run("doctor")
    assert ended.code == code
    assert line in ended.err.split("\n") and ended.err.count("Interrupted") <= 1
    assert "Traceback" not in ended.err


def test_a_reader_who_leaves_ends_the_command_quietly(spawn: Callable[..., subprocess.Popen[str]]) -> None:
    process = spawn("mine", "--help")
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    process.wait(30)


@pytest.mark.parametrize(("option", "typed", "offered"), [
    ("--framework", "f", {"four-stage", "five-stage"}), ("--lang", "", {"en", "fa", "ar", "ru"}),
    ("--detail", "co", {"coarse"}), ("--cluster", "n", {"negative"})])
def test_the_shell_completes_values(option: str, typed: str, offered: set[str]) -> None:
    environment = {"_PAINPOINTS_COMPLETE": "complete_bash", "COMP_WORDS": f"painpoints mine {option} {typed}",
                   "COMP_CWORD": "3", "PATH": "/usr/bin:/bin"}
    code = "import sys; sys.argv = ['painpoints']; from painpoints.cli import main; sys.exit(main())"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert set(shown.stdout.split()) == offered
