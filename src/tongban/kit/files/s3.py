"""An object store that speaks S3, as much of it as the house needs, over httpx and signed by AWS Signature Version 4.

Seven operations: put (in parts where the object is large), get, head, copy, delete, list, and giving up what a killed
process left half sent. All of them block and are called in threads; each that may be repeated without harm is, three
times, when the store is away or busy. The address of the bucket is a URL that keys are put behind, so that a bucket in
the path and a bucket in the host name are the same to it.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

import httpx
import msgspec

from tongban.settings import Bucket

#: An object longer than this is sent in parts of this size (S3 takes parts from 5 MiB on); so much lies in memory.
PART_BYTES = 8 << 20
_TRIES = 4
_FIRST_WAIT_SECONDS = 0.2
_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_EMPTY = hashlib.sha256(b"").hexdigest()
_ALGORITHM = "AWS4-HMAC-SHA256"
#: Busy, or ill for a moment: asked again.
_AGAIN = frozenset({429, 500, 502, 503, 504})


class StoreAway(OSError):  # noqa: N818 - named for what is wrong
    """The object store does not answer, or answers that it cannot or may not: its word is in the text."""


class Entry(msgspec.Struct, frozen=True):
    """One object as a listing tells it."""

    key: str
    modified: float


class Objects:
    """One bucket."""

    def __init__(self, bucket: Bucket) -> None:
        parts = urlsplit(bucket.url)
        self._bucket = bucket
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._path = quote(parts.path.rstrip("/"), safe="/~")
        self._client = httpx.Client(timeout=_TIMEOUT, trust_env=False)

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()

    def put(self, key: str, file: Path) -> None:
        """Store a file under ``key``, whole or not at all, in constant memory."""
        with file.open("rb") as reading:
            first = reading.read(PART_BYTES)
            following = reading.read(PART_BYTES)
            if not following:
                self._done("PUT", key, body=first)
                return
            upload = _text(self._done("POST", key, {"uploads": ""}), "UploadId")
            try:
                tags: list[str] = []
                for part in _parts(first, following, reading):
                    query = {"partNumber": str(len(tags) + 1), "uploadId": upload}
                    tags.append(self._done("PUT", key, query, body=part).headers["etag"])
                self._complete(key, upload, tags)
            except BaseException:
                self._ask("DELETE", key, {"uploadId": upload})
                raise

    def _complete(self, key: str, upload: str, tags: list[str]) -> None:
        listed = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>{tag}</ETag></Part>"
            for number, tag in enumerate(tags, 1)
        )
        body = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
        answer = self._done("POST", key, {"uploadId": upload}, body=body)
        if answer.content and _root(answer).tag.endswith("Error"):  # the status was sent before it failed
            raise StoreAway(f"a large object was not put together: {_word(answer)}")

    @contextmanager
    def get(self, key: str) -> Iterator[Iterator[bytes] | None]:
        """The object's bytes as they come; None when there is none. Raises StoreAway, also in its midst."""
        sending = self._request("GET", key)
        try:
            answer = self._repeat(lambda: self._client.send(sending, stream=True))
            try:
                if answer.status_code != 404:
                    _check(answer, read=True)
                yield None if answer.status_code == 404 else answer.iter_raw()
            finally:
                answer.close()
        except httpx.HTTPError as torn:
            raise StoreAway(f"GET ended in its midst: {type(torn).__name__}") from torn

    def modified(self, key: str) -> float | None:
        """When the object was stored, in seconds of the epoch; None when there is none."""
        answer = self._ask("HEAD", key)
        if answer.status_code == 404:
            return None
        _check(answer)
        return parsedate_to_datetime(answer.headers["last-modified"]).timestamp()

    def copy(self, key: str, to: str) -> None:
        """Have the store copy an object within the bucket; the copy is as old as the copying."""
        headers = {
            "x-amz-copy-source": quote(f"/{self._bucket.name}/{key}", safe="/~"),
            # rclone keeps the first one's time unless it is told one; to others this is a note.
            "x-amz-metadata-directive": "REPLACE",
            "x-amz-meta-mtime": f"{time.time():.3f}",
        }
        self._done("PUT", to, headers=headers)

    def delete(self, key: str) -> None:
        """Remove an object; one that is not there is removed."""
        answer = self._ask("DELETE", key)
        if answer.status_code != 404:
            _check(answer)

    def listed(self, prefix: str, *, most: int = 1000) -> Iterator[Entry]:
        """All objects whose key begins so, a page of ``most`` at a time."""
        query = {"list-type": "2", "prefix": prefix, "max-keys": str(most)}
        while True:
            page = _root(self._done("GET", "", query))
            for one in _all(page, "Contents"):
                when = datetime.fromisoformat(_within(one, "LastModified"))
                yield Entry(_within(one, "Key"), when.timestamp())
            after = _within(page, "NextContinuationToken")
            if not after:
                return
            query["continuation-token"] = after

    def give_up_torn(self, *, before: float) -> int:
        """Drop the parts of objects whose sending began earlier and never ended; gives how many such there were."""
        answer, gone = self._ask("GET", "", {"uploads": ""}), 0
        if answer.status_code == 404:  # so rclone says that there are none
            return 0
        _check(answer)
        for one in _all(_root(answer), "Upload"):
            if datetime.fromisoformat(_within(one, "Initiated")).timestamp() < before:
                self._ask("DELETE", _within(one, "Key"), {"uploadId": _within(one, "UploadId")})
                gone += 1
        return gone

    def _done(
        self, method: str, key: str, query: Mapping[str, str] | None = None, **more: Any
    ) -> httpx.Response:
        answer = self._ask(method, key, query, **more)
        _check(answer)
        return answer

    def _ask(
        self,
        method: str,
        key: str,
        query: Mapping[str, str] | None = None,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        # Signed anew at each try: a signature ages.
        return self._repeat(lambda: self._client.send(self._request(method, key, query, body, headers)))

    def _repeat(self, send: Any) -> httpx.Response:
        wait, told = _FIRST_WAIT_SECONDS, ""
        for tried in range(_TRIES):
            if tried:
                time.sleep(wait)
                wait *= 2
            try:
                answer: httpx.Response = send()
            except httpx.HTTPError as away:
                told = f"{type(away).__name__}: {away}"
                continue
            if answer.status_code not in _AGAIN:
                return answer
            told = f"it answers {answer.status_code}"
            answer.close()
        raise StoreAway(f"the object store is away: {told}")

    def _request(
        self,
        method: str,
        key: str,
        query: Mapping[str, str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Request:
        path = f"{self._path}/{quote(key, safe='/~')}" if key else self._path or "/"
        asked = "&".join(
            f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted((query or {}).items())
        )
        sent = {
            "host": urlsplit(self._origin).netloc,
            "x-amz-content-sha256": hashlib.sha256(body).hexdigest() if body else _EMPTY,
            "x-amz-date": datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"),
            **(headers or {}),
        }
        sent["authorization"] = authorization(self._bucket, method, path, asked, sent)
        url = f"{self._origin}{path}" + (f"?{asked}" if asked else "")
        return self._client.build_request(method, url, headers=sent, content=body)


def authorization(bucket: Bucket, method: str, path: str, query: str, headers: Mapping[str, str]) -> str:
    """The ``Authorization`` header of a request whose path and query are encoded already; all ``headers`` are signed.

    AWS Signature Version 4: the canonical request's hash, the time and the scope, under a key derived of the secret.
    """
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    canonical = "\n".join((method, path, query, lines, names, headers["x-amz-content-sha256"]))
    stamp = headers["x-amz-date"]
    scope = f"{stamp[:8]}/{bucket.region}/s3/aws4_request"
    signed = "\n".join((_ALGORITHM, stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    key = f"AWS4{bucket.secret}".encode()
    for word in scope.split("/"):
        key = _hmac(key, word)
    return f"{_ALGORITHM} Credential={bucket.key}/{scope}, SignedHeaders={names}, Signature={_hmac(key, signed).hex()}"


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def _parts(first: bytes, following: bytes, reading: Any) -> Iterator[bytes]:
    yield first
    while following:
        yield following
        following = reading.read(PART_BYTES)


def _check(answer: httpx.Response, *, read: bool = False) -> None:
    if answer.is_success:
        return
    if read:
        answer.read()
    raise StoreAway(f"the object store answers {answer.status_code} {_word(answer)}")


def _word(answer: httpx.Response) -> str:
    """The code of its error; nothing else of what it says, which may repeat the request."""
    try:
        return _text(answer, "Code")
    except StoreAway:
        return ""


def _root(answer: httpx.Response) -> ET.Element:
    if b"<!" in answer.content:  # no document of S3 declares a type: entities would be unfolded
        raise StoreAway("the object store answers with something that is not S3")
    try:
        return ET.fromstring(answer.content)  # noqa: S314 - declarations are refused above
    except ET.ParseError as broken:
        raise StoreAway("the object store answers with something that is not S3") from broken


def _text(answer: httpx.Response, name: str) -> str:
    return _within(_root(answer), name)


def _all(element: ET.Element, name: str) -> list[ET.Element]:
    return [one for one in element.iter() if one.tag.rpartition("}")[2] == name]


def _within(element: ET.Element, name: str) -> str:
    return next((one.text or "" for one in _all(element, name)), "")
