"""`tongban tour --powers`: somebody acts for another, and cannot a moment after she may no longer.

Four ways of acting for another, one after the other: by a power of attorney (here), as a mother (``children``), as an
agent of two firms (``firms``), as an officer who helps at the desk (``window``).

A principal gives a power for one service; her agent accepts, fills the form in her name, and is refused what the power
does not reach to. The power is taken back under the filled form: what was typed is shown and not taken, the draft stays
the principal's. With a new power the agent submits; the case names her, and both see every act.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tongban.kit import clock
from tongban.tour.children import walk_child
from tongban.tour.firms import walk_firms
from tongban.tour.lines import enrolled
from tongban.tour.visitor import Visitor
from tongban.tour.walk import ITEM, Tour
from tongban.tour.window import walk_window

#: Another service that can be applied for online, to which the power does not reach.
OTHER = "social_card"
_ANSWERS = {"ground": "work", "collection": "courier", "declaration": "yes"}


def walk_powers(tour: Tour, desk: tuple[str, str]) -> None:
    """The whole of it; ``desk``: account and telephone of an officer who helps at a window. Raises TourFailed."""
    walk_attorney(tour)
    walk_child(tour)
    walk_firms(tour)
    walk_window(tour, *desk)


def walk_attorney(tour: Tour) -> None:
    """By a power of attorney; raises TourFailed."""
    principal, agent = Visitor(tour.base), Visitor(tour.base)
    with tour.step("代办人、被代办人各自实名注册") as seen:
        enrolled(tour, agent, onward="/my/acting")
        hers = tour.person
        enrolled(tour, principal, onward="/my/acting")
        seen.append("两个账户")
    power = _offers(tour, principal, agent, hers)
    _fills(tour, agent, power)
    _is_refused(tour, agent)
    _is_stopped(tour, principal, agent, power)
    power = _offers(tour, principal, agent, hers)
    _submits(tour, principal, agent, power, hers)
    _by_program(tour, agent, power)
    _is_seen(tour, principal, agent, power)


def _offers(tour: Tour, principal: Visitor, agent: Visitor, hers: dict[str, Any]) -> str:
    """Gives a power for one service until the end of a day in three months; it is accepted. Gives its id."""
    with tour.step("授权：只限一个事项、两项权限、三个月；对方接受后生效") as seen:
        until = clock.city_day(clock.now()) + timedelta(days=90)
        form = principal.visit("/my/acting/offer").form("/my/acting/offer")
        chosen = {name: value for name, value in form.fields.items() if not name.startswith("errands-")}
        sent = principal.client.post(
            form.action,
            data={
                **chosen,
                "kind": "family",
                "name": hers["name"],
                "id_number": hers["id_number"],
                "scope": "some",
                "items-1": ITEM,
                "errands-1": "apply",
                "errands-2": "follow",
                "until-year": until.year,
                "until-month": until.month,
                "until-day": until.day,
            },
        )
        assert sent.url.path == "/my/acting", sent.text[:600]
        agent.visit("/my/acting")
        power = next(link for link in agent.links if link.startswith("/my/acting/") and len(link) > 40)
        agent.visit(power).post("/accept")
        assert "代其办理" in agent.text, agent.text[:300]
        seen.append(f"有效至 {until}")
    return power.rsplit("/", 1)[-1]


def _fills(tour: Tour, agent: Visitor, power: str) -> None:
    with tour.step("一步切换，以对方名义打开表单：按对方的登记信息预填") as seen:
        agent.visit("/my/acting").post("/my/acting/switch", power=power)
        assert "您正在代" in agent.text, agent.text[:300]
        agent.visit(f"/apply/{ITEM}").post(f"/apply/{ITEM}")
        tour.case = agent.path.rsplit("/", 1)[-1]
        assert agent.html.count('class="known"') >= 5, f"{agent.status} {agent.path}: {agent.text[:400]}"
        tour.keep("powers-1-form.html", agent.html)
        agent.post(tour.case, **_ANSWERS, _go="update")
        seen.append(f"草稿 {tour.case[:8]}…")


def _is_refused(tour: Tour, agent: Visitor) -> None:
    with tour.step("授权之外的都被拒绝，说明理由：别的事项、对方的账户、再授权") as seen:
        address = f"/apply/{OTHER}"
        form = agent.visit(f"/apply/{ITEM}/{tour.case}").form(tour.case)
        refused = agent.client.post(address, data={"_csrf": form.fields["_csrf"]})
        assert refused.status_code == 403 and "授权不包括这个事项" in refused.text, refused.text[:600]
        for path, status, words in (
            ("/my/account", 403, "只能由本人进行"),
            ("/my/acting/offer", 409, "不能以其名义再授权他人"),
        ):
            agent.visit(path)
            assert agent.status == status and words in agent.text, f"{path}: {agent.text[:300]}"
        seen.append("三次，各有理由")


def _is_stopped(tour: Tour, principal: Visitor, agent: Visitor, power: str) -> None:
    with tour.step("填到一半授权被撤回：立即停止，写的内容还给代办人，草稿仍归对方") as seen:
        agent.visit(f"/apply/{ITEM}/{tour.case}").form(tour.case)
        principal.visit(f"/my/acting/{power}").post("/revoke")
        agent.post(tour.case, **_ANSWERS, delivery_address="望川路 18 号，还没有保存", _go="update")
        assert agent.status == 403 and "已经撤回给您的授权" in agent.text, agent.text[:300]
        assert "还没有保存" in agent.text, agent.text[:600]
        tour.keep("powers-2-ended.html", agent.html)
        agent.post("/my/acting/switch", power="")
        assert "您正在代" not in agent.text
        principal.visit(f"/apply/{ITEM}/{tour.case}")
        assert principal.status == 200 and "还没有保存" not in principal.html, principal.text[:300]
        seen.append("拒绝后切换回本人")


def _submits(tour: Tour, principal: Visitor, agent: Visitor, power: str, hers: dict[str, Any]) -> None:
    with tour.step("重新授权后接着办：提交，回执和进度写明由谁代办") as seen:
        agent.visit("/my/acting").post("/my/acting/switch", power=power)
        agent.visit(f"/apply/{ITEM}/{tour.case}").post(tour.case, **_ANSWERS, _go="check")
        assert agent.path.endswith("/check"), f"{agent.status} {agent.path}: {agent.text[:600]}"
        agent.post("/submit")
        assert agent.path == f"/my/cases/{tour.case}", f"{agent.path}: {agent.text[:300]}"
        principal.visit(f"/my/cases/{tour.case}")
        assert f"由{hers['name']}代办" in principal.text, principal.text[:600]
        tour.keep("powers-3-submitted.html", principal.html)
        seen.append("被代办人的“我的办件”里有这件申请")


def _by_program(tour: Tour, agent: Visitor, power: str) -> None:
    with tour.step("接口同样：列出可代办的人，一步切换，答复写明代谁办理") as seen:
        session = agent.json("/api/v1/session")
        assert session["acting"]["power"] == power, session
        listed = agent.json("/api/v1/acting")
        assert [one["power"] for one in listed["powers"]] == [power], listed
        token = {"x-csrf-token": session["csrf"]}
        switched = agent.client.put("/api/v1/acting", json={"power": None}, headers=token).json()
        assert switched["acting"] is None, switched
        mine = agent.json("/api/v1/cases")
        assert tour.case not in [one["id"] for one in mine["cases"]], mine
        seen.append("切换后看不到对方的办件")


def _is_seen(tour: Tour, principal: Visitor, agent: Visitor, power: str) -> None:
    with tour.step("双方都看到代办的每一步，两边一样；对方的读取记录里也有") as seen:
        acts = []
        for who in (principal, agent):
            who.visit(f"/my/acting/{power}")
            assert "提交申请" in who.text, who.text[:800]
            acts.append(who.html.split('id="acts"', 1)[1].split("</ul>", 1)[0])
        assert acts[0] == acts[1], f"{acts[0][:600]} / {acts[1][:600]}"
        tour.keep("powers-4-acts.html", principal.html)
        readings = principal.visit("/my/readings").html.count('class="reads__row"')
        assert readings >= 2, f"{readings} readings: {principal.text[:300]}"
        seen.append(f"代办记录一致，读取记录 {readings} 条")
