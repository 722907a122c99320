"""The verification of a sealed paper over HTTP and on the command line: anybody, nothing kept, no network."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests import applications
from tests.cases.web import Client
from tests.kit.sample_paper import sample
from tests.sandbox.conftest import Sandbox
from tongban import licences
from tongban.kit.db import Database
from tongban.kit.pace import Pace
from tongban.kit.pades import office
from tongban.kit.pdf import press
from tongban.licences.model import PAPER_BYTES
from tongban.licences.pages import papers
from tongban.settings import settings

BRANCH, ORGAN = "police-310106", "示范市公安局静安分局"


@pytest.fixture(autouse=True, scope="module")
async def no_children() -> AsyncIterator[None]:
    yield
    await press.close()
    await office.close()


@pytest.fixture
async def paper(city: Database, outside: Sandbox) -> bytes:
    await licences.trust_authority()
    made = await press.printed(sample())
    assert made.seal is not None
    sealed = await licences.seal_paper(
        city,
        made.content,
        department=BRANCH,
        reason="受理通知书 3101062611240000018-02",
        place=made.seal,
        words=("电子印章",),
        now=datetime.now(UTC),
    )
    return sealed.content


@pytest.fixture
async def web(city: Database) -> AsyncIterator[Client]:
    """A visitor of the house."""
    papers._pace._asked.clear()
    async with applications.visited(city) as browser:
        yield browser


async def send(web: Client, content: bytes | None) -> httpx.Response:
    page = await web.get("/verify/paper")
    form = page.text[page.text.index('<main id="main"') :]
    token = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    file = {"paper": ("paper.pdf", content, "application/pdf")} if content is not None else {"x": ("", b"")}
    return await web.post("/verify/paper", data=token, files=file)


async def test_anybody_uploads_a_paper_and_nothing_of_it_is_kept(
    web: Client, city: Database, paper: bytes
) -> None:
    asked = city.count
    good = await send(web, paper)
    assert good.status_code == 200 and good.headers["cache-control"] == "no-store"
    for words in ("真实完整", ORGAN, "受理通知书 3101062611240000018-02", "11310106002404076D"):
        assert words in good.text, words
    assert city.count == asked  # not one statement: it is judged by itself
    assert not any(settings().files_dir.glob("incoming/*"))
    altered = bytearray(paper)
    altered[len(paper) // 3] ^= 1
    bad = await send(web, bytes(altered))
    assert bad.status_code == 200 and "内容被改动" in bad.text and "文件自称的机关" in bad.text
    assert "盖章时间" not in bad.text
    for content, words in (
        (b"%PDF-1.7 nothing", "不是完整的 PDF 文件"),
        ((await press.printed(sample())).content, "没有电子印章"),
    ):
        assert words in (await send(web, content)).text


async def test_no_file_too_large_a_file_and_too_many_are_refused_with_what_to_do(
    web: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = await send(web, None)
    assert (
        none.status_code == 422
        and "请选择要核验的 PDF 文件。" in none.text
        and 'aria-invalid="true"' in none.text
    )
    large = await send(web, b"%PDF-1.7" + bytes(PAPER_BYTES))
    assert large.status_code == 422 and "超过 5 MB" in large.text
    larger = await web.post("/verify/paper", content=bytes(PAPER_BYTES + 300_000))
    assert larger.status_code in {403, 413}
    monkeypatch.setattr(papers, "_pace", Pace(questions=1, window=10**9))
    assert (await send(web, b"x")).status_code == 200
    last = await send(web, b"x")
    assert last.status_code == 429 and "retry-after" in last.headers


async def test_the_roots_are_there_for_whoever_checks_without_us(
    web: Client, paper: bytes, tmp_path: Path
) -> None:
    answer = await web.get("/.well-known/paper-trust.pem")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/x-pem-file")
    file, roots = tmp_path / "paper.pdf", tmp_path / "roots.pem"
    file.write_bytes(paper)
    roots.write_bytes(answer.content)
    # A machine that knows nothing of the house: no database, no data folder, no proxy that would lead anywhere.
    env = {
        "PATH": os.environ["PATH"],
        "TONGBAN_DATA": str(tmp_path / "nothing"),
        "HTTP_PROXY": "http://127.0.0.1:1",
    }

    def command(*more: str) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-m", "tongban", "paper", "verify", str(file), *more]
        return subprocess.run(program, env=env, capture_output=True, text=True, check=False)

    good = command("--trust", str(roots), "--json", "--at", "2036-11-26")
    assert good.returncode == 0, good.stderr
    told = json.loads(good.stdout)
    assert (told["finding"], told["good"], told["organ"]) == ("good", True, ORGAN)
    file.write_bytes(paper + b"\n")
    bad = command("--trust", str(roots))
    assert bad.returncode == 1 and bad.stdout.startswith("✗ Altered") and "claimed_organ" in bad.stdout
    without = command()
    assert without.returncode == 1 and "name a file with --trust" in without.stderr
