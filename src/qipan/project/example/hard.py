"""The example's hard problems (worked on, resting, with a forgotten review, solved) and its three recurring mechanisms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from qipan.ground.sites.models import Site
from qipan.ground.units.models import Post, Unit
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.work.hard.actions import HardPlan, StepPlan, attach, begin, end_step, keep_step, review, solve
from qipan.spine.work.mechanisms.actions import MechanismPlan, close, decide, prepare, set_up
from qipan.spine.work.models import OPEN, VOID, Kind, Run, WorkItem

DAY = timedelta(days=1)


def checks_at(year: CampaignYear, kind: str) -> tuple[str, ...]:
    """Return the first check of the standard that is looked at in sites of a type."""
    found = [key for key, line in rulebook(year).lines.items() if kind in line.check.strata and not line.counter]
    return tuple(found[:1])


def list_hard_problems(year: CampaignYear, posts: Mapping[str, Post], at: datetime) -> None:
    """Put four problems on the list, as the office would over two months."""
    office, leader, mayor = (posts[f"example-{name}"] for name in ("office", "leader", "mayor"))
    units = {unit.code: unit.pk for unit in Unit.objects.filter(county=year.campaign.county_id)}
    today, begun = at.date(), at - 60 * DAY

    def listed(plan: HardPlan, review_on: date, *steps: tuple[str, str, int]) -> tuple[int, list[int]]:
        problem = begin(year.campaign, plan, review_on, by=office, at=begun)
        keys = [
            keep_step(problem.pk, StepPlan(text, units[unit], today + days * DAY), by=office, at=begun).pk
            for text, unit, days in steps
        ]
        return problem.pk, keys

    markets = tuple(
        Site.objects.filter(county=year.campaign.county_id, type="market").values_list("code", flat=True)[:3]
    )
    works = WorkItem.objects.filter(county=year.campaign.county_id, kind=Kind.ORDER, cluster__in=markets)
    numbers = list(works.filter(state__in=OPEN).order_by("deadline").values_list("number", flat=True)[:6])
    plan = HardPlan(
        "老旧农贸市场排水不畅、占道经营", "产权分属三家单位，改造资金尚未落实", units["qs-market-regulation"], leader.pk,
        "Old markets: drains and stalls on the road", "雨后积水，摊位外溢，问题反复出现。",
        (units["qs-urban-management"], units["qs-housing"]), markets,
    )  # fmt: skip
    pk, steps = listed(
        plan, today - 30 * DAY, ("核清产权，三家单位签订改造协议", "qs-market-regulation", -35),
        ("完成排水管网改造设计和预算", "qs-housing", 5), ("市场内划线归位，设置临时摊位", "qs-urban-management", 20),
    )  # fmt: skip
    end_step(pk, steps[0], by=office, result="协议已签，费用按面积分担。", on=today - 38 * DAY, at=at - 31 * DAY)
    version = 1
    review(
        pk,
        version=version,
        by=leader,
        text="设计单位已进场，请住建局月底前报预算。",
        review_on=today + 12 * DAY,
        at=at - 30 * DAY,
    )
    if numbers:
        attach(pk, " ".join(numbers), by=office, at=at - 29 * DAY)
    plan = HardPlan(
        "无物业小区环境和停车管理", "没有维修资金，业主意见不一", units["qs-housing"], mayor.pk,
        "Housing estates without management", "", (units["qs-qingshi"],),
    )  # fmt: skip
    pk, _ = listed(plan, today - 20 * DAY, ("逐个小区成立业主委员会或自管小组", "qs-qingshi", 45))
    review(
        pk, version=1, by=mayor, text="上级老旧小区改造资金明年下达，资金到位前先保清扫保洁。", review_on=today + 40 * DAY,
        rests=True, at=at - 21 * DAY,
    )  # fmt: skip
    plan = HardPlan(
        "三线（电力、通信、广电）架空线杂乱", "涉及三家企业，迁改须逐段停电停网", units["qs-development-reform"], leader.pk,
        "Overhead cables", "", (units["qs-qingshi"], units["qs-urban-management"]),
        checks=checks_at(year, "back_lane"),
    )  # fmt: skip
    listed(plan, today - 4 * DAY, ("排出分段整理计划", "qs-development-reform", 15))
    closed = WorkItem.objects.filter(county=year.campaign.county_id, cluster__in=markets).exclude(
        state__in=(*OPEN, *VOID)
    )
    plan = HardPlan(
        "客运站周边非法营运和乱停车", "跨部门执法，单家单位管不住", units["qs-transport"], mayor.pk,
        "Cars for hire around the bus station", "", (units["qs-traffic-police"],),
    )  # fmt: skip
    pk, steps = listed(plan, today - 10 * DAY, ("联合执法并设置临时落客区", "qs-traffic-police", -20))
    end_step(pk, steps[0], by=office, result="落客区启用，联合执法常态化。", on=today - 16 * DAY, at=at - 15 * DAY)
    number = closed.order_by("number").values_list("number", flat=True).first()
    if number:
        attach(pk, number, by=office, at=at - 14 * DAY)
    solve(pk, version=1, by=office, text="连续两周抽查未再发现，转入常态管理。", at=at - 12 * DAY)


def set_up_mechanisms(year: CampaignYear, posts: Mapping[str, Post], at: datetime) -> None:
    """Set up the three mechanisms of the county, and let the weekly one come round twice: its first run decided something."""
    office, leader, mayor = (posts[f"example-{name}"] for name in ("office", "leader", "mayor"))
    weekly = set_up(
        year.campaign,
        MechanismPlan(
            "周调度", "weekly", 5, "Weekly dispatch", mayor.pk,
            looks=("late", "due", "requests", "decided", "risks", "hard", "special"),
        ),
        by=office, at=at - 21 * DAY,
    )  # fmt: skip
    looks = ("late", "decided", "ladder", "hard", "special", "places")
    set_up(
        year.campaign, MechanismPlan("月通报", "monthly", 28, "Monthly bulletin", leader.pk, looks=looks), by=office,
        at=at - 21 * DAY,
    )  # fmt: skip
    set_up(
        year.campaign,
        MechanismPlan("季考评", "quarterly", 25, "Quarterly assessment", leader.pk, looks=("late", "hard", "special", "places")),
        by=office, at=at - 21 * DAY,
    )  # fmt: skip
    past = at - 7 * DAY
    run = prepare(weekly, year, past.date(), past)
    market = Unit.objects.get(county=year.campaign.county_id, code="qs-market-regulation")
    if run is not None and run.state == Run.State.PREPARED:
        decide(run.pk, "农贸市场周边早市秩序逐个市场明确管理时段", market.pk, at.date() + 10 * DAY, by=office, at=at)
        close(run.pk, year, version=run.version, by=office, at=at)
    prepare(weekly, year, at.date(), at)
