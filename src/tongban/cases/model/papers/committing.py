"""告知承诺书: what the organ told before a commitment was given, and the commitment, signed with the application."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.cases.model.papers.filed import Filed, addressed, contact, facts, moment, note, said
from tongban.cases.model.papers.kinds import COMMITTED
from tongban.catalogue import Commitment
from tongban.kit.i18n import N_, Message, N_counted
from tongban.kit.pdf.model import Block, Facts, Heading, Points, strong


def commitment(filed: Filed) -> Iterator[Block]:
    """告知承诺书: first the notice 告知 of the organ, then the commitment 承诺 of who applies."""
    asks = filed.version.commitment
    assert asks is not None, "signed by whom the item asked for it"
    yield addressed(filed)
    yield said(
        N_(
            "您选择以告知承诺方式办理{item}。本机关将下列内容一次性告知您；您承诺符合条件的，据此当场作出决定，之后核查。",
            item=filed.item,
        )
    )
    yield facts(filed)
    yield Heading(str(N_("本机关告知")))
    yield Facts(tuple((str(label), words) for label, words in told(asks)))
    yield Heading(str(N_("应当符合的条件")))
    yield Points(tuple(map(str, asks.conditions)))
    yield Heading(str(N_("申请人承诺")))
    yield Points(tuple(map(str, PROMISED)))
    yield said(
        N_(
            "承诺人{who}，于{at}在核对以上内容后电子签署。",
            who=strong(filed.firm or filed.applicant),
            at=moment(filed.step.at),
        )
    )
    yield note(N_("告知内容的 SHA-256：{digest}", digest=str(filed.step.detail.get(COMMITTED, ""))))
    if asks.mark != "real":
        yield note(N_("演示城市参照，不作为法律依据"))
    yield contact(filed)


#: What is promised in every commitment; what the conditions are the item says.
PROMISED: tuple[Message, ...] = (
    N_("已经看清并且理解告知的全部内容。"),
    N_("符合告知的条件、标准和要求，所填的内容真实。"),
    N_("接受核查；核查不符的，在规定期限内整改。"),
    N_("承诺不实或者到期没有整改的，愿意承担告知的后果。"),
    N_("以上承诺是真实的意思表示。"),
)


def told(asks: Commitment) -> list[tuple[Message, str]]:
    """The notice 告知 as labels and values: its basis, by what it is judged, how it is checked, what follows."""
    return [
        (N_("依据"), str(asks.basis)),
        (N_("标准"), str(asks.standards)),
        (N_("怎样核查"), str(asks.checked)),
        (N_("核查期限"), str(N_counted("决定后 {n} 个工作日内", asks.check_days))),
        (N_("到场抽查比例"), f"{asks.share}%"),
        (N_("整改期限"), str(N_counted("{n} 个工作日", asks.cure_days))),
        (N_("承诺不实的后果"), str(asks.consequence)),
        (N_("不作承诺的"), str(asks.ordinary)),
    ]
