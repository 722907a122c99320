"""A correction goes to the one form: what parts ask for is open there, is put right once, and goes to each of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec

from tongban import cases
from tongban.bundles import store
from tongban.bundles.actions.filling import holder_of
from tongban.bundles.actions.reading import bundle_of, own, own_run
from tongban.bundles.model import POLICY, Bundle, OneForm, Run, one_form
from tongban.kit import files, forms
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.forms import Prefilled
from tongban.kit.i18n import Language, Text
from tongban.kit.policy import Actor, Verdict

#: The name of a question at the head of what a browser posts of it: ``name``, ``name-year``, ``name.0.column``.
_HEAD = re.compile(r"\w+")


class JoinedCorrection(msgspec.Struct, frozen=True, dict=True):
    """What parts of a run ask to be put right, laid open in one form: none asks, and it is empty."""

    run: Run
    bundle: Bundle
    one: OneForm
    sheets: dict[str, cases.CorrectionSheet]

    @property
    def form(self) -> forms.Form:
        """The form itself."""
        return self.one.form

    @cached_property
    def answers(self) -> dict[str, Any]:
        """The answers as they stand; of a question that is open, what the first part has that has it open: nothing
        where it was emptied."""
        every = self.one.joined({item: sheet.answers for item, sheet in self.sheets.items()})
        found = {name: value for name, value in every.items() if name not in self.only}
        settled: set[str] = set()
        for item, sheet in self.sheets.items():
            names = self.one.of(item)
            open_ = [name for name in sheet.only if names[name] not in settled]
            found |= {names[name]: sheet.answers[name] for name in open_ if name in sheet.answers}
            settled |= {names[name] for name in open_}
        return found

    @property
    def prefilled(self) -> dict[str, Prefilled]:
        """What registers tell is no part of a correction."""
        return {}

    @cached_property
    def only(self) -> frozenset[str]:
        """The questions that are open."""
        return frozenset(
            self.one.of(item)[name] for item, sheet in self.sheets.items() for name in sheet.only
        )

    def said(self, reader: Language) -> dict[str, str]:
        """What the departments said of each question; where several did, each with the name of its part."""
        told: dict[str, dict[str, str]] = {}
        for item, sheet in self.sheets.items():
            for name, words in sheet.correction.fields.items():
                told.setdefault(self.one.of(item)[name], {})[sheet.version.name.within(reader)] = words
        mark = "：" if reader == "zh" else ": "
        return {
            name: "\n".join(
                parts.values()
                if len(parts) == 1
                else [f"{part}{mark}{words}" for part, words in parts.items()]
            )
            for name, parts in told.items()
        }

    @property
    def unchanged(self) -> bool:
        """Whether a part would get back just what it has."""
        return any(sheet.unchanged for sheet in self.sheets.values())

    def faults(self, *, now: datetime) -> dict[str, Words]:
        """What does not hold in any of the parts, under the names of the one form."""
        return {
            name: words
            for item, sheet in self.sheets.items()
            for name, words in _named(self.one, item, sheet.faults(now=now)).items()
        }

    def wanted(self) -> dict[str, files.Wanted]:
        """Which files each open question takes."""
        return {name: one for name, one in cases.files_wanted(self.form.schema).items() if name in self.only}

    def holder(self, name: str, file: str) -> UUID:
        """The case in which a file of a question lies."""
        return holder_of(self.one, self.sheets, name, file)


def _named(one: OneForm, item: str, faults: Mapping[str, Words]) -> dict[str, Words]:
    """Faults of an item's own form under the names of the one form."""
    names = one.of(item)
    parts = [(path.partition("."), words) for path, words in faults.items()]
    return {f"{names.get(own_name, own_name)}{dot}{rest}": words for (own_name, dot, rest), words in parts}


async def correction(db: Database, actor: Actor, *, run_id: UUID) -> JoinedCorrection:
    """What parts of the person's own run ask to be put right: two statements, however many do.

    Raises NoSuchBundle.
    """
    POLICY.require(actor, "bundles.correct", own(actor))
    run = await own_run(db, actor, run_id)
    asked = {sheet.case.id: sheet for sheet in await cases.corrections(db, actor, case_ids=run.cases)}
    sheets = {part.item: asked[part.case] for part in run.parts if part.case in asked}
    bundle = await bundle_of(db, run)
    # What the result of another part told stands in the case as any answer, so all questions are there.
    one = one_form(bundle, {item: sheet.version for item, sheet in sheets.items()}, told=())
    return JoinedCorrection(run, bundle, one, sheets)


async def keep(
    db: Database,
    actor: Actor,
    *,
    run_id: UUID,
    posted: Mapping[str, str],
    received: Mapping[str, Sequence[files.Received]],
    now: datetime,
) -> JoinedCorrection:
    """Keep what was put right, right or wrong, with each part that asked for it, one write each.

    What a part did not ask for stays with it as it was submitted. Raises MovedOn of cases, AttachmentsTooMany with the
    names of the one form.
    """
    known = await correction(db, actor, run_id=run_id)
    for item, sheet in known.sheets.items():
        names = known.one.of(item)
        try:
            await cases.keep_corrections(
                db,
                actor,
                case_id=sheet.case.id,
                posted=_own(posted, {name: own_name for own_name, name in names.items()}),
                received={
                    own_name: received[name]
                    for own_name, name in names.items()
                    if name in received and own_name in sheet.only
                },
                version=sheet.case.version,
                now=now,
            )
        except cases.AttachmentsTooMany as refused:
            raise cases.AttachmentsTooMany(
                *next(iter(_named(known.one, item, refused.fields).items()))
            ) from refused
    return await correction(db, actor, run_id=run_id)


def _own(posted: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """What was posted of the one form as the page of one item would have posted it; ``names`` are its by those here."""
    found = {}
    for key, text in posted.items():
        head = _HEAD.match(key)
        if key.startswith("_"):
            found[key] = text
        elif head is not None and head[0] in names:
            found[names[head[0]] + key[head.end() :]] = text
    act, colon, rest = found.get("_go", "").partition(":")
    if colon:
        name, mark, at = rest.partition(":")
        found["_go"] = f"{act}:{names[name]}{mark}{at}" if name in names else "update"
    return found


async def hand_in(db: Database, actor: Actor, *, run_id: UUID, now: datetime) -> None:
    """Hand in the correction of each part that asked for one; killed in the middle, the rest is handed in again.

    Raises AnswersInvalid by the one form's questions before any is handed in, and what handing in one does.
    """
    known = await correction(db, actor, run_id=run_id)
    if faults := known.faults(now=now):
        raise cases.AnswersInvalid(faults)
    for item, sheet in known.sheets.items():
        try:
            await cases.correct(db, actor, case_id=sheet.case.id, key=None, now=now)
        except cases.AnswersInvalid as invalid:
            raise cases.AnswersInvalid(_named(known.one, item, invalid.fields)) from invalid


async def whole_of(db: Database, actor: Actor, case_id: UUID) -> tuple[str, Text] | None:
    """Where a part's correction is put right with those of the other parts, and the name of the whole: one statement.

    None for a case that is no part, and for who may not act in the whole.
    """
    if POLICY.decide(actor, "bundles.correct", own(actor)) is not Verdict.ALLOW:
        return None
    run = await store.run_with(db, case_id=case_id)
    if run is None:
        return None
    return f"/my/bundles/{run.id}/correct", (await bundle_of(db, run)).name
