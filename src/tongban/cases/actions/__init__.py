"""What can be done to a case: each verb one write that carries its ledger row and its news."""

from tongban.cases.actions.afterwards.contesting import against_licence, contested_at_desk, contested_by
from tongban.cases.actions.afterwards.holding import deem_renewed, end_licence, gone_licence, held_refusal
from tongban.cases.actions.afterwards.linking import apply_outcome, misstated, reconsidering
from tongban.cases.actions.afterwards.on_licence import follow_licence, granted_by
from tongban.cases.actions.afterwards.placing import place_licences
from tongban.cases.actions.afterwards.ruling import rulings_for
from tongban.cases.actions.applying.answering import answer
from tongban.cases.actions.applying.attaching import attach, files_wanted, same_files
from tongban.cases.actions.applying.booking import on_days_off
from tongban.cases.actions.applying.discarding import discard, expire_drafts
from tongban.cases.actions.applying.drafting import (
    Sheet,
    Started,
    fresh_sheet,
    living,
    open_draft,
    own_case,
    save,
    sheet,
    start,
)
from tongban.cases.actions.applying.enclosing import (
    Opening,
    enclose,
    enclose_again,
    enclose_upload,
    enclosed,
    files_taken,
    take_out,
)
from tongban.cases.actions.applying.filing import told_apart
from tongban.cases.actions.applying.materials import forget_material, my_materials, reusable, reuse
from tongban.cases.actions.applying.papers import paper_refusal
from tongban.cases.actions.applying.submitting import submit
from tongban.cases.actions.applying.withdrawing import withdraw
from tongban.cases.actions.growing import grown
from tongban.cases.actions.hearing.interested import (
    Seen,
    concerns_me,
    notice_to,
    serve_interested,
    tell_interested,
)
from tongban.cases.actions.hearing.interested_words import answer_as_interested, note_interested
from tongban.cases.actions.hearing.records import close_record, hold_hearing, miss_hearing, sign_record
from tongban.cases.actions.hearing.rights import ask_hearing, drop_hearing, tell_hearing, waive_hearing
from tongban.cases.actions.hearing.sittings import (
    ask_recusal,
    decide_recusal,
    fix_hearing,
    hearings,
    presiders,
)
from tongban.cases.actions.hearing.speaking import answer_as_applicant
from tongban.cases.actions.joint.confirming import dissent, lapse, recall, sign, unsign
from tongban.cases.actions.joint.inviting import invite, uninvite, welcome
from tongban.cases.actions.joint.sharing import (
    followed,
    misnamed,
    others_of,
    shared,
    to_confirm,
)
from tongban.cases.actions.letters.telling import tell
from tongban.cases.actions.limits.clocks import days_left
from tongban.cases.actions.limits.explaining import Explained, explain, explained
from tongban.cases.actions.limits.holiday_notices import (
    NoticePreview,
    amendments_told,
    load_notice,
    loads_notices,
    preview_notice,
)
from tongban.cases.actions.limits.pausing import extend, provided, resume, specials_of, suspend
from tongban.cases.actions.limits.recounting import recount
from tongban.cases.actions.limits.supervising import (
    answer_supervision,
    special_overran,
    supervise,
    supervise_step,
    supervises,
    supervision_records,
)
from tongban.cases.actions.moving import acting_as, organ_giving, reconsidered_by, relation_at_desk
from tongban.cases.actions.owed.correcting import (
    CorrectionSheet,
    ask_correction,
    correct,
    correctable,
    correction_sheet,
    files_open,
    terminate,
)
from tongban.cases.actions.owed.following_up import ask_again, end_overdue, remind, take_in
from tongban.cases.actions.owed.putting_right import as_typed, keep_corrections
from tongban.cases.actions.owed.supplying import (
    SupplySheet,
    keep_supply,
    may_promise,
    promise,
    supply,
    supply_sheet,
    supply_wanted,
)
from tongban.cases.actions.papers.illustrating import illustrated
from tongban.cases.actions.papers.previewing import preview_correction
from tongban.cases.actions.papers.printing import my_paper, paper_at_desk, papers_given
from tongban.cases.actions.papers.sealing import kept_paper, seal_papers
from tongban.cases.actions.reading.cases import (
    Line,
    Opened,
    item_words,
    licence_of,
    my_cases,
    open_case,
    progress,
    reveal,
)
from tongban.cases.actions.reading.checking import check
from tongban.cases.actions.reading.contested import open_contested
from tongban.cases.actions.reading.desks import DeskList, desk, desk_row, done, find_by_code, lamp_counts
from tongban.cases.actions.reading.files import asked_file, my_file, open_file
from tongban.cases.actions.reading.halls import at_hall, slip
from tongban.cases.actions.reading.premises import at_premises
from tongban.cases.actions.reading.publishing import Published, publish, published, republish, unpublish
from tongban.cases.actions.reviewing.cautioning import cautions_at_desk
from tongban.cases.actions.reviewing.conditions import barred, end_unasked
from tongban.cases.actions.reviewing.consulting import advise, asked_case, asked_of_us, consult
from tongban.cases.actions.reviewing.deciding import accept, approve, complete, decline, deem_accepted, refuse
from tongban.cases.actions.reviewing.delivering import deliver
from tongban.cases.actions.reviewing.examining import endorse, propose, report, send_back
from tongban.cases.actions.reviewing.inspecting import (
    PICTURES,
    InspectionSheet,
    Inspectors,
    inspect,
    inspection_result,
    inspection_sheet,
    inspectors,
    keep_inspection,
)
from tongban.cases.actions.reviewing.rechecking import recheck
from tongban.cases.actions.reviewing.rectifying import rectify
from tongban.cases.actions.reviewing.reporting import FirstReviewed, first_review, review_overran
from tongban.cases.actions.reviewing.templating import (
    bulk_templates,
    bulk_words,
    city_reasons,
    department_items,
    keep_template,
    own_templates,
    remove_template,
    templates_for,
)
from tongban.cases.actions.reviewing.terminating import terminate_at_desk
from tongban.cases.actions.reviewing.visiting import record_visit
from tongban.cases.actions.worklist.annotating import (
    add_note,
    note_firm_ended,
    note_firm_taken_over,
    notes,
)
from tongban.cases.actions.worklist.assigning import (
    absences,
    be_absent,
    colleagues,
    drop_filter,
    end_absence,
    hand_over,
    save_filter,
    saved_filters,
)
from tongban.cases.actions.worklist.batching import bulk_preview, bulk_run, forget_batches
from tongban.cases.actions.worklist.inheriting import inherit
from tongban.cases.actions.worklist.succeeding import succeed

__all__ = [
    "PICTURES",
    "CorrectionSheet",
    "DeskList",
    "Explained",
    "FirstReviewed",
    "InspectionSheet",
    "Inspectors",
    "Line",
    "NoticePreview",
    "Opened",
    "Opening",
    "Published",
    "Seen",
    "Sheet",
    "Started",
    "SupplySheet",
    "absences",
    "accept",
    "acting_as",
    "add_note",
    "advise",
    "against_licence",
    "amendments_told",
    "answer",
    "answer_as_applicant",
    "answer_as_interested",
    "answer_supervision",
    "apply_outcome",
    "approve",
    "as_typed",
    "ask_again",
    "ask_correction",
    "ask_hearing",
    "ask_recusal",
    "asked_case",
    "asked_file",
    "asked_of_us",
    "at_hall",
    "at_premises",
    "attach",
    "barred",
    "be_absent",
    "bulk_preview",
    "bulk_run",
    "bulk_templates",
    "bulk_words",
    "cautions_at_desk",
    "check",
    "city_reasons",
    "close_record",
    "colleagues",
    "complete",
    "concerns_me",
    "consult",
    "contested_at_desk",
    "contested_by",
    "correct",
    "correctable",
    "correction_sheet",
    "days_left",
    "decide_recusal",
    "decline",
    "deem_accepted",
    "deem_renewed",
    "deliver",
    "department_items",
    "desk",
    "desk_row",
    "discard",
    "dissent",
    "done",
    "drop_filter",
    "drop_hearing",
    "enclose",
    "enclose_again",
    "enclose_upload",
    "enclosed",
    "end_absence",
    "end_licence",
    "end_overdue",
    "end_unasked",
    "endorse",
    "expire_drafts",
    "explain",
    "explained",
    "extend",
    "files_open",
    "files_taken",
    "files_wanted",
    "find_by_code",
    "first_review",
    "fix_hearing",
    "follow_licence",
    "followed",
    "forget_batches",
    "forget_material",
    "fresh_sheet",
    "gone_licence",
    "granted_by",
    "grown",
    "hand_over",
    "hearings",
    "held_refusal",
    "hold_hearing",
    "illustrated",
    "inherit",
    "inspect",
    "inspection_result",
    "inspection_sheet",
    "inspectors",
    "invite",
    "item_words",
    "keep_corrections",
    "keep_inspection",
    "keep_supply",
    "keep_template",
    "kept_paper",
    "lamp_counts",
    "lapse",
    "licence_of",
    "living",
    "load_notice",
    "loads_notices",
    "may_promise",
    "misnamed",
    "miss_hearing",
    "misstated",
    "my_cases",
    "my_file",
    "my_materials",
    "my_paper",
    "note_firm_ended",
    "note_firm_taken_over",
    "note_interested",
    "notes",
    "notice_to",
    "on_days_off",
    "open_case",
    "open_contested",
    "open_draft",
    "open_file",
    "organ_giving",
    "others_of",
    "own_case",
    "own_templates",
    "paper_at_desk",
    "paper_refusal",
    "papers_given",
    "place_licences",
    "presiders",
    "preview_correction",
    "preview_notice",
    "progress",
    "promise",
    "propose",
    "provided",
    "publish",
    "published",
    "recall",
    "recheck",
    "reconsidered_by",
    "reconsidering",
    "record_visit",
    "recount",
    "rectify",
    "refuse",
    "relation_at_desk",
    "remind",
    "remove_template",
    "report",
    "republish",
    "resume",
    "reusable",
    "reuse",
    "reveal",
    "review_overran",
    "rulings_for",
    "same_files",
    "save",
    "save_filter",
    "saved_filters",
    "seal_papers",
    "send_back",
    "serve_interested",
    "shared",
    "sheet",
    "sign",
    "sign_record",
    "slip",
    "special_overran",
    "specials_of",
    "start",
    "submit",
    "succeed",
    "supervise",
    "supervise_step",
    "supervises",
    "supervision_records",
    "supply",
    "supply_sheet",
    "supply_wanted",
    "suspend",
    "take_in",
    "take_out",
    "tell",
    "tell_hearing",
    "tell_interested",
    "templates_for",
    "terminate",
    "terminate_at_desk",
    "to_confirm",
    "told_apart",
    "uninvite",
    "unpublish",
    "unsign",
    "waive_hearing",
    "welcome",
    "withdraw",
]
