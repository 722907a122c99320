"""The photos of a site inspection stand on its record: numbered, upright, with times and the digest of the original."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from cryptography.hazmat.primitives.hashes import SM3, Hash
from PIL import Image, ImageDraw

from tests import make
from tests.cases import inspecting
from tests.cases.archiving import archived, content_of
from tests.cast import Resident
from tests.kit import sample_files
from tests.kit.sample_paper import text_of
from tests.sandbox.conftest import Sandbox
from tongban import cases, licences
from tongban.cases import jobs
from tongban.cases.actions import illustrated, kept_paper
from tongban.cases.model.papers import PaperKind
from tongban.kit import clock, files
from tongban.kit.db import Database
from tongban.kit.pdf import press
from tongban.kit.policy import Actor
from tongban.settings import settings
from tongban.worker import drain_once

POINT = "hand_washing"


@pytest.fixture(autouse=True, scope="module")
async def no_children() -> AsyncIterator[None]:
    yield
    await press.close()


def photo(width: int, height: int, *, seed: int, upright: int = 1, taken: str = "") -> bytes:
    """A photo as a camera makes it, the sky in the upper half as it stores it, hard to pack; turned by its EXIF."""
    image = Image.effect_noise((width, height), 60).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, height // 2), fill=(40 + seed, 90, 200))
    draw.ellipse((width // 3, height // 3, width // 2, height // 2), fill=(220, 40, 40))
    exif = Image.Exif()
    exif[0x0112] = upright
    if taken:
        exif.get_ifd(0x8769)[0x9003] = taken
    packed = io.BytesIO()
    image.save(packed, "JPEG", quality=90, exif=exif)
    return packed.getvalue()


def sm3(content: bytes) -> str:
    digest = Hash(SM3())
    digest.update(content)
    return digest.finalize().hex()


async def with_photos(db: Database, actor: Actor, case_id: UUID, who: Resident, *photos: bytes) -> None:
    """A whole record, with these photos of one point."""
    await inspecting.filled_in(db, actor, case_id, who)
    assert who.actor.id is not None
    sheet = await cases.inspection_sheet(db, actor, case_id=case_id, applicant=who.actor.id)
    await cases.keep_inspection(
        db,
        actor,
        case_id=case_id,
        applicant=who.actor.id,
        step=POINT,
        posted={"finding": "met", "words": "水池和水龙头齐全"},
        received=[await sample_files.sent(one, f"现场{n}.jpg") for n, one in enumerate(photos, 1)],
        version=sheet.version,
        now=clock.now(),
    )
    await inspecting.handed_in(db, actor, case_id)


async def record(db: Database, who: Resident, case_id: UUID, name: str) -> bytes:
    paper = await cases.my_paper(
        db, who.actor, case_id=case_id, kind="inspection", step=None, now=clock.now()
    )
    assert who.actor.id is not None
    shown = await illustrated(db, paper, case_id=case_id, applicant=who.actor.id)
    content = (await press.printed(shown)).content
    assert content == (await press.printed(shown)).content, "the same bytes"
    if folder := os.environ.get("PAPERS"):
        Path(folder, f"{name}.pdf").write_bytes(content)
    return content


def pictures(pdf: bytes) -> list[tuple[int, int]]:
    """The size of each picture in a PDF, as it stands there."""
    document = pypdfium2.PdfDocument(pdf)
    return [
        one.get_px_size()  # type: ignore[attr-defined]
        for page in document
        for one in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
    ]


async def test_the_record_alone_shows_which_pictures_belong_to_it(
    city: Database, owner: Resident, outside: Sandbox
) -> None:
    case_id, officer = await inspecting.accepted(city, owner)
    shots = [
        photo(1600, 1200, seed=0, upright=6, taken="2026:11:26 10:30:05"),
        photo(1600, 1200, seed=50, taken="0000:00:00 00:00:00"),
        photo(300, 200, seed=90),
    ]
    await with_photos(city, officer, case_id, owner, *shots)
    pdf = await record(city, owner, case_id, "inspection-photos")
    said = text_of(pdf)
    assert all(sm3(one) in said for one in shots)
    assert all(f"照片{n}" in said and f"现场{n}.jpg" in said for n in (1, 2, 3)) and "照片1、2、3" in said
    assert "拍摄时间（相机记录）：2026-11-2610:30:05" in said and said.count("拍摄时间") == 1
    assert said.count("上传时间") == 3
    turned, lying, small = pictures(pdf)
    assert turned[0] < turned[1] == 760 and lying == (760, 570) and small == (300, 200)
    assert len(pypdfium2.PdfDocument(pdf)) == 3
    await licences.trust_authority()
    await drain_once(city)
    await jobs.seal_papers(city, now=clock.now())
    step = max(one["version"] for one in await make.steps(city, case_id))
    assert owner.actor.id is not None
    kind = PaperKind.INSPECTION
    file = await kept_paper(
        city, case_id=case_id, applicant=owner.actor.id, step=step, kind=kind, now=clock.now()
    )
    assert file is not None
    sealed = b"".join([chunk async for chunk in await files.content(file)])
    assert all(sm3(one) in text_of(sealed) for one in shots) and pictures(sealed)[0] == turned


async def test_forty_photos_make_a_paper_that_can_be_checked(city: Database, owner: Resident) -> None:
    """The check takes 5 MB; every photo is one that hardly packs."""
    case_id, officer = await inspecting.accepted(city, owner)
    await with_photos(
        city,
        officer,
        case_id,
        owner,
        *(photo(1000, 1000, seed=n, taken="2026:11:26 10:30:05") for n in range(6)),
    )
    six = len(await record(city, owner, case_id, "inspection-six"))
    assert six / 6 * 40 < 4_800_000


async def test_a_photo_that_is_lost_leaves_its_frame_empty_and_says_so(
    city: Database, owner: Resident
) -> None:
    case_id, officer = await inspecting.accepted(city, owner)
    await with_photos(city, officer, case_id, owner, photo(400, 300, seed=1))
    [one] = await files.kept_about(city, subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    for kept in settings().files_dir.rglob(f"*{one.digest.hex()[:16]}*"):
        kept.unlink()
    said = text_of(await record(city, owner, case_id, "inspection-lost"))
    assert "照片未能印出" in said and "SM3" not in said.replace("SM3杂凑值", "")


async def test_the_package_of_the_case_has_the_record_with_its_photos(
    city: Database, owner: Resident
) -> None:
    case_id, officer = await inspecting.accepted(city, owner)
    shot = photo(600, 400, seed=9, upright=8)
    await with_photos(city, officer, case_id, owner, shot)
    await cases.withdraw(city, owner.actor, case_id=case_id, now=clock.now())
    row = await archived(city, case_id, ended=clock.now(), now=clock.now() + timedelta(minutes=1))
    with zipfile.ZipFile(io.BytesIO(await content_of(city, row))) as package:
        [name] = [one for one in package.namelist() if one.endswith("-inspection.pdf")]
        pdf = package.read(name)
    assert sm3(shot) in text_of(pdf) and pictures(pdf) == [(400, 600)]
    assert (await make.row(city, case_id))["state"] == "withdrawn"
