"""The example's plan: five phases, their nodes with plan and fact, the tasks due by one of them, and special actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from qipan.ground.sites.models import Site
from qipan.ground.units.models import County, Post, Unit
from qipan.project.example import calendar
from qipan.project.example.calendar import Calendar
from qipan.spine.campaigns.models import Campaign, CampaignYear, Phase, TimeNode
from qipan.spine.campaigns.programmes import ProgrammePlan, add_programme
from qipan.spine.campaigns.special import ActionPlan, begin_action
from qipan.spine.work.models import OPEN, Kind, State, WorkItem
from qipan.spine.work.opening import Finding, open_orders
from qipan.spine.work.plan.tying import tie
from qipan.spine.work.special.attaching import attach

DAY = timedelta(days=1)
ALL_FIXED, FREEZE, ASSESSED, RESULTS = 14, 25, 40, 75
"""The nodes ahead, in days from the day on which the example is shown."""
TIED = 10
TOWN = "qs-hekou"
CAME_BACK, BACK_AFTER = 3, timedelta(days=12)


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


def make_programmes(county: County, units: Mapping[str, Unit], office: Post) -> None:
    """Let two programmes share sites with the campaign: the schools of the county, and one town with all its sites."""
    schools = Site.objects.filter(county=county, type__in=("school", "school_surroundings")).values_list(
        "pk", flat=True
    )
    campus = ProgrammePlan("文明校园", "Civilized schools", sites=tuple(schools), units=())
    add_programme(county, campus, by=office)
    town = ProgrammePlan("文明村镇（河口镇）", "Civilized towns: Hekou", sites=(), units=(units[TOWN].pk,))
    add_programme(county, town, by=office)


def begin_special_actions(year: CampaignYear, posts: Mapping[str, Post], when: Calendar, at: datetime) -> None:
    """Begin two special actions: one with a scope, in which some faults come back, and one whose items are attached."""
    office, today = posts["example-office"], at.date()
    streets = begin_action(
        year.campaign,
        ActionPlan(
            "市容环境集中整治专项行动", when.day(0.5), today + 20 * DAY, "Clean streets and markets",
            basis="县创城办〔示例〕12号", aim_zh="主次干道、背街小巷、农贸市场环境卫生和秩序问题集中整治，防止反弹。",
            aim_en="Dirt and disorder on roads, lanes and markets are put right, and kept from coming back.",
            site_types=("back_lane", "crossing", "main_road", "market"), owner=posts["example-head"].unit_id,
            leader=posts["example-leader"].pk,
        ),
        by=office,
    )  # fmt: skip
    closed = WorkItem.objects.filter(
        county=year.campaign.county_id, kind=Kind.ORDER, state=State.CLOSED, stratum__in=streets.site_types,
        closed_at__lt=at - BACK_AFTER,
    )  # fmt: skip
    for item in closed.order_by("-closed_at", "id")[:CAME_BACK]:
        back = (item.closed_at or at) + BACK_AFTER
        again = Finding(
            item.item, "fail", stratum=item.stratum, cluster=item.cluster, check=item.check_key, text="复查后问题反弹",
            seen_at=back - timedelta(hours=2),
        )  # fmt: skip
        walk = ("leader", "", "领导现场督导")
        open_orders(year, [again], by=posts["example-leader"], origin=walk, at=back)
    manners = begin_action(
        year.campaign,
        ActionPlan(
            "“三对三”机关秩序和作风整顿", when.day(0.7), today + 30 * DAY, "Three against three: order in offices",
            aim_zh="对照标准、对照职责、对照先进，整改机关服务窗口存在的问题。",
            aim_en="Offices and service counters measure themselves against the standard.", owner=office.unit_id,
        ),
        by=office,
    )  # fmt: skip
    tasks = WorkItem.objects.filter(county=year.campaign.county_id, kind=Kind.TASK).order_by("number")
    numbers = list(tasks.values_list("number", flat=True)[:5])
    if numbers:
        attach(manners.pk, " ".join(numbers), by=office, at=at)
