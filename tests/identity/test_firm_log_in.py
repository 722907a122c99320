"""Log-in by a firm's certificate: what opens a session, and each thing that does not."""

from __future__ import annotations

import asyncio
import base64
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from httpx import Response

from tests.identity.conftest import LI, Client, enrolled
from tests.identity.firms import CAFE, SHOP, Firms
from tests.identity.pages import fields_of, words
from tests.sandbox.conftest import Sandbox
from tongban import identity, licences
from tongban.cli.firm_keys import firm_key
from tongban.identity import actions
from tongban.identity.actions import firm_certificates
from tongban.identity.actions import firm_log_in as log_in
from tongban.identity.model.certificates import AuthorityAway, CertificateRefused, FirmUnbound
from tongban.identity.model.handed_in import signature_in
from tongban.identity.model.powers import Power, PowerState
from tongban.identity.providers import authority
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.sm2 import SM2_WITH_SM3, Sm2Key
from tongban.licences.providers import authority as outside_authority
from tongban.settings import settings

pytestmark = pytest.mark.usefixtures("register")

#: Later than any certificate that the authority issues while the whole suite runs.
NOW = clock.now() + timedelta(hours=1)
BROWSER = "this browser"
NAME, KEEPER = "示范初见餐饮管理有限公司", "陈出纳"


class Key:
    """A firm's key with its certificate, as its keeper has it: of P-256, or of SM2."""

    def __init__(self, key: Any, certificate: x509.Certificate) -> None:
        self.key, self.certificate = key, certificate

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def sign(self, text: str) -> str:
        return base64.b64encode(self.der(text)).decode()

    def der(self, text: str) -> bytes:
        if isinstance(self.key, Sm2Key):
            return self.key.sign(text.encode())
        made: bytes = self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256()))
        return made


async def certified(code: str = CAFE, profile: Any = "firm") -> Key:
    key = Sm2Key.new() if profile == "firm-sm2" else ec.generate_private_key(ec.SECP256R1())
    name = outside_authority.of_firm(NAME, code, KEEPER)
    request = outside_authority.request_for(key, name)
    certificate, _ = await outside_authority.enrol(settings().authority_url, request, profile)
    return Key(key, certificate)


def foreign(key: Any, *, issuer: Any = None) -> Key:
    """A certificate of nobody's authority, for the same names."""
    made = (
        x509.CertificateBuilder()
        .subject_name(outside_authority.of_firm(NAME, CAFE, KEEPER))
        .issuer_name(outside_authority.of_firm("别处的机构", SHOP, "CA"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=30))
    )
    return Key(key, made.sign(issuer or key, hashes.SHA256()))


@pytest.fixture
async def firm(db: Database, outside: Sandbox) -> Actor:
    """A firm with its account; the authority is asked anew."""
    identity.plug_firm_check(Firms().check)
    await licences.trust_authority()
    authority.forget()
    li = (await enrolled(db, LI, now=NOW - timedelta(minutes=30))).actor
    bound = await actions.bind_firm(db, li, code=CAFE, now=NOW)
    assert bound.power is not None
    power = await actions.power(db, li, power_id=bound.power)
    return Actor(li.role, power.principal, power.principal_name, level=1, acting=power.acting())


async def opened(db: Database, key: Key, *, now: datetime = NOW, **other: Any) -> identity.Opened:
    text, token = log_in.begin_firm_log_in(browser=BROWSER, now=now)
    given = {"token": token, "browser": BROWSER, "certificate": key.pem, "signature": key.sign(text), **other}
    return await log_in.log_in_firm(db, now=now, **given)


async def test_the_firm_is_who_acts_and_the_keeper_stands_beside_it(db: Database, firm: Actor) -> None:
    key = await certified()
    actor = (await opened(db, key)).actor
    assert (actor.id, actor.holder, actor.name) == (firm.id, firm.id, NAME)
    assert actor.acting is not None
    assert (actor.acting.kind, actor.acting.agent, actor.acting.agent_name) == ("certificate", None, KEEPER)
    await opened(db, key)
    found = [one for one in (await actions.powers_of(db, firm, now=NOW)).given if one.kind == "certificate"]
    assert [one.agent_name for one in found] == [KEEPER], "the firm's page lists its keys, each once"
    assert await db.value("SELECT count(*) FROM kit.session WHERE power = $1", found[0].id) == 2
    # The representative takes the key back: its sessions end, and it opens no more.
    await actions.revoke_power(db, firm, power_id=found[0].id, now=NOW)
    ended = await db.value("SELECT count(*) FROM kit.session WHERE power_ended = 'revoked'")
    assert ended == 2
    with pytest.raises(CertificateRefused) as refused:
        await opened(db, key)
    assert refused.value.why == "taken_back", "the authority has not revoked it: who keeps it is told who did"
    states = {one.id: one.state for one in (await actions.powers_of(db, firm, now=NOW)).given}
    assert states[found[0].id] is PowerState.REVOKED


async def test_a_certificate_logs_in_again_once_its_firm_stands_again(db: Database, firm: Actor) -> None:
    """How it can fail (tried): without ``LAPSED`` in ``_power`` (told to be taken back, and nothing brings it back)."""
    register, key, later = Firms(), await certified(), NOW + timedelta(days=2)
    identity.plug_firm_check(register.check)
    await opened(db, key)
    register.firms[CAFE][3] = "struck_off"
    await actions.recheck_firms(db, now=later)
    with pytest.raises(FirmUnbound):
        await opened(db, key, now=later)
    register.firms[CAFE][3] = "active"
    assert firm.acting is not None
    bound = await actions.bind_firm(db, Actor(firm.role, firm.acting.agent, level=1), code=CAFE, now=later)
    for _ in range(2):
        assert (await opened(db, key, now=later)).actor.id == firm.id
    states = [one.state for one in await powers_of(db, firm) if one.kind == "certificate"]
    assert states == [PowerState.STANDING, PowerState.LAPSED] and bound.power is not None


async def powers_of(db: Database, firm: Actor) -> tuple[Power, ...]:
    return (await actions.powers_of(db, firm, now=NOW)).given


async def test_a_certificate_of_sm2_logs_in_and_is_revoked(
    db: Database, firm: Actor, outside: Sandbox
) -> None:
    key, other = await certified(profile="firm-sm2"), await certified(profile="firm-sm2")
    assert key.certificate.signature_algorithm_oid == SM2_WITH_SM3
    assert (await opened(db, key)).actor.id == firm.id
    text, token = log_in.begin_firm_log_in(browser=BROWSER, now=NOW)
    raw = b"".join(one.to_bytes(32) for one in decode_dss_signature(key.der(text)))
    opened_raw = await log_in.log_in_firm(
        db, token=token, certificate=key.pem, signature=raw, browser=BROWSER, now=NOW
    )
    assert opened_raw.actor.id == firm.id
    # Another key's certificate, and one that says to be of this authority but is signed by nobody's.
    with pytest.raises(CertificateRefused) as refused:
        await opened(db, Key(other.key, key.certificate))
    assert refused.value.why == "signature"
    changed = bytearray(key.certificate.public_bytes(serialization.Encoding.DER))
    place = changed.index(KEEPER.encode())
    changed[place : place + 3] = "王".encode()
    with pytest.raises(CertificateRefused) as refused:
        await opened(db, key, certificate=bytes(changed))
    assert refused.value.why == "authority"
    serial = f"{key.certificate.serial_number:x}"
    outside.http.post("/ca/revocations", json={"serial": serial}).raise_for_status()
    authority.forget()
    with pytest.raises(CertificateRefused) as refused:
        await opened(db, key)
    assert refused.value.why == "revoked"
    await opened(db, other)


async def test_a_certificate_taken_back_ends_what_its_session_does(
    db: Database, firm: Actor, outside: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the worker's next look at the authority's list; another's stays, and an authority that is away ends nothing.

    How it can fail (tried): with no power taken from the list; with ``anchors`` not looked at (a list of nobody's
    authority ends sessions).
    """
    national, other = await certified(profile="firm-sm2"), await certified()
    for key in (national, other):
        await opened(db, key)
    for key in (national, other):
        serial = f"{key.certificate.serial_number:x}"
        outside.http.post("/ca/revocations", json={"serial": serial}).raise_for_status()
        authority.forget()
        outside.http.post("/faults", json={"service": "ocsp", "mode": "down"}).raise_for_status()
        await firm_certificates.follow_certificates(db, now=NOW)
        assert await _ended(db) == ([] if key is national else ["revoked"])
        outside.http.delete("/faults").raise_for_status()
        if key is national:
            with monkeypatch.context() as patched:
                patched.setattr(
                    firm_certificates,
                    "anchors_of",
                    lambda *, national: (foreign(ec.generate_private_key(ec.SECP256R1())).certificate,),
                )
                await firm_certificates.follow_certificates(db, now=NOW)
            assert await _ended(db) == []
        await firm_certificates.follow_certificates(db, now=NOW)
        assert await _ended(db) == ["revoked"] * (1 if key is national else 2)


async def _ended(db: Database) -> list[str]:
    rows = await db.rows("SELECT power_ended FROM kit.session WHERE power_ended IS NOT NULL")
    return [row["power_ended"] for row in rows]


async def test_it_is_handed_in_as_text_or_file_and_what_is_none_is_told(
    db: Database, firm: Actor, client: Client
) -> None:
    """How it can fail (tried): of its last lines, with ``alone`` never so."""
    key = await certified()
    der = key.certificate.public_bytes(serialization.Encoding.DER)
    # By the house's own clock: the certificate was issued just now.
    shown = await client.get("/login/firm")
    text = re.search(r"tongban-firm-log-in:[0-9a-f]+", shown.text)
    assert text
    secret = b"-----BEGIN PRIVATE KEY-----\nMIG\n-----END PRIVATE KEY-----\n"
    good = {"certificate": key.pem, "signature": key.sign(text[0])}
    for files, typed, said in (
        ({"certificate_file": b"x" * 20_000}, {}, "文件超过 16 KB"),
        ({"certificate_file": b"GIF89a" + bytes(99)}, {}, "没有读到证书"),
        ({"certificate_file": secret + key.pem.encode()}, {}, "里有私钥，我们没有保存"),
        ({"signature_file": key.pem.encode()}, {}, "没有读到签名"),
        ({}, {"signature": "not base64!"}, "没有读到签名"),
    ):
        told = await handed(client, shown, good | typed, files)
        assert told.status_code == 422 and said in words(told), said
        assert key.pem.splitlines()[1] in told.text, "what was pasted stays"
    shown = await client.get("/login/firm")
    text = re.search(r"tongban-firm-log-in:[0-9a-f]+", shown.text)
    assert text
    pem = b"-----BEGIN SIGNATURE-----\n" + base64.encodebytes(key.der(text[0])) + b"-----END SIGNATURE-----\n"
    # The certificate as DER in a file, the signature in PEM; what is pasted beside a file counts for nothing.
    there = await handed(client, shown, {"signature": "x"}, {"certificate_file": der, "signature_file": pem})
    assert client.cookies.get("tongban_session") and "tongban_visitor" not in client.cookies
    assert there.url.path == "/my/firm" and NAME in words(there)
    # Who comes in so has no account of her own here to switch back to.
    assert f"法定代表人{LI.name}" in _close(there) and "与单位盖章效力相同" in words(there)
    hub, own = words(await client.get("/my/acting")), await client.get("/my/acting/firm")
    assert "只代表" in hub and "还没有人授权您代办" not in hub
    assert own.status_code == 403 and "退出后以本人登录" in words(own) and "切换回本人" not in words(own)


def _close(shown: Response) -> str:
    return "".join(words(shown).split())


async def test_what_the_keys_software_prints_goes_in_whole(db: Database, firm: Actor, tmp_path: Path) -> None:
    """How it can fail (tried): without what stands beside the PEM in ``signature_in``; without ``or certificate``;
    without ``uscc_shaped`` of the command (a certificate for nobody's code)."""
    key, file = await certified(), tmp_path / "key.pem"
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(key.key.private_bytes(serialization.Encoding.PEM, *plain) + key.pem.encode())
    text, token = log_in.begin_firm_log_in(browser=BROWSER, now=NOW)
    printed = CliRunner().invoke(firm_key, ["sign", str(file), text]).output
    assert signature_in(printed) == signature_in(printed.encode())
    there = await log_in.log_in_firm(
        db, token=token, certificate=printed, signature="", browser=BROWSER, now=NOW
    )
    assert there.actor.id == firm.id
    made = tmp_path / "new.pem"
    named = ["new", str(made), "--code", "123", "--firm", NAME, "--keeper", KEEPER]
    assert CliRunner().invoke(firm_key, named).exit_code == 2 and not made.exists()


async def handed(client: Client, shown: Response, typed: dict[str, str], files: dict[str, bytes]) -> Response:
    """Send the form of the page with files."""
    parts = {name: (f"{name}.bin", content) for name, content in files.items()}
    fields = {**fields_of(shown.text, "/login/firm"), **typed}
    token = {"_csrf": fields.pop("_csrf")}
    # The token goes before the files, as in the page.
    body = [(name, (None, value)) for name, value in (token | fields).items() if not name.endswith("_file")]
    return await client.post("/login/firm", files=[*body, *parts.items()])  # type: ignore[arg-type]


async def test_a_challenge_is_used_once_in_its_browser_and_its_time(db: Database, firm: Actor) -> None:
    key = await certified()
    text, token = log_in.begin_firm_log_in(browser=BROWSER, now=NOW)
    other, _ = log_in.begin_firm_log_in(browser=BROWSER, now=NOW)
    given = {"token": token, "certificate": key.pem, "signature": key.sign(text)}
    for wrong, when in (
        ({"browser": "another browser"}, NOW),
        ({"browser": BROWSER}, NOW + timedelta(minutes=2)),
        ({"browser": BROWSER, "signature": key.sign(other)}, NOW),
        ({"browser": BROWSER, "signature": "not base64!"}, NOW),
    ):
        with pytest.raises(CertificateRefused):
            await log_in.log_in_firm(db, now=when, **{**given, **wrong})
    await log_in.log_in_firm(db, browser=BROWSER, now=NOW, **given)
    with pytest.raises(CertificateRefused) as replayed:
        await log_in.log_in_firm(db, browser=BROWSER, now=NOW, **given)
    assert replayed.value.why == "challenge"
    assert await db.value("SELECT count(*) FROM kit.session WHERE acting_for = $1", firm.id) == 1


async def test_two_with_one_challenge_open_one_session(db: Database, firm: Actor) -> None:
    key, other = await certified(), await certified()
    await opened(db, key), await opened(db, other)
    before = await db.value("SELECT count(*) FROM kit.session")
    text, token = log_in.begin_firm_log_in(browser=BROWSER, now=NOW)
    both = await asyncio.gather(
        *(
            log_in.log_in_firm(
                db.sibling(),
                token=token,
                certificate=one.pem,
                signature=one.sign(text),
                browser=BROWSER,
                now=NOW,
            )
            for one in (key, other)
        ),
        return_exceptions=True,
    )
    (lost,) = [one for one in both if isinstance(one, BaseException)]
    assert isinstance(lost, CertificateRefused) and lost.why == "challenge"
    assert await db.value("SELECT count(*) FROM kit.session") == before + 1


async def test_the_register_is_asked_again_when_a_day_has_passed(db: Database, firm: Actor) -> None:
    key, register = await certified(), Firms()
    identity.plug_firm_check(register.check)
    later = NOW + timedelta(days=2)
    register.firms[CAFE][3] = "struck_off"
    with pytest.raises(FirmUnbound):
        await opened(db, key, now=later)
    # A certificate whose code is none at all stands for no firm, whoever signed it.
    with pytest.raises(FirmUnbound):
        await opened(db, await certified("91310000"))


async def test_a_certificate_that_does_not_hold_is_refused_for_its_reason(
    db: Database, firm: Actor, outside: Sandbox
) -> None:
    good, own = await certified(), ec.generate_private_key(ec.SECP256R1())
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    cases: list[tuple[Key, datetime, str, str]] = [
        (good, NOW + timedelta(days=400), "", "validity"),
        (good, NOW - timedelta(days=2), "", "validity"),
        (foreign(own), NOW, "", "authority"),
        (Key(own, foreign(rsa_key).certificate), NOW, "", "algorithm"),
        (await certified(profile="seal"), NOW, "", "usage"),
        (good, NOW, "no certificate", "certificate"),
    ]
    for key, when, pem, why in cases:
        with pytest.raises(CertificateRefused) as refused:
            await opened(db, key, now=when, **({"certificate": pem} if pem else {}))
        assert refused.value.why == why, why
    with pytest.raises(FirmUnbound):
        await opened(db, await certified(SHOP))
    serial = f"{good.certificate.serial_number:x}"
    outside.http.post("/ca/revocations", json={"serial": serial}).raise_for_status()
    authority.forget()
    with pytest.raises(CertificateRefused) as refused:
        await opened(db, good)
    assert refused.value.why == "revoked"
    outside.http.post("/faults", json={"service": "ocsp", "mode": "down"}).raise_for_status()
    authority.forget()
    with pytest.raises(AuthorityAway):
        await opened(db, await certified())
    outside.http.delete("/faults").raise_for_status()
