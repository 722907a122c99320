"""Certificates taken back while a firm is logged in 证书吊销: the authority's list ends what is done by them."""

from __future__ import annotations

from datetime import datetime

import structlog

from tongban.identity.actions import firm_words
from tongban.identity.actions.firm_log_in import anchors_of
from tongban.identity.actions.firms import end_by_register
from tongban.identity.model.certificates import (
    AuthorityAway,
    CertificateRefused,
    certificate_hash,
    taken_back,
)
from tongban.identity.providers import authority
from tongban.identity.store import powers
from tongban.kit.db import Database
from tongban.settings import settings

log = structlog.get_logger("tongban.identity")


async def follow_certificates(db: Database, *, now: datetime) -> None:
    """End the powers of certificates that the authority has taken back, and with them what sessions do by these.

    A log-in asks for itself; this is for who was logged in before. While the authority does not answer nothing ends:
    the log says so, and nobody comes in anew. A certificate that is taken back is replaced by another, never given
    again.
    """
    for national in (False, True):
        anchors = anchors_of(national=national)
        if not anchors:
            continue  # the city believes no authority of this kind: nobody came in by one
        try:
            told = await authority.word(settings().authority_url, national=national)
            serials = taken_back(issuing=told.issuing, anchors=anchors, revoked=told.revoked, now=now)
        except (AuthorityAway, CertificateRefused):
            log.warning("nobody says which certificates were taken back", national=national)
            continue
        hashes = [certificate_hash(serial) for serial in serials]
        for power in await powers.by_certificates(db, hashes) if hashes else []:
            await end_by_register(db, power, words=firm_words.REPLACED, why="revoked", now=now)
            log.info("a firm's certificate was taken back", power=str(power.id))
