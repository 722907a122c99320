"""Sealing: an ended case becomes one package, once, however often the worker is killed over it.

The package is put together from rows that no longer change; its content goes to the store of files first, then one
write takes the case off the waiting list and adds the package's row, the file's row and the ledger row; where there
is an older package its row gives way in the same write, so that its address always answers. Killed before
that write, the case waits still and is done again: the same rows make the same bytes, which lie in the store once.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import msgspec
import structlog
from cryptography.hazmat.primitives.hashes import SM3, Hash

from tongban import audit, identity, regions
from tongban.cases import store
from tongban.cases.actions.archiving.papers import papers
from tongban.cases.actions.archiving.schedule import schedule
from tongban.cases.actions.limits.explaining import all_explained
from tongban.cases.actions.papers.printing import signed_together
from tongban.cases.actions.reading.cases import Opened, laid_open
from tongban.cases.model import ENDED, NoSuchCase
from tongban.cases.model.archive import Archived, Filing, Waiting, about_of, documents, due_on
from tongban.cases.model.archive.package import attachment_names
from tongban.cases.store import archive as rows
from tongban.kit import clock, files, keys, packages, signing
from tongban.kit.db import Database, DatabaseAway, write
from tongban.kit.files import File
from tongban.kit.packages import Content, of_bytes
from tongban.kit.packages.manifest import KEYS
from tongban.kit.packages.witness import MEMBER, Witness
from tongban.kit.packages.writing import Packed
from tongban.kit.policy import SYSTEM

log = structlog.get_logger("tongban.cases.archive")

#: Packages that one run of the job makes at most.
BATCH = 20
#: The ledger's rows are sealed within a second; so long is waited before the first try, and so often for them at all.
_REST = timedelta(seconds=3)
_TRIES = 12
#: The first rows of a case may be a little older than its own: the registers are read to open the draft.
_BEFORE = timedelta(days=1)


class PackageNotYet(Exception):  # noqa: N818 - a verdict
    """The case's last ledger rows are not sealed into blocks yet; it is tried again."""


async def note_ended(db: Database, *, case_id: UUID, at: datetime, now: datetime) -> None:
    """A case has come to its end at ``at``: it waits for its package from now on. One statement, idempotent."""
    await rows.to_archive(db, case_id=case_id, ended_at=at, due_at=now + _REST)


async def archive_anew(db: Database, *, case_id: UUID, applicant: UUID, at: datetime, now: datetime) -> None:
    """Something came after the end (a delivery, a seal, a status taken back): its package is made anew, if it has one.

    The old one is served until the new one takes its place; only that of a case that lives again is let go. One that
    was handed over to the archives office stays as it is. At most two statements; repeated it packs once more.
    """
    if await rows.to_archive_anew(db, case_id=case_id, ended_at=at, due_at=now + _REST):
        return
    await write(
        db,
        rows.unarchiving(case_id),
        files.dropping_all(subject=applicant, reference=f"archive:{case_id}"),
        audit.record(SYSTEM, "cases.unarchive", subject=applicant, reference=case_id, now=now),
    )


async def archive_due(db: Database, *, now: datetime, limit: int = BATCH) -> int:
    """Archive the cases whose turn it is; gives how many packages were kept.

    One that cannot be packed now is tried again later, at growing distances and without end; it holds up no other.
    """
    kept = 0
    for one in await rows.waiting(db, now=now, limit=limit):
        try:
            kept += await archive(db, one, now=now) is not None
        except PackageNotYet:
            continue
        except DatabaseAway:
            raise
        except NoSuchCase:
            # It lives again, or was never there; its next end brings it back.
            await rows.not_ended(db, case_id=one.case_id)
        except Exception:
            log.exception("a case is not archived yet", case=str(one.case_id), tries=one.tries)
    return kept


async def archive(db: Database, waiting: Waiting, *, now: datetime) -> Archived | None:
    """Make the package of an ended case and keep it, in the place of an older one. Raises PackageNotYet.

    None when another worker was first, or something came meanwhile that belongs into it: then it waits still. Six
    statements read and two for each paper, one writes. After twelve tries (hours) rows that no block holds are
    gone from the ledger or will never be sealed: then the package says in its list that it has none of them, rather
    than never to be.
    """
    filing, contents = await _gathered(db, waiting.case_id, patient=waiting.tries < _TRIES)
    packed = await package_of(filing, contents)
    digests = _Digests()
    case = filing.case
    received = await files.lay_down(
        digests.of(packed.chunks), name=f"{case.short_code}.zip", media_type="application/zip"
    )
    file = files.named(received, subject=case.applicant, reference=f"archive:{case.id}", now=now)
    row = _row(filing, file, packed, digests, now=now)
    kept = await write(
        db,
        rows.archiving(row, lease=waiting.lease),
        rows.waits_no_more(lease=waiting.lease),
        files.dropping_all(subject=case.applicant, reference=f"archive:{case.id}"),
        files.keeping([file]),
        audit.record(
            SYSTEM,
            "cases.archive",
            subject=case.applicant,
            reference=case.id,
            detail={"sm3": row.sm3, "retention": row.retention},
            now=now,
        ),
    )
    if kept is None:
        await rows.drop_unpackable(db, case_id=case.id)
        return None
    return row


def _row(filing: Filing, file: File, packed: Packed, digests: _Digests, *, now: datetime) -> Archived:
    case = filing.case
    return Archived(
        bucket=case.bucket,
        id=case.id,  # its address stays, however often the case is packed
        case_id=case.id,
        applicant=case.applicant,
        department=case.department or "",
        item=case.item,
        number=case.short_code or "",
        ended_at=filing.ended_at,
        sealed_at=now,
        file_id=file.id,
        size=file.size,
        sm3=digests.sm3,
        sha256=digests.sha256,
        manifest_sm3=_sm3(packages.listed(packed.manifest)),
        retention=filing.retention.code,
        dispose_on=due_on(filing.retention, clock.city_day(filing.ended_at)),
    )


async def _gathered(db: Database, case_id: UUID, *, patient: bool) -> tuple[Filing, list[Content]]:
    """All that the package of a case is made of, read and drawn."""
    found = await store.with_steps(db, case_id=case_id)
    if found is None or found[0].state not in ENDED:
        raise NoSuchCase
    case, events = found
    witness = await audit.witness(
        db,
        subject=case.applicant,
        reference=str(case.id),
        since=case.opened_at - _BEFORE,
        until=events[-1].at,
    )
    if witness is None and patient:
        raise PackageNotYet
    opened = await laid_open(db, case, events)
    # The sealed papers lie in the same store, about the same case; the package has them as papers.
    given = set((await store.sealed_papers(db, case_id=case.id)).values())
    about = await files.kept_about(db, subject=case.applicant, reference=case.id)
    attached = [one for one in about if one.id not in given]
    filing = await _filing(db, opened, attached, proved=witness is not None)
    contents = [of_bytes(name, content) for name, content in documents(filing)]
    contents.append(of_bytes(MEMBER, _ledger(witness)))
    contents.append(of_bytes(KEYS, msgspec.json.encode(keys.current().jwks("node"), order="sorted")))
    contents += [of_bytes(name, content) async for name, content in papers(db, opened)]
    contents += [
        Content(name, partial(_attached, file))
        for name, file in zip(attachment_names(attached), attached, strict=True)
    ]
    return filing, contents


async def _filing(db: Database, opened: Opened, attached: list[File], *, proved: bool) -> Filing:
    case, version = opened.case, opened.version
    person = await identity.person(db, case.applicant)
    organ = await regions.department(db, case.department or "")
    retention, rule = schedule().of(item=case.item, kind=version.kind, state=case.state)
    return Filing(
        case=case,
        events=opened.events,
        version=version,
        stated=opened.stated,
        answers=opened.answers,
        facts=opened.facts,
        applicant={"name": person.name, "paper": person.paper_kind, "number": person.id_number},
        together=[one.name for one in signed_together(opened, person.id_number)],
        organ=msgspec.structs.asdict(organ),
        retention=retention,
        rule=rule,
        files=attached,
        limits=await all_explained(db, case, opened.events, version),
        node=signing.node(),
        proved=proved,
    )


def _ledger(witness: Witness | None) -> bytes:
    return msgspec.json.encode(witness or Witness([], {}, {}), order="sorted")


async def _attached(file: File) -> AsyncIterator[bytes]:
    async for chunk in await files.content(file):
        yield chunk


async def package_of(filing: Filing, contents: list[Content]) -> Packed:
    """The package, signed with the node's key: the same rows, the same key, the same bytes."""
    return await packages.packed(about_of(filing), contents, jwk=node_key(), sign=node_signs)


def node_key() -> dict[str, str]:
    """The public key of this node that seals packages (RFC 7517)."""
    key = keys.current().jwks("node")["keys"][0]
    return {name: str(key[name]) for name in ("crv", "kid", "kty", "x", "y")}


def node_signs(text: bytes) -> bytes:
    """The node's signature, the same for the same text."""
    return keys.current().sign("node", text, repeatable=True)


class _Digests:
    """SM3 and SHA-256 of what flows through."""

    def __init__(self) -> None:
        self.sm3 = self.sha256 = ""

    async def of(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        sm3, sha256 = Hash(SM3()), hashlib.sha256()
        async for chunk in chunks:
            sm3.update(chunk)
            sha256.update(chunk)
            yield chunk
        self.sm3, self.sha256 = sm3.finalize().hex(), sha256.hexdigest()


def _sm3(content: bytes) -> str:
    digest = Hash(SM3())
    digest.update(content)
    return digest.finalize().hex()
