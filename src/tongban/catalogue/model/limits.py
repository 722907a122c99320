"""An item's limits 时限: what its type, its law and its promise say, as every version of it pins them."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from tongban.kit.i18n import Message, N_counted, Text

#: Where no law sets a limit, who does.
OWN_LIMIT = Text("没有法律规定，由本平台定", "No law sets it; this platform's own")


class Stop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stops the clock by an item type's own law 中止事由: a code that steps keep, and its words."""

    code: str
    name: Text


class Clock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The item's limits 时限: to accept, to the result as promised (both in working days), to the result by law.

    0 is decided on the spot (即办件). ``accept_days``: 行政许可法 art. 32, five where nothing shorter is promised.
    ``statutory_days`` counts in ``statutory_unit``, since some laws count calendar days or months; None where no law
    sets a limit.

    The rest comes from the item type's profile 时限规则 (``profile`` names it), in working days unless another is said:
    ``extension_days`` by which the decision may be put off once, 0 where it may not, in ``extension_unit``, and who
    approves it (行政许可法 art. 42: the head of the organ, or of the government where organs decide jointly);
    ``deemed_from`` the day from which silence counts as acceptance, that of receipt (行政许可法 art. 32) or that on
    which the limit has run out (行政复议法 art. 30); ``issue_days`` to issue and deliver after the decision (art. 44);
    ``first_review_days`` of a lower organ (art. 43); ``basis`` on what each limit stands, by ``acceptance``,
    ``correction``, ``decision``, ``extension``, ``special``, ``issue``, ``first_review``, ``hearing``,
    ``follow_up``.

    ``decision_from`` is the day from which the limit of the decision by law counts: that of acceptance, or of receipt
    of the materials (护照法 art. 6).

    ``correction_days`` is how many working days the applicant has for a correction 补正, and ``uncorrected`` what it
    means that she lets them pass: the application is ended, or counts as given up by law (行政复议法 art. 31).

    ``hearing`` says when a hearing 听证 is owed: ``refusal`` where the applicant must be told of her right to one
    before she is refused (art. 47), ``always`` where the organ holds one of its own accord before any decision
    (art. 46); empty where the organ tells it when the case itself demands it.

    ``follow_up_days`` is within how many working days a secondary material may follow after acceptance 容缺后补 at
    most, 0 where none may; the decision's limits run on meanwhile.

    ``stops`` are what may stop the clock by the item type's own law; none where it is what 行政许可法 art. 45 names.
    """

    accept_days: int
    promise_days: int
    statutory_days: int | None
    statutory_unit: Literal["working", "calendar", "months"] = "working"
    profile: str = "service"
    extension_days: int = 0
    extension_unit: Literal["working", "calendar"] = "working"
    extension_by: Literal["head", "government"] = "head"
    deemed_from: Literal["receipt", "end"] = "receipt"
    decision_from: Literal["accepted", "received"] = "accepted"
    issue_days: int | None = None
    first_review_days: int | None = None
    hearing: Literal["", "refusal", "always"] = ""
    follow_up_days: int = 0
    correction_days: int = 15
    uncorrected: Literal["ended", "given_up"] = "ended"
    basis: dict[str, Text] = {}
    stops: tuple[Stop, ...] = ()

    @property
    def correction_basis(self) -> Text:
        """On what the days of a correction stand."""
        return self.basis.get("correction", OWN_LIMIT)

    @property
    def law_may_end_first(self) -> bool:
        """Whether the law counts otherwise than the promise, from receipt, in calendar days or in months, so that its
        limit may be over before the promised days are; the promise ends with it then."""
        otherwise = self.statutory_unit != "working" or self.decision_from == "received"
        return self.statutory_days is not None and otherwise

    @property
    def by_law(self) -> Message | None:
        """The statutory limit in words; None where no law sets one, or it is done on the spot."""
        if not self.statutory_days:
            return None
        if self.statutory_unit == "working":
            return N_counted("法定 {n} 个工作日", self.statutory_days)
        if self.statutory_unit == "calendar":
            return N_counted("法定 {n} 日", self.statutory_days)
        return N_counted("法定 {n} 个月", self.statutory_days)


class ClockProfile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A clock profile 时限规则 of ``clock_profiles.yaml``: what the limits of items of its ``kinds`` have alike.

    ``*`` among them is any kind; ``mark`` says how sure it is.
    """

    key: str
    name: Text
    kinds: tuple[str, ...]
    extension_days: int = 0
    extension_unit: Literal["working", "calendar"] = "working"
    extension_by: Literal["head", "government"] = "head"
    deemed_from: Literal["receipt", "end"] = "receipt"
    decision_from: Literal["accepted", "received"] = "accepted"
    issue_days: int | None = None
    first_review_days: int | None = None
    hearing: Literal["", "refusal", "always"] = ""
    follow_up_days: int = 0
    correction_days: int = 15
    uncorrected: Literal["ended", "given_up"] = "ended"
    stops: tuple[Stop, ...] = ()
    basis: dict[str, Text]
    mark: Literal["real", "realistic", "synthetic"]

    def put_into(self, own: dict[str, Any]) -> dict[str, Any]:
        """An item's own limits with what the profile adds; what the item says itself goes first, of each basis too."""
        told: dict[str, Any] = {
            "profile": self.key,
            "extension_days": self.extension_days,
            "extension_unit": self.extension_unit,
            "extension_by": self.extension_by,
            "deemed_from": self.deemed_from,
            "decision_from": self.decision_from,
            "issue_days": self.issue_days,
            "first_review_days": self.first_review_days,
            "hearing": self.hearing,
            "follow_up_days": self.follow_up_days,
            "correction_days": self.correction_days,
            "uncorrected": self.uncorrected,
        } | ({"stops": msgspec.to_builtins(self.stops)} if self.stops else {})
        basis = {**msgspec.to_builtins(self.basis), **own.get("basis", {})}
        return {**told, **own, "basis": basis}
