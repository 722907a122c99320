"""A face compared with the ID card's picture 人脸核验: one way to L3, never alone, never the only one. Pure rules."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from tongban.identity.model.ages import age
from tongban.identity.model.people import Person
from tongban.kit import papers
from tongban.kit.errors import Conflict, Invalid, NotFound
from tongban.kit.i18n import N_, Message
from tongban.kit.policy import ANYBODY, Relation, Role, Rule

RULES = (
    Rule("identity.face", Role.RESIDENT, Relation.ANY),
    # The provider's own call: known by its signature, not by a session.
    *(Rule("identity.face_notice", role, Relation.ANY) for role in ANYBODY),
)

#: How a session must have been opened: by two factors that are no face. A phone that scans a code proves one only.
#: After a recovery the two are one, the phone: until a card or a window has proved more, no face is taken beside them.
PROVEN_BY = frozenset({"password", "passkey", "enrol"})
#: Under this age the guardian decides (PIPL art. 31), and nobody is asked for a face here.
LEAST_AGE = 14
#: What the scores must reach; the provider's own verdict alone is not enough.
ALIVE, ALIKE = 0.9, 0.8
PASSED, NOT_DONE, NO_PICTURE, EXPIRED = "0", "60000", "60001", "60015"
#: What each code means and what to do; every sentence ends in another way.
CODES: dict[str, Message] = {
    NO_PICTURE: N_("没有您这种证件的照片可供比对。请带证件到任一窗口当面核验。"),
    "60012": N_("没有通过活体检测。请本人在光线充足处正对镜头再试一次，或到窗口当面核验。"),
    "60013": N_("与证件照片不够相似，可能是光线、遮挡或容貌变化。可以再试一次，或到窗口当面核验。"),
    "60014": N_("您取消了人脸核验，实名等级没有变化。可以重新开始，或改用别的办法。"),
    EXPIRED: N_("十分钟内没有完成，这次核验已结束。可以重新开始，或到窗口当面核验。"),
}
OTHERWISE = N_("人脸核验没有通过，实名等级没有变化。可以再试一次，或到窗口当面核验。")


class FaceCheck(msgspec.Struct, frozen=True):
    """A question to the provider, begun in one session of one person. ``token`` and ``address`` are the provider's
    page; ``told_at`` when the provider said that it has a result."""

    id: UUID
    account: UUID
    session: bytes
    state: Literal["open", "passed", "failed"]
    token: str
    address: str
    code: str
    until: datetime
    told_at: datetime | None

    @property
    def words(self) -> Message:
        """What came of it."""
        return CODES.get(self.code, OTHERWISE)


class FaceResult(msgspec.Struct, frozen=True):
    """What the provider says: its code, its own number, liveness and similarity from 0 to 1."""

    code: str
    serial: str
    liveness: float
    similarity: float

    def verdict(self) -> str:
        """The code that counts: a pass whose scores are too low is none."""
        if self.code != PASSED:
            return self.code
        if not self.serial or self.liveness < ALIVE:
            return "60012"
        return PASSED if self.similarity >= ALIKE else "60013"


def must_be_askable(person: Person, *, today: date) -> None:
    """Raise FaceInvalid for whom no face is asked: under 14, or with a paper of which there is no picture."""
    if person.birth is not None and age(person.birth, today) < LEAST_AGE:
        raise FaceInvalid(N_("未满 14 周岁不做人脸核验，请由监护人陪同到窗口当面核验。"))
    if person.paper_kind != papers.CITIZEN:
        raise FaceInvalid(CODES[NO_PICTURE])


class FaceInvalid(Invalid):
    """No consent, or nobody whose face may be asked for; ``field`` is where it stands."""

    def __init__(self, words: Message, field: str | None = None) -> None:
        super().__init__("face-invalid", words, fields={field: words} if field else {})


class FaceSaysNo(Invalid):
    """The provider's result does not raise the level."""

    def __init__(self, code: str) -> None:
        super().__init__("face-says-no", CODES.get(code, OTHERWISE))
        self.verdict = code


class FaceNotDone(Conflict):
    """Nothing has been decided yet."""

    def __init__(self) -> None:
        super().__init__("face-not-done", N_("核验服务还没有结果。请先在手机上完成，再点“查看结果”。"))


class FaceElsewhere(Conflict):
    """It was begun in another session, or its consent was withdrawn: nobody's level rises by it."""

    def __init__(self) -> None:
        super().__init__(
            "face-elsewhere",
            N_(
                "这次人脸核验不是在现在的登录中开始的，或者同意已经撤回，不能使用。请重新开始，或到窗口当面核验。"
            ),
        )


class FaceAlone(Conflict):
    """The session was not opened by two factors beside the face."""

    def __init__(self) -> None:
        super().__init__(
            "face-alone",
            N_(
                "人脸不能单独证明身份。您这次是扫码等方式登录的：请退出，用密码和短信验证码或通行密钥登录后再来，"
                "或到窗口当面核验。"
            ),
        )


class FaceAfterRecovery(Conflict):
    """Password and SMS code were both won back by one phone: with that phone alone a face would prove L3."""

    def __init__(self) -> None:
        super().__init__(
            "face-after-recovery",
            N_(
                "账户找回之后，密码和短信验证码凭的是同一部手机，不能再加人脸升到 L3。"
                "请先用银行卡或社保卡核验，之后可以做人脸核验；也可以带证件到窗口当面核验。"
            ),
        )


class FaceUnknown(NotFound):
    """No check of this id, or somebody else's."""

    def __init__(self) -> None:
        super().__init__("face-unknown", N_("没有找到这次人脸核验。请从“实名等级”重新开始。"))


class NoticeRefused(Invalid):
    """A notice that is not the provider's, is old, or is about nothing of ours."""

    def __init__(self) -> None:
        super().__init__("face-notice-refused", N_("通知的签名不对、已过期或不是本系统的核验。"))
