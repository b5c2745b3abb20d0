"""A small county with a standard that counts: hotels, roads, a survey and a document, in a year of two rounds."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.sites.models import Site, SiteDuty
from qipan.ground.units.models import County, Post, Role, Unit
from qipan.spine.campaigns.models import Campaign, CampaignYear, FunctionDuty
from qipan.spine.ledger.actions import Fact, open_round
from qipan.spine.ledger.models import Round
from qipan.spine.standards.actions import store
from tests.world import make_person, make_post

YEAR = timezone.localdate().year
FIRST = datetime(YEAR, 1, 1, 2, tzinfo=UTC)

CHECKLISTS: dict[str, Any] = {
    "format": "qipan-checklists/1",
    "id": "little-checklists",
    "title": {"zh": "小清单", "en": "Little checklists"},
    "types": [
        {
            "code": "hotel",
            "title": {"zh": "宾馆饭店", "en": "hotel"},
            "items": [
                {"key": f"hotel.ho{n}", "title": {"zh": f"宾馆检查项{n}", "en": f"hotel item {n}"}, "safety": n == 1}
                for n in (1, 2, 3)
            ],
        },
        {
            "code": "road",
            "title": {"zh": "主次干道", "en": "main road"},
            "items": [
                {
                    "key": "road.r1",
                    "title": {"zh": "每百米垃圾数", "en": "litter per 100 m"},
                    "kind": "count",
                    "value": {"kind": "count_threshold", "at_most": 3},
                },
                {"key": "road.r2", "title": {"zh": "路面完好", "en": "surface sound"}},
            ],
        },
    ],
}
FUNCTIONS: dict[str, Any] = {
    "format": "qipan-functions/1",
    "id": "little-functions",
    "title": {"zh": "职能", "en": "Functions"},
    "functions": [
        {"code": "tourism", "title": {"zh": "文化旅游", "en": "tourism"}},
        {"code": "roads", "title": {"zh": "城市管理", "en": "urban management"}},
        {"code": "office", "title": {"zh": "文明办", "en": "civilization office"}},
    ],
}
STANDARD: dict[str, Any] = {
    "format": "qipan-standard/1",
    "id": "little",
    "title": {"zh": "小标准", "en": "Little standard"},
    "source": {"zh": "测试", "en": "for tests"},
    "completeness": {"status": "complete"},
    "total": 100,
    "weighting": "points",
    "grades": {"values": {"A": 1, "B": "0.66", "C": "0.33"}, "assumed": {"zh": "测试", "en": "for tests"}},
    "nodes": [
        {
            "code": "1",
            "title": {"zh": "场所", "en": "Places"},
            "children": [
                {
                    "code": "1.1",
                    "title": {"zh": "宾馆饭店", "en": "Hotels"},
                    "points": 30,
                    "checks": [
                        {
                            "method": "site_inspection",
                            "lead": ["tourism"],
                            "strata": {"hotel": ["hotel.ho1", "hotel.ho2", "hotel.ho3"]},
                        }
                    ],
                },
                {
                    "code": "1.2",
                    "title": {"zh": "道路", "en": "Roads"},
                    "points": 40,
                    "checks": [
                        {
                            "method": "site_inspection",
                            "lead": ["roads"],
                            "strata": {"road": ["road.r1", "road.r2"]},
                        }
                    ],
                },
            ],
        },
        {
            "code": "2",
            "title": {"zh": "工作", "en": "Work"},
            "children": [
                {
                    "code": "2.1",
                    "title": {"zh": "方案", "en": "Plan"},
                    "points": 10,
                    "checks": [
                        {
                            "method": "document_review",
                            "lead": ["office"],
                            "items": [{"key": "2.1", "value": {"kind": "graded_scale"}}],
                        }
                    ],
                },
                {
                    "code": "2.2",
                    "title": {"zh": "满意度", "en": "Satisfaction"},
                    "points": 20,
                    "checks": [
                        {
                            "method": "survey",
                            "lead": ["office"],
                            "join": {"kind": "pooled_rate"},
                            "strata": {
                                "residents": [
                                    {
                                        "key": "survey.2.2",
                                        "title": {"zh": "是否满意", "en": "satisfied?"},
                                        "value": {"kind": "option_values", "values": {"a": 1, "b": 0}},
                                    }
                                ]
                            },
                        }
                    ],
                },
            ],
        },
    ],
    "strata": [
        {"code": "hotel", "title": {"zh": "宾馆饭店", "en": "hotel"}},
        {"code": "road", "title": {"zh": "主次干道", "en": "main road"}},
        {"code": "residents", "title": {"zh": "居民", "en": "residents"}},
    ],
}


@dataclass
class Little:
    """What was made."""

    county: County
    year: CampaignYear
    office: Post
    inspector: Post
    units: dict[str, Unit]
    rounds: dict[str, Round] = field(default_factory=dict)


def little_county(hotels: int = 4, roads: int = 3, *, code: str = "little", rounds: bool = True) -> Little:
    """A county with its register, its duties, a census of hotels and a draw of roads; nothing is recorded yet."""
    county = County.objects.create(code=code, name_zh="小县", name_en="Little County")
    units = {
        name: Unit.objects.create(county=county, code=name, name_zh=zh, name_en=name, type=kind)
        for name, zh, kind in (
            ("office", "创城办", "department"), ("tourism", "文旅局", "department"),
            ("roads", "城管局", "department"), ("east", "城东镇", "town"), ("west", "城西镇", "town"),
        )
    }  # fmt: skip
    campaign = Campaign.objects.create(
        county=county, name_zh="创城", name_en="Campaign", first_year=YEAR, last_year=YEAR, office=units["office"]
    )
    year = CampaignYear.objects.create(campaign=campaign, year=YEAR, standard=store(STANDARD))
    year.companions.set([store(CHECKLISTS), store(FUNCTIONS)])
    since = date(YEAR, 1, 1)
    for function in ("tourism", "office"):
        FunctionDuty.objects.create(campaign=campaign, function=function, unit=units[function], valid_from=since)
    made = [("h", "hotel", n, "宾馆") for n in range(1, hotels + 1)] + [
        ("r", "road", n, "路") for n in range(1, roads + 1)
    ]
    made.append(("z", "residents", 1, "片区"))
    sites = Site.objects.bulk_create(
        Site(
            county=county, code=f"{letter}{n}", name_zh=f"{word}{n}", name_en=f"{kind} {n}", type=kind,
            territory=units["east" if n % 2 else "west"], lon=0.2 + n / 1000, lat=0.1 + n / 2000,
        )
        for letter, kind, n, word in made
    )  # fmt: skip
    SiteDuty.objects.bulk_create(
        SiteDuty(site=site, function="roads", unit=units["roads"], valid_from=since)
        for site in sites
        if site.type == "road" and site.code != "r1"  # nobody answers for the first road
    )
    people = {role: make_person(f"{code}-{role}") for role in (Role.OFFICE, Role.INSPECTOR)}
    little = Little(
        county, year, make_post(people[Role.OFFICE], units["office"], Role.OFFICE),
        make_post(people[Role.INSPECTOR], units["tourism"], Role.INSPECTOR), units,
    )  # fmt: skip
    if rounds:
        hotel_list = [("hotel", site.code) for site in sites if site.type == "hotel"]
        road_list = [("road", site.code) for site in sites if site.type == "road"][:2]
        little.rounds["census"] = open_round(county.pk, "census", Text("普查", "Census"), "census", FIRST, hotel_list)
        little.rounds["draw"] = open_round(
            county.pk, "draw", Text("抽查", "Draw"), "drawn", FIRST + timedelta(days=1), road_list, seed="7"
        )
    return little


def look(item: str, cluster: str, outcome: str, **more: Any) -> Fact:
    """A fact; seen on the third day of the year at ten unless said otherwise."""
    given: dict[str, Any] = {
        "observed_at": FIRST + timedelta(days=2),
        "recorded_at": FIRST + timedelta(days=2, hours=1),
        "uid": uuid.uuid4(),
    }
    return Fact(item=item, cluster=cluster, outcome=outcome, **{**given, **more})
