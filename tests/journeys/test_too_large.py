"""A file beyond the limit is told where the form tells everything: at its question, marked, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.chromium import chromium
from tests.journeys.browser import DESKTOP, PHONE, Walker
from tests.journeys.house import House
from tests.journeys.test_browser import pictures
from tests.kit import sample_files

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]
ITEM, FIELD = "lease_filing", "file_lease"
SAID = {
    "zh": "错误：租赁合同.pdf：文件超过 10 MB，没有收下。照片请缩小，PDF 请降低扫描分辨率或分成几个文件",
    "en": "Error: 租赁合同.pdf: The file has more than 10 MB and was not taken. Make a photo smaller;",
}


def test_it_stands_at_its_question_with_scripts_and_without(house: House, tmp_path: Path) -> None:
    scan = tmp_path / "租赁合同.pdf"
    scan.write_bytes(sample_files.pdf() + bytes(10 << 20))
    resident = house.enrol(house.person())
    resident.visit(f"/apply/{ITEM}").post(f"/apply/{ITEM}")
    case = resident.path.rsplit("/", 1)[-1]
    with chromium() as browser:
        for width, language, script in ((PHONE, "zh", True), (DESKTOP, "en", True), (PHONE, "en", False)):
            visitor = Walker(
                browser, house.base, width=width, language=language, script=script, pictures=pictures()
            )
            visitor.context.add_cookies(
                [
                    {"name": a.name, "value": a.value or "", "url": house.base}
                    for a in resident.client.cookies.jar
                ]
            )
            visitor.context.add_cookies([{"name": "tongban_language", "value": language, "url": house.base}])
            page = visitor.page
            page.goto(f"{house.base}/apply/{ITEM}/{case}")
            page.set_input_files(f"#{FIELD}", scan)
            page.click(f"button[value='upload:{FIELD}']")
            error, chosen = page.locator(f"#{FIELD}-error"), page.locator(f"#{FIELD}")
            expect(error).to_contain_text(SAID[language])
            expect(chosen).to_have_attribute("aria-invalid", "true")
            field = page.locator(f"fieldset.field--error:has(#{FIELD})")
            expect(field).to_have_attribute("aria-describedby", f"{FIELD}-hint {FIELD}-error")
            if script:
                expect(chosen).to_be_focused()
                expect(chosen).to_have_value("")
                expect(page.locator("[data-coming]").first).to_be_hidden()
            visitor.judge("too-large")
            if script:  # a file that may come takes the sentence away
                page.set_input_files(
                    f"#{FIELD}", {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"x"}
                )
                expect(error).to_have_count(0)
            visitor.close()
