# ruff: noqa: PLC0415 - what a command needs is imported when it runs
"""What every command shares: its settings, its database, and how it answers people and programs."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

import click
import msgspec

from tongban.settings import Settings, SettingsWrong, settings, use_database

json_option = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")


def own_settings() -> Settings:
    """The settings; a wrong one is a sentence, not a trace."""
    try:
        return settings()
    except SettingsWrong as wrong:
        raise click.ClickException(str(wrong)) from wrong


def own_database() -> str:
    """DATABASE_URL, else the database of the house that runs on this data folder."""
    from tongban.up.place import noted_database

    given = own_settings()
    dsn = given.database_url or noted_database(given.data_dir)
    if dsn is None:
        raise click.ClickException("No database: set DATABASE_URL, or start the house with make run.")
    use_database(dsn)
    return dsn


def print_json(value: Any) -> None:
    click.echo(json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2))


def print_table(rows: list[dict[str, Any]], *, whole: Collection[str] = ()) -> None:
    """Rows as a table; what stands in the columns ``whole`` is typed elsewhere and never broken in two."""
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in rows[0] if rows else ():
        table.add_column(column, overflow="fold", no_wrap=column in whole)
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console(highlight=False).print(table)
