"""The handle on the database: statements are counted, one that is away is waited for, nothing is hidden."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncpg
import msgspec

from tongban.kit.db.connections import Connections
from tongban.kit.errors import Unavailable
from tongban.kit.i18n import N_

T = TypeVar("T")

#: How long a request waits for a connection before it says that the database is away.
ACQUIRE_SECONDS = 5.0

#: What asyncpg raises when the server went away under a statement or refuses new connections.
CONNECTION_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    ConnectionError,
    OSError,
)


class DatabaseAway(Unavailable):
    """The database does not answer; whatever was asked may or may not have been done."""

    def __init__(self) -> None:
        super().__init__(
            "database-away",
            N_("系统正在恢复，您已提交的内容不会丢失。请稍后重试。"),
            retry_after=3,
        )


class DatabaseBusy(Unavailable):
    """A statement waited too long for a lock, or its time was over: it was undone whole, and may be asked again."""

    def __init__(self) -> None:
        super().__init__(
            "database-busy",
            N_("系统正忙，这一步没有做完。请稍后重试；已保存的内容都在。"),
            retry_after=3,
        )


#: How PostgreSQL ends a statement that takes longer than it may: ``lock_timeout``, ``statement_timeout``.
_TOO_LONG = (asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError)


async def _prepare(connection: asyncpg.Connection[Any]) -> None:
    # In binary, where bytes stay bytes: as text each value was decoded to a string and encoded again on its way.
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=_jsonb, decoder=_from_jsonb
    )


def _jsonb(value: Any) -> bytes:
    """PostgreSQL's wire form of jsonb: version 1, then the text."""
    return b"\x01" + msgspec.json.encode(value)


def _from_jsonb(wire: bytes) -> Any:
    return msgspec.json.decode(memoryview(wire)[1:])


class Bulk(msgspec.Struct, frozen=True):
    """Many rows of one table, ready to be copied in: what a :class:`Part` is for one write."""

    schema: str
    table: str
    columns: tuple[str, ...]
    records: list[tuple[Any, ...]]


#: A loader's statement over a million rows, on a disk of any speed: nobody waits for an answer in a browser.
_LOADERS_SECONDS = 600


async def _copy_all(connection: asyncpg.Connection[Any], bulks: tuple[Bulk, ...]) -> None:
    async with connection.transaction():
        for bulk in bulks:
            await connection.copy_records_to_table(
                bulk.table,
                schema_name=bulk.schema,
                columns=bulk.columns,
                records=bulk.records,
                timeout=_LOADERS_SECONDS,
            )


async def _in_turn(
    connection: asyncpg.Connection[Any], turn: int, sql: str, *args: Any
) -> asyncpg.Record | None:
    async with connection.transaction():
        # A statement sees what was there when it began: one that waited within for a lock would count the old rows.
        await connection.execute("SELECT pg_advisory_xact_lock($1)", turn)
        return await connection.fetchrow(sql, *args)


async def _analyze(connection: asyncpg.Connection[Any]) -> None:
    await connection.execute("ANALYZE", timeout=_LOADERS_SECONDS)


class Origin:
    """Which database a handle is on, the same for all its siblings: the key of what a process keeps of it."""


class Database:
    """A handle for single statements. Each call is one round trip, counted in ``count``."""

    def __init__(self, connections: Connections, origin: Origin | None = None) -> None:
        self._connections = connections
        self.origin = origin or Origin()
        self.count = 0

    async def row(self, sql: str, *args: Any) -> asyncpg.Record | None:
        """The first row, or None."""
        return await self._do(asyncpg.Connection.fetchrow, sql, *args)

    async def row_in_turn(self, turn: int, sql: str, *args: Any) -> asyncpg.Record | None:
        """The first row of a statement that runs alone among all of its ``turn``: for what counts rows and adds one."""
        return await self._do(_in_turn, turn, sql, *args)

    async def rows(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """All rows."""
        return await self._do(asyncpg.Connection.fetch, sql, *args)

    async def value(self, sql: str, *args: Any) -> Any:
        """The first column of the first row, or None."""
        return await self._do(asyncpg.Connection.fetchval, sql, *args)

    async def run(self, sql: str, *args: Any) -> str:
        """Run a statement for its effect; gives PostgreSQL's command tag."""
        return await self._do(asyncpg.Connection.execute, sql, *args)

    async def load(self, *bulks: Bulk) -> None:
        """COPY many rows in one transaction: loaders of synthetic rows only, never the request path."""
        await self._do(_copy_all, bulks)

    async def analyze(self) -> None:
        """Gather the planner's statistics of all tables after a load: loaders only, it may take minutes."""
        await self._do(_analyze)

    async def _do(self, work: Callable[..., Awaitable[T]], *args: Any) -> T:
        self.count += 1
        connection = await self._acquired()
        sound = False
        try:
            answer = await work(connection, *args)
            sound = True
        except asyncpg.InternalClientError as lost:
            # The server's last words (57P02, "crash of another process") reached an idle connection before its
            # end did: asyncpg is still consuming them and takes nothing more. Such a connection is of no use.
            raise DatabaseAway from lost
        except CONNECTION_LOST as lost:
            # It may or may not have been done: the caller repeats with its idempotency key.
            raise DatabaseAway from lost
        except asyncpg.InterfaceError as fault:
            # asyncpg says so of a connection that has gone, and of a mistake of ours as well: that one is a bug.
            sound = not connection.is_closed()
            if sound:
                raise
            raise DatabaseAway from fault
        except asyncpg.PostgresError as refused:
            sound = True
            if isinstance(refused, _TOO_LONG):
                raise DatabaseBusy from refused
            raise
        finally:
            if sound:
                self._connections.give_back(connection)
            else:
                self._connections.discard(connection)
        return answer

    async def _acquired(self) -> asyncpg.Connection[Any]:
        """A live connection; waits out a restart of the server, for nothing has been asked yet."""
        give_up = asyncio.get_running_loop().time() + ACQUIRE_SECONDS
        while True:
            try:
                return await self._connections.take(wait_seconds=ACQUIRE_SECONDS)
            except (TimeoutError, asyncpg.InterfaceError, *CONNECTION_LOST) as away:
                if asyncio.get_running_loop().time() >= give_up:
                    raise DatabaseAway from away
                await asyncio.sleep(0.1)

    def sibling(self) -> Database:
        """Another handle on the same connections with a count of its own (sessions are not a page's statements)."""
        return Database(self._connections, self.origin)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._connections.close()


async def connect(dsn: str, *, size: int = 10, wait_seconds: float = 0) -> Database:
    """Open the first connection; wait up to ``wait_seconds`` for a server that is still starting.

    Raises DatabaseAway when it did not come in time.
    """

    async def opening() -> asyncpg.Connection[Any]:
        connection = await asyncpg.connect(
            dsn,
            command_timeout=30,
            server_settings={
                "timezone": "UTC",
                "jit": "off",
                "application_name": "tongban",
                "lock_timeout": "5s",
            },
        )
        await _prepare(connection)
        return connection

    connections = Connections(opening, size=size)
    give_up = asyncio.get_running_loop().time() + wait_seconds
    while True:
        try:
            connections.give_back(await connections.take(wait_seconds=wait_seconds))
        except asyncpg.exceptions.ClientConfigurationError:
            raise
        except (asyncpg.InterfaceError, *CONNECTION_LOST) as away:
            if asyncio.get_running_loop().time() >= give_up:
                raise DatabaseAway from away
            await asyncio.sleep(0.2)
        else:
            return Database(connections)
