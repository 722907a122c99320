"""The photos of a paper 文书照片: read from the store when it is printed, each made small in a child of its own."""

from __future__ import annotations

from uuid import UUID

from msgspec.structs import replace

from tongban.cases import store
from tongban.cases.model import NoSuchCase
from tongban.kit import clock, files
from tongban.kit.db import Database
from tongban.kit.files import File
from tongban.kit.i18n import N_, use_language
from tongban.kit.pdf.model import Block, Paper, Photo, Photos


async def illustrated(db: Database, paper: Paper, *, case_id: UUID, applicant: UUID | None) -> Paper:
    """The paper with its photos, each with its times and the SM3 of its original; one statement for a paper with any.

    ``applicant`` is whose case it is, None where whoever reads it does not know: that is one statement more.
    One after another, so that never more than one original is decoded; what is kept of each is some 70 kB. A photo
    whose file is lost leaves its frame empty, and the paper says so.
    """
    if not any(isinstance(block, Photos) for block in paper.blocks):
        return paper
    subject = applicant or await store.applicant_of(db, case_id=case_id)
    if subject is None:
        raise NoSuchCase
    kept = {str(one.id): one for one in await files.kept_about(db, subject=subject, reference=case_id)}
    blocks: list[Block] = []
    for block in paper.blocks:
        if isinstance(block, Photos):
            shown = [await _shown(paper, photo, kept.get(photo.key)) for photo in block.items]
            blocks.append(Photos(tuple(shown)))
        else:
            blocks.append(block)
    return replace(paper, blocks=tuple(blocks))


async def _shown(paper: Paper, photo: Photo, file: File | None) -> Photo:
    try:
        picture = await files.pictured(file) if file is not None else None
    except files.FileLost:
        picture = None
    with use_language(paper.language):
        if file is None or picture is None:
            return replace(photo, lines=(*photo.lines, str(N_("原件无法读取，照片未能印出。"))))
        taken = (
            (str(N_("拍摄时间（相机记录）：{at}", at=f"{picture.taken:%Y-%m-%d %H:%M:%S}")),)
            if picture.taken
            else ()
        )
        sent = str(N_("上传时间：{at}", at=f"{clock.city_time(file.created_at):%Y-%m-%d %H:%M:%S}"))
        digest = (f"SM3 {picture.sm3[:32]}", picture.sm3[32:])
        return replace(photo, lines=(*photo.lines, *taken, sent, *digest), picture=picture.jpeg)
