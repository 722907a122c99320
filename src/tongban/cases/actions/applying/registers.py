"""Asking the registers for a case: under its purpose, all at once, one ledger row each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from tongban import catalogue, exchange, identity
from tongban.cases.model import Case
from tongban.cases.model.facts import ACCOUNT, FRESH_FOR, Heard
from tongban.cases.model.kept_residence import KEPT, PLACES, SOURCE, silent_places
from tongban.kit import clock, rules
from tongban.kit.db import Database
from tongban.kit.forms import Form
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor


async def ask(
    db: Database,
    actor: Actor,
    case: Case,
    version: catalogue.ItemVersion,
    *,
    resources: Iterable[str],
    now: datetime,
) -> dict[str, Heard]:
    """What these registers say about the case's applicant; one that is down answers ``down``, none raises."""
    wanted = {name: version.purpose_fields[name] for name in resources if name != ACCOUNT}
    answers = await exchange.read_many(
        db, actor, wanted=wanted, subject=case.applicant, purpose=case.purpose, now=now
    )
    return {name: _heard(answer, now=now) for name, answer in answers.items()}


def _heard(answer: exchange.Answer | exchange.SourceDown, *, now: datetime) -> Heard:
    if isinstance(answer, exchange.SourceDown):
        return Heard("down", answer.source, None, now)
    return Heard("found" if answer.found else "none", answer.source, answer.as_of, now, dict(answer.data))


async def account(db: Database, actor: Actor) -> tuple[identity.Person, Heard]:
    """What the resident's own account says: name, paper and its number, phone; never stored with the facts.

    Who asks in a firm's name is meant as its agent 经办人, by her own account; a firm's certificate names its
    keeper alone.
    """
    assert actor.id is not None
    person = await identity.person(db, actor.id)
    if person.is_firm:
        return person, await _agent(db, actor, person)
    data = {
        "name": person.name,
        "paper_kind": person.paper_kind,
        "id_number": person.id_number,
        "phone": person.phone or None,  # who has none types whose she can be reached by
    }
    return person, Heard(
        "found", Text("本人账户", "Your account"), person.checked_at, person.checked_at, data
    )


async def ask_account(
    db: Database, actor: Actor, case: Case, form: Form, facts: Mapping[str, Heard], *, now: datetime
) -> dict[str, Heard]:
    """What the applicant's account keeps of hukou and residence, for what a silent register should have told.

    The applicant's, whoever acts for her. Nothing, and no statement, while every register has spoken, or where the
    account was asked within a day.
    """
    known = facts.get(KEPT)
    places = silent_places(form, facts)
    if not places or (known is not None and now - known.read_at <= FRESH_FOR):
        return {}
    kept = await identity.residence_for(
        db, actor, subject=case.applicant, purpose=case.purpose, fields=places, now=now
    )
    if kept is None or kept.residence is None:
        return {}
    told = msgspec.to_builtins(kept.residence)
    names = {f"{resource}.{field}": name for (resource, field), name in PLACES.items()}
    data = {place: told[names[place]] for place in places if told[names[place]]}
    return {KEPT: Heard("found", SOURCE, kept.as_of, now, data)} if data else {}


async def _agent(db: Database, actor: Actor, firm: identity.Person) -> Heard:
    data: dict[str, str] = {"phone": firm.phone}
    if actor.acting is not None and actor.acting.agent is not None:
        agent = await identity.person(db, actor.acting.agent)
        data = {
            "name": agent.name,
            "paper_kind": agent.paper_kind,
            "id_number": agent.id_number,
            "phone": agent.phone,
        }
    elif actor.acting is not None:
        data["name"] = actor.acting.agent_name
    source = Text("经办人账户", "The agent's account")
    return Heard("found", source, firm.checked_at, firm.checked_at, data)


def find(version: catalogue.ItemVersion, facts: Mapping[str, Heard], *, now: datetime) -> rules.Outcome:
    """The item's rule over what the registers said, with its whole trace, as it is stored."""
    return rules.evaluate(version.rules, _facts_for_rules(version, facts), today=clock.city_day(now))


def _facts_for_rules(version: catalogue.ItemVersion, facts: Mapping[str, Heard]) -> dict[str, rules.Fact]:
    """Facts as the rules name them, ``<resource>.<field>``.

    A register without a record says "none" of each field that was asked; one that is down says nothing,
    which leaves its conditions unknown.
    """
    known = {}
    for name in version.rules.facts:
        resource, _, field = name.partition(".")
        answer = facts.get(resource)
        if answer is not None and answer.outcome != "down" and field in version.purpose_fields[resource]:
            known[name] = rules.Fact(answer.data.get(field), answer.source, answer.as_of)
    return known
