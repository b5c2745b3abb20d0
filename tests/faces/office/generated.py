"""A generated standard of any size, as a campaign year with observations of its documents."""

from __future__ import annotations

from typing import Any

from qipan.ground.units.models import County, Person, Post, Role, Unit
from qipan.spine.campaigns.models import Campaign, CampaignYear, FunctionDuty
from qipan.spine.ledger.actions import Fact, record
from qipan.spine.standards.actions import store
from tests.faces.office.county import YEAR, at, chance

SECTIONS, INDICATORS = 10, 10


def standard(nodes: int) -> dict[str, Any]:
    """Return plain data of a standard with about so many nodes: sections, indicators, contents with checks, criteria."""
    contents = max(1, -(-(nodes - SECTIONS - SECTIONS * INDICATORS) // (SECTIONS * INDICATORS * 2)))

    def content(code: str) -> dict[str, Any]:
        leaf = f"{code}.1"
        return {
            "code": code, "title": {"zh": f"内容 {code}", "en": f"Content {code} <b>"},
            "children": [{"code": leaf, "title": {"zh": f"标准 {leaf}", "en": f"Criterion {leaf}"}}],
            "checks": [{"method": "document_review", "lead": ["civilization_office"], "items": [leaf]}],
        }  # fmt: skip

    return {
        "format": "qipan-standard/1", "id": f"generated-{nodes}", "edition": {"zh": "一", "en": "1"},
        "title": {"zh": "生成的标准", "en": "Generated standard"}, "jurisdiction": {"zh": "县", "en": "county"},
        "honour": "test", "source": {"zh": "测试", "en": "made for a test"},
        "completeness": {"status": "complete", "note": {"zh": "", "en": ""}, "missing": []},
        "total": 100, "weighting": "shares",
        "shares": [{"code": "document", "title": {"zh": "材料", "en": "Documents"}, "points": 100,
                    "methods": ["document_review"], "assumed": {"zh": "假定", "en": "assumed"}}],
        "nodes": [
            {"code": f"{s}", "title": {"zh": f"项目 {s}", "en": f"Section {s}"}, "children": [
                {"code": f"{s}.{i}", "title": {"zh": f"指标 {s}.{i}", "en": f"Indicator {s}.{i}"},
                 "children": [content(f"{s}.{i}.{c}") for c in range(1, contents + 1)]}
                for i in range(1, INDICATORS + 1)]}
            for s in range(1, SECTIONS + 1)
        ],
    }  # fmt: skip


def make(nodes: int) -> tuple[CampaignYear, Person]:
    """Store the standard, pin it, and record an outcome for most of its items."""
    county = County.objects.create(code=f"generated-{nodes}", name_zh="生成县", name_en="Generated County")
    unit = Unit.objects.create(county=county, code="office", name_zh="创城办", name_en="Office", type="department")
    person = Person.objects.create(username=f"generated-{nodes}", full_name_zh="某")
    Post.objects.create(unit=unit, person=person, role=Role.OFFICE, title_zh="专干", title_en="Officer")
    data = standard(nodes)
    campaign = Campaign.objects.create(county=county, name_zh="生成", first_year=YEAR, last_year=YEAR, office=unit)
    year = CampaignYear.objects.create(campaign=campaign, year=YEAR, standard=store(data))
    FunctionDuty.objects.create(campaign=campaign, function="civilization_office", unit=unit)
    leaves = [
        leaf["code"]
        for section in data["nodes"]
        for indicator in section["children"]
        for content in indicator["children"]
        for leaf in content["children"]
    ]
    facts = [
        Fact(code, "fail" if chance(code) < 0.3 else "pass", at(3, 1), selection="census")
        for code in leaves
        if chance("gap", code) > 0.1
    ]
    record(county.pk, YEAR, facts, by=None)
    return year, person
