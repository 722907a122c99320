"""Pages of the reform: open to everybody, in both languages, each figure with its formula and the way to compute it."""

from __future__ import annotations

from tests.cases.web import Client
from tongban.kit.db import Database
from tongban.reform.pages import PAGE

PATHS = (
    "/reform",
    "/reform/months",
    "/reform/ledger",
    "/reform/processes",
    "/reform/processes?stage=done",
    "/reform/processes/P001",
    "/reform/approvals",
    "/reform/indicators",
)


async def test_every_page_tells_its_figures(city: Database, web: Client) -> None:
    """How it can fail (tried): drop a stage from the overview; take any department, or anything as the last line;
    call a kind after its first office; give today for a day that is none; name the charset of the script twice."""
    texts = {}
    for path in PATHS:
        answer = await web.get(path)
        assert answer.status_code == 200, (path, answer.text)
        texts[path] = answer.text
    home = texts["/reform"]
    for words in (
        "50.5%",
        "59.8%",
        "python recompute.py &lt; tongban-reform-",
        'href="/reform/recompute.py"',
        "1 − 承诺工作日之和",
    ):
        assert words in home
    for number in ("100", "88", "46", "6"):
        assert f"<b>{number}</b>" in home
    assert texts["/reform/processes?stage=done"].count('class="row"') == 6
    assert "得分 = 10 × 差评" in texts["/reform/processes/P001"]
    assert "53.3%" in texts["/reform/indicators"] and "50.2%" in texts["/reform/indicators"]
    assert "养老机构" in texts["/reform/approvals"]
    assert (await web.get("/reform/processes/P999")).status_code == 404
    one = (await web.get("/reform/ledger?department=police")).text
    assert 'href="/reform/ledger?department=police"' in home and "看全部部门" in one
    assert "<title>逐项台账 - 示范市公安局各分局" in one and "黄浦" not in one.partition("<table")[0]
    assert "各区民政局" in home.partition('href="/reform/ledger?department=civil_district">')[2][:20]
    unknown = await web.get("/reform/ledger?department=zzz")
    assert unknown.status_code == 404 and "没有这个部门的台账" in unknown.text
    lines = [
        text.count('<th scope="row">')
        for text in (texts["/reform/ledger"], (await web.get("/reform/ledger?after=zzzz")).text)
    ]
    assert lines == [PAGE, PAGE], "behind what is no line of it the ledger begins anew"
    assert "2019-05-02" in (await web.get("/reform?on=2019-05-02")).text
    for day in ("never", "2026-13-01", "2999-01-01", "2018-12-31", "0001-01-01"):
        for path in ("/reform", "/reform/rows.jsonl"):
            none = await web.get(f"{path}?on={day}")
            assert none.status_code == 422 and "请写 2019-01-01 到" in none.text, (path, day)
    script = (await web.get("/reform/recompute.py")).headers["content-type"]
    assert script == "text/x-python; charset=utf-8", "one charset"
