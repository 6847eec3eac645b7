"""The style sheet: readable contrast in light, dark and print."""

from __future__ import annotations

import re
from importlib import resources

import pytest

CSS = resources.files("painpoints.report").joinpath("templates", "report.css").read_text("utf8")
PALETTES = re.findall(r":root \{(.*?)\}", CSS, re.S)
TEXT_ON = [("ink", "paper"), ("ink", "card"), ("muted", "paper"), ("muted", "card"), ("accent", "paper"),
           ("accent", "card"), ("neg", "paper"), ("neg", "card"), ("pos", "paper"), ("pos", "card"), ("ink", "warn"),
           ("muted", "warn"), ("neg", "warn"), ("accent", "warn"), ("ink", "accent-soft")]
SHAPE_ON = [("neg-bar", "paper"), ("neg-bar", "card"), ("pos-bar", "paper"), ("pos-bar", "card"), ("accent", "track")]


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(c * 2 for c in digits)
    parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, two: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", PALETTES, ids=["light", "dark", "print"])
def test_contrast_is_wcag_aa(palette: str) -> None:
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+);", palette))
    for text, ground in TEXT_ON:
        assert _contrast(tokens[text], tokens[ground]) >= 4.5, (text, ground)
    for shape, ground in SHAPE_ON:
        assert _contrast(tokens[shape], tokens[ground]) >= 3, (shape, ground)


def test_there_are_three_palettes_with_the_same_tokens() -> None:
    names = [set(re.findall(r"--([\w-]+):", palette)) for palette in PALETTES]
    assert len(names) == 3 and names[0] == names[1] == names[2]


def test_text_follows_the_reading_direction() -> None:
    assert re.findall(r"(?:margin|padding|border)-(?:left|right)\s*:", CSS) == []
