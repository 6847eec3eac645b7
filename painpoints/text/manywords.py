"""The folded words of very many texts at once, as `fold_words` gives them one by one."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .wordforms import form_of, is_letter

if TYPE_CHECKING:
    import numpy as np

_AT_ONCE = 20_000
_END, _SPACE = "\x00", ord(" ")
_CODES = 0x110000


def fold_many(texts: Sequence[str]) -> list[str]:
    """What `fold_words` gives of each of ``texts``, four times as fast."""
    forms = _Forms()
    return [folded for first in range(0, len(texts), _AT_ONCE)
            for folded in _folded(texts[first:first + _AT_ONCE], forms)]


class _Forms:
    """The forms of characters as one run of letters: that of code ``c`` has ``sizes[c]`` of them from ``begins[c]``."""

    def __init__(self) -> None:
        import numpy as np

        self._known = np.zeros(_CODES, np.bool_)
        self._begins, self._sizes = np.zeros(_CODES, np.int32), np.zeros(_CODES, np.int32)
        self._letters = np.zeros(0, np.uint32)

    def of(self, codes: np.ndarray) -> np.ndarray:
        """The forms of ``codes`` (n,), one after the other; (m,) uint32."""
        import numpy as np

        for code in np.unique(codes[~self._known[codes]]).tolist():
            form = f" {_END} " if code == ord(_END) else form_of(code)
            self._known[code], self._begins[code], self._sizes[code] = True, len(self._letters), len(form)
            self._letters = np.concatenate([self._letters, _codes(form)])
        sizes = self._sizes[codes]
        ends = sizes.cumsum(dtype=np.int32)
        places = np.repeat(self._begins[codes] - ends + sizes, sizes)
        places += np.arange(len(places), dtype=np.int32)
        return np.asarray(self._letters[places])


def _folded(texts: Sequence[str], forms: _Forms) -> list[str]:
    # Nearly all are normal as they are, which is seen at once; of all joined hardly any would be.
    normal = [unicodedata.normalize("NFC", text) for text in texts]
    joined = _END.join(normal)
    if joined.count(_END) != len(texts) - 1:
        joined = _END.join(text.replace(_END, " ") for text in normal)
    found = forms.of(_codes(f" {joined} "))
    folded = found[~_dropped(found)].tobytes().decode("utf-32-le", "surrogatepass").split(_END)
    # Where no word is, `fold_words` leaves both of its spaces.
    return ["  " if words == " " else words for words in folded] if " " in folded else folded


def _dropped(found: np.ndarray) -> np.ndarray:
    """Spaces after another, and the further ones of three or more alike letters in a row; (m,)."""
    import numpy as np

    again = np.zeros(len(found) + 1, np.bool_)
    again[1:-1] = found[1:] == found[:-1]
    dropped = again[:-1] & (found == _SPACE)
    run = np.flatnonzero(again[:-1] & ~dropped)
    run = run[again[run + 1] | again[run - 1]]
    dropped[run] = [is_letter(chr(code)) for code in found[run].tolist()]
    return np.asarray(dropped)


def _codes(text: str) -> np.ndarray:
    import numpy as np

    return np.asarray(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32))
