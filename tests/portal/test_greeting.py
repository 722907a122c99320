"""How the home page greets, by the city's hour."""

from __future__ import annotations

import pytest

from tongban.portal.model import greeting


@pytest.mark.parametrize(
    ("hour", "words"),
    [
        *((0, "您好"), (1, "您好"), (4, "您好"), (5, "上午好"), (11, "上午好")),
        *((12, "下午好"), (18, "下午好"), (19, "晚上好"), (23, "晚上好")),
    ],
)
def test_the_greeting_is_of_the_hour(hour: int, words: str) -> None:
    assert str(greeting(hour, "")) == words
    assert str(greeting(hour, "李女士")) == f"李女士，{words}"
