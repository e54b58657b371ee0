"""Text of a file as it may be printed: control characters are shown, not obeyed."""

from __future__ import annotations

import unicodedata
from typing import Any

_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Control characters, formats such as the direction of writing, halves of characters, ends of lines."""


def visible(text: str, keep: str = "") -> str:
    r"""The text with such characters as ``\u001b``, which in JSON means the same; ``keep`` names some as is.

    >>> visible("1\x1b[8m\u202e2\n3")
    '1\\u001b[8m\\u202e2\\u000a3'
    """
    return "".join(
        char if char in keep or unicodedata.category(char) not in _HIDDEN else _escaped(char)
        for char in text
    )


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[n : n + 4]}" for n in range(0, len(units), 4))


class VisibleStream:
    """A stream on which nothing but the end of a line is obeyed."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what may be printed of it."""
        self._stream.write(visible(text, "\n\t"))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
