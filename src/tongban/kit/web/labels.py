"""What the fields of the house's own forms are called, read from the templates: for a form that is shown again to copy.

A form that was not taken comes as names and codes. Its page is not drawn anew, for it may be another one's by now; so
the words beside each field, and of each choice, are taken from the templates in which a field of that name stands.
The form of an item is no template: its page names it in a hidden field, and the house finds it again.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import cache
from unicodedata import east_asian_width

import msgspec
from jinja2 import Environment

from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.forms import Form, question_of, shown_again
from tongban.kit.i18n import say
from tongban.kit.web.keeping import to_copy

#: A field's name, the first sentence of its label, and the rest of the call, in which its choices stand.
_FIELD = re.compile(r"""c\.field_\w+\('([\w-]+)', _\("([^"]+)"\)((?:(?!c\.field_|\}\}).)*)""")
_CHOICE = re.compile(r"""\('([\w-]*)', _\("([^"]+)"\)""")
_UNSEEN = re.compile(r"""type="hidden" name="([\w-]+)"|c\.button\([^}]*?name='([\w-]+)'""")
#: How many letters stand in a line of a field on a phone.
_LINE = 34
_ACTION = re.compile(r'action="([^"{]+)')
#: The hidden field in which a page says of which item's form it is.
_ITEM = "_item"
#: Finds an item's form by what the page says of it; raises a Refused where there is none. Plugged by the house.
FormNamed = Callable[[Database, str], Awaitable[Form]]
_plugged: list[FormNamed] = []


def plug_form_named(find: FormNamed) -> None:
    """Tell the web floor how an item's form is found; the house does it once per process."""
    _plugged[:] = [find]


async def form_behind(db: Database, posted: Mapping[str, str]) -> Form | None:
    """The item's form of which this is; None for the house's own, and for one that is not found: labels are no reason
    to refuse in other words."""
    if not _plugged or _ITEM not in posted:
        return None
    with suppress(Refused):
        return await _plugged[0](db, posted[_ITEM])
    return None


class Named(msgspec.Struct, frozen=True):
    """A field of one template: the msgid of its label, those of its choices by their code, and where its forms go."""

    label: str
    choices: Mapping[str, str]
    actions: tuple[str, ...]


class Typed(msgspec.Struct, frozen=True):
    """A field as its writer knows it: its label, empty where there is none, and what she typed or chose."""

    label: str
    value: str

    @property
    def rows(self) -> int:
        """How many lines a field takes that shows all of it, on a phone too."""
        wide = [
            sum(2 if east_asian_width(sign) in "WF" else 1 for sign in line)
            for line in self.value.split("\n")
        ]
        return sum(width // _LINE + 1 for width in wide)


@cache
def _tables(environment: Environment) -> tuple[dict[str, list[Named]], frozenset[str]]:
    """All fields with a label by their name, and the names that only travel unseen or tell which button was pressed."""
    named: dict[str, list[Named]] = {}
    unseen: set[str] = set()
    assert environment.loader is not None
    for template in environment.loader.list_templates():
        if template.endswith(".html"):
            source = environment.loader.get_source(environment, template)[0]
            unseen.update(one for found in _UNSEEN.findall(source) for one in found if one)
            actions = tuple(_ACTION.findall(source))
            for name, label, rest in _FIELD.findall(source):
                named.setdefault(name, []).append(Named(label, dict(_CHOICE.findall(rest)), actions))
    return named, frozenset(unseen - named.keys())


def typed_again(
    environment: Environment, fields: Mapping[str, str], *, path: str, form: Form | None = None
) -> list[Typed]:
    """What was typed into a form that posts to ``path``, each value in full under its label, in the page's language;
    ``form`` is the item's, where it is one's."""
    named, unseen = _tables(environment)
    answers = {} if form is None else shown_again(form, fields)
    shown = [Typed(*answer) for answer in answers.values()]
    for name, value in to_copy(fields):
        if question_of(name) in answers:
            continue
        field = _nearest(named.get(name, []), path)
        if field is not None:
            words = field.choices.get(value)
            shown.append(Typed(say(field.label), say(words) if words else value))
        elif name not in unseen:
            shown.append(Typed("", value))
    return shown


def _nearest(fields: list[Named], path: str) -> Named | None:
    """The field of the template whose form goes to this path or above it; else one whose label is the only one."""

    def near(field: Named) -> int:
        return max((len(action) for action in field.actions if path.startswith(action)), default=0)

    nearest = max(fields, key=near, default=None)
    if nearest is None or near(nearest) or len({one.label for one in fields}) == 1:
        return nearest
    return None
