"""Having papers made by a process of its own, that stays for a while after its last.

Reportlab and the fonts cost a process 35 MB and 0.2 s once, a paper then a few milliseconds: a press that stayed for
ever would be paid for by every web process, one that is started for each paper by every reader.
"""

from __future__ import annotations

import asyncio

import msgspec
import structlog

from tongban.kit import children
from tongban.kit.children import Child, Children, NoAnswer
from tongban.kit.errors import Unavailable
from tongban.kit.i18n import N_
from tongban.kit.pdf.model import Failed, Imprint, Paper, Printed

log = structlog.get_logger("tongban.pdf")

_CHILD = "tongban.kit.pdf.child"
#: How long a press waits for another paper, and how long a paper may take, in seconds.
RESTS_FOR = 30.0
LONGEST = 20.0


class NotPrintedNow(Unavailable):
    """The press has failed twice; the paper's facts are safe in their rows."""

    def __init__(self) -> None:
        super().__init__(
            "paper-not-printed", N_("文书暂时不能生成，请稍后再试；办件不受影响。"), retry_after=30
        )


class PressFault(RuntimeError):  # noqa: N818 - named for what it is
    """A paper could not be laid out: a fault of ours, with its place and without the paper's words."""


_presses: Children = Children()


async def printed(paper: Paper | Imprint) -> Printed:
    """The paper as PDF; the same paper gives the same bytes. Raises NotPrintedNow when the press fails twice."""
    press = _presses.setdefault(asyncio.get_running_loop(), Child())
    try:
        answer = await press.ask(msgspec.msgpack.encode(paper), _CHILD, rests_for=RESTS_FOR, longest=LONGEST)
    except NoAnswer as failed:
        raise NotPrintedNow from failed
    said = msgspec.msgpack.decode(answer, type=Printed | Failed)
    if isinstance(said, Failed):
        raise PressFault(f"{said.kind} at {said.place}")
    if said.missing:
        log.warning("characters without a glyph", code_points=[f"U+{code:04X}" for code in said.missing])
    return said


async def close() -> None:
    """End the press of this event loop, before the loop itself ends."""
    await children.end(_presses)
