"""Words for the codes that the ledger keeps and that a power names: what only who sees all rooms can say.

``rooms.py`` plugs these in. An action that a person or her agent reads about has its row here.
"""

from __future__ import annotations

from tongban import audit, cases, catalogue, identity, licences, portal, regions
from tongban.kit.db import Database
from tongban.kit.i18n import Text, both
from tongban.kit.policy import Actor
from tongban.rights_words import RIGHTS

#: Actions of the ledger, as its readers know them.
ACTIONS = {
    "catalogue.adjust": Text("登记调整的审批事项", "Entered the approvals that are adjusted"),
    "catalogue.cancel": Text("登记取消的审批事项", "Entered the approvals that are cancelled"),
    "catalogue.import": Text("从国家交换库导入事项", "Took in items from the national exchange tables"),
    "identity.vet": Text("窗口当面核验身份", "Checked your identity in person"),
    "identity.see_at_window": Text("窗口核对本人和证件", "Checked you and your document at a window"),
    "identity.begin_window_recovery": Text("窗口发起找回账户", "Began to recover your account at a window"),
    "identity.recover_at_window": Text("窗口找回账户", "Recovered your account at a window"),
    "identity.found_power": Text("窗口登记授权", "Entered a power at a window"),
    "identity.end_guardian": Text("窗口终止了监护关系", "Ended a guardianship at a window"),
    "identity.refuse_guardian": Text("窗口没有登记监护关系", "Did not enter guardianship at a window"),
    "identity.correct_person": Text("更正姓名或证件号码", "Corrected your name or document number"),
    "identity.merge": Text("合并账户", "Merged accounts"),
    "identity.open_merged": Text("打开合并前的账户或返回", "Opened a merged account, or came back"),
    "identity.unmerge": Text("撤销账户合并", "Undid the merge of accounts"),
    "identity.add_paper": Text("加上证件", "Added a document"),
    "identity.dispute_paper": Text("对证件关联提出异议", "Questioned a linked document"),
    "identity.decide_paper": Text("核实证件关联", "Settled a question about a linked document"),
    "identity.act_for": Text("开始代办", "Began to act"),
    "identity.act_for_self": Text("结束代办，切换回本人", "Ended acting for somebody"),
    "identity.offer_power": Text("授权他人", "Gave somebody a power"),
    "identity.revoke_power": Text("撤回授权", "Took a power back"),
    "identity.represent_firm": Text("成为单位的法定代表人", "Became the firm's representative"),
    "identity.take_over": Text("接手原单位的办件", "Took over the former firm's cases"),
    "identity.guard": Text("核对监护关系，可以代办", "Guardianship was confirmed"),
    "identity.ask_residence": Text("向人口库查询户籍和居住", "Asked the register for hukou and residence"),
    "identity.keep_residence": Text("保存户籍和居住信息", "Kept hukou and residence"),
    "identity.open_account": Text("开户", "Opened the account"),
    "identity.raise_account": Text("完成实名核验", "Added the real name"),
    "identity.end_phone_account": Text("注销仅手机账户", "Closed the account of a phone only"),
    "identity.come_of_age": Text("本人启用账户", "Took the account over"),
    "bundles.start": Text("开始办一件事", "Began a bundle"),
    "bundles.send": Text("提交一件事", "Sent a bundle"),
    "bundles.discard": Text("放弃没有提交的一件事", "Dropped a bundle that was not sent"),
    "bundles.withdraw": Text("撤回一件事", "Took a bundle back"),
    "bundles.see_list": Text("查看一件事列表", "Looked at the list of bundles"),
    "bundles.see_run": Text("打开一件事", "Opened a bundle"),
    "bundles.follow": Text("一件事有了进展", "A bundle came on"),
    "cases.start": Text("新建申请", "Began an application"),
    "cases.save": Text("保存填写的内容", "Saved what was filled in"),
    "cases.discard": Text("放弃草稿", "Dropped the draft"),
    "cases.submit": Text("提交申请", "Submitted the application"),
    "cases.correct": Text("补正", "Put the application right"),
    "cases.supply": Text("补交材料", "Handed in materials"),
    "cases.withdraw": Text("撤回申请", "Withdrew the application"),
    "cases.ask_withdrawal": Text("请求撤回申请", "Asked to withdraw the application"),
    "cases.ask_hearing": Text("申请听证", "Asked for a hearing"),
    "cases.waive_hearing": Text("放弃听证", "Gave up the hearing"),
    "cases.drop_hearing": Text("撤回听证申请", "Withdrew the request for a hearing"),
    "cases.leave_hearing": Text("中途退出听证", "Left the hearing"),
    "cases.ask_recusal": Text("申请主持人回避", "Asked that the presider withdraw"),
    "cases.sign_record": Text("确认听证笔录", "Confirmed the record of the hearing"),
    "identity.export_acts": Text("导出代办记录", "Took the record of acts away as a file"),
    "cases.attach": Text("上传材料", "Uploaded a document"),
    "cases.reuse_file": Text("选用交过的材料", "Used a document again"),
    "cases.see_list": Text("查看办件列表", "Looked at the list of cases"),
    "cases.see_confirmations": Text("查看请其确认的申请", "Looked at what waits to be confirmed"),
    "cases.see_materials": Text("查看交过的材料", "Looked at the documents handed in before"),
    "cases.see_case": Text("打开办件或者草稿", "Opened a case or a draft"),
    "cases.see_file": Text("打开办件的材料", "Opened a document of a case"),
    "cases.see_paper": Text("打开办件的文书", "Opened a paper of a case"),
    "licences.see_library": Text("查看证照库", "Looked at the library of licences"),
    "licences.see_licence": Text("打开证照", "Opened a licence"),
    "licences.present": Text("亮证（打开证照的二维码）", "Showed the licence (opened its code)"),
    "notices.see_inbox": Text("查看消息", "Looked at the messages"),
    "portal.see_overview": Text("打开“我的”总览", "Opened the overview “My”"),
    "portal.see_requests": Text("查看个人信息请求", "Looked at requests about data"),
    "portal.see_correction_form": Text("打开更正请求的表", "Opened the form that asks for a correction"),
    "portal.see_review_form": Text("打开复核请求的表", "Opened the form that asks for a review"),
    "portal.see_erasure": Text("查看可以删除的信息", "Looked at which data may be erased"),
    "portal.see_request": Text("打开一件个人信息请求", "Opened a request about data"),
    "portal.see_proof": Text("打开请求的证明", "Opened the proof of a request"),
    "portal.see_decision": Text("查看决定的说明", "Read how a decision came about"),
    "portal.see_data": Text("查看保存的个人信息", "Looked at the data held"),
    "portal.take_copy": Text("下载个人信息副本", "Downloaded the copy of the data"),
    "identity.see_consents": Text("查看同意记录", "Looked at the consents"),
    "audit.see_readings": Text("查看“谁看过我的数据”", "Looked at who read the data"),
    "notices.read_notice": Text("阅读消息", "Read a message"),
    "cases.read": Text("查看办件", "Read the case"),
    "cases.slip": Text("大厅窗口查看办理状态", "A hall's window looked up how the case stands"),
    "cases.read_together": Text("共同申请人查看申请", "A joint applicant read the application"),
    "cases.read_interest": Text(
        "利害关系人查看与其有关的内容", "An interested person read what concerns her"
    ),
    "cases.tell_interested": Text(
        "查找利害关系人的账户并告知", "Looked for your account to tell you of your rights"
    ),
    "cases.look_up_interested": Text("查找利害关系人的账户", "Looked for your account"),
    "cases.print_interested": Text("打开给利害关系人的通知书", "Opened the notice to you"),
    "cases.reveal": Text("查看未遮盖的完整内容", "Saw hidden answers in full"),
    "cases.print": Text(
        "打开办件文书（写有姓名或者名称）", "Opened a paper of the case, which has your name"
    ),
    "cases.check": Text("凭受理编码查询进度", "Looked up the case by its code"),
    "cases.read_file": Text("查看上传的材料", "Looked at an uploaded document"),
    "cases.read_file.thumbnail": Text("查看材料的预览图", "Saw the preview of an uploaded document"),
    "licences.look": Text("查看证照登记", "Looked at the licence's entry"),
    "licences.at_premises": Text("核对同一场所是否已有证照", "Checked whether the premises have a licence"),
    "licences.verify": Text("核验证照", "Verified the licence"),
    "licences.make_card": Text("制作实体卡", "Made the card"),
    "identity.hand_claims": Text("登录时向系统提供的信息", "What a system is told at log-in"),
    "portal.ask_correction": Text("请求更正个人信息", "Asked for a correction of data"),
    "portal.ask_review": Text("要求人工复核", "Asked for a person's look"),
    "portal.answer_review": Text("答复人工复核", "Answered a request for a person's look"),
    "portal.keep_proof": Text("上传请求的证明", "Uploaded proof for a request"),
    "portal.withdraw_request": Text("撤回请求", "Withdrew a request"),
    "portal.answer_correction": Text("答复更正请求", "Answered a request for a correction"),
    "portal.read_request": Text("查看您的请求", "Read your request"),
    "portal.reveal_request": Text("查看请求的完整内容", "Saw your request in full"),
    "portal.read_proof": Text("查看您上传的证明", "Looked at your proof"),
    "identity.read_residence": Text("查看账户上的户籍和居住信息", "Saw hukou and residence on the account"),
    "identity.read_id_number": Text("查看身份证件号码", "Saw the document number"),
    "exchange.read": Text("向登记机关查询", "Asked a register"),
    "cases.forget_material": Text("不再保留可以重复使用的材料", "Dropped a material kept for use again"),
    "cases.note": Text("在办件上加备注", "Put a note on the case"),
    "identity.bind_power": Text("注册后找到等待的授权", "Found the power that waited"),
    "identity.lapse_power": Text("授权到期", "The power ran out"),
    "identity.supersede_power": Text("换成新的授权", "A new power took its place"),
    "identity.tell_certificate": Text("告知单位证书到期", "Told that a firm's certificate ends"),
    "identity.lapse_binding": Text("单位绑定过期", "Binding the firm ran out of time"),
    "identity.print_help": Text("打印帮办同意书", "Printed the consent to be helped"),
    "identity.sign_help": Text("签署帮办同意书", "Signed the consent to be helped"),
    "identity.log_out": Text("退出登录", "Logged out"),
    "portal.ask_copy": Text("索取个人信息副本", "Asked for a copy of the data"),
    "portal.show_data": Text("查看完整的个人信息", "Saw the data in full"),
    "cases.invite": Text("请共同申请人确认", "Asked the joint applicants to confirm"),
    "cases.give_promise": Text("承诺开始等待核查", "A promise waits for its check"),
    "cases.check_promise": Text("核查告知承诺", "Checked what was promised"),
    "cases.enter_credit": Text("记入信用记录", "Entered into the credit register"),
    "cases.lift_credit": Text("移出信用记录", "Taken out of the credit register"),
    "cases.sign_commitment": Text("签署告知承诺书", "Signed the commitment"),
    "cases.ask_credit": Text("查询信用记录", "Asked the credit register"),
    "cases.publish": Text("公开许可决定", "Published the decision"),
    "cases.republish": Text("再次公开许可决定", "Published the decision again"),
    "cases.unpublish": Text("不再公开许可决定", "Took the published decision away"),
    "cases.hand_over": Text("移交承办人", "Handed the case to another officer"),
    "cases.seal": Text("文书盖章", "Sealed a paper"),
    "cases.complete": Text("办结", "Completed the case"),
    "cases.unarchive": Text("从档案取回", "Took the case back from the archive"),
    "exchange.refused": Text("没有依据的查询被拒绝", "Refused an enquiry without a ground"),
    "identity.add_passkey": Text("添加通行密钥", "Added a passkey"),
    "identity.rename_passkey": Text("修改通行密钥的名字", "Renamed a passkey"),
    "identity.remove_passkey": Text("移除通行密钥", "Removed a passkey"),
    "identity.block_passkey": Text("停用通行密钥", "Blocked a passkey"),
    "identity.ask_card": Text("申请核验银行卡或者社保卡", "Asked for a check by card"),
    "identity.ask_phone": Text("申请更换手机号", "Asked to change the phone"),
    "identity.ask_phone_account": Text("申请手机号开户", "Asked for an account by phone"),
    "identity.ask_recovery": Text("申请找回账户", "Asked to recover the account"),
    "identity.ask_scan": Text("显示登录二维码", "Showed a code to log in by"),
    "identity.open_scan": Text("扫描登录二维码", "Scanned a code to log in by"),
    "identity.confirm": Text("注册时核对手机号", "Confirmed the phone at registration"),
    "identity.begin_face": Text("开始人脸核验", "Began a face check"),
    "identity.open_face": Text("打开人脸核验", "Opened a face check"),
    "identity.bind_phone": Text("绑定手机号", "Bound the phone"),
    "identity.lose_phone": Text("手机号转到其他账户", "The phone went to another account"),
    "identity.call_off_closing": Text("取消注销", "Called the closing off"),
    "identity.closed_account": Text("账户已注销", "Closed the account"),
    "identity.check_password": Text("核对登录密码", "Checked the password"),
    "identity.prove_password": Text("再次核对登录密码", "Checked the password again"),
    "identity.claim_child": Text("申请核对监护关系", "Claimed to be a child's parent"),
    "identity.consent_to_system": Text("同意向部门系统提供信息", "Agreed to tell a system"),
    "identity.withdraw_from_system": Text("撤回对部门系统的授权", "Withdrew from a system"),
    "identity.log_in_at_system": Text("登录部门系统", "Logged in at a system"),
    "identity.leave_system": Text("退出部门系统", "Left a system"),
    "identity.tell_system": Text("告知部门系统已退出", "Told a system that you left"),
    "identity.end_other_sessions": Text("退出其他设备", "Ended the other sessions"),
    "identity.end_firm": Text("单位已注销", "The firm is no more"),
    "identity.open_firm": Text("开设单位账户", "Opened the firm's account"),
    "identity.refuse_firm": Text("单位绑定没有核对上", "The firm was not bound"),
    "identity.refuse_enrolment": Text("注册没有核对上", "Registration was not confirmed"),
    "identity.fail_code": Text("验证码不对", "A wrong code was typed"),
    "identity.fail_password": Text("密码不对", "A wrong password was typed"),
    "identity.fail_passkey": Text("通行密钥没有通过", "A passkey did not pass"),
    "identity.fail_scan": Text("扫码登录没有成功", "A log-in by code failed"),
    "identity.resend_code": Text("再次发送验证码", "Sent the code again"),
    "identity.load_demo": Text("载入演示账户", "Loaded the demo account"),
    "licences.issue": Text("签发证照", "Issued the licence"),
    "licences.leave_as_it_is": Text("证照保持不变", "Left the licence as it is"),
    "licences.remind": Text("提醒证照将到期", "Reminded that the licence ends"),
    "licences.renew": Text("延续证照", "Renewed the licence"),
    "licences.serve_by_hand": Text("登记送达", "Recorded how it was delivered"),
    "licences.tampered": Text("发现证照记录被改动", "Found the licence's entry altered"),
    "notices.send_sms": Text("发送短信", "Sent a text message"),
    "notices.drop_sms": Text("放弃发送短信", "Gave a text message up"),
    "portal.make_copy": Text("制作个人信息副本", "Made the copy of the data"),
    "portal.request_overdue": Text("请求过了答复期限", "The limit for an answer went by"),
}

#: What was done by a power, by kind, as its page tells them apart; patterns of actions, none for what was read.
ACT_KINDS = {
    "apply": identity.ActKind(
        Text("填报和提交", "Filled in and submitted"),
        ("cases.start", "cases.save", "cases.submit", "cases.discard", "cases.attach", "cases.reuse_file"),
    ),
    "correct": identity.ActKind(
        Text("补正和补交", "Put right and handed in"), ("cases.correct", "cases.supply")
    ),
    "withdraw": identity.ActKind(
        Text("撤回申请", "Withdrew"), ("cases.withdraw", "cases.ask_withdrawal", "cases.recall")
    ),
    "hearing": identity.ActKind(
        Text("听证和陈述申辩", "Hearings"), ("cases.%hearing", "cases.ask_recusal", "cases.sign_record")
    ),
    "requests": identity.ActKind(Text("个人信息请求", "Requests about data"), ("portal.%",)),
    "read": identity.ActKind(Text("查看和查询", "Looked at or asked for"), ()),
    "acting": identity.ActKind(Text("切换身份和授权", "Switching and powers"), ("identity.%",)),
}

#: Why an officer looked at what is masked: at a case, at a request about data.
_WHY = {**portal.LOOKING, **cases.SHOWN_FOR}

#: What a purpose can be for besides an item of the catalogue and a type of licence.
_OWN_ACTS = {
    "identity.enrol": Text("实名注册", "Opening your account"),
    "identity.bind_firm": Text("绑定单位", "Binding a firm"),
    "identity.recheck_firm": Text(
        "核对您是否仍是单位的法定代表人", "Checking whether you still represent the firm"
    ),
    "identity.correct": Text("姓名和证件号码更正", "Correcting your name or document number"),
    "identity.oidc": Text("登录部门的系统", "Logging in to a department's system"),
    "identity.guard": Text("核对监护关系", "Checking guardianship"),
    "portal.request": Text("更正或者人工复核的请求", "Your request about your data"),
    "identity.change_phone": Text("更换手机号", "Changing your phone number"),
    "identity.residence": Text("户籍和居住信息", "Hukou and residence on your account"),
    "identity.face": Text("人脸核验", "Checking your face"),
    "identity.social_card": Text("社保卡核验", "Checking your social security card"),
    "cases.check": Text("办件进度和文书核对", "Status of the case and its papers"),
}


async def item_names(db: Database) -> dict[str, Text]:
    """What can be applied for, by code: to these items a power can be limited."""
    found = await catalogue.listing(db)
    return {line.code: line.card.name for line in found.lines.values() if line.online}


async def item_groups(db: Database, actor: Actor) -> list[tuple[Text, list[tuple[str, Text]]]]:
    """The same by theme 主题, for a form on which some are chosen: those that fit for whom the actor acts, each once,
    by pinyin; themes in the city's order."""
    found = await catalogue.listing(db)
    of_firm = actor.acting is not None and actor.acting.for_firm
    by_theme: dict[str, list[tuple[str, Text]]] = {theme.code: [] for theme in found.themes}
    firms = {theme.code for theme in found.themes if theme.of_firms}
    for line in catalogue.fitting(actor, found.lines.values()):
        if line.online and (themes := [one for one in line.card.themes if one in by_theme]):
            first = next((one for one in themes if (one in firms) == of_firm), themes[0])
            by_theme[first].append((line.code, line.card.name))
    return [
        (theme.name if of_firm else theme.title, by_theme[theme.code])
        for theme in found.themes
        if by_theme[theme.code]
    ]


async def name_of(db: Database, *, kind: audit.NameKind, code: str) -> Text | None:
    """Words for the codes that the ledger keeps, for the page that tells who read my data."""
    match kind:
        case "department":
            try:
                return (await regions.department(db, code)).name
            except regions.DepartmentUnknown:
                # A department that is no more: the ledger outlives it.
                return None
        case "item":
            return await _item_name(db, code)
        case "resource":
            return next((source.name for source in await catalogue.sources(db) if source.code == code), None)
        case "action":
            return ACTIONS.get(code) or RIGHTS.get(code)
        case "ground":
            return both(cases.GROUNDS[code]) if code in cases.GROUNDS else None
        case "why":
            return both(_WHY[code]) if code in _WHY else None


async def _item_name(db: Database, code: str) -> Text | None:
    if code in _OWN_ACTS:
        return _OWN_ACTS[code]
    kind = await licences.type_name(db, code)
    if kind is not None:
        return kind
    try:
        return (await catalogue.current(db, code)).name
    except catalogue.NoSuchItem:
        return None
