"""Verification: every verdict, every altered byte, every altered cell."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tongban import audit, licences
from tongban.kit import keys
from tongban.kit.db import Database, write
from tongban.kit.ids import new_bucket, new_id
from tongban.kit.policy import OFFICERS_DUTIES, VISITOR, Actor, Role
from tongban.licences import Finding, Verdict, actions, model, store
from tongban.licences.model import Licence, Move

from .conftest import DEPARTMENT, NAME, NOW, NUMBER, Founding, last_day_of

LATER = NOW + timedelta(minutes=5)


def resident(holder: UUID) -> Actor:
    return Actor(Role.RESIDENT, holder, "陈小满", level=3)


async def token_of(db: Database, row: Licence, now: datetime = NOW) -> str:
    address = await licences.code_of(db, resident(row.holder), licence=row.id, now=now)
    return address.rsplit("/", 1)[-1]


async def ask(db: Database, asked: str, now: datetime = LATER) -> Finding:
    return await licences.verify(db, VISITOR, asked=asked, now=now)


async def change(db: Database, row: Licence, move: Move, now: datetime = NOW) -> Licence:
    """Write a move as the actions do."""
    changed = model.moved(row, move, reason="测试理由", now=now, keys=keys.current())
    assert await write(db, store.changing(row, changed))
    return changed


async def test_a_valid_licence_by_token_address_and_identifier(city: Database, issued: Founding) -> None:
    row = await issued()
    token = await token_of(city, row)
    assert row.identifier is not None
    for asked in (
        token,
        f"http://localhost:8000/verify/{token}",
        row.identifier,
        row.identifier[len("1.2.156.3005.2.") :],
    ):
        finding = await ask(city, asked)
        assert finding.verdict is Verdict.VALID, asked
        assert finding.shown is not None
        assert finding.shown.holder == "陈*满"
        assert finding.shown.until == last_day_of(row)
        shown = str(finding.shown)
        assert NUMBER not in shown
        assert NAME not in shown


async def test_a_token_takes_two_statements_and_an_identifier_three(city: Database, issued: Founding) -> None:
    row = await issued()
    token = await token_of(city, row)
    await ask(city, token)
    before = city.count
    await ask(city, token)
    assert city.count == before + 2
    await ask(city, str(row.identifier))
    assert city.count == before + 5


@pytest.mark.parametrize(
    ("move", "verdict"),
    [
        (Move.SUSPEND, Verdict.SUSPENDED),
        (Move.EXPIRE, Verdict.EXPIRED),
        (Move.REVOKE, Verdict.REVOKED),
        (Move.CANCEL, Verdict.REVOKED),
        (Move.WITHDRAW, Verdict.REVOKED),
        (Move.ABOLISH, Verdict.REVOKED),
        (Move.RENEW, Verdict.REVOKED),
    ],
)
async def test_each_state_has_its_verdict(
    city: Database, issued: Founding, move: Move, verdict: Verdict
) -> None:
    row = await issued()
    token = await token_of(city, row)
    await change(city, row, move)
    finding = await ask(city, token)
    assert finding.verdict is verdict
    assert str(finding.detail)


async def test_past_its_last_day_a_licence_is_expired_without_anybodys_act(
    city: Database, issued: Founding
) -> None:
    row = await issued()
    token = await token_of(city, row)
    last = NOW + timedelta(days=364)  # 2027-11-23, the day before the anniversary, 10:00 in the city
    assert (await ask(city, token, last)).verdict is Verdict.VALID
    finding = await ask(city, token, last + timedelta(days=1))
    assert finding.verdict is Verdict.EXPIRED
    assert "签注" in str(finding.detail)


async def test_an_identifier_nobody_issued_is_unknown_a_typing_error_no_alarm_and_a_wrong_code_invalid(
    city: Database, issued: Founding
) -> None:
    row = await issued()
    assert row.identifier is not None
    parts = model.parse(row.identifier)
    nobody = model.make(type_code=parts.type_code, issuer=parts.issuer, serial="26NOBODY", version=1)
    assert (await ask(city, nobody)).verdict is Verdict.UNKNOWN
    last = row.identifier[-1]
    wrong = row.identifier[:-1] + ("A" if last != "A" else "B")
    for asked in ("ey", "a.b.c", "ey" + "A" * 3000):
        assert (await ask(city, asked)).verdict is Verdict.INVALID, asked
    assert "校验位" in str((await ask(city, wrong)).detail)
    for asked in (wrong, "", "居住证", "abc", row.identifier[:40]):
        assert (await ask(city, asked)).verdict is Verdict.MISTYPED, asked
    assert await city.value("SELECT count(*) FROM audit.ledger WHERE kind = 'read'") == 0


async def test_one_altered_byte_anywhere_in_the_token_is_invalid(city: Database, issued: Founding) -> None:
    """Each position in turn, each with its neighbours in the alphabet, a foreign character and a stray bit."""
    row = await issued()
    token = await token_of(city, row)
    for place, was in enumerate(token):
        others = {chr(ord(was) ^ bit) for bit in (1, 2, 4, 16, 32)} | {"A", "_", ".", "=", "文"}
        for other in others - {was}:
            finding = await ask(city, token[:place] + other + token[place + 1 :])
            assert finding.verdict is Verdict.INVALID, (place, was, other)
    for place in range(len(token)):
        assert (await ask(city, token[:place] + token[place + 1 :])).verdict is Verdict.INVALID, place
    assert (await ask(city, token + "A")).verdict is Verdict.INVALID
    assert (await ask(city, token)).verdict is Verdict.VALID


#: A believable alteration of every column, as somebody with the database password would make it.
ALTERED: dict[str, Any] = {
    "bucket": "bucket + 1 - 2 * (bucket / 1023)",
    "id": "gen_random_uuid()",
    "holder": "gen_random_uuid()",
    "type_code": "'11310000002000995C998'",
    "reference": "gen_random_uuid()",
    "state": "'suspended'",
    "revision": "revision + 1",
    "version": "2",
    "identifier": "left(identifier, -1) || 'X'",
    "number": "'26TEST999999'",
    "holder_name_sealed": "set_byte(holder_name_sealed, 20, get_byte(holder_name_sealed, 20) # 1)",
    "holder_code_sealed": "set_byte(holder_code_sealed, 20, get_byte(holder_code_sealed, 20) # 1)",
    "face_sealed": "set_byte(face_sealed, 20, get_byte(face_sealed, 20) # 1)",
    "issuer_uscc": "'11310000002000995C'",
    "issuer_code": "'police-310000'",
    "issued_at": "issued_at - interval '1 microsecond'",
    "valid_from": "valid_from - 1",
    "valid_until": "valid_until + 3650",
    "shown": '\'{"note": "x"}\'',
    "state_changed_at": "state_changed_at + interval '1 microsecond'",
    "state_reason": "'改'",
    "replaces": "id",
    "came_by": "'renew'",
    "replaced_as": "'reissue'",
    "signed_by": "'nobody'",
    "signature": "set_byte(signature, 63, get_byte(signature, 63) # 1)",
}


async def test_every_column_has_an_alteration(city: Database) -> None:
    assert set(ALTERED) == set(Licence.__struct_fields__) - {"put_back", "asked"}


@pytest.mark.parametrize("column", sorted(ALTERED))
async def test_a_cell_altered_in_sql_is_named_tampered(city: Database, issued: Founding, column: str) -> None:
    row = await issued()
    token = await token_of(city, row)
    await city.run(
        """INSERT INTO licences.licence_type
        SELECT '11310000002000995C998', name_zh, name_en, holder_kind, validity, issuer_kind, mark
        FROM licences.licence_type LIMIT 1"""
    )
    await city.run(f"UPDATE licences.licence SET {column} = {ALTERED[column]} WHERE id = $1", row.id)
    assert (await ask(city, token)).verdict is Verdict.TAMPERED
    assert (await ask(city, str(row.identifier))).verdict is Verdict.TAMPERED
    finding = await ask(city, token)
    assert finding.shown is None
    noted = await city.rows("SELECT action FROM audit.ledger WHERE action = 'licences.tampered'")
    assert len(noted) == 3


async def test_a_whole_row_put_back_with_its_old_signature_is_tampered(
    city: Database, issued: Founding
) -> None:
    """Every cell is as we once signed it; but the ledger knows that we signed a later one."""
    row = await issued()
    token = await token_of(city, row)
    put_back = """UPDATE licences.licence l SET state = k.state, revision = k.revision, state_reason = k.state_reason,
        state_changed_at = k.state_changed_at, signed_by = k.signed_by, signature = k.signature
        FROM public.kept k WHERE k.id = l.id"""
    officer = Actor(Role.OFFICER, new_id(3), "李警官", department=DEPARTMENT, duties=OFFICERS_DUTIES)
    await city.run("CREATE TABLE public.kept AS SELECT * FROM licences.licence")
    await licences.revoke(city, officer, licence=row.id, reason="材料不实，予以撤销", now=LATER)
    assert (await ask(city, token)).verdict is Verdict.REVOKED
    await city.run(put_back)
    for asked in (token, str(row.identifier)):
        finding = await ask(city, asked)
        assert finding.verdict is Verdict.TAMPERED
        assert finding.shown is None
    with pytest.raises(licences.RowAltered):
        await licences.code_of(city, resident(row.holder), licence=row.id, now=LATER)
    (face,) = await licences.library(city, row.holder, now=LATER)
    assert not face.showable


async def test_a_removed_row_and_a_bent_index_are_tampered(
    city: Database, issued: Founding, holder: UUID
) -> None:
    one = await issued()
    other = await issued(holder=new_id(new_bucket()))
    await city.run(
        "UPDATE licences.identifier_index SET bucket = $2, licence = $3 WHERE identifier = $1",
        one.identifier,
        other.bucket,
        other.id,
    )
    assert (await ask(city, str(one.identifier))).verdict is Verdict.TAMPERED
    token = await token_of(city, one)
    await city.run("DELETE FROM licences.licence WHERE id = $1", one.id)
    assert (await ask(city, token)).verdict is Verdict.TAMPERED


async def test_the_holder_sees_who_looked_and_the_reading_has_its_purpose(
    city: Database, issued: Founding
) -> None:
    row = await issued()
    await ask(city, await token_of(city, row))
    officer = Actor(Role.OFFICER, new_id(3), "李警官", department=DEPARTMENT, duties=OFFICERS_DUTIES)
    for second in (1, 2, 3):
        await licences.verify(city, officer, asked=str(row.identifier), now=LATER + timedelta(seconds=second))
    looks = await actions.lookers(city, resident(row.holder), licence=row.id)
    assert [(str(look.who), look.how, look.count) for look in looks] == [
        ("示范市公安局徐汇分局 李警官", "number", 3),
        ("未登录的核验人", "qr", 1),
    ]
    assert await audit.standing_purpose(city, id=row.id, subject=row.holder, now=LATER) is not None
    # Who verifies may be logged in: no act of the holder's either.
    await licences.verify(city, resident(new_id(5)), asked=str(row.identifier), now=LATER)
    readings = await audit.readings_of(city, subject=row.holder, limit=9)
    told = await audit.shown_readings(city, resident(row.holder), readings)
    by_others = [str(one["purpose"]).split("：")[0] for one in told if str(one["who"]) != "您本人"]
    assert by_others == ["您出示的证照或者文书"] * 3, "the resident, the officer in one row, the visitor"


async def test_another_keys_token_and_other_claims_are_invalid(city: Database, issued: Founding) -> None:
    row = await issued()
    ring = keys.current()
    claims = ring.read_jws(await token_of(city, row))
    assert (await ask(city, ring.jws(claims, "node"))).verdict is Verdict.INVALID
    assert (await ask(city, ring.jws({"v": 1}, "licence"))).verdict is Verdict.INVALID
    assert (await ask(city, ring.jws({**claims, "id": "x"}, "licence"))).verdict is Verdict.TAMPERED


async def test_the_token_tells_no_more_than_it_must(city: Database, issued: Founding) -> None:
    row = await issued()
    claims = keys.current().read_jws(await token_of(city, row))
    assert set(claims) == {"v", "id", "ref", "type", "name", "h", "iss", "issued", "until", "iat"}
    text = msgspec.json.encode(claims).decode()
    for secret in (NUMBER, NAME, str(row.holder), str(row.reference)):
        assert secret not in text
