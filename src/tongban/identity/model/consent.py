"""Consents 同意 (PIPL art. 14–17, 29, 31): what each is for, its words by version, what its withdrawal ends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from tongban.kit.errors import NotFound
from tongban.kit.i18n import N_, Text
from tongban.kit.policy import Relation, Role, Rule

#: How a consent was given: on a page, at a window with a receipt, on paper.
Way = Literal["portal", "desk", "paper"]

RULES = (
    *(
        Rule(action, Role.RESIDENT, Relation.OWN, phone_only=action != "identity.give_consent")
        for action in ("identity.consents", "identity.give_consent", "identity.withdraw_consent")
    ),
    Rule("identity.consents", Role.RESIDENT, Relation.DELEGATED, guardian=True, whole=True),
)


class ConsentPurpose(msgspec.Struct, frozen=True):
    """What a consent is asked for 处理目的. ``words`` by version, the newest last; older ones stay here. ``basis``
    is the law as its row keeps it, ``law`` as its reader sees it.

    ``asked_on`` is the page on which it is given where that is not the list of consents: beside what needs it.
    ``separate``: it is asked for by itself because the data are sensitive 单独同意 (art. 29). ``ends`` is what its
    withdrawal ends, ``stays`` what goes on all the same and by which law.
    """

    code: str
    name: Text
    words: Mapping[str, Text]
    fields: tuple[str, ...]
    basis: str
    law: Text
    separate: bool
    ends: Text
    stays: Text
    asked_on: str = ""

    @property
    def version(self) -> str:
        """The version of the words that are shown now."""
        return tuple(self.words)[-1]


ENROLMENT = ConsentPurpose(
    "enrolment",
    Text("注册时核验身份", "Identity check at registration"),
    {
        "2026-01": Text(
            "我同意为核验身份，将姓名、证件号码和手机号与人口库比对。",
            "I agree that my name, ID number and phone number are compared with the population register "
            "to check who I am.",
        )
    },
    ("population.name", "population.phone", "population.status"),
    "个人信息保护法第十三条第一款第一项、第二十九条",
    Text("个人信息保护法第十三条第一款第一项、第二十九条", "PIPL art. 13(1)(1) and art. 29"),
    True,
    Text(
        "不再凭这项同意与人口库比对您的姓名、证件号码和手机号。",
        "Your name, ID number and phone are no longer compared with the population register on the strength of this "
        "consent.",
    ),
    Text(
        "撤回前的核验仍然有效（个人信息保护法第十五条）。账户的实名信息依网络安全法第二十四条保存；办件中查询登记信息依法定职责进行，"
        "不受影响。不再需要账户的，可以注销。",
        "The check that was made stays lawful (PIPL art. 15). The account keeps its real name by the Cybersecurity Law "
        "art. 24; registers that a case needs are read by statutory duty and not affected. Close the account if you no "
        "longer need it.",
    ),
)

FACE = ConsentPurpose(
    "face",
    Text("人脸核验", "Face check"),
    {
        "2026-11": Text(
            "我单独同意：为确认办理人是我本人，把我的姓名和身份号码交给人脸核验服务机构，由其采集我的人脸，与公安机关保存的证件照片比对。"
            "本系统只保存是否通过和核验编号，不保存人脸图像和比对分数；服务机构比对后即删除图像。",
            "I agree separately: to confirm that it is I, my name and ID number are given to the face check's "
            "provider, which takes my face and compares it with the ID picture that the police hold. This system keeps "
            "only whether it passed and the number of the check, no picture and no score; the provider deletes the "
            "picture once it has compared.",
        )
    },
    ("population.photo_ref", "face.result"),
    "个人信息保护法第十三条第一款第一项、第二十六条、第二十九条",
    Text("个人信息保护法第十三条第一款第一项、第二十九条", "PIPL art. 13(1)(1) and art. 29"),
    True,
    Text(
        "不再做人脸核验；还没有完成的核验不能再用来提升等级。",
        "No face checks are made any more; one that is not finished no longer raises your level.",
    ),
    Text(
        "已经通过的核验记录仍然有效，可以在“实名等级”里另行撤回。不做人脸核验，照样可以到窗口当面核验，能办的事一样多。",
        "A check that passed still stands; you can withdraw it under Real-name level. Without face checks you can be "
        "seen at a window instead and do everything all the same.",
    ),
)

#: A guardian's, for a child under fourteen: ``item`` is the power by which she acts for it, and which it carries.
GUARDIANSHIP = ConsentPurpose(
    "guardianship",
    Text("处理未满 14 周岁孩子的信息", "Handling the data of a child under 14"),
    {
        "2026-11": Text(
            "我是孩子的父母或者其他监护人。我单独同意本平台处理孩子的姓名、公民身份号码、亲子关系，"
            "以及我为孩子办事时填写和调取的信息，仅用于为孩子开户和办理我选定的事项；"
            "本平台不作他用，不向无关的人展示。我可以随时查看、更正，或者到窗口撤回同意。",
            "I am a parent or another guardian of the child. I separately agree that this platform handles the child's "
            "name, ID number and parentage, and what I fill in or call up when I act for the child, only to open the "
            "child's account and to handle the items that I choose. It is used for nothing else and shown to nobody "
            "who is not concerned. I may look at it and have it corrected at any time, and withdraw this consent at a "
            "window.",
        ),
        "2026-12": Text(
            "我是孩子的父母或者其他监护人。我单独同意本平台处理孩子的姓名、公民身份号码、亲子关系，"
            "以及我为孩子办事时填写和调取的信息，仅用于为孩子开户和办理我选定的事项；"
            "本平台不作他用，不向无关的人展示。我可以随时查看、更正，在“我的同意”里撤回；撤回后，我为孩子的代办立即结束。",
            "I am a parent or another guardian of the child. I separately agree that this platform handles the child's "
            "name, ID number and parentage, and what I fill in or call up when I act for the child, only to open the "
            "child's account and to handle the items that I choose. It is used for nothing else and shown to nobody "
            "who is not concerned. I may look at it and have it corrected at any time, and withdraw this consent under "
            "My consents; I then no longer act for the child here, from that moment on.",
        ),
    },
    ("kinship.parents", "population.name", "population.id_number"),
    "个人信息保护法第二十八条、第三十一条；民法典第三十四条",
    Text(
        "个人信息保护法第二十八条、第三十一条；民法典第三十四条",
        "PIPL art. 28 and art. 31; Civil Code art. 34",
    ),
    True,
    Text(
        "您在这里为孩子的代办立即结束，打开着的表单也不能再提交。您仍是孩子的监护人；再次核对并同意后，可以重新为孩子办理。",
        "You no longer act for the child here, from that moment on, also not with a form that stands open. You remain "
        "the child's guardian; after another check and consent you can act for the child again.",
    ),
    Text(
        "草稿仍是孩子的，已经提交的申请由部门依法定职责继续办理；另一位监护人的同意和代办不受影响。撤回前的处理仍然有效"
        "（个人信息保护法第十五条）。",
        "Drafts stay the child's, and what was submitted goes on by the departments' statutory duty; the consent and "
        "the power of another guardian are not affected. What was done before stays lawful (PIPL art. 15).",
    ),
    asked_on="/my/acting/child",
)

PURPOSES: Mapping[str, ConsentPurpose] = {one.code: one for one in (ENROLMENT, FACE, GUARDIANSHIP)}


class Consent(msgspec.Struct, frozen=True):
    """A consent as its row has it; ``given_by`` the guardian who gave it for a child.

    Before the guardian's eyes ``child`` is the child's name; of one's own it is empty.
    """

    id: UUID
    subject: UUID
    purpose: str
    item: str
    fields: tuple[str, ...]
    basis: str
    version: str
    separate: bool
    way: Way
    given_by: UUID | None
    given_at: datetime
    withdrawn_at: datetime | None = None
    child: str = ""

    @property
    def about(self) -> ConsentPurpose | None:
        """What it is for; None for a purpose that this version of the house does not know any more."""
        return PURPOSES.get(self.purpose)

    @property
    def words(self) -> Text | None:
        """The words that were agreed to."""
        return self.about.words.get(self.version) if self.about else None


class NoSuchPurpose(NotFound):
    """There is no consent of this purpose."""

    def __init__(self) -> None:
        super().__init__("consent-unknown", N_("没有这项同意。请从“我的同意”进入。"))
