"""Files of a draft that come piece by piece (tus 1.0.0): cut off anywhere, begun again, handed in with the form.

How these tests can fail (tried): let the second of two writers at one place through (it is another content), store what
came only when the body ends (a broken line loses it), end the upload when the scan was away (it must be sent again).
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests import make
from tests.cases import papers
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.kit import sample_files
from tongban import settings
from tongban.kit import clock, files
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.files import giving, partial
from tongban.kit.files.receiving import shelf

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")

PHOTO = sample_files.photo(1400, 1100)
SPEAKS = {"tus-resumable": "1.0.0"}


class Phone:
    """Her browser's script: it knows the token of the page and speaks tus."""

    def __init__(self, web: Client, case_id: UUID, hidden: dict[str, str]) -> None:
        self.web, self.hidden = web, hidden
        self.home = f"/apply/{make.ITEM}/{case_id}"

    async def ask(self, method: str, url: str, body: bytes = b"", **headers: str) -> Any:
        sent = {
            **SPEAKS,
            "x-csrf-token": self.hidden["_csrf"],
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        return await self.web.request(method, url, content=body, headers=sent)

    async def begin(self, size: int, name: str = "合同.jpg", field: str = "photos", **more: str) -> Any:
        told = [
            f"{key} {base64.b64encode(text.encode()).decode()}"
            for key, text in (("field", field), ("filename", name))
        ]
        return await self.ask(
            "POST", f"{self.home}/uploads", upload_length=str(size), upload_metadata=",".join(told), **more
        )

    async def send(self, url: str, at: int, data: bytes, **more: str) -> Any:
        headers = {"content_type": "application/offset+octet-stream", "upload_offset": str(at), **more}
        return await self.ask("PATCH", url, data, **headers)

    async def hand_in(self, *urls: str, field: str = "photos", **typed: str) -> Any:
        shown = (await self.web.get(self.home)).text
        hidden = dict(re.findall(r'name="(_csrf|_version)" value="([^"]*)"', shown))
        named = " ".join(f"{field}:{url.rpartition('/')[2]}" for url in urls)
        return await self.web.post(
            self.home,
            data={**hidden, **make.typed(), "_uploaded": named, "_go": f"upload:{field}", **typed},
            files=[("photos", ("", b""))],
            follow_redirects=False,
        )


@pytest.fixture
async def draft(city: Database, owner: Resident) -> UUID:
    await papers.ask_for_files(city)
    return await make.filled(city, owner)


@pytest.fixture
async def phone(web: Client, city: Database, owner: Resident, draft: UUID) -> Phone:
    await log_in(web, city, owner.actor)
    shown = (await web.get(f"/apply/{make.ITEM}/{draft}")).text
    return Phone(web, draft, dict(re.findall(r'name="(_csrf|_version)" value="([^"]*)"', shown)))


async def listed(db: Database, case_id: UUID, field: str = "photos") -> list[dict[str, Any]]:
    found = (await make.row(db, case_id))["answers"].get(field, [])
    assert isinstance(found, list)
    return found


async def test_a_file_that_came_in_pieces_is_handed_in_with_the_form(
    phone: Phone, city: Database, draft: UUID
) -> None:
    made = await phone.begin(len(PHOTO))
    assert made.status_code == 201 and made.headers["upload-offset"] == "0"
    url = made.headers["location"]
    at = 0
    for end in (100_000, 100_001, len(PHOTO)):
        answer = await phone.send(url, at, PHOTO[at:end])
        at = int(answer.headers["upload-offset"])
        assert (answer.status_code, at) == (204, end) and "upload-expires" in answer.headers
        told = await phone.ask("HEAD", url)
        assert (told.headers["upload-offset"], told.headers["upload-length"]) == (str(end), str(len(PHOTO)))
        assert told.headers["cache-control"] == "no-store"
    done = await phone.hand_in(url)
    assert done.status_code == 303
    (file,) = await listed(city, draft)
    assert (file["name"], file["size"], file["type"]) == ("合同.jpg", len(PHOTO), "image/jpeg")
    shown = await phone.web.get(f"/my/cases/{draft}/files/{file['file']}")
    assert shown.content == PHOTO
    assert (await phone.ask("HEAD", url)).status_code == 404, "it ended in the write that kept the file"
    again = await phone.hand_in(url)
    assert again.status_code == 422 and "已经过期或取消" in again.text and len(await listed(city, draft)) == 1


async def test_what_came_before_the_line_broke_stays(city: Database, owner: Resident, draft: UUID) -> None:
    assert owner.actor.id is not None

    async def torn() -> AsyncIterator[bytes]:
        for at in range(0, 2_400_000, 100_000):
            yield LARGE[at : at + 100_000]
        raise ConnectionResetError

    upload = await began(city, owner, draft, len(LARGE))
    with pytest.raises(ConnectionResetError):
        await files.take_more(city, upload, torn(), offset=0, wanted=files.Wanted(), now=clock.now())
    now = await here(city, owner, draft, upload)
    assert now.taken == 2_400_000 and len(now.pieces) == 3
    rest = sample_files.pieces(LARGE[now.taken :])
    assert await files.take_more(city, now, rest, offset=now.taken, wanted=files.Wanted(), now=clock.now())
    whole = await here(city, owner, draft, upload)
    assert whole.whole and b"".join([piece async for piece in files.bytes_of(whole)]) == LARGE


LARGE = b"%PDF-1.7\n" + bytes(range(256)) * 12_000


async def began(db: Database, who: Resident, draft: UUID, size: int) -> files.Upload:
    assert who.actor.id is not None
    return await files.begin_upload(
        db,
        subject=who.actor.id,
        reference=draft,
        field="papers",
        name="a.pdf",
        size=size,
        wanted=files.Wanted(),
        now=clock.now(),
    )


async def here(db: Database, who: Resident, draft: UUID, upload: files.Upload) -> files.Upload:
    assert who.actor.id is not None
    return await files.upload_of(
        db, upload_id=upload.id, subject=who.actor.id, reference=draft, now=clock.now()
    )


async def test_two_at_the_same_place_the_second_changes_nothing(
    city: Database, owner: Resident, draft: UUID
) -> None:
    """Her phone sends again what the house is still taking in: each piece has a name of its own, one is counted."""
    upload = await began(city, owner, draft, len(LARGE))

    async def send(data: bytes) -> int:
        return await files.take_more(
            city, upload, sample_files.pieces(data), offset=0, wanted=files.Wanted(), now=clock.now()
        )

    results = await asyncio.gather(*(send(LARGE[:end]) for end in (900_000, 700_000)), return_exceptions=True)
    (taken,) = [one for one in results if isinstance(one, int)]
    assert sorted(type(one).__name__ for one in results) == ["UploadOutOfStep", "int"]
    now = await here(city, owner, draft, upload)
    assert now.taken == taken and len(now.pieces) == 1
    assert b"".join([piece async for piece in files.bytes_of(now)]) == LARGE[:taken]


async def test_limits_are_told_before_the_first_byte(
    phone: Phone, city: Database, owner: Resident, draft: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    for size, words in ((2_000_001, "文件超过 1.9 MB"), (0, "这个文件是空的"), (-1, "请求不完整")):
        refused = await phone.begin(size)
        assert refused.status_code == 422 and words in refused.text
    assert "请求不完整" in (await phone.begin(100, field="ground")).text
    monkeypatch.setattr(partial, "OPEN_UPLOADS", 2)
    assert [(await phone.begin(100)).status_code for _ in range(3)] == [201, 201, 429]
    monkeypatch.setattr(partial, "OPEN_UPLOADS", 20)
    monkeypatch.setattr(partial, "OPEN_BYTES", 1000)
    assert [(await phone.begin(size)).status_code for size in (801, 800)] == [429, 201]


async def test_what_is_not_tus_or_out_of_step_is_refused(phone: Phone) -> None:
    url = (await phone.begin(1000)).headers["location"]
    data = sample_files.photo(10, 10)[:500]
    assert (await phone.send(url, 1, data)).status_code == 409
    assert (await phone.send(url, 0, data * 3)).status_code == 409, "more than was promised"
    assert (await phone.send(url, 0, data, tus_resumable="0.2")).status_code == 412
    assert (await phone.send(url, 0, data, content_type="image/jpeg")).status_code == 415
    assert (await phone.send(url, 0, data, upload_offset="x")).status_code == 422
    assert (await phone.send(url, 0, data, x_csrf_token="stolen")).status_code == 403
    assert (await phone.ask("HEAD", url)).headers["upload-offset"] == "0"
    assert (await phone.send(url, 0, data)).status_code == 204
    assert (await phone.ask("DELETE", url)).status_code == 204
    assert (await phone.send(url, 500, data)).status_code == 404


async def test_another_persons_upload_is_not_there(phone: Phone, city: Database, other: Resident) -> None:
    url = (await phone.begin(1000)).headers["location"]
    await log_in(phone.web, city, other.actor)
    assert (await phone.ask("HEAD", url)).status_code == 404


async def test_a_program_is_refused_at_its_first_bytes(phone: Phone) -> None:
    url = (await phone.begin(100_000, "a.jpg")).headers["location"]
    refused = await phone.send(url, 0, b"MZ" + bytes(40_000))
    assert refused.status_code == 422 and "内容却不是图片" in refused.text
    assert (await phone.ask("HEAD", url)).status_code == 404


async def test_a_bad_file_is_a_fault_of_its_question_and_is_gone(
    phone: Phone, city: Database, draft: UUID
) -> None:
    data = PHOTO[:-500]
    url = (await phone.begin(len(data))).headers["location"]
    await phone.send(url, 0, data)
    answer = await phone.hand_in(url, phone="123")
    assert (
        answer.status_code == 422 and "合同.jpg：文件打不开" in answer.text and 'value="123"' in answer.text
    )
    assert await listed(city, draft) == [] and (await phone.ask("HEAD", url)).status_code == 404


async def test_half_a_file_is_not_handed_in(phone: Phone, city: Database, draft: UUID) -> None:
    url = (await phone.begin(len(PHOTO))).headers["location"]
    await phone.send(url, 0, PHOTO[:-500])
    assert (await phone.hand_in(url)).status_code == 422 and await listed(city, draft) == []
    assert (await phone.send(url, len(PHOTO) - 500, PHOTO[-500:])).status_code == 204
    assert (await phone.hand_in(url)).status_code == 303 and len(await listed(city, draft)) == 1


async def test_a_file_waits_for_the_virus_scan(
    phone: Phone, city: Database, draft: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not let through, not lost: with the scanner back it is handed in without being sent again."""
    url = (await phone.begin(len(PHOTO))).headers["location"]
    await phone.send(url, 0, PHOTO)
    monkeypatch.setenv("TONGBAN_CLAMD", "127.0.0.1:1")
    settings.reload()
    waits = await phone.hand_in(url)
    monkeypatch.delenv("TONGBAN_CLAMD")
    settings.reload()
    assert waits.status_code == 422 and "病毒检查暂时没有应答" in waits.text
    assert await listed(city, draft) == []
    assert (await phone.hand_in(url)).status_code == 303 and len(await listed(city, draft)) == 1


async def test_an_upload_that_is_left_alone_ends_with_its_pieces(
    city: Database, owner: Resident, draft: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await began(city, owner, draft, len(LARGE))
    await files.take_more(
        city, upload, sample_files.pieces(LARGE), offset=0, wanted=files.Wanted(), now=clock.now()
    )
    pieces = (await here(city, owner, draft, upload)).pieces
    monkeypatch.setattr(giving, "GRACE_SECONDS", -5.0)

    async def tidied(days: int) -> list[bytes]:
        day = (clock.now() + timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
        for piece in pieces:
            turn = (piece[0] - int(day.timestamp() / giving.TIDY_EVERY_SECONDS)) % 256
            await files.tidy(city, now=day + timedelta(seconds=giving.TIDY_EVERY_SECONDS) * (turn + 0.5))
        return [piece for piece in pieces if there(piece)]

    def there(piece: bytes) -> bool:
        try:
            return bool(list(shelf().chunks(piece, "piece")))
        except FileNotFoundError:
            return False

    assert len(pieces) == 3 and await tidied(0) == list(pieces)
    assert await tidied(2) == []
    with pytest.raises(Refused):
        await here(city, owner, draft, upload)
