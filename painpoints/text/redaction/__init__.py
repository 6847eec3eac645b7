"""A text comes in, the same text goes out with readable tokens in place of what tells who somebody is.

Every token keeps its place in both texts, and a keyed pseudonym by which the same value is known again.
Found by form, checksum and the words beside it, in any digit script; names of persons only through a hook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.text.redaction.kinds import DEFAULT_KINDS, KINDS
    from painpoints.text.redaction.redactor import DocumentRedactor, Found, Redacted, Redactor

__all__ = ["DEFAULT_KINDS", "KINDS", "DocumentRedactor", "Found", "Redacted", "Redactor"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "kinds": ["DEFAULT_KINDS", "KINDS"],
    "redactor": ["DocumentRedactor", "Found", "Redacted", "Redactor"],
})
