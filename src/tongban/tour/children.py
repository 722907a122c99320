"""A mother files for her child: the family register answers, the ages of the law hold, the case is the child's own."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from tongban.demo import PASSWORD
from tongban.tour.visitor import Visitor
from tongban.tour.walk import Tour

#: Open to minors; and one that is not.
CHILDS = "social_card"
GROWN_UPS = "clean_record"
#: Of the demo people, she who has a child under fourteen.
MOTHER = "work"
_ANSWERS = {
    "employment_state": "student",
    "situation_card_kind": "first",
    "bank": "示范银行",
    "collection": "courier",
    "declaration": "yes",
}


def walk_child(tour: Tour) -> None:
    """The whole of it; raises TourFailed. What was filed is withdrawn, so that the next tour can file it again."""
    mother = Visitor(tour.base)
    with tour.step("母亲登录（密码＋短信）") as seen:
        her = next(one for one in tour.world.get("/cast/demo").json() if one["key"] == MOTHER)
        child = next(
            one
            for one in tour.world.get("/cast/children").json()
            if one["parent_id_number"] == her["id_number"]
        )
        logged_in(tour, mother, her["phone"])
        seen.append(her["name"])
    power = _claims(tour, mother, child)
    _is_too_young(tour, mother, power)
    _files(tour, mother)
    _is_seen(tour, mother, power)


def logged_in(tour: Tour, page: Visitor, phone: str) -> None:
    """A demo person at this browser, on the page of whom she acts for."""
    after = tour.newest(phone)
    page.visit("/login?next=/my/acting")
    page.post("/login", account=phone, password=PASSWORD)
    tour.type_code(page, phone, after)
    assert page.path == "/my/acting", f"{page.path}: {page.text[:300]}"


def _claims(tour: Tour, mother: Visitor, child: dict[str, Any]) -> str:
    with tour.step("添加孩子：未满 14 周岁须单独同意；公安亲属关系库核对；再说一次仍是同一份") as seen:
        form = "/my/acting/child"
        named = {"name": child["name"], "id_number": child["id_number"]}
        mother.visit(form).post(form, **named)
        assert mother.status == 422 and "未满 14 周岁，需要您单独同意" in mother.text, mother.text[:600]
        assert child["name"] in mother.html, "what was typed stays"
        powers = []
        for _ in range(2):
            mother.visit(form).post(form, **named, consent="yes")
            powers.append(mother.path.rsplit("/", 1)[-1])
        assert powers[0] == powers[1] and "亲子关系" in mother.text, f"{powers}: {mother.text[:600]}"
        seen.append(f"拒绝一次，核对上 {child['name']}")
    return powers[0]


def _is_too_young(tour: Tour, mother: Visitor, power: str) -> None:
    with tour.step("切换为孩子办理：只限成年人的事项先说明，不让白填") as seen:
        mother.visit("/my/acting").post("/my/acting/switch", power=power)
        assert "您正在代" in mother.text and "监护人" in mother.text, mother.text[:300]
        mother.visit(f"/apply/{GROWN_UPS}")
        assert "未满 18 周岁" in mother.text, mother.text[:600]
        seen.append("未满 18 周岁")


def _files(tour: Tour, mother: Visitor) -> None:
    with tour.step("为孩子申领社保卡：拍照上传，提交") as seen:
        mother.visit(f"/apply/{CHILDS}")
        begun = [link for link in mother.links if link.startswith("/my/cases/")]
        if begun and mother.visit(begun[0]).path == begun[0]:
            # A tour that was broken off had submitted: she takes it back and begins anew. A draft she goes on with.
            mother.visit(f"{begun[0]}/withdraw").post("/withdraw")
            mother.visit(f"/apply/{CHILDS}")
            begun = []
        if not begun:
            mother.post(f"/apply/{CHILDS}")
        tour.case = mother.path.rsplit("/", 1)[-1]
        field = "file_photo"
        mother.send(
            tour.case, field, "photo.jpg", _portrait(), "image/jpeg", **_ANSWERS, _go=f"upload:{field}"
        )
        mother.post(tour.case, **_ANSWERS, _go="check")
        assert mother.path.endswith("/check"), f"{mother.status} {mother.path}: {mother.text[:600]}"
        mother.post("/submit")
        assert mother.path == f"/my/cases/{tour.case}", f"{mother.path}: {mother.text[:300]}"
        assert "代办" in mother.text, mother.text[:600]
        tour.keep("powers-5-child.html", mother.html)
        seen.append(f"办件 {tour.case[:8]}…")


def _is_seen(tour: Tour, mother: Visitor, power: str) -> None:
    with tour.step("换回本人：孩子的办件不在她名下；代为撤回，授权页记着每一步") as seen:
        mother.visit(f"/my/cases/{tour.case}/withdraw").post("/withdraw")
        mother.post("/my/acting/switch", power="")
        assert mother.visit(f"/my/cases/{tour.case}").status == 404, mother.text[:300]
        mother.visit(f"/my/acting/{power}")
        for act in ("提交申请", "撤回申请"):
            assert act in mother.text, mother.text[:800]
        tour.keep("powers-6-child-acts.html", mother.html)
        seen.append("提交、撤回都在记录里")


def _portrait() -> bytes:
    """A picture of nobody, as large as a card's photograph."""
    held = io.BytesIO()
    Image.new("RGB", (358, 441), "white").save(held, "JPEG")
    return held.getvalue()
