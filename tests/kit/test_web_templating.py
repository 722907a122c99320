"""Pages' own Jinja says what Jinja says: everything escaped once, sentences in the page's language, calls as ever."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import pytest
from jinja2 import DictLoader, Environment, pass_context, pass_environment, pass_eval_context
from markupsafe import Markup, escape

from tongban.kit.i18n import N_, Message, Text, say, say_plural, say_within, use_language
from tongban.kit.web import templating
from tongban.kit.web.templating import PageEnvironment, shown
from tongban.settings import settings

EVIL = "<script>alert('1')</script> & \"2\""
VALUES = (
    *(EVIL, "plain", "", "名", Markup("<b>kept</b>"), None, True, 0, 1.5, [EVIL], {"a": EVIL}),
    *(Text(EVIL, "en"), N_(EVIL), N_("{day} 起", day=EVIL), jinja2.Undefined(name="x"), escape(EVIL)),
)


class Sub(str):
    """A kind of text that is not text itself."""

    __slots__ = ()


def general(templates: dict[str, str]) -> Environment:
    """The environment that Jinja itself would make of the same options."""
    made = Environment(
        loader=DictLoader(templates),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        finalize=lambda value: str(value) if isinstance(value, Message | Text) else value,
    )
    made.install_gettext_callables(say, say_plural, newstyle=True, pgettext=say_within)  # type: ignore[attr-defined]
    return made


def ours(templates: dict[str, str]) -> PageEnvironment:
    return PageEnvironment(loader=DictLoader(templates), compiled=settings().data_dir / "compiled")


@pytest.mark.parametrize("value", [*VALUES, Sub(EVIL)], ids=lambda value: type(value).__name__)
def test_a_value_is_shown_as_jinja_shows_it(value: Any) -> None:
    plain = str(value) if isinstance(value, Message | Text) else value
    assert str(shown(value)) == str(escape(plain))


TEMPLATES = {
    "macros.html": """{% macro row(title, href=None, extra='') %}<a href="{{ href }}" {{ extra }}>{{ title }}"""
    """{{ caller() if caller else '' }}</a>{% endmacro %}"""
    """{% macro many() %}{% for one in varargs %}{{ one }};{% endfor %}{{ kwargs|dictsort }}{% endmacro %}""",
    "base.html": "<head>{% block head %}{{ evil }}{% endblock %}</head>{% block main %}{% endblock %}",
    "page.html": """{% extends "base.html" %}{% import "macros.html" as m %}{% block main %}{{ super() }}
        {% for one in values %}{{ loop.index }}{% set this = one %}{{ m.row(one, extra=one) }}
        {% call m.row(evil, '/x') %}{{ one }}
        {% endcall %}{{ asks(1) }}{{ asks_eval() }}{{ asks_environment() }}{{ ", ".join(['<', evil]) }}{% endfor %}
        {{ m.many(evil, 1, a=evil) }}{{ evil ~ "<" }}{{ evil|upper|e }}{{ marked|safe }}{% set held %}{{ evil }}
        {% endset %}{{ held }}{{ missing }}{{ {'a': evil}.a }}{{ range(3)|list }}{{ kind(evil) }}
        {{ _("语言") }}{{ _("%(n)s 件", n=evil) }}{{ _("百%%") }}{{ ngettext("%(num)s 个", "%(num)s 个", 2) }}
        {{ pgettext("weekday", "日") }}{{ gettext("日") }}{% trans %}退出{% endtrans %}{% do [].append(1) %}
        {% if "a".startswith("a") %}{{ evil.replace("<", "[") }}{% endif %}{% endblock %}""",
}


@pass_context
def asks(context: Any, number: int) -> str:
    """What wants the context gets it, with the loop's own variables."""
    return f"{number}{context['evil']}{context['this']}"


@pass_eval_context
def asks_eval(context: Any) -> str:
    return f"{context.autoescape}"


@pass_environment
def asks_environment(environment: Any) -> str:
    return f"{isinstance(environment, Environment)}"


@pytest.mark.parametrize("wanted", ["zh", "en"])
def test_a_page_reads_as_jinja_writes_it(wanted: Any) -> None:
    context = {"evil": EVIL, "values": VALUES[:12], "marked": "<i>", "kind": Sub}
    calls = {"asks": asks, "asks_eval": asks_eval, "asks_environment": asks_environment}
    with use_language(wanted):
        written = [
            made(TEMPLATES).get_template("page.html").render(**context, **calls) for made in (general, ours)
        ]
    assert written[0] == written[1]
    assert "<script>" not in written[1]


def test_a_template_that_would_not_escape_is_refused() -> None:
    with pytest.raises(TypeError, match="escapes everything"):
        ours({"x": "{% autoescape false %}{{ evil }}{% endautoescape %}"}).get_template("x")


def test_a_template_is_compiled_once_for_all_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anew when its text, Jinja or our own generator is another; where nothing can be written, each time.

    How it can fail (tried): without Jinja in the name of the folder; without ``suppress`` of OSError.
    """
    compiled: list[str] = []
    real = PageEnvironment.compile

    def counted(self: PageEnvironment, source: Any, name: Any = None, *rest: Any, **more: Any) -> Any:
        compiled.append(str(name))
        return real(self, source, name, *rest, **more)

    monkeypatch.setattr(PageEnvironment, "compile", counted)
    monkeypatch.setattr(templating.sys, "dont_write_bytecode", False)

    def said(text: str, folder: Path = tmp_path) -> str:
        made = PageEnvironment(loader=DictLoader({"one.html": text}), compiled=folder)
        return made.get_template("one.html").render(evil=EVIL)

    first = said("{{ evil }}")
    assert said("{{ evil }}") == first == str(escape(EVIL)) and compiled == ["one.html"]
    assert said("again {{ evil }}") == f"again {first}" and len(compiled) == 2
    monkeypatch.setattr(jinja2, "__version__", "0")
    assert said("again {{ evil }}") == f"again {first}" and len(compiled) == 3
    assert len(list(tmp_path.iterdir())) == 1, "of another Jinja nothing is left"
    (file := tmp_path / "file").write_text("no folder")
    assert [said("{{ evil }}", file) for _ in range(2)] == [first] * 2 and len(compiled) == 5
    monkeypatch.setattr(templating.sys, "dont_write_bytecode", True)
    assert said("again {{ evil }}") == f"again {first}" and len(compiled) == 6, "as Python is told"
