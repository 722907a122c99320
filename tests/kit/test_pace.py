"""How fast one address may ask. Pure."""

from __future__ import annotations

from tongban.kit import pace as paces
from tongban.kit.pace import Pace


def test_an_address_that_asks_too_fast_waits() -> None:
    pace = Pace(questions=3, window=60)
    assert [pace.wait("a", 600 + second) for second in range(4)] == [0, 0, 0, 57]
    assert pace.wait("b", 603) == 0
    assert pace.wait("a", 660) == 0


def test_the_memory_is_bounded_and_the_oldest_goes_first() -> None:
    pace = Pace(questions=1, window=60)
    for number in range(paces.ADDRESSES + 1):
        pace.wait(str(number), 600)
    assert pace.wait("0", 600) == 0 and pace.wait(str(paces.ADDRESSES), 600) == 60
