"""Accounts that are known by a phone alone 仅手机账户 (L0): what is typed, and what is told. Pure rules."""

from __future__ import annotations

from tongban.identity.model.refusals import TypedInvalid
from tongban.identity.model.typed import cleaned_phone, password_fault, phone_fault
from tongban.kit.errors import Conflict, Words
from tongban.kit.i18n import N_


class PhoneHasAccount(Conflict):
    """The phone opens an account of a person already: told only to somebody who has just proved that she has it."""

    def __init__(self) -> None:
        super().__init__(
            "phone-has-account",
            N_("这个手机号已经登记在一个账户上，不用再开户。请直接登录；忘记密码的，点“找回账号”。"),
        )


class PhoneOnlyOver(Conflict):
    """The account is one of a phone alone no more: it was raised in another window, or has ended."""

    def __init__(self) -> None:
        super().__init__(
            "phone-only-over",
            N_("这个账户已经实名，或者已经停用。请重新登录，再看“我的账户”。"),
        )


def phone_typed(phone: str, password: str) -> str:
    """The phone that an account is to be opened with, cleaned; raises TypedInvalid with a sentence for each field."""
    clean = cleaned_phone(phone)
    faults: dict[str, Words] = {}
    if words := phone_fault(clean):
        faults["phone"] = words
    if words := password_fault(password, own=(clean,) if clean else ()):
        faults["password"] = words
    if faults:
        raise TypedInvalid(faults)
    return clean
