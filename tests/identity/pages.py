"""A browser without scripts: fills the forms that it is shown and follows where it is sent."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from httpx import Response
from litestar.testing import AsyncTestClient

_FIELD = re.compile(r"<(?:input|button)\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)


def fields_of(page: str, action: str) -> dict[str, str]:
    """The fields of the form that posts to ``action``, with what stands in them."""
    for head, body in _FORM.findall(page):
        if dict(_ATTRIBUTE.findall(head)).get("action") == html.escape(action):
            found = (dict(_ATTRIBUTE.findall(field)) for field in _FIELD.findall(body))
            return {
                one["name"]: html.unescape(one.get("value", ""))
                for one in found
                if "name" in one and one.get("type") != "checkbox"
            }
    raise AssertionError(f"no form posts to {action}")


def folded(page: Response, action: str) -> bool:
    """Whether the form that posts to ``action`` is behind a line that must be opened first."""
    before, found, _ = page.text.partition(f'action="{html.escape(action)}"')
    assert found, f"no form posts to {action}"
    return before.count("<details") - before.count(" open>") > before.count("</details>")


async def submit(
    client: AsyncTestClient, shown: Response, action: str, typed: Mapping[str, str], *, to: str | None = None
) -> Response:
    """Fill the form that posts to ``action`` and send it (or press a button that posts ``to`` elsewhere)."""
    return await client.post(to or action, data={**fields_of(shown.text, action), **typed})


def words(page: Response) -> str:
    """The page's text."""
    return html.unescape(re.sub(r"<[^>]+>", "", page.text))
