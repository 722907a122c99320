"""Log-in by a firm's certificate 单位证书登录: the signature over a challenge opens a session of the firm itself."""

from __future__ import annotations

import re
from datetime import datetime

import asyncpg
from cryptography import x509

from tongban import audit
from tongban.identity.actions.ending_certificates import telling_later
from tongban.identity.actions.firm_changes import recheck_firm
from tongban.identity.actions.logging_in import Opened
from tongban.identity.model import certificates as model
from tongban.identity.model.certificates import (
    CertificateRefused,
    Certified,
    Challenge,
    FirmUnbound,
    certificate_hash,
)
from tongban.identity.model.firms import Firm, firm_hash
from tongban.identity.model.handed_in import certificate_in, signature_in
from tongban.identity.model.people import LEVEL_SEEN
from tongban.identity.model.powers import Offer, Power, PowerState, on_certificate
from tongban.identity.providers import authority
from tongban.identity.store import firms, powers, replacing
from tongban.kit import papers
from tongban.kit.db import Database, write
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.policy import Actor, Role
from tongban.kit.web.sessions import making_room, opening_session
from tongban.settings import settings

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def begin_firm_log_in(*, browser: str, now: datetime) -> tuple[str, str]:
    """The text to be signed, and the token that the form carries. Nothing is stored."""
    challenge = model.begun(browser=browser, now=now)
    return challenge.text, model.challenge_token(challenge)


async def log_in_firm(
    db: Database,
    *,
    token: str,
    certificate: str | bytes,
    signature: str | bytes,
    browser: str,
    now: datetime,
) -> Opened:
    """Open a session of the firm by its certificate and the signature over the challenge, as they were handed in.

    Both are in ``certificate`` where ``signature`` is empty. The one who acts is the firm, beside it the keeper whom
    the certificate names. Raises CertificateRefused, AuthorityAway, FirmUnbound. A challenge is used up by the log-in
    that it opens.
    """
    challenge = model.challenge_of(token, browser=browser, now=now)
    given, signed = certificate_in(certificate), signature_in(signature or certificate)
    national = model.is_national(given)
    told = await authority.word(settings().authority_url, national=national)
    said = model.certified(
        given, issuing=told.issuing, anchors=anchors_of(national=national), revoked=told.revoked, now=now
    )
    model.must_be_signed(challenge, given, signed)
    firm = await _standing(db, said, now=now)
    power = await _power(db, firm, said, now=now)
    return await _opened(db, firm, power, challenge, said, now=now)


def anchors_of(*, national: bool) -> tuple[x509.Certificate, ...]:
    """The roots that the city believes, of SM2 or of the rest; none where it has not been told of any."""
    path = settings().sm2_trust_file if national else settings().trust_file
    if not path.exists():
        return ()
    return tuple(x509.load_pem_x509_certificate(pem) for pem in _PEM.findall(path.read_bytes()))


async def _standing(db: Database, said: Certified, *, now: datetime) -> Firm:
    """The firm of the certificate, as the register knows it: asked again where it was not for a day."""
    firm = await firms.by_hash(db, firm_hash(said.code)) if papers.uscc_shaped(said.code) else None
    if firm is not None and firm.overdue(now):
        await recheck_firm(db, firm, now=now)
        firm = await firms.firm(db, firm.id)
    if firm is None or not firm.active:
        raise FirmUnbound
    return firm


async def _power(db: Database, firm: Firm, said: Certified, *, now: datetime) -> Power:
    """The power of this certificate: it lists it among who acts for the firm, where the firm takes it back.

    One that the firm took back stays so. One that ended because the firm did stands anew once the firm does: register
    and authority both say so.
    """
    known = await _known(db, firm, said)
    if known is None or known.state is PowerState.LAPSED:
        await _empower(db, firm, said, now=now)
        known = await _known(db, firm, said)
        if known is None or known.state is PowerState.LAPSED:  # the firm ended in this very moment
            raise FirmUnbound
    if not known.usable(now):
        raise CertificateRefused("taken_back")
    return known


async def _known(db: Database, firm: Firm, said: Certified) -> Power | None:
    return await powers.last_of(db, firm.id, certificate_hash(said.serial), "certificate")


async def _empower(db: Database, firm: Firm, said: Certified, *, now: datetime) -> None:
    power = new_id(bucket_of(firm.id))
    paper = papers.Paper(papers.FIRM, firm.code)
    offer = Offer(paper, said.keeper, "certificate", None, None, None, now, said.until)
    try:
        await write(
            db,
            powers.offering(
                power,
                offer,
                principal=firm.id,
                principal_name=firm.name,
                agent=None,
                agent_hash=certificate_hash(said.serial),
                by=firm.id,
                state=PowerState.STANDING,
                basis=on_certificate(said.serial),
                now=now,
            ),
            audit.record(
                Actor(Role.RESIDENT, firm.id, firm.name),
                "identity.know_certificate",
                subject=firm.id,
                reference=power,
                now=now,
            ),
            telling_later(firm.id, power, until=said.until),
        )
    except asyncpg.UniqueViolationError as twice:
        if not replacing.is_second(twice):
            raise


async def _opened(
    db: Database, firm: Firm, power: Power, challenge: Challenge, said: Certified, *, now: datetime
) -> Opened:
    acting = power.acting()
    actor = Actor(Role.RESIDENT, firm.id, firm.name, level=LEVEL_SEEN, acting=acting)
    cookie, session = opening_session(actor, now=now, opened_by="certificate")
    done = await write(
        db,
        firms.using_challenge(challenge.hash, power.id, now=now),
        audit.record(
            actor,
            "identity.log_in",
            subject=firm.id,
            reference="firm",
            detail={"factor": "certificate", "power": str(power.id)},
            now=now,
        ),
        session,
        making_room(actor, now=now),
    )
    if done is None:
        raise CertificateRefused("challenge")
    return Opened(actor, cookie)
