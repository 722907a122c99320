"""schemathesis over the OpenAPI document, at the running house: no fault, no answer that the document does not tell.

Every operation is asked as a visitor and as a resident, with what fits its description and with what does not;
identifiers are now and then those of records that are there. Two runs of the same code ask the same; with
`--hypothesis-profile=explore` it asks for long, and differently each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any
from uuid import uuid4

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.journeys.house import ITEM, House
from tests.web.matrix import routes
from tests.web.matrix_expected import expected
from tongban import rooms
from tongban.kit.policy import Relation, Role
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900), pytest.mark.xdist_group("api-schema")]

EXPLORES = settings.get_current_profile_name() == "explore"
EXAMPLES = 300 if EXPLORES else 8
#: A visitor is refused what is not public before anything she sent is looked at: that takes no eight requests to see.
REFUSED = 300 if EXPLORES else 2
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
#: An item that asks for files, and its question.
WITH_FILES, QUESTION = "legal_aid", "file_case_papers"
#: What ends a record comes last.
LAST = ("/submission", "/withdrawal", "DELETE")


def operations() -> list[tuple[str, str]]:
    """Method and path of every operation of the document."""
    found = [
        (method, re.sub(r":\w+}", "}", path))
        for handler in rooms.routes()
        if handler.include_in_schema is True
        for path in handler.paths
        for method in handler.http_methods
    ]
    return sorted(found, key=lambda one: any(end in " ".join(one) for end in LAST))


@cache
def open_to_visitors() -> set[tuple[str, str]]:
    """Those of which the policy lets a visitor see more than a refusal."""
    return {
        (route.method, re.sub(r":\w+}", "}", route.path))
        for route in routes()
        if expected(route, Role.VISITOR, Relation.ANY) == "in"
    }


@schemathesis.serializer("application/pdf", "image/jpeg", "image/png", "application/offset+octet-stream")
def as_it_is(_context: Any, value: Any) -> bytes:
    """A file, or a piece of one, is sent as it was drawn."""
    found = getattr(value, "data", value)
    return found if isinstance(found, bytes) else str(found).encode()


class Asker:
    """Somebody who asks with her browser's cookies; ``records`` gives what is there for a name in an address."""

    def __init__(self, house: House, page: Visitor, records: Callable[[str], list[str]]) -> None:
        self.base, self.records = house.base, records
        self.csrf = page.client.get("/api/v1/session").json()["csrf"]
        self.session = requests.Session()
        self.session.cookies.update({one.name: str(one.value) for one in page.client.cookies.jar})

    def ask(self, case: Case) -> None:
        """Send the request with her own token, and compare the answer with the document."""
        answer = case.call(base_url=self.base, session=self.session, headers={"x-csrf-token": self.csrf})
        case.validate_response(answer, checks=CHECKS)


@pytest.fixture(scope="module")
def document(house: House) -> Any:
    answer = requests.get(f"{house.base}/api/openapi.json", params={"lang": "en"}, timeout=30)
    assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == "*"
    return schemathesis.openapi.from_dict(answer.json())


@pytest.fixture(scope="module")
def visitor(house: House) -> Asker:
    return Asker(house, house.visitor(), lambda _name: [])


@pytest.fixture(scope="module")
def resident(house: House) -> Asker:
    """She has a draft, or after its end another, a case under way with notices about it, and no licence yet."""
    house.heal()
    page = house.submitted()[1]
    submitted = page.path.rsplit("/", 1)[-1]
    house.until(page, "/my/inbox", lambda shown: "/my/inbox/" in shown.html, "a notice")
    notice = page.form().action.rsplit("/", 1)[-1]
    asker = Asker(house, page, lambda _name: [])

    def records(name: str) -> list[str]:
        if name == "upload_id":
            return [house.begin_upload(draft(WITH_FILES))]
        if name != "case_id":
            known = {"notice": [notice], "code": [ITEM, "residence_permit_points"], "field": [QUESTION]}
            return known.get(name, [])
        return [submitted, draft(ITEM), draft(WITH_FILES)]

    def draft(item: str) -> str:
        opening = page.client.post(
            "/api/v1/cases",
            json={"item": item},
            headers={"x-csrf-token": asker.csrf, "idempotency-key": str(uuid4())},
        )
        return str(opening.json()["case"])

    asker.records = records
    return asker


@pytest.mark.parametrize("mode", list(GenerationMode), ids=["fitting", "unfitting"])
@pytest.mark.parametrize("role", ["visitor", "resident"])
@pytest.mark.parametrize(("method", "path"), operations())
def test_every_answer_is_as_the_document_tells(
    document: Any, visitor: Asker, resident: Asker, role: str, method: str, path: str, mode: GenerationMode
) -> None:
    asker = visitor if role == "visitor" else resident
    there = {name: asker.records(name) for name in re.findall(r"{(\w+)}", path)}
    examples = EXAMPLES if role == "resident" or (method, path) in open_to_visitors() else REFUSED
    asked = 0

    @settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    @given(case=document[path][method].as_strategy(generation_mode=mode), data=st.data())
    def ask(case: Case, data: st.DataObject) -> None:
        nonlocal asked
        for name, known in there.items():
            if known and data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(known))
        asked += 1
        asker.ask(case)

    with suppress(*([Unsatisfiable] if mode is GenerationMode.NEGATIVE else [])):
        ask()
    # What takes nothing, or any text in its address, cannot be asked wrongly.
    assert asked or mode is GenerationMode.NEGATIVE


def test_the_document_has_every_operation(document: Any) -> None:
    told = {(one.ok().method.upper(), one.ok().path) for one in document.get_all_operations()}
    assert told == set(operations()) and len(told) >= 19


def test_the_check_can_fail(document: Any, visitor: Asker) -> None:
    """An answer of another operation is none that this one's description tells."""
    case = document["/api/v1/session"]["GET"].Case()
    answer = requests.get(f"{visitor.base}/api/v1/departments", timeout=30)
    with pytest.raises(
        schemathesis.errors.FailureGroup if hasattr(schemathesis.errors, "FailureGroup") else Exception
    ):
        case.validate_response(answer, checks=CHECKS)
