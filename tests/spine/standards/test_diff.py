"""What has changed is said in sentences, and nothing that changes the hash goes unsaid."""

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

import qipan
from qipan.spine.standards import diff, formats

PACKS = Path(qipan.__file__).parent / "packs"
Change = Callable[[dict], object]


def leaf(data: dict, at: int = 0) -> dict:
    return data["nodes"][0]["children"][0]["children"][at]


def said(small: dict, change: Change) -> tuple[list[str], list[str]]:
    old, other = formats.accept(small), copy.deepcopy(small)
    change(other)
    found = diff.compare(old.data, formats.accept(other).data)
    return [one.sentence().en for one in found], [one.sentence().zh for one in found]


def renumber(data: dict) -> None:
    leaf(data)["code"] = "1.1.7"


def move(data: dict) -> None:
    data["nodes"][1]["children"][0]["children"].append(data["nodes"][0]["children"][0]["children"].pop(0))


@pytest.mark.parametrize(
    ("change", "english", "chinese"),
    [
        (lambda d: leaf(d).update(title={"zh": "新名", "en": "criterion 1.1.1"}), "node 1.1.1 ‘criterion 1.1.1’: title changed from ‘criterion 1.1.1’ to ‘criterion 1.1.1’", "指标 1.1.1“新名”：名称由“指标 1.1.1”改为“新名”"),
        (renumber, "node 1.1.1 ‘criterion 1.1.1’: renumbered from 1.1.1 to 1.1.7", "指标 1.1.1“指标 1.1.1”的编号由“1.1.1”改为“1.1.7”"),
        (move, "node 1.1.1 ‘criterion 1.1.1’: moved from 1.1 to 2.1", "指标 1.1.1“指标 1.1.1”由“1.1”下移到“2.1”下"),
        (lambda d: leaf(d)["checks"][0].update(weight=2), "check 1.1.1/document_review: weight changed from ‘(none)’ to ‘2’", "测评点 1.1.1/材料审核：权重由“（无）”改为“2”"),
        (lambda d: leaf(d)["checks"][0].update(lead=["towns"]), "check 1.1.1/document_review: lead changed from ‘civilization_office’ to ‘towns’", "测评点 1.1.1/材料审核：牵头职能由“civilization_office”改为“towns”"),
        (lambda d: leaf(d, 2)["checks"][1].update(site={"kind": "all_of"}), "check 1.1.3/site_inspection: site rule changed from ‘each site: at least 3 of 5 comply’ to ‘each site: complies only when every applicable item does’", "测评点 1.1.3/实地考察：点位规则由“每处5次中至少3次符合”改为“每处全部适用项符合才算符合”"),
        (lambda d: leaf(d, 2)["checks"].pop(), "removed: check 1.1.3/site_inspection", "删除测评点 1.1.3/实地考察"),
        (lambda d: d["nodes"].append({"code": "3", "title": "Three"}), "added: node 3 ‘Three’", "新增指标 3“Three”"),
        (lambda d: d["nodes"][0]["children"][0]["children"].pop(1), "removed: node 1.1.2 ‘criterion 1.1.2’", "删除指标 1.1.2“指标 1.1.2”"),
        (lambda d: d["nodes"].reverse(), "nodes: the order has changed", "指标的排列次序有变"),
        (lambda d: d.update(edition="2027"), "standard: edition changed from ‘2026’ to ‘2027’", "标准：版本由“2026”改为“2027”"),
        (lambda d: d["shares"][0].update(assumed="新假定"), "shares d ‘材料’: basis changed from ‘assumed: 测试’ to ‘assumed: 新假定’", "份额 d“材料”：依据由“假定：测试”改为“假定：新假定”"),
        (lambda d: d["grades"]["values"].update(C=0), "Grades 'C': value changed from ‘1/3’ to ‘0’", "等级“C”：得分率由“1/3”改为“0”"),
        (lambda d: d.update(cut={"points": 85, "assumed": True}), "standard: cut changed from ‘(none)’ to ‘85’", "标准：达标线由“（无）”改为“85”"),
        (lambda d: d.update(gates=[{"id": "g", "title": "门", "on": {"node": "1"}, "at_least": 60, "effect": "bar", "assumed": True}]), "added: gates g ‘门’", "新增门槛 g“门”"),
    ],
)  # fmt: skip
def test_each_change_has_its_sentence(small: dict, change: Change, english: str, chinese: str):
    found_english, found_chinese = said(small, change)
    assert english in found_english, found_english
    assert chinese in found_chinese, found_chinese


def test_the_same_standard_has_no_difference(small: dict):
    pack = formats.accept(small)
    assert diff.compare(pack.data, formats.accept(copy.deepcopy(small)).data) == []


def test_a_renumbered_node_takes_its_checks_along(small: dict):
    english, _ = said(small, renumber)
    assert len(english) == 1


def test_a_change_of_data_only_is_shown_as_data(small: dict):
    english, _ = said(
        small, lambda d: leaf(d)["checks"][0].update(items=["1.1.1.1", {"key": "1.1.1.2", "value": {"kind": "share"}}])
    )
    assert len(english) == 1
    assert "share" in english[0]


def test_no_change_of_a_value_goes_unsaid(small: dict):
    """Take every value of a shipped standard away in turn: whatever is still right differs in a sentence."""
    pack = formats.load(PACKS / "litter-index.yaml")
    places = [path for path in paths(pack.data) if len(path) > 0]
    seen = 0
    for path in places:
        other = copy.deepcopy(dict(pack.data))
        where = other
        for part in path[:-1]:
            where = where[part]
        del where[path[-1]]
        try:
            changed = formats.accept(other)
        except ValueError:
            continue
        if changed.hash != pack.hash:
            seen += 1
            assert diff.compare(pack.data, changed.data), path
            assert all(one.sentence().zh and one.sentence().en for one in diff.compare(pack.data, changed.data))
    assert seen > 10


def paths(data, above: tuple = ()) -> list[tuple]:
    found = [above]
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, below in pairs:
        found += paths(below, (*above, key))
    return found
