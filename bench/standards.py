"""Standards: a large one imported, and the tree of one shown with its scores."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.figures import Figure, timed
from bench.house import open_house, page, signed_in, statements

if TYPE_CHECKING:
    from qipan.spine.campaigns.models import CampaignYear

PEER_IMPORT = "a peer with a row a node: 15.4 s, 52,990 statements"
PEER_TREE = "a peer with a query a node: 2.0 s, 2,413 statements"


def measure() -> list[Figure]:
    """Return the measurements of standards."""
    open_house()
    return [*_imports(), *_trees()]


def made_up(sections: int, below: int, leaves: int, name: str) -> dict[str, Any]:
    """Return a standard of sections x below x leaves criteria, each with a check by documents, each third one at sites."""
    nodes = []
    for s in range(sections):
        middle = []
        for b in range(below):
            lines = []
            for n in range(leaves):
                code = f"{s + 1}.{b + 1}.{n + 1}"
                items = [f"{code}.1", {"key": f"{code}.2", "title": {"zh": "工作台账", "en": "work ledger"}}]
                checks: list[dict[str, Any]] = [
                    {
                        "method": "document_review",
                        "lead": ["education"],
                        "evidence": ["explanatory_report"],
                        "items": items,
                    }
                ]
                if n % 3 == 0:
                    strata = {f"type-{n % 20}": [f"{code}.a", f"{code}.b"]}
                    checks.append({"method": "site_inspection", "lead": ["education"], "strata": strata})
                words = {"zh": f"指标 {code} 的测评内容与要求", "en": f"what criterion {code} asks for"}
                lines.append({"code": code, "title": words, "text": words, "checks": checks})
            middle.append({"code": f"{s + 1}.{b + 1}", "title": {"zh": f"类目 {s + 1}.{b + 1}"}, "children": lines})
        nodes.append({"code": str(s + 1), "title": {"zh": f"项目 {s + 1}"}, "children": middle})
    shares = [
        {"code": "d", "title": "材料", "points": 60, "methods": ["document_review"], "assumed": "measured only"},
        {"code": "s", "title": "实地", "points": 40, "methods": ["site_inspection"], "assumed": "measured only"},
    ]
    return {
        "format": "qipan-standard/1", "id": name, "title": {"zh": "测量用标准", "en": "a standard for measuring"},
        "edition": "1", "shares": shares, "nodes": nodes,
    }  # fmt: skip


def _nodes(nodes: list[dict[str, Any]]) -> int:
    return sum(1 + _nodes(node.get("children", [])) for node in nodes)


def _imports() -> list[Figure]:
    from qipan.spine.standards import actions, formats

    found = []
    data = made_up(12, 7, 69, "large")
    data["nodes"][0]["children"][0]["children"] = data["nodes"][0]["children"][0]["children"][:57]
    for suffix in (".yaml", ".xlsx"):
        # Another edition each time: one that is stored already would not be written.
        data["edition"] = suffix
        with tempfile.TemporaryDirectory(prefix="qipan-bench-") as folder:
            path = Path(folder) / f"large{suffix}"
            path.write_bytes(formats.dump(formats.accept(data), suffix))
            with statements() as count:
                began, ran = time.perf_counter(), time.process_time()
                actions.store_packs([formats.load(path)])
                wall, cpu = time.perf_counter() - began, time.process_time() - ran
                found.append(
                    Figure(
                        f"import of a standard, {suffix}",
                        wall,
                        "s",
                        "≤ 3",
                        count(),
                        120,
                        f"{_nodes(data['nodes']):,} nodes",
                        PEER_IMPORT,
                        cpu,
                    )
                )
    return found


def _trees() -> list[Figure]:
    found = []
    for sections, below, leaves, bar, repeats in ((10, 7, 16, 200, 15), (12, 7, 69, 900, 7)):
        data = made_up(sections, below, leaves, f"tree-{leaves}")
        year, record_one = _county(data, f"tree-{leaves}")
        client = signed_in(year.campaign.county)
        size = f"{_nodes(data['nodes']):,} nodes"
        page(client, "/standard/")
        warm = timed(lambda client=client: page(client, "/standard/"), repeats)  # type: ignore[misc]
        fresh = timed(lambda client=client: page(client, "/standard/"), repeats, before=record_one)  # type: ignore[misc]
        with statements() as count:
            page(client, "/standard/")
            kept = count()
        record_one()
        with statements() as count:
            page(client, "/standard/")
            anew = count()
        found.append(
            Figure("tree with scores", warm.middle, "ms", f"≤ {bar}", kept, 12, size, PEER_TREE, warm.middle_cpu)
        )
        found.append(Figure("tree with scores, after a change", fresh.middle, "ms", f"≤ {bar}", anew, 12, size,
                            "the first look after something was recorded", fresh.middle_cpu))  # fmt: skip
    return found


def _county(data: dict[str, Any], code: str) -> tuple[CampaignYear, Any]:
    """Make a county with a campaign by a standard, a thousand observations, and what records one more."""
    from datetime import datetime, timedelta

    from django.utils import timezone

    from qipan.ground.sites.models import Site
    from qipan.ground.units.models import County, Unit
    from qipan.spine.campaigns.books import rulebook
    from qipan.spine.campaigns.models import Campaign, CampaignYear, FunctionDuty
    from qipan.spine.ledger.actions import Fact, record
    from qipan.spine.standards.actions import store

    county = County.objects.create(code=code, name_zh="测量县")
    unit = Unit.objects.create(county=county, code="education", name_zh="教育局", type="department")
    now = timezone.now()
    campaign = Campaign.objects.create(county=county, name_zh="测量", first_year=now.year, last_year=now.year)
    year = CampaignYear.objects.create(campaign=campaign, year=now.year, standard=store(data))
    functions = {
        "format": "qipan-functions/1",
        "functions": [{"code": "education", "title": {"zh": "教育", "en": "education"}}],
    }
    year.companions.set([store(functions)])
    FunctionDuty.objects.create(campaign=campaign, function="education", unit=unit)
    book = rulebook(year)
    strata = sorted({s for line in book.lines.values() for s in line.strata if s != "-"})
    Site.objects.bulk_create(
        Site(county=county, code=f"{s}-{n}", name_zh="点", type=s, territory=unit) for s in strata for n in range(3)
    )
    facts = []
    for line in list(book.lines.values())[:400]:
        for stratum, items in line.strata.items():
            for item in items:
                cluster = "" if stratum == "-" else f"{stratum}-1"
                facts.append(Fact(item, "pass", now - timedelta(days=1), stratum, cluster, selection="census"))
    record(county.pk, now.year, facts, by=None)
    last: list[datetime] = [now]

    def one() -> None:
        last[0] += timedelta(seconds=1)
        outcome = "fail" if last[0].second % 2 else "pass"
        record(county.pk, now.year, [Fact(facts[0].item, outcome, last[0], selection="census")], by=None)

    return year, one
