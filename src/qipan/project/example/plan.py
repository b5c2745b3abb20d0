"""The example's plan: five phases, their nodes with plan and fact, and the tasks that are due by one of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from qipan.ground.units.models import Post
from qipan.project.example import calendar
from qipan.project.example.calendar import Calendar
from qipan.spine.campaigns.models import Campaign, CampaignYear, Phase, TimeNode
from qipan.spine.work.models import OPEN, Kind, WorkItem
from qipan.spine.work.plan.tying import tie

DAY = timedelta(days=1)
ALL_FIXED, FREEZE, ASSESSED, RESULTS = 14, 25, 40, 75
"""The nodes ahead, in days from the day on which the example is shown."""
TIED = 10


def make_plan(campaign: Campaign, when: Calendar, today: date) -> None:
    """Make the phases and the nodes."""
    begins = (when.first, when.day(calendar.DOCUMENTS[0]), when.day(0.41), when.day(0.73), today + FREEZE * DAY + DAY)
    names = (
        ("动员部署阶段", "Kick-off", "明确任务、责任和时限", "Tasks, responsibilities and time limits are set"),
        ("全面创建阶段", "All-round work", "材料审核、第一轮实地考察", "Document review, first inspection round"),
        ("整改提升阶段", "Improvement", "问卷调查、第二轮实地考察", "Survey, second inspection round"),
        ("集中攻坚阶段", "Final push", "逐项销号，问题清零", "Faults are closed one by one until none is left"),
        ("迎检测评阶段", "Assessment", "保持常态，不搞突击", "Work goes on as always, without shows"),
    )  # fmt: skip
    ends = [*(later - DAY for later in begins[1:]), today + RESULTS * DAY + 5 * DAY]
    phases = [
        Phase.objects.create(
            campaign=campaign, name_zh=zh, name_en=en, aim_zh=aim_zh, aim_en=aim_en, first=first, last=max(first, last)
        )
        for (zh, en, aim_zh, aim_en), first, last in zip(names, begins, ends, strict=True)
    ]
    past = (
        ("年度动员部署会", "Kick-off meeting of the year", calendar.KICKOFF, 0),
        ("材料审核完成", "Document review ends", calendar.DOCUMENTS[1], 3),
        ("第一轮实地考察完成", "First inspection round ends", calendar.FIRST_ROUND[1], 0),
        ("问卷调查完成", "Survey ends", calendar.SURVEY[1], -1),
        ("第二轮实地考察完成", "Second inspection round ends", calendar.SECOND_ROUND[1], 5),
        ("第三轮实地考察完成", "Third inspection round ends", calendar.THIRD_ROUND[1], None),
    )
    ahead = (
        ("整改清零", "All faults fixed", ALL_FIXED, False),
        ("数据冻结", "Data freeze", FREEZE, False),
        ("省级年度测评", "Provincial assessment of the year", ASSESSED, True),
        ("测评结果通报", "Results announced", RESULTS, False),
    )
    nodes = [
        TimeNode(
            campaign=campaign, name_zh=zh, name_en=en, on=when.day(share),
            met_on=when.day(share) + days * DAY if days is not None else None,
        )
        for zh, en, share, days in past
    ]  # fmt: skip
    nodes += [
        TimeNode(campaign=campaign, name_zh=zh, name_en=en, on=today + days * DAY, decides=decides)
        for zh, en, days, decides in ahead
    ]
    for node in nodes:
        node.phase = next((phase for phase in phases if phase.first <= node.on <= phase.last), None)
    TimeNode.objects.bulk_create(nodes)


def tie_tasks(year: CampaignYear, office: Post, at: datetime) -> None:
    """Tie open tasks to the node by which all faults shall be fixed."""
    node = TimeNode.objects.get(campaign_id=year.campaign_id, name_zh="整改清零")
    found = WorkItem.objects.filter(county=year.campaign.county_id, kind=Kind.TASK, state__in=OPEN, deadline__gt=at)
    chosen = dict(found.order_by("deadline", "id").values_list("pk", "version")[:TIED])
    if chosen:
        tie(node.pk, chosen, by=office, at=at)
