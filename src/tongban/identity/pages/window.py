"""The window for identity matters: /desk/identity, from which an officer reaches each of them."""

from __future__ import annotations

from typing import Any

from litestar import get
from litestar.response import Response

from tongban.identity.model import POLICY
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import Actor, Relation
from tongban.kit.web import page

AT = "/desk/identity"
#: Where each matter is done, what it is, what for, and its drawing; in the order in which people come.
MATTERS: tuple[tuple[str, Message, Message, str], ...] = (
    (
        "/staff/vetting",
        N_("当面核验身份"),
        N_("本人带证件到窗口，当面核对后把实名等级升到 L3。"),
        "shield",
    ),
    (
        "/desk/identity/recovery",
        N_("窗口找回账户"),
        N_("手机和密码都没有了的，核对本人和证件，当场绑定新手机。"),
        "phone",
    ),
    (
        "/desk/identity/power",
        N_("登记委托和亲属代办"),
        N_("凭公证委托书、当面签署的委托书或者亲属关系证明，登记谁可以代谁办理。"),
        "people",
    ),
    (
        "/desk/identity/guardian",
        N_("登记监护关系"),
        N_("亲属关系库没有核对上的，看材料原件决定，登记或者说明理由不予登记。"),
        "heart",
    ),
    (
        "/staff/correction",
        N_("姓名和证件号码更正"),
        N_("本人带新证件到窗口，按人口库的登记更正账户；以前的保留为记录。"),
        "pencil",
    ),
    (
        "/desk/identity/merge",
        N_("窗口合并账户"),
        N_("有两个账户、其中一个登录不了的，看两份证件原件，合并成一个。"),
        "link",
    ),
    (
        "/staff/merges",
        N_("撤销账户合并"),
        N_("本人带证件到窗口，90 天内可以把合并的两个账户重新分开。"),
        "copy",
    ),
    (
        "/staff/papers",
        N_("证件关联异议"),
        N_("注册的人说，登记机关关联的账户不是自己的；由窗口核实。"),
        "search",
    ),
)


@get(AT, who="identity.window")
async def show(actor: Actor) -> Response[str]:
    """What can be done for whoever comes with her papers."""
    POLICY.require(actor, "identity.window", Relation.ANY)
    return page("identity/window.html", matters=MATTERS)


routes: list[Any] = [show]
