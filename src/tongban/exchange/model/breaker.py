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
    (its request was cancelled) makes room for the next after another rest.
    """

    def __init__(self) -> None:
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._resting_until: float | None = None

    def state(self, moment: float) -> Literal["closed", "open", "half_open"]:
        """How it stands."""
        if self._resting_until is None:
            return "closed"
        return "open" if moment < self._resting_until else "half_open"

    def allows(self, moment: float) -> bool:
        """Whether a call may go now; when half open, the one that asks first is the trial."""
        state = self.state(moment)
        if state == "half_open":
            self._resting_until = moment + REST
        return state != "open"

    def succeeded(self) -> None:
        """The source answered: closed, whatever was before."""
        self._failures.clear()
        self._resting_until = None

    def failed(self, moment: float) -> None:
        """The source did not answer."""
        if self._resting_until is not None:
            self._resting_until = moment + REST
            return
        self._failures.append(moment)
        if len(self._failures) == FAILURES and moment - self._failures[0] <= WITHIN:
            self._resting_until = moment + REST
