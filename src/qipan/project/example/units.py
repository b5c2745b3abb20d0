"""The units of the county, the functions that they carry, and how well each looks after what is theirs."""

from __future__ import annotations

from dataclasses import dataclass

from qipan.ground.units.models import County, Unit
from qipan.project.example.words import COMMUNITIES

COUNTY = "example-qingshan"
OFFICE = "qs-civilization"
HEADQUARTERS = "qs-headquarters"
DUPLICATE = "qs-market-supervision"
"""Market regulation was entered a second time, under its older short name."""

SEAT = "qs-qingshi"
SOUTH = "qs-hekou"
NORTH = "qs-liuping"


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """A unit as the example has it.

    `quality` shifts the log-odds that something of theirs is in order; `diligence` is the chance that a fault is gone
    by the next look.
    """

    code: str
    zh: str
    en: str
    type: str
    functions: tuple[str, ...] = ()
    quality: float = 0.0
    diligence: float = 0.45
    parent: str = ""


def _unit(
    code: str, zh: str, en: str, kind: str, functions: str = "", quality: float = 0, diligence: float = 0.45
) -> UnitPlan:
    return UnitPlan("qs-" + code, zh, en, kind, tuple(functions.split()), quality, diligence)


DEPARTMENTS: tuple[UnitPlan, ...] = (
    _unit("headquarters", "县创建工作指挥部", "County Campaign Headquarters", "headquarters", "campaign_headquarters"),
    _unit("civilization", "县文明办（创城办）", "County Civilization Office", "department", "civilization_office", 0.5, 0.6),
    _unit("party-office", "县委办公室", "County Party Committee Office", "department", "party_office", 0.8),
    _unit(
        "government-office", "县政府办公室", "County Government Office", "department",
        "government_office financial_work", 0.6,
    ),
    _unit("organization", "县委组织部", "Organization Department", "department", "organization party_organs", 0.8),
    _unit("publicity", "县委宣传部", "Publicity Department", "department", "publicity", 0.4),
    _unit("united-front", "县委统战部（民宗局）", "United Front Department", "department", "united_front ethnic_religious"),
    _unit("political-legal", "县委政法委", "Political and Legal Affairs Commission", "department", "political_legal"),
    _unit("cyberspace", "县委网信办", "Cyberspace Office", "department", "cyberspace", -0.3),
    _unit("establishment", "县委编办", "Staffing and Establishment Office", "department", "establishment_office", 0.7),
    _unit("party-school", "县委党校", "County Party School", "institution", "party_school", 0.6),
    _unit("development-reform", "县发展和改革局", "Development and Reform Bureau", "department", "development_reform", -0.2),
    _unit("education", "县教育体育局", "Education and Sports Bureau", "department", "education sports", 0.8, 0.7),
    _unit("public-security", "县公安局", "Public Security Bureau", "department", "public_security", 0.2),
    _unit("traffic-police", "县公安局交警大队", "Traffic Police Brigade", "department", "traffic_police", -0.5, 0.3),
    _unit("fire-rescue", "县消防救援大队", "Fire and Rescue Brigade", "department", "fire_rescue", 0.3),
    _unit("civil-affairs", "县民政局", "Civil Affairs Bureau", "department", "civil_affairs", 0.1),
    _unit("justice", "县司法局", "Justice Bureau", "department", "justice", 0.4),
    _unit("court", "县人民法院", "County Court", "department", "court", 0.4),
    _unit("procuratorate", "县人民检察院", "County Procuratorate", "department", "procuratorate", 0.4),
    _unit("finance", "县财政局", "Finance Bureau", "department", "finance", 0.3),
    _unit(
        "human-resources", "县人力资源和社会保障局", "Human Resources and Social Security Bureau", "department",
        "human_resources", 0.2,
    ),
    _unit("environment", "市生态环境局青山分局", "Environment Sub-bureau", "department", "environment", -0.2),
    _unit(
        "housing", "县住房和城乡建设局", "Housing and Construction Bureau", "department",
        "housing civil_air_defence landscaping", -0.4, 0.35,
    ),
    _unit(
        "urban-management", "县城市管理局", "Urban Management Bureau", "department",
        "urban_management sanitation municipal_works", -0.7, 0.3,
    ),
    _unit("landscaping", "县园林绿化中心", "Parks and Greening Centre", "institution", "landscaping", 0.3, 0.6),
    _unit("transport", "县交通运输局", "Transport Bureau", "department", "transport", 0.1),
    _unit("commerce", "县商务局", "Commerce Bureau", "department", "commerce", -0.2),
    _unit("culture-tourism", "县文化和旅游局", "Culture and Tourism Bureau", "department", "culture_tourism", 0.4, 0.55),
    _unit("health", "县卫生健康局", "Health Bureau", "department", "health", 0.7, 0.65),
    _unit("emergency", "县应急管理局", "Emergency Management Bureau", "department", "emergency", 0.1),
    _unit(
        "market-regulation", "县市场监督管理局", "Market Regulation Bureau", "department",
        "market_regulation", -0.7, 0.3,
    ),
    _unit("market-supervision", "县市场监管局", "Market Supervision Bureau", "department", "market_regulation", -0.7),
    _unit(
        "administrative-approval", "县行政审批服务局", "Administrative Approval Bureau", "department",
        "administrative_approval", 0.9, 0.8,
    ),
    _unit("taxation", "县税务局", "Tax Bureau", "department", "taxation", 0.8),
    _unit("trade-union", "县总工会", "County Trade Union", "organization", "trade_union", 0.3),
    _unit("youth-league", "团县委", "County Youth League", "organization", "youth_league", 0.4),
    _unit("womens-federation", "县妇联", "County Women's Federation", "organization", "womens_federation", 0.3),
    _unit("disabled-federation", "县残联", "County Disabled Persons' Federation", "organization", "disabled_federation"),
    _unit(
        "industry-commerce", "县工商联", "County Federation of Industry and Commerce", "organization",
        "industry_commerce_federation",
    ),
    _unit("media", "县融媒体中心", "County Media Centre", "institution", "media_centre", 0.5),
    _unit("bus", "县公共交通公司", "County Bus Company", "enterprise", "bus_operators"),
)  # fmt: skip

TOWNS: tuple[UnitPlan, ...] = (
    _unit("qingshi", "青石镇", "Qingshi Town", "town", quality=-0.1),
    _unit("hekou", "河口镇", "Hekou Town", "town", quality=-0.9, diligence=0.2),
    _unit("yuntai", "云台镇", "Yuntai Town", "town", quality=0.5, diligence=0.6),
    _unit("shiqiao", "石桥镇", "Shiqiao Town", "town", quality=0.1),
    _unit("bailu", "白鹿镇", "Bailu Town", "town", quality=0.2),
    _unit("zhuxi", "竹溪镇", "Zhuxi Town", "town", quality=0.4, diligence=0.6),
    _unit("datang", "大塘镇", "Datang Town", "town", quality=-0.3),
    _unit("liuping", "柳坪乡", "Liuping Township", "township", quality=-0.6, diligence=0.3),
    _unit("nanling", "南岭乡", "Nanling Township", "township", quality=0.2),
    _unit("shawan", "沙湾乡", "Shawan Township", "township", quality=-0.1),
    _unit("songling", "松岭乡", "Songling Township", "township", quality=0.3),
    _unit("longquan", "龙泉乡", "Longquan Township", "township"),
)

#: So many of the county town's communities are units of their own, under the town that they lie in.
COMMUNITY_UNITS: tuple[UnitPlan, ...] = tuple(
    UnitPlan(
        f"qs-community-{number:02}", f"{zh}社区党群服务中心", f"{en} Community Service Centre", "community",
        parent=SOUTH if zh in {"渔市", "船厂"} else SEAT,
    )
    for number, (zh, en) in enumerate((COMMUNITIES[i] for i in (0, 1, 2, 3, 4, 5, 10, 11)), 1)
)  # fmt: skip

UNITS: tuple[UnitPlan, ...] = (*DEPARTMENTS, *TOWNS, *COMMUNITY_UNITS)
PLANS: dict[str, UnitPlan] = {plan.code: plan for plan in UNITS}


def make_units(county: County) -> dict[str, Unit]:
    """Make the county's units and return them by code."""
    made: dict[str, Unit] = {}
    for level in (False, True):
        Unit.objects.bulk_create(
            [
                Unit(
                    county=county, code=plan.code, name_zh=plan.zh, name_en=plan.en, type=plan.type,
                    parent=made.get(plan.parent),
                )
                for plan in UNITS
                if bool(plan.parent) == level
            ]
        )  # fmt: skip
        made = {unit.code: unit for unit in Unit.objects.filter(county=county)}
    return made
