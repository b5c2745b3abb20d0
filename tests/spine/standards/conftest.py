import pytest


def tree(sections: int, below: int, leaves: int) -> dict:
    """Return a standard of sections × below × leaves nodes, each leaf with a check or two."""
    nodes = []
    for s in range(1, sections + 1):
        children = []
        for b in range(1, below + 1):
            lines = []
            for n in range(1, leaves + 1):
                code = f"{s}.{b}.{n}"
                checks = [
                    {
                        "method": "document_review",
                        "lead": ["civilization_office"],
                        "evidence": ["explanatory_report"],
                        "items": [f"{code}.1", {"key": f"{code}.2", "title": {"zh": "工作台账", "en": "work ledger"}}],
                        "value": {"kind": "graded_scale"},
                    }
                ]
                if n % 3 == 0:
                    strata = {"main_road": ["main_road.mr1", "main_road.mr2"], "community": []}
                    rule = {"kind": "n_of", "need": 3, "of": 5}
                    checks.append({"method": "site_inspection", "strata": strata, "site": rule})
                lines.append(
                    {"code": code, "title": {"zh": f"指标 {code}", "en": f"criterion {code}"}, "checks": checks}
                )
            children.append({"code": f"{s}.{b}", "title": {"zh": f"类目 {s}.{b}"}, "children": lines})
        nodes.append({"code": str(s), "title": {"zh": f"项目 {s}"}, "children": children})
    return {
        "format": "qipan-standard/1",
        "id": "made-up",
        "title": {"zh": "生成的标准", "en": "a generated standard"},
        "edition": "2026",
        "shares": [
            {"code": "d", "title": "材料", "points": 60, "methods": ["document_review"], "assumed": "测试"},
            {"code": "s", "title": "实地", "points": 40, "methods": ["site_inspection"], "assumed": "测试"},
        ],
        "grades": {"values": {"A": 1, "B": "0.66", "C": "1/3"}, "assumed": True},
        "nodes": nodes,
    }


@pytest.fixture
def small() -> dict:
    """A standard of 18 nodes."""
    return tree(2, 2, 3)


@pytest.fixture(scope="session")
def large() -> dict:
    """A standard of 5,880 nodes."""
    made = tree(12, 7, 69)
    first = made["nodes"][0]["children"][0]
    first["children"] = first["children"][:57]
    return made
