"""The web application: the rooms' routes on the web floor."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment
from litestar import Litestar

from tongban import agents_readings, rooms
from tongban.kit import logs
from tongban.kit.db import Database, connect
from tongban.kit.i18n import Language
from tongban.kit.web import floor, plug_templates, refusals
from tongban.kit.web.pages import plug_environment
from tongban.regions import city_of
from tongban.settings import settings

_PACKAGE = Path(__file__).resolve().parent


async def _open() -> Database:
    dsn = settings().database_url
    if dsn is None:
        raise RuntimeError("DATABASE_URL is not set; `tongban up` starts a database of its own")
    return await connect(dsn, size=settings().database_connections, wait_seconds=180)


@cache
def _environment() -> Environment:
    folders = [_PACKAGE / room / "templates" for room in rooms.ROOMS]
    environment = plug_templates(
        [folder for folder in folders if folder.is_dir()], city=city_of(settings().city_dir)
    )
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)
    return environment


def prepare() -> None:
    """What all web processes share when it is made before they fork: every template compiled."""
    plug_environment(_environment())


def create_app() -> Litestar:
    """The ASGI application; granian calls this in each of its processes."""
    logs.configure(settings().log_level)
    prepare()
    refusals.plug_log_in_page(rooms.log_in_page)
    refusals.plug_step_up_page(rooms.step_up_page)
    return floor.build(
        rooms.routes(),
        policy=rooms.POLICY,
        owners=rooms.OWNERS,
        noting=agents_readings.note,
        opening=_open,
        ready=rooms.warm,
        secure=settings().public_url.startswith("https://"),
        proxies=settings().proxies,
    )


def openapi(language: Language) -> dict[str, Any]:
    """The OpenAPI document of the public API."""
    return rooms.openapi(create_app(), language=language)
