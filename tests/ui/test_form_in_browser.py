"""The form with every kind of question on a phone: rows and files, with scripts and without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as TooLate

from tests.ui import gallery


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh draft at 390 px; nothing may go to the console and nothing past the edge."""
    with gallery.serving() as address:
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, java_script_enabled=request.param, base_url=address
        )
        page, said = context.new_page(), []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto("/every_kind")
        yield page
        if request.param:
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        context.close()
    # A refused form answers with 422, which Chromium tells the console.
    assert [text for text in said if "422" not in text] == []


def rows(page: Page) -> list[str]:
    return [page.locator(f'[name="{name}"]').input_value() for name in payees(page)]


def payees(page: Page) -> list[str]:
    found = page.locator('.rows__list [name$=".payee"]')
    return [found.nth(number).get_attribute("name") or "" for number in range(found.count())]


def has_focus(page: Page, name: str) -> bool:
    """Whether it comes to have it: a page that was loaded anew moves there a moment after its load."""
    with suppress(TooLate):
        page.locator(f'[id="{name}"]:focus').wait_for()
    return page.locator(f'[id="{name}"]:focus').count() == 1


def test_rows_come_and_go_and_nothing_typed_is_lost(page: Page) -> None:
    page.fill('[name="firm"]', "示范软件有限公司")
    page.fill('[name="costs.0.payee"]', "甲")
    page.get_by_role("button", name="添加费用").click()
    assert has_focus(page, "costs.1.what")
    page.fill('[name="costs.1.payee"]', "乙")
    page.fill('[name="costs.1.amount"]', "1,234.5")
    page.get_by_role("button", name="添加费用").click()
    page.fill('[name="costs.2.payee"]', "丙")
    assert rows(page) == ["甲", "乙", "丙"]
    page.get_by_role("button", name="删除 费用 2").click()
    assert rows(page) == ["甲", "丙"]
    assert page.input_value('[name="firm"]') == "示范软件有限公司"
    legends = page.locator(".rows__list .rows__title")
    assert [legends.nth(number).inner_text().strip() for number in range(2)] == ["费用 1", "费用 2"]
    page.get_by_role("button", name="保存，以后再办").click()
    page.goto("/every_kind")
    assert rows(page) == ["甲", "丙"], "as it was saved, whatever numbers the page had"


def test_no_more_rows_than_the_form_takes(page: Page) -> None:
    more = page.get_by_role("button", name="添加费用")
    for _ in range(3):
        more.click()
    assert len(rows(page)) == 4
    assert not more.is_visible() and page.get_by_text("最多 4 行，已经填满。").is_visible()
    page.get_by_role("button", name="删除 费用 4").click()
    assert more.is_visible()


def test_the_last_row_gives_way_to_a_blank_one(page: Page) -> None:
    page.fill('[name="costs.0.payee"]', "甲")
    page.get_by_role("button", name="删除 费用 1").click()
    assert rows(page) == [""]


def test_enter_goes_on_and_takes_no_row_away(page: Page) -> None:
    page.fill('[name="costs.0.payee"]', "甲")
    page.press('[name="costs.0.payee"]', "Enter")
    assert page.get_by_role("heading", name="有内容需要更正").is_visible()
    assert rows(page) == ["甲"]


def test_an_error_leads_to_its_cell(page: Page) -> None:
    page.fill('[name="costs.0.payee"]', "甲")
    page.fill('[name="costs.0.amount"]', "十元")
    page.get_by_role("button", name="下一步：确认").click()
    page.get_by_role("link", name="费用明细第 1 行的金额应为金额").click()
    assert has_focus(page, "costs.0.amount")
    assert page.input_value('[name="costs.0.amount"]') == "十元"


def test_files_are_sent_listed_and_taken_off(page: Page, tmp_path: Path) -> None:
    lease = tmp_path / "租赁合同.pdf"
    lease.write_bytes(b"%PDF-1.7" + b"x" * 3000)
    page.fill('[name="note"]', "见附件")
    page.set_input_files("#proofs", lease)
    page.get_by_role("button", name="上传").click()
    link = page.get_by_role("link", name="租赁合同.pdf")
    assert link.is_visible() and page.get_by_text("3 KB").is_visible()
    assert (link.get_attribute("href") or "").startswith("/every_kind/proofs/")
    assert page.input_value('[name="note"]') == "见附件"
    other = tmp_path / "x.html"
    other.write_text("<p>")
    page.set_input_files("#proofs", other)
    page.get_by_role("button", name="上传").click()
    assert page.get_by_text("“x.html”不是可以接收的格式，请上传 PDF、JPEG、PNG。").first.is_visible()
    page.get_by_role("button", name="移除").click()
    assert page.get_by_role("link", name="租赁合同.pdf").count() == 0


def test_the_whole_form_is_filled_in_checked_and_printed(page: Page, tmp_path: Path) -> None:
    from tests.kit.sample_form import EVERY_TYPED

    for name, text in EVERY_TYPED.items():
        field = page.locator(f'form.stack [name="{name}"]').first
        if field.count() == 0 or field.get_attribute("type") == "hidden":
            continue
        if field.get_attribute("type") in ("checkbox", "radio"):
            page.locator(f'[name="{name}"][value="{text}"]').check(force=True)  # its label lies over it
        elif field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)
    lease = tmp_path / "租赁合同.pdf"
    lease.write_bytes(b"%PDF-1.7")
    page.set_input_files("#proofs", lease)
    page.get_by_role("button", name="上传").click()
    page.get_by_role("button", name="下一步：确认").click()
    # The rent is asked once the subsidies are chosen, the share once the staff is known.
    page.fill('[name="rent"]', "１２，３４５．６")
    page.get_by_role("button", name="下一步：确认").click()
    page.get_by_role("heading", name="请确认您的回答").wait_for()
    # As the style sheet, which may still be on its way, makes it a line of cells or of blocks.
    assert " ".join(page.locator(".summary .table tfoot").inner_text().split()) == "合计 1,234.50 元"
    assert not page.locator(".paper").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".paper").is_visible()
    assert not page.locator(".main > .card").is_visible() and not page.locator(".aside").is_visible()


def test_a_sum_follows_what_is_typed(browser: Browser) -> None:
    with gallery.serving() as address:
        page = browser.new_page(base_url=address)
        page.goto("/every_kind")
        page.fill('[name="costs.0.amount"]', "０．１元")
        page.get_by_role("button", name="添加费用").click()
        page.fill('[name="costs.1.amount"]', "1,234,567.20")
        assert page.locator("[data-total=amount]").inner_text() == "1,234,567.30 元"
        page.fill('[name="costs.0.amount"]', "十元")
        assert page.locator("[data-total=amount]").inner_text() == "1,234,567.20 元"
        page.get_by_role("button", name="删除 费用 2").click()
        assert page.locator("[data-total=amount]").inner_text() == "0.00 元"
        page.close()
