"""What the applicant filed 申请内容, on her receipt: the answers in words, as the form's schema says them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tongban.cases.model.answers import FIRM_CODE, FIRM_NAME, ID_NUMBER, NAME
from tongban.cases.model.life import Move
from tongban.cases.model.papers.filed import Filed
from tongban.cases.model.records import CaseEvent
from tongban.kit import forms
from tongban.kit.i18n import N_
from tongban.kit.pdf.model import Block, Facts, Heading

#: They stand above in the facts of every paper.
_ABOVE = {NAME, ID_NUMBER, FIRM_NAME, FIRM_CODE}
#: Steps of the applicant's that put other answers in the place of those filed; each names them and keeps what was.
_CHANGING = frozenset({Move.CORRECT, Move.SUPPLY})


def as_filed(answers: Mapping[str, Any], events: Iterable[CaseEvent], *, step: int) -> dict[str, Any]:
    """The stored answers as they stood after ``step``: what later corrections and materials replaced is put back."""
    filed = dict(answers)
    for event in sorted(events, key=lambda one: -one.version):
        if event.version > step and event.move in _CHANGING:
            filed |= event.detail.get("was", {})
    return {name: value for name, value in filed.items() if value is not None}


def stated(filed: Filed) -> Iterator[Block]:
    """Every answer that was filed with this step, sensitive ones masked: a paper passes through many hands.

    After a correction that is what was to be put right, of materials that followed these alone. Commitments stand with
    the materials that they replace.
    """
    only = filed.step.detail["fields"] if filed.step.move in _CHANGING else filed.form.by_name
    shown, masked = (_named(filed), False) if filed.together else (filed.answers, True)
    rows = tuple(
        row
        for section in forms.summary(filed.form, shown, masked=masked)
        for line in section.lines
        if line.name in only and not line.statement and filed.form.by_name[line.name].ui.element not in _ABOVE
        for row in _in_lines(line)
    )
    if rows:
        yield Heading(str(N_("申请内容")))
        yield Facts(rows)


def _named(filed: Filed) -> dict[str, Any]:
    """The answers masked, but for the names of those who apply together: they stand in full in the table of who has
    confirmed, on the same page."""
    asks, shown = filed.version.joint_applicants, forms.mask(filed.form, filed.answers)
    for party in asks.parties if asks else ():
        if party.table in shown:
            rows = zip(shown[party.table], filed.answers[party.table], strict=True)
            shown[party.table] = [row | {party.name: clear.get(party.name)} for row, clear in rows]
        elif party.name in shown:
            shown[party.name] = filed.answers[party.name]
    return shown


def _in_lines(line: forms.SummaryLine) -> Iterator[tuple[str, str]]:
    """An answer as lines of the paper: a table by its rows, and its sums below them."""
    if line.table is None:
        yield line.label, line.value
        return
    for number, cells in enumerate(line.table.rows, 1):
        yield f"{line.label} {number}", " · ".join(cell for cell in cells if cell)
    for head, total in zip(line.table.heads, line.table.totals, strict=False):
        if total:
            yield str(N_("{label}合计", label=head)), total
