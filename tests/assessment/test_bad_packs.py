"""Every way in which a pack can be wrong is refused, with the place, and with words in both languages."""

import copy
import datetime

import pytest
import yaml

from qipan.assessment import Catalogue, InputError, Standard
from qipan.assessment.catalogue import read_functions

GOOD = yaml.safe_load("""
format: qipan-standard/1
id: good
edition: {zh: 二〇二六版, en: 2026}
title: {zh: 好标准, en: A good standard}
total: 100
shares:
  - {code: d, points: 60, methods: [document_review], source: a paper}
  - {code: s, points: 40, methods: [site_inspection, survey], source: a paper}
completeness: {status: partial, note: x, missing: ["1.2"]}
cycle: {weights: [40, 60], source: a paper}
weights_basis: {assumed: true}
grades: {values: {A: 1, B: "2/3"}, assumed: true}
cut: {points: 85, source: a paper}
rounding: {decimals: 1}
display: {zero: 4, full: 1, decimals: 2}
aliases: {park: park_square}
strata:
  - {code: road, title: {en: Roads}, official_sample: 4, assumed: true}
  - {code: school}
sub_standards: [{id: sub, share: 20, assumed: true}]
gates:
  - {id: g1, "on": {node: "1"}, at_least: 50, effect: bar, source: a paper}
  - {id: g2, "on": {sub_standard: sub}, at_least: 85, effect: cap, cap_points: 60, source: a paper}
bonuses: [{id: b, item: bonus, each: 1, max: 4, source: a paper}]
negative: [{id: n, item: event, deduct: 3, effect: deduct, source: a paper}]
nodes:
  - code: "1"
    title: {zh: 一, en: One}
    side: hardware
    cap: 60
    children:
      - code: "1.1"
        title: {en: One one}
        checks:
          - method: document_review
            weight: 2
            lead: [education]
            evidence: [plan]
            items: [a, {key: b, title: {en: B}, value: {kind: graded_scale}}]
            site: {kind: checklist_sum, weights: {a: 2}}
            points: {kind: banded, bands: [{at_least: "0.9", value: A}, {at_least: "0.5", value: "0.5"}], otherwise: 0}
          - method: site_inspection
            suffix: x
            strata: {road: [c], school: []}
            join: {kind: mean_over_types, min_sample: 2}
            value: {kind: number_bands, bands: [{above: 80, value: A}], otherwise: B}
            repeat: worst
""")
CHECK = ("nodes", 0, "children", 0, "checks", 0)
SITE = ("nodes", 0, "children", 0, "checks", 1)
POINTS = {
    **{k: v for k, v in GOOD.items() if k not in {"shares", "gates", "sub_standards", "weights_basis"}},
    "weighting": "points",
    "nodes": [
        {"code": "1", "title": {"en": "1"}, "points": 70, "source": "s", "children": [
            {"code": "1.1", "title": {"en": "1.1"}, "points": 30, "source": "s",
             "checks": [{"method": "document_review", "items": ["a"]}]},
            {"code": "1.2", "title": {"en": "1.2"}, "points": 40, "source": "s",
             "checks": [{"method": "document_review", "items": ["b"]}]}]},
        {"code": "2", "title": {"en": "2"}, "points": 30, "source": "s",
         "checks": [{"method": "document_review", "items": ["c"]}]},
    ],
}  # fmt: skip
GONE = object()


def changed(base, path, value):
    """Return a copy of a pack with one place changed, or taken out."""
    data = copy.deepcopy(base)
    place = data
    for part in path[:-1]:
        place = place[part]
    if value is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return data


def problems(data, read=Standard.from_data):
    with pytest.raises(InputError) as raised:
        read(data)
    found = raised.value.problems
    assert found
    for problem in found:
        assert problem.message.zh and problem.message.en, problem
        assert bool(problem.remedy.zh or problem.remedy.en) or problem.remedy.zh == problem.remedy.en == "", problem
        assert all(isinstance(part, (str, int)) for part in problem.path)
        assert str(problem)
    return found


def test_the_good_packs_are_good():
    assert Standard.from_data(GOOD).id == "good"
    assert Standard.from_data(POINTS).weighting == "points"


BANDS = {"kind": "banded", "bands": [{"at_least": "0.5", "value": 1}], "otherwise": 0}
HEAD = [
    ("format", ("format",), "qipan-standard/9", ("format",)),
    ("no format", ("format",), GONE, ()),
    ("an id with capitals", ("id",), "Good One", ("id",)),
    ("no id", ("id",), GONE, ()),
    ("a title that is a list", ("title",), ["x"], ("title",)),
    ("a title with a third language", ("title",), {"fr": "x"}, ("title",)),
    ("a title that is a list inside", ("title",), {"zh": ["x"]}, ("title",)),
    ("no title", ("title",), GONE, ()),
    ("a total of nothing", ("total",), 0, ("total",)),
    ("a total that is a word", ("total",), "many", ("total",)),
    ("a total that is a truth value", ("total",), True, ("total",)),
    ("a total that divides by zero", ("total",), "1/0", ("total",)),
    ("an unknown key", ("titel",), "x", ("titel",)),
    ("shares that are a mapping", ("shares",), {"a": 1}, ("shares",)),
    ("a share that is a word", ("shares", 0), "x", ("shares", 0)),
    ("shares that make too little", ("shares", 0, "points"), 50, ("shares",)),
    ("a share without basis", ("shares", 0, "source"), GONE, ("shares", 0)),
    ("a share twice", ("shares", 1, "code"), "d", ("shares", 1)),
    ("an unknown method of a share", ("shares", 0, "methods"), ["document_review", "guess"], ("shares", 0, "methods")),
    ("a method in two shares", ("shares", 1, "methods"), ["site_inspection", "document_review"],
     ("shares", 1, "methods")),
    ("a method in no share", ("shares", 1, "methods"), ["survey"], ("shares",)),
    ("an unknown weighting", ("weighting",), "votes", ("weighting",)),
    ("a cycle that does not make 100", ("cycle", "weights"), [40, 50], ("cycle", "weights")),
    ("a cycle with a word", ("cycle", "weights"), [40, "x"], ("cycle", "weights", 1, "weight")),
    ("a cycle without basis", ("cycle", "source"), GONE, ("cycle",)),
    ("grades above one", ("grades", "values", "A"), 2, ("grades", "values", "A")),
    ("grades without basis", ("grades", "assumed"), GONE, ("grades",)),
    ("a cut above the total", ("cut", "points"), 101, ("cut", "points")),
    ("a cut without basis", ("cut", "source"), GONE, ("cut",)),
    ("a broken status", ("completeness", "status"), "nearly", ("completeness", "status")),
    ("a missing code that is a list", ("completeness", "missing"), [["x"]], ("completeness", "missing", 0)),
    ("half a decimal", ("rounding", "decimals"), "0.5", ("rounding", "decimals")),
    ("a scale of no length", ("display", "full"), 4, ("display",)),
    ("a scale without an end", ("display", "full"), GONE, ("display",)),
    ("aliases that are a list", ("aliases",), ["x"], ("aliases",)),
    ("a stratum twice", ("strata", 1, "code"), "road", ("strata", 1, "code")),
    ("a sample without basis", ("strata", 0, "assumed"), GONE, ("strata", 0)),
    ("a sample of nothing", ("strata", 0, "official_sample"), 0, ("strata", 0, "official_sample")),
    ("a sub-standard that takes all", ("sub_standards", 0, "share"), 100, ("sub_standards",)),
    ("a sub-standard named like a node", ("sub_standards", 0, "id"), "1", ("sub_standards", 0, "id")),
    ("a sub-standard twice", ("sub_standards",), [{"id": "sub", "share": 10, "assumed": True}] * 2,
     ("sub_standards", 1)),
    ("a gate on nothing", ("gates", 0, "on"), {}, ("gates", 0, "on")),
    ("a gate on two things", ("gates", 0, "on"), {"node": "1", "total": True}, ("gates", 0, "on")),
    ("a gate on a node that is not there", ("gates", 0, "on"), {"node": "9"}, ("gates", 0, "on", "node")),
    ("a gate on a sub-standard that is not there", ("gates", 1, "on"), {"sub_standard": "x"},
     ("gates", 1, "on", "sub_standard")),
    ("a gate twice", ("gates", 1, "id"), "g1", ("gates", 1)),
    ("a gate that caps at nothing said", ("gates", 1, "cap_points"), GONE, ("gates", 1)),
    ("a gate above 100", ("gates", 0, "at_least"), 101, ("gates", 0, "at_least")),
    ("a gate of unknown effect", ("gates", 0, "effect"), "warn", ("gates", 0, "effect")),
    ("a gate without basis", ("gates", 0, "source"), GONE, ("gates", 0)),
    ("a bonus without limit", ("bonuses", 0, "max"), GONE, ("bonuses", 0)),
    ("a bonus twice", ("bonuses",), [GOOD["bonuses"][0]] * 2, ("bonuses", 1)),
    ("an event that takes nothing off", ("negative", 0, "deduct"), 0, ("negative", 0, "deduct")),
    ("an event twice", ("negative",), [GOOD["negative"][0]] * 2, ("negative", 1)),
    ("no nodes", ("nodes",), [], ()),
]  # fmt: skip
TREE = [
    ("a node that is a word", ("nodes", 0), "x", ("nodes", 0)),
    ("a node without code", ("nodes", 0, "code"), GONE, ("nodes", 0)),
    ("a node without title", ("nodes", 0, "title"), GONE, ("nodes", 0)),
    ("a code with a slash", ("nodes", 0, "code"), "1/2", ("nodes", 0, "code")),
    ("a code twice", ("nodes", 0, "children", 0, "code"), "1", ("nodes", 0, "children", 0, "code")),
    ("a side of its own", ("nodes", 0, "side"), "left", ("nodes", 0, "side")),
    ("an unknown key of a node", ("nodes", 0, "child"), [], ("nodes", 0, "child")),
    ("an unknown method", (*CHECK, "method"), "guess", (*CHECK, "method")),
    ("no method", (*CHECK, "method"), GONE, CHECK),
    ("an unknown key of a check", (*CHECK, "wieght"), 1, (*CHECK, "wieght")),
    ("a weight of nothing", (*CHECK, "weight"), 0, (*CHECK, "weight")),
    ("half a weight", (*CHECK, "weight"), "1/2", (*CHECK, "weight")),
    ("a suffix with a slash", (*SITE, "suffix"), "a/b", (*SITE, "suffix")),
    ("a lead that is a mapping", (*CHECK, "lead"), [{"x": 1}], (*CHECK, "lead", 0)),
    ("evidence that is a number", (*CHECK, "evidence"), 3, (*CHECK, "evidence")),
    ("nothing to look at", (*CHECK, "items"), [], CHECK),
    ("an item twice", (*CHECK, "items"), ["a", "a", "b"], (*CHECK, "items")),
    ("an item without key", (*CHECK, "items", 1), {"title": {"en": "B"}}, (*CHECK, "items", 1)),
    ("an item that is a truth value", (*CHECK, "items"), ["a", "b", True], (*CHECK, "items", 2)),
    ("a document with strata", (*CHECK, "strata"), {"road": ["x"]}, (*CHECK, "strata")),
    ("a stratum that is not declared", (*SITE, "strata"), {"lake": ["x"]}, (*SITE, "strata", "lake")),
    ("strata that are a list", (*SITE, "strata"), ["road"], (*SITE, "strata")),
    ("items that are a word", (*SITE, "strata", "road"), "c", (*SITE, "strata", "road")),
    ("a weight for an item that is not there", (*CHECK, "site", "weights"), {"z": 2}, (*CHECK, "site", "weights", "z")),
    ("a weight of an item of nothing", (*CHECK, "site", "weights"), {"a": 0}, (*CHECK, "site", "weights", "a")),
    ("an unknown site rule", (*CHECK, "site"), {"kind": "guess"}, (*CHECK, "site", "kind")),
    ("a site rule without kind", (*CHECK, "site"), {"weights": {}}, (*CHECK, "site")),
    ("a need above of", (*CHECK, "site"), {"kind": "n_of", "need": 6, "of": 5}, (*CHECK, "site")),
    ("an of that is not said", (*CHECK, "site"), {"kind": "n_of", "need": 3}, (*CHECK, "site")),
    ("a deduction of nothing said", (*CHECK, "site"), {"kind": "deduction"}, (*CHECK, "site")),
    ("a cap above one", (*CHECK, "site"), {"kind": "deduction", "each": 0.1, "cap": 2}, (*CHECK, "site", "cap")),
    ("an unknown key of a site rule", (*CHECK, "site"), {"kind": "all_of", "but": 1}, (*CHECK, "site", "but")),
    ("an unknown join", (*SITE, "join"), {"kind": "sum"}, (*SITE, "join", "kind")),
    ("an unknown key of a join", (*SITE, "join"), {"kind": "mean", "min": 2}, (*SITE, "join", "min")),
    ("a sample of half", (*SITE, "join", "min_sample"), 1.5, (*SITE, "join", "min_sample")),
    ("a pooled worst", (*SITE, "join"), {"kind": "pooled_rate"}, (*SITE, "repeat")),
    ("an unknown points rule", (*CHECK, "points"), {"kind": "guess"}, (*CHECK, "points", "kind")),
    ("a line that starts after its end", (*CHECK, "points"), {"kind": "linear", "from": 0.9, "to": 0.5},
     (*CHECK, "points")),
    ("a table without bands", (*CHECK, "points"), {**BANDS, "bands": []}, (*CHECK, "points")),
    ("a band without bound", (*CHECK, "points"), {**BANDS, "bands": [{"value": 1}]}, (*CHECK, "points", "bands", 0)),
    ("a band with two bounds", (*CHECK, "points"), {**BANDS, "bands": [{"above": 0, "below": 1, "value": 1}]},
     (*CHECK, "points", "bands", 0)),
    ("a band of an unknown grade", (*CHECK, "points"), {**BANDS, "bands": [{"above": 0, "value": "Z"}]},
     (*CHECK, "points", "bands", 0, "value")),
    ("a band above one", (*CHECK, "points"), {**BANDS, "bands": [{"above": 0, "value": 7}]},
     (*CHECK, "points", "bands", 0, "value")),
    ("bands out of order", (*CHECK, "points"),
     {**BANDS, "bands": [{"above": 0.5, "value": 1}, {"above": 0.8, "value": 0.5}]}, (*CHECK, "points", "bands")),
    ("falling bands out of order", (*CHECK, "points"),
     {**BANDS, "bands": [{"below": 0.5, "value": 1}, {"at_most": 0.5, "value": 0}, {"below": 0.2, "value": 0.5}]},
     (*CHECK, "points", "bands")),
    ("a table without otherwise", (*CHECK, "points", "otherwise"), GONE, (*CHECK, "points")),
    ("an unknown repeat", (*SITE, "repeat"), "often", (*SITE, "repeat")),
    ("an unknown policy on what is missing", (*SITE, "missing"), "guess", (*SITE, "missing")),
    ("an unknown policy on N/A", (*SITE, "na"), "guess", (*SITE, "na")),
    ("an unknown value", (*SITE, "value"), {"kind": "guess"}, (*SITE, "value", "kind")),
    ("a value that is a word", (*SITE, "value"), "pass_fail", (*SITE, "value")),
    ("an unknown key of a value", (*SITE, "value"), {"kind": "pass_fail", "pass": 1}, (*SITE, "value", "pass")),
    ("a threshold without bound", (*SITE, "value"), {"kind": "count_threshold"}, (*SITE, "value")),
    ("a threshold with two", (*SITE, "value"), {"kind": "count_threshold", "at_least": 1, "at_most": 2},
     (*SITE, "value")),
    ("a partial upper bound", (*SITE, "value"), {"kind": "count_threshold", "at_most": 2, "partial": True},
     (*SITE, "value", "partial")),
    ("a strict that is a word", (*SITE, "value"), {"kind": "count_threshold", "at_least": 1, "strict": "yes"},
     (*SITE, "value", "strict")),
    ("options without values", (*SITE, "value"), {"kind": "option_values"}, (*SITE, "value")),
    ("options above one", (*SITE, "value"), {"kind": "option_values", "values": {"a": 3}},
     (*SITE, "value", "values", "a")),
    ("a target where nothing is", (*SITE, "value"), {"kind": "target_distance", "target": 6, "zero_at": 6},
     (*SITE, "value")),
    ("a target not said", (*SITE, "value"), {"kind": "target_distance", "zero_at": 6}, (*SITE, "value")),
]  # fmt: skip
PRICED = [
    ("points that make too little", ("nodes", 1, "points"), 20, ("nodes",)),
    ("children that make too much", ("nodes", 0, "children", 0, "points"), 31, ("nodes", 0)),
    ("children that leave a rest to nobody", ("nodes", 0, "children", 0, "points"), 29, ("nodes", 0)),
    ("a check without points", ("nodes", 1, "points"), GONE, ("nodes", 1, "checks", 0)),
    ("negative points", ("nodes", 1, "points"), -1, ("nodes", 1, "points")),
]


@pytest.mark.parametrize(("path", "value", "place"), [case[1:] for case in HEAD + TREE],
                         ids=[case[0] for case in HEAD + TREE])  # fmt: skip
def test_a_broken_pack_is_refused_at_its_place(path, value, place):
    assert place in [problem.path for problem in problems(changed(GOOD, path, value))]


@pytest.mark.parametrize(("path", "value", "place"), [case[1:] for case in PRICED], ids=[case[0] for case in PRICED])
def test_points_that_do_not_add_up_are_refused(path, value, place):
    assert place in [problem.path for problem in problems(changed(POINTS, path, value))]


def test_no_points_at_all_are_refused():
    data = copy.deepcopy(POINTS)
    data["nodes"] = [{"code": "1", "title": {"en": "1"}, "checks": [{"method": "document_review", "items": ["a"]}]}]
    assert problems(data)


def test_a_parents_own_checks_take_what_its_children_leave():
    data = changed(POINTS, ("nodes", 0, "points"), 60)
    data["nodes"][1]["points"] = 40
    data["nodes"][0]["children"][1]["points"] = 25
    assert problems(data)
    data["nodes"][0]["checks"] = [{"method": "document_review", "items": ["d"]}]
    assert Standard.from_data(data).nodes["1"].points == 60


@pytest.mark.parametrize("data", [None, 3, "text", [], {}, {"nodes": 3}, datetime.date(2026, 1, 1)])
def test_what_is_no_pack_is_refused(data):
    assert problems(data)


def test_every_problem_is_found_at_once():
    data = changed(changed(GOOD, ("cut", "points"), -1), (*CHECK, "method"), "guess")
    assert {("cut", "points"), (*CHECK, "method")} <= {problem.path for problem in problems(data)}


ALIASES = """
format: qipan-standard/1
id: a
title: {en: a}
shares: [{code: d, points: 100, methods: [document_review], assumed: true}]
nodes:
  - &one
    code: "1"
    title: {en: one}
    checks: [{method: document_review, items: [x]}]
    children: CHILDREN
"""


@pytest.mark.parametrize("children", ["[*one]", "[*one, *one]", '[{code: "2", title: {en: two}, children: [*one]}]'])
def test_a_node_below_itself_is_refused(children):
    assert problems(yaml.safe_load(ALIASES.replace("CHILDREN", children)))


def test_a_node_in_many_places_is_refused_before_it_is_written_out():
    node = {"code": "0", "title": {"en": "0"}, "checks": [{"method": "document_review", "items": ["x"]}]}
    for n in range(1, 23):
        node = {"code": str(n), "title": {"en": str(n)}, "children": [node, node, node]}
    data = {**yaml.safe_load(ALIASES.replace("CHILDREN", "[]")), "nodes": [node]}
    assert len(problems(data)) < 100


def test_too_deep_is_refused():
    node = {"code": "0", "title": {"en": "0"}, "checks": [{"method": "document_review", "items": ["x"]}]}
    for n in range(1, 30):
        node = {"code": str(n), "title": {"en": str(n)}, "children": [node]}
    data = {**yaml.safe_load(ALIASES.replace("CHILDREN", "[]")), "nodes": [node]}
    assert problems(data)


def test_names_that_yaml_reads_as_numbers_and_truth_values_are_names():
    data = changed(GOOD, (*SITE, "value"), {"kind": "option_values", "values": {1: 1, "2": 0}, "excluded": [3]})
    value = next(c for c in Standard.from_data(data).checks() if c.method == "site_inspection").value
    assert value is not None
    assert value.worth("1").value and not value.worth("2").value and value.worth("3").excluded
    data = changed(GOOD, (*SITE, "strata"), {1: ["c"], "school": ["d"]})
    data["strata"].append({"code": 1})
    check = next(c for c in Standard.from_data(data).checks() if c.method == "site_inspection")
    assert [item.key for item in check.strata["1"]] == ["c"]
    gate = {k: v for k, v in GOOD["gates"][0].items() if k != "on"} | {True: {"node": "1"}}
    assert Standard.from_data(changed(GOOD, ("gates", 0), gate)).gates[0].target == "1"


def test_the_hash_names_the_content():
    one, two = Standard.from_data(GOOD), Standard.from_data(copy.deepcopy(GOOD))
    assert one.hash == two.hash and len(one.hash) == 64
    assert Standard.from_data(changed(GOOD, ("cut", "points"), 84)).hash != one.hash


CHECKLIST = {
    "format": "qipan-checklists/1", "id": "c",
    "types": [{"code": "road", "title": {"en": "Roads"}, "items": [
        {"key": "road.1", "title": {"en": "Clean"}, "kind": "compliance"},
        {"key": "road.2", "title": {"en": "Lamps"}, "kind": "measure", "value": {"kind": "share"}}]}],
}  # fmt: skip
QUESTIONS = {
    "format": "qipan-questionnaires/1", "id": "q",
    "questionnaires": [{"id": "a", "title": {"en": "a"}, "questions": [
        {"key": "q.1", "title": {"en": "Safe?"}, "options": [{"code": "a"}],
         "value": {"kind": "option_values", "values": {"a": 1}}}]}],
    "topics": [{"key": "t.1", "title": {"en": "Clean?"}}],
}  # fmt: skip
CATALOGUES = [
    ("format", CHECKLIST, ("format",), "x", ()),
    ("unknown key", CHECKLIST, ("tpyes",), [], ("tpyes",)),
    ("types that are a word", CHECKLIST, ("types",), "x", ("types",)),
    ("a type without code", CHECKLIST, ("types", 0, "code"), GONE, ("types", 0)),
    ("a type twice", CHECKLIST, ("types",), [CHECKLIST["types"][0], {"code": "road", "title": {"en": "R"}}],
     ("types", 1, "code")),
    ("an item without title", CHECKLIST, ("types", 0, "items", 0, "title"), GONE, ("types", 0, "items", 0)),
    ("an item twice", CHECKLIST, ("types", 0, "items", 1, "key"), "road.1", ("types", 0, "items", 1, "key")),
    ("an unknown key of an item", CHECKLIST, ("types", 0, "items", 0, "saftey"), True,
     ("types", 0, "items", 0, "saftey")),
    ("an unknown kind", CHECKLIST, ("types", 0, "items", 0, "kind"), "guess", ("types", 0, "items", 0, "kind")),
    ("an unknown side", CHECKLIST, ("types", 0, "items", 0, "side"), "left", ("types", 0, "items", 0, "side")),
    ("a broken value", CHECKLIST, ("types", 0, "items", 1, "value"), {"kind": "guess"},
     ("types", 0, "items", 1, "value", "kind")),
    ("safety that is a word", CHECKLIST, ("types", 0, "items", 0, "safety"), "very",
     ("types", 0, "items", 0, "safety")),
    ("aliases that are a list", CHECKLIST, ("aliases",), [1], ("aliases",)),
    ("a question twice", QUESTIONS, ("topics", 0, "key"), "q.1", ("topics", 0, "key")),
    ("a question without title", QUESTIONS, ("topics", 0, "title"), GONE, ("topics", 0)),
    ("a broken value of a question", QUESTIONS, ("questionnaires", 0, "questions", 0, "value"), {"kind": "x"},
     ("questionnaires", 0, "questions", 0, "value", "kind")),
    ("an unknown key of a question", QUESTIONS, ("topics", 0, "vlaue"), {}, ("topics", 0, "vlaue")),
]  # fmt: skip


@pytest.mark.parametrize(("base", "path", "value", "place"), [case[1:] for case in CATALOGUES],
                         ids=[case[0] for case in CATALOGUES])  # fmt: skip
def test_a_broken_catalogue_is_refused_at_its_place(base, path, value, place):
    assert len(Catalogue.from_data(CHECKLIST, QUESTIONS).items) == 4
    assert place in [problem.path for problem in problems(changed(base, path, value), Catalogue.from_data)]


def test_a_key_in_two_catalogues_is_refused():
    with pytest.raises(InputError):
        Catalogue.from_data(CHECKLIST, CHECKLIST)


FUNCTIONS = {"format": "qipan-functions/1", "id": "f", "functions": [
    {"code": "edu", "title": {"zh": "教育", "en": "Education"}, "aliases": ["教育局"]},
    {"code": "pol", "title": {"zh": "公安", "en": "Police"}, "aliases": ["公安局"], "group": False}]}  # fmt: skip


@pytest.mark.parametrize(("path", "value", "place"), [
    (("format",), "x", ()),
    (("functions", 0, "code"), GONE, ("functions", 0)),
    (("functions", 0, "title"), GONE, ("functions", 0)),
    (("functions", 1, "aliases"), ["教育局"], ("functions", 1, "aliases")),
    (("functions", 1, "code"), "edu", ("functions", 1, "code")),
    (("functions", 1, "alias"), [], ("functions", 1, "alias")),
    (("functions", 1, "group"), "all", ("functions", 1, "group")),
])  # fmt: skip
def test_a_broken_list_of_functions_is_refused(path, value, place):
    assert set(read_functions(FUNCTIONS)) == {"edu", "pol"}
    assert place in [problem.path for problem in problems(changed(FUNCTIONS, path, value), read_functions)]
