"""Long forms of several pages 分页填写: one section a page, the draft kept at each step, an overview of what is done.

A page posts its section's key as ``_section``; :func:`tongban.kit.forms.parse` then changes the questions of this
section alone. What stands on the other pages is as it is kept.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from tongban.kit.errors import Words
from tongban.kit.forms.model import Form
from tongban.kit.i18n import Text

SECTION = "_section"


class Page(msgspec.Struct, frozen=True):
    """One section in the overview: ``done`` when all that it asks holds."""

    key: str
    title: Text
    done: bool


class Paging(msgspec.Struct, frozen=True):
    """The pages that these answers ask, and the one that is open; ``before`` and ``after`` empty at the ends."""

    pages: tuple[Page, ...]
    at: str
    before: str
    after: str

    @property
    def number(self) -> int:
        """Which page is open, from 1."""
        return [page.key for page in self.pages].index(self.at) + 1

    @property
    def done(self) -> int:
        """How many pages are done."""
        return sum(page.done for page in self.pages)


def paging(form: Form, asked: Collection[str], faults: Collection[str], *, at: str = "") -> Paging | None:
    """The pages of a long form; None for a form of one page.

    ``asked`` are the names of the questions asked, ``faults`` the paths that do not hold, ``at`` the page that is
    wanted: without it, or when it is not asked, the first that is not done opens.
    """
    if not form.paged:
        return None
    wrong = {path.partition(".")[0] for path in faults}
    pages = tuple(
        Page(section.key, section.title, not (form.names_in(section.key) & wrong))
        for section in form.sections
        if form.names_in(section.key) & set(asked)
    )
    keys = [page.key for page in pages]
    if at not in keys:
        at = next((page.key for page in pages if not page.done), keys[-1])
    place = keys.index(at)
    return Paging(pages, at, keys[place - 1] if place else "", keys[place + 1] if at != keys[-1] else "")


def faults_at(form: Form, faults: Mapping[str, Words], at: str) -> dict[str, Words]:
    """The faults of one page."""
    names = form.names_in(at)
    return {path: words for path, words in faults.items() if path.partition(".")[0] in names}


def posted_names(form: Form, posted: Mapping[str, str]) -> frozenset[str] | None:
    """The questions that a page of a long form posted; None when the whole form was posted."""
    names = form.names_in(posted.get(SECTION, "")) if form.paged else frozenset()
    return names or None
