"""Seals on papers: from the authority's certificate to a verdict ten years later, and everything between that fails."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
from cryptography import x509

from tests.kit.sample_paper import sample, text_of
from tests.sandbox.conftest import Sandbox
from tongban import licences
from tongban.kit import keys
from tongban.kit.db import Database
from tongban.kit.pades import office
from tongban.kit.pades.model import Checked, Holding, Signature
from tongban.kit.pdf import press
from tongban.licences import PaperFinding, PaperVerdict, SealedPaper
from tongban.licences.actions import seals
from tongban.licences.model import SealRefused, SealRevoked, verdict_of
from tongban.settings import settings

BRANCH = "police-310106"
ORGAN = "示范市公安局静安分局"
YEAR = timedelta(days=365.25)


@pytest.fixture(autouse=True, scope="module")
async def no_children() -> AsyncIterator[None]:
    yield
    await press.close()
    await office.close()


@pytest.fixture
async def trust(outside: Sandbox) -> tuple[bytes, ...]:
    """The anchors, as the demo city takes them."""
    await licences.trust_authority()
    return licences.trusted(settings().trust_file)


@pytest.fixture(autouse=True)
def healed(outside: Sandbox) -> Iterator[None]:
    yield
    outside.http.delete("/faults").raise_for_status()


async def sealed(db: Database, department: str = BRANCH) -> SealedPaper:
    made = await press.printed(sample())
    assert made.seal is not None
    return await licences.seal_paper(
        db,
        made.content,
        department=department,
        reason="受理通知书 3101062611240000018-02",
        place=made.seal,
        words=("电子印章", "示范市·合成"),
        now=datetime.now(UTC),
    )


async def judged(
    content: bytes, trust: Sequence[bytes], *, years: float = 0, lists: Sequence[bytes] = ()
) -> PaperVerdict:
    """The verdict so many years on; it runs a loop of its own, and so in a thread of its own here."""
    at = datetime.now(UTC) + years * YEAR
    return await asyncio.to_thread(licences.verify_paper, content, trust=trust, at=at, lists=lists)


def fail(outside: Sandbox, service: str, mode: str = "down") -> None:
    outside.http.post("/faults", json={"service": service, "mode": mode}).raise_for_status()


def revoke(outside: Sandbox, serial: int, *, at: datetime) -> bytes:
    """Take a certificate back from then on; gives the authority's new list."""
    asked = {"serial": f"{serial:x}", "at": at.isoformat()}
    outside.http.post("/ca/revocations", json=asked).raise_for_status()
    return outside.http.get("/ca/issuing.crl").content


async def serial_of(db: Database, department: str = BRANCH) -> int:
    der = await db.value(
        "SELECT certificate FROM licences.seal WHERE department = $1 AND state <> 'retired'", department
    )
    return x509.load_der_x509_certificate(der).serial_number


async def test_a_paper_is_sealed_once_for_all_times_and_says_by_whom_and_when(
    city: Database, outside: Sandbox, trust: tuple[bytes, ...]
) -> None:
    paper = await sealed(city)
    verdict = await judged(paper.content, trust)
    assert verdict.finding is PaperFinding.GOOD and verdict.holds
    assert (verdict.organ, verdict.paper) == (ORGAN, "受理通知书 3101062611240000018-02")
    uscc = await city.value("SELECT uscc FROM regions.department WHERE code = $1", BRANCH)
    assert verdict.identifier == f"NTRCN-{uscc}"
    assert verdict.sealed_at == paper.at and abs(paper.at - datetime.now(UTC)) < timedelta(minutes=1)
    # Ten years on with everybody down: only the file and the anchors are asked. The seal (2 years), the OCSP responder
    # (1 year) and the issuing authority (10 years) have run out by then.
    for service in ("ca", "ocsp", "tsa"):
        fail(outside, service)
    for years in (1, 3, 10, 14):
        assert (await judged(paper.content, trust, years=years)).holds, years
    aged = await judged(paper.content, trust, years=16)
    assert aged.finding is PaperFinding.AGED and not aged.holds
    assert aged.guarded_until is not None and aged.guarded_until < datetime.now(UTC) + 16 * YEAR
    # Another root, or none: nobody's word.
    assert (await judged(paper.content, ())).finding is PaperFinding.UNTRUSTED


async def test_every_altered_byte_is_told(city: Database, trust: tuple[bytes, ...]) -> None:
    content = (await sealed(city)).content
    step = len(content) // 40
    for place in range(step // 2, len(content), step):
        other = bytearray(content)
        other[place] ^= 0x20
        assert not (await judged(bytes(other), trust)).holds, place
    for other in (
        content + b"\n% x\n%%EOF\n",
        content[:-300],
        content[: len(content) // 2],
        b"%PDF-1.7\n%%EOF",
    ):
        assert not (await judged(bytes(other), trust)).holds
    plain = (await press.printed(sample())).content
    assert (await judged(plain, trust)).finding is PaperFinding.UNSEALED
    # What was signed is a part of the file: what stood before can be had from it, but it is no longer sealed up.
    first = content.index(b"%%EOF\n", len(plain)) + 6
    assert (await judged(content[:first], trust)).finding is PaperFinding.WITHOUT_PROOF


async def test_revoked_afterwards_it_still_holds_revoked_before_it_does_not(
    city: Database, outside: Sandbox, trust: tuple[bytes, ...]
) -> None:
    after, before = "police-310104", "police-310105"
    paper = await sealed(city, after)
    later = revoke(outside, await serial_of(city, after), at=datetime.now(UTC) + timedelta(minutes=1))
    assert (await judged(paper.content, trust, lists=[later])).holds
    stolen = await sealed(city, before)
    backdated = revoke(outside, await serial_of(city, before), at=datetime.now(UTC) - timedelta(hours=1))
    assert (await judged(stolen.content, trust)).holds  # the file alone cannot know
    told = await judged(stolen.content, trust, lists=[backdated])
    assert told.finding is PaperFinding.REVOKED and told.organ.endswith("分局")
    # Nothing more is sealed with it until somebody asks for another.
    for _ in range(2):
        with pytest.raises(SealRevoked):
            await sealed(city, before)
    await licences.renew_seal(city, department=before, now=datetime.now(UTC))
    assert (await judged((await sealed(city, before)).content, trust, lists=[backdated])).holds


async def test_an_authority_that_is_away_or_slow_is_waited_for_and_nothing_is_asked_twice(
    city: Database, outside: Sandbox, trust: tuple[bytes, ...]
) -> None:
    fail(outside, "ca")
    with pytest.raises(licences.SealAway):
        await sealed(city)
    asked = await city.row("SELECT id, key_sealed, state FROM licences.seal WHERE department = $1", BRANCH)
    assert asked is not None and asked["state"] == "asked"
    for service in ("tsa", "ocsp"):
        outside.http.delete("/faults").raise_for_status()
        fail(outside, service)
        with pytest.raises(licences.SealAway):
            await sealed(city)
    outside.http.delete("/faults").raise_for_status()
    assert (await judged((await sealed(city)).content, trust)).holds
    rows = await city.rows("SELECT id, key_sealed, state FROM licences.seal WHERE department = $1", BRANCH)
    assert [(row["id"], row["key_sealed"], row["state"]) for row in rows] == [
        (asked["id"], asked["key_sealed"], "in_use")
    ]


async def test_the_applicant_signs_before_the_organ_and_nobody_after_it(
    city: Database, outside: Sandbox, trust: tuple[bytes, ...]
) -> None:
    made = await press.printed(sample())
    assert made.seal is not None
    signed = await licences.sign_for(
        made.content, name_masked="李*明", reference="3101062611240000018-02", reason="收件凭证"
    )
    assert (
        await judged(signed, trust)
    ).finding is PaperFinding.UNSEALED  # a person's signature is no organ's seal
    signed = await licences.sign_for(
        signed, seat=1, name_masked="赵*", reference="3101062611240000018-02", reason="收件凭证"
    )
    paper = await licences.seal_paper(
        *(city, signed),
        department=BRANCH,
        reason="收件凭证",
        place=made.seal,
        words=("电子印章",),
        now=datetime.now(UTC),
    )
    for years in (0, 10):
        verdict = await judged(paper.content, trust, years=years)
        assert verdict.holds and (verdict.applicant, verdict.organ) == ("李*明、赵*", ORGAN)
    after = await licences.sign_for(
        (await sealed(city)).content, name_masked="王*", reference="x", reason="收件凭证"
    )
    assert (await judged(after, trust)).finding is PaperFinding.ALTERED
    # Without a stamp over the whole file the order alone has to tell.
    seal, own = (
        Signature(field=name, holding=Holding.HOLDS, identifier=code)
        for name, code in (("seal", "NTRCN-1"), ("applicant", ""))
    )
    assert verdict_of(Checked((own, seal))).holds and not verdict_of(Checked((seal, own))).holds
    assert await city.value("SELECT count(*) FROM licences.seal") == 1  # nothing of the one-time key is kept


async def test_two_workers_at_once_and_a_department_gets_one_seal(
    city: Database, trust: tuple[bytes, ...]
) -> None:
    papers = await asyncio.gather(*(sealed(city, "police-310107") for _ in range(3)))
    assert len({paper.seal for paper in papers}) == 1
    assert await city.value("SELECT count(*) FROM licences.seal") == 1


async def test_a_seal_that_runs_out_is_replaced_in_time(city: Database, trust: tuple[bytes, ...]) -> None:
    old = await sealed(city)
    await city.run("UPDATE licences.seal SET valid_until = now() + interval '20 days'")
    new = await sealed(city)
    assert new.seal != old.seal
    states = {str(row["id"]): row["state"] for row in await city.rows("SELECT id, state FROM licences.seal")}
    assert states == {old.seal: "retired", new.seal: "in_use"}
    assert (await judged(old.content, trust)).holds


async def test_without_a_trusted_authority_nothing_is_sealed(
    city: Database, trust: tuple[bytes, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tongban.settings import reload

    monkeypatch.setenv("TONGBAN_TRUST", str(tmp_path / "none.pem"))
    reload()
    with pytest.raises(licences.SealAway, match=r"none\.pem"):
        await sealed(city)
    # Another authority's root is there: the chain does not end where we trust.
    own = x509.load_der_x509_certificate(trust[0])
    (tmp_path / "none.pem").write_bytes(_another_root(own))
    with pytest.raises(SealRefused):
        await sealed(city)
    assert await city.value("SELECT state FROM licences.seal") == "in_use"  # it is not the seal's fault
    monkeypatch.undo()
    reload()
    await sealed(city)


def _another_root(like: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(like.subject)
        .issuer_name(like.subject)
        .public_key(key.public_key())
        .serial_number(like.serial_number)
        .not_valid_before(like.not_valid_before_utc)
        .not_valid_after(like.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


async def test_the_seal_is_seen_over_the_signature_and_the_text_beneath_stays(
    city: Database, trust: tuple[bytes, ...]
) -> None:
    plain, paper = await press.printed(sample()), await sealed(city)
    assert text_of(plain.content).split() == text_of(paper.content).split()
    place = plain.seal
    assert place is not None
    reds = []
    for content in (plain.content, paper.content):
        document = pypdfium2.PdfDocument(content)
        document.init_forms()
        picture = document[place.page].render(scale=1, may_draw_forms=True).to_pil().convert("RGB")
        height = picture.height
        box = (int(place.left), int(height - place.top), int(place.right), int(height - place.bottom))
        pixels = picture.crop(box).tobytes()
        colours = zip(pixels[::3], pixels[1::3], pixels[2::3], strict=True)
        reds.append(sum(r > 150 and g < 120 and b < 120 for r, g, b in colours))
        document.close()
    assert reds[0] == 0 and reds[1] > 500


async def test_the_key_lies_sealed_and_opens_for_its_seal_only(
    city: Database, trust: tuple[bytes, ...]
) -> None:
    await sealed(city)
    await sealed(city, "police-310107")
    one, other = await city.rows("SELECT id, key_sealed FROM licences.seal ORDER BY department")
    with pytest.raises(keys.SealBroken):
        keys.current().open(one["key_sealed"], b"licences.seal\x1fkey\x1f" + other["id"].bytes)
    assert b"PRIVATE" not in one["key_sealed"]


def test_neither_the_web_nor_the_worker_loads_pyhanko() -> None:
    program = (
        "import sys; from tongban.app import create_app; create_app(); import tongban.worker;"
        "print(sorted(n for n in sys.modules if n.split('.')[0] in ('pyhanko', 'aiohttp', 'lxml', 'asn1crypto')))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"%PDF-1.7\n1 0 obj\n<</Length 5>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF",
        b"\xff" * 4000,
    ],
)
async def test_what_is_no_paper_is_told_and_ends_no_child(content: bytes) -> None:
    for verdict in (
        await judged(content, ()),
        await licences.verify_paper_apart(content, now=datetime.now(UTC)),
    ):
        assert verdict == PaperVerdict(PaperFinding.UNREADABLE)


async def test_one_who_makes_the_child_run_away_gets_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "_PATIENCE", 0.01)
    assert (
        await licences.verify_paper_apart(b"%PDF", now=datetime.now(UTC))
    ).finding is PaperFinding.UNREADABLE
    monkeypatch.undo()
    assert seals.trusted(Path("/nonexistent")) == ()
