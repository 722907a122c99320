"""How a reconsideration is decided 行政复议决定的种类: the outcomes that the law knows, each with its article.

行政复议法 (2023) art. 63 to 69. Who decides chooses one of :data:`RULINGS`; an outcome is either against the
applicant (REFUSE) or, at least in part, for her (GRANT). Not among them is what ends a reconsideration otherwise: an
application dismissed after acceptance (art. 33), one ended without a decision on its grounds (art. 41), and the
revocation because the organ has handed in no answer (art. 70), of which none is asked here.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from tongban.cases.model.life import Move
from tongban.kit.errors import Invalid, Words
from tongban.kit.i18n import N_, Message, Text


class Ruling(StrEnum):
    """What a reconsideration has come to."""

    REVOKE_ANEW = "revoke_anew"
    REVOKE_PROCEDURE = "revoke_procedure"
    REVOKE = "revoke"
    REVOKE_PART = "revoke_part"
    CHANGE = "change"
    PERFORM = "perform"
    UNLAWFUL = "unlawful"
    INVALID = "invalid"
    UPHOLD = "uphold"
    REJECT = "reject"


class RulingWords(msgspec.Struct, frozen=True):
    """One outcome: the decision's ``move``, its ``words`` after 决定, its ``article``, when the law has it (``when``,
    for who decides), what the paper orders (``orders``, with ``{organ}``), and what ``follows`` for her.

    ``takes_back`` where the decision that was contested stands no more, ``asked`` the request that it presupposes (that
    the organ did not do its duty, that the decision is void), ``bars_same`` where the same may not be decided again on
    the same facts and reasons (art. 64(2)), ``anew`` where the organ is ordered to decide anew. ``heading`` stands
    above the reasons, which may say more than why.
    """

    move: Move
    words: Message
    article: Message
    when: Message
    orders: Message
    follows: Message
    takes_back: bool = False
    asked: str = ""
    bars_same: bool = False
    anew: bool = False
    heading: Message = N_("理由")

    def in_order(self, organ: Text) -> Message:
        """What the paper orders, of this organ."""
        return Message(self.orders.msgid, {"organ": organ})


#: The answers to what she asks for that say that the organ did not do its duty, that the decision is void.
ON_DUTY, ON_INVALID = "perform", "invalid"
#: The case goes on as it stood before; the limits of a decision made anew are those of the law (实施条例 art. 49).
_GOES_ON = N_("原办件自动恢复办理，不用重新申请；办理期限从恢复办理的次日起重新计算。")
RULINGS: dict[Ruling, RulingWords] = {
    Ruling.REVOKE_ANEW: RulingWords(
        Move.GRANT,
        N_("撤销原决定，责令重新作出决定"),
        N_("第六十四条"),
        N_("主要事实不清、证据不足，适用依据不合法，或者超越职权、滥用职权，需要重新作出决定"),
        N_(
            "决定撤销{organ}作出的上述决定，责令其在法定期限内重新作出决定，"
            "不得以同一事实和理由作出与原决定相同或者基本相同的决定。"
        ),
        _GOES_ON,
        takes_back=True,
        bars_same=True,
        anew=True,
    ),
    Ruling.REVOKE_PROCEDURE: RulingWords(
        Move.GRANT,
        N_("撤销原决定，责令重新作出决定（程序违法）"),
        N_("第六十四条"),
        N_("只因违反法定程序而撤销，需要依法定程序重新作出决定；重新作出的决定可以与原决定相同"),
        N_("决定以违反法定程序为由撤销{organ}作出的上述决定，责令其在法定期限内依法定程序重新作出决定。"),
        _GOES_ON,
        takes_back=True,
        anew=True,
    ),
    Ruling.REVOKE: RulingWords(
        Move.GRANT,
        N_("撤销原决定"),
        N_("第六十四条"),
        N_("撤销的情形同上，撤销后原申请继续办理即可，不用另行责令"),
        N_("决定撤销{organ}作出的上述决定。原申请恢复到该决定作出之前，由其继续办理。"),
        _GOES_ON,
        takes_back=True,
    ),
    Ruling.REVOKE_PART: RulingWords(
        Move.GRANT,
        N_("部分撤销原决定"),
        N_("第六十四条"),
        N_("决定可以分开，只有一部分有应当撤销的情形；在理由里写明撤销哪一部分"),
        N_("决定部分撤销{organ}作出的上述决定，撤销的部分见下，其余部分仍然有效。由其就撤销的部分继续办理。"),
        N_(
            "原办件就撤销的部分自动恢复办理，不用重新申请；办理期限从恢复办理的次日起重新计算。其余部分仍然有效。"
        ),
        takes_back=True,
        heading=N_("撤销的部分和理由"),
    ),
    Ruling.CHANGE: RulingWords(
        Move.GRANT,
        N_("变更原决定"),
        N_("第六十三条"),
        N_("事实清楚而内容不适当，没有正确适用依据，或者事实经本机关查清；在理由里写明变更后的内容"),
        N_("决定变更{organ}作出的上述决定，变更后的内容见下。由{organ}按本决定办理。"),
        N_("原决定不再执行，由原承办机关按复议决定办理；不用重新申请，办理期限从恢复办理的次日起重新计算。"),
        takes_back=True,
        heading=N_("变更的内容和理由"),
    ),
    Ruling.PERFORM: RulingWords(
        Move.GRANT,
        N_("责令履行职责"),
        N_("第六十六条"),
        N_("申请人认为机关不履行职责，机关确有这项职责而没有履行"),
        N_("{organ}没有履行法定职责，责令其在法定期限内履行；其作出的上述决定不再执行。"),
        _GOES_ON,
        takes_back=True,
        asked=ON_DUTY,
    ),
    Ruling.UNLAWFUL: RulingWords(
        Move.GRANT,
        N_("确认原决定违法"),
        N_("第六十五条"),
        N_(
            "撤销会给国家利益、社会公共利益造成重大损害，程序轻微违法而对权利没有实际影响，或者没有可以撤销的内容"
        ),
        N_("确认{organ}作出的上述决定违法，不予撤销。"),
        N_("原决定不撤销，仍然有效；因它受到损失的，可以依法要求赔偿。"),
    ),
    Ruling.INVALID: RulingWords(
        Move.GRANT,
        N_("确认原决定无效"),
        N_("第六十七条"),
        N_("申请人请求确认无效，作出决定的机关没有行政主体资格或者决定没有依据等，重大且明显违法"),
        N_("确认{organ}作出的上述决定无效。原申请恢复到该决定作出之前，由其继续办理。"),
        _GOES_ON,
        takes_back=True,
        asked=ON_INVALID,
    ),
    Ruling.UPHOLD: RulingWords(
        Move.REFUSE,
        N_("维持原决定"),
        N_("第六十八条"),
        N_("认定事实清楚，证据确凿，适用依据正确，程序合法，内容适当"),
        N_("决定维持{organ}作出的上述决定。"),
        N_("原决定仍然有效。"),
    ),
    Ruling.REJECT: RulingWords(
        Move.REFUSE,
        N_("驳回复议请求"),
        N_("第六十九条"),
        N_("申请人认为机关不履行职责，机关没有这项职责，或者受理前已经履行"),
        N_("经查，{organ}没有相应的法定职责或者在受理前已经履行，决定驳回您的行政复议请求。"),
        N_("原决定仍然有效。"),
        asked=ON_DUTY,
    ),
}
#: Where the decision was one on a licence 对证照的决定, its state is what comes back, by the licences' own door.
_BACK = N_(
    "原决定不再有效：证照恢复到该决定作出之前的状态，在“我的证照”查看。"
    "已经到期、由新证代替、另有新决定或者另有同类新证的，不恢复使用，会写明原因通知您。"
)
_ON_LICENCE: dict[Ruling, RulingWords] = RULINGS | {
    Ruling.REVOKE_ANEW: msgspec.structs.replace(
        RULINGS[Ruling.REVOKE_ANEW],
        follows=N_("{back}机关重新作出决定的，另行送达。", back=_BACK),
    ),
    Ruling.REVOKE: msgspec.structs.replace(
        RULINGS[Ruling.REVOKE],
        when=N_("撤销的情形同上，不需要重新作出决定"),
        orders=N_("决定撤销{organ}作出的上述决定。证照恢复到该决定作出之前的状态。"),
        follows=_BACK,
    ),
    Ruling.REVOKE_PROCEDURE: msgspec.structs.replace(
        RULINGS[Ruling.REVOKE_PROCEDURE],
        follows=N_("{back}机关重新作出决定的，另行送达。", back=_BACK),
    ),
    # How the licence stands cannot be parted: what is revoked is something beside it, such as the compensation.
    Ruling.REVOKE_PART: msgspec.structs.replace(
        RULINGS[Ruling.REVOKE_PART],
        when=N_("决定可以分开，应当撤销的只是与证照状态无关的一部分（例如补偿）；在理由里写明撤销哪一部分"),
        orders=N_(
            "决定部分撤销{organ}作出的上述决定，撤销的部分见下，其余部分仍然有效，证照的状态不变。"
            "由其就撤销的部分重新作出决定。"
        ),
        follows=N_("证照的状态不变；撤销的部分由原决定机关重新作出决定，另行送达。"),
        takes_back=False,
    ),
    Ruling.INVALID: msgspec.structs.replace(
        RULINGS[Ruling.INVALID],
        orders=N_("确认{organ}作出的上述决定无效。证照恢复到该决定作出之前的状态。"),
        follows=_BACK,
    ),
    Ruling.CHANGE: msgspec.structs.replace(
        RULINGS[Ruling.CHANGE],
        follows=N_("{back}变更后的内容由原决定机关按复议决定办理。", back=_BACK),
    ),
}
#: What is contested of a licence is an act, not one that was left undone: no duty can be ordered (art. 66).
_NOT_OF_LICENCE = frozenset({Ruling.PERFORM})
#: What an outcome was before the law's others could be chosen: by the move of the decision.
_PLAIN = {Move.REFUSE: Ruling.UPHOLD, Move.GRANT: Ruling.REVOKE_ANEW}


def known(text: str | None) -> Ruling | None:
    """The outcome that a code names, None for none."""
    return Ruling(text) if text is not None and text in set(Ruling) else None


def outcomes(*, on_licence: bool = False) -> dict[Ruling, RulingWords]:
    """The table, as it reads of a decision on a case, or of one on a licence."""
    return _ON_LICENCE if on_licence else RULINGS


def open_for(request: str, *, on_licence: bool = False) -> list[Ruling]:
    """The outcomes that the law has for what she asks (行政复议法 art. 66, 69: only where a duty is said not done;
    art. 67: only where she asks for it)."""
    barred = _NOT_OF_LICENCE if on_licence else frozenset()
    return [ruling for ruling, one in RULINGS.items() if one.asked in ("", request) and ruling not in barred]


def ruling_of(move: Move, code: str | None, *, on_licence: bool = False) -> RulingWords:
    """The outcome that a decision's step or case tells by ``code``; the plain one of its move where it tells none."""
    return outcomes(on_licence=on_licence)[known(code) or _PLAIN[move]]


class SameReasonBarred(Invalid):
    """A decision that a reconsideration has revoked is not made again for the same reason (行政复议法 art. 64(2)).

    ``code`` is the reconsideration's.
    """

    def __init__(self, code: str) -> None:
        words = N_(
            "以这个理由作出的同样的决定，已经被行政复议撤销（受理编码 {code}）。责令重新作出决定的，不得以同一事实和"
            "理由作出与原决定相同或者基本相同的决定（《行政复议法》第六十四条第二款）。"
            "另有事实或者依据的，请写明是什么；没有的，请继续办理。",
            code=code,
        )
        super().__init__("same-reason-barred", words, fields={"reason": words})


def same_reason(one: str, other: str) -> bool:
    """Whether two reasons read alike: spaces and punctuation are no difference."""
    return _letters(one) == _letters(other)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


class RulingNotChosen(Invalid):
    """Who proposes or decides says which of the outcomes that the law has for this request."""

    def __init__(self, fields: dict[str, Words]) -> None:
        super().__init__("ruling-not-chosen", N_("请补齐下面的内容。"), fields=fields)


#: The field of it, and its sentence.
NOT_CHOSEN: dict[str, Words] = {"ruling": N_("请选择复议决定的种类：列出的是法律对这项请求规定的几种。")}
