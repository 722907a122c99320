"""Jinja as our pages need it: the same text out of fewer calls.

A page of the desk has 650 places where a value is put in and 400 calls of macros and of ``_``. Jinja's general way asks
of each value what it may be and of each call whether it wants the context: half of the page's processor time. Here all
templates escape, and what is called is a macro or a plain function.
"""

from __future__ import annotations

import re
import shutil
import sys
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import BuiltinFunctionType, FunctionType
from typing import Any

import jinja2
from jinja2 import Environment, FileSystemBytecodeCache, Template, nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

from tongban.kit.i18n import (
    Language,
    Message,
    Text,
    isolated_values,
    language,
    say_plural,
    say_within,
    translations,
)

_SPECIAL = re.compile("[&<>'\"]")


def shown(value: Any) -> str:
    """A value as it stands in a page: escaped unless it is markup; a sentence in the page's language."""
    kind = type(value)
    if kind is Markup:  # what components and sentences give: every second value
        return value  # type: ignore[no-any-return]
    if kind is Message or kind is Text:
        text = str(value)
    elif kind is str:
        text = value
    else:
        return escape(value)  # leaves markup of other kinds as it is
    return escape(text) if _SPECIAL.search(text) else text


class _Generator(CodeGenerator):
    """Puts each value of a template in through :func:`shown`."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            raise TypeError("a template of this house escapes everything")
        self.write("environment.shown(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(")")


class _Context(Context):
    """Calls macros and plain functions directly; whatever asks for the context gets it as ever."""

    def call(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        kind = type(obj)
        macro = kind is Macro
        if not (macro or kind is BuiltinFunctionType or (kind is FunctionType and not obj.__dict__)):
            return super().call(obj, *args, **kwargs)
        if kwargs:  # these two are for who asks for the context
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
        return obj(self.eval_ctx, *args, **kwargs) if macro else obj(*args, **kwargs)


class _Template(Template):
    """Its components are looked up once: all our templates have the same globals, which Jinja would compare anew."""

    def _get_default_module(self, ctx: Context | None = None) -> Any:
        return super()._get_default_module()


class _Compiled(FileSystemBytecodeCache):
    """What templates were compiled to 模板缓存; where nothing can be written they are compiled at each start."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


#: Beside this file, as Python keeps its own: without it each start spends three seconds of a processor on templates.
_BESIDE = Path(__file__).parent / "__pycache__"


def compiled_in(folder: Path) -> FileSystemBytecodeCache | None:
    """The cache of compiled templates in ``folder``; None where Python itself is to write none (``-B``).

    Jinja compiles a template anew whose text has changed; all are when Jinja or this file is another, which say what
    becomes of a text: those of before go.
    """
    if sys.dont_write_bytecode:
        return None
    made_by = sha256(jinja2.__version__.encode() + Path(__file__).read_bytes()).hexdigest()[:16]
    place = folder / f"templates-{made_by}"
    if not place.is_dir():
        for old in folder.glob("templates-*"):
            shutil.rmtree(old, ignore_errors=True)
        with suppress(OSError):
            place.mkdir(parents=True, exist_ok=True)
    return _Compiled(str(place))


class PageEnvironment(Environment):
    """The environment of all pages, with ``_``, ``ngettext`` and ``pgettext`` in the page's language."""

    code_generator_class = _Generator
    context_class = _Context
    template_class = _Template
    shown = staticmethod(shown)

    def __init__(self, *, compiled: Path = _BESIDE, **options: Any) -> None:
        super().__init__(
            **options,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
            bytecode_cache=compiled_in(compiled),
        )
        self.newstyle_gettext = True
        self.globals.update(_=said, gettext=said, ngettext=said_plural, pgettext=said_within)


def said(msgid: str, **values: Any) -> Markup:
    """The sentence in the page's language, its values escaped; ``%%`` is a percent sign."""
    spoken = language()
    return _sentence(spoken, msgid) % isolated_values(values) if values else _plain(spoken, msgid)


def said_plural(singular: str, plural: str, num: int, **values: Any) -> Markup:
    """The sentence for a number, which it may name as ``num``."""
    words = Markup(say_plural(singular, plural, num))  # noqa: S704 - our own sentences are markup
    return words % {"num": num, **isolated_values(values)}


def said_within(context: str, msgid: str, **values: Any) -> Markup:
    """A msgid that has other English words elsewhere: "日" of a date, "日" of a week."""
    return Markup(say_within(context, msgid)) % isolated_values(values)  # noqa: S704 - our own sentences are markup


@lru_cache(maxsize=4096)
def _sentence(spoken: Language, msgid: str) -> Markup:
    return Markup(translations(spoken).gettext(msgid))  # noqa: S704 - our own sentences are markup


@lru_cache(maxsize=4096)
def _plain(spoken: Language, msgid: str) -> Markup:
    return _sentence(spoken, msgid) % {}
