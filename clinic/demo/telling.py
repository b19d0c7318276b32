"""Progress that always moves: what is being done, again every few seconds, however long one statement takes. Pure."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: At most so many seconds lie between two lines.
EVERY = 4.0


class Teller:
    """Says how far a step is and for how many seconds it has run; whoever works sets ``words``."""

    def __init__(self, say: Callable[[str], None], words: str, every: float) -> None:
        self.words = words
        self._every = every
        self._say, self._began, self._ended = say, time.monotonic(), threading.Event()

    def run(self) -> None:
        """Say the words at every beat, until the step has ended."""
        while not self._ended.wait(self._every):
            self._say(f"{self.words} ({time.monotonic() - self._began:.0f} s)")

    def end(self) -> None:
        """Say nothing more."""
        self._ended.set()


@contextmanager
def telling(say: Callable[[str], None], words: str, *, every: float = EVERY) -> Iterator[Teller]:
    """Say a step's words at once, and until it ends every few seconds what they have become.

    A thread of its own speaks, also while the database works on one long statement. Nobody forks meanwhile.
    """
    say(words)
    teller = Teller(say, words, every)
    thread = threading.Thread(target=teller.run, name="deqi demo progress", daemon=True)
    thread.start()
    try:
        yield teller
    finally:
        teller.end()
        thread.join()
