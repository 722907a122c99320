"""Hearings that were written before they were kept in parts: the migration tells them anew, with nothing lost."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from tests import make
from tests.cases.hearing import MONDAY
from tests.cast import Resident
from tongban import cases
from tongban.cases.model import Move
from tongban.cases.model.hearing import Hearing
from tongban.cases.model.hearing_parts import Begun, End, Ended, LastRecord, OnRecord
from tongban.cases.model.interested import Word
from tongban.cases.pages.hearing_words import told_of_hearing
from tongban.kit.db import Database
from tongban.kit.db.migrations import DIRECTORY
from tongban.kit.policy import Actor

WHO = "01980000-0000-7000-8000-000000000001"
NOTICE = {"facts": "登记不满六个月。", "reasons": "条例第二条。", "intended": "拟不予办理。"}
SITTING = {
    "at": "2026-12-07T01:30:00Z",
    "place": "示范路一号三楼",
    "presider": WHO,
    "presider_name": "示例主持",
    "told": "2026-11-25",
    "recusal": {
        "reason": "是房东的亲属。",
        "asked_at": "2026-11-26T02:00:00Z",
        "granted": False,
        "words": "没有亲属关系。",
    },
}
RECORD = {
    "began": "2026-12-07T09:30",
    "ended": "2026-12-07T11:00",
    "clerk": "示例记录",
    "examiner": "周警官",
    "party": "申请人",
    "examiner_said": "登记不满六个月。",
    "party_said": "搬入在先。",
    "evidence": "合同一份。",
    "report": "双方对居住的时间有争议。",
}
TOLD = {"told": "2026-11-23", "until": "2026-11-30", "told_by": WHO, "notice": NOTICE}
OTHER = {"seat": 1, "masked": "示*", "interest": "房东", "intended": "拟准予", "told": "2026-11-23"}
#: One of each: told; asked for before others could ask; called by the organ; an interested person told alone; one with
#: everything, over.
BEFORE: dict[str, dict[str, Any]] = {
    "told": TOLD,
    "asked": {**TOLD, "asked": "2026-11-24", "wishes": "有证明。", "hold_by": "2026-12-22"},
    "called": {"called": "2026-11-23", "recorded": 4, "held": "2026-11-02"},
    "named": {"others": [OTHER]},
    "over": {
        **TOLD,
        "waived": "2026-11-24",
        "asked": "2026-11-24",
        "asked_by": [1],
        "hold_by": "2026-12-22",
        "sitting": SITTING,
        "fixed": 2,
        "barred": [WHO],
        "presided": [WHO],
        "record": RECORD,
        "sign_by": "2026-12-10",
        "agrees": False,
        "agreed_on": "2026-12-08",
        "unsigned": "时间不对。",
        "ended": "unsigned",
        "ended_on": "2026-12-09",
        "recorded": 12,
        "held": "2026-12-07",
        "others": [{**OTHER, "word": "asked", "agrees": True, "agreed_on": "2026-12-09"}, {**OTHER, "seat": 2}],
    },
    "signed": {**TOLD, "asked": "2026-11-24", "hold_by": "2026-12-22", "record": RECORD, "sign_by": "2026-12-10",
               "ended": "signed", "ended_on": "2026-12-08", "recorded": 9, "held": "2026-12-07"},
}  # fmt: skip


async def test_those_of_before_are_told_in_parts(
    city: Database, city_dsn: str, owner: Resident, officer: Actor
) -> None:
    case_id = await make.accepted(city, owner, officer, now=MONDAY)
    connection = await asyncpg.connect(city_dsn)
    try:
        after = {name: await _migrated(connection, case_id, before) for name, before in BEFORE.items()}
    finally:
        await connection.close()
    told, asked, over = after["told"], after["asked"], after["over"]
    assert told.told is not None and told.told.notice.facts == NOTICE["facts"] and told.awaits_word
    assert (told.told.on, told.told.until) == (date(2026, 11, 23), date(2026, 11, 30)) and told.begun is None
    hold_by = date(2026, 12, 22)
    assert asked.begun == Begun(on=date(2026, 11, 24), by=(0,), wishes="有证明。", hold_by=hold_by)
    assert after["called"].begun == Begun(on=date(2026, 11, 23)) and not after["called"].asked
    assert after["called"].lasting.last == LastRecord(step=4, held=date(2026, 11, 2))
    assert [one.masked for one in after["named"].others] == ["示*"] and after["named"].told is None

    assert over.ended == End(how=Ended.UNSIGNED, on=date(2026, 12, 9)) and over.fixed == 2
    assert over.told is not None and over.told.given_up == date(2026, 11, 24)
    assert over.sitting is not None and over.sitting.pleas[0].words == "没有亲属关系。"
    assert over.record is not None and over.record.sign_by == date(2026, 12, 10)
    assert over.record.word == OnRecord(agrees=False, on=date(2026, 12, 8), why="时间不对。")
    assert over.record.report == RECORD["report"] and over.lasting.last == LastRecord(
        step=12, held=date(2026, 12, 7)
    )
    assert over.lasting.barred == over.lasting.presided == (UUID(WHO),)
    first, second = over.others
    assert first.on_record == OnRecord(agrees=True, on=date(2026, 12, 9)) and second.on_record is None
    assert (first.word, second.seat) == (Word.ASKED, 2)
    signed = after["signed"].record
    assert signed is not None and signed.word == OnRecord(agrees=True, on=date(2026, 12, 8))
    # The page and the history of the case read it.
    opened = await cases.progress(city, owner.actor, case_id=case_id)
    assert opened.case.hearing == after["signed"]
    assert told_of_hearing(opened.events[-1], own=True) is not None


async def _migrated(connection: asyncpg.Connection[Any], case_id: UUID, before: dict[str, Any]) -> Hearing:
    """A case's hearing and that of its last step, put down in the shape of before and told anew."""
    old = json.dumps(before)
    await connection.execute('UPDATE cases."case" SET hearing = $2::jsonb WHERE id = $1', case_id, old)
    await connection.execute(
        """UPDATE cases.event e SET move = $2, detail = detail || jsonb_build_object('hearing', $3::jsonb)
        WHERE case_id = $1 AND version = (SELECT max(version) FROM cases.event WHERE case_id = e.case_id)""",
        case_id,
        str(Move.SIGN_RECORD),
        old,
    )
    await connection.execute((DIRECTORY / "0034_hearing_parts.sql").read_text())
    rows = await connection.fetch(
        """SELECT hearing AS now FROM cases."case" WHERE id = $1
        UNION ALL SELECT detail -> 'hearing' FROM cases.event WHERE case_id = $1 AND move = 'sign_record'""",
        case_id,
    )
    case, step = (msgspec.json.decode(row["now"], type=Hearing) for row in rows)
    assert case == step
    return case
