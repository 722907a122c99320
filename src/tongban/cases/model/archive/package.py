"""What the package of an ended case holds: its documents and their description. Pure: the same rows, the same bytes.

The description names the elements of DA/T 46-2009 (文书类电子文件元数据方案) with their Chinese names, for its three
entities: the record (文件实体), who had to do with it (机构人员实体) and what was done (业务实体). What is kept follows
GB/T 18894-2016 (电子文件归档与电子档案管理规范): content, structure, background and proof together. The set of
documents, their names and their JSON are ours; forms and items are those versions that the case pinned. Answers
stand here in the clear, for the archives must be able to read them without this house: the package itself lies
encrypted in the store of files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from tongban import catalogue
from tongban.cases.model.archive.retention import Retention, Rule
from tongban.cases.model.facts import Heard
from tongban.cases.model.linked import state_words
from tongban.cases.model.papers import title_of
from tongban.cases.model.papers.kinds import PaperKind, kinds_of, number_of
from tongban.cases.model.records import Case, CaseEvent
from tongban.kit.clock import city_day
from tongban.kit.files import File
from tongban.kit.i18n import Message, Text, both

#: What the packages of this room say that they are, in their lists.
KIND = "tongban-case-archive-1"
#: The fields of a case that its record leaves out: they have documents of their own, or are the house's own matter.
_ELSEWHERE = frozenset({"bucket", "answers", "facts", "finding", "warn_at", "applicant_masked"})

README = """本文件是一件办结的政务服务办件的归档信息包，由办理系统自动生成并签名。
内容含个人信息，请按档案管理规定保管和利用。
manifest.json 列出每个文件的大小和 SM3、SHA-256 摘要，manifest.jws 是对它的签名。不联网、不连数据库即可验证：
    tongban archive verify 本文件
metadata.json 按 DA/T 46-2009 的元素描述；case.json 办件；answers.json 申请内容（form.json 是当时的表单）；
registers.json 登记库当时的答复；events.json 办理过程；clock.json 时限；ledger.json 台账及其存证；
papers/ 文书；attachments/ 申请材料。

This file is the archival package of one ended case, made and signed by the system that handled it. It holds personal
data. manifest.json lists every file with its size, SM3 and SHA-256; manifest.jws signs it. To verify it without network
and database:  tongban archive verify FILE
metadata.json describes it (elements of DA/T 46-2009); case.json is the case, answers.json what was applied for
(form.json the form of then), registers.json what the registers said, events.json the steps, clock.json the limits,
ledger.json the ledger's rows with their proof, papers/ the papers, attachments/ what was handed in.
"""


class Filing(msgspec.Struct, frozen=True, kw_only=True):
    """All that a package is made of 归档材料: the case laid open, its applicant, its organ, its class of keeping.

    ``together`` are the names of the joint applicants 共同申请人 who have signed.
    ``answers`` and ``facts`` are in the clear; ``limits`` are all that the case has had, each reckoned day by
    day as ``tongban clock explain`` tells it; ``ended_at`` is the instant of the step that ended the case, after which
    nothing of it changes. ``proved`` says whether the ledger's
    rows come with it, which they do but for a ledger that has lost them.
    """

    case: Case
    events: Sequence[CaseEvent]
    version: catalogue.ItemVersion
    stated: Mapping[str, Any]
    answers: Mapping[str, Any]
    facts: Mapping[str, Heard]
    applicant: Mapping[str, str]
    together: Sequence[str]
    organ: Mapping[str, Any]
    retention: Retention
    rule: Rule
    files: Sequence[File]
    limits: Sequence[Any]
    node: str
    proved: bool

    @property
    def ended_at(self) -> datetime:
        """When the case came to its end."""
        return self.events[-1].at


def _json(value: Any) -> bytes:
    """Readable JSON, always written in the same way."""
    return msgspec.json.format(msgspec.json.encode(value, order="sorted", enc_hook=_words), indent=2) + b"\n"


def _words(value: Any) -> Any:
    """Sentences in Chinese: whoever seals it, a package is the same."""
    if isinstance(value, Message):
        return both(value).zh
    raise TypeError(f"{type(value).__name__} does not belong into a package")


def about_of(filing: Filing) -> dict[str, Any]:
    """What a package's list says that it is: no personal data, so that a list can be handed on alone."""
    case = filing.case
    return {
        "kind": KIND,
        "case": str(case.id),
        "case_version": case.version,
        "number": case.number or "",
        "code": case.short_code or "",
        "item": case.item,
        "item_version": case.item_version,
        "item_kind": filing.version.kind,
        "department": case.department or "",
        "node": filing.node,
        "state": str(case.state),
        "ended_at": _instant(filing.ended_at),
        "retention": filing.retention.code,
        "ledger": "proved" if filing.proved else "absent",
    }


def documents(filing: Filing) -> list[tuple[str, bytes]]:
    """The documents that are data, by their names in the package, in order."""
    case = filing.case
    record = {
        name: value
        for name, value in msgspec.structs.asdict(case).items()
        if name not in _ELSEWHERE and value is not None
    }
    item = {name: value for name, value in msgspec.to_builtins(filing.version).items() if name != "form"}
    return [
        ("README.txt", README.encode()),
        ("metadata.json", _json(metadata(filing))),
        (
            "case.json",
            _json(
                {
                    "case": record,
                    "applicant": filing.applicant,
                    "organ": filing.organ,
                    "finding": case.finding,
                }
            ),
        ),
        ("answers.json", _json({"stated": filing.stated, "settled": filing.answers})),
        ("registers.json", _json(filing.facts)),
        ("form.json", _json(filing.version.form)),
        ("item.json", _json(item)),
        ("events.json", _json(filing.events)),
        ("clock.json", _json(_clock(filing))),
        ("attachments.json", _json(_attachments(filing))),
    ]


def _clock(filing: Filing) -> dict[str, Any]:
    """``limits`` are the item's own figures, ``reckoned`` what came of them in this case."""
    case, limits = filing.case, filing.version.clock
    return {
        "limits": limits,
        "opened_at": case.opened_at,
        "submitted_at": case.submitted_at,
        "accept_due": case.accept_due,
        "accepted_at": case.accepted_at,
        "promise_due": case.promise_due,
        "statutory_due": case.statutory_due,
        "issue_due": case.issue_due,
        "decided_at": case.decided_at,
        "closed_at": case.closed_at,
        "reckoned": filing.limits,
    }


def attachment_names(files: Sequence[File]) -> list[str]:
    """Where the attachments lie in the package: numbered, for what people call their files is no name of a path."""
    endings = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
    return [
        f"attachments/{place:02d}.{endings.get(file.media_type, 'bin')}"
        for place, file in enumerate(files, start=1)
    ]


def _attachments(filing: Filing) -> list[dict[str, Any]]:
    return [
        {
            "path": path,
            "file": str(file.id),
            "name": file.name,
            "type": file.media_type,
            "size": file.size,
            "pages": file.pages,
            "filed_at": file.created_at,
            "question": _question(filing.answers, str(file.id)),
        }
        for path, file in zip(attachment_names(filing.files), filing.files, strict=True)
    ]


def _question(answers: Mapping[str, Any], file: str) -> str | None:
    for name, value in answers.items():
        if isinstance(value, list) and any(
            isinstance(one, dict) and one.get("file") == file for one in value
        ):
            return name
    return None


def metadata(filing: Filing) -> dict[str, Any]:
    """The description by DA/T 46-2009; ``档号`` is put together by us: organ, year, class, code of the case."""
    case, ended = filing.case, city_day(filing.ended_at)
    organ = _zh(filing.organ["name"])
    return {
        "标准": "DA/T 46-2009",
        "聚合层次": "件",
        "来源": {"全宗名称": organ, "立档单位名称": organ, "立档单位代码": filing.organ["uscc"]},
        "电子文件号": str(case.id),
        "档号": {
            "全宗号": case.department,
            "年度": str(ended.year),
            "保管期限": filing.retention.name.zh,
            "机构或问题": organ,
            "类别号": filing.version.kind,
            "室编件号": case.short_code,
        },
        "内容描述": {
            "题名": f"{filing.version.name.zh}办件",
            "并列题名": filing.version.name.en,
            "人名": filing.applicant.get("name", ""),
            "文件编号": case.number,
            "责任者": organ,
            "日期": ended.isoformat(),
            "分类号": filing.version.task_code,
            "办理结果": both(state_words(filing.version, case.state, case.ruling)).zh,
        },
        "形式特征": {
            "文件组合类型": "组合文件",
            "件数": str(len(_papers(filing)) + len(filing.files)),
            "语种": case.language,
        },
        "电子属性": {
            "格式信息": "ZIP（ISO/IEC 21320-1）；PDF、JPEG、PNG、JSON（UTF-8）",
            "信息系统描述": f"tongban {filing.node}",
        },
        "保管依据": filing.rule.basis.zh,
        "机构人员实体": _people(filing, organ),
        "业务实体": [
            {
                "业务行为": str(event.move),
                "业务状态": event.to_state,
                "行为时间": _instant(event.at),
                "行为者": str(event.actor_role),
                "文书": paper,
            }
            for event, paper in _papers_by_event(filing)
        ],
    }


def _title(kind: PaperKind, event: CaseEvent, item: catalogue.ItemVersion) -> Message:
    return title_of(kind, item_kind=item.kind, about=item.about, move=event.move, detail=event.detail)


def _papers_by_event(filing: Filing) -> list[tuple[CaseEvent, str]]:
    item = filing.version
    return [
        (
            event,
            "；".join(
                f"{both(_title(kind, event, item)).zh} {number_of(filing.case, event, kind)}"
                for kind in kinds_of(event)
            ),
        )
        for event in filing.events
    ]


def _papers(filing: Filing) -> list[PaperKind]:
    return [kind for event in filing.events for kind in kinds_of(event)]


def _people(filing: Filing, organ: str) -> list[dict[str, str]]:
    officers = sorted({event.actor_name for event in filing.events if event.actor_role == "officer"})
    return [
        {"机构人员类型": "单位", "机构人员名称": organ, "角色": "实施机关"},
        {"机构人员类型": "个人", "机构人员名称": filing.applicant.get("name", ""), "角色": "申请人"},
        *({"机构人员类型": "个人", "机构人员名称": name, "角色": "共同申请人"} for name in filing.together),
        *({"机构人员类型": "个人", "机构人员名称": name, "角色": "经办人"} for name in officers),
    ]


def _zh(name: Any) -> str:
    return name.zh if isinstance(name, Text) else str(name)


def _instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
