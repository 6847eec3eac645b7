"""A digest in one of its forms: HTML, Markdown, plain text or JSON, or as a message."""

from __future__ import annotations

from painpoints.errors import UsageError
from painpoints.report.delivery import Message
from painpoints.report.digest.forms import headline, render_html, render_markdown, render_text
from painpoints.report.digest.jsonform import digest_json
from painpoints.report.digest.model import Digest
from painpoints.report.edition import Edition

DIGEST_FORMS = {"html": "html", "md": "md", "text": "txt", "json": "json"}
"""The forms and how their files end."""
_RENDERERS = {"html": render_html, "md": render_markdown, "text": render_text}


def render_digest(digest: Digest, form: str, edition: Edition) -> str:
    """``digest`` in ``form``, one of ``DIGEST_FORMS``. Raises UsageError for another one."""
    if form == "json":
        return digest_json(digest)
    if form not in _RENDERERS:
        raise UsageError(f"A digest cannot be written as {form!r}.", hint=f"Use one of: {', '.join(DIGEST_FORMS)}.")
    return _RENDERERS[form](digest, edition)


def digest_message(digest: Digest, edition: Edition) -> Message:
    """``digest`` as it is sent: places take HTML, Markdown or text, as they are made for."""
    return Message(headline(digest, edition), *(render_digest(digest, form, edition) for form in _RENDERERS))
