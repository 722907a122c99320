"""What the desk points out before an approval 提示: what an officer must have seen of a case before she grants it.

None of it forbids the approval: she ticks that she has read it and writes why she approves in spite of it, and both go
into the step and the ledger. What a bulk action may not pass over is said of the other moves in the same words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec

from tongban.cases.model.consulting import Consulted
from tongban.cases.model.follow_up import FollowUp, listed, names_of
from tongban.cases.model.inspection import CONCLUSION_WORDS, SITE_INSPECTION, Conclusion
from tongban.cases.model.joint import Joint
from tongban.cases.model.life import Move
from tongban.kit.errors import Invalid, Words
from tongban.kit.i18n import N_, Message, Text, both
from tongban.licences import AtPremises

#: Which of them weigh against a move that is done in bulk, by code.
WEIGH: dict[Move, frozenset[str]] = {
    Move.REFUSE: frozenset({"unread", "silent"}),
    Move.RESUME: frozenset({"uninspected", "unfinished"}),
}
#: The names under which the ticks of a form are posted.
TICK = "seen-"


class Inspected(msgspec.Struct, frozen=True):
    """How it stands with a case's inspections 现场核查: what the last record came to, if one was begun since."""

    conclusion: Conclusion | None = None
    begun: bool = False


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """What of a case is looked at: its inspections (None where the item asks for none), the special procedures that
    the item names by code and those that were run, what followed, who was asked, the registers that are silent
    with their names, the licence that its premises have already (``there``), how the licence stands that it is about,
    once that holds no more (``gone``), the registers that know nothing of who the firm is, so that the applicant
    stated it, and those who apply with her where the registers are asked about her alone (``together``)."""

    inspected: Inspected | None = None
    procedures: Mapping[str, Text] = {}
    run: Collection[str] = ()
    follow_up: FollowUp | None = None
    consulted: Iterable[Consulted] = ()
    silent: Mapping[str, Text] = {}
    there: AtPremises | None = None
    unregistered: Mapping[str, Text] = {}
    gone: Message | None = None
    together: Joint | None = None


class Caution(msgspec.Struct, frozen=True):
    """One thing that is pointed out: its ``code``, of what it is said (the tick holds for no other), and its words."""

    code: str
    about: tuple[str, ...]
    words: Message

    @property
    def name(self) -> str:
        """The name of its tick in a form."""
        return f"{TICK}{self.code}"

    @property
    def key(self) -> str:
        """What its tick says: that this was read, and not what has come since."""
        return "+".join((self.code, *self.about))


class CautionsUnread(Invalid):
    """What is pointed out before an approval was not ticked as read, or nothing says why it is approved anyway."""

    def __init__(self, found: Iterable[Caution], fields: Mapping[str, Words]) -> None:
        self.found = tuple(found)
        words = N_("这个办件有需要先核对的情况，请逐项勾选并写明理由。")
        super().__init__("cautions-unread", words, fields=fields)


def faults_of_ticks(found: Iterable[Caution], seen: Collection[str]) -> dict[str, Words]:
    """A sentence for each that was not ticked, by the name of its tick."""
    return {
        one.name: N_("准予前请核对并勾选：{what}", what=one.words) for one in found if one.key not in seen
    }


def seen_in(posted: Mapping[str, str]) -> frozenset[str]:
    """The keys of what a form ticks as read."""
    return frozenset(value for name, value in posted.items() if name.startswith(TICK))


def cautions(looked: Looked) -> list[Caution]:
    """All that is pointed out of a case, in the order in which an officer would look."""
    return [
        *_of_licence(looked),
        *_of_premises(looked),
        *_of_inspection(looked),
        *_of_procedures(looked),
        *_of_others(looked),
        *_of_the_other_side(looked),
    ]


def _of_licence(looked: Looked) -> Iterable[Caution]:
    """What is asked for a licence that was ended, has expired or was replaced while the case was under way."""
    if looked.gone is not None:
        told = N_(
            "申请所针对的证照现在是“{state}”，已不再有效。不能准予的，请作出不予办理的决定，或者终止办理，并写明理由。",
            state=looked.gone,
        )
        # In one language, whatever hers is: what was ticked is asked for again where it reads otherwise.
        yield Caution("gone", (both(looked.gone).zh,), told)


def gone_so_far(state: Message | None) -> list[Caution]:
    """The same before anybody may speak for the case: before its acceptance, while she corrects it, while its clock
    stands still. Nobody ticks it then; none where the licence holds."""
    if state is None:
        return []
    told = N_(
        "申请所针对的证照现在是“{state}”，已不再有效，这件申请一般不能准予。申请人在办件页面看到同样的提示，可以撤回。",
        state=state,
    )
    return [Caution("gone", (str(state),), told)]


def _of_premises(looked: Looked) -> Iterable[Caution]:
    """一地一证: who has a licence there changes or renews it, and needs no second one."""
    there = looked.there
    if there is None:
        return
    told = N_(
        "同一主体在这个场所已有{name}（{number}，{state}，有效期至 {until}），请核对是否应当变更（{article}）。",
        name=there.name,
        number=there.number,
        state=there.state_words,
        until=there.until or N_("长期"),
        article=there.article,
    )
    yield Caution("premises", (str(there.id),), told)


def _of_inspection(looked: Looked) -> Iterable[Caution]:
    found = looked.inspected
    if found is None:
        return
    if found.begun:
        yield Caution("unfinished", (), N_("现场核查记录已经开始填写，还没有提交。"))
    if found.conclusion is None:
        if not found.begun:
            yield Caution("uninspected", (), N_("本事项要求现场核查，本件没有现场核查记录。"))
    elif found.conclusion is not Conclusion.PASSED:
        yield Caution(
            "inspection",
            (str(found.conclusion),),
            N_("最近一次核查的结论：{conclusion}。", conclusion=CONCLUSION_WORDS[found.conclusion]),
        )


def _of_procedures(looked: Looked) -> Iterable[Caution]:
    """The item's own special procedures that were not run; an inspection is known by its record."""
    missing = {
        code: name
        for code, name in looked.procedures.items()
        if code not in looked.run and not (code == SITE_INSPECTION and looked.inspected is not None)
    }
    if missing:
        names = listed(missing.values())
        yield Caution("procedure", tuple(missing), N_("本事项规定的特别程序没有进行：{names}。", names=names))


def _of_others(looked: Looked) -> Iterable[Caution]:
    came = looked.follow_up.to_look_at if looked.follow_up else ()
    if came:
        fields = tuple(f"{one.field}@{one.supplied_at:%Y%m%d%H%M%S}" for one in came)
        yield Caution("unread", fields, N_("补交的材料还没有人核收：{names}。", names=names_of(came)))
    against = [one for one in looked.consulted if one.agrees is False]
    if against:
        yield Caution(
            "advice",
            tuple(one.department for one in against),
            N_("会签部门不同意：{names}。", names=listed(one.name for one in against)),
        )
    if looked.silent:
        yield Caution(
            "silent",
            tuple(sorted(looked.silent)),
            N_("登记库没有应答，数据没有核对：{names}。", names=listed(looked.silent.values())),
        )
    if looked.unregistered:
        yield Caution(
            "unregistered",
            tuple(sorted(looked.unregistered)),
            unregistered_words(looked.unregistered.values()),
        )


def _of_the_other_side(looked: Looked) -> Iterable[Caution]:
    """Who applies with her confirms what is said of himself 共同申请; no register was asked about him."""
    if looked.together is not None:
        names = listed(Text(one.name, one.name) for one in looked.together.signers)
        told = N_("登记库只核对了申请人一方；{names}的情况由本人确认，请当场或者向登记库核对。", names=names)
        # By the round in which they signed: their names stand in no ledger.
        yield Caution("one_side", (str(looked.together.round),), told)


def unregistered_words(sources: Iterable[Text]) -> Message:
    """Who the firm is was stated by the applicant, since the register has no record of it."""
    return N_("{names}没有记录，单位的登记信息由申请人填写，请核对。", names=listed(sources))


def in_a_row(sentences: Iterable[Text]) -> Text:
    """Sentences one behind the other, in both languages."""
    known = list(sentences)
    return Text("".join(one.zh for one in known), " ".join(one.en for one in known))


def weighing(looked: Looked, move: Move) -> list[Caution]:
    """Those that a bulk action does not pass over: such a case is opened and handled for itself."""
    return [one for one in cautions(looked) if one.code in WEIGH.get(move, ())]
