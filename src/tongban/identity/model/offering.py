"""What is typed on the form that gives a power, cleaned and checked. Pure rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from tongban.identity.model.powers import Offer, OfferInvalid
from tongban.identity.model.typed import cleaned_name, fifteen_fault, name_fault, paper_named
from tongban.kit import clock, papers
from tongban.kit.acting import Acting, Errand, PowerKind
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.keys.ring import normalised
from tongban.kit.rules import months_after

#: What may be typed in yuan: ten million. Ours, so that a slip of the keyboard is caught.
_MOST_YUAN = 10_000_000
#: The longest that somebody gives a power for in one go, three years: longer is given anew, so that nobody forgets that
#: she gave it. Ours.
_MOST_MONTHS = 36


def offered(
    posted: Mapping[str, str], *, kinds: tuple[PowerKind, ...], items: Collection[str], now: datetime
) -> Offer:
    """The offer that a form holds; raises OfferInvalid with a sentence for each field.

    Fields: ``kind``, ``name``, ``paper_kind``, ``id_number``, ``scope`` (``all`` | ``some``), ``items-N``,
    ``errands-N``, ``until-year`` and so on (the last day, in the city's zone), ``most`` (yuan, optional).
    """
    faults: dict[str, Words] = {}
    kind = next((one for one in kinds if one == posted.get("kind")), None)
    if kind is None:
        faults["kind"] = N_("请选择以什么身份代办。")
    paper = _paper(posted)
    name = cleaned_name(posted.get("name", ""))
    if not name:
        faults["name"] = N_("请填写代办人的姓名。")
    elif wrong := name_fault(name, paper):
        faults["name"] = wrong
    if not paper.number:
        faults["id_number"] = N_("请填写代办人的证件号码。")
    elif paper.fault(today=clock.city_day(now)) is not None:
        faults["id_number"] = fifteen_fault(paper.number) or N_(
            "号码格式不对。{paper}的号码：{shape}", paper=paper.of.name, shape=paper.of.shape
        )
    chosen = _items(posted, items, faults)
    errands = frozenset(Errand(one) for one in _chosen(posted, "errands") if one in set(Errand))
    if not errands:
        faults["errands"] = N_("请至少选择一项权限。")
    until, wrong = _until(posted, now)
    if wrong:
        faults["until"] = wrong
    most, wrong = _most(posted)
    if wrong:
        faults["most"] = wrong
    if faults or kind is None or until is None:
        raise OfferInvalid(faults)
    return Offer(
        paper=paper,
        name=name,
        kind=kind,
        items=chosen,
        errands=None if errands == frozenset(Errand) else errands,
        most=most,
        starts_at=now,
        until=until,
    )


def beyond(acting: Acting, offer: Offer, *, to_oneself: bool) -> dict[str, Words]:
    """What of an offer reaches beyond the power of who makes it in another's name, by field (民法典 art. 169): nobody
    hands on what she was not given, and nobody widens her own power by giving herself another."""
    faults: dict[str, Words] = {}
    if to_oneself:
        faults["id_number"] = N_("不能以单位名义给自己授权。需要更多权限的，请法定代表人给您授权。")
    if acting.errands is not None and not (offer.errands or frozenset(Errand)) <= acting.errands:
        faults["errands"] = N_("不能授出您自己没有的权限。请去掉这些权限，或者请法定代表人授权。")
    if acting.most is not None and (offer.most is None or offer.most > acting.most):
        faults["most"] = N_("不能超过您自己的授权金额，最多填 {most} 元。", most=acting.most // 100)
    return faults


def _paper(posted: Mapping[str, str]) -> papers.Paper:
    kind = posted.get("paper_kind", papers.CITIZEN)
    return paper_named(papers.CITIZEN if kind == papers.PASSPORT else kind, posted.get("id_number", ""))


def _items(
    posted: Mapping[str, str], items: Collection[str], faults: dict[str, Words]
) -> frozenset[str] | None:
    """The items that were chosen, None for all; what is wrong with the choice goes into ``faults``."""
    if posted.get("scope") == "all":
        return None
    if posted.get("scope") != "some":
        faults["scope"] = N_("请选择授权全部事项还是部分事项。")
        return None
    chosen = frozenset(_chosen(posted, "items") & set(items))
    if not chosen:
        faults["items"] = N_("请至少选择一个事项，或者改为全部事项。")
    return chosen


def _chosen(posted: Mapping[str, str], name: str) -> set[str]:
    return {value for field, value in posted.items() if field == name or field.startswith(f"{name}-")}


def _until(posted: Mapping[str, str], now: datetime) -> tuple[datetime | None, Words | None]:
    parts = [posted.get(f"until-{part}", "").strip() for part in ("year", "month", "day")]
    if not all(parts):
        return None, N_("请填写授权的最后一天。")
    try:
        last = date(*map(int, parts))
    except (ValueError, OverflowError):
        return None, N_("没有这一天，请核对年月日。")
    today = clock.city_day(now)
    if last < today:
        return None, N_("最后一天不能早于今天。")
    longest = months_after(today, _MOST_MONTHS)
    if last > longest:
        return None, N_(
            "一次授权最长三年，最后一天不能晚于 {day}。到期后可以再授权。", day=longest.isoformat()
        )
    return clock.end_of_day(last), None


def _most(posted: Mapping[str, str]) -> tuple[int | None, Words | None]:
    """The limit in fen of what may be paid in one case; nothing typed is no limit."""
    typed = normalised(posted.get("most", "")).replace(",", "").removesuffix("元")
    if not typed:
        return None, None
    digits = typed.isascii() and typed.isdigit() and len(typed) <= len(str(_MOST_YUAN))
    if not digits or not 0 < int(typed) <= _MOST_YUAN:
        return None, N_("请填写整数金额（元），例如 2000；不限金额的留空。")
    return int(typed) * 100, None
