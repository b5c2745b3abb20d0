"""A small county with people in every role, for tests of the work: who found, who handles, who looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from qipan.ground.files.models import Photo, StoredFile
from qipan.ground.units.models import County, Post, Role, Unit
from qipan.spine.campaigns.models import CampaignYear, FunctionDuty
from qipan.spine.ledger.actions import record
from qipan.spine.scorecards.queries import forget
from qipan.spine.work.actions import Finding, accept, open_orders, report
from qipan.spine.work.item_page import item_page
from qipan.spine.work.models import WorkItem
from tests.little_ledger import FIRST, YEAR, Little, little_county, look
from tests.world import make_person, make_post

NOON = FIRST + timedelta(days=30, hours=2)
"""A Saturday or a Thursday, but never before what the county saw in its first days."""


@dataclass
class Town:
    """What was made. Posts are named by unit and role."""

    little: Little
    posts: dict[str, Post] = field(default_factory=dict)

    @property
    def county(self) -> County:
        return self.little.county

    @property
    def year(self) -> CampaignYear:
        return self.little.year

    @property
    def units(self) -> dict[str, Unit]:
        return self.little.units

    def __getitem__(self, name: str) -> Post:
        return self.posts[name]


def make(code: str = "little", **more: Any) -> Town:
    """Make the county: heads and liaisons of two bureaus and two towns, a section below one, inspectors, a leader."""
    forget()
    little = little_county(code=code, **more)
    units = little.units
    units["section"] = Unit.objects.create(
        county=little.county,
        code="section",
        name_zh="养护科",
        name_en="section",
        type="department",
        parent=units["roads"],
    )
    FunctionDuty.objects.create(campaign=little.year.campaign, function="roads", unit=units["roads"])
    town = Town(little)
    for name, unit, role in (
        ("office", "office", Role.OFFICE), ("leader", "office", Role.LEADER), ("inspector", "office", Role.INSPECTOR),
        ("inspector-2", "office", Role.INSPECTOR), ("inspector-roads", "roads", Role.INSPECTOR),
        ("inspector-section", "section", Role.INSPECTOR), ("roads-head", "roads", Role.HEAD),
        ("roads", "roads", Role.LIAISON), ("tourism-head", "tourism", Role.HEAD), ("tourism", "tourism", Role.LIAISON),
        ("east", "east", Role.LIAISON), ("west", "west", Role.LIAISON), ("section", "section", Role.LIAISON),
    ):  # fmt: skip
        town.posts[name] = make_post(make_person(f"{code}-at-{name}", password=None), units[unit], role)
    return town


def at(hours: float = 0) -> datetime:
    """A moment, some hours after the orders of these tests are issued."""
    return NOON + timedelta(hours=hours)


def photo(town: Town, name: str = "a") -> Photo:
    """A photo's row; no test here looks at its files."""
    file, _ = StoredFile.objects.get_or_create(
        hash=name * 64, defaults={"size": 1, "media_type": "image/jpeg", "added_at": datetime(YEAR, 1, 1, tzinfo=UTC)}
    )
    return Photo.objects.create(
        county=town.county, original=file, shown=file, thumbnail=file, width=4, height=3, added_at=NOON
    )


def finding(item: str = "road.r2", cluster: str = "r2", outcome: str = "fail", **more) -> Finding:
    """A finding an hour before the orders are issued."""
    return Finding(item, outcome, **{"seen_at": at(-1), "cluster": cluster, "text": "坏了", **more})


def seen(town: Town, *places: tuple[str, str, str]) -> None:
    """Record what the first look of the year saw: (item, cluster, outcome)."""
    rounds = {"h": "census", "r": "draw"}
    facts = []
    for item, cluster, outcome in places:
        code = rounds[cluster[0]] if cluster != "r3" else ""
        given = {"round": town.little.rounds[code].pk, "selection": "drawn" if code == "draw" else code} if code else {}
        facts.append(look(item, cluster, outcome, source=f"visit/{cluster}", **given))
    record(town.county.pk, YEAR, facts, by=town["inspector"])


def order(town: Town, **more) -> Any:
    """An order at a road that the roads bureau answers for."""
    by = more.pop("by", town["inspector"])
    opened = open_orders(town.year, [finding(**more)], by=by, origin=("visit", "1", "第一轮"), at=at())
    return WorkItem.objects.get(pk=opened[0].pk)


def accepted(town: Town, **more) -> Any:
    """An order that was accepted."""
    item = order(town, **more)
    accept(item.pk, version=item.version, by=town["roads"], at=at(1))
    return WorkItem.objects.get(pk=item.pk)


def reported(town: Town, **more) -> Any:
    """An order that was reported."""
    item = accepted(town, **more)
    report(
        item.pk, version=item.version, by=town["roads"], text="已修好", fixed_at=at(2), photos=[photo(town)], at=at(3)
    )
    return WorkItem.objects.get(pk=item.pk)


def page(post: Post, number: str, **more) -> Any:
    """The page of an item that is there to be seen."""
    found = item_page(post, number, **more)
    assert found is not None
    return found


def again(item: WorkItem) -> Any:
    """An item as it is stored now."""
    return WorkItem.objects.get(pk=item.pk)
