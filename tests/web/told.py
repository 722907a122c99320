"""What the officers of the matrix say, which stays Chinese on an English page, and names in addresses."""

from tests.journeys.house import ITEM

#: What stands for the names in addresses that are nobody's record.
PUBLIC = {
    "code": ITEM,
    "key": "moving_in",
    "bundle": "birth",
    "problem": "not-allowed",
    "part": "basics",
    "process_code": "P001",
    "name": "receipt.pdf",
    "form": "special",
    "field": "papers",
    "item": "vaccination_record",
}

#: What somebody asks to be corrected.
SHOULD = "李静文"
#: What a department is asked by another.
QUESTION = "请核对该住址是否登记在你处。"
#: What an interested person is told.
BEARS = {
    "interest": "申请的住址是其名下的房屋，出租没有经过同意。",
    "planned": "拟准予这份申请，按租住的房屋登记。",
}
#: What the notice of the right to a hearing says.
TOLD = {
    "facts": "登记显示居住不满六个月，与申请不符。",
    "reasons": "居住登记应当满半年，见居住证暂行条例第二条。",
    "intended": "拟不予办理居住证，半年后可以重新申请。",
}
