"""Who listens to what the rooms announce, and what the worker repeats: the single table of both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Protocol

import msgspec

from tongban.audit import jobs as audit_jobs
from tongban.bundles import jobs as bundles_jobs
from tongban.cases import jobs as cases_jobs
from tongban.catalogue import jobs as catalogue_jobs
from tongban.exchange import jobs as exchange_jobs
from tongban.identity import jobs as identity_jobs
from tongban.kit import files
from tongban.kit.db import Database
from tongban.kit.outbox import Event
from tongban.licences import jobs as licences_jobs
from tongban.notices import jobs as notices_jobs
from tongban.portal import jobs as portal_jobs
from tongban.reform import jobs as reform_jobs


class Handler(Protocol):
    """What an event is handed to: a function of a room's ``jobs.py`` that calls an action."""

    async def __call__(self, db: Database, event: Event, *, now: datetime) -> None: ...


def handler_name(handler: Handler) -> str:
    """How the mark of a handler's effect names it: stable as long as the function keeps its place."""
    return f"{handler.__module__.removeprefix('tongban.')}.{handler.__qualname__}"  # type: ignore[attr-defined]


_DECIDED: tuple[Handler, ...] = (cases_jobs.note_ended, reform_jobs.add_pace)
#: Event → who listens. Every event that a room announces has a row, even when nobody listens yet.
LISTENERS: dict[str, tuple[Handler, ...]] = {
    "notices.sms": (notices_jobs.send_sms,),
    "catalogue.published": (catalogue_jobs.count_published,),
    "catalogue.source_changed": (catalogue_jobs.check_again,),
    "identity.opened": (cases_jobs.welcome, identity_jobs.bind_powers),
    "identity.power_ended": (identity_jobs.end_power,),
    "identity.left_system": (identity_jobs.tell_system,),
    "identity.firm_ended": (identity_jobs.end_left, cases_jobs.note_firm_ended),
    "identity.firm_taken_over": (cases_jobs.note_firm_taken_over,),
    "cases.invited": (cases_jobs.invite,),
    "cases.signed": (cases_jobs.tell,),
    "cases.unsigned": (cases_jobs.tell,),
    "cases.dissented": (cases_jobs.tell, cases_jobs.uninvite),
    "cases.recalled": (cases_jobs.uninvite,),
    "cases.lapsed": (cases_jobs.tell, cases_jobs.uninvite),
    "cases.submitted": (cases_jobs.tell, cases_jobs.count_asked),
    "cases.correction_laid": (cases_jobs.tell,),
    "cases.correction_returned": (cases_jobs.tell,),
    "cases.correction_asked": (cases_jobs.tell, cases_jobs.supervise_step),
    "cases.corrected": (cases_jobs.tell,),
    "cases.supplied": (cases_jobs.tell,),
    "cases.taken_in": (cases_jobs.tell,),
    "cases.asked_again": (cases_jobs.tell,),
    "cases.accepted": (cases_jobs.tell, cases_jobs.supervise_step),
    "cases.not_accepted": (
        cases_jobs.tell,
        cases_jobs.supervise_step,
        cases_jobs.note_ended,
    ),
    "cases.approved": (cases_jobs.tell, cases_jobs.publish, cases_jobs.give_promise, reform_jobs.add_pace),
    "cases.promise_broken": (cases_jobs.enter_credit,),
    "cases.promise_restored": (cases_jobs.lift_credit,),
    "cases.promise_turned": (cases_jobs.tell_promise,),
    "cases.granted": (
        cases_jobs.tell,
        cases_jobs.apply_outcome,
        cases_jobs.end_licence,
        cases_jobs.publish,
        *_DECIDED,
    ),
    "cases.deemed_renewed": (cases_jobs.tell, cases_jobs.publish, cases_jobs.supervise_step),
    "cases.refused": (cases_jobs.tell, cases_jobs.supervise_step, *_DECIDED),
    "cases.transferred": (cases_jobs.tell,),
    "cases.reported": (cases_jobs.tell,),
    "cases.withdrawn": (cases_jobs.tell, cases_jobs.note_ended),
    "cases.terminated": (cases_jobs.tell, cases_jobs.note_ended),
    "cases.closed": (cases_jobs.tell, cases_jobs.note_ended),
    "cases.succeeded": (cases_jobs.tell,),
    "cases.withdrawal_asked": (cases_jobs.tell,),
    "cases.suspended": (cases_jobs.tell, cases_jobs.supervise_step),
    "cases.resumed": (cases_jobs.tell,),
    "cases.extended": (cases_jobs.tell,),
    "cases.date_moved": (cases_jobs.tell,),
    "cases.rectified": (cases_jobs.tell, cases_jobs.archive_anew),
    "cases.delivered": (cases_jobs.tell, cases_jobs.archive_anew),
    "identity.moved": (cases_jobs.inherit,),
    "identity.left": (identity_jobs.end_sessions, cases_jobs.inherit),
    "identity.locked_out": (identity_jobs.tell_security,),
    "timer.identity.posting": (identity_jobs.end_posting,),
    "timer.identity.certificate": (identity_jobs.tell_certificate,),
    "timer.cases.confirming": (cases_jobs.lapse,),
    "cases.inspected": (cases_jobs.tell,),
    "cases.hearing_told": (cases_jobs.tell,),
    "cases.interested_told": (cases_jobs.tell,),
    "cases.hearing_asked": (cases_jobs.tell,),
    "cases.hearing_waived": (cases_jobs.tell,),
    "cases.hearing_dropped": (cases_jobs.tell,),
    "cases.hearing_left": (cases_jobs.tell,),
    "cases.hearing_fixed": (cases_jobs.tell,),
    "cases.hearing_unfixed": (cases_jobs.tell, cases_jobs.supervise_step),
    "cases.recusal_decided": (cases_jobs.tell,),
    "cases.hearing_held": (cases_jobs.tell,),
    "cases.hearing_missed": (cases_jobs.tell,),
    "cases.hearing_ended": (cases_jobs.tell,),
    "timer.cases.hearing": (cases_jobs.close_record,),
    "timer.cases.promise": (cases_jobs.check_promise,),
    "timer.cases.acceptance": (cases_jobs.deem_accepted,),
    "timer.cases.deeming": (cases_jobs.deem_renewed,),
    "timer.cases.correction": (cases_jobs.terminate,),
    "timer.cases.recheck": (cases_jobs.recheck,),
    "timer.cases.follow_up": (cases_jobs.end_overdue,),
    "timer.cases.reminder": (cases_jobs.remind,),
    "timer.cases.asking": (cases_jobs.end_unasked,),
    "timer.cases.special": (cases_jobs.special_overran,),
    "timer.cases.first_review": (cases_jobs.review_overran,),
    "licences.making": (licences_jobs.order_card,),
    "licences.issued": (cases_jobs.complete,),
    "cases.called_off": (
        cases_jobs.tell,
        cases_jobs.supervise_step,
        cases_jobs.unpublish,
        cases_jobs.note_ended,
    ),
    "cases.licence_decided": (cases_jobs.tell, cases_jobs.archive_anew),
    "licences.suspended": (cases_jobs.follow_licence,),
    "licences.resumed": (cases_jobs.follow_licence,),
    "licences.cancelled": (cases_jobs.follow_licence,),
    "licences.revoked": (cases_jobs.unpublish, cases_jobs.follow_licence, cases_jobs.note_revoked),
    "licences.retracted": (cases_jobs.follow_licence,),
    "portal.copy_requested": (portal_jobs.make_copy,),
    "timer.identity.closing": (portal_jobs.close_account,),
    "timer.portal.request": (portal_jobs.tell_overdue,),
    "licences.reinstated": (cases_jobs.republish, cases_jobs.follow_licence),
    "bundles.sent": (bundles_jobs.follow,),
    # Nobody listens to these yet.
    "bundles.done": (),
    **dict.fromkeys([f"licences.{one}" for one in ("expired", "superseded", "withdrawn", "abolished")], ()),
}
#: What a bundle goes on by is each filing and each end of a case.
LISTENERS |= {topic: (*LISTENERS[topic], bundles_jobs.follow_case) for topic in bundles_jobs.GOES_ON_BY}


class Periodic(msgspec.Struct, frozen=True):
    """A job that the worker repeats; safe to run in several workers at once."""

    name: str
    every_seconds: float
    run: Callable[..., Awaitable[Any]]


PERIODIC: tuple[Periodic, ...] = (
    Periodic("audit.seal", 0.5, audit_jobs.seal),
    Periodic("audit.partitions", 3600, audit_jobs.partitions),
    Periodic("exchange.partitions", 3600, exchange_jobs.partitions),
    Periodic("audit.check_readings", 24 * 3600, audit_jobs.check_readings),
    Periodic("identity.forget", 3600, identity_jobs.forget),
    Periodic("identity.expire_powers", 3600, identity_jobs.expire_powers),
    Periodic("identity.follow_sessions", 1, identity_jobs.follow_sessions),
    Periodic("portal.keep", 3600, portal_jobs.keep),
    Periodic("identity.ask_firms", 60, identity_jobs.ask_firms),
    Periodic("identity.recheck_firms", 300, identity_jobs.recheck_firms),
    Periodic("identity.follow_certificates", 60, identity_jobs.follow_certificates),
    Periodic("identity.ask_residence", 60, identity_jobs.ask_residence),
    Periodic("identity.ask_about_children", 60, identity_jobs.ask_about_children),
    Periodic("files.tidy", files.TIDY_EVERY_SECONDS, files.tidy),
    Periodic("cases.forget_batches", 3600, cases_jobs.forget_batches),
    Periodic("cases.recount", 60, cases_jobs.recount),
    Periodic("cases.supervise", 60, cases_jobs.supervise),
    Periodic("cases.archive", 2, cases_jobs.archive),
    Periodic("cases.seal_papers", 1, cases_jobs.seal_papers),
    Periodic("catalogue.count_day", 3600, catalogue_jobs.count_day),
    Periodic("reform.measure_new", 60, reform_jobs.measure_new),
    Periodic("reform.follow_approvals", 300, reform_jobs.follow_approvals),
    Periodic("licences.send_batches", 1, licences_jobs.send_batches),
    Periodic("licences.remind", 3600, licences_jobs.remind),
    Periodic("licences.collect_cards", 1, licences_jobs.collect_cards),
)
