"""No plain text column holds a person's name, phone or number of a paper: it is sealed or hashed, or told why not."""

from __future__ import annotations

import re

from tests.house.test_sealed import SCHEMA
from tests.house.test_tables import personal_in, saying_who

#: Officers are named in what they did, to the applicant and to whoever checks the office; of what residents do these
#: are empty, but for a step made by an agent or an officer who helps, which both sides must be able to read.
OF_WHO_DECIDED = {
    *("audit.ledger.actor_name", "audit.ledger_rest.actor_name", "cases.absence.officer_name"),
    *("cases.absence.deputy_name", "cases.appraisal.officer_name", "cases.archive.proposed_name"),
    *("cases.case.assignee_name", "cases.destruction.destroyed_name", "cases.destruction.proposed_name"),
    *(
        "cases.event.actor_name",
        "identity.staff_change.asked_by_name",
        "identity.staff_change.decided_by_name",
    ),
    "licences.decision.officer_name",
}
#: Who is logged in, on the head of each page: a row that is asked at each request and ends with the session. The
#: number and phone of the same person are nowhere in it.
OF_WHO_IS_HERE = {"kit.session.acting_name", "kit.session.name"}
#: Names of firms, as the register publishes them (企业信息公示暂行条例 art. 6), and those that people give to devices.
PUBLIC_OR_THEIR_OWN = {"identity.firm.name", "identity.passkey.name", "cases.saved_filter.name"}
#: Where the page of a face check is: an address of the web.
OF_THE_WEB = {"identity.face_check.address"}
#: Numbers of cases, files of the archive, licences and decisions, which are of the paper and not of a person.
OF_PAPERS = {
    *("cases.archive.number", "cases.case.number", "cases.number_index.number", "cases.publication.number"),
    *("licences.decision.number", "licences.licence.number"),
}
#: Names of the city and of the house's own things, nobody's.
OF_THINGS = {
    *("cases.watch.name", "identity.residence.hukou_area_name", "identity.residence.residence_area_name"),
    *("identity.oidc_client.name_form", "kit.migration.name", "kit.serial.name"),
    *(
        f"{table}.name_{language}"
        for table in (
            *("catalogue.source", "catalogue.theme", "identity.oidc_client", "kit.calendar_day"),
            *("licences.licence_type", "regions.department", "regions.district", "regions.hall"),
        )
        for language in ("zh", "en")
    ),
}
EXPLAINED = OF_WHO_DECIDED | OF_WHO_IS_HERE | PUBLIC_OR_THEIR_OWN | OF_THE_WEB | OF_PAPERS | OF_THINGS


def plain_in(schema: str) -> set[str]:
    """The columns of plain text whose name says that they hold who somebody is, by the DDL itself."""
    return {
        f"{name}.{column}".replace('"', "")
        for name, body in re.findall(r'CREATE TABLE ([\w."]+) \((.*?)\n\)', schema, re.DOTALL)
        for column in saying_who(body)
    }


def test_who_somebody_is_stands_in_no_plain_column() -> None:
    """How it can fail: ``phone text`` in a new table, and an exception whose column is gone."""
    found = plain_in(SCHEMA.read_text())
    assert found - EXPLAINED == set(), "seal it (kit/sealed.py) or keep its hash; or say here why it is plain"
    assert EXPLAINED - found == set(), "told of, and no column any more"


def test_words_by_which_it_is_found() -> None:
    """A table with such a column is a personal one, too, so that it must stand in ``held.yaml``."""
    for column in (
        "phone",
        "contact_phone",
        "mobile",
        "id_number",
        "id_no",
        "passport",
        "card_number",
        "name",
    ):
        for kind in ("text", "text[]", "character varying(20)", "citext"):
            ddl = f"CREATE TABLE cases.diary (\n    id uuid NOT NULL,\n    {column} {kind} NOT NULL\n);\n"
            assert plain_in(ddl) == {f"cases.diary.{column}"}, ddl
            assert (personal_in(ddl) == {"cases.diary": column}) is (column != "name"), ddl
    for column in (
        "phone_sealed bytea",
        "phone_hash bytea",
        "phones integer",
        "renamed text",
        "named boolean",
    ):
        assert plain_in(f"CREATE TABLE a.b (\n    {column} NOT NULL\n);\n") == set()
