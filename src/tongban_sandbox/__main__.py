"""Starts the outside world: `python -m tongban_sandbox --trust node.pem --data DIR`."""

import asyncio
import contextlib
import fcntl
import json
import signal
import socket
import sys
from datetime import date, datetime
from pathlib import Path
from typing import IO

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from .app import application
from .city import CityError, load, register_codes
from .civil import Clock
from .files import VERSION
from .seeding import seed_world, seeded
from .signing import Trust, TrustError

SEED = 20260101
PORT_TAKEN = 3


def _say(event: str, **more: object) -> None:
    click.echo(json.dumps({"service": "sandbox", "event": event, **more}, ensure_ascii=False))


def _locked(folder: Path) -> IO[str]:
    """The folder's lock, held as long as the process lives: two worlds in one folder would tear the files."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "sandbox.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as taken:
        raise click.ClickException(f"Another sandbox is using the data in {folder}.") from taken
    return lock


def _port_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _seed(folder: Path, districts: Path, city_name: str, seed: int, today: date) -> None:
    world = seeded(folder)
    if world and world.get("version") != VERSION:
        raise click.ClickException(
            f"The people in {folder} were made by another version of the sandbox; move the folder away."
        )
    if world:
        _say("people kept", reference_date=world["reference_date"])
        return
    city = load(districts, city_name)
    people = seed_world(
        folder,
        city,
        seed=seed,
        today=today,
        progress=lambda done, of: _say("making people", households=done, of=of),
    )
    _say("people made", people=people, reference_date=str(today))


async def _serve(
    folder: Path, codes: dict[str, str], host: str, port: int, trust: Trust, clock: Clock, card_seconds: float
) -> None:
    address = f"http://{'localhost' if host in ('127.0.0.1', '::1') else host}:{port}"
    app = application(folder, codes, trust=trust, clock=clock, card_seconds=card_seconds, address=address)
    server = Server(
        app, address=host, port=port, interface=Interfaces.ASGI, websockets=False, log_level=LogLevels.error
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    _say("serving", address=address)
    await server.serve()


@click.command()
@click.option("--port", default=8090, show_default=True, envvar="SANDBOX_PORT")
@click.option("--host", default="127.0.0.1", show_default=True, envvar="SANDBOX_HOST")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    envvar="SANDBOX_DATA",
    help="Folder of the services' files; people are made in it at the first start.",
)
@click.option(
    "--city",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("city"),
    envvar="SANDBOX_CITY",
    show_default=True,
    help="Folder with the city's districts.csv.",
)
@click.option("--city-name", default="", help="Name of the city in addresses, else as its city.yaml says.")
@click.option(
    "--trust",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="SANDBOX_TRUST",
    help="PEM public key (P-256) of the node that may ask.",
)
@click.option(
    "--card-seconds", default=2.0, show_default=True, help="How long a batch of cards takes to make."
)
@click.option("--seed", default=SEED, show_default=True, help="Seed of the people, at the first start.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Pin the civil date, for tests.")
def main(
    port: int,
    host: str,
    data: Path,
    city: Path,
    city_name: str,
    trust: Path | None,
    card_seconds: float,
    seed: int,
    today: datetime | None,
) -> None:
    """Play the outside world of the demo city: registers, SMS, card maker. All people in it are synthetic."""
    if trust is None:
        raise click.UsageError(
            "Give the public key of the node that may ask with --trust FILE (or SANDBOX_TRUST)."
        )
    if not _port_free(host, port):
        click.echo(f"Port {port} of {host} is taken; choose another one with --port.", err=True)
        sys.exit(PORT_TAKEN)
    lock = _locked(data)
    clock = Clock(today.date() if today else None)
    try:
        keys = Trust(trust)
        _seed(data, city, city_name, seed, clock.today())
        codes = register_codes(city)
    except (CityError, TrustError) as wrong:
        raise click.ClickException(str(wrong)) from wrong
    with contextlib.suppress(KeyboardInterrupt), lock:
        asyncio.run(_serve(data, codes, host, port, keys, clock, card_seconds))
    _say("stopped")


if __name__ == "__main__":
    main()
