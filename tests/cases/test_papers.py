"""Papers of a case: each step's own, with all that the law and the brief ask of it, and the same for good."""

from __future__ import annotations

import re
from datetime import timedelta

import msgspec
import pytest

from tests import cast, make
from tests.cases.printing import LATER, SAID, TUESDAY, brought, filed, printed
from tests.cast import Resident
from tests.kit.sample_paper import codes_of, fonts_of, text_of
from tests.sandbox.conftest import Sandbox
from tongban import cases, identity, regions
from tongban.cases import store
from tongban.cases.actions import complete, deem_accepted, papers_given
from tongban.cases.model import MOVES, Move, is_short_code
from tongban.cases.model.life import ON_LICENCE
from tongban.cases.model.papers import GIVEN, PaperKind
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import Language, use_language
from tongban.kit.pdf import press
from tongban.kit.policy import Actor

pytestmark = pytest.mark.usefixtures("no_press")

#: Kind → title, and what else must stand on it (brief §2.6), in both languages.
WORDS: dict[PaperKind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    PaperKind.RECEIPT: (
        *(
            (
                "收件凭证",
                "不等于已经受理",
                "最晚2026年12月1日决定是否受理",
                "2026年11月24日10:00",
                "第三十二条",
            ),
            ("ReceiptofApplication", "by1December2026", "24November202610:00", "Article32"),
        ),
    ),
    PaperKind.CORRECTION: (
        ("补正告知书", "收件地址没有写室号，请补全。", "全部内容", "2026年12月16日", "第三十二条"),
        ("NoticeofCorrection", "收件地址没有写室号，请补全。", "16December2026", "Article32"),
    ),
    PaperKind.ACCEPTANCE: (
        ("受理通知书", "自2026年11月25日起予以受理", "承诺最晚2026年12月16日办结", "法定15个工作日"),
        ("NoticeofAcceptance", "25November2026", "16December2026"),
    ),
    PaperKind.NOT_ACCEPTED: (
        (
            *("不予受理通知书", make.REASON, "示范市教育局，021-00000200", "60日内"),
            "6个月内，可以向有管辖权的人民法院提起行政诉讼",
            "《行政复议法》第二十条、第二十四条，《行政诉讼法》第四十六条",
        ),
        ("NoticeofNon-acceptance", make.REASON, "示范市教育局", "60days", "6months"),
    ),
    PaperKind.APPROVAL: (
        ("准予办理决定书", "准予办理", "居住登记满6个月", "满足", "2026年12月16日", "第三十八条"),
        ("DecisiontoApprove", "Met", "16December2026", "Article38"),
    ),
    PaperKind.REFUSAL: (
        ("不予办理决定书", make.REASON, "60日内", "6个月内，可以向有管辖权的人民法院", "第三十八条"),
        ("DecisiontoRefuse", make.REASON, "60days", "6months", "competent"),
    ),
    PaperKind.COMPLETION: (
        ("办结通知书", "已经办结", "2026年11月27日", "第四十四条"),
        ("NoticeofCompletion", "27November2026"),
    ),
    PaperKind.SPECIAL: (
        (
            "特别程序告知书",
            "现场核查",
            "2026年12月23日（原为2026年12月16日）",
            "申请，需要进行现场核查",
            "按演示城市的设定不计入办理时限，没有法律规定",
            make.SPECIAL_REASON,
        ),
        ("NoticeofaSpecialProcedure", "Siteinspection", "23December2026(was16December2026)", "nolawsaysso"),
    ),
    PaperKind.RESUMPTION: (
        (
            "恢复计时告知书",
            make.RESULT,
            "自次日起恢复计时",
            "停止计时2个工作日",
            "2026年12月18日（原为2026年12月23日）",
        ),
        ("NoticeofResumption", "18December2026(was23December2026)"),
    ),
    PaperKind.EXTENSION: (
        ("延期办理告知书", "经本行政机关负责人批准", "延长10个工作日", make.REASON, "第四十二条"),
        ("NoticeofExtension", "10workingdays", "thisorgan", "Article42"),
    ),
    PaperKind.RECTIFICATION: (
        ("更正告知书", "此前的状态有误", make.REASON, "您不用重新申请", "60日内"),
        ("NoticeofRectification", "mistaken", "60days"),
    ),
    PaperKind.DELIVERY: (
        ("送达回证", "窗口领取", "张示例", "2026年11月25日", "第四十四条"),
        ("CertificateofDelivery", "Pickedupatthecounter", "25November2026"),
    ),
    PaperKind.TERMINATION: (
        ("终止办理告知书", "由您本人于2026年11月25日撤回", "可以重新申请"),
        ("NoticeofTermination", "25November2026"),
    ),
}
WITH_REMEDIES = {PaperKind.NOT_ACCEPTED, PaperKind.REFUSAL, PaperKind.RECTIFICATION}
#: Papers that list the materials with how each was got.
WITH_MATERIALS = {PaperKind.RECEIPT, PaperKind.ACCEPTANCE}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", list(WORDS))
async def test_each_paper_says_what_it_must(
    city: Database, owner: Resident, officer: Actor, kind: PaperKind, language: Language
) -> None:
    case_id = await brought(city, owner, officer, kind, language)
    content = await printed(city, owner, case_id, kind)
    text, row = text_of(content), await make.row(city, case_id)
    masked = f"{owner.number[:4]}**********{owner.number[-4:]}"
    for words in (
        *WORDS[kind][language == "en"],
        *(owner.name, masked, row["number"], row["short_code"], "12345", "021-00000110"),
        "居住证申领" if language == "zh" else "Residencepermit",
        "示范市公安局" if language == "zh" else "ShifanMunicipalPublicSecurityBureau",
        "示范市公安局" if language == "en" else "ShifanMunicipalPublicSecurityBureau",
    ):
        assert words in text, (words, text)
    assert owner.number not in text and "{" not in text
    if kind in WITH_REMEDIES:  # 行政复议法 art. 20(3): to whom
        organ = (await regions.reconsideration_organ(city, row["department"])).name
        assert "区人民政府" in organ.zh
        assert "".join((f"向{organ.zh}申请行政复议" if language == "zh" else organ.en).split()) in text
    if kind in WITH_MATERIALS:
        for words in ("人口库", "告知承诺") if language == "zh" else ("populationregister", "Statement"):
            assert words in text, (words, text)
    step = (await make.steps(city, case_id))[-1]["version"]
    assert codes_of(content) == {
        row["short_code"],
        f"http://localhost:8000/check/{row['short_code']}?paper={step}",
    }
    assert content.count(b"/FontFile2") == len(fonts_of(content))
    assert (b"/Lang (zh-CN)" if language == "zh" else b"/Lang (en)") in content


def test_every_kind_of_paper_is_met_by_some_test_and_given_by_some_step() -> None:
    """A transfer has a test of its own below; inspections, hearings, materials that follow and the commitment, which
    comes with the receipt of a submission, have theirs elsewhere."""
    hearings = {PaperKind.HEARING_RIGHT, PaperKind.HEARING_NOTICE, PaperKind.HEARING_RECORD}
    on_licences = {GIVEN[move] for move in ON_LICENCE}  # test_on_licence.py
    met = {*on_licences, *WORDS, PaperKind.TRANSFER, PaperKind.INSPECTION, PaperKind.FOLLOW_UP, *hearings}
    assert {*met, PaperKind.COMMITMENT} == set(PaperKind) == {*GIVEN.values(), PaperKind.COMMITMENT}


def test_what_an_applicant_is_told_is_also_on_paper() -> None:
    """But for what is between the applicants themselves, a date that the calendar moved, an office's successor, a
    report upwards, which its letter tells, steps of a hearing whose paper comes with another, and what a
    reconsideration undid, whose paper is its own."""
    told = {edge.move for edge in MOVES if edge.event}
    among = {Move.INVITE, Move.SIGN, Move.UNSIGN, Move.DISSENT, Move.RECALL, Move.LAPSE, Move.ASK_WITHDRAWAL}
    hearing = {
        Move.WAIVE_HEARING,
        Move.HOLD_HEARING,
        Move.DECIDE_RECUSAL,
        Move.UNFIX_HEARING,
        Move.LEAVE_HEARING,
    }
    hearing.add(Move.TELL_INTERESTED)  # the notice is hers whom it bears on: a page to print
    assert told - among - hearing - {Move.RECOUNT, Move.SUCCEED, Move.REINSTATE_LICENCE, Move.REPORT} == set(
        GIVEN
    )


async def test_a_paper_is_the_same_bytes_whatever_comes_later(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await filed(city, owner)
    receipt = await printed(city, owner, case_id, "receipt")
    await cases.accept(city, officer, case_id=case_id, now=LATER)
    acceptance = await printed(city, owner, case_id, "acceptance")
    await cases.recheck(city, officer, case_id=case_id, now=LATER + timedelta(days=1))
    await cases.approve(city, officer, case_id=case_id, now=LATER + timedelta(days=2))
    approval = await printed(city, owner, case_id, "approval")
    news = make.event("licences.issued", subject=owner.actor.id, reference=case_id, licence="L1")  # type: ignore[arg-type]
    await complete(city, event=news, now=LATER + timedelta(days=3))
    await press.close()
    with use_language("en"):  # whoever prints it, the paper has the language of the case
        assert await printed(city, owner, case_id, "receipt") == receipt
        assert await printed(city, owner, case_id, "acceptance") == acceptance
        assert await printed(city, owner, case_id, "approval") == approval


async def test_a_register_that_was_silent_then_stays_silent_on_the_paper_of_then(
    city: Database, outside: Sandbox
) -> None:
    who = await cast.resident(city, outside)
    officer = await make.desk_of(city, who)
    cast.grounds_away(outside)
    case_id = await filed(city, who)
    before = text_of(await printed(city, who, case_id, "receipt"))
    assert "没有应答（2026-11-24），由本机关再查" in before
    outside.http.delete("/faults").raise_for_status()
    make.forget_breakers()
    await cases.recheck(city, officer, case_id=case_id, now=LATER)
    assert text_of(await printed(city, who, case_id, "receipt")) == before
    await cases.accept(city, officer, case_id=case_id, now=LATER)
    after = text_of(await printed(city, who, case_id, "acceptance"))
    assert "没有应答" not in after and "数据共享，取自人社社会保险库（2026-11-25）" in after


async def test_silence_makes_an_acceptance_that_says_so(city: Database, owner: Resident) -> None:
    case_id = await filed(city, owner)
    news = make.event("timer.cases.acceptance", subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    await deem_accepted(city, case_id=case_id, event=news, now=TUESDAY + timedelta(days=8))
    text = text_of(await printed(city, owner, case_id, "acceptance"))
    assert "在规定期限内没有告知是否受理，自收到之日（2026年11月24日）起视为受理" in text
    assert "2026年12月2日" in text, "the paper is of the day on which it came about"


#: Districts and the names of their branches.
BRANCHES = {"310151": "崇明分局", "310101": "黄浦分局", "310104": "徐汇分局"}


async def test_a_transfer_is_told_by_the_organ_that_had_the_case(city: Database, outside: Sandbox) -> None:
    """The receipt stays the first organ's, whoever has the case by now; two transfers are two papers."""
    who = await cast.resident(city, outside)
    case_id = await filed(city, who)
    receipt = await printed(city, who, case_id, "receipt")
    row = await store.case_for_work(city, case_id=case_id)
    assert row is not None
    first, second = [code for code in BRANCHES if code != who.district][:2]
    await moved_away(city, row, to=first)
    text = text_of(await printed(city, who, case_id, "transfer"))
    assert f"由示范市公安局{BRANCHES[first]}办理" in text and "转送告知书" in text and "不用重新申请" in text
    own = str((await regions.department(city, f"police-{who.district}")).name)
    assert text.index(own) < text.index(BRANCHES[first]), "the letter is the first organ's"
    assert await printed(city, who, case_id, "receipt") == receipt
    moved = msgspec.structs.replace(row, version=row.version + 1, department=f"police-{first}")
    await moved_away(city, moved, to=second)
    opened = await cases.progress(city, who.actor, case_id=case_id)
    given = papers_given(opened.case, opened.events, opened.version)
    steps = [one.step for one in given if one.kind == "transfer"]
    assert len(steps) == 2
    for asked_for, branch in ((None, second), (steps[1], second), (steps[0], first)):
        text = text_of(await printed(city, who, case_id, "transfer", asked_for))
        assert f"由示范市公安局{BRANCHES[branch]}办理" in text


async def moved_away(city: Database, case: cases.Case, *, to: str) -> None:
    """What a recheck does when the registers name another district."""
    from tongban.cases.actions.moving import carry_out, step_of
    from tongban.kit.policy import SYSTEM

    department = await regions.department_for(city, kind="police", district=to)
    step = await step_of(city, case, Move.TRANSFER, SYSTEM)
    await carry_out(
        city,
        SYSTEM,
        case,
        step,
        store.noting_facts(
            case, step, facts=case.facts, finding=case.finding or {}, department=department.code, district=to
        ),
        now=LATER,
        detail={"down": [], "to": department.name},
    )


async def test_a_correction_handed_in_has_a_receipt_of_its_own(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await filed(city, owner)
    first = await printed(city, owner, case_id, "receipt")
    await cases.ask_correction(city, officer, case_id=case_id, said=SAID, now=LATER)
    await cases.actions.keep_corrections(
        *(city, owner.actor),
        case_id=case_id,
        posted={"card_address": "示范路 1 号 101 室"},
        version=None,
        now=LATER + timedelta(hours=1),
    )
    await cases.correct(city, owner.actor, case_id=case_id, key=None, now=LATER + timedelta(days=1))
    text = text_of(await printed(city, owner, case_id, "receipt"))
    assert "示范路1号101室" in text and "示范路1号101室" not in text_of(first)
    assert "补正内容" in text and "最晚2026年12月3日决定是否受理" in text
    submit = (await make.steps(city, case_id))[0]["version"]
    assert await printed(city, owner, case_id, "receipt", submit) == first


async def test_a_correction_that_does_not_come_ends_with_a_paper(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case_id = await filed(city, owner)
    await cases.ask_correction(city, officer, case_id=case_id, said=SAID, now=LATER)
    late = LATER + timedelta(days=30)
    news = make.event("timer.cases.correction", subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    await cases.actions.terminate(city, case_id=case_id, event=news, now=late)
    text = text_of(await printed(city, owner, case_id, "termination"))
    assert (
        "在2026年12月16日当日或之前没有按告知补正，本机关终止办理" in text
        and "终止日期2026年12月25日" in text
    )
    # It is a decision of the organ's like any other (行政复议法 art. 20(3)).
    assert "如果您不同意" in text and "人民政府申请行政复议" in text and "6个月内" in text


async def test_a_step_of_before_papers_is_told_as_things_stand_now(city: Database, owner: Resident) -> None:
    case_id = await filed(city, owner)
    await city.run("UPDATE cases.event SET detail = detail - 'paper' WHERE case_id = $1", case_id)
    text = text_of(await printed(city, owner, case_id, "receipt"))
    assert "最晚2026年12月1日决定是否受理" in text and "由本机关查询" in text


async def test_only_what_is_law_stands_on_a_paper(city: Database, owner: Resident) -> None:
    """The item also names what the demo city follows by choice; that is no basis of a decision."""
    case_id = await filed(city, owner)
    version = await make.item(city)
    assert any(basis.mark != "real" for basis in version.basis)
    text = text_of(await printed(city, owner, case_id, "receipt"))
    for basis in version.basis:
        assert ("".join(basis.law.zh.split()) in text) is (basis.mark == "real"), basis.law.zh
    assert "《行政许可法》第三十二条，本事项参照执行" in text


async def test_of_a_licence_by_law_the_decision_is_called_what_the_law_calls_it(
    city: Database, owner: Resident, officer: Actor
) -> None:
    from tongban.cases.model.papers import title_of

    assert str(title_of(PaperKind.APPROVAL, item_kind="01")) == "准予行政许可决定书"
    assert str(title_of(PaperKind.REFUSAL, item_kind="01")) == "不予行政许可决定书"
    assert str(title_of(PaperKind.REFUSAL, item_kind="20")) == "不予办理决定书"
    assert str(title_of(PaperKind.RECEIPT, item_kind="01")) == "收件凭证"


async def test_the_number_of_a_paper_names_its_case_and_step(city: Database, owner: Resident) -> None:
    case_id = await filed(city, owner)
    paper = await cases.my_paper(
        city, owner.actor, case_id=case_id, kind="receipt", step=None, now=clock.now()
    )
    code, _, step = paper.reference.partition("-")
    assert is_short_code(code) and int(step) == (await make.steps(city, case_id))[0]["version"]
    assert re.fullmatch(r"\d{19}-\d{2,}", paper.reference)


async def test_who_has_another_document_is_named_by_that(
    city: Database, owner: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Hong Kong resident with her travel permit: its number is no ID number, and is not called one."""
    case_id = await filed(city, owner)
    person = await identity.person(city, owner.actor.id)  # type: ignore[arg-type]

    async def abroad(*_: object) -> identity.Person:
        return msgspec.structs.replace(person, paper_kind="516", id_number="H12345678")

    monkeypatch.setattr(identity, "person", abroad)
    text = text_of(await printed(city, owner, case_id, "receipt"))
    assert "公民身份号码" not in text and "港澳居民来往内地通行证" in text and "H12345678" not in text


async def test_a_rare_name_stands_on_the_paper_as_it_is(city: Database, outside: Sandbox) -> None:
    taken = outside.take("eligible_work")
    who = await cast.enrolled(city, {**taken, "name": "𠮷䶮㊣"})
    case_id = await filed(city, who)
    assert text_of(await printed(city, who, case_id, "receipt")).count("𠮷䶮㊣") == 2
