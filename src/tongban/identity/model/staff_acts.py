"""What the ledger says of staff, in words 账本里的动作. Pure."""

from __future__ import annotations

from tongban.kit.i18n import N_, Message

ACTS: dict[str, Message] = {
    "identity.staff_propose": N_("开立账户并申请权限"),
    "identity.staff_ask": N_("申请变动"),
    "identity.staff_grant": N_("授权"),
    "identity.staff_refuse": N_("不同意变动"),
    "identity.staff_return": N_("派驻到期，回到原岗"),
    "identity.staff_confirm": N_("复核权限"),
    "identity.staff_lock": N_("锁定账户"),
    "identity.staff_unlock": N_("解除锁定"),
    "identity.staff_leave": N_("办理离职"),
    "identity.staff_invite": N_("发送启用短信"),
    "identity.staff_take_up": N_("本人启用账户"),
    "identity.staff_fail_code": N_("启用码输错"),
    "identity.staff_locked_out": N_("登录因连续输错被锁定"),
    "identity.staff_tell_lock": N_("通知安全管理员登录被锁定"),
    "identity.staff_export": N_("导出账本"),
    "identity.post_to": N_("由控制台设定职责"),
    "identity.reset_totp": N_("停用动态口令"),
    "identity.log_in": N_("登录"),
    "identity.log_out": N_("退出"),
    "identity.enable_totp": N_("启用动态口令"),
    "identity.replace_totp": N_("更换动态口令"),
    "identity.remove_totp": N_("停用自己的动态口令"),
}
