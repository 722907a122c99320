"""What the cases room refuses, each with its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tongban.kit.errors import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed, TooMany, Words
from tongban.kit.i18n import N_, Message, Text


class MovedOn(Conflict):
    """Somebody else changed the case between reading and writing."""

    def __init__(self) -> None:
        super().__init__("case-moved-on", N_("该办件刚刚有了变化，请查看最新内容后再操作。"))


class DraftChanged(PreconditionFailed):
    """The draft has another version than the one that the caller has read; nothing was overwritten."""

    def __init__(self) -> None:
        super().__init__(
            "draft-changed", N_("这份草稿已在别处修改，没有覆盖。请重新读取答案和 ETag，合并后再保存。")
        )


class NoSuchCase(NotFound):
    """There is no such case, or it is not this actor's to see: the two must look alike."""

    def __init__(self) -> None:
        super().__init__(
            "no-such-case",
            N_("没有找到这个办件。请从办件列表重新进入；代别人办的，先在“代办与授权”里切换到对方。"),
        )


class AnswersInvalid(Invalid):
    """Fields of the form do not hold; each has its own sentence."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("answers-invalid", N_("有内容需要更正，请按提示修改后再继续。"), fields=fields)


def too_long(label: Message, length: int, most: int) -> Message:
    """What is said of a text that is too long: what its field is called, how long it is, how long it may be."""
    return N_("“{label}”有 {length} 个字，最多 {most} 个字，请删减。", label=label, length=length, most=most)


class ReasonMissing(Invalid):
    """A refusal without a reason is none (行政许可法 art. 38); ``label`` is what its field is called otherwise."""

    def __init__(self, label: Message | None = None) -> None:
        words = (
            N_("请写明理由（至少 10 个字），申请人会看到。")
            if label is None
            else N_("请填写“{label}”，至少 10 个字。", label=label)
        )
        super().__init__("reason-missing", words, fields={"reason": words})


class ReasonTooLong(Invalid):
    """A reason is kept and read whole or not at all: its end may be what matters."""

    def __init__(self, label: Message, length: int, most: int) -> None:
        words = too_long(label, length, most)
        super().__init__("reason-too-long", words, fields={"reason": words})


class AuthorityTooLong(Invalid):
    """Whom to ask instead is a name and where to find it, not an essay; ``fields`` are all faults of the form."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        words = N_("应当申请的机关不能超过 200 个字，请只写名称和地址、电话。")
        super().__init__("authority-too-long", words, fields=fields)


class CodeNotMatching(Invalid):
    """Code and last four do not belong together; which of the two is wrong is nobody's to learn."""

    def __init__(self) -> None:
        words = N_("受理编码和证件号码后四位对不上。请对照文书核对后再试；还是不行，请拨打热线。")
        super().__init__("code-not-matching", words, fields={"last_four": words})


class CodeMistyped(Invalid):
    """What was typed cannot be a code, or not the end of an ID number: a typing error, told at once."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("code-mistyped", N_("请按提示更正后再查。"), fields=fields)


class CheckingTooFast(TooMany):
    """Too many questions from one address, or about one code."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "checking-too-fast",
            N_("查询过于频繁，请在 {seconds} 秒后再试。", seconds=seconds),
            retry_after=seconds,
        )


class VisitIncomplete(Invalid):
    """A visit in person is recorded with its reason and its place."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("visit-incomplete", N_("请补全到现场的登记内容。"), fields=fields)


class SpecialIncomplete(Invalid):
    """A special procedure is begun with its kind and the working days that it needs."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("special-incomplete", N_("请补全特别程序的内容。"), fields=fields)


class SpecialRuns(Conflict):
    """A special procedure is under way already: a second one is not announced beside it."""

    def __init__(self, name: Text, until: date) -> None:
        super().__init__(
            "special-runs",
            N_(
                "这个办件已经启动了“{name}”，期限已停止计算，告知申请人的时间到 {day} 为止。"
                "没有再次启动，也没有再发告知书；请重新打开该办件，查看最新进展。",
                name=name,
                day=until.isoformat(),
            ),
        )


class CorrectionGivenUp(Conflict):
    """The days for a correction have passed, and its law counts the application as given up (行政复议法 art. 31).

    ``until`` was the last day, ``basis`` is that law. Only a reconsideration knows this; elsewhere a late correction is
    taken while the case stands.
    """

    def __init__(self, until: date, basis: Text) -> None:
        super().__init__(
            "correction-given-up",
            N_(
                "补正最晚 {day} 提交，现在已经过了，依照{basis}，视为放弃这次申请，补正没有提交。您填写的内容没有丢失，"
                "可以先复制下来。申请复议的六十日还没有过的，这次申请终止后可以从原来的办件或者证照重新申请。",
                day=f"{until:%Y-%m-%d}",
                basis=basis,
            ),
        )


class ApprovalIncomplete(Invalid):
    """An extension that the government approves is noted with who of it approved, the document's number and day."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("approval-incomplete", N_("请补全本级人民政府负责人的批准。"), fields=fields)


class NoExtension(Conflict):
    """The law of this item's type knows no extension."""

    def __init__(self) -> None:
        super().__init__(
            "no-extension", N_("这类事项的办理期限不能延长。请在期限内作出决定，或者依法启动特别程序。")
        )


class ExtendedAlready(Conflict):
    """A limit is extended once (行政许可法 art. 42)."""

    def __init__(self) -> None:
        super().__init__(
            "extended-already", N_("这个办件已经延长过一次，不能再次延长。请在延长后的期限内作出决定。")
        )


class ExtensionTooLate(Conflict):
    """What has run out cannot be put off any more."""

    def __init__(self) -> None:
        super().__init__("extension-too-late", N_("法定期限已过，不能再延长。请尽快作出决定。"))


class RectifyTooLate(Conflict):
    """An acceptance cannot be taken back when by law the case counts as accepted anyway."""

    def __init__(self) -> None:
        super().__init__(
            "rectify-too-late",
            N_("受理期限已过，依法视为已受理，不能改回待受理。请作出决定，或者终止办理。"),
        )


class AppliedAnew(Conflict):
    """The applicant has another living case for the item: two cannot go on side by side."""

    def __init__(self) -> None:
        super().__init__(
            "applied-anew",
            N_("申请人已经就同一事项重新申请，原办件不能恢复。请在新的办件里办理，并向申请人说明。"),
        )


class GroundNotChosen(Invalid):
    """A termination needs one of the grounds; ``fields`` are all faults of the form."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("ground-not-chosen", N_("请选择终止办理的事由。"), fields=fields)


class NoSuccessor(Invalid):
    """An office goes over to another department than the one that had it."""

    def __init__(self) -> None:
        super().__init__("no-successor", N_("承接的部门应当是另一个部门。"))


class FavourNotChosen(Invalid):
    """A proposal says whether it is for or against the application; ``fields`` are all faults of the form."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("favour-not-chosen", N_("请选择审查意见：拟准予，或者拟不予。"), fields=fields)


class DeliveryIncomplete(Invalid):
    """A delivery is noted with its way and who took it."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__("delivery-incomplete", N_("请补全送达的登记内容。"), fields=fields)


class NoSuchRecord(Conflict):
    """No record of supervision that waits for this officer's answer."""

    def __init__(self) -> None:
        super().__init__("no-such-record", N_("没有这条待说明的监察记录，可能已经有人答复。请刷新列表。"))


class RuleNotMet(Invalid):
    """An approval against the rule's finding is not possible at the desk."""

    def __init__(self) -> None:
        super().__init__(
            "rule-not-met", N_("申领条件核对结果为不满足，不能准予。请重新核对数据，或作出不予办理的决定。")
        )


class PaperNotTaken(Conflict):
    """The item is for people with another paper; ``words`` say where to go instead (``ItemVersion.not_taken``)."""

    def __init__(self, words: Words) -> None:
        super().__init__("paper-not-taken", words)


class HelpedHerself(Forbidden):
    """Who helped the applicant with it at a window neither takes the case up nor decides it (回避)."""

    def __init__(self) -> None:
        super().__init__(
            "helped-herself",
            N_("这件申请是您在窗口帮办的，不能由您受理或者决定。请转给同部门的其他工作人员。"),
        )


class NoSuchMove(NotFound):
    """The address names a move that no case knows."""

    def __init__(self) -> None:
        super().__init__("no-such-move", N_("没有这项操作。请从工作台重新进入。"))


class AlreadyHeld(Conflict):
    """The licence that this item gives stands in the applicant's library already."""

    def __init__(self) -> None:
        super().__init__(
            "licence-already-held",
            N_(
                "您名下已有这种证照，不必再次申领。请在“我的证照”查看它的状态；遗失补领请到社区事务受理服务中心办理。"
            ),
        )
