"""`tongban demo --logins`: the password once above the table, in which no log-in is broken at 80 columns."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from tongban import demo
from tongban.cli import running
from tongban.kit import db as kit_db

ROWS = [
    demo.Login(
        "示范市市场监督管理局徐汇分局",
        "韩科员",
        "market-310106",
        "13800007042",
        demo.PASSWORD,
        "/staff/login",
    )
]


class Closed:
    async def close(self) -> None:
        return None


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words that were asked for; nothing else than ROWS is there."""
    words: list[str] = []

    async def logins(_: Any, word: str = "") -> list[demo.Login]:
        words.append(word)
        return ROWS if word in ROWS[0].login else []

    async def connect(*_: Any, **__: Any) -> Closed:
        return Closed()

    monkeypatch.setattr(running, "own_database", lambda: "postgresql://nowhere")
    monkeypatch.setattr(kit_db, "connect", connect)
    monkeypatch.setattr(demo, "logins", logins)
    monkeypatch.setenv("COLUMNS", "80")
    return words


def test_the_password_stands_whole_above_the_table(asked: list[str]) -> None:
    said = CliRunner().invoke(running.demo, ["--logins", "market"])
    assert said.exit_code == 0 and asked == ["market"]
    head, *table = said.output.splitlines()
    assert demo.PASSWORD in head and demo.PASSWORD not in "".join(table)
    assert any("market-310106" in line and "13800007042" in line and "/staff/login" in line for line in table)


def test_a_word_that_nobody_holds_and_one_without_the_list_are_refused(asked: list[str]) -> None:
    nobody = CliRunner().invoke(running.demo, ["--logins", "zzz"])
    assert nobody.exit_code == 1 and "zzz" in nobody.output
    assert CliRunner().invoke(running.demo, ["market"]).exit_code == 2
    assert asked == ["zzz"]


def test_a_sandbox_that_is_away_is_said_in_a_sentence(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> list[demo.Login]:
        raise httpx.ConnectError("refused")

    monkeypatch.setattr(demo, "logins", away)
    said = CliRunner().invoke(running.demo, ["--logins"])
    assert said.exit_code == 1 and "TONGBAN_SANDBOX_PORT" in said.output and not asked
