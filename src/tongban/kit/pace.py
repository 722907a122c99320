"""How fast one address may ask: a window in the process's memory, enough to make harvesting slow.

Each web process counts for itself: an address may ask as often in each.
"""

from __future__ import annotations

from collections import OrderedDict

#: Questions an address may ask within a window, and the window's length in seconds.
QUESTIONS = 60
WINDOW_SECONDS = 60
#: Addresses remembered at most; the oldest are forgotten first, so memory is bounded.
ADDRESSES = 20_000


class Pace:
    """Counts questions by address; lives as long as its process."""

    def __init__(self, questions: int = QUESTIONS, window: int = WINDOW_SECONDS) -> None:
        self._questions = questions
        self._window = window
        self._asked: OrderedDict[str, tuple[int, int]] = OrderedDict()

    def wait(self, address: str, at: float) -> int:
        """Seconds to wait before this question may be asked; 0 when it may be asked now (and is counted)."""
        window = int(at) // self._window
        began, count = self._asked.pop(address, (window, 0))
        count = count + 1 if began == window else 1
        self._asked[address] = (window, count)
        if len(self._asked) > ADDRESSES:
            self._asked.popitem(last=False)
        return 0 if count <= self._questions else self._window - int(at) % self._window
