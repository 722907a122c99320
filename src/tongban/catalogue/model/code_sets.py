"""The code sets of an item: GB/T 39046-2020 Annex A, and those of practice that the standard leaves open."""

from __future__ import annotations

from tongban.kit.i18n import Text

#: 事项类型, GB/T 39046-2020 A.1: those that the catalogue knows by name.
KINDS: dict[str, Text] = {
    "01": Text("行政许可", "Administrative licensing"),
    "02": Text("行政处罚", "Administrative penalty"),
    "03": Text("行政强制", "Administrative coercion"),
    "04": Text("行政征收", "Administrative levy"),
    "05": Text("行政给付", "Administrative payment"),
    "06": Text("行政检查", "Administrative inspection"),
    "07": Text("行政确认", "Administrative confirmation"),
    "08": Text("行政奖励", "Administrative award"),
    "09": Text("行政裁决", "Administrative adjudication"),
    "10": Text("其他行政权力", "Other administrative powers"),
    "20": Text("公共服务", "Public service"),
}

#: 行使层级 A.2
LEVELS: dict[str, Text] = {
    "1": Text("国家级", "State"),
    "2": Text("市级（省级）", "Municipal (province level)"),
    "3": Text("市级", "Municipal"),
    "4": Text("区级（县级）", "District"),
    "5": Text("街镇级", "Subdistrict or town"),
    "6": Text("村居级", "Village or neighbourhood"),
    "7": Text("分级管理", "Several levels"),
}

#: 服务对象 A.4
TARGETS: dict[str, Text] = {
    "1": Text("自然人", "Persons"),
    "2": Text("企业法人", "Enterprises"),
    "3": Text("事业法人", "Public institutions"),
    "4": Text("社会组织法人", "Social organisations"),
    "5": Text("行政机关", "Administrative organs"),
    "6": Text("其他组织", "Other organisations"),
}

#: 办理形式 A.5
WAYS: dict[str, Text] = {
    "1": Text("窗口", "Counter"),
    "2": Text("电脑端网上", "Web"),
    "3": Text("移动端", "Mobile"),
    "4": Text("快递申请", "Courier"),
    "9": Text("其他", "Other"),
}

#: 实施主体性质 A.3
NATURES: dict[str, Text] = {
    "1": Text("法定机关", "Organ by law"),
    "2": Text("授权组织", "Authorised organisation"),
    "3": Text("受委托组织", "Entrusted organisation"),
    "9": Text("其他", "Other"),
}

#: 办件类型 A.6
CASE_KINDS: dict[str, Text] = {
    "1": Text("即办件", "On the spot"),
    "2": Text("承诺件", "By promise"),
    "9": Text("其他", "Other"),
}

#: 特别程序种类 A.7
PROCEDURES: dict[str, Text] = {
    "1": Text("延长审批", "Extension"),
    "2": Text("除延长审批之外的特别程序", "Special procedure that stops the clock"),
}

#: 通办范围 (GB/T 39046-2020, no. 33), and the city's own 全市通办.
SCOPES: dict[str, Text] = {
    "nation": Text("全国通办", "Anywhere in the country"),
    "provinces": Text("跨省通办", "Across provinces"),
    "city": Text("全市通办", "Anywhere in the city"),
    "place": Text("按属地办理", "Where the matter belongs"),
}

#: 权力来源 (ZWFW C 0109.2 as practised; realistic, the text was not at hand).
POWERS: dict[str, Text] = {
    "1": Text("法定本级行使", "This level, by law"),
    "2": Text("上级下放", "Handed down from above"),
    "3": Text("上级授权", "Authorised from above"),
    "4": Text("同级授权", "Authorised at this level"),
    "5": Text("上级委托", "Entrusted from above"),
    "6": Text("同级委托", "Entrusted at this level"),
}

#: 网上办理深度 (the same).
DEPTHS: dict[str, Text] = {
    "1": Text("互联网咨询", "Asking online"),
    "2": Text("网上收件", "Papers received online"),
    "3": Text("网上预审", "Checked online in advance"),
    "4": Text("网上受理", "Accepted online"),
    "5": Text("网上办理", "Handled online"),
    "6": Text("网上反馈结果", "Result told online"),
    "7": Text("网上送达电子证照", "E-licence delivered online"),
    "9": Text("其他", "Other"),
}

#: 材料类型 (the same): what is handed in where a material must be brought.
ORIGINALS: dict[str, Text] = {
    "1": Text("原件", "Original"),
    "2": Text("复印件", "Copy"),
    "3": Text("原件和复印件", "Original and copy"),
}

#: 材料形式 (the same).
MEDIA: dict[str, Text] = {
    "1": Text("纸质", "Paper"),
    "2": Text("电子", "Electronic"),
    "3": Text("纸质或者电子", "Paper or electronic"),
}

#: 来源渠道 (the same).
ORIGINS: dict[str, Text] = {
    "10": Text("申请人自备", "The applicant's own"),
    "20": Text("政府部门核发", "Issued by an organ"),
    "99": Text("其他", "Other"),
}
