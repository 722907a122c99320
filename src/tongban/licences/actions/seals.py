"""Seals of organs on papers: where they come from, how a paper gets one, and how anybody checks it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import msgspec
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tongban import regions
from tongban.kit import keys
from tongban.kit.db import Database
from tongban.kit.ids import new_bucket, new_id
from tongban.kit.keys import Keys
from tongban.kit.pades import office
from tongban.kit.pades.model import Checking, Sealing
from tongban.kit.pdf import press
from tongban.kit.pdf.model import Imprint, Place
from tongban.licences import store
from tongban.licences.model import (
    Seal,
    SealAway,
    SealedPaper,
    SealRefused,
    SealRevoked,
    SealState,
    seal_place,
)
from tongban.licences.model.papers import PaperVerdict, taken, verdict_of
from tongban.licences.providers import AuthorityAway, EnrolmentRefused, authority
from tongban.settings import settings

log = structlog.get_logger("tongban.licences")

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_DER = serialization.Encoding.DER


async def seal_paper(
    db: Database,
    pdf: bytes,
    *,
    department: str,
    reason: str,
    place: Place,
    words: tuple[str, ...],
    now: datetime,
) -> SealedPaper:
    """``pdf`` with the e-seal of ``department`` at ``place``: PAdES B-LT and an archive stamp over all of it.

    ``reason`` is what the paper is called, ``words`` stand in the middle of the seal. The seal is asked of the
    authority when the department has none yet. Raises SealAway (try again) and SealRefused (somebody has to act).
    """
    anchors = _trusted()
    organ = await regions.department(db, department)
    seal = await _seal(db, organ, now=now)
    assert seal.certificate is not None
    drawn = await press.printed(Imprint(organ.name.zh, words))
    answer = await office.sealed(
        Sealing(
            pdf=pdf,
            field=f"seal-{department}",
            key=keys.current().open(seal.key_sealed, seal_place(seal.id)),
            certificate=seal.certificate,
            above=tuple(seal.above),
            anchors=anchors,
            stamp_address=settings().stamp_url,
            reason=reason,
            place=place,
            imprint=drawn.content,
        )
    )
    try:
        return taken(answer, str(seal.id))
    except SealRevoked:
        await store.mark_revoked(db, seal=seal.id, now=now)
        log.error("a seal was revoked", department=department, seal=str(seal.id))  # noqa: TRY400
        raise


async def sign_for(pdf: bytes, *, name_masked: str, reference: str, reason: str, seat: int = 0) -> bytes:
    """``pdf`` with the e-signature of a person for one act of hers, under a certificate for that act alone 事件型证书.

    Of several who sign one paper each has a ``seat`` of her own, the first 0. The key is made for it, signs once and is
    never written down; the certificate names her masked and the act's ``reference``. An organ's seal has to follow,
    which covers it. Raises SealAway, SealRefused.
    """
    anchors = _trusted()
    key = ec.generate_private_key(ec.SECP256R1())
    certificate, above = await _certified(key, authority.of_act(name_masked, reference), "event")
    answer = await office.sealed(
        Sealing(
            pdf=pdf,
            field=f"applicant-{seat}" if seat else "applicant",
            key=_private(key),
            certificate=certificate.public_bytes(_DER),
            above=tuple(above),
            anchors=anchors,
            stamp_address=settings().stamp_url,
            reason=reason,
            archive=False,
        )
    )
    return taken(answer, "").content


async def renew_seal(db: Database, *, department: str, now: datetime) -> None:
    """Put a department's seal away and ask for another. Raises SealAway, SealRefused, DepartmentUnknown."""
    organ = await regions.department(db, department)
    await store.retire(db, department=department, now=now)
    await _seal(db, organ, now=now)


async def _seal(db: Database, organ: regions.Department, *, now: datetime) -> Seal:
    """The department's seal in use; asked for, fetched or replaced where need be."""
    seal = await store.seal_of(db, department=organ.code)
    if seal is not None and seal.state is SealState.REVOKED:
        raise SealRevoked(f"the seal of {organ.code} was taken back; tongban paper renew-seal {organ.code}")
    if seal is not None and seal.state is SealState.IN_USE:
        if seal.good_at(now):
            return seal
        await store.retire(db, department=organ.code, now=now)
        seal = None
    if seal is None:
        await store.ask(db, _new(organ.code, keys.current()), now=now)
        seal = await store.seal_of(db, department=organ.code)
        assert seal is not None
    return seal if seal.certificate else await _fetched(db, seal, organ)


def _trusted() -> tuple[bytes, ...]:
    anchors = trusted(settings().trust_file)
    if not anchors:
        raise SealAway(f"no trusted authority: {settings().trust_file} holds no certificate")
    return anchors


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(_DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _new(department: str, ring: Keys) -> Seal:
    key = _private(ec.generate_private_key(ec.SECP256R1()))
    asked = Seal(new_id(new_bucket()), department, SealState.ASKED, b"")
    return msgspec.structs.replace(asked, key_sealed=ring.seal(key, seal_place(asked.id)))


async def _fetched(db: Database, seal: Seal, organ: regions.Department) -> Seal:
    key = serialization.load_der_private_key(keys.current().open(seal.key_sealed, seal_place(seal.id)), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    name = authority.of_organ(organ.name.zh, organ.uscc)
    certificate, above = await _certified(key, name, "seal")
    der = certificate.public_bytes(_DER)
    await store.take_into_use(
        db,
        seal=seal.id,
        certificate=der,
        above=above,
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
    )
    return msgspec.structs.replace(seal, state=SealState.IN_USE, certificate=der, above=above)


async def _certified(
    key: ec.EllipticCurvePrivateKey, name: x509.Name, profile: authority.Profile
) -> tuple[x509.Certificate, list[bytes]]:
    """The authority's certificate for a key, and those above it. Raises SealAway, SealRefused."""
    request = authority.request_for(key, name)
    try:
        certificate, above = await authority.enrol(settings().authority_url, request, profile)
    except AuthorityAway as away:
        raise SealAway(str(away)) from away
    except EnrolmentRefused as refused:
        raise SealRefused(str(refused)) from refused
    if certificate.public_key() != key.public_key():
        raise SealAway("the authority certified another key")
    return certificate, above


def trusted(path: Path) -> tuple[bytes, ...]:
    """The trust anchors of a PEM file (DER), none where there is no file; raises ValueError for what is none."""
    try:
        return _anchors(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return ()


@lru_cache(maxsize=4)
def _anchors(path: Path, _changed: int) -> tuple[bytes, ...]:
    found = _PEM.findall(path.read_bytes())
    return tuple(x509.load_pem_x509_certificate(pem).public_bytes(_DER) for pem in found)


async def trust_authority() -> None:
    """Of a demo city: believe the roots that the sandbox's authority publishes, and write them to the trust files.

    A real city's operator puts the file there, after comparing its digest with the authority's by another way.
    Idempotent; what is trusted already stays, and an authority that is away is asked at the next start.
    """
    for path, national in ((settings().trust_file, False), (settings().sm2_trust_file, True)):
        try:
            pem = await authority.root(settings().authority_url, national=national)
        except AuthorityAway as away:
            log.warning("the certificate authority is away", reason=str(away), sm2=national)
            continue
        root = x509.load_pem_x509_certificate(pem).public_bytes(_DER)
        if root not in trusted(path):
            _trust(path, pem)


def _trust(path: Path, pem: bytes) -> None:
    draft = path.with_suffix(".new")
    draft.write_bytes((path.read_bytes() if path.exists() else b"") + pem)
    draft.chmod(0o644)
    os.replace(draft, path)  # noqa: PTH105 - as one step, whatever is there


def verify_paper(
    pdf: bytes, *, trust: Sequence[bytes], at: datetime | None = None, lists: Sequence[bytes] = ()
) -> PaperVerdict:
    """The verdict on a paper by itself: no network, no database, no keys of the house.

    ``trust`` are trust anchors and ``lists`` newer revocation lists (DER), ``at`` the moment of the question. Loads
    pyHanko into this process and runs a loop of its own: pages ask :func:`verify_paper_apart`.
    """
    from tongban.kit.pades.checking import checked  # noqa: PLC0415 - 45 MB that the house does not carry

    moment = at or datetime.now(UTC)
    return verdict_of(checked(Checking(pdf=pdf, anchors=tuple(trust), at=moment, lists=tuple(lists))))


async def verify_paper_apart(pdf: bytes, *, now: datetime) -> PaperVerdict:
    """The same in a child with little to lose, under the city's own trust anchors: for what anybody uploads."""
    anchors = trusted(settings().trust_file)
    return verdict_of(await office.checked(Checking(pdf=pdf, anchors=anchors, at=now)))
