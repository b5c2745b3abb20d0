"""A made-up standard that uses every kind of rule, and a county that is judged by it: small enough to be checked whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from qipan.assessment.batch import Gathering, Round, Selection, instant
from qipan.assessment.reading import NOTHING_READ, ClusterReadings
from qipan.assessment.rulebook import Rulebook
from qipan.ground.sites.models import Site, SiteDuty
from qipan.ground.units.models import County, Unit
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import Campaign, CampaignYear, FunctionDuty
from qipan.spine.ledger import models, running
from qipan.spine.ledger.actions import Fact
from qipan.spine.standards.actions import store
from qipan.spine.standards.models import Edition

YEAR = 2026
ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(YEAR, 3, 1, 9, tzinfo=ZONE)

FUNCTIONS = {
    "format": "qipan-functions/1",
    "functions": [
        {"code": "education", "title": {"zh": "教育", "en": "education"}, "aliases": ["教育局"]},
        {"code": "health", "title": {"zh": "卫健", "en": "health"}},
        {"code": "roads", "title": {"zh": "市政", "en": "roads"}},
        {"code": "statistics", "title": {"zh": "统计", "en": "statistics"}},
        {"code": "townships", "title": {"zh": "各乡镇", "en": "each township"}, "group": True},
    ],
}

CHECKLISTS = {
    "format": "qipan-checklists/1",
    "id": "small-checklists",
    "title": {"zh": "检查表", "en": "checklists"},
    "edition": "1",
    "aliases": {"green": "park"},
    "types": [
        {
            "code": "street",
            "title": {"zh": "街道", "en": "street"},
            "items": [
                {"key": "street.clean", "title": {"zh": "干净", "en": "clean"}},
                {"key": "street.lamps", "title": {"zh": "路灯", "en": "lamps"}},
                {"key": "street.faults", "title": {"zh": "破损", "en": "faults"}, "value": {"kind": "count_threshold", "at_most": 0}},
                {"key": "street.unused", "title": {"zh": "未用", "en": "unused"}},
            ],
        },
        {
            "code": "park",
            "title": {"zh": "公园", "en": "park"},
            "items": [
                {"key": "park.bins", "title": {"zh": "垃圾箱", "en": "bins"}},
                {"key": "park.benches", "title": {"zh": "座椅", "en": "benches"}},
            ],
        },
    ],
}  # fmt: skip


def share(code: str, points: int, *methods: str) -> dict:
    return {"code": code, "title": {"zh": code, "en": code}, "points": points, "methods": list(methods), "assumed": "t"}


STANDARD = {
    "format": "qipan-standard/1",
    "id": "small",
    "title": {"zh": "小标准", "en": "a small standard"},
    "edition": "1",
    "total": 100,
    "shares": [share("d", 40, "document_review", "declared_figure"), share("s", 40, "site_inspection", "telephone_test"), share("q", 20, "survey")],
    "weights_basis": {"assumed": "t"},
    "grades": {"values": {"A": 1, "B": "2/3", "C": "1/3"}, "assumed": "t"},
    "sub_standards": [{"id": "small-sub", "share": 20, "assumed": "t"}, {"id": "not-at-hand", "share": 5, "assumed": "t"}],
    "gates": [
        {"id": "low", "title": {"zh": "门槛", "en": "gate"}, "on": {"node": "Ⅱ"}, "at_least": 20, "effect": "cap", "cap_points": 60, "assumed": "t"},
        {"id": "sub", "title": {"zh": "子门槛", "en": "sub gate"}, "on": {"sub_standard": "small-sub"}, "at_least": 85, "effect": "bar", "assumed": "t"},
    ],
    "bonuses": [{"id": "honours", "title": {"zh": "荣誉", "en": "honours"}, "item": "bonus.honours", "each": 1, "max": 3, "assumed": "t"}],
    "negative": [{"id": "N1", "title": {"zh": "事故", "en": "accident"}, "item": "negative.N1", "deduct": 3, "effect": "deduct", "assumed": "t"}],
    "nodes": [
        {
            "code": "Ⅰ",
            "title": {"zh": "一", "en": "one"},
            "cap": 30,
            "children": [
                {
                    "code": "Ⅰ-1",
                    "title": {"zh": "一一", "en": "one one"},
                    "checks": [
                        {"method": "document_review", "lead": ["教育局"], "support": ["health"], "items": ["Ⅰ-1.1", "Ⅰ-1.2"], "value": {"kind": "graded_scale"}},
                        {"method": "site_inspection", "lead": ["roads", "health"], "support": ["townships"],
                         "strata": {"street": ["street.clean", "street.lamps"], "green": ["park.bins"]}, "site": {"kind": "checklist_sum", "weights": {"street.clean": 2}}},
                    ],
                },
                {
                    "code": "Ⅰ-2",
                    "title": {"zh": "一二", "en": "one two"},
                    "checks": [
                        {"method": "site_inspection", "lead": ["roads"], "strata": {"street": ["street.clean", "street.faults"]}, "repeat": "worst", "site": {"kind": "all_of"}, "missing": "zero"},
                        {"method": "site_inspection", "suffix": "b", "lead": ["statistics"], "strata": {"park": ["park.bins", "park.benches"], "square": []},
                         "repeat": "mean", "site": {"kind": "deduction", "each": "0.5"}, "na": "leaves"},
                    ],
                },
            ],
        },
        {
            "code": "Ⅱ",
            "title": {"zh": "二", "en": "two"},
            "children": [
                {
                    "code": "Ⅱ-1",
                    "title": {"zh": "二一", "en": "two one"},
                    "checks": [
                        {"method": "survey", "lead": ["health"], "topic": "t", "strata": {"residents": ["q.good"]}, "missing": "excluded",
                         "value": {"kind": "option_values", "values": {"yes": 1, "no": 0}, "excluded": ["unsure"]}, "join": {"kind": "pooled_rate", "min_sample": 2},
                         "points": {"kind": "banded", "bands": [{"above": "0.80", "value": "A"}, {"above": "0.50", "value": "B"}], "otherwise": "C"}},
                        {"method": "telephone_test", "lead": ["health", "education"], "strata": {"hotline": ["call.answered"]}, "site": {"kind": "n_of", "need": 1, "of": 2}, "na": "full"},
                        {"method": "declared_figure", "items": ["Ⅱ-1.n"], "value": {"kind": "target_distance", "target": 100, "zero_at": 60}},
                    ],
                },
                {"code": "Ⅱ-2", "title": {"zh": "二二", "en": "two two"}},
            ],
        },
    ],
}  # fmt: skip

SUB = {
    "format": "qipan-standard/1",
    "id": "small-sub",
    "title": {"zh": "子标准", "en": "a sub-standard"},
    "edition": "1",
    "total": 50,
    "shares": [share("a", 50, "site_inspection")],
    "grades": {"values": {"A": 1}, "assumed": "t"},
    "bonuses": [{"id": "more", "title": {"zh": "加", "en": "more"}, "item": "bonus.more", "each": 2, "max": 4, "assumed": "t"}],
    "nodes": [
        {"code": "甲", "title": {"zh": "甲", "en": "first"}, "checks": [{"method": "site_inspection", "lead": ["roads"], "strata": {"street": ["street.lamps"]}}]},
        {"code": "乙", "title": {"zh": "乙", "en": "second"}, "checks": [{"method": "site_inspection", "lead": ["townships"], "strata": {"park": ["park.benches"]}}]},
    ],
}  # fmt: skip

POINTS = {
    "format": "qipan-standard/1",
    "id": "priced",
    "title": {"zh": "计分标准", "en": "a standard with points"},
    "edition": "1",
    "total": 100,
    "weighting": "points",
    "grades": {"values": {"A": 1}, "assumed": "t"},
    "nodes": [
        {
            "code": "1",
            "title": {"zh": "一", "en": "one"},
            "points": 70,
            "children": [
                {"code": "1.1", "title": {"zh": "街", "en": "street"}, "points": 30, "checks": [{"method": "site_inspection", "lead": ["roads"], "strata": {"street": ["street.clean"]}, "na": "full"}]},
                {"code": "1.2", "title": {"zh": "园", "en": "park"}, "points": 20, "checks": [{"method": "site_inspection", "support": ["roads"], "strata": {"park": ["park.bins"]}}]},
                {"code": "1.3", "title": {"zh": "空", "en": "nothing on file"}, "points": 20},
            ],
        },
        {"code": "2", "title": {"zh": "二", "en": "two"}, "points": 30, "cap": 10, "checks": [
            {"method": "document_review", "items": ["Ⅰ-1.1"], "value": {"kind": "pass_fail"}},
            {"method": "survey", "topic": "t", "strata": {"residents": ["q.good"]}, "value": {"kind": "option_values", "values": {"yes": 1, "no": 0, "unsure": "0.5"}}},
        ]},
    ],
}  # fmt: skip

PASS_FAIL = ("pass", "fail", "na", "not_seen", "refused", "lost", "disputed")
ITEMS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "street.clean": ("street", ("s1", "s2", "s3"), PASS_FAIL),
    "street.lamps": ("street", ("s1", "s2", "s3"), PASS_FAIL),
    "street.faults": ("street", ("s1", "s2", "s3"), ("0", "2", "na", "not_seen")),
    "street.unused": ("street", ("s1",), ("pass",)),
    "park.bins": ("park", ("p1", "p2"), PASS_FAIL),
    "park.benches": ("park", ("p1", "p2"), PASS_FAIL),
    "q.good": ("residents", ("z1", "z2"), ("yes", "yes", "no", "unsure", "refused")),
    "call.answered": ("hotline", ("h1",), PASS_FAIL),
    "Ⅰ-1.2": ("", ("",), ("A", "B", "C", "na", "disputed")),
    "Ⅱ-1.n": ("", ("",), ("100", "80", "60", "lost")),
    "bonus.honours": ("", ("",), ("0", "1", "5")),
    "bonus.more": ("", ("",), ("1", "3")),
    "negative.N1": ("", ("",), ("0", "1", "2")),
}
"""item -> (stratum, clusters, outcomes)"""
PLACES = [(stratum, cluster) for stratum, clusters, _ in ITEMS.values() for cluster in clusters if stratum]


@dataclass
class Small:
    """What was made."""

    county: County
    year: CampaignYear
    units: dict[str, Unit] = field(default_factory=dict)

    @property
    def book(self) -> Rulebook:
        """The rulebook of the year."""
        return rulebook(self.year)


def editions(*standards: dict) -> list[Edition]:
    """Store the packs; the first is the main standard."""
    return [store(data) for data in (*(standards or (STANDARD, SUB)), CHECKLISTS, FUNCTIONS)]


def add_year(county: County, *standards: dict, year: int = YEAR) -> CampaignYear:
    """A campaign of its own with one year."""
    pinned = editions(*standards)
    campaign = Campaign.objects.create(county=county, name_zh="创建", first_year=year, last_year=year)
    made = CampaignYear.objects.create(campaign=campaign, year=year, standard=pinned[0])
    made.companions.set(pinned[1:])
    return made


def make(*standards: dict, code: str = "small") -> Small:
    """Make a county with units, sites and duties, and a campaign year."""
    county = County.objects.create(code=code, name_zh="小县")
    year = add_year(county, *standards)
    names = ("edu", "health", "roads", "town", "village")
    units = {
        n: Unit.objects.create(county=county, code=n, name_zh=n, type="town" if n == "town" else "dept") for n in names
    }
    held = [("education", "edu"), ("health", "health"), ("roads", "roads"), ("townships", "town")]
    FunctionDuty.objects.bulk_create(FunctionDuty(campaign=year.campaign, function=f, unit=units[u]) for f, u in held)
    for stratum, cluster in dict.fromkeys(PLACES):
        town = units["town"] if cluster in {"p1", "s2"} else None
        site = Site.objects.create(county=county, code=cluster, name_zh=cluster, type=stratum, territory=town)
        if cluster == "s1":
            SiteDuty.objects.create(site=site, function="roads", unit=units["village"])
        if cluster == "p2":
            SiteDuty.objects.create(site=site, function="", unit=units["edu"])
    return Small(county, year, units)


def at(day: float) -> datetime:
    """A moment, some days after the first of March."""
    return START + timedelta(days=day)


def fact(item: str, outcome: str, day: float = 1, cluster: str = "", **more: object) -> Fact:
    """A fact at the first cluster of the item's stratum, found by a census unless said otherwise."""
    stratum, clusters, _ = ITEMS.get(item, ("", ("",), ()))
    given: dict = {"stratum": stratum, "cluster": cluster or clusters[0], "selection": "census", **more}
    return Fact(item, outcome, at(day), **given)


def gathered(year: CampaignYear) -> Gathering:
    """The pure scorer, given the same facts as they stand in the ledger."""
    book = rulebook(year)
    gathering = Gathering(book)
    found = models.Observation.objects.filter(county_id=year.campaign.county_id, year=year.year).order_by("seq")
    # What this year's standards do not know is recorded for the sake of another campaign.
    for o in found.filter(item__in=[*book.by_item, *book.catalogue.items]):
        gathering.add_row(
            o.item, o.stratum, o.cluster, o.subject, str(o.round_id or ""), o.selection != "chosen", o.outcome, o.weight,
            instant(o.observed_at), instant(o.recorded_at), o.source, o.own, str(o.uid), str(o.supersedes or ""),
        )  # fmt: skip
    return gathering


def rounds(year: CampaignYear) -> list[Round]:
    """The county's rounds of the year as the pure scorer takes them."""
    return [
        Round(
            str(r.pk), r.opened_at, tuple(r.listings.values_list("stratum", "cluster")), cast("Selection", r.selection)
        )
        for r in models.Round.objects.filter(county_id=year.campaign.county_id)
        if r.opened_at.astimezone(ZONE).year == year.year
    ]


def stored(year: CampaignYear) -> dict[running.Key, ClusterReadings]:
    """The running readings, those that say nothing left out."""
    now = running.stored_readings(year.pk, level=0)
    found = running.stored_readings(year.pk, level=1)
    both = {}
    for key in {*now, *found}:
        first = found.get(key, NOTHING_READ)
        both[key] = ClusterReadings(now.get(key, NOTHING_READ), None if first == NOTHING_READ else first)
    return {key: one for key, one in both.items() if one != ClusterReadings(NOTHING_READ, None)}
