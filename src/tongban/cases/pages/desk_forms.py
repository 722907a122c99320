"""The desk's forms for moves that need more than a reason: what hands on, asks, moves the clock, ends, delivers.

Each is a row of one table: what it asks, and the verb that takes the answers; ``desk_moving`` has the page of all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import catalogue, identity, regions
from tongban.cases import actions
from tongban.cases.model import POLICY, TERMINATION_GROUNDS, Move
from tongban.cases.model.assignment import Absence
from tongban.cases.model.consulting import LONGEST_DAYS
from tongban.cases.model.delivery import DELIVERY_WAYS
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.policy import Actor, Duty, Relation, Verdict

Options = list[tuple[str, Text | Message | str]]


class Asked(msgspec.Struct, frozen=True):
    """A question of a form: its name, kind of field, label and hint, its options where there are any, also in groups.

    A ``notice`` is none: it says in its label why the form cannot be sent now.
    """

    name: str
    field: str
    label: Message
    hint: Message | None = None
    options: Options = []
    optional: bool = False
    groups: list[tuple[Text | Message, Options]] = []


class Asking(msgspec.Struct, frozen=True):
    """Who opens a form, for a case of which item, in whose hand and when: what its questions may hang on."""

    db: Database
    actor: Actor
    case_id: UUID
    version: catalogue.ItemVersion
    assignee: UUID | None
    now: datetime


class DeskForm(msgspec.Struct, frozen=True):
    """One of the forms: its move and policy action, its words, what it asks, and the verb with what it is given.

    ``gives`` names the verb's argument for each posted field. ``keyed`` verbs write once for the form's key; after
    one that ``leaves`` the officer goes on with her list. ``suggests`` fills the reason of an empty form.
    """

    move: Move
    action: str
    title: Message
    words: Message
    button: Message
    asks: Callable[[Asking], Awaitable[list[Asked]]]
    act: Callable[..., Awaitable[Any]]
    gives: Mapping[str, str]
    keyed: bool = False
    grave: bool = False
    leaves: bool = False
    suggests: Callable[[Asking], Awaitable[str]] | None = None

    async def carry_out(
        self, asking: Asking, *, applicant: UUID, posted: Mapping[str, str], key: str | None
    ) -> None:
        """Call the verb with what was posted; it raises what it refuses."""
        given = {argument: posted.get(name) or day_of(posted, name) for name, argument in self.gives.items()}
        once = {"key": key} if self.keyed else {}
        await self.act(
            asking.db,
            asking.actor,
            case_id=asking.case_id,
            applicant=applicant,
            now=asking.now,
            **given,
            **once,
        )


def day_of(posted: Mapping[str, str], name: str) -> str:
    """An ISO date, as far as it is one, of the three parts of a question; empty where it has none."""
    parts = [posted.get(f"{name}-{part}", "").strip() for part in ("year", "month", "day")]
    return "-".join(part.zfill(2) for part in parts) if any(parts) else ""


def _reason(label: Message, hint: Message) -> Asked:
    return Asked("reason", "textarea", label, hint)


def _same(*asked: Asked) -> Callable[[Asking], Awaitable[list[Asked]]]:
    async def always(_asking: Asking) -> list[Asked]:
        return list(asked)

    return always


async def _special(asking: Asking) -> list[Asked]:
    head, known = Duty.HEAD in asking.actor.duties, actions.specials_of(asking.version)
    kinds: Options = [
        (code, _special_words(asking.version, code, name, days))
        for code, (name, days) in known.items()
        if head or actions.provided(asking.version, code)
    ]
    hint = None
    if not all(actions.provided(asking.version, code) for code in known):
        hint = (
            N_("注明“事项没有规定”的，限于法律另有要求、确需进行的，启动后记入电子监察。")
            if head
            else N_("列出的是事项规定的程序和听证。法律另有要求、确需进行的其他程序，由本部门负责人启动。")
        )
    return [
        Asked("kind", "radios", N_("进行什么程序"), hint, options=kinds),
        Asked("days", "text", N_("需要多少个工作日"), _days_hint(known)),
        _reason(N_("原因"), N_("申请人会看到，写在发给申请人的文书上；至少 10 个字。")),
    ]


def _days_hint(known: Mapping[str, tuple[Text, int]]) -> Message:
    if any(days for _, days in known.values()):
        return N_(
            "告知申请人的时间，从下一个工作日起算。同一程序多次进行的，合计不超过事项规定的天数；确需超过的，"
            "由本部门负责人启动，记入电子监察。"
        )
    return N_("告知申请人的时间，从下一个工作日起算。")


def _special_words(version: catalogue.ItemVersion, code: str, name: Text, days: int) -> Message | Text:
    if not actions.provided(version, code):
        return N_("{name}（事项没有规定）", name=name)
    return N_("{name}（最多 {days} 个工作日）", name=name, days=days) if days else name


async def _extension(asking: Asking) -> list[Asked]:
    """Where the government approves an extension (行政许可法 art. 42(2)), who of it did, by which document and when."""
    reason = _reason(N_("延长的理由"), N_("申请人会看到，写在发给申请人的文书上；至少 10 个字。"))
    if asking.version.clock.extension_by != "government":
        return [reason]
    return [
        Asked(
            "approver",
            "text",
            N_("批准的本级人民政府负责人"),
            N_("姓名和职务。由本级人民政府负责人批准（《行政许可法》第四十二条第二款），先取得批准再登记。"),
        ),
        Asked("number", "text", N_("批准文件文号"), N_("写在发给申请人的文书上。")),
        Asked("approved_on", "date", N_("批准日期")),
        reason,
    ]


async def _inspected(asking: Asking) -> str:
    return await actions.inspection_result(asking.db, asking.actor, case_id=asking.case_id)


async def _colleagues(asking: Asking) -> list[Asked]:
    people = await actions.colleagues(asking.db, asking.actor)
    away = await actions.absences(asking.db, asking.actor, now=asking.now)
    today = clock.city_day(asking.now)
    gone = {one.officer: one for one in away if one.on(today)}
    options: Options = [
        (str(who), _known(one, gone[who].deputy_name if who in gone else None))
        for who, one in people.items()
        if who != asking.assignee and _reached(who, gone, set(people))
    ]
    if not options:
        nobody = N_("本部门现在没有可以接手的同事：没有别人，或者都在请假而没有人代理。请联系本部门负责人。")
        return [Asked("to", "notice", nobody)]
    return [
        Asked("to", "radios", N_("交给谁"), N_("承办的人不能主持本件的听证。"), options=options),
        Asked("reason", "textarea", N_("移交的原因"), N_("同事在办件的经办历史里看到，申请人看不到。")),
    ]


def _reached(who: UUID, gone: Mapping[UUID, Absence], people: Collection[UUID]) -> bool:
    """Whether somebody works on what she is given: she is there, or who stands in for her is."""
    return who not in gone or (gone[who].deputy in people and gone[who].deputy not in gone)


def _known(one: identity.Colleague, deputy: str | None) -> Message | str:
    return N_("{name}（请假，由 {deputy} 代理）", name=one.name, deputy=deputy) if deputy else one.name


async def _departments(asking: Asking) -> list[Asked]:
    return [
        Asked("department", "select", N_("征求哪个部门的意见"), groups=await _by_nearness(asking)),
        Asked(
            "days",
            "text",
            N_("几个工作日内答复"),
            N_("从下一个工作日起算，最多 {most} 个。", most=LONGEST_DAYS),
        ),
        _reason(N_("征求意见的事项"), N_("对方部门会看到，申请人看不到；至少 10 个字。")),
    ]


async def _by_nearness(asking: Asking) -> list[tuple[Text | Message, Options]]:
    """The other departments: those of the officer's own district first, then the city's, then each other district's."""
    everybody = await regions.departments(asking.db)
    named = {one.code: one.name for one in await regions.districts(asking.db)}
    own = next((one.district for one in everybody if one.code == asking.actor.department), None)
    within: dict[str | None, Options] = {district: [] for district in (own, None, *named)}
    for one in everybody:
        if one.code != asking.actor.department and one.kind != regions.GOVERNMENT:
            within[one.district].append((one.code, one.name))
    return [
        (named[district] if district else N_("市级部门"), options)
        for district, options in within.items()
        if options
    ]


#: By the name that their address has.
FORMS: dict[str, DeskForm] = {
    "handover": DeskForm(
        Move.HAND_OVER,
        "cases.assign",
        N_("移交办件"),
        N_("交给本部门的另一位同事承办；办理期限不变。"),
        N_("移交"),
        _colleagues,
        actions.hand_over,
        {"to": "to", "reason": "note"},
    ),
    "consult": DeskForm(
        Move.CONSULT,
        "cases.consult",
        N_("征求会签意见"),
        N_(
            "另一个部门会在自己的工作台看到这个申请，并在期限内答复。答复或者期满之前不作决定；本件的办理期限继续计算。"
        ),
        N_("征求意见"),
        _departments,
        actions.consult,
        {"department": "department", "days": "days", "reason": "question"},
    ),
    "special": DeskForm(
        Move.SUSPEND,
        "cases.suspend",
        N_("启动特别程序"),
        N_(
            "依法需要听证、检验、检测、鉴定、专家评审等的（《行政许可法》第四十五条），以及本事项规定的现场核查等，停止计时，但要书面告知申请人需要多久。"
        ),
        N_("停止计时并告知"),
        _special,
        actions.suspend,
        {"kind": "kind", "days": "days", "reason": "reason"},
    ),
    "resumption": DeskForm(
        Move.RESUME,
        "cases.suspend",
        N_("结束特别程序"),
        N_("从次日起恢复计时，最晚办结日按停止的工作日顺延；申请人会收到结果和新的日期。"),
        N_("恢复计时并告知"),
        _same(_reason(N_("结果"), N_("核查、检验等的结论，申请人会看到；至少 10 个字。"))),
        actions.resume,
        {"reason": "result"},
        suggests=_inspected,
    ),
    "extension": DeskForm(
        Move.EXTEND,
        "cases.extend",
        N_("延长办理期限"),
        N_(
            "由本机关负责人批准（多个机关统一、联合、集中办理的，由本级人民政府负责人批准），只能延长一次，并且要把理由告知申请人。"
        ),
        N_("批准延长并告知"),
        _extension,
        actions.extend,
        {
            "reason": "reason",
            "approver": "approver",
            "number": "number",
            "approved_on": "approved_on",
        },
    ),
    "termination": DeskForm(
        Move.TERMINATE,
        "cases.terminate",
        N_("终止办理"),
        N_("不作准予或者不予的决定，办件就此结束；申请人会收到理由，以及能否重新申请、不服怎么办。"),
        N_("终止办理并告知"),
        _same(
            Asked("ground", "radios", N_("事由"), options=list(TERMINATION_GROUNDS.items())),
            _reason(N_("理由"), N_("具体情况，申请人会看到；至少 10 个字。")),
        ),
        actions.terminate_at_desk,
        {"ground": "ground", "reason": "reason"},
        grave=True,
        leaves=True,
    ),
    "rectification": DeskForm(
        Move.RECTIFY,
        "cases.rectify",
        N_("更正状态"),
        N_(
            "此前的受理、不予受理、补正告知、不予办理或者终止办理有误的，由负责人更正：办件回到之前的状态，原来的期限不变。"
            "原来的记录保留，申请人会看到更正。"
        ),
        N_("更正并告知"),
        _same(_reason(N_("更正的原因"), N_("申请人会看到，写在更正告知书上；至少 10 个字。"))),
        actions.rectify,
        {"reason": "reason"},
        grave=True,
    ),
    "delivery": DeskForm(
        Move.DELIVER,
        "cases.deliver",
        N_("登记送达"),
        N_("结果交到申请人手里后登记，生成送达回证。"),
        N_("登记送达"),
        _same(
            Asked("way", "radios", N_("送达方式"), options=list(DELIVERY_WAYS.items())),
            Asked("receiver", "text", N_("签收人或者快递单号")),
            Asked("note", "text", N_("情况说明"), N_("留置送达的必填。"), optional=True),
        ),
        actions.deliver,
        {"way": "way", "receiver": "receiver", "note": "note"},
        keyed=True,
        leaves=True,
    ),
}


def reserved_for(
    actor: Actor, moves: frozenset[Move], version: catalogue.ItemVersion, relation: Relation
) -> list[Message]:
    """What could be done to the case now and is the head's: whose it is, and what this officer can do."""
    idle = frozenset() if version.clock.extension_days else frozenset({Move.EXTEND})
    told = [
        POLICY.reserved(actor, form.action, relation) for form in FORMS.values() if form.move in moves - idle
    ]
    return [words for words in told if words is not None]


def forms_for(actor: Actor, moves: frozenset[Move], relation: Relation) -> list[tuple[str, Message]]:
    """The forms that this officer may open for a case that can make these moves: name and words."""
    return [
        (name, form.title)
        for name, form in FORMS.items()
        if form.move in moves and POLICY.decide(actor, form.action, relation) is not Verdict.REFUSE
    ]
