"""Having search terms computed in a child process that ends: the dictionaries cost 140 MB and a second."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

import msgspec

from tongban.catalogue.model import ItemVersion
from tongban.catalogue.store.searching import Entry

_CHILD = "tongban.catalogue.actions.terms"


class Wording(msgspec.Struct, frozen=True):
    """The words of an item, as the child takes them: ``texts`` is the guide in both languages."""

    code: str
    name_zh: str
    name_en: str
    called: list[str]
    texts: list[str]


class IndexingFailed(RuntimeError):  # noqa: N818 - named for what happened
    """The child process did not do its work; its own words follow."""


def wording(item: ItemVersion) -> Wording:
    """What of an item is searched."""
    spoken = [
        item.summary,
        item.department_name,
        *(condition.text for condition in item.conditions),
        *(material.name for material in item.materials),
        *(result.name for result in item.results),
        *(faq.question for faq in item.faq),
    ]
    texts = [words for text in spoken for words in (text.zh, text.en)]
    return Wording(item.code, item.name.zh, item.name.en, list(item.also_called), texts)


async def index(drafts: Sequence[ItemVersion]) -> list[Entry]:
    """The search terms of these items, in their order. Raises IndexingFailed."""
    if not drafts:
        return []
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", "-m", _CHILD),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        told, complained = await child.communicate(msgspec.json.encode([wording(draft) for draft in drafts]))
    except asyncio.CancelledError:
        child.kill()
        await child.wait()
        raise
    if child.returncode != 0:
        raise IndexingFailed(complained.decode(errors="replace")[-2000:])
    return msgspec.json.decode(told, type=list[Entry])
