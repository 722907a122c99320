"""Forms with files over HTTP: the token first, nothing spooled, faults by field; files given back closed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from litestar import Request, get, post
from litestar.testing import AsyncTestClient

from tests.conftest import CITY
from tests.kit import sample_files as make
from tongban import settings
from tongban.kit import clock, files
from tongban.kit.db import Database, connect
from tongban.kit.errors import Words
from tongban.kit.files.shelf import Shelf
from tongban.kit.ids import new_id
from tongban.kit.policy import Actor, Policy, Relation, Role, Rule
from tongban.kit.web import (
    MAX_UPLOAD_BYTES,
    file_response,
    floor,
    form_of,
    form_with_files,
    plug_templates,
    public,
    thumbnail_response,
    uploads,
)
from tongban.kit.web.csrf import token
from tongban.regions import city_of

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")

Client = AsyncTestClient[Any]
POLICY = Policy(
    [
        *public.POLICY.rules,
        *(Rule("t.open", role, Relation.ANY) for role in (Role.VISITOR, Role.RESIDENT)),
        Rule("t.mine", Role.RESIDENT, Relation.OWN),
    ]
)
KEPT: dict[str, files.File] = {}
WANTED = {
    "papers": files.Wanted(),
    "photo": files.Wanted(types=frozenset({"image/jpeg", "image/png"}), size=3 << 19),
}


@get("/t/token", who="t.open")
async def shown_token() -> str:
    """A page with a form in it."""
    return token()


@post("/t/upload", who="t.open", status_code=200, request_max_body_size=MAX_UPLOAD_BYTES)
async def uploaded(request: Request[Any, Any, Any], actor: Actor) -> dict[str, Any]:
    """A form with two questions for files."""
    posted = await form_with_files(request, actor, wanted=WANTED, most=3, now=clock.now())
    for received in (one for more in posted.files.values() for one in more):
        file = files.named(received, subject=new_id(1), reference="t", now=clock.now())
        KEPT[file.name] = file
    return {
        "fields": posted.fields,
        "files": {name: [one.name for one in more] for name, more in posted.files.items()},
        "faults": {name: str(words) for name, words in posted.faults.items()},
    }


@post("/t/plain", who="t.open", status_code=200)
async def plain(request: Request[Any, Any, Any]) -> dict[str, str]:
    """A form that asks for no file."""
    return await form_of(request)


@post("/t/mine", who="t.mine", request_max_body_size=MAX_UPLOAD_BYTES)
async def mine(request: Request[Any, Any, Any]) -> dict[str, str]:
    """A form of residents."""
    return await form_of(request)


@get("/t/file/{name:str}", who="t.open")
async def given(name: str, save: int = 0) -> Any:
    """A file given back."""
    return await file_response(KEPT[name], download=bool(save))


@get("/t/thumbnail/{name:str}", who="t.open")
async def small(name: str) -> Any:
    """Its thumbnail."""
    return await thumbnail_response(KEPT[name])


@asynccontextmanager
async def running_at(dsn: str) -> AsyncIterator[Client]:
    plug_templates([], city=city_of(CITY))

    async def nothing(_: Database) -> None:
        return None

    app = floor.build(
        [shown_token, uploaded, plain, mine, given, small],
        policy=POLICY,
        opening=lambda: connect(dsn, size=2),
        ready=nothing,
    )
    async with AsyncTestClient(app, raise_server_exceptions=False) as running:
        yield running


@pytest.fixture
async def client(db: Database, dsn: str, shelf: Shelf) -> AsyncIterator[Client]:
    async with running_at(dsn) as running:
        yield running


Part = tuple[str, tuple[str, bytes, str]]


async def send(client: Client, *parts: Part, to: str = "/t/upload", **fields: str) -> Any:
    good = (await client.get("/t/token")).text
    return await client.post(to, data={"_csrf": good, **fields}, files=list(parts) or [("x", ("", b"", ""))])


def pdf(name: str = "a.pdf", field: str = "papers", pages: int = 1) -> Part:
    return field, (name, make.pdf(pages), "application/pdf")


async def test_fields_and_files_arrive_together(client: Client) -> None:
    photo = ("photo", ("我.jpg", make.photo(), "image/jpeg"))
    answer = await send(client, pdf(), pdf("b.pdf", pages=2), photo, name="陈\n明", note="")
    told = answer.json()
    assert answer.status_code == 200 and told["faults"] == {}
    assert told["files"] == {"papers": ["a.pdf", "b.pdf"], "photo": ["我.jpg"]}
    assert (told["fields"]["name"], told["fields"]["note"]) == ("陈\n明", "")


async def test_a_refused_file_is_a_fault_of_its_field_and_nothing_typed_is_lost(client: Client) -> None:
    wrong = ("papers", ("../../etc/passwd", b"root:x:0:0", "text/plain"))
    empty = ("papers", ("C:\\x", b"", "application/pdf"))
    told = (await send(client, wrong, pdf("good.pdf"), empty, name="陈明")).json()
    assert told["files"] == {"papers": ["good.pdf"]} and told["fields"]["name"] == "陈明"
    assert told["faults"]["papers"].startswith("passwd：只能上传 PDF / JPG / PNG 文件。")
    assert "x：这个文件是空的" in told["faults"]["papers"]


async def test_without_the_virus_scan_what_was_typed_is_kept_and_the_file_asked_for_again(
    client: Client, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """clamd is away: the answer says so at the question; once it is back the same form goes through."""
    monkeypatch.setenv("TONGBAN_CLAMD", "127.0.0.1:1")
    settings.reload()
    told = (await send(client, pdf(), name="陈明")).json()
    monkeypatch.delenv("TONGBAN_CLAMD")
    settings.reload()
    assert "病毒检查暂时没有应答" in told["faults"]["papers"] and told["files"] == {}
    assert told["fields"]["name"] == "陈明" and list(shelf.root.glob("??/??/*")) == []
    assert (await send(client, pdf(), name="陈明")).json()["files"] == {"papers": ["a.pdf"]}


async def test_a_file_over_its_limit_does_not_take_the_others_down(client: Client) -> None:
    large = ("photo", ("a.jpg", make.photo() + bytes(21_000_000), "image/jpeg"))
    told = (await send(client, large, pdf(), after="still here")).json()
    assert "超过 1.5 MB" in told["faults"]["photo"] and told["files"] == {"papers": ["a.pdf"]}
    assert told["fields"]["after"] == "still here"


async def test_a_question_takes_its_own_types_only(client: Client) -> None:
    told = (await send(client, pdf(field="photo"))).json()
    assert told["files"] == {} and "只能上传 JPG / PNG 文件" in told["faults"]["photo"]


async def test_files_of_other_fields_and_empty_controls_are_passed_over(client: Client, shelf: Shelf) -> None:
    told = (await send(client, ("sly", ("a.pdf", make.pdf(), "")), ("papers", ("", b"", "")))).json()
    assert told["files"] == {} and told["faults"] == {}
    assert list(shelf.root.glob("??/??/*")) == []


async def test_no_more_files_than_asked_for(client: Client) -> None:
    told = (await send(client, *(pdf(f"{number}.pdf", pages=number) for number in range(1, 6)))).json()
    assert len(told["files"]["papers"]) == 3 and "最多上传 3 个文件" in told["faults"]["papers"]


async def test_a_form_without_files_is_read_as_ever(client: Client) -> None:
    good = (await client.get("/t/token")).text
    answer = await client.post("/t/upload", data={"_csrf": good, "a": "1"})
    assert answer.json() == {"fields": {"_csrf": good, "a": "1"}, "files": {}, "faults": {}}


async def test_a_form_that_asks_for_no_file_drops_them(client: Client) -> None:
    told = (await send(client, pdf(), to="/t/plain", a="1")).json()
    assert told["a"] == "1" and "papers" not in told


def body(*parts: tuple[str, bytes], end: bytes = b"--b--\r\n") -> bytes:
    """A multipart body by hand."""
    return b"".join(b"--b\r\nContent-Disposition: form-data; " + head.encode() + b"\r\n\r\n" + data + b"\r\n"
                    for head, data in parts) + end  # fmt: skip


async def post_raw(client: Client, data: bytes, **headers: str) -> Any:
    return await client.post(
        "/t/upload", content=data, headers={"content-type": "multipart/form-data; boundary=b", **headers}
    )


PDF_PART = ('name="papers"; filename="a.pdf"', make.pdf())


async def test_the_token_comes_before_any_file(client: Client, shelf: Shelf) -> None:
    good = (await client.get("/t/token")).text.encode()
    late = await post_raw(client, body(PDF_PART, ('name="_csrf"', good)))
    assert late.status_code == 403 and "这个页面已过期" in late.text
    assert (await post_raw(client, body(PDF_PART))).status_code == 403
    assert (await post_raw(client, body(('name="_csrf"', good[:-1]), PDF_PART))).status_code == 403
    assert not shelf.root.exists(), "nothing of it was taken in"
    assert (await post_raw(client, body(('name="_csrf"', good), PDF_PART))).status_code == 200
    headed = await post_raw(client, body(PDF_PART), **{"x-csrf-token": good.decode()})
    assert headed.json()["files"] == {"papers": ["a.pdf"]}


async def test_a_torn_form_is_refused_and_leaves_no_draft(client: Client, shelf: Shelf) -> None:
    good = (await client.get("/t/token")).text.encode()
    whole = body(('name="_csrf"', good), ('name="photo"; filename="a.jpg"', make.photo(900, 900)))
    for cut in (len(whole) - 8, len(whole) - 5000, 200):
        answer = await post_raw(client, whole[:cut])
        assert answer.status_code in (400, 403), (cut, answer.status_code)
        if answer.status_code == 400:
            assert "提交的内容不完整" in answer.text
    assert [path for path in shelf.root.rglob("*") if path.is_file() and path.name != "lock"] == []


@pytest.mark.parametrize("boundary", ["", "; boundary=", '; boundary=""', "; boundary=x"])
async def test_a_form_without_its_boundary_is_refused(client: Client, boundary: str) -> None:
    good = (await client.get("/t/token")).text
    headers = {"content-type": f"multipart/form-data{boundary}", "x-csrf-token": good}
    answer = await client.post("/t/upload", content=body(PDF_PART), headers=headers)
    assert answer.status_code == 400 and "提交的内容不完整" in answer.text


async def test_too_much_typed_is_refused(client: Client) -> None:
    answer = await send(client, pdf(), much="长" * 400_000)
    assert answer.status_code == 400 and "填写的内容过长" in answer.text


async def test_only_upload_routes_take_large_bodies(client: Client) -> None:
    large = ("papers", ("a.jpg", make.photo() + bytes(1_300_000), "image/jpeg"))
    assert (await send(client, large, to="/t/plain")).status_code == 413
    assert (await send(client, large)).status_code == 200


async def test_who_is_not_logged_in_keeps_what_she_typed(client: Client) -> None:
    """The gate reads the fields for the log-in page and lets the files pass by."""
    from tongban.kit.web import kept_fields, refusals

    seen: list[str] = []

    def log_in_page(next_path: str, kept: str, staff: bool) -> Any:
        from litestar.response import Response

        seen.append(kept)
        return Response("log in", status_code=401)

    refusals.plug_log_in_page(log_in_page)
    assert (await send(client, pdf(), to="/t/mine", name="陈明")).status_code == 401
    assert kept_fields(seen[0]).fields == [("name", "陈明")]


async def test_too_many_files_in_a_short_time_are_told_when_to_come_back(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tongban.kit.pace import Pace

    monkeypatch.setattr(uploads, "_pace", Pace(questions=2, window=600))
    told = (await send(client, *(pdf(f"{number}.pdf") for number in range(3)))).json()
    assert len(told["files"]["papers"]) == 2 and "上传过于频繁" in told["faults"]["papers"]


async def test_a_file_is_given_back_closed(client: Client) -> None:
    photo = make.photo(1200, 900)
    await send(client, pdf("居住证明.pdf"), ("photo", ("我.jpg", photo, "image/jpeg")))
    shown = await client.get("/t/file/我.jpg")
    assert shown.content == photo and int(shown.headers["content-length"]) == len(photo)
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["cache-control"] == "private, no-store"
    assert shown.headers["x-content-type-options"] == "nosniff"
    policy = shown.headers["content-security-policy"]
    assert "sandbox" in policy and "default-src 'none'" in policy
    assert shown.headers["content-disposition"].startswith("inline; ")
    paper = await client.get("/t/file/居住证明.pdf?save=1")
    assert paper.headers["content-disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''%E5%B1%85" in paper.headers["content-disposition"]
    assert "sandbox" in paper.headers["content-security-policy"]
    thumbnail = await client.get("/t/thumbnail/居住证明.pdf")
    assert thumbnail.headers["content-type"] == "image/jpeg" and thumbnail.content.startswith(b"\xff\xd8")
    assert "sandbox" in thumbnail.headers["content-security-policy"]


async def test_a_damaged_file_is_a_page_that_says_so(client: Client, shelf: Shelf) -> None:
    await send(client, pdf("damaged.pdf"))
    digest = KEPT["damaged.pdf"].digest.hex()
    path = shelf.root / digest[:2] / digest[2:4] / digest
    path.write_bytes(path.read_bytes()[:-1])
    answer = await client.get("/t/file/damaged.pdf")
    assert answer.status_code == 503 and "这个文件暂时无法打开" in answer.text


def test_words_of_two_faults_are_both_told() -> None:
    words: Words = uploads.TooManyFiles(3).message
    assert str(words) == "一份申请最多上传 3 个文件。"
