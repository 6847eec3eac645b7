"""painpoints doctor: whether everything needed is there, what was chosen, and how fast it is."""

from __future__ import annotations

import platform
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from importlib import metadata
from typing import Annotated, Any

import typer

from painpoints._version import __version__
from painpoints.cli import options as given
from painpoints.cli.terminal import show, show_json
from painpoints.errors import PainpointsError

NEEDED_DISK_MB = 500
SAMPLE = ("The courier came two hours late.", "Курьер опоздал на два часа.", "پیک دو ساعت دیر رسید.",
          "تأخر المندوب ساعتين.") * 16


def doctor(
    forget: Annotated[bool, typer.Option("--forget", help="Forget the number format that was chosen here.")] = False,
    json: given.Json = False,
) -> None:
    """Check the installation, and choose the number format that encodes fastest here. Exit code 1 if it fails.

    CPU, memory, models, versions and disk are looked at; the choice holds for later runs on this machine.
    """
    if forget:
        from painpoints.encode import forget_choice

        was = forget_choice()
        if json:
            show_json({"forgotten": was})
        else:
            show(["The choice is forgotten: the hardware decides again." if was else "Nothing was chosen here."])
        return
    report = examine()
    if json:
        show_json(report)
    else:
        show(report_lines(report))
    if report["problems"]:
        raise typer.Exit(1)


def examine() -> dict[str, Any]:
    """What is there, by theme; ``problems`` lists what is missing, each with its remedy."""
    problems: list[dict[str, str]] = []

    def attempt(theme: str, look: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
        try:
            return look()
        except PainpointsError as error:
            problems.append({"theme": theme, "problem": error.message, "remedy": error.hint or ""})
        except Exception as error:  # a broken installation breaks anywhere; every other check still goes on
            problems.append({"theme": theme, "problem": f"{type(error).__name__} while looking.",
                             "remedy": "Install painpoints again: pip install --force-reinstall painpoints"})
        return None

    packages = installed_packages()
    problems.extend({"theme": "packages", "problem": f"{name} is not installed.",
                     "remedy": f"Install it with: pip install {name}"}
                    for name, version in packages.items() if version is None)
    room = attempt("disk", disk)
    report = {"painpoints": __version__, "python": platform.python_version(), "packages": packages,
              "machine": attempt("machine", machine), "models": attempt("models", trained_models),
              "disk": room, "encoder": attempt("encoder", choose_format),
              "fast_lane": attempt("fast lane", short_read)}
    if room is not None and room["free_mb"] < NEEDED_DISK_MB and not room["encoder_unpacked"]:
        problems.append({"theme": "disk", "problem": f"{room['cache']}: {room['free_mb']} MB free.",
                         "remedy": f"Free {NEEDED_DISK_MB} MB, or set PAINPOINTS_CACHE to another folder."})
    return {**report, "problems": problems}


def machine() -> dict[str, Any]:
    """CPU, device and precision with the reason, cores, memory that there is and that a run takes at most, in MB."""
    from painpoints.encode import cpu_name, hardware, memory_limit, memory_there

    found, there, limit = hardware(), memory_there(), memory_limit()
    return {"system": f"{platform.system()} {platform.machine()}", "cpu": cpu_name(),
            "cpu_features": list(found.cpu_features), "device": found.device, "precision": found.precision,
            "reason": found.reason, "cores": found.cores, "memory_mb": there and there // 2**20,
            "memory_limit_mb": limit and limit // 2**20}


def trained_models() -> dict[str, Any]:
    """Versions of the heads and the projection. Raises ModelError when they are missing."""
    from painpoints.classify import load_heads
    from painpoints.cluster import load_projection

    heads, projection = load_heads(), load_projection()
    return {"heads": heads.info.version, "heads_encoder": heads.info.encoder,
            "touchpoints": len(heads.info.touchpoints),
            "projection": projection.version, "projection_encoder": projection.encoder}


def disk() -> dict[str, Any]:
    """The cache folder, free MB on its disk, and whether the encoder lies there unpacked."""
    from painpoints.encode import cache_root

    folder = cache_root()
    standing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return {"cache": str(folder), "free_mb": shutil.disk_usage(standing).free // 2**20,
            "encoder_unpacked": any(folder.glob("multilingual-e5-small-*/modules.json"))}


def choose_format() -> dict[str, Any]:
    """Model, where it came from, every number format with texts a second and cosine to fp32, and the one chosen."""
    from painpoints.encode import EMBEDDED_NAME, choose, measure, resolve_model

    source = resolve_model(EMBEDDED_NAME)
    rates = measure()
    choice = choose(rates)
    return {"model": source.name, "source": source.kind, "precision": choice.precision, "reason": choice.reason,
            "formats": [asdict(rate) for rate in rates]}


def short_read() -> dict[str, Any]:
    """The student of the fast lane, seconds to load it, and texts a second over short texts in four languages."""
    from painpoints.encode import load_student

    begun = time.perf_counter()
    student = load_student()
    loaded = time.perf_counter()
    texts = [f"{number} {text}" for number, text in enumerate(SAMPLE)] * 16
    student.encode(texts[:8])
    warm = time.perf_counter()
    student.encode(texts)
    return {"model": student.info.name, "version": student.info.adapter, "load_seconds": round(loaded - begun, 2),
            "texts_per_second": round(len(texts) / (time.perf_counter() - warm))}


def installed_packages() -> dict[str, str | None]:
    """Version of every package that painpoints requires, None where it is missing."""
    try:
        required = metadata.requires("painpoints") or []
    except metadata.PackageNotFoundError:
        required = []
    names = [re.split(r"[\s;<>=!~\[(]", line, maxsplit=1)[0] for line in required if "extra ==" not in line]
    found: dict[str, str | None] = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found


def report_lines(report: dict[str, Any]) -> list[str]:
    """The report for a terminal."""
    lines = [f"painpoints {report['painpoints']}, Python {report['python']}"]
    for theme in ("machine", "models", "disk", "encoder", "fast_lane"):
        facts = report[theme]
        lines += ["", theme.replace("_", " ")]
        lines += ["  could not be looked at"] if facts is None else [
            f"  {name.replace('_', ' '):<18} {', '.join(value) if isinstance(value, list) else value}"
            for name, value in facts.items() if name != "formats"]
        lines += _format_lines((facts or {}).get("formats", []))
    lines += ["", "packages", "  " + ", ".join(f"{name} {version or 'MISSING'}"
                                               for name, version in report["packages"].items()), ""]
    if not report["problems"]:
        return [*lines, "Everything needed is there."]
    for entry in report["problems"]:
        lines += [f"problem: {entry['problem']}", f"   remedy: {entry['remedy']}"]
    return lines


def _format_lines(rates: list[dict[str, Any]]) -> list[str]:
    return [f"  {rate['precision']:<18} {rate['texts_per_second']:>8g} texts/s, cosine {rate['cosine']:.4f}  "
            f"{(rate['refused'] and 'not taken: ' + rate['refused']) or 'chosen'}" for rate in rates]
