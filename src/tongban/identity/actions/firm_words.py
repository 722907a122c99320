"""What people are told of a firm 单位通知: its name in a sentence that both languages have, into her inbox."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tongban.identity.actions import telling
from tongban.identity.model.powers import Power
from tongban.kit.db import Part
from tongban.kit.i18n import N_, Message


class Told(msgspec.Struct, frozen=True):
    """A title and a body; ``{name}`` in either is the firm's, ``{other}`` another's."""

    title: Message
    body: Message


def tell(
    who: UUID, words: Told, name: str, *, other: str = "", link: str = "/my/acting", now: datetime
) -> Part:
    """The part that tells somebody of a firm by its name."""
    return telling.tell(who, (words.title, words.body), {"name": name, "other": other}, link=link, now=now)


def tell_of_certificate(who: UUID, words: Told, certificate: Power, *, link: str, now: datetime) -> Part:
    """The part that tells somebody of a certificate of the firm by its keeper and its last day."""
    said = {
        "name": certificate.principal_name,
        "keeper": certificate.agent_name,
        "day": certificate.last_day,
    }
    return telling.tell(who, (words.title, words.body), said, link=link, now=now)


#: To the representative, of the binding.
BOUND = Told(
    N_("您可以代表{name}办事了"),
    N_(
        "登记机关确认您是{name}的法定代表人。您可以切换到单位办理，也可以给管理员和经办人授权。"
        "如果这不是您本人的操作，请马上修改密码并联系热线。"
    ),
)
NOT_PASSED = N_("绑定单位 {name} 没有通过")
AWAY = Told(
    N_("绑定单位 {name} 没有完成"),
    N_("登记机关的系统一直没有应答，七天内没能核验。请重新绑定，或者带营业执照和身份证到窗口办理。"),
)
#: Of a new representative: to the old one, and to whose powers stay.
REPLACED = Told(
    N_("您不再代表{name}办理"),
    N_("登记机关登记的{name}的法定代表人已经不是您，您的代表资格已经结束。已经提交的申请继续办理。"),
)
STAYS = Told(
    N_("{name}的法定代表人变更了"),
    N_("登记机关登记的{name}的法定代表人已经变更，您的授权不变，可以继续办理。"),
)
#: Of a firm that is no more: to who acted for it, and to who represents a successor.
GONE = Told(
    N_("{name}已经不再存续，您的授权终止"),
    N_("登记机关的登记显示{name}已经注销或者被吊销，不能再以其名义办理。已经提交的办件由承办部门依法处理。"),
)
ENDED_BY_SUCCESSION = Told(
    N_("{name}已经合并或者分立，您的授权终止"),
    N_("登记机关的登记显示{name}已经合并或者分立。承继单位的法定代表人可以在“我的单位”接手其办件。"),
)
#: To whom it had offered a power that she has not answered.
OFFER_ENDED = Told(
    N_("{name}已经不再存续，给您的授权没有生效"),
    N_("登记机关的登记显示{name}已经不再存续。它请您代办的授权您还没有答复，现在已经终止，您不用再做什么。"),
)
TO_SUCCESSOR = Told(
    N_("{other}承继了{name}，可以接手其办件"),
    N_(
        "登记机关登记{name}已经合并或者分立，由{other}承继。请切换到{other}，在“我的单位”接手{name}已经提交的办件。"
    ),
)
#: Of who took over: to herself, and to who represents another successor of the same firm.
SUCCEEDED = Told(
    N_("您接手了{name}的办件"),
    N_("您可以切换到{name}，继续办理它已经提交的办件；新的申请请以承继单位的名义提出。"),
)
ALSO_SUCCEEDED = Told(
    N_("{other}接手了{name}的办件"),
    N_(
        "{name}分立后由几个单位承继，{other}的法定代表人接手了它的办件。分立后的单位享有连带债权、承担连带债务"
        "（《民法典》第六十七条），您的单位也可以接手；另有约定的，请按约定办理并告知承办部门。"
    ),
)
#: Of a certificate that ends, to who represents and who runs the firm; ``{day}`` is its last, ``{keeper}`` holds it.
CERTIFICATE_ENDING = Told(
    N_("{name}的单位证书将在 {day} 到期"),
    N_(
        "由{keeper}保管的单位证书（法人一证通）有效期到 {day}，到期后不能再用它登录。"
        "请在到期前到电子认证机构更新；您本人登录后代表单位办事不受影响。"
    ),
)
CERTIFICATE_LAST_DAY = Told(
    N_("{name}的单位证书 {day} 到期"),
    N_(
        "由{keeper}保管的单位证书（法人一证通）有效期到 {day} 为止，之后不能再用它登录。"
        "请到电子认证机构更新；您本人登录后代表单位办事不受影响，已经提交的申请继续办理。"
    ),
)
