"""What every paper is made of, and the parts that several share: who, what, which materials, what law, whom to ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from tongban.cases.model.follow_up import promised
from tongban.cases.model.life import Move
from tongban.cases.model.linked import OF_A_DECISION, remedies_of
from tongban.cases.model.on_licence import OnLicence
from tongban.cases.model.papers.kinds import LICENSING, PaperKind
from tongban.cases.model.papers.standing import Got, Standing
from tongban.cases.model.records import Case, CaseEvent
from tongban.catalogue import ItemVersion, Material
from tongban.kit import clock
from tongban.kit.forms import Form
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.pdf.model import Block, Facts, Heading, Paragraph, Points, Table, strong
from tongban.regions import ReconsiderationOrgan


class Signed(msgspec.Struct, frozen=True):
    """One who has applied together with her: as what, by name, when she confirmed and at which real-name level."""

    role: Text
    name: str
    at: datetime
    level: int


class Contested(msgspec.Struct, frozen=True):
    """The decision that a reconsideration is about: the code of its case, the item, whose decision it is.

    ``on_licence`` where it was one on the licence that the case gave.
    """

    code: str
    item: Text
    organ: Text
    on_licence: OnLicence | None = None


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """The case as it was filed and one of its steps, with the words around: all that a paper is made of.

    ``kind`` is which of the step's papers, where it gives several. ``applicant`` is her name as the account has it,
    which no verb changes, ``level`` its real-name level, ``number_of`` says what kind of number hers is; ``firm`` and
    ``firm_code`` for whom she acts, empty for herself; ``answers`` are hers in clear as they stood after the step, less
    what its reader does not read, ``given`` the names of all that held something; ``together`` who else has confirmed
    the application, or its correction, ``asked_at`` when she did so herself, ``signed_by_all`` whether that is what the
    step handed in, which all of them sign. ``brand`` and ``note`` are the city's, ``address`` the house's own on the
    web; ``contested`` what a reconsideration is about; ``reconsidered_by`` who reconsiders what the case's department
    decides, where the step names nobody else.
    """

    case: Case
    step: CaseEvent
    kind: PaperKind | None = None
    standing: Standing
    version: ItemVersion
    form: Form
    answers: dict[str, Any]
    given: frozenset[str]
    applicant: str
    id_masked: str
    guardian: str = ""
    level: int = 1
    number_of: Message | Text
    together: tuple[Signed, ...] = ()
    asked_at: datetime | None = None
    signed_by_all: bool = False
    firm: str = ""
    firm_code: str = ""
    brand: Text
    note: Text
    address: str
    contested: Contested | None = None
    reconsidered_by: ReconsiderationOrgan | None

    @property
    def item(self) -> str:
        """The item's name between quotation marks, as running text has it before 申请."""
        return str(N_("“{item}”", item=self.version.applied_for))


def day(instant: datetime | None) -> str:
    """The city's day of an instant in words, empty for none."""
    return clock.day_in_words(clock.city_day(instant)) if instant else ""


def moment(instant: datetime | None) -> str:
    """Day and time of an instant in the city, empty for none."""
    return f"{day(instant)} {clock.city_time(instant):%H:%M}" if instant else ""


def addressed(filed: Filed) -> Paragraph:
    """To whom the paper is: the applicant in full, who holds it herself, her number masked."""
    if filed.firm:
        words = N_("{who}（统一社会信用代码 {code}）：", who=strong(filed.firm), code=filed.firm_code)
    elif filed.guardian:
        words = N_(
            "{who}（{number_of} {number}，法定代理人{guardian}）：",
            who=strong(filed.applicant),
            number_of=filed.number_of,
            number=filed.id_masked,
            guardian=filed.guardian,
        )
    else:
        words = N_(
            "{who}（{number_of} {number}）：",
            who=strong(filed.applicant),
            number_of=filed.number_of,
            number=filed.id_masked,
        )
    return Paragraph(str(words), indent=False)


def said(message: Message) -> Paragraph:
    """A sentence of the paper."""
    return Paragraph(str(message))


def note(message: Message) -> Paragraph:
    """A sentence in small type at the paper's end."""
    return Paragraph(str(message), indent=False, small=True)


def facts(filed: Filed, *more: tuple[Message, str]) -> Facts:
    """Applicant, item and organ, then what this paper adds; what is empty is left out."""
    rows: list[tuple[Message | Text, str]] = []
    if filed.firm:
        rows += [
            (N_("申请单位"), filed.firm),
            (N_("统一社会信用代码"), filed.firm_code),
            (N_("经办人"), filed.applicant),
        ]
    else:
        rows += [(N_("申请人"), filed.applicant)]
    rows += [
        (filed.number_of, filed.id_masked),
        # Who acts for a minor at law (民法典 art. 23) is named in all her papers.
        (N_("法定代理人"), filed.guardian),
        # Of a step that somebody made for the applicant (民法典 art. 162): it is hers, and says by whom.
        (N_("代办人"), "" if filed.guardian else filed.step.detail.get("agent", "")),
        (N_("办理事项"), str(filed.version.name)),
        *_organs(filed),
        (N_("事项编码"), filed.version.task_code),
        *more,
    ]
    return Facts(tuple((str(label), value) for label, value in rows if value))


def _organs(filed: Filed) -> tuple[tuple[Message, str], ...]:
    """Whose paper it is; of what a 复议机关 decides also its office, which examined it."""
    organ, own = filed.standing.organ, filed.reconsidered_by
    if filed.version.about != OF_A_DECISION or own is None or own.office is None or own.name != organ:
        return ((N_("承办机关"), str(organ)),)
    return ((N_("行政复议机关"), str(organ)), (N_("行政复议机构"), str(own.office)))


def materials(filed: Filed) -> Iterator[Block]:
    """The materials 材料清单 that were handed in or stand for that: name, form and copies, and how each was got
    (两个免于提交)."""
    listed = handed_in(filed)
    if listed:
        follow = _promised(filed)
        rows = tuple(
            (
                str(number),
                str(material.name),
                str(material.form_words),
                str(
                    N_("容缺受理，受理后 {days} 个工作日内补交", days=material.later_days)
                    if material in follow
                    else _how(material.route, filed.standing.got.get(material.source))
                ),
            )
            for number, material in enumerate(listed, 1)
        )
        yield Heading(str(N_("材料清单及取得方式")))
        yield Table(
            tuple(map(str, (N_("序号"), N_("材料名称"), N_("形式和份数"), N_("取得方式")))),
            rows,
            (7, 27, 17, 49),
        )


def handed_in(filed: Filed) -> list[Material]:
    """The item's materials, less those that were not handed in (who need not did not) or not needed by her answers."""
    return [one for one in filed.version.materials if _came(one, filed)]


def _came(material: Material, filed: Filed) -> bool:
    own = {"none": material.place, "commitment": material.commitment}.get(material.route, "")
    if own in filed.form.by_name:
        return own in filed.given or material in _promised(filed)
    return material.needed(filed.version.situation(filed.answers))


def _promised(filed: Filed) -> list[Material]:
    """What follows after acceptance."""
    return promised(filed.version.materials, filed.form, filed.answers)


def _how(route: str, answer: Got | None) -> Message:
    if route == "commitment":
        return N_("告知承诺，申请人已作出承诺")
    if route == "none":
        return N_("由申请人提交")
    if answer is None:
        return N_("由本机关调取电子证照") if route == "licence" else N_("由本机关查询")
    words = {"source": answer.source, "day": f"{clock.city_time(answer.at):%Y-%m-%d}"}
    if answer.outcome == "down":
        return N_("{source}没有应答（{day}），由本机关再查", **words)
    if answer.outcome == "none":
        return N_("已查{source}（{day}），没有记录", **words)
    if route == "licence":
        return N_("电子证照，调自{source}（{day}）", **words)
    return N_("数据共享，取自{source}（{day}）", **words)


def laws(
    filed: Filed,
    *procedure: Message,
    limit: str = "",
    own: tuple[Text, ...] = (),
    ground: Text | None = None,
) -> Iterator[Block]:
    """The legal basis 法律依据: what the item rests on, then the procedure's own articles.

    Only what is really law is cited on a paper; an item that is no licence follows the licensing law by choice. Where
    the item's clock profile says on what the ``limit`` stands, or the caller by ``own``, that goes first: each law has
    its own. ``ground`` is the
    article of another law that a decision stands on. A reconsideration has a law of its own for the whole procedure
    (行政复议法): where that says on what the step stands it is cited alone.
    """
    told = filed.version.clock.basis.get(limit)
    own = own or ((told,) if told else ())
    alone = bool(own) and filed.version.about == OF_A_DECISION
    items = [] if alone else [*_bases(filed.version), *([str(ground)] if ground else [])]
    items += [str(one) for one in own if str(one) not in items]
    for article in () if own else procedure:
        if filed.version.kind == LICENSING:
            items.append(str(N_("《行政许可法》{article}", article=article)))
        else:
            items.append(str(N_("《行政许可法》{article}，本事项参照执行", article=article)))
    if items:
        yield note(N_("法律依据：{laws}。", laws=str(N_("；")).join(items)))


def _bases(version: ItemVersion) -> Iterator[str]:
    """The item's laws, each with all its articles."""
    articles: dict[tuple[str, str], list[str]] = {}
    for basis in version.basis:
        if basis.mark == "real":
            articles.setdefault((str(basis.law), str(basis.number)), []).append(str(basis.article))
    for (law, number), found in articles.items():
        together = str(N_("、")).join(found)
        if number:
            yield str(N_("{law}（{number}）{articles}", law=law, number=number, articles=together))
        else:
            yield str(N_("{law}{articles}", law=law, articles=together))


def remedies(filed: Filed, *, online: bool = True, where: Message | None = None) -> Iterator[Block]:
    """What can be done against the decision, until when and to whom 救济途径: ``where`` in the house, or where that is
    not ``online``, how."""
    organ = filed.standing.reconsidered_by or filed.reconsidered_by
    assert organ is not None, "decided by a department"
    undecided = filed.step.move in (Move.DECLINE, Move.TERMINATE)
    found = remedies_of(filed.version, organ, undecided=undecided)
    yield Heading(str(N_("如果您不同意")))
    yield Points(tuple(map(str, found.ways)))
    if where is not None:
        yield said(where)
    if not online:
        yield said(organ.in_writing)
    if found.basis is not None:
        yield note(found.basis)


def reason(filed: Filed) -> str:
    """The reason as the step wrote it down; one of before steps did is the case's."""
    return str(filed.step.detail.get("reason") or filed.case.reason or "")


def contact(filed: Filed) -> Paragraph:
    """Whom to ask and where to complain."""
    numbers = filed.version.contact
    return note(
        N_(
            "咨询电话 {consult}，监督投诉电话 {supervise}。",
            consult=numbers.consult,
            supervise=numbers.supervise,
        )
    )
