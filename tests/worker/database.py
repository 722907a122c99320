"""A PostgreSQL of a test's own, to be stopped and started again under its users."""

from __future__ import annotations

import asyncio
import shutil
from typing import Self

from tests.place import folder
from tongban.kit.db import migrations
from tongban.kit.db.embedded import EmbeddedPostgres


class OwnServer:
    """Started on entering, gone with its folder on leaving; between the two it may come and go."""

    def __init__(self) -> None:
        self.folder = folder("worker")
        self.server = EmbeddedPostgres(self.folder / "pg", fast=True)
        self.dsn = ""

    async def __aenter__(self) -> Self:
        await self.start()
        await asyncio.to_thread(self.server.make_database, "tongban")
        self.dsn = self.server.dsn("tongban")
        await migrations.apply(self.dsn)
        return self

    async def start(self) -> None:
        # Launched from this thread: the server dies with the thread that started it.
        self.server.make_ready()
        self.server.launch()
        self.server.await_ready()

    async def stop(self) -> None:
        await asyncio.to_thread(self.server.stop)

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
