"""Pages of the licences room: licences and their verification, and the verification of sealed papers."""

from typing import Any

from tongban.licences.pages import cards, papers

routes: list[Any] = [*cards.routes, *papers.routes]
