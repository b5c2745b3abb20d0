"""What the journal's verbs and things are called. A verb without words is shown as it is written."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from qipan.assessment.text import Text

VERBS = {
    "accounts.change_password": Text("修改本人密码", "changed their password"),
    "accounts.fail_sign_in": Text("登录失败", "failed sign-in"),
    "accounts.feed_end": Text("停用日程订阅地址", "ended a calendar address"),
    "accounts.feed_make": Text("生成日程订阅地址", "made a calendar address"),
    "accounts.sign_in": Text("登录", "signed in"),
    "accounts.sign_out": Text("退出登录", "signed out"),
    "accounts.switch_post": Text("切换岗位", "switched post"),
    "audit.verify": Text("校验日志", "verified the journal"),
    "calendar.day": Text("修改某日安排", "changed a day"),
    "calendar.hours": Text("修改工作时间", "changed working hours"),
    "calendar.seed": Text("载入法定节假日", "loaded public holidays"),
    "calendar.year": Text("设置某年日历", "set a year's calendar"),
    "calendar.year_off": Text("移除某年日历", "removed a year's calendar"),
    "campaign.begin": Text("建立创建活动", "began the campaign"),
    "campaign.change": Text("修改创建活动", "changed the campaign"),
    "campaign.pin": Text("选定标准版本", "pinned an edition"),
    "campaign.remove_year": Text("移除年度", "removed a year"),
    "campaign.year": Text("设置年度", "set a year"),
    "campaigns.choose_lead": Text("选定牵头单位", "chose an answering lead"),
    "campaigns.let_go": Text("职能移出", "let functions go"),
    "campaigns.take_over": Text("职能移入", "took functions over"),
    "campaigns.withdraw_lead": Text("撤回选定的牵头单位", "withdrew an answering lead"),
    "classes.add": Text("新增问题分类", "added a class"),
    "classes.edit": Text("修改问题分类", "changed a class"),
    "classes.import": Text("导入问题分类", "imported classes"),
    "classes.item": Text("指定检查项分类", "gave an item a class"),
    "classes.seed": Text("载入问题分类样例", "loaded sample classes"),
    "demand.over": Text("超出要求限额", "went over the limit of requests"),
    "files.add_photo": Text("上传照片", "added a photo"),
    "files.see_original": Text("查看照片原件", "looked at an original photo"),
    "files.sweep_photo": Text("清理未使用的照片", "swept an unused photo"),
    "function.end": Text("结束职能对应", "ended a function's mapping"),
    "function.map": Text("职能对应到单位", "mapped a function"),
    "function.unmap": Text("取消职能对应", "unmapped a function"),
    "guard.override": Text("越过底线规则", "went over a guard rail"),
    "headquarters.add": Text("指挥部增加成员", "seated somebody in the headquarters"),
    "headquarters.add_group": Text("增加专项组", "added a special group"),
    "headquarters.change": Text("修改指挥部成员", "changed a seat in the headquarters"),
    "headquarters.change_group": Text("修改专项组", "changed a special group"),
    "headquarters.remove": Text("移除指挥部成员", "took a seat out of the headquarters"),
    "headquarters.remove_group": Text("移除专项组", "took a special group out"),
    "installation.restore": Text("从备份恢复", "restored a backup"),
    "ledger.check_file": Text("重新核对文件", "had a file checked again"),
    "ledger.close_round": Text("结束轮次", "closed a round"),
    "ledger.confirm_file": Text("确认登记文件", "confirmed a file"),
    "ledger.correct": Text("更正记录", "corrected a record"),
    "ledger.discard_file": Text("放弃文件", "put a file aside"),
    "ledger.extend_round": Text("补充轮次名单", "extended a round"),
    "ledger.hand_in_file": Text("提交观测文件", "handed in a file"),
    "ledger.open_round": Text("开启轮次", "opened a round"),
    "ledger.record": Text("登记观测", "recorded observations"),
    "node.add": Text("添加节点", "added a node"),
    "node.change": Text("修改节点", "changed a node"),
    "node.move": Text("调整节点日期", "moved a node"),
    "node.reach": Text("登记节点完成", "noted a node as reached"),
    "node.remove": Text("删除节点", "removed a node"),
    "node.unreach": Text("撤回节点完成", "noted a node as not reached"),
    "people.add": Text("新增人员", "added a person"),
    "people.add_post": Text("新增岗位", "added a post"),
    "people.change": Text("修改人员信息", "changed a person's data"),
    "people.change_post": Text("修改岗位", "changed a post"),
    "people.choose_password": Text("首次设置密码", "chose a first password"),
    "people.deactivate": Text("停用账号", "deactivated an account"),
    "people.edit": Text("修改人员", "changed a person"),
    "people.end_post": Text("结束岗位", "ended a post"),
    "people.import": Text("导入人员", "imported people"),
    "people.reactivate": Text("恢复账号", "reactivated an account"),
    "people.reopen_post": Text("恢复岗位", "reopened a post"),
    "people.slip": Text("打印登录条", "printed a slip"),
    "phase.add": Text("添加阶段", "added a phase"),
    "phase.change": Text("修改阶段", "changed a phase"),
    "phase.move": Text("调整阶段日期", "moved a phase"),
    "phase.remove": Text("删除阶段", "removed a phase"),
    "practice.make": Text("建立练习环境", "made the practice county"),
    "practice.remove": Text("删除练习环境", "removed the practice county"),
    "practice.reset": Text("重置练习环境", "reset the practice county"),
    "reviews.save": Text("登记材料审核", "recorded a review"),
    "rounds.close": Text("结束轮次", "closed a round"),
    "rounds.due": Text("调整轮次结束日期", "moved the day by which a round closes"),
    "rounds.extend": Text("补充轮次名单", "extended a round"),
    "rounds.open": Text("开启轮次", "opened a round"),
    "setup.open": Text("开始设置", "began the set-up"),
    "sites.add": Text("新增点位", "added a site"),
    "sites.edit": Text("修改点位", "changed a site"),
    "sites.end": Text("停用点位", "ended a site"),
    "sites.import": Text("导入点位", "imported sites"),
    "sites.let_go": Text("点位移出", "let sites go"),
    "sites.reopen": Text("恢复点位", "reopened a site"),
    "sites.sponsor": Text("设置点位包联", "set a site's sponsor"),
    "sites.take_over": Text("点位移入", "took sites over"),
    "special.attach": Text("归入专项行动", "attached items to a special action"),
    "special.begin": Text("开展专项行动", "began a special action"),
    "special.change": Text("修改专项行动", "changed a special action"),
    "special.detach": Text("移出专项行动", "took an item off a special action"),
    "special.remove": Text("删除专项行动", "took a special action out"),
    "standards.store": Text("存入标准版本", "stored an edition"),
    "units.add": Text("新增单位", "added a unit"),
    "units.add_type": Text("新增单位类型", "added a type of unit"),
    "units.begin_types": Text("载入单位类型", "loaded types of units"),
    "units.drop_type": Text("删除单位类型", "dropped a type of unit"),
    "units.edit": Text("修改单位", "changed a unit"),
    "units.end": Text("停用单位", "ended a unit"),
    "units.import": Text("导入单位", "imported units"),
    "units.merge": Text("合并单位", "merged units"),
    "units.order_types": Text("调整单位类型顺序", "reordered types of units"),
    "units.rename_type": Text("修改单位类型名称", "renamed a type of unit"),
    "units.reopen": Text("恢复单位", "reopened a unit"),
    "units.sponsor": Text("设置片区包联", "set an area's sponsor"),
    "units.welcome": Text("看过欢迎页", "saw the welcome page"),
    "visits.save": Text("登记检查", "recorded a visit"),
    "work.accept": Text("签收", "accepted"),
    "work.appeal": Text("提出异议", "disputed a finding"),
    "work.at_once": Text("修改立行立改天数", "changed the days of “at once”"),
    "work.cancel": Text("撤销", "cancelled"),
    "work.close": Text("复查通过，销号", "re-checked and closed"),
    "work.consent": Text("负责人同意延期", "answered an extension as the head"),
    "work.contribute": Text("配合单位反馈", "added a supporting part"),
    "work.coordinate": Text("提请协调", "asked for co-ordination"),
    "work.deadline": Text("调整时限", "changed a deadline"),
    "work.decide": Text("决定申请", "decided a request"),
    "work.defer": Text("挂账", "deferred"),
    "work.extend": Text("申请延期", "asked for an extension"),
    "work.fail": Text("复查不通过，退回返工", "re-check failed, back to rework"),
    "work.handover_begin": Text("开始岗位交接", "began a hand-over"),
    "work.handover_cancel": Text("取消岗位交接", "cancelled a hand-over"),
    "work.handover_give": Text("确认移交", "signed and handed over"),
    "work.handover_take": Text("确认接收", "signed and took over"),
    "work.instruct": Text("领导批示", "instructed"),
    "work.issue": Text("交办", "issued"),
    "work.join": Text("并入在办事项", "joined an open order"),
    "work.ladder": Text("修改督办阶梯", "changed the ladder"),
    "work.merge": Text("并入其他事项", "merged into another item"),
    "work.link_give": Text("发放办理链接", "gave a unit a link"),
    "work.link_withdraw": Text("收回办理链接", "withdrew a link"),
    "work.note": Text("备注", "noted"),
    "work.reassign": Text("改派", "reassigned"),
    "work.recheck": Text("复查", "re-checked"),
    "work.reopen": Text("重新打开", "reopened"),
    "work.report": Text("反馈", "reported back"),
    "work.resume": Text("恢复办理", "took up again"),
    "work.lightness": Text("修改减负与亮灯设置", "changed the settings of lightness and lights"),
    "work.take_back": Text("撤回批示", "took back an instruction"),
    "work.return": Text("退回", "returned"),
    "work.tie": Text("按节点确定时限", "tied items to a node"),
    "work.untie": Text("解除节点挂接", "untied an item from a node"),
    "work.settings": Text("修改办理规则", "changed the rules of handling"),
    "work.suspend": Text("中止", "suspended"),
    "work.unmerge": Text("撤销合并", "undid a merger"),
    "work.withdraw": Text("撤回申请", "withdrew a request"),
}

THINGS = {
    "account": Text("账号", "account"), "backup": Text("备份", "backup"), "calendar": Text("日历", "calendar"),
    "campaign": Text("创建活动", "campaign"), "check": Text("测评点", "check"), "county": Text("县", "county"),
    "edition": Text("标准版本", "edition"), "function": Text("职能", "function"), "group": Text("专项组", "special group"),
    "handover": Text("岗位交接", "hand-over"), "member": Text("指挥部成员", "seat in the headquarters"),
    "import": Text("观测文件", "file"),
    "item": Text("检查项", "item"), "journal": Text("日志", "journal"), "ladder": Text("督办阶梯", "ladder"), "node": Text("计划节点", "node"),
    "phase": Text("阶段", "phase"), "special": Text("专项行动", "special action"),
    "observation": Text("观测记录", "observation"), "person": Text("人员", "person"), "photo": Text("照片", "photo"),
    "post": Text("岗位", "post"), "review": Text("材料审核", "review"), "round": Text("轮次", "round"),
    "site": Text("点位", "site"), "unit": Text("单位", "unit"), "unit_type": Text("单位类型", "type of unit"),
    "visit": Text("检查", "visit"), "work": Text("事项", "work item"), "work_class": Text("问题分类", "class"),
    "work_settings": Text("办理规则", "rules of handling"),
    "work_classes": Text("问题分类表", "classes"),
}  # fmt: skip

#: What the details of an entry are called; one without words is shown as it is written.
DETAILS = {
    "address": Text("来源地址", "address"), "before": Text("改前", "before"), "changes": Text("改动", "changes"),
    "check": Text("测评点", "check"), "classes": Text("类别数", "classes"), "closed_at": Text("结束时间", "closed at"),
    "cluster": Text("点位", "site"), "code": Text("编号", "code"), "count": Text("数量", "number"),
    "day": Text("日期", "day"), "days": Text("特殊日期", "special days"), "due": Text("时限", "due"),
    "edition": Text("版本", "edition"), "faults": Text("问题数", "faults"), "from": Text("改前", "from"),
    "hours": Text("工作时间", "working hours"), "into": Text("并入", "into"), "item": Text("检查项", "item"),
    "items": Text("检查项", "items"), "kind": Text("种类", "kind"), "lead": Text("牵头单位", "lead unit"),
    "limit": Text("时限", "limit"), "listed": Text("名单数", "on the list"), "name": Text("名称", "name"),
    "node": Text("计划节点", "node"), "nodes": Text("节点数", "nodes"), "reason": Text("理由", "reason"),
    "observation": Text("观测记录", "observation"), "office": Text("主管办公室", "owning office"), "on": Text("日期", "day"),
    "orders": Text("交办单", "orders"), "original": Text("原件指纹", "hash of the original"),
    "outcome": Text("结果", "outcome"), "outcomes": Text("结果", "outcomes"), "phone": Text("电话", "phone"),
    "photos": Text("照片", "photos"), "post": Text("岗位", "post"), "posts": Text("岗位", "posts"),
    "round": Text("轮次", "round"), "rounds": Text("轮次", "rounds"), "rows": Text("行数", "rows"),
    "rule": Text("规则", "rule"),
    "seed": Text("随机种子", "seed"), "site": Text("点位", "site"), "size": Text("大小（字节）", "size in bytes"),
    "source": Text("来源", "source"), "standard": Text("测评体系", "standard"), "to": Text("改后", "to"),
    "types": Text("类型", "types"), "unit": Text("单位", "unit"), "unit_before": Text("原单位", "unit before"),
    "version": Text("版次", "version"), "work_class": Text("类别", "class"), "year": Text("年度", "year"),
    "years": Text("年度", "years"),
}  # fmt: skip

#: The page of a thing: the address's name, and what follows the thing's id there.
_PAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "edition": ("edition", ()),
    "handover": ("handover", ()),
    "import": ("import_show", ()),
    "node": ("plan_node", ()),
    "observation": ("observation", ()),
    "phase": ("phase_edit", ()),
    "special": ("special_action", ()),
    "photo": ("photo", ("shown",)),
    "visit": ("visit_show", ()),
    "work": ("work_item", ()),
}


def verb_words(verb: str) -> Text:
    """Return what a verb is called."""
    return VERBS.get(verb, Text(verb, verb))


def detail_words(name: str) -> Text:
    """Return what a detail of an entry is called."""
    return DETAILS.get(name, Text(name, name))


def thing_words(kind: str) -> Text:
    """Return what a kind of thing is called."""
    return THINGS.get(kind, Text(kind, kind))


def thing_url(kind: str, key: str) -> str:
    """Return the page of a thing, where it has one; it may be gone by now."""
    name, more = _PAGES.get(kind, ("", ()))
    if not name:
        return ""
    try:
        return reverse(name, args=[key, *more])
    except NoReverseMatch:
        return ""
