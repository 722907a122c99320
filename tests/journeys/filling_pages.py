"""Filling a form's page in a browser, whatever the form: what is empty gets an answer, as a person would give it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests import filling
from tests.journeys.browser import Walker
from tongban.kit import clock
from tongban.kit.forms import Field, Form

PAPER = Path(__file__).parent / "paper.pdf"


def fill(walker: Walker, form: Form) -> None:
    """Answer every question that stands open on the page; called again once the server has asked more."""
    page = walker.page
    for field in form.fields:
        if field.ui.widget == "files":
            continue  # sent one by one, each answered by a page
        if field.ui.widget == "table":
            for column in field.columns:
                _answer(walker, page, column, f"{field.name}.0.{column.name}")
            continue
        _answer(walker, page, field, field.name)


def missing_files(page: Page, form: Form) -> list[str]:
    """The questions for files that stand on the page and have none yet."""
    return [
        field.name
        for field in form.fields
        if field.ui.widget == "files"
        and page.locator(f"input[type=file][name='{field.name}']").count()
        and not page.locator(f"[value^='drop:{field.name}:']").count()
    ]


def missing_rows(page: Page, form: Form) -> list[str]:
    """The required tables that stand on the page without a row."""
    return [
        field.name
        for field in form.tables
        if field.least
        and page.locator(f"[value='add:{field.name}']").count()
        and not page.locator(f"[value^='remove:{field.name}:']").count()
    ]


def _answer(walker: Walker, page: Page, field: Field, name: str) -> None:
    value = filling.value_of(field, {}, clock.city_day(clock.now()))
    widget = field.ui.widget
    if widget in ("radios", "choices"):
        boxes = page.locator(
            f"input:not([type=hidden])[name='{name}'], input[type=checkbox][name^='{name}-']"
        )
        if boxes.count() and not any(boxes.nth(at).is_checked() for at in range(boxes.count())):
            _tick(page, boxes.first)
    elif widget == "checkbox":
        box = page.locator(f"input[type=checkbox][name='{name}']")
        if box.count() and not box.is_checked():
            _tick(page, box)
    elif widget in ("date", "month"):
        _date(page, name, str(value))
    elif widget == "select":
        box = page.locator(f"select[name='{name}']")
        if box.count() and not box.input_value():
            box.select_option(index=1)
    else:
        box = page.locator(f"input[name='{name}']:not([type=hidden]), textarea[name='{name}']")
        if box.count() and not box.first.input_value():
            box.first.fill(_typed(field, value))


def _typed(field: Field, value: Any) -> str:
    return f"{value / 100:.2f}" if field.ui.widget == "money" else str(value)


def _tick(page: Page, box: Any) -> None:
    page.click(f"label[for='{box.get_attribute('id')}']")


def _date(page: Page, name: str, value: str) -> None:
    for part, text in zip(("year", "month", "day"), value.split("-"), strict=False):
        box = page.locator(f"input[name='{name}-{part}']")
        if box.count() and not box.input_value():
            box.fill(text)
