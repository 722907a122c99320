"""The breaker: a source that keeps failing is left alone for a while, so that nobody waits for it."""

from __future__ import annotations

from collections import deque
from typing import Literal

#: So many failures within so many seconds open it; after so many more one call may try again.
FAILURES = 5
WITHIN = 30.0
REST = 10.0


class Breaker:
    """One resource's breaker 熔断 in one process; instants are seconds of a monotonic clock.

    Closed, it lets everybody through. Open, nobody. After :data:`REST` it is half open: one call tries, the
    others wait for its outcome; success closes it, failure opens it again. A trial that never reports back
    (its request was cancelled) makes room for the next after another rest. What comes of a call that had begun
    before it opened tells of the time before, and changes nothing.
    """

    def __init__(self) -> None:
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._opened_at: float | None = None
        self._resting_until = 0.0

    def state(self, moment: float) -> Literal["closed", "open", "half_open"]:
        """How it stands."""
        if self._opened_at is None:
            return "closed"
        return "open" if moment < self._resting_until else "half_open"

    def allows(self, moment: float) -> bool:
        """Whether a call may go now; when half open, the one that asks first is the trial."""
        state = self.state(moment)
        if state == "half_open":
            self._resting_until = moment + REST
        return state != "open"

    def succeeded(self, *, begun: float) -> None:
        """The source answered a call that began at ``begun``: closed, unless the call is older than the opening."""
        if not self._is_late(begun):
            self._failures.clear()
            self._opened_at = None

    def failed(self, moment: float, *, begun: float) -> None:
        """The source did not answer, or answered nonsense, to a call that began at ``begun``."""
        if self._is_late(begun):
            return
        self._failures.append(moment)
        many = len(self._failures) == FAILURES and moment - self._failures[0] <= WITHIN
        if many or self._opened_at is not None:
            self._opened_at = moment
            self._resting_until = moment + REST

    def _is_late(self, begun: float) -> bool:
        return self._opened_at is not None and begun <= self._opened_at
