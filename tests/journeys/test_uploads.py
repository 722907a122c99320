"""Large bodies sent to the running house: an early and clear answer, and memory that does not grow with them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest

from tests.journeys.house import ITEM, House
from tests.kit import sample_files
from tongban.kit.web import MAX_UPLOAD_BYTES
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
HUGE = 200_000_000
#: What the web processes may grow by while a body passes through: buffers of some pieces, no body.
GROWTH_BYTES = 30_000_000


def web_memory(house: House) -> int:
    """The memory of the house's web processes in bytes, shared pages counted by their share."""
    assert house.process is not None
    total = 0
    for entry in Path("/proc").iterdir():
        try:
            ours = str(house.place) in (entry / "environ").read_text(errors="replace")
            if ours and b"serve" in (entry / "cmdline").read_bytes().split(b"\0"):
                told = re.search(r"^Pss:\s+(\d+)", (entry / "smaps_rollup").read_text(), re.MULTILINE)
                total += int(told[1]) * 1024 if told else 0
        except OSError:
            continue
    return total


@contextmanager
def watched(house: House) -> Iterator[list[int]]:
    """What the web processes' memory was, looked at again and again meanwhile."""
    seen, over = [web_memory(house)], threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            seen.append(web_memory(house))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield seen
    finally:
        over.set()
        looking.join()
        seen.append(web_memory(house))


def check_growth(seen: list[int]) -> None:
    """They are found at all, and did not grow with the body."""
    assert seen[0] > 50_000_000, "the web processes are not found: this test would prove nothing"
    assert max(seen) - seen[0] < GROWTH_BYTES, f"{seen[0]:,} → {max(seen):,}"


def pieces(token: str, size: int, field: str = "papers") -> Iterator[bytes]:
    """A form with a PDF of so many bytes, as it is sent."""
    yield b'--b\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n' + token.encode() + b"\r\n"
    yield f'--b\r\nContent-Disposition: form-data; name="{field}"; filename="a.pdf"\r\n\r\n'.encode()
    yield sample_files.pdf()
    for _ in range(size // 100_000):
        yield bytes(100_000)
    yield b"\r\n--b--\r\n"


def send(page: Visitor, to: str, size: int, *, chunked: bool) -> httpx.Response:
    token = page.form(to).fields["_csrf"]
    headers = {"content-type": "multipart/form-data; boundary=b"}
    if not chunked:
        headers["content-length"] = str(sum(map(len, pieces(token, size))))
    return page.client.post(to, content=pieces(token, size), headers=headers)


@pytest.mark.parametrize("chunked", [False, True], ids=["said how long", "in chunks"])
def test_two_hundred_megabytes_are_refused_in_constant_memory(house: House, chunked: bool) -> None:
    """In chunks nobody knows the length before the limit is passed."""
    _, page, case = house.applying()
    with watched(house) as seen:
        answer = send(page, f"/apply/{ITEM}/{case}", HUGE, chunked=chunked)
    assert answer.status_code == 413 and "超过大小限制" in answer.text
    check_growth(seen)
    assert page.visit(f"/apply/{ITEM}/{case}").status == 200


def test_what_a_route_takes_passes_through_in_constant_memory(house: House) -> None:
    _, page, case = house.applying()
    with watched(house) as seen:
        answer = send(page, f"/apply/{ITEM}/{case}", MAX_UPLOAD_BYTES - 1_000_000, chunked=False)
    assert answer.status_code == 422, "the form is read to its end; what was asked is not filled in"
    check_growth(seen)


def test_nobody_elses_page_sends_a_file(house: House) -> None:
    """Without the token in front nothing is read, however much comes."""
    _, page, case = house.applying()
    headers = {"content-type": "multipart/form-data; boundary=b"}
    answer = page.client.post(f"/apply/{ITEM}/{case}", content=pieces("stolen", 50_000_000), headers=headers)
    assert answer.status_code == 403 and "这个页面已过期" in answer.text


def test_who_sends_everything_before_reading_gets_the_answer_too(house: House) -> None:
    """The house reads on for a moment after it has refused: a connection closed at once would take the answer along."""
    _, page, case = house.applying()
    body = b"".join(pieces(page.form(f"/apply/{ITEM}/{case}").fields["_csrf"], MAX_UPLOAD_BYTES + 500_000))
    cookies = "; ".join(f"{name}={value}" for name, value in page.client.cookies.items())
    headers = {"content-type": "multipart/form-data; boundary=b", "cookie": cookies}
    with closing(HTTPConnection("127.0.0.1", house.port, timeout=60)) as line:
        line.request("POST", f"/apply/{ITEM}/{case}", body=body, headers=headers)
        answer = line.getresponse()
        assert answer.status == 413 and "超过大小限制" in answer.read().decode()


def test_a_file_of_a_case_over_the_line(house: House) -> None:
    """A paper as the applicant's and the officer's browsers get it."""
    person, owner, case = house.submitted()
    officer = house.officer(person.district)
    desk = house.desk_path(owner, officer, case)
    file = house.keep_file(desk.split("/")[2], case)
    for visitor, path in ((owner, f"/my/cases/{case}/files/{file}"), (officer, f"{desk}/files/{file}")):
        answer = visitor.client.get(path)
        assert answer.content == sample_files.pdf(2) and answer.headers["content-type"] == "application/pdf"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        small = visitor.client.get(f"{path}/thumbnail")
        assert small.content.startswith(b"\xff\xd8") and small.headers["content-type"] == "image/jpeg"
    assert "查看上传的材料" in owner.visit("/my/readings").text
