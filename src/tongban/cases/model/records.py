"""The records of the room: a case, its steps, a line of the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban.cases.model.chain import Opinion
from tongban.cases.model.consulting import Consulted
from tongban.cases.model.correction import Correction
from tongban.cases.model.course import Course
from tongban.cases.model.follow_up import FollowUp
from tongban.cases.model.hearing import Hearing
from tongban.cases.model.joint import Joint
from tongban.cases.model.life import Move
from tongban.cases.model.rulings import Ruling
from tongban.cases.model.states import State
from tongban.kit import papers
from tongban.kit.i18n import N_, Language, Message
from tongban.kit.ids import bucket_of
from tongban.kit.policy import Role
from tongban.kit.rules import Outcome


class CaseInBrief(msgspec.Struct, frozen=True, kw_only=True):
    """A case 办件 without its contents, as lists show it: one application for one item, with its version and clock.

    ``language`` is the one of the page that it was submitted on, in which its text messages are; ``correction`` what
    was asked to be put right, if anything was; ``warn_at`` from when its limit is near; ``course`` what has happened
    to its clock; ``about`` the case that it is about; ``assignee`` the officer who has it in hand 承办人, nobody before
    it is accepted; ``hall`` the hall at whose window an officer helped to file it, if one did; ``joint`` who confirms
    it beside the applicant, where it is applied for together; ``follow_up`` what was promised to follow after
    acceptance 容缺后补; ``ruling`` how a reconsideration was decided. ``opened_at`` is when the draft was opened, or
    opened again after others had not confirmed it. Instants are UTC.
    """

    bucket: int
    id: UUID
    applicant: UUID
    item: str
    item_version: int
    state: State
    version: int
    department: str | None
    district: str | None
    applicant_masked: str
    number: str | None
    short_code: str | None
    purpose: UUID
    opened_at: datetime
    submitted_at: datetime | None
    accepted_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    accept_due: datetime | None
    promise_due: datetime | None
    statutory_due: datetime | None
    reason: str | None
    language: Language
    correction: Correction | None
    warn_at: datetime | None
    course: Course
    issue_due: datetime | None
    about: UUID | None
    assignee: UUID | None
    assignee_name: str | None
    joint: Joint | None
    follow_up: FollowUp | None
    ruling: Ruling | None
    hall: str | None = None

    @property
    def due(self) -> datetime | None:
        """The date that counts now: of acceptance until accepted, of the finished result after.

        While the applicant corrects, it is hers; once it is granted, the one to issue and deliver by, where the law
        sets one.
        """
        if self.state is State.CORRECTING and self.correction is not None:
            return self.correction.until
        if self.state is State.ISSUING and self.issue_due is not None:
            return self.issue_due
        return self.promise_due or self.accept_due

    @property
    def due_label(self) -> Message:
        """What :attr:`due` is the last day of."""
        if self.state is State.CORRECTING:
            return N_("共同申请人最晚确认") if self.correction and self.correction.hers else N_("最晚补正")
        if self.state is State.SUSPENDED:
            return N_("暂停计时，估计办结")
        if self.course.booked is not None:
            return N_("最晚到场")
        return N_("预计最晚办结") if self.promise_due else N_("最晚受理")


class Case(CaseInBrief, frozen=True, kw_only=True):
    """A case 办件 with its contents.

    ``answers`` are as stored (sensitive fields sealed); ``facts`` are what the registers said, by
    resource, each with source and time; ``finding`` the rule's outcome; ``opinions`` what was said of it up the
    item's chain in the round that runs, the earliest first; ``consulted`` the other departments that were asked;
    ``hearing`` the hearing that it has come to, if to any.
    """

    answers: dict[str, Any]
    facts: dict[str, Any]
    finding: Outcome | None
    consulted: tuple[Consulted, ...]
    opinions: tuple[Opinion, ...]
    hearing: Hearing | None = None

    @classmethod
    def draft(
        cls,
        *,
        id: UUID,  # noqa: A002 - the field's own name
        applicant: UUID,
        item: str,
        item_version: int,
        applicant_masked: str,
        purpose: UUID,
        about: UUID | None = None,
        answers: dict[str, Any] | None = None,
        facts: dict[str, Any] | None = None,
        now: datetime,
    ) -> Case:
        """A case at its birth: ``about`` another case, or none, whose code stands in ``answers``; of the registers
        nothing is heard, ``facts`` are what a held licence says."""
        return cls(
            bucket=bucket_of(applicant),
            id=id,
            applicant=applicant,
            item=item,
            item_version=item_version,
            state=State.DRAFT,
            version=1,
            department=None,
            district=None,
            applicant_masked=applicant_masked,
            number=None,
            short_code=None,
            answers=answers or {},
            facts=facts or {},
            finding=None,
            consulted=(),
            opinions=(),
            purpose=purpose,
            opened_at=now,
            submitted_at=None,
            accepted_at=None,
            decided_at=None,
            closed_at=None,
            accept_due=None,
            promise_due=None,
            statutory_due=None,
            reason=None,
            language="zh",
            correction=None,
            warn_at=None,
            course=Course(),
            issue_due=None,
            about=about,
            assignee=None,
            assignee_name=None,
            joint=None,
            follow_up=None,
            ruling=None,
        )


class CaseEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One step in a case's life 办理环节, as the applicant and the officer see it."""

    version: int
    move: Move
    from_state: str
    to_state: str
    actor_role: Role
    actor_name: str
    at: datetime
    detail: dict[str, Any]


class FiledBy(msgspec.Struct, frozen=True):
    """Who filed for the applicant 代办人, and by what right (:data:`tongban.kit.acting.KINDS`)."""

    name: str
    kind: str

    @property
    def words(self) -> Message:
        """As a line of the desk says it: an officer who helped by her name, anybody else masked."""
        if self.kind == "assisted":
            return N_("{name}帮办", name=self.name)
        return N_("{name}代办", name=papers.mask_name(self.name))


class DeskRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the officer's desk 待办: masked, with the date that decides its place.

    ``to_follow`` is how many promised materials 容缺 are outstanding, ``ruling`` how a reconsideration was decided,
    ``booked`` that the applicants have not come yet to apply in person: ``due`` is then theirs. ``filed_by`` is who
    filed for the applicant, where somebody did.
    """

    id: UUID
    applicant: UUID
    item: str
    item_version: int
    applicant_masked: str
    short_code: str
    state: State
    due: datetime
    warn_at: datetime | None
    statutory_due: datetime | None
    decided_at: datetime | None
    submitted_at: datetime
    assignee: UUID | None
    assignee_name: str | None
    to_follow: int = 0
    booked: bool = False
    ruling: Ruling | None = None
    filed_by: FiledBy | None = None
