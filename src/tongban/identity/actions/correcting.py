"""Correcting name or number 姓名和证件号码更正 at a window: she shows her new paper, the register decides."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban import audit, notices
from tongban.identity.actions.asking_register import FIELDS, asking_parts, register_answer
from tongban.identity.actions.enrolling import OTHER_PAPERS
from tongban.identity.actions.seeing import must_be_another
from tongban.identity.model import Person
from tongban.identity.model.check import CheckResult
from tongban.identity.model.corrections import (
    REASONS,
    CorrectedMeanwhile,
    CorrectionInvalid,
    Former,
    NumberTaken,
)
from tongban.identity.model.people import paper_hash, seal_id_number, seal_name
from tongban.identity.model.rights import POLICY
from tongban.identity.model.typed import ENROLLING, name_and_number_faults
from tongban.identity.model.window_recovering import WindowSourceAway
from tongban.identity.store import accounts, corrections, powers
from tongban.identity.store.renaming import renaming_powers
from tongban.kit import clock, papers
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_, Text
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.keys.ring import normalised
from tongban.kit.policy import Actor, Relation
from tongban.kit.web.sessions import renaming_sessions

ITEM = "identity.correct"
#: 个人信息保护法 (PIPL) art. 46: whoever finds her data wrong may have them corrected, once they are verified.
BASIS = "个人信息保护法第四十六条：个人请求更正其个人信息，核实后及时更正"
SOURCE = "population"
_UNLINKED = N_(
    "账户没有手机号，人口库也没有把新旧两个号码登记为同一个人，不能更正。请本人先绑定自己的手机号，或者请派出所关联后再来。"
)
_TITLE = Text("姓名或证件号码已更正", "Your name or document number was corrected")
_BODY = Text(
    "窗口按人口库的登记更正了您账户的姓名或证件号码。以前的仍保留为记录，已经发给您的文书和证照不受影响。"
    "如果不是您本人办理，请立即拨打热线。",
    "A window corrected the name or document number of your account as the population register has it. The former ones "
    "stay on record; documents and licences issued before are not changed. If this was not you, call the hotline.",
)


class Correction(msgspec.Struct, frozen=True):
    """What an officer entered: the number that the account has or had, and name and paper as they are now."""

    before_kind: str
    before: str
    paper_kind: str
    number: str
    name: str
    country: str = ""
    genuine: bool = False

    def __repr__(self) -> str:
        return "Correction(…)"

    def known_by(self) -> papers.Paper:
        """The paper that finds the account."""
        return _paper(self.before_kind, self.before, self.country)

    def paper(self) -> papers.Paper:
        """The paper as it is now."""
        return _paper(self.paper_kind, self.number, self.country)


def _paper(kind: str, number: str, country: str) -> papers.Paper:
    kind, number = kind if kind in ENROLLING else papers.CITIZEN, normalised(number)
    if kind == papers.CITIZEN and number[:2] in ("81", "82", "83"):
        kind = papers.RESIDENT_OF_HK_MACAO_TAIWAN
    return papers.Paper(kind, number, country if kind == papers.PASSPORT else "")


async def former_names(db: Database, who: UUID) -> list[Former]:
    """The names and numbers that somebody had before, newest first: one statement. For her own pages."""
    return await corrections.former(db, who)


async def correct_person(db: Database, actor: Actor, *, typed: Correction, now: datetime) -> str:
    """Name or number become what the register says now; the old ones are kept with from, until and source.

    The old number goes on finding the account and can never become another's. That the new number is the same
    person's is shown by the account's phone, which must be hers by the register; of an account without one the register
    itself must know both papers as one person's. Gives the masked new name. The same again changes nothing and is told
    as such. Raises CorrectionInvalid with a sentence for each field, OwnMatter, NumberTaken, CorrectedMeanwhile,
    WindowSourceAway. Ten round trips besides the register's.
    """
    POLICY.require(actor, "identity.correct_person", Relation.ANY)
    assert actor.id is not None
    paper = typed.paper()
    name, faults = name_and_number_faults(typed.name, paper, today=clock.city_day(now))
    if not typed.genuine:
        faults["genuine"] = N_("请查验证件真伪，是真的再勾选。")
    if faults:
        raise CorrectionInvalid(faults)
    old_hash, hash_ = paper_hash(typed.known_by()), paper_hash(paper)
    owner, before = await _owner(db, old_hash)
    await must_be_another(db, actor, owner)
    if (owner.name, owner.paper) == (name, paper):
        raise CorrectionInvalid({"name": N_("账户里的姓名和证件号码已经是这样，不用更正。")})
    said = await _asked(db, actor, owner, name, paper, now=now)
    kind = "id_number" if paper.kind in papers.NUMBERED_AS_CITIZENS else "paper"
    done = await write(
        db,
        corrections.claiming(owner.id, hash_, kind, name_before=before, now=now),
        corrections.claiming_older(hash_, kind, now=now),
        corrections.keeping_former(
            owner.id, source=SOURCE, as_of=said.as_of or now, officer=actor.id, now=now
        ),
        corrections.renaming(seal_name(name, owner.id)),
        corrections.renumbering(
            paper, number_sealed=seal_id_number(paper.number, owner.id), as_of=said.as_of or now, now=now
        ),
        corrections.ending_claim(paper_hash(owner.paper), hash_),
        audit.record(
            actor,
            "identity.correct_person",
            subject=owner.id,
            reference=actor.department or "",
            detail={"name": name != owner.name, "number": paper != owner.paper},
            now=now,
        ),
        *await _renaming(db, owner, name, before=paper_hash(owner.paper), now_hash=hash_, now=now),
        notices.telling(recipient=owner.id, title=_TITLE, body=_BODY, link="/my/account", now=now),
    )
    if done is None:
        found = (await accounts.residents_by_claims(db, [hash_])).get(hash_, owner.id)
        raise NumberTaken if found != owner.id else CorrectedMeanwhile
    return papers.mask_name(name)


async def _renaming(
    db: Database, owner: Person, name: str, *, before: bytes, now_hash: bytes, now: datetime
) -> tuple[Part, Part]:
    """The parts by which living powers and sessions name her as she is now, on either side.

    What was written in the old name stays: steps of cases, papers, licences, the ledger, powers that have ended.
    """
    given, held = await powers.living_given(db, owner.id), await powers.living_held(db, owner.id)
    agents = {one.holder for one in given} - {owner.id}
    return (
        renaming_powers([*given, *held], owner.id, name, hash_before=before, hash_now=now_hash),
        renaming_sessions(owner.id, shown=papers.mask_name(name), name=name, agents=agents, now=now),
    )


async def _owner(db: Database, hash_: bytes) -> tuple[Person, bytes]:
    """Whose number it is or was, and the name as its column has it, read first: what is decided on what is read after
    it is lost where somebody changes it in between."""
    found = (await accounts.residents_by_claims(db, [hash_])).get(hash_)
    before = None if found is None else await corrections.name_sealed(db, found)
    owner = None if found is None else await accounts.person(db, found)
    if owner is None or before is None:
        raise CorrectionInvalid({"before": N_("没有这个证件号码的账户。请照原证件核对号码。")})
    return owner, before


async def _asked(
    db: Database, actor: Actor, owner: Person, name: str, paper: papers.Paper, *, now: datetime
) -> CheckResult:
    """The register's yes to the new name and number, asked under a purpose of the person's."""
    purpose = new_id(bucket_of(owner.id))
    about = asking_parts(
        actor,
        owner.id,
        purpose,
        item=ITEM,
        basis=BASIS,
        act="identity.ask_correction",
        fields=FIELDS if owner.phone else (*FIELDS, OTHER_PAPERS),
        now=now,
    )
    await write(db, Part("SELECT 1 AS opened"), *about)
    said = await register_answer(
        db,
        purpose,
        subject=owner.id,
        name=name,
        paper=paper,
        phone=owner.phone,
        linked=not owner.phone,
        now=now,
    )
    over = audit.closing_purpose(subject=owner.id, reference=purpose, now=now)
    await write(db, Part("SELECT 1 AS closed"), over)
    if said is None:
        raise WindowSourceAway
    if not said.match:
        raise CorrectionInvalid(dict(REASONS[one] for one in said.reasons if one in REASONS))
    if not owner.phone and paper != owner.paper and owner.paper not in said.papers:
        raise CorrectionInvalid({"number": _UNLINKED})
    return said
