"""How far long work has come: on a terminal one line, rewritten; elsewhere a plain line a tenth."""

from __future__ import annotations

import sys
from threading import Lock
from types import TracebackType
from typing import TextIO

_PLAIN = 10
"""How many lines there are at most where nobody watches: a log of hundreds would hide what is wrong."""


class Progress:
    """Counts steps and tells of them on stderr, so that what a script reads stays clean.

    Use it in ``with``: what is said next then starts on a line of its own.
    """

    def __init__(self, label: str = "", stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.label = label
        self.total = self.done = 0
        self._is_terminal = self.stream.isatty()
        self._lock = Lock()  # a step may be told by another thread than the one that counts on

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._write("")

    def note(self, text: str) -> None:
        """Say what is going on before anything can be counted: to who watches, not in a log."""
        self._write(text)

    def start(self, total: int, label: str = "") -> None:
        """Begin to count so many steps; what is made of them is said before the count."""
        self.total, self.done, self.label = total, 0, label or self.label
        self._write(f"{self.label} 0/{total}")

    def step(self, what: str) -> None:
        """One more is done."""
        with self._lock:
            before, self.done = self.done, min(self.done + 1, self.total)
            text = f"{self.label} {self.done}/{self.total}  {what}"
            if self._is_terminal:
                self._write(text)
            elif self.done * _PLAIN // self.total > before * _PLAIN // self.total:
                print(text, file=self.stream, flush=True)

    def _write(self, text: str) -> None:
        """Write over the line; nothing where lines cannot be written over."""
        if self._is_terminal:
            self.stream.write(f"\r\x1b[K{text}")
            self.stream.flush()
