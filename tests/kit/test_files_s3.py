"""The store in a bucket, against a real server of the S3 protocol (rclone's): the same promises as on the disk.

How these tests can fail (tried): sign another path than is sent (403), leave a part out (the file does not open),
remove instead of moving aside (a content that is named meanwhile is lost).
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import msgspec
import pytest

from tests.kit import sample_files as make
from tests.kit.s3_server import S3Server
from tests.kit.test_files_keeping import CASE, OWNER, keep
from tongban import settings
from tongban.kit import files
from tongban.kit.db import Database, Part, write
from tongban.kit.files import giving, receiving, s3
from tongban.kit.files.remote import RemoteShelf
from tongban.kit.files.s3 import PART_BYTES, Objects, StoreAway, authorization
from tongban.settings import Bucket, SettingsWrong
from tongban.up import doctor

ONE = Part("SELECT 1 AS one")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow each other closely: how long between them is no part of what is tested."""
    monkeypatch.setattr(s3, "_FIRST_WAIT_SECONDS", 0.02)


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    running = S3Server(tmp_path_factory.mktemp("s3"))
    yield running
    running.stop()


@contextmanager
def set_to(bucket: Bucket) -> Iterator[None]:
    """The settings say so, and the store is made anew."""
    before = {name: os.environ.get(f"TONGBAN_S3{name}") for name in ("", "_KEY", "_SECRET", "_REGION")}
    told = {"": bucket.url, "_KEY": bucket.key, "_SECRET": bucket.secret, "_REGION": bucket.region}
    os.environ.update({f"TONGBAN_S3{name}": value for name, value in told.items()})
    settings.reload()
    receiving.shelf.cache_clear()
    try:
        yield
    finally:
        kept = receiving.shelf()
        assert isinstance(kept, RemoteShelf)
        kept.objects.close()
        for name, value in before.items():
            os.environ.pop(f"TONGBAN_S3{name}")
            if value is not None:
                os.environ[f"TONGBAN_S3{name}"] = value
        settings.reload()
        receiving.shelf.cache_clear()


@pytest.fixture
def remote(bucket: S3Server, data_dir: Path) -> Iterator[RemoteShelf]:
    """The house's store in an empty bucket."""
    with set_to(bucket.address):
        kept = receiving.shelf()
        assert isinstance(kept, RemoteShelf)
        yield kept
        for entry in list(kept.objects.listed("")):
            kept.objects.delete(entry.key)
        kept.objects.close()


async def read(file: files.File) -> bytes:
    return b"".join([chunk async for chunk in await files.content(file)])


def keys(remote: RemoteShelf) -> list[str]:
    return [entry.key for entry in remote.objects.listed("")]


def drafts(remote: RemoteShelf) -> list[Path]:
    return list((remote.root / "incoming").iterdir())


async def tidied(db: Database, *received: files.Received) -> int:
    """A day of tidying, as far as these files lie in its shards; the first shard's turn does more."""
    day, step = datetime(2026, 11, 25, tzinfo=UTC), timedelta(seconds=giving.TIDY_EVERY_SECONDS)
    turns = {0, *(one.digest[0] for one in received)}
    return sum([await files.tidy(db, now=day + step * (turn + 0.5)) for turn in turns])


async def test_a_file_goes_to_the_bucket_and_comes_back(
    db: Database, bucket: S3Server, remote: RemoteShelf
) -> None:
    photo = make.photo(1500, 1000)
    kept = await keep(db, await make.sent(photo, "身份证.jpg"))
    name = kept.digest.hex()
    path = f"{name[:2]}/{name[2:4]}/{name}"
    assert keys(remote) == [path, f"{path}.thumbnail"] and drafts(remote) == []
    assert await read(kept) == photo
    assert (await files.thumbnail(kept)).startswith(b"\xff\xd8")
    lies = (bucket.place / path).read_bytes()
    assert b"\xff\xd8\xff" not in lies[:64] and lies.startswith(b"TBF\x01"), "sealed before it left"


async def test_a_large_file_goes_in_parts(db: Database, remote: RemoteShelf) -> None:
    large = make.pdf(objects=(make.stream(os.urandom(2 * PART_BYTES + 1000), packed=False),))
    kept = await keep(db, await make.sent(large, "图纸.pdf"))
    got = await read(kept)
    assert hashlib.sha256(got).digest() == hashlib.sha256(large).digest()


@pytest.mark.parametrize("size", [0, 1, PART_BYTES, PART_BYTES + 1, 2 * PART_BYTES])
def test_every_size_comes_back(remote: RemoteShelf, tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    (tmp_path / "a").write_bytes(data)
    remote.objects.put("any name/名字+~", tmp_path / "a")
    with remote.objects.get("any name/名字+~") as coming:
        assert coming is not None and b"".join(coming) == data
    assert [entry.key for entry in remote.objects.listed("any ")] == ["any name/名字+~"]


async def test_who_signs_with_another_secret_is_refused(bucket: S3Server, remote: RemoteShelf) -> None:
    with set_to(msgspec.structs.replace(bucket.address, secret="another")):
        with pytest.raises(files.FilesAway):
            await make.sent(make.photo(), "a.jpg")
        told = await doctor.examine(settings.settings())
        (found,) = [one for one in told if one.name == "files"]
        assert found.state == "bad" and "403" in found.words and "another" not in found.words
    assert keys(remote) == [] and drafts(remote) == []


async def test_a_store_that_is_away_loses_nothing(
    db: Database, bucket: S3Server, remote: RemoteShelf
) -> None:
    photo = make.photo()
    kept = await keep(db, await make.sent(photo, "a.jpg"))
    bucket.stop()
    try:
        with pytest.raises(files.FilesAway) as told:
            await make.sent(make.photo(), "b.jpg")
        assert told.value.status == 503 and drafts(remote) == []
        with pytest.raises(files.FileLost):
            await files.content(kept)
        assert "is away" in giving.bucket_condition(remote.root, bucket.address)
    finally:
        bucket.start()
    assert await read(kept) == photo and giving.bucket_condition(remote.root, bucket.address) == ""


async def test_what_no_row_names_goes_by_way_of_aside(
    db: Database, remote: RemoteShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each round is a day: first it is moved, where it can still be read, then it is gone."""
    named, unnamed = await make.sent(make.pdf(1), "a.pdf"), await make.sent(make.pdf(2), "a.pdf")
    kept = await keep(db, named)
    assert await tidied(db, named, unnamed) == 0, "an upload under way is not collected"
    monkeypatch.setattr(giving, "GRACE_SECONDS", -5.0)
    assert await tidied(db, named, unnamed) == 1
    assert len([key for key in keys(remote) if key.startswith("leaving/")]) == 2
    late = await keep(db, unnamed)
    assert await read(late) == make.pdf(2), "named at the very moment: not lost"
    assert await tidied(db, named, unnamed) == 0
    await write(db, ONE, files.dropping_all(subject=OWNER, reference=CASE))
    assert await tidied(db, named, unnamed) == 2 and await tidied(db, named, unnamed) == 1
    assert keys(remote) == [] and kept.size


async def test_an_altered_object_does_not_open(db: Database, bucket: S3Server, remote: RemoteShelf) -> None:
    kept = await keep(db, await make.sent(make.photo(), "a.jpg"))
    name = kept.digest.hex()
    path = bucket.place / name[:2] / name[2:4] / name
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(files.FileLost):
        await read(kept)


def test_parts_of_a_killed_process_are_dropped(remote: RemoteShelf) -> None:
    begun = remote.objects._done("POST", "torn", {"uploads": ""})
    assert b"UploadId" in begun.content
    assert remote.give_up_torn() == 0, "it may still be under way"
    assert remote.objects.give_up_torn(before=9e9) == 1 and remote.objects.give_up_torn(before=9e9) == 0


def test_a_long_listing_is_read_to_its_end(remote: RemoteShelf, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    for number in range(5):
        remote.objects.put(f"many/{number}", tmp_path / "a")
    assert len(list(remote.objects.listed("many/", most=2))) == 5


class Busy(BaseHTTPRequestHandler):
    """Answers 503 as often as told, then well."""

    left = 0

    def do_GET(self) -> None:
        type(self).left -= 1
        self.send_response(503 if type(self).left >= 0 else 200)
        body = b"<R></R>"
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.mark.parametrize(("busy", "gets_through"), [(2, True), (9, False)])
def test_a_busy_store_is_asked_again_but_not_without_end(busy: int, gets_through: bool) -> None:
    Busy.left = busy
    with HTTPServer(("127.0.0.1", 0), Busy) as there:
        serving = threading.Thread(target=there.serve_forever)
        serving.start()
        url = f"http://127.0.0.1:{there.server_port}/b"
        objects = Objects(Bucket(url=url, key="k", secret="s", region="r", name="b"))
        try:
            with nullcontext() if gets_through else pytest.raises(StoreAway, match="503"):
                assert list(objects.listed("")) == []
        finally:
            objects.close()
            there.shutdown()
            serving.join()


def test_the_signature_is_that_of_the_standards_example() -> None:
    """AWS, Signature Version 4 for S3, example "GET Object"."""
    bucket = Bucket(
        url="https://examplebucket.s3.amazonaws.com",
        key="AKIAIOSFODNN7EXAMPLE",
        secret="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        region="us-east-1",
        name="examplebucket",
    )
    headers = {
        "host": "examplebucket.s3.amazonaws.com",
        "range": "bytes=0-9",
        "x-amz-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-amz-date": "20130524T000000Z",
    }
    signed = authorization(bucket, "GET", "/test.txt", "", headers)
    assert signed.endswith("Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")


def test_a_bucket_without_its_key_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGBAN_S3", "https://files.s3.example.org/")
    with pytest.raises(SettingsWrong, match="TONGBAN_S3_KEY"):
        settings.read()
    monkeypatch.setenv("TONGBAN_S3_KEY", "a")
    monkeypatch.setenv("TONGBAN_S3_SECRET", "hidden")
    bucket = settings.read().bucket
    assert bucket is not None and (bucket.url, bucket.name) == ("https://files.s3.example.org", "files")
    assert "hidden" not in repr(settings.read())
