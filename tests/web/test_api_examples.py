"""The examples of the API are true: each line of curl is run, and what comes has the shape of what is shown."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.cases.hearing import TOLD
from tests.cases.test_interested import BEARS
from tests.conftest import HOME
from tests.journeys.house import ITEM, House
from tests.kit import sample_files
from tongban.portal.actions.sheet import Shown, sheet
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300), pytest.mark.xdist_group("api-examples")]

#: As somebody would go: from what anybody may ask to the end of a draft.
ORDER = (
    *("identity.session", "identity.powers", "identity.act_for", "identity.acts"),
    *("catalogue.search", "catalogue.items", "catalogue.item", "catalogue.form", "catalogue.guided"),
    *("regions.departments", "cases.open_draft", "cases.answers", "cases.faults", "cases.answer"),
    *("cases.submit", "cases.one", "cases.listed_cases", "cases.withdraw", "cases.discard"),
    *(
        "cases.attach_file",
        "cases.attachments",
        "cases.begin_upload",
        "cases.upload_state",
        "cases.send_piece",
    ),
    *(
        "cases.attach",
        "cases.end_upload",
        "cases.take_out",
        "cases.materials",
        "cases.correct",
        "cases.supply",
    ),
    *("portal.wrong_things", "portal.ask_correction", "portal.listed_requests", "portal.one_request"),
    "portal.take_back",
    *("cases.published_decisions", "licences.licences", "licences.one", "notices.notices", "notices.read"),
    *(
        "cases.at_desk",
        "cases.concerned",
        "cases.waive_as_interested",
        "cases.ask_as_interested",
        "cases.hearing",
        "cases.hearing_at_desk",
        "cases.waive_hearing",
        "cases.request_hearing",
    ),
    *("cases.ask_recusal", "cases.plead_as_interested", "cases.drop_hearing", "cases.drop_as_interested"),
    *("cases.confirm_record", "cases.confirm_as_interested"),
)
#: Those about the files of a case, and an item that asks for some.
FILES = ORDER[ORDER.index("cases.attach_file") : ORDER.index("cases.materials")]
WITH_FILES = "legal_aid"
#: Whose example is run as somebody else's: one of the fixture's people.
ELSE = {
    "cases.correct": ("asked", 0),
    "cases.supply": ("promised", 0),
    "cases.concerned": ("told_of_right", 0),
    "cases.ask_as_interested": ("told_of_right", 0),
    "cases.waive_as_interested": ("told_of_right", 1),
    "cases.ask_recusal": ("under_way", 0),
    "cases.drop_hearing": ("under_way", 0),
    "cases.plead_as_interested": ("under_way", 1),
    "cases.drop_as_interested": ("under_way", 1),
    "cases.confirm_record": ("under_way", 2),
    "cases.confirm_as_interested": ("under_way", 3),
}
#: About a case whose applicant was told of her right to a hearing.
OF_BOTH = ("cases.at_desk", *ORDER[ORDER.index("cases.hearing") : ORDER.index("cases.ask_recusal")])
ANEW = "补充核查后发现，租赁合同的签字人不是房屋的产权人。"
#: What the examples name, and each run has its own of.
PLACE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f-]{17}")
#: The same of a file and of an upload, beside the case's.
FILE, UPLOAD = "01a21434-f1c7-7a3e-b2d4-0f6e8c9d1a25", "01a21434-f5b1-7c02-9d1e-6a0c54c1b7e3"
#: Run inside the house: a case of somebody's is accepted whose material follows.
ACCEPTED = """
import asyncio, sys
from uuid import UUID
from tests.cases import following
from tests.cast import Resident
from tongban import app
from tongban.kit import clock
from tongban.kit.db import connect
from tongban.kit.policy import Actor, Role
from tongban.settings import settings

async def accept(applicant):
    app.prepare()
    db = await connect(settings().database_url)
    who = Resident(Actor(Role.RESIDENT, UUID(applicant)), "", "", "", {})
    case, _ = await following.accepted(db, who, now=clock.now())
    await db.close()
    print(case)

asyncio.run(accept(sys.argv[1]))
"""

#: The same: the first's hearing is fixed, the second's held, both bear on the third; each is a name and a number.
HEARINGS = """
import asyncio, sys
from tests.cases.hearing import of_both
from tests.cases.test_interested import named
from tests.cast import Resident
from tongban import app, identity
from tongban.kit.db import connect
from tongban.settings import settings

async def prepare(names, numbers):
    app.prepare()
    db = await connect(settings().database_url)
    actors = [await identity.actor_of(db, kind="id_number", value=one) for one in numbers]
    first, second, third = (Resident(*one, "", {}) for one in zip(actors, names, numbers))
    print(await of_both(db, first, third, named(third)))
    print(await of_both(db, second, third, named(third), is_held=True))
    await db.close()

asyncio.run(prepare(sys.argv[1::2], sys.argv[2::2]))
"""


@pytest.fixture(scope="module")
def document(house: House) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{house.base}/api/openapi.json").json()
    return found


class Person:
    """Somebody at a shell: the cookies of her log-in in ``cookies.txt``, her token in ``$CSRF``, records of her own."""

    def __init__(self, page: Visitor, place: Path) -> None:
        self.page, self.place = page, place
        self.token: str = page.client.get("/api/v1/session").json()["csrf"]
        cookie = page.client.cookies["tongban_session"]
        (place / "cookies.txt").write_text(f"localhost\tFALSE\t/\tFALSE\t0\ttongban_session\t{cookie}\n")
        self.records: dict[str, str] = {}

    def own(self) -> dict[str, str]:
        """The headers of a change."""
        return {"x-csrf-token": self.token, "idempotency-key": str(uuid4())}

    def open(self, item: str) -> str:
        """A draft of hers of this item."""
        answer = self.page.client.post("/api/v1/cases", json={"item": item}, headers=self.own())
        return str(answer.json()["case"])

    def get(self, path: str) -> httpx.Response:
        return self.page.client.get(path)

    def run(self, command: str) -> tuple[int, str, Any]:
        """Status, media type and body of what a line of curl is answered."""
        end = subprocess.run(
            ["bash", "-c", command.replace("curl", "curl -sS -o body -w '%{http_code} %{content_type}'", 1)],
            cwd=self.place,
            env={**os.environ, "CSRF": self.token},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert end.returncode == 0, (command, end.stderr)
        status, _, media_type = end.stdout.partition(" ")
        body = (self.place / "body").read_bytes()
        return int(status), media_type, json.loads(body) if body else None


@pytest.fixture(scope="module")
def person(house: House, tmp_path_factory: pytest.TempPathFactory) -> Person:
    """A resident with a licence and notices about it, and an item to apply for anew."""
    house.heal()
    who, page, case = house.submitted()
    officer = house.new_officer(who.district)
    desk = house.desk_path(page, officer, case)
    officer.post("/recheck", to=f"{desk}/accept").post("/recheck", to=f"{desk}/approve")
    house.until(
        page, "/api/v1/licences", lambda _: _valid(page.client.get("/api/v1/licences").json()), "the licence"
    )
    return Person(page, tmp_path_factory.mktemp("shell"))


def _valid(answer: dict[str, Any]) -> bool:
    return any(one["state"] == "valid" for one in answer["licences"])


@pytest.fixture(scope="module")
def newcomer(house: House, tmp_path_factory: pytest.TempPathFactory) -> Person:
    """A resident who has nothing yet."""
    return Person(house.enrol(house.person()), tmp_path_factory.mktemp("shell"))


@pytest.fixture(scope="module")
def both(house: House, tmp_path_factory: pytest.TempPathFactory) -> tuple[Person, Person]:
    """A resident with an accepted case, and the officer of its department, who has told her the right to a hearing."""
    who, page, case = house.submitted()
    visitor = house.new_officer(who.district)
    desk = house.desk_path(page, visitor, case)
    visitor.post("/recheck", to=f"{desk}/accept")
    tell(visitor, desk)
    at_desk, heard = (Person(one, tmp_path_factory.mktemp("shell")) for one in (visitor, page))
    _, _, at_desk.records["applicant"], at_desk.records["case_id"] = desk.split("/")
    heard.records = at_desk.records
    return at_desk, heard


def tell(officer: Visitor, desk: str, **more: str) -> None:
    """The officer tells the right to a hearing on the case's page."""
    officer.visit(f"{desk}/hearing").post("/hearing", **TOLD | more)
    assert officer.path == desk, officer.text[:600]


@pytest.fixture(scope="module")
def asked(house: House, tmp_path_factory: pytest.TempPathFactory) -> list[Person]:
    """A resident of whom the department has asked a correction."""
    who, page, case = house.submitted()
    officer = house.new_officer(who.district)
    desk = house.desk_path(page, officer, case)
    officer.visit(f"{desk}/correction").post("/correction", **{"said-ground": "请按实际情况重新选择。"})
    person = Person(page, tmp_path_factory.mktemp("shell"))
    person.records["case_id"] = case
    return [person]


@pytest.fixture(scope="module")
def told_of_right(house: House, tmp_path_factory: pytest.TempPathFactory) -> list[Person]:
    """Two residents on whom somebody's accepted application bears, each told of her right to a hearing."""
    who, page, case = house.submitted()
    officer = house.new_officer(who.district)
    desk = house.desk_path(page, officer, case)
    officer.post("/recheck", to=f"{desk}/accept")
    found = []
    for one in (house.person(), house.person()):
        person = Person(house.enrol(one), tmp_path_factory.mktemp("shell"))
        named = {"name": one["name"], "number": one["id_number"], "do": "tell_interested"}
        officer.visit(f"{desk}/hearing").post("/hearing", **BEARS | named)
        person.records["case_id"] = case
        found.append(person)
    return found


@pytest.fixture(scope="module")
def promised(house: House, tmp_path_factory: pytest.TempPathFactory) -> list[Person]:
    """A resident whose application was accepted with a material to follow, which she has attached."""
    person = Person(house.enrol(house.person()), tmp_path_factory.mktemp("shell"))
    opened = person.open(ITEM)
    (row,) = house.sql('SELECT applicant FROM cases."case" WHERE id = $1::uuid', opened)
    person.records["case_id"] = case = within(house, ACCEPTED, str(row["applicant"]))[-1]
    path = f"/api/v1/cases/{case}/attachments/file_rules?name=rules.pdf"
    sent = person.page.client.post(path, content=sample_files.pdf(1), headers=person.own())
    assert sent.status_code == 201, sent.text
    return [person]


def within(house: House, script: str, *given: str) -> list[str]:
    """What a script prints that is run inside the house, by words."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", script, *given],
        env={**house.environment, "DATABASE_URL": house.dsn, "PYTHONPATH": str(HOME)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.split()


@pytest.fixture(scope="module")
def under_way(house: House, tmp_path_factory: pytest.TempPathFactory) -> list[Person]:
    """Applicant and interested person of a hearing that is fixed, and of one that is held."""
    known = [house.person() for _ in range(3)]
    first, second, third = (house.enrol(one) for one in known)
    given = [word for one in known for word in (one["name"], one["id_number"])]
    fixed, held = within(house, HEARINGS, *given)[-2:]
    found = [Person(one, tmp_path_factory.mktemp("shell")) for one in (first, third, second, third)]
    for person, case in zip(found, (fixed, fixed, held, held), strict=True):
        person.records["case_id"] = case
    return found


def like(shown: Any, came: Any) -> bool:
    """Whether what came has the shape of what is shown: members, types, and the first of each list."""
    if shown is None or came is None:
        return True
    if isinstance(shown, dict):
        return isinstance(came, dict) and all(
            name in came and like(one, came[name]) for name, one in shown.items()
        )
    if isinstance(shown, list):
        return isinstance(came, list) and (not shown or not came or like(shown[0], came[0]))
    if isinstance(shown, int | float) and not isinstance(shown, bool):
        return isinstance(came, int | float) and not isinstance(came, bool)
    return type(shown) is type(came)


def test_every_operation_has_an_example_that_is_run(document: dict[str, Any]) -> None:
    told = [one["operationId"] for methods in document["paths"].values() for one in methods.values()]
    assert sorted(told) == sorted(ORDER)


@pytest.mark.parametrize("name", ORDER)
def test_the_example_is_answered_as_shown(
    document: dict[str, Any], person: Person, newcomer: Person, request: pytest.FixtureRequest, name: str
) -> None:
    op = next(one for room in sheet(document).rooms for one in room.operations if one.id == name)
    who = person if name.startswith(("licences", "notices")) else newcomer
    if name in ELSE:
        fixture, place = ELSE[name]
        who = request.getfixturevalue(fixture)[place]
    if name in OF_BOTH:
        officer, heard = request.getfixturevalue("both")
        who = officer if "at_desk" in name else heard
    if name == "cases.request_hearing":  # what was given up before is told anew where the facts are others
        tell(officer.page, f"/desk/{who.records['applicant']}/{who.records['case_id']}", facts=ANEW)
    command = _own(op, who)
    status, media_type, came = who.run(command)
    shown = next((answer for answer in op.answers if answer.body and answer.body.example), op.answers[0])
    assert str(status) == shown.status, (command, came)
    if shown.body is None:
        assert came is None
        return
    assert media_type == shown.body.media_type
    assert like(json.loads(shown.body.example), came), (command, came)
    if name == "cases.open_draft":
        who.records["case_id"] = came["case"]


def _records_of_files(op: Shown, who: Person) -> dict[str, str]:
    """A draft of hers that asks for files, an upload of it that is whole, or has still to come, and a file of it."""
    if "files_of" not in who.records:
        who.records["files_of"] = who.open(WITH_FILES)
        (who.place / "contract.png").write_bytes(sample_files.screenshot())
    home = f"/api/v1/cases/{who.records['files_of']}"
    client, found = who.page.client, {"case": who.records["files_of"]}
    if UPLOAD in op.curl:
        content = (who.place / "contract.png").read_bytes()
        length = len(content) if op.id == "cases.attach" else len(content) + 1
        field, name = (base64.b64encode(one).decode() for one in (b"file_case_papers", b"contract.png"))
        told = {"upload-metadata": f"field {field},filename {name}", "tus-resumable": "1.0.0"}
        begun = client.post(f"{home}/uploads", headers={**who.own(), **told, "upload-length": str(length)})
        found["upload"] = begun.headers["location"].rpartition("/")[2]
        if op.id == "cases.attach":
            piece = {"content-type": "application/offset+octet-stream", "upload-offset": "0"}
            own = {**who.own(), **piece, "tus-resumable": "1.0.0"}
            client.patch(begun.headers["location"], content=content, headers=own).raise_for_status()
    if FILE in op.curl:
        found["file"] = client.get(f"{home}/attachments").json()["files"][0]["file"]
    return found


def _own(op: Shown, who: Person) -> str:
    """The line of curl with a record of one's own, a key of one's own, and the version that one has read."""
    command = re.sub(r"Idempotency-Key: [^']+", f"Idempotency-Key: {uuid4()}", op.curl)
    if op.id in FILES:
        found = _records_of_files(op, who)
        names = {UPLOAD: "upload", FILE: "file"}
        command = PLACE.sub(lambda one: found[names.get(one[0], "case")], command)
    elif "{applicant}" in op.path:
        names = iter(("applicant", "case_id"))
        command = PLACE.sub(lambda _: who.records[next(names)], command)
    elif "{case_id}" in op.path:
        if op.id == "cases.discard":
            who.records["case_id"] = who.open(ITEM)
        command = PLACE.sub(who.records["case_id"], command)
    elif "{request_id}" in op.path:
        command = PLACE.sub(who.get("/api/v1/requests").json()["requests"][0]["id"], command)
    elif "{licence}" in op.path:
        command = PLACE.sub(who.get("/api/v1/licences").json()["licences"][0]["id"], command)
    elif "{notice}" in op.path:
        command = PLACE.sub(who.get("/api/v1/notices").json()["notices"][0]["id"], command)
    if "If-Match" in command:
        tag = who.get(f"/api/v1/cases/{who.records['case_id']}/answers").headers["etag"]
        command = command.replace('If-Match: "3"', f"If-Match: {tag}")
    return command


@pytest.mark.parametrize(
    ("shown", "came"),
    [({"a": 1}, {}), ({"a": 1}, {"a": "1"}), ([{"a": 1}], [{}]), ("x", 1), (True, 1), (1, True), ({}, [])],
)
def test_the_comparison_can_fail(shown: Any, came: Any) -> None:
    assert not like(shown, came)
    assert like(shown, shown)
