"""What the columns of an office's task table or fault register may mean, by the words that head them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from qipan.assessment.text import Text


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a column may say: what it is called, and the headings that mean it."""

    name: Text
    words: tuple[str, ...]


PROBLEM, TASK = "problem", "task"

FIELDS: Mapping[str, Field] = {
    "number": Field(Text("编号", "Number"), ("编号", "事项编号", "问题编号", "任务编号", "督办编号", "工单编号", "Number")),
    "serial": Field(Text("序号", "Serial number"), ("序号", "排序", "No.", "No", "#")),
    PROBLEM: Field(
        Text("问题", "Problem"),
        ("问题描述", "存在问题", "具体问题", "问题", "问题内容", "存在的问题", "问题表现", "主要问题", "督查发现问题", "发现问题", "问题清单",
         "Problem", "Fault"),
    ),
    TASK: Field(
        Text("任务", "Task"),
        ("工作任务", "重点任务", "任务", "任务名称", "测评内容", "三级指标", "工作内容", "任务内容", "主要任务", "工作事项", "事项", "任务清单",
         "督办内容", "Task", "Item of work"),
    ),
    "section": Field(Text("测评项目", "Section"), ("测评项目", "一级指标", "项目", "类别名称", "Section")),
    "criterion": Field(Text("测评指标", "Criterion"), ("测评指标", "二级指标", "指标名称", "指标", "指标编号", "Criterion")),
    "wanted": Field(
        Text("工作要求", "What is wanted"),
        ("测评标准", "具体内容", "工作要求", "工作标准", "目标要求", "目标", "任务要求", "整改要求", "措施", "工作措施", "What is wanted"),
    ),
    "measure": Field(Text("整改措施", "Measures"), ("整改措施", "整改方案", "处理措施", "Measures")),
    "site": Field(
        Text("点位", "Site"),
        ("点位名称", "点位", "地点", "位置", "问题地点", "问题点位", "具体位置", "详细地址", "检查点位", "路段", "Site", "Place"),
    ),
    "site_code": Field(Text("点位编号", "Site code"), ("点位编号", "点位代码", "Site code")),
    "site_type": Field(Text("点位类型", "Type of site"), ("点位类型", "点位类别", "类型", "Type")),
    "item": Field(Text("检查项编号", "Item key"), ("检查项编号", "检查项", "检查项代码", "Item key")),
    "found": Field(
        Text("发现时间", "Found on"),
        ("督查时间", "发现时间", "检查日期", "检查时间", "发现日期", "督查日期", "巡查时间", "登记时间", "Found", "Found on"),
    ),
    "source": Field(Text("问题来源", "Source"), ("问题来源", "来源", "Comes from")),
    "lead": Field(Text("牵头单位", "Lead unit"), ("牵头单位", "主责单位", "整改牵头单位", "牵头部门", "主办单位", "承办单位", "责任牵头单位", "牵头责任单位", "责任单位牵头", "Lead unit")),
    "responsible": Field(
        Text("责任单位", "Responsible unit"),
        ("责任单位", "整改单位", "整改责任单位", "责任部门", "问题归属单位", "责任清单", "Responsible unit"),
    ),
    "support": Field(
        Text("配合单位", "Supporting units"),
        ("配合单位", "协办单位", "责任配合单位", "配合部门", "协同单位", "参与单位", "Supporting units"),
    ),
    "territory": Field(Text("属地", "Territory"), ("属地", "所属社区", "所属乡镇", "所属街道", "属地单位", "所在乡镇", "Territory")),
    "person": Field(
        Text("责任人", "Person in charge"), ("责任人", "具体责任人", "整改责任人", "经办人", "联系人", "联络人", "Person in charge")
    ),
    "leader": Field(Text("责任领导", "Responsible leader"), ("责任领导", "分管领导", "牵头领导", "包联领导", "Responsible leader")),
    "deadline": Field(
        Text("完成时限", "Deadline"),
        ("完成时限", "整改时限", "整改期限", "办理时限", "时间节点", "完成时间", "时限", "期限", "完成期限", "截止时间", "时限清单", "计划完成时间",
         "计划日期", "Planned date", "Deadline"),
    ),
    "done": Field(
        Text("是否销号", "Closed or not"),
        ("是否销号", "销号情况", "整改情况", "整改结果", "是否整改到位", "整改进度", "完成情况", "进展情况", "办理情况", "办理环节", "Stage"),
    ),
    "deliverable": Field(Text("佐证材料", "Deliverable"), ("佐证材料", "支撑材料", "成果", "交付成果", "Deliverable")),
    "before": Field(
        Text("问题照片", "Photo before"),
        ("问题照片", "整改前", "整改前照片", "现场照片", "照片", "图片", "问题图片", "附图", "Photo", "Before"),
    ),
    "after": Field(Text("整改后照片", "Photo after"), ("整改照片", "整改后", "整改后照片", "After")),
    "remark": Field(Text("备注", "Remark"), ("备注", "说明", "Remark")),
}  # fmt: skip
"""Every field, in the order in which the mapping page offers them."""

WORDS: Mapping[str, Collection[str]] = {key: field.words for key, field in FIELDS.items()}

CLOSED_WORDS = frozenset(
    {
        "是", "已销号", "销号", "已整改", "已完成", "完成", "已办结", "办结", "整改完成", "整改到位", "已整改到位", "已验收", "已解决", "已闭环",
        "closed", "done", "yes", "fixed", "cancelled", "已撤销", "撤销", "已整改完成", "已整改完毕",
    }
)  # fmt: skip
"""What a register says of a row that is over."""


def about(fields: Collection[str]) -> str:
    """Return whether a table lists problems or tasks; empty where it says neither."""
    if PROBLEM in fields:
        return PROBLEM
    return TASK if TASK in fields else ""


def what_is_missing(fields: Collection[str]) -> list[Text]:
    """Return what a table has to say and does not."""
    out = []
    if not about(fields):
        out.append(Text("没有哪一列是问题或任务", "no column says what the problem or the task is"))
    if about(fields) == TASK and not {"lead", "responsible"} & set(fields):
        out.append(Text("没有哪一列是牵头（责任）单位", "no column names the lead unit"))
    return out
