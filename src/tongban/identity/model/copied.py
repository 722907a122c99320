"""What this room's codes are called in a person's copy of her data (PIPL art. 45); what pages say, they say alike."""

from __future__ import annotations

from tongban.identity.model.consent import PURPOSES
from tongban.identity.model.levels import WAY_WORDS, Way
from tongban.identity.model.powers import BASES, STATES, STATES_TO_AGENT, basis_words
from tongban.kit import papers
from tongban.kit.acting import ERRANDS, KINDS
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Text
from tongban.kit.personal import Spoken

_PAPERS = {code: kind.name for code, kind in papers.PAPER_KINDS.items()}
_WINDOW = Text("窗口核验", "Checked at a window")


def _country(code: str) -> Words | str:
    return papers.country_named(code) or code


def _basis(basis: str) -> Words | str:
    return BASES.get(basis) or basis_words(basis)


def _yuan(fen: str) -> Words:
    return N_("{amount} 元", amount=f"{int(fen) / 100:,.2f}")


_SCOPES = {
    "openid": Text("登录", "Log-in"),
    "profile": Text("姓名和实名等级", "Name and real-name level"),
    "staff": Text("工作人员身份", "Office held"),
}


def _scope(scope: str) -> str:
    return str(N_("、")).join(str(_SCOPES[one]) for one in scope.split() if one in _SCOPES)


WORDS: dict[str, Spoken] = {
    "paper_kind": _PAPERS,
    "paper_country": _country,
    "level": "L{}".format,
    "kind": KINDS,
    "errands": ERRANDS,
    "most": _yuan,
    "powers_given.state": STATES,
    "powers_given.basis": _basis,
    "powers_held.state": STATES_TO_AGENT,
    "powers_held.basis": _basis,
    "represents.basis": _basis,
    "residence.residence_permit_state": {
        "none": Text("没有", "You have none"),
        "valid": N_("有效"),
        "ended": N_("已失效"),
    },
    "former.source": {"population": WAY_WORDS[Way.REGISTER]},
    "merged.proof": {
        "codes": Text("两个手机的验证码", "Codes to both phones"),
        "window": _WINDOW,
    },
    "paper_disputes.state": {
        "open": Text("等待核实", "Waits to be settled"),
        "same": Text("同一人", "The same person"),
        "two": Text("不是同一人", "Two persons"),
    },
    "codes.act": {
        "log_in": Text("登录", "Log-in"),
        "enrol": Text("注册", "Registration"),
        "recover": Text("找回账户", "Recovery of the account"),
        "recover_own": Text("找回账户", "Recovery of the account"),
        "window": Text("窗口办理", "At a window"),
        "phone_old": Text("更换手机号（原号码）", "Change of phone (the old one)"),
        "phone_new": Text("更换手机号（新号码）", "Change of phone (the new one)"),
        "merge": Text("合并账户", "Merge of accounts"),
    },
    "qr_log_ins.answer": {
        "confirmed": Text("您确认了", "You confirmed"),
        "refused": Text("您拒绝了", "You refused"),
    },
    "face_checks.state": {
        "open": Text("没有完成", "Not finished"),
        "passed": Text("通过", "Passed"),
        "failed": Text("没有通过", "Not passed"),
    },
    "child_claims.state": {
        "waiting": Text("等待核对", "Waits"),
        "confirmed": Text("已核对", "Confirmed"),
    },
    "firms_asked.state": {
        "waiting": Text("等待核对", "Waits"),
        "bound": Text("已绑定", "Bound"),
        "refused": Text("没有核对上", "Not confirmed"),
        "lapsed": Text("已过期", "Ran out of time"),
    },
    "level_checks.way": WAY_WORDS,
    "level_checks.seen": _PAPERS,
    "consent.purpose": {code: one.name for code, one in PURPOSES.items()},
    "consent.way": {"portal": N_("网上"), "desk": N_("窗口"), "paper": N_("书面")},
    "scopes": _SCOPES,
    "scope": _scope,
}
