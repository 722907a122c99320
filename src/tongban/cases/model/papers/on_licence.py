"""Papers of what the issuer decides about a licence 撤销、注销、撤回、暂停、恢复, and of one that is called off."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.cases.model.life import Move
from tongban.cases.model.on_licence import Decided, called_off_of, decided_of
from tongban.cases.model.papers.filed import (
    Filed,
    addressed,
    contact,
    day,
    facts,
    laws,
    note,
    remedies,
    said,
)
from tongban.kit import clock
from tongban.kit.i18n import N_, Message
from tongban.kit.pdf.model import Block, Facts, Heading, Paragraph, strong

#: Granted though it should not have been: by the organ's fault losses are made good, by the holder's nothing is kept.
_BY_DECEIT = "deceit"
#: The organ names the law in its reason.
_OWN = "own"
_GIVE_BACK = N_(
    "自本决定作出之日起，这张证照不再有效，不能再凭它从事准予的活动；有实体证件的，请交回本机关。"
)
_FOLLOWS: dict[Move, Message] = {
    Move.SUSPEND_LICENCE: N_(
        "恢复以前不能使用，核验时显示“暂停使用”；情况查明以后另行告知。有效期不因此延长。"
    ),
    Move.RESUME_LICENCE: N_("核验时显示“有效”，证照可以继续使用。有效期不变。"),
    Move.CANCEL_LICENCE: _GIVE_BACK,
    Move.RETRACT_LICENCE: _GIVE_BACK,
    Move.REVOKE_LICENCE: _GIVE_BACK,
}
#: How the holder asks for reconsideration of it.
_WHERE = N_(
    "行政复议可以在网上申请：登录后打开“我的证照”里的这张证照，选择“申请行政复议”，文书编号已经填好；"
    "也可以书面申请。"
)
_ARTICLE_70 = N_("第七十条")
_ARTICLES: dict[Move, Message] = {
    Move.CANCEL_LICENCE: _ARTICLE_70,
    Move.RETRACT_LICENCE: N_("第八条第二款"),
    Move.REVOKE_LICENCE: N_("第六十九条"),
}


def decision(filed: Filed) -> Iterator[Block]:
    """对证照的决定书: what is decided, the facts, the ground in law, what follows, compensation, the remedies."""
    move, decided = filed.step.move, decided_of(filed.step.detail)
    yield addressed(filed)
    yield said(_ruled(move, strong(decided.licence)))
    yield Heading(str(N_("事实和理由")))
    yield Paragraph(_ended(decided.reason))
    yield _licence(decided)
    if decided.compensation:
        yield Heading(str(N_("补偿")))
        yield Paragraph(_ended(decided.compensation))
    yield Heading(str(N_("决定以后")))
    for one in _consequences(move, decided):
        yield said(one)
    if move is not Move.RESUME_LICENCE:
        yield from remedies(filed, where=_WHERE)
    named = move not in _ARTICLES and decided.code != _OWN
    yield from laws(
        filed, *((_ARTICLES[move],) if move in _ARTICLES else ()), ground=decided.article if named else None
    )
    yield contact(filed)


def _licence(decided: Decided) -> Facts:
    rows = (
        (N_("证照名称"), str(decided.licence)),
        (N_("证件号码"), decided.number),
        (N_("签发日期"), clock.day_in_words(decided.issued) if decided.issued else ""),
        (N_("决定日期"), day(decided.at)),
        (N_("证照标识"), decided.identifier),
        (N_("法定情形"), str(decided.ground or "")),
        (N_("依据"), str(decided.article or "")),
    )
    return Facts(tuple((str(label), value) for label, value in rows if value))


def _ended(words: str) -> str:
    """What an officer wrote, ended like a sentence."""
    return words if words.endswith(("。", "！", "？", ".", "!", "?")) else f"{words}。"


def _ruled(move: Move, licence: str) -> Message:
    match move:
        case Move.SUSPEND_LICENCE:
            return N_("核发给您的{licence}，本机关决定自本决定作出之日起暂停使用。", licence=licence)
        case Move.RESUME_LICENCE:
            return N_("核发给您的{licence}，本机关决定自本决定作出之日起恢复使用。", licence=licence)
        case Move.CANCEL_LICENCE:
            return N_("核发给您的{licence}，存在应当注销的情形，本机关决定予以注销。", licence=licence)
        case Move.RETRACT_LICENCE:
            return N_("依法核发给您的{licence}，为了公共利益的需要，本机关决定予以撤回。", licence=licence)
        case _:
            return N_("核发给您的{licence}，经查明不应当准予，本机关决定予以撤销。", licence=licence)


def _consequences(move: Move, decided: Decided) -> Iterator[Message]:
    yield _FOLLOWS[move]
    if move is Move.RETRACT_LICENCE:
        yield N_("对补偿有不同意见的，可以向本机关提出，也可以按下列途径主张。")
    if move is not Move.REVOKE_LICENCE or not decided.code:
        return
    if decided.code == _BY_DECEIT:
        yield N_(
            "以欺骗、贿赂等不正当手段取得许可的，基于许可取得的利益不受保护（《行政许可法》第六十九条第四款）。"
        )
    else:
        yield N_("您的合法权益因此受到损害的，可以依法向本机关请求赔偿（《行政许可法》第六十九条第四款）。")


def called_off(filed: Filed) -> Iterator[Block]:
    """终止办理告知书 of a licence that is not made after all 不再制证: what was granted, why it comes to nothing."""
    why = called_off_of(filed.step.detail)
    yield addressed(filed)
    yield said(
        N_(
            "您于{submitted}提交的{item}申请，本机关已于{decided}准予。现因下列理由，不再制作{licence}，终止办理。",
            submitted=day(filed.case.submitted_at),
            decided=day(filed.case.decided_at),
            item=filed.item,
            licence=strong(why.licence),
        )
    )
    yield Heading(str(N_("理由")))
    yield Paragraph(str(why.in_words()))
    yield said(N_("需要时可以重新申请，时限重新计算。"))
    yield facts(
        filed,
        (N_("受理日期"), day(filed.case.accepted_at)),
        (N_("决定日期"), day(filed.case.decided_at)),
        (N_("终止日期"), day(filed.step.at)),
    )
    yield from remedies(filed, online=False)
    yield from laws(filed, _ARTICLE_70)
    yield contact(filed)
    if why.base is not None:
        yield note(N_("原证照怎样终止，以对它作出的决定为准。"))
