"""An agent 经办人 of two firms goes from one to the other in one step, and files for each in its name."""

from __future__ import annotations

import re

from tongban.tour.children import logged_in
from tongban.tour.visitor import Visitor
from tongban.tour.walk import Tour

FILED = "seal_filing"
#: Of the demo people, she who is agent of two firms.
AGENT = "rare_name"
_ANSWERS = {
    "firm_kind": "limited",
    "situation_occasion": "first",
    "seal_kind": "official",
    "quantity": "1",
    "seal_maker": "示范印章刻制社",
    "declaration": "yes",
}


def walk_firms(tour: Tour) -> None:
    """The whole of it; raises TourFailed. What was filed is withdrawn, so that the next tour can file it again."""
    agent = Visitor(tour.base)
    with tour.step("两家单位的经办人登录：一个账户，两份授权") as seen:
        her = next(one for one in tour.world.get("/cast/demo").json() if one["key"] == AGENT)
        logged_in(tour, agent, her["phone"])
        firms = _firms(agent)
        assert len(firms) == 2, f"{firms}: {agent.text[:600]}"
        seen.append("、".join(firms.values()))
    filed = {power: _files(tour, agent, power, name) for power, name in firms.items()}
    _are_apart(tour, agent, filed)


def _firms(agent: Visitor) -> dict[str, str]:
    """The powers by which she acts for firms, and whom each is for."""
    said = agent.json("/api/v1/acting")["powers"]
    return {one["power"]: one["name"] for one in said if one["kind"] == "agent"}


def _files(tour: Tour, agent: Visitor, power: str, name: str) -> str:
    with tour.step(f"一步切换到{name}，以其名义申请公章刻制备案") as seen:
        agent.visit("/my/acting").post("/my/acting/switch", power=power)
        assert f"您正在代 {name}" in agent.text, agent.text[:300]
        agent.visit(f"/apply/{FILED}")
        if begun := [link for link in agent.links if link.startswith("/my/cases/")]:
            agent.visit(begun[0])
        else:
            agent.post(f"/apply/{FILED}")
        case = agent.path.rsplit("/", 1)[-1]
        assert name in agent.html, f"{agent.path}: {agent.text[:300]}"
        agent.post(case, **_ANSWERS, _go="check")
        assert agent.path.endswith("/check"), f"{agent.status} {agent.path}: {agent.text[:600]}"
        agent.post("/submit")
        assert agent.path == f"/my/cases/{case}", f"{agent.path}: {agent.text[:300]}"
        found = re.search(r"\b\d{19}\b", agent.text)
        assert found, agent.text[:300]
        seen.append(f"编码 {found[0]}")
    return case


def _are_apart(tour: Tour, agent: Visitor, filed: dict[str, str]) -> None:
    with tour.step("一家的办件在另一家名下打不开；各自的记录只有各自的") as seen:
        for power, case in filed.items():
            agent.visit("/my/acting").post("/my/acting/switch", power=power)
            assert agent.visit(f"/my/cases/{case}").status == 200, agent.text[:300]
            other = next(one for one in filed.values() if one != case)
            assert agent.visit(f"/my/cases/{other}").status == 404, agent.text[:300]
            agent.visit(f"/my/cases/{case}/withdraw").post("/withdraw")
            agent.visit(f"/my/acting/{power}")
            assert "提交申请" in agent.text, agent.text[:800]
        tour.keep("powers-7-firm-acts.html", agent.html)
        agent.post("/my/acting/switch", power="")
        seen.append("互不相见")
