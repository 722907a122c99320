"""The life cycle: pure properties of the table, and a state machine that tries every move by every role in every state.

The machine knows only MOVES. Where the table has an edge the verb must do it; everywhere else it must refuse
with NotPossibleNow, NoSuchCase or NotAllowed, and change nothing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests import cast, make
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases, exchange, rooms
from tongban.cases.actions import complete, deem_accepted, terminate
from tongban.cases.model import (
    LIVING,
    MOVES,
    Move,
    NoSuchCase,
    NotPossibleNow,
    State,
    edge,
    possible,
)
from tongban.cases.model.life import ON_LICENCE
from tongban.kit import clock
from tongban.kit.db import Database, connect
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.outbox import Event
from tongban.kit.policy import SYSTEM, Actor, Role

#: The moves that leave no step: a draft's own, before it is an application.
WITHOUT_STEP = {Move.SAVE}
#: What an end is taken back by.
TAKEN_BACK = {Move.RECTIFY, Move.REOPEN}


def test_every_state_is_reached_from_a_draft() -> None:
    reached, fresh = {State.DRAFT}, {State.DRAFT}
    while fresh:
        fresh = {edge.target for edge in MOVES if edge.source in fresh} - reached
        reached |= fresh
    assert reached == set(State)


def test_living_states_have_a_way_out_and_ended_ones_have_none() -> None:
    leaving = {
        edge.source for edge in MOVES if edge.target is not edge.source and edge.move not in TAKEN_BACK
    }
    assert leaving == LIVING
    # What has ended is taken back as a mistake, noted as delivered, or follows what becomes of its licence.
    after = {edge.move for edge in MOVES if edge.source not in LIVING}
    assert after == {*TAKEN_BACK, Move.DELIVER, *ON_LICENCE, Move.REINSTATE_LICENCE}


def test_there_is_one_edge_for_a_move_by_a_role_from_a_state() -> None:
    keys = Counter((edge.move, edge.source, edge.role) for edge in MOVES)
    assert set(keys.values()) == {1}


def test_from_every_living_state_an_end_can_be_reached_by_the_office_alone() -> None:
    """A resident who does nothing is not left hanging: officer and system come to an end from any filed state."""
    for start in LIVING - {State.DRAFT}:
        reached, fresh = {start}, {start}
        while fresh:
            fresh = {
                one.target for one in MOVES if one.source in fresh and one.role is not Role.RESIDENT
            } - reached
            reached |= fresh
        assert reached - LIVING, start


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("state", list(State))
def test_edge_and_possible_say_the_same(state: State, role: Role) -> None:
    for move in Move:
        if move in possible(state, role):
            assert edge(move, state, role).source is state
        else:
            with pytest.raises(NotPossibleNow) as told:
                edge(move, state, role)
            assert told.value.status == 409


class World:
    """One city for all runs of the machine: each run is another resident."""

    def __init__(self, dsn: str, outside: Sandbox) -> None:
        self.dsn, self.outside = dsn, outside
        self.loop = asyncio.new_event_loop()
        self.db: Database = self.wait(self._open())
        self.met: Counter[tuple[str, str, bool]] = Counter()

    async def _open(self) -> Database:
        db = await connect(self.dsn, size=3)
        await rooms.warm(db)
        return db

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        self.wait(self.db.close())
        self.loop.close()


WORLD: list[World] = []
WHO = st.sampled_from(["owner", "other", "officer", "elsewhere", "system"])


class Life(RuleBasedStateMachine):
    """A case and five actors who try whatever they like."""

    def __init__(self) -> None:
        super().__init__()
        self.world = WORLD[0]
        self.db = self.world.db

    @initialize()
    def begin(self) -> None:
        self.world.wait(self._begin())

    async def _begin(self) -> None:
        world = self.world
        self.owner: Resident = await cast.resident(self.db, world.outside)
        other: Resident = await cast.resident(self.db, world.outside)
        self.case_id: UUID = await make.filled(self.db, self.owner)
        self.state = State.DRAFT
        self.version = (await make.row(self.db, self.case_id))["version"]
        self.filed_from: int | None = None
        self.actors: dict[str, Actor] = {
            "owner": self.owner.actor,
            "other": other.actor,
            "officer": await cast.officer_of(self.db, self.owner.district),
            "elsewhere": await cast.officer_elsewhere(self.db, self.owner.district),
            "system": SYSTEM,
        }

    def _verb(self, move: Move, actor: Actor) -> Coroutine[Any, Any, Any] | None:
        """The verb that carries out the move for this actor; None where the house has no door for her at all."""
        verb = (SYSTEMS if actor is SYSTEM else PEOPLES).get(move)
        return verb(self, actor) if verb else None

    def news(self) -> Event:
        """News about the case that nobody has handled."""
        assert self.owner.actor.id is not None
        return make.event("timer", subject=self.owner.actor.id, reference=self.case_id)

    def posted(self) -> dict[str, str]:
        """A form well filled."""
        return make.typed(phone=self.owner.phone, card_address="示范路 1 号 101 室")

    @rule(who=WHO, move=st.deferred(lambda: st.sampled_from([one for one in Move if one in WITH_DOOR])))
    def try_it(self, who: str, move: Move) -> None:
        self.world.wait(self._try(who, move))

    @rule()
    def go_on(self) -> None:
        """One step along the main road, so that the far states are met as often as the near ones."""
        road = {
            State.DRAFT: ("owner", Move.SUBMIT),
            State.SUBMITTED: ("officer", Move.ACCEPT),
            State.ACCEPTED: ("officer", Move.APPROVE),
            State.SUSPENDED: ("officer", Move.RESUME),
            State.ISSUING: ("system", Move.COMPLETE),
        }
        if self.state in road:
            self.world.wait(self._try(*road[self.state]))

    async def _try(self, who: str, move: Move) -> None:
        actor = self.actors[who]
        verb = self._verb(move, actor)
        if verb is None:
            return
        allowed = who not in ("other", "elsewhere") and move in possible(self.state, actor.role)
        before = await make.everything(self.db, self.case_id)
        # What time has ended is no mistake of the desk's.
        if move is Move.RECTIFY and self.state is State.TERMINATED:
            allowed = allowed and before["steps"][-1]["actor_role"] == Role.OFFICER
        # Nobody has booked this one: no time to come runs out.
        if (move, actor, self.state) == (Move.TERMINATE, SYSTEM, State.SUBMITTED):
            allowed = False
        refused: BaseException | None = None
        try:
            await verb
        except (NotPossibleNow, NoSuchCase, NotAllowed) as no:
            refused = no
        after = await make.everything(self.db, self.case_id)
        self.world.met[(str(self.state), str(move), allowed)] += 1
        if not allowed:
            repeated = (
                refused is None
            )  # a verb that has had its effect already, or a timer that came too late
            if repeated:
                assert who == "system" or (move, self.state) in {
                    (Move.WITHDRAW, State.WITHDRAWN),
                    (Move.DISCARD, State.DISCARDED),
                }, (who, move, self.state)
            assert after == before, (who, move, self.state)
            return
        assert refused is None, (who, move, self.state, refused)
        if (move, who) == (Move.RECHECK, "system"):
            assert (after["row"], after["steps"]) == (before["row"], before["steps"]), (
                "all have spoken already"
            )
            return
        if move is Move.RECTIFY and before["steps"][-1]["from_state"] == State.SUSPENDED:
            move = Move.REOPEN if self.state is State.TERMINATED else move
        taken = edge(move, self.state, actor.role)
        assert after["row"]["state"] == taken.target, (who, move)
        assert after["row"]["version"] == before["row"]["version"] + 1
        if move not in WITHOUT_STEP:
            step = after["steps"][-1]
            assert (step["move"], step["from_state"], step["to_state"], step["actor_role"]) == (
                move,
                taken.source,
                taken.target,
                actor.role,
            )
            assert after["ledger"] == before["ledger"] + 1
        assert len(after["news"]) == len(before["news"]) + (1 if taken.event else 0)
        self.state = taken.target

    @invariant()
    def versions_are_gapless(self) -> None:
        if hasattr(self, "case_id"):
            self.world.wait(self._gapless())

    async def _gapless(self) -> None:
        found = await make.everything(self.db, self.case_id)
        versions = [step["version"] for step in found["steps"]]
        assert versions == list(range(versions[0], versions[0] + len(versions))) if versions else True
        assert found["row"]["state"] == self.state
        if versions:
            assert versions[-1] == found["row"]["version"]
        standing = [kind for kind, stands in found["purposes"] if stands]
        assert len(standing) == (1 if self.state in LIVING else 0), (self.state, found["purposes"])
        assert bool(found["timers"]) <= (self.state in LIVING - {State.DRAFT})
        assert found["row"]["closed_at"] is None or self.state not in LIVING


Verb = Callable[[Life, Actor], Coroutine[Any, Any, Any]]
#: What time and news do.
SYSTEMS: dict[Move, Verb] = {
    Move.DEEM_ACCEPTED: lambda life, _: deem_accepted(
        life.db, case_id=life.case_id, event=life.news(), now=clock.now()
    ),
    Move.RECHECK: lambda life, _: cases.recheck(
        life.db, SYSTEM, case_id=life.case_id, event=life.news(), now=clock.now()
    ),
    Move.TERMINATE: lambda life, _: terminate(
        life.db, case_id=life.case_id, event=life.news(), now=clock.now() + timedelta(days=60)
    ),
    Move.COMPLETE: lambda life, _: complete(life.db, event=life.news(), now=clock.now()),
}
#: What a person can ask for; whether she may is the verb's to say.
PEOPLES: dict[Move, Verb] = {
    Move.SAVE: lambda life, actor: cases.save(
        life.db, actor, case_id=life.case_id, posted=life.posted(), version=None, now=clock.now()
    ),
    Move.SUBMIT: lambda life, actor: cases.submit(
        life.db, actor, case_id=life.case_id, key=str(uuid4()), now=clock.now()
    ),
    Move.DECLINE: lambda life, actor: cases.decline(
        life.db, actor, case_id=life.case_id, reason=make.REASON, now=clock.now()
    ),
    Move.REFUSE: lambda life, actor: cases.refuse(
        life.db, actor, case_id=life.case_id, reason=make.REASON, now=clock.now()
    ),
    Move.DISCARD: lambda life, actor: cases.discard(life.db, actor, case_id=life.case_id, now=clock.now()),
    Move.WITHDRAW: lambda life, actor: cases.withdraw(life.db, actor, case_id=life.case_id, now=clock.now()),
    Move.RECHECK: lambda life, actor: cases.recheck(life.db, actor, case_id=life.case_id, now=clock.now()),
    Move.ASK_CORRECTION: lambda life, actor: cases.ask_correction(
        life.db, actor, case_id=life.case_id, said={"card_address": "请补全室号。"}, now=clock.now()
    ),
    Move.CORRECT: lambda life, actor: cases.correct(
        life.db, actor, case_id=life.case_id, key=str(uuid4()), now=clock.now()
    ),
    Move.VISIT: lambda life, actor: cases.record_visit(
        life.db,
        actor,
        case_id=life.case_id,
        posted={"why": "originals", "place": "0", "note": ""},
        key=str(uuid4()),
        now=clock.now(),
    ),
    Move.SUSPEND: lambda life, actor: cases.suspend(
        life.db,
        actor,
        case_id=life.case_id,
        kind="test",
        days="3",
        reason=make.SPECIAL_REASON,
        now=clock.now(),
    ),
    Move.RESUME: lambda life, actor: cases.resume(
        life.db, actor, case_id=life.case_id, result=make.RESULT, now=clock.now()
    ),
    Move.RECTIFY: lambda life, actor: cases.rectify(
        life.db, actor, case_id=life.case_id, reason=make.REASON, now=clock.now()
    ),
    Move.DELIVER: lambda life, actor: cases.deliver(
        life.db,
        actor,
        case_id=life.case_id,
        way="counter",
        receiver="张示例",
        note="",
        key=str(uuid4()),
        now=clock.now(),
    ),
    Move.TERMINATE: lambda life, actor: cases.terminate_at_desk(
        life.db,
        actor,
        case_id=life.case_id,
        ground="object_gone",
        reason=make.REASON,
        now=clock.now(),
    ),
    Move.ACCEPT: lambda life, actor: cases.accept(life.db, actor, case_id=life.case_id, now=clock.now()),
    Move.APPROVE: lambda life, actor: cases.approve(life.db, actor, case_id=life.case_id, now=clock.now()),
    Move.VISIT: lambda life, actor: cases.record_visit(
        life.db, actor, case_id=life.case_id, posted=make.VISIT, key=str(uuid4()), now=clock.now()
    ),
}


#: The moves that the machine has a verb for: another would be a try of nothing.
WITH_DOOR = {*SYSTEMS, *PEOPLES}


@pytest.mark.timeout(110)
def test_the_verbs_do_what_the_table_says_and_nothing_else(city_dsn: str, outside: Sandbox) -> None:
    clock.forget_calendars()
    exchange.forget_breakers()
    WORLD[:] = [World(city_dsn, outside)]
    try:
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            Life,
            settings=settings(
                max_examples=50,
                stateful_step_count=22,
                deadline=None,
                database=None,
                derandomize=True,
                # A run is short enough to be read; making it shorter takes longer than the whole test may.
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
        met = {state for state, _, _ in WORLD[0].met}
        assert {"draft", "submitted", "accepted", "issuing", "closed"} <= met, "the machine went all the way"
        assert sum(count for (_, _, allowed), count in WORLD[0].met.items() if not allowed) > 50
    finally:
        WORLD[0].close()
        WORLD.clear()
