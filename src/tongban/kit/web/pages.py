"""Pages: one Jinja environment for all rooms; what every page needs of the visit is there by itself."""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, Template
from litestar.enums import MediaType
from litestar.response import Redirect, Response
from markupsafe import Markup

from tongban.kit import clock
from tongban.kit.i18n import language
from tongban.kit.web import csrf
from tongban.kit.web.assets import static
from tongban.kit.web.forms import KEY_FIELD
from tongban.kit.web.labels import Typed, typed_again
from tongban.kit.web.templating import PageEnvironment
from tongban.kit.web.visit import visit

UI = Path(__file__).resolve().parents[2] / "ui"
_plugged: list[Environment] = []


def _hidden(name: str, value: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)


def csrf_field() -> Markup:
    """The hidden field that every HTML form carries."""
    return _hidden(csrf.FIELD, csrf.token())


def key_field() -> Markup:
    """A fresh idempotency key: the same page posted twice is one act."""
    return _hidden(KEY_FIELD, secrets.token_urlsafe(18))


def shown_date(value: date | datetime | None) -> str:
    """2026-12-11, in the city's zone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = clock.city_time(value)
    return value.strftime("%Y-%m-%d")


def shown_last_day(until: datetime) -> str:
    """The last day of what ends at this moment, in the city's zone: the day before, where it ends at midnight."""
    return shown_date(until - timedelta(seconds=1))


def shown_moment(value: datetime | None) -> str:
    """2026-11-20 09:12, in the city's zone."""
    return "" if value is None else clock.city_time(value).strftime("%Y-%m-%d %H:%M")


def in_one_line(shown: str) -> Markup:
    """A date or moment as :func:`shown_date` and its like show it, in a row that wraps: browsers break behind the
    hyphens of a date."""
    return Markup("<time>{}</time>").format(shown) if shown else Markup()


def plug_templates(folders: Iterable[Path], **globals_: Any) -> Environment:
    """Build the environment from the rooms' template folders; called once when the app is made.

    ``globals_`` are the installing city's words (``city``) and what else every page may name.
    """
    loaders: list[BaseLoader] = [
        FileSystemLoader(UI / "templates"),
        *(FileSystemLoader(folder) for folder in folders),
    ]
    environment = PageEnvironment(
        loader=ChoiceLoader(loaders),
        auto_reload=False,
        cache_size=-1,
    )
    environment.filters.update(
        date=shown_date, last_day=shown_last_day, moment=shown_moment, time=in_one_line
    )
    environment.globals.update(static=static, csrf_field=csrf_field, key_field=key_field, **globals_)
    plug_environment(environment)
    return environment


def plug_environment(environment: Environment) -> None:
    """Let pages be rendered by this environment from now on."""
    _plugged[:] = [environment]
    _told.clear()


def render(template: str, **context: Any) -> str:
    """A template's text with the visit's surroundings."""
    return _environment().get_template(template).render(**_surroundings(), **context)


#: Parts of pages that are the same for everybody, by what they tell of; 30 KB each.
_told: OrderedDict[tuple[Any, ...], tuple[object, Markup]] = OrderedDict()
_TOLD = 128


def told_alike(template: str, of: object, *told: Hashable, **context: Any) -> Markup:
    """A part of a page that everybody reads alike, rendered once for each language and what it is told.

    ``of`` never changes, as a published version does not, and one object stands for it; ``told`` is whatever else the
    template reads. Nothing of the visit is known to it.
    """
    key = (template, language(), id(of), told)
    kept = _told.get(key)
    if kept is not None and kept[0] is of:
        _told.move_to_end(key)
        return kept[1]
    part = Markup(_environment().get_template(template).render(context))  # noqa: S704 - a template's text is markup
    _told[key] = (of, part)
    if len(_told) > _TOLD:
        _told.popitem(last=False)
    return part


def snippet(code: str, **context: Any) -> Markup:
    """Template code of a few lines, with the components as ``c``; for the pages that show components."""
    return _compiled(_environment(), code).make_module({**_surroundings(), **context}).__html__()


@cache
def _compiled(environment: Environment, code: str) -> Template:
    return environment.from_string('{% import "components.html" as c %}' + code)


def _environment() -> Environment:
    if not _plugged:
        raise RuntimeError("plug_templates() has not been called")
    return _plugged[0]


def _surroundings() -> dict[str, Any]:
    """What every template knows of the visit."""
    current = visit()
    return {
        "actor": current.actor,
        "reaches": current.reaches,
        "lang": current.language,
        "path": current.path,
        "page_address": current.here,
        "theme": current.theme,
        "elder": current.elder,
        "trace": current.trace,
        "announced": None if current.closed else current.notice,
    }


def page(template: str, *, status: int = 200, **context: Any) -> Response[str]:
    """Render a room's template as this request's answer; never kept by shared caches."""
    return Response(render(template, **context), status_code=status, media_type=MediaType.HTML)


def typed_once_more(fields: Mapping[str, str], *, path: str) -> list[Typed]:
    """What was typed into a form that posts to ``path`` and was not taken, to be shown by ``typed.html``."""
    return typed_again(_environment(), fields, path=path, form=visit().form)


def redirect(path: str) -> Redirect:
    """See another page (303): after every POST, so that the back button never posts again."""
    return Redirect(path, status_code=303)


#: A path on this site: one slash first, nothing that a browser would drop or read as a second one.
_LOCAL = re.compile(r"/(?![/\\])[^\s\\\x00-\x1f\x7f]*")


def local_path(path: str, *, home: str = "/") -> str:
    """``path`` when it stays on this site, else ``home``: for every address that a request names."""
    return path if len(path) <= 2000 and _LOCAL.fullmatch(path) else home
