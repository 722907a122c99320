"""Words for the actions of the policy table: what each lets somebody do, as the pages of rights and policy tell it.

An action that people read in their ledger has its words in ``naming.py``; every other one has its row here.
"""

from __future__ import annotations

from tongban.kit.i18n import Text

RIGHTS = {
    "audit.keys": Text("查看账本的签名公钥", "See the keys that sign the ledger"),
    "audit.readings": Text("查看谁看过自己的数据", "See who read one's data"),
    "bundles.correct": Text("补正一件事的表单", "Put the one form of a bundle right"),
    "bundles.fill": Text("填写一件事的表单", "Fill in the one form of a bundle"),
    "bundles.guide": Text("查看一件事", "See what is done once"),
    "bundles.mine": Text("查看自己办的一件事", "See the bundles one has begun"),
    "cases.absence": Text("登记不在岗和代班", "Say that one is away and who stands in"),
    "cases.accept": Text("受理、不予受理和要求补正", "Accept, decline, or ask for corrections"),
    "cases.advise": Text("答复其他部门的征求意见", "Answer another department that asks for an opinion"),
    "cases.appraise": Text("鉴定到期档案", "Appraise archives whose time is over"),
    "cases.archive": Text("查看和移交档案", "See archives and hand them over"),
    "cases.assign": Text("分派办件", "Assign cases"),
    "cases.at_hall": Text("查看本大厅收的办件", "See what came in at one's hall"),
    "cases.confirm": Text("确认或者拒绝共同申请", "Confirm or refuse an application made together"),
    "cases.consult": Text("向其他部门征求意见", "Ask another department for its opinion"),
    "cases.decide": Text("作出准予或者不予的决定", "Decide to grant or to refuse"),
    "cases.deliver": Text("登记送达", "Record how a paper was delivered"),
    "cases.desk": Text("打开工作台的办件列表", "Open the desk's lists of cases"),
    "cases.draft": Text("填写自己的申请", "Fill in one's application"),
    "cases.enclose": Text("在申请中附上材料", "Enclose materials with an application"),
    "cases.examine": Text("审查并出具意见", "Examine a case and give an opinion"),
    "cases.extend": Text("延长办理期限", "Extend the time for a case"),
    "cases.hear": Text("组织听证", "Hold a hearing"),
    "cases.hearing": Text("要求和参加听证", "Ask for a hearing and take part"),
    "cases.inspect": Text("现场核查并记录", "Inspect on the spot and record it"),
    "cases.interested": Text("作为利害关系人查看和陈述", "Read and speak as an interested person"),
    "cases.mine": Text("查看自己的办件", "See one's own cases"),
    "cases.materials": Text("查看自己交过的材料", "See the documents one has handed in"),
    "cases.confirmations": Text("查看请自己确认的申请", "See what waits for one's own confirmation"),
    "cases.move": Text("办理办件的下一步", "Take the next step of a case"),
    "cases.asked_anyway": Text("查看仍要提交的材料统计", "See what people are still asked for"),
    "cases.promises": Text("核查告知承诺", "Check what was promised"),
    "cases.published": Text("查看公开的决定", "See published decisions"),
    "cases.recheck": Text("重新核对登记信息", "Ask the registers again"),
    "cases.rectify": Text("更正误操作的状态", "Take back a mistaken step"),
    "cases.recusal": Text("决定回避", "Decide whether somebody steps aside"),
    "cases.supervision": Text("督办和工作日历", "Supervise limits and keep the calendar of working days"),
    "cases.suspend": Text("中止和恢复办理", "Suspend a case and go on with it"),
    "cases.templates": Text("维护理由模板", "Keep the templates of reasons"),
    "cases.terminate": Text("终止办理", "Terminate a case"),
    "cases.visit": Text("登记申请人到场", "Record that the applicant came in person"),
    "cases.working_days": Text("查询工作日", "Look up working days"),
    "catalogue.guide": Text("查看办事指南", "Read the guide of an item"),
    "catalogue.draft": Text("起草和发布本部门的事项", "Draft and publish the department's items"),
    "catalogue.publish": Text("发布事项", "Publish an item"),
    "catalogue.put_source": Text("启用、停用数据来源", "Put a source of data up or down"),
    "catalogue.recheck": Text("按数据来源复查全部事项", "Check all items against the sources"),
    "catalogue.publish_questionnaire": Text("发布主题引导", "Publish a guided questionnaire"),
    "catalogue.search": Text("搜索事项", "Search for items"),
    "catalogue.sources": Text("查看数据来源", "See the register of sources"),
    "catalogue.tasks": Text("查看事项和整改任务", "See items and the tasks about them"),
    "reform.impact": Text("查看修改事项的影响", "See what a change of an item touches"),
    "reform.read": Text("查看改革台账", "Read the ledger of the reform"),
    "identity.account": Text("查看自己的账户", "See one's own account"),
    "identity.acting": Text("查看授权和切换代办", "See powers and switch for whom one acts"),
    "identity.answer_power": Text("接受、拒绝或者放弃授权", "Accept, decline or give up a power"),
    "identity.assist": Text("在窗口为来人帮办", "Help somebody at a window"),
    "identity.bind_firm": Text("绑定单位", "Bind a firm"),
    "identity.change_password": Text("修改自己的密码", "Change one's password"),
    "identity.change_phone": Text("更换自己的手机号", "Change one's phone number"),
    "identity.check_level": Text("核验银行卡或者社保卡", "Check one's bank card or social security card"),
    "identity.close_account": Text("注销自己的账户", "Close one's account"),
    "identity.consents": Text("查看自己的同意", "See what one agreed to"),
    "identity.empower": Text("给出和撤回授权", "Give powers and take them back"),
    "identity.end_session": Text("退出自己的设备", "End one's sessions"),
    "identity.enrol": Text("注册", "Enrol"),
    "identity.face": Text("用人脸提升实名等级", "Raise one's level by a face check"),
    "identity.face_notice": Text("接收人脸核验机构的通知", "Take notices of the face provider"),
    "identity.firm": Text("查看所代表的单位", "See the firm that one acts for"),
    "identity.found_guardian": Text("在窗口登记监护关系", "Enter guardianship at a window"),
    "identity.give_consent": Text("给出同意", "Agree to a purpose"),
    "identity.help": Text("继续或者结束帮办", "Go on helping, or end it"),
    "identity.keep_account": Text("取消注销申请", "Take back the wish to close the account"),
    "identity.level": Text("查看和提升自己的实名等级", "See and raise one's real-name level"),
    "identity.log_in": Text("登录", "Log in"),
    "identity.log_in_staff": Text("工作人员登录", "Log in as staff"),
    "identity.merge_at_window": Text("在窗口合并账户", "Merge accounts at a window"),
    "identity.oidc_authorize": Text("登录部门的系统", "Log in to a department's system"),
    "identity.oidc_client": Text("系统换取令牌", "Exchange tokens as a system"),
    "identity.oidc_consent": Text("同意向系统提供信息", "Agree to what a system is told"),
    "identity.oidc_logout": Text("退出部门的系统", "Log out of a department's system"),
    "identity.oidc_metadata": Text("读取登录服务的说明", "Read how the log-in service works"),
    "identity.oidc_registered": Text("查看登记的系统", "See the registered systems"),
    "identity.oidc_systems": Text("查看自己登录过的系统", "See the systems that one logged in to"),
    "identity.passkeys": Text("管理自己的通行密钥", "Keep one's passkeys"),
    "identity.prove": Text("再次确认是本人", "Prove once more that it is oneself"),
    "identity.recover": Text("找回自己的账户", "Recover one's account"),
    "identity.scan": Text("用手机扫码登录电脑", "Log a computer in by one's phone"),
    "identity.session": Text("查看当前登录", "See the present session"),
    "identity.staff_account": Text("查看自己的工作账户", "See one's account of staff"),
    "identity.staff_ask": Text("申请变更人员的职责", "Ask for a change of somebody's duties"),
    "identity.staff_grant": Text("批准人员变更，锁定账户", "Grant changes of staff, lock accounts"),
    "identity.staff_ledger": Text("查看工作人员的账本", "Read the ledger of staff"),
    "identity.staff_open": Text("开设工作账户，重置验证器", "Open accounts of staff, reset authenticators"),
    "identity.staff_policy": Text("查看权限表", "Read the policy table"),
    "identity.staff_read": Text("查看工作人员和权限", "See staff and what each may do"),
    "identity.staff_review": Text(
        "查看待办的人员变更和年度复核", "See changes of staff and yearly reviews that wait"
    ),
    "identity.staff_take_up": Text("首次启用工作账户", "Take up a new account of staff"),
    "identity.totp": Text("管理自己的验证器", "Keep one's authenticator"),
    "identity.window": Text("打开身份事项窗口", "Open the window for identity matters"),
    "identity.withdraw_consent": Text("撤回同意", "Take an agreement back"),
    "licences.change": Text("变更证照的状态", "Change how a licence stands"),
    "licences.enter_premises": Text("登记证照的场所", "Enter a licence's premises"),
    "licences.expire": Text("让到期的证照失效", "End licences whose time is over"),
    "licences.keys": Text("查看证照的签名公钥", "See the keys that sign licences"),
    "licences.library": Text("查看自己的证照库", "See one's library of licences"),
    "licences.show": Text("出示自己的证照", "Show one's licence"),
    "licences.verify_paper": Text("核验文书的电子印章", "Verify the e-seal of a paper"),
    "notices.inbox": Text("查看自己的消息", "See one's messages"),
    "portal.decided": Text("查看系统作出的决定", "See what a system decided about one"),
    "portal.decisions": Text("查看自动决定的说明", "Read how systems decide"),
    "portal.desk_requests": Text("办理个人信息请求", "Handle requests about personal data"),
    "portal.erase": Text("删除自己的信息", "Erase one's data"),
    "portal.home": Text("打开首页", "Open the home page"),
    "portal.keeping": Text("查看信息保留多久", "Read how long data are kept"),
    "portal.mine": Text("打开“我的”", "Open “My”"),
    "portal.my_data": Text("查看保存的自己的信息", "See what is held about oneself"),
    "portal.read_copy": Text("下载自己的信息副本", "Download the copy of one's data"),
    "portal.requests": Text("查看自己的请求", "See one's requests"),
    "portal.start": Text("使用主题引导", "Be guided by questions"),
    "portal.start_at_desk": Text("在窗口使用主题引导", "Guide somebody at the window by questions"),
    "portal.style": Text("查看组件样例", "See the pattern library"),
    "public.api": Text("查看接口文档", "Read the API's document"),
    "public.assets": Text("读取页面样式和脚本", "Load styles and scripts"),
    "public.health": Text("检查系统是否正常", "Ask whether the house is well"),
    "public.preferences": Text("设置语言和外观", "Set language and looks"),
    "public.problems": Text("查看错误说明", "Read about problems"),
    "regions.departments": Text("查看部门名录", "See the departments"),
}

#: What an action is done to 资源, by its room where the noun is the room's own.
_OF_ROOM = {
    "audit": Text("账本", "ledger"),
    "bundles": Text("一件事", "bundle"),
    "cases": Text("办件", "case"),
    "catalogue": Text("事项", "item"),
    "identity": Text("账户", "account"),
    "licences": Text("证照", "licence"),
    "notices": Text("消息", "message"),
    "portal": Text("个人信息", "personal data"),
    "reform": Text("改革台账", "the ledger of the reform"),
    "public": Text("公开页面", "public page"),
    "regions": Text("部门", "department"),
}
_CALENDAR, _DRAFT, _HEARING = (
    Text("工作日历", "calendar"),
    Text("草稿和材料", "draft"),
    Text("听证", "hearing"),
)
_KEY, _PAPER, _PERSON = Text("公钥", "public key"), Text("文书", "paper"), Text("自然人身份", "person")
_POWER, _SESSION, _STAFF = Text("授权", "power"), Text("会话", "session"), Text("工作账户", "staff account")
_FIRM, _CONSENT, _SYSTEM = Text("单位", "firm"), Text("同意", "consent"), Text("部门的系统", "system")
_ARCHIVE, _LIST, _REQUEST = (
    Text("档案", "archive"),
    Text("办件列表", "list of cases"),
    Text("请求", "request"),
)
_PAGE, _POLICY, _FACTOR = (
    Text("公开页面", "public page"),
    Text("权限表", "policy table"),
    Text("凭据", "credential"),
)
#: And by its verbs, where it is another.
_OF_VERB: dict[Text, dict[str, str]] = {
    _KEY: {"audit": "keys", "licences": "keys"},
    _CALENDAR: {"cases": "working_days absence"},
    _DRAFT: {"cases": "start draft enclose submit materials forget_material"},
    _HEARING: {"cases": "hear hearing recusal"},
    _PAPER: {"cases": "print published check slip", "licences": "verify_paper"},
    _ARCHIVE: {"cases": "archive appraise"},
    _LIST: {"cases": "desk at_hall supervision templates"},
    _SESSION: {
        "identity": "end_session log_in log_in_staff log_out open_merged prove scan session take_over",
    },
    _PERSON: {
        "identity": "add_paper ask_residence check_level correct_person decide_paper enrol face face_notice level"
        " recover_at_window vet window",
    },
    _POWER: {
        "identity": "acting answer_power assist empower found_guardian found_power guard help",
    },
    _FIRM: {"identity": "bind_firm firm"},
    _FACTOR: {"identity": "change_password passkeys recover totp"},
    _CONSENT: {"identity": "consents give_consent withdraw_consent oidc_consent"},
    _SYSTEM: {
        "identity": "oidc_authorize oidc_client oidc_logout oidc_metadata oidc_registered oidc_systems",
    },
    _STAFF: {
        "identity": "staff_account staff_ask staff_grant staff_open staff_read staff_review staff_take_up",
    },
    _OF_ROOM["audit"]: {"identity": "staff_ledger"},
    _POLICY: {"identity": "staff_policy"},
    _REQUEST: {
        "portal": "answer_correction answer_review ask_correction ask_review desk_requests requests",
    },
    _PAGE: {"portal": "home keeping decisions style"},
}
#: The same by the action.
RESOURCES: dict[str, Text] = {
    f"{room}.{verb}": noun
    for noun, rooms in _OF_VERB.items()
    for room, verbs in rooms.items()
    for verb in verbs.split()
}


def resource_of(action: str) -> Text:
    """What an action is done to, as the policy table names it; KeyError for a room that has no noun."""
    return RESOURCES.get(action) or _OF_ROOM[action.partition(".")[0]]
