"""The one form: read from the drafts of the parts, filled back into each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import cases
from tongban.bundles.actions.reading import bundle_of, own, own_run
from tongban.bundles.model import POLICY, Bundle, NotInThisState, OneForm, Run, RunState, one_form, same_file
from tongban.kit import files, forms
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.forms import Prefilled
from tongban.kit.policy import Actor

#: From an item's own names to those of the one form: a fault's path begins with the question.
Faults = dict[str, Words]


class JoinedSheet(msgspec.Struct, frozen=True):
    """The one form laid open: the drafts behind it, what is typed in any of them, what registers know for any."""

    run: Run
    bundle: Bundle
    one: OneForm
    sheets: dict[str, cases.Sheet]
    answers: dict[str, Any]
    prefilled: dict[str, Prefilled]

    @property
    def form(self) -> forms.Form:
        """The form itself."""
        return self.one.form

    def faults(self, *, now: datetime) -> Faults:
        """What does not hold in any of the drafts, under the names of the one form."""
        found: Faults = {}
        for item, sheet in self.sheets.items():
            names = self.one.of(item)
            for path, words in sheet.faults(now=now).items():
                own_name, dot, rest = path.partition(".")
                if own_name in names:
                    found.setdefault(f"{names[own_name]}{dot}{rest}", words)
        return {name: found[name] for name in sorted(found, key=self._turn)}

    @property
    def unsigned(self) -> dict[str, cases.Sheet]:
        """The drafts that are applied for on a commitment 告知承诺 which is not signed yet, by item."""
        return {item: each for item, each in self.sheets.items() if each.unsigned is not None}

    def _turn(self, path: str) -> int:
        return list(self.form.by_name).index(path.partition(".")[0])

    def paging(self, *, now: datetime, at: str, told: Sequence[str] = ()) -> forms.Paging | None:
        """The pages of the form with what is done, ``at`` open."""
        asked = [field.name for field in self.form.asked(self.answers)]
        return forms.paging(self.form, asked, {*self.faults(now=now), *told}, at=at)

    def down(self) -> list[Words]:
        """The registers that did not answer, each once."""
        silent = [
            one.source
            for sheet in self.sheets.values()
            for one in sheet.facts.values()
            if one.outcome == "down"
        ]
        return list(dict.fromkeys(silent))

    def wanted(self) -> dict[str, files.Wanted]:
        """Which files each question takes."""
        return cases.files_wanted(self.form.schema)

    def holder(self, name: str, file: str) -> UUID:
        """The case in which a file of a question lies."""
        return holder_of(self.one, self.sheets, name, file)


def holder_of(
    one: OneForm, sheets: Mapping[str, cases.Sheet | cases.CorrectionSheet], name: str, file: str
) -> UUID:
    """The case among whose answers a file of the one form's question stands; the first that asks it, where none has
    it."""
    places = [(sheets[item], own_name) for item, own_name in one.places[name]]
    return next(
        (
            sheet.case.id
            for sheet, own_name in places
            if any(each["file"] == file for each in sheet.answers.get(own_name) or ())
        ),
        places[0][0].case.id,
    )


async def sheet(db: Database, actor: Actor, *, run_id: UUID) -> JoinedSheet:
    """The one form of the person's own run: three statements, however many parts there are.

    Raises NoSuchBundle, NotInThisState once it was sent.
    """
    run = await _own_draft(db, actor, run_id)
    return await laid_open(db, run, await cases.sheets(db, actor, case_ids=run.cases))


async def ask_again(db: Database, actor: Actor, *, run_id: UUID, now: datetime) -> JoinedSheet:
    """The one form as :func:`sheet`, after registers that are due were asked: those never heard, away, or asked long
    ago. The same three statements where none is due."""
    run = await _own_draft(db, actor, run_id)
    return await laid_open(db, run, await cases.fresh_sheets(db, actor, case_ids=run.cases, now=now))


async def _own_draft(db: Database, actor: Actor, run_id: UUID) -> Run:
    POLICY.require(actor, "bundles.fill", own(actor))
    run = await own_run(db, actor, run_id)
    if run.state is not RunState.DRAFT:
        raise NotInThisState
    return run


async def laid_open(db: Database, run: Run, drafts: Sequence[cases.Sheet]) -> JoinedSheet:
    """The one form of a run over those of its parts that are drafts."""
    by_case = {one.case.id: one for one in drafts}
    sheets = {part.item: by_case[part.case] for part in run.parts if part.case in by_case}
    bundle = await bundle_of(db, run)
    told = [part.item for part in run.parts if part.case is not None]
    one = one_form(bundle, {item: each.version for item, each in sheets.items()}, told=told)
    answers = one.joined({item: each.answers for item, each in sheets.items()})
    return JoinedSheet(run, bundle, one, sheets, answers, _known(one, sheets))


def _known(one: OneForm, sheets: Mapping[str, cases.Sheet]) -> dict[str, Prefilled]:
    """What registers know of each question, from whichever draft has it; what is filled goes before what is asked."""
    found: dict[str, Prefilled] = {}
    for name, places in one.places.items():
        known = [sheets[item].prefilled[own] for item, own in places if own in sheets[item].prefilled]
        if known:
            found[name] = next((each for each in known if each.state == "filled"), known[0])
    return found


async def save(
    db: Database, actor: Actor, *, run_id: UUID, posted: Mapping[str, str], now: datetime
) -> JoinedSheet:
    """Keep what was typed, right or wrong: each draft takes the answers that are its own, all in one write.

    A draft whose answers do not change is not written. Raises MovedOn of cases when another tab was faster; what was
    kept before that stays, and saving again keeps the rest.
    """
    known = await sheet(db, actor, run_id=run_id)
    asked = forms.with_known(known.form, posted, known.prefilled)
    typed = forms.parse(known.form, asked, kept=known.answers)
    typed = forms.unmasked(known.form, typed, known.answers, eyes=actor.eyes)
    filled = []
    for item, each in known.sheets.items():
        own_answers = _own_answers(known, item, each, typed)
        kept_given = {name: value for name, value in each.answers.items() if name not in known.one.of(item)}
        filled.append((each, {**kept_given, **own_answers}))
    done = await cases.fill_all(db, filled, now=now)
    if len(done) < len(filled):
        raise cases.MovedOn
    return await laid_open(db, known.run, done)


def _own_answers(
    known: JoinedSheet, item: str, each: cases.Sheet, typed: Mapping[str, Any]
) -> dict[str, Any]:
    """What was typed as an item's own form names it; of the files that still stand its own, and never another's."""
    found = known.one.split(item, typed)
    for own_name, name in known.one.of(item).items():
        if known.form.by_name[name].ui.widget == "files":
            kept = _still(each.answers.get(own_name) or (), typed.get(name) or ())
            found = {one: value for one, value in found.items() if one != own_name}
            found |= {own_name: kept} if kept else {}
    return found


def _still(own_files: Sequence[dict[str, Any]], typed: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of an item's files that stand in the one form, as often as there; a doubt that was settled there is."""
    kept, there = [], list(typed)
    for one in own_files:
        twin = next((other for other in there if same_file(other) == same_file(one)), None)
        if twin is not None:
            there.remove(twin)
            kept.append({name: value for name, value in one.items() if name != "doubt" or name in twin})
    return kept


async def attach(
    db: Database,
    actor: Actor,
    *,
    run_id: UUID,
    received: Mapping[str, Sequence[files.Received]],
    now: datetime,
) -> None:
    """Add files that came in to every draft that asks for them: handed in once, filed with each.

    Raises AttachmentsTooMany with the question's name in the one form.
    """
    known = await sheet(db, actor, run_id=run_id)
    for item, each in known.sheets.items():
        own_files = {
            own_name: received[name] for own_name, name in known.one.of(item).items() if name in received
        }
        if not own_files:
            continue
        try:
            await cases.attach_received(
                db, actor, case_id=each.case.id, received=own_files, version=None, now=now
            )
        except cases.AttachmentsTooMany as refused:
            names = known.one.of(item)
            raise cases.AttachmentsTooMany(
                *next((names.get(field, field), words) for field, words in refused.fields.items())
            ) from refused
