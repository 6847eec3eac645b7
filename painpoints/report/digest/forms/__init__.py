"""A digest as people read it: e-mail-safe HTML, Markdown and plain text, in Persian, Arabic, Russian or English.

Comes in: a `Digest` and an `Edition`. Goes out: text.
Promise: the same words and numbers in every form; customers' words never become mark-up or leave their direction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.report.digest.forms.blocks import Page
    from painpoints.report.digest.forms.html import isolates_as_markup, render_html
    from painpoints.report.digest.forms.isolation import without_isolates
    from painpoints.report.digest.forms.lead import headline, three_sentences
    from painpoints.report.digest.forms.markdown import render_markdown
    from painpoints.report.digest.forms.page import digest_page
    from painpoints.report.digest.forms.plain import render_text
    from painpoints.report.digest.forms.voice import Voice

__all__ = ["Page", "Voice", "digest_page", "headline", "isolates_as_markup", "render_html", "render_markdown",
           "render_text", "three_sentences", "without_isolates"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "blocks": ["Page"],
    "html": ["isolates_as_markup", "render_html"],
    "isolation": ["without_isolates"],
    "lead": ["headline", "three_sentences"],
    "markdown": ["render_markdown"],
    "page": ["digest_page"],
    "plain": ["render_text"],
    "voice": ["Voice"],
})
