"""L3 at a window 窗口当面核验: an officer sees the person and her paper and enters what she saw, in her own name."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from tongban import audit
from tongban.identity.actions.levels import raised_notice
from tongban.identity.model.levels import LEVEL_OF, VettingInvalid, Way, until_of
from tongban.identity.model.people import paper_hash
from tongban.identity.model.rights import POLICY
from tongban.identity.model.typed import ENROLLING, cleaned_name
from tongban.identity.store import accounts, levels
from tongban.kit import clock, papers
from tongban.kit.db import Database, write
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.keys.ring import normalised
from tongban.kit.policy import Actor, Relation
from tongban.kit.web.sessions import levelling_sessions


class Seen(msgspec.Struct, frozen=True):
    """What an officer saw: the paper's kind, number and name, its last day or that it has none (``for_good``), and that
    picture and person are one.
    """

    paper_kind: str
    number: str
    name: str
    ends: date | None
    country: str = ""
    same_face: bool = False
    genuine: bool = False
    for_good: bool = False

    def __repr__(self) -> str:
        return "Seen(…)"

    @property
    def paper(self) -> papers.Paper:
        """The paper in its one spelling."""
        kind = self.paper_kind if self.paper_kind in ENROLLING else papers.CITIZEN
        number = normalised(self.number)
        if kind == papers.CITIZEN and number[:2] in ("81", "82", "83"):
            kind = papers.RESIDENT_OF_HK_MACAO_TAIWAN
        return papers.Paper(kind, number, self.country if kind == papers.PASSPORT else "")


class Vetted(msgspec.Struct, frozen=True):
    """Whose level rose at the window: the masked name, the level, and until when it stands."""

    name: str
    level: int
    until: datetime


async def vet(db: Database, actor: Actor, *, seen: Seen, key: str, now: datetime) -> Vetted:
    """The account of whom the officer saw rises to L3. ``key`` is the form's: the same again changes nothing.

    The paper must be the account's, its name the account's by every character, and it must not have ended. Raises
    VettingInvalid with a sentence for each field. Two or three round trips; the ledger row is the person's.
    """
    POLICY.require(actor, "identity.vet", Relation.ANY)
    assert actor.id is not None
    paper = seen.paper
    _must_hold(seen, paper, today=clock.city_day(now))
    owner = (await accounts.residents_by_claims(db, [paper_hash(paper)])).get(paper_hash(paper))
    known = None if owner is None else await accounts.person(db, owner)
    if known is None:
        raise VettingInvalid(
            {"number": N_("没有这个证件号码的账户。请核对号码；没有账户的，请先协助本人注册。")}
        )
    if fault := _name_fault(seen.name, known.name):
        raise VettingInvalid({"name": fault})
    ends = None if seen.ends is None or seen.for_good else clock.end_of_day(seen.ends)
    until = until_of(Way.WINDOW, now=now, paper_ends=ends)
    level = LEVEL_OF[Way.WINDOW]
    _, session = levelling_sessions(known.id, level=level, now=now)
    await write(
        db,
        levels.noting(
            *(known.id,),
            level=level,
            way=Way.WINDOW,
            reference=key,
            seen=paper.kind,
            officer=actor.id,
            department=actor.department,
            until=until,
            now=now,
        ),
        levels.raising(),
        session,
        audit.record(
            *(actor, "identity.vet"),
            subject=known.id,
            reference=actor.department or "",
            detail={"level": level, "paper": paper.kind},
            now=now,
        ),
        raised_notice(known.id, level, now=now),
    )
    return Vetted(known.name_masked, level, until)


def _must_hold(seen: Seen, paper: papers.Paper, *, today: date) -> None:
    faults: dict[str, Words] = {}
    if not paper.number or paper.fault(today=today) is not None:
        faults["number"] = N_("证件号码不对，请照证件逐位核对。")
    if not seen.name.strip():
        faults["name"] = N_("请填写证件上的姓名。")
    if seen.ends is None and not seen.for_good:
        faults["ends"] = N_("请填写证件有效期的最后一天；长期有效的，勾选“长期”。")
    elif seen.ends is not None and not seen.for_good and seen.ends < today:
        faults["ends"] = N_("证件已经过期，不能据以核验。请本人换领证件后再来。")
    if not seen.same_face:
        faults["same_face"] = N_("请当面比对本人与证件照片，一致的再勾选。")
    if not seen.genuine:
        faults["genuine"] = N_("请查验证件真伪，是真的再勾选。")
    if faults:
        raise VettingInvalid(faults)


def _name_fault(shown: str, known: str) -> Words | None:
    name = cleaned_name(shown)
    if name == known or (papers.is_latin(known) and name.upper() == known.upper()):
        return None
    if apart := papers.unlike(name, known):
        return N_(
            "第 {place} 个字看起来一样，其实不是同一个字：您填的是“{typed}”（{code}），账户里是“{known}”（{other}）。"
            "请把证件放大核对：证件上是账户里的字，就照它填写；不是，请先办理姓名更正。",
            place=apart.place,
            typed=apart.one,
            known=apart.other,
            code=apart.codes[0],
            other=apart.codes[1],
        )
    return N_("姓名与这个证件号码的账户不一致。请核对证件；姓名已变更的，请走姓名更正。")
