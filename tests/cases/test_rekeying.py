"""A new sealing key: old rows open, all are sealed again though it is killed in the middle, the old key goes last."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests import make
from tests.cases.holding_up import held_up, until
from tests.cast import Resident, resident
from tests.sandbox.conftest import Sandbox
from tongban import catalogue, identity, rekeying, settings
from tongban.cases.model.facts import heard
from tongban.kit import clock, files, forms, keys
from tongban.kit.db import Database
from tongban.kit.files.receiving import shelf
from tongban.kit.keys import SealBroken
from tongban.kit.policy import Actor
from tongban.licences.model import Licence, row_holds
from tongban.licences.store.licences import COLUMNS, licence_from
from tongban.worker import drain_once

#: The backend that waits to write what it sealed again.
WAITING = """SELECT pid FROM pg_stat_activity
    WHERE $1::integer = ANY (pg_blocking_pids(pid)) AND query LIKE '%WITH put AS%'"""
pytestmark = [pytest.mark.kill, pytest.mark.timeout(120)]


@pytest.fixture
def own_keys(data_dir: Path, tmp_path: Path) -> Iterator[Path]:
    """A data folder of this test's own with the house's keys: what is put away here is put away nowhere else."""
    shutil.copytree(data_dir / "keys", tmp_path / "keys")
    tmp_path.chmod(0o755)
    before = os.environ["TONGBAN_DATA"]
    os.environ["TONGBAN_DATA"] = str(tmp_path)
    settings.reload()
    keys.current.cache_clear()
    yield tmp_path
    os.environ["TONGBAN_DATA"] = before
    settings.reload()
    keys.current.cache_clear()


async def licence_of(city: Database, who: Resident) -> Licence:
    return licence_from(
        await city.row(f"SELECT {COLUMNS} FROM licences.licence WHERE holder = $1", who.actor.id) or {}
    )


async def places(city: Database, data: Path) -> dict[int, dict[str, int]]:
    return {one.id: one.places for one in await rekeying.listed(city, data)}


async def opened(city: Database, case_id: UUID) -> tuple[Any, Any]:
    """What she stated and what the registers said, in clear."""
    row = await make.row(city, case_id)
    version = await catalogue.version(city, row["item"], row["item_version"])
    form, ring = forms.compile_form(version.form), keys.current()
    return (
        forms.open_answers(form, row["answers"], ring, case_id.bytes),
        heard(row["facts"], form, ring, case_id.bytes),
    )


async def killed_in_the_middle(city: Database, dsn: str) -> None:
    """Start to seal again and kill it where it writes licences: accounts are done, answers are not."""
    async with held_up(dsn, "SELECT 1 FROM licences.licence FOR UPDATE") as other:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "tongban", "keys", "rotate", "--rest", "0"),
            env=os.environ | {"DATABASE_URL": dsn},
            start_new_session=True,
            stdout=asyncio.subprocess.DEVNULL,
        )
        try:
            await until(city, WAITING, other)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def test_a_new_key_takes_the_old_ones_place(
    city: Database,
    city_dsn: str,
    outside: Sandbox,
    own_keys: Path,
    owner: Resident,
    officer: Actor,
) -> None:
    case_id = await make.approved(city, owner, officer)
    while await drain_once(city):
        pass
    laid = await files.deposit(b"%PDF-1.7 a paper of hers", name="a.pdf", pages=1)
    now = clock.now()
    assert set(await places(city, own_keys)) == {1}
    before = await opened(city, case_id)

    assert await rekeying.new(city, own_keys, now=now) == 2
    assert (await identity.person(city, owner.actor.id)).name == owner.name
    other = await resident(city, outside)
    held = await places(city, own_keys)
    assert held[2] == {"identity.account": 2, "identity.person": 1}
    assert {"identity.account", "licences.licence", "cases.case", "files"} <= set(held[1])

    with pytest.raises(rekeying.StillUsed) as soon:
        await rekeying.retire(city, own_keys, 1, now=clock.now())
    assert not soon.value.places
    with pytest.raises(rekeying.StillUsed) as used:
        await rekeying.retire(city, own_keys, 1, now=now + timedelta(days=2))
    assert used.value.places == held[1]

    await killed_in_the_middle(city, city_dsn)
    halfway = await places(city, own_keys)
    assert "identity.account" not in halfway[1]
    assert halfway[1]["cases.case"] == held[1]["cases.case"]
    assert not any(
        one.broken for one in await rekeying.rotate(city, rest=0, progress=lambda _: None, now=now)
    )
    assert (await places(city, own_keys))[1] == {}

    away = await rekeying.retire(city, own_keys, 1, now=now + timedelta(days=2))
    assert away == own_keys / "keys" / "retired" / "column.key"
    keys.ensure(own_keys)
    assert not (own_keys / "keys" / "column.key").exists(), "a retired id is never given again"
    keys.current.cache_clear()
    assert (await identity.person(city, owner.actor.id)).name == owner.name
    assert await opened(city, case_id) == before
    assert row_holds(await licence_of(city, owner), keys.current())
    assert b"".join(shelf().chunks(laid.digest, "content")) == b"%PDF-1.7 a paper of hers"

    mine = await city.value("SELECT name_sealed FROM identity.account WHERE id = $1", owner.actor.id)
    await city.run("UPDATE identity.account SET name_sealed = $2 WHERE id = $1", other.actor.id, mine)
    with pytest.raises(SealBroken):
        await identity.person(city, other.actor.id)
    acts = await city.rows("SELECT action FROM audit.ledger WHERE action LIKE 'keys.%' ORDER BY at, id")
    assert [one["action"] for one in acts] == ["keys.new", "keys.rotate", "keys.retire"]
