"""What is exported and imported again is the same edition, whichever form it took."""

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import qipan
from qipan.assessment.standard import METHODS, ONE_THING, Standard
from qipan.spine.standards import diff, formats
from qipan.spine.standards.formats import canonical, cells, forms

#: Lists of units, calendars and tables of classes are read into a county's own rows and are no editions.
NO_EDITIONS = ("format: qipan-units", "format: qipan-calendar", "format: qipan-classes", "format: qipan-rules")
PACKS = [
    path
    for path in sorted((Path(qipan.__file__).parent / "packs").glob("*.yaml"))
    if not any(form in path.read_text() for form in NO_EDITIONS)
]
STANDARDS = [path for path in PACKS if "format: qipan-standard/1" in path.read_text()]


def through(pack: formats.Pack, folder: Path, suffix: str, language: str = "zh") -> formats.Pack:
    path = folder / f"pack{suffix}"
    path.write_bytes(formats.dump(pack, suffix, language))
    return formats.load(path)


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_every_shipped_pack_comes_back_from_yaml(path: Path, tmp_path: Path):
    pack = formats.load(path)
    back = through(pack, tmp_path, ".yaml")
    assert (back.hash, back.data, back.value) == (pack.hash, pack.data, pack.value)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", STANDARDS, ids=lambda path: path.stem)
def test_every_shipped_standard_comes_back_from_the_workbook(path: Path, tmp_path: Path, language: str):
    pack = formats.load(path)
    back = through(pack, tmp_path, ".xlsx", language)
    assert (back.hash, back.data, back.value) == (pack.hash, pack.data, pack.value)
    assert diff.compare(pack.data, back.data) == []


@pytest.mark.parametrize("path", STANDARDS, ids=lambda path: path.stem)
def test_the_canonical_form_says_the_same(path: Path):
    pack = formats.load(path)
    assert formats.accept(pack.data).hash == pack.hash
    assert pack.value == Standard.from_data(pack.data)
    assert pack.standard.hash == pack.hash


def test_two_ways_of_writing_one_standard_are_one_edition(small: dict):
    other = copy.deepcopy(small)
    other["total"] = "100.0"
    other["weighting"] = "shares"
    other["title"] = {"en": "a generated standard ", "zh": " 生成的标准"}
    other["rounding"] = {"decimals": 1}
    leaf = other["nodes"][0]["children"][0]["children"][0]
    leaf["side"], leaf["children"] = None, []
    leaf["checks"][0] |= {
        "weight": 1,
        "repeat": "latest",
        "points": {"kind": "linear", "to": "1"},
        "lead": "civilization_office",
    }
    assert formats.accept(other).hash == formats.accept(small).hash


@pytest.mark.parametrize("path", STANDARDS, ids=lambda path: path.stem)
def test_a_title_in_one_language_only_or_with_marks_comes_back(path: Path, tmp_path: Path):
    data = copy.deepcopy(dict(formats.load(path).data))
    data["title"] = {"zh": "ABC", "en": '=1+1 "x"; y'}
    data["edition"] = {"en": "第一版"}
    pack = formats.accept(data)
    for suffix in (".yaml", ".xlsx"):
        assert through(pack, tmp_path, suffix).data == pack.data


# --- generated standards ----------------------------------------------------------------------------------------------

MARKS = "甲乙丙aB7 .;；,，、:：=\"'|<>≥%-_\n（）→"
said = st.text(MARKS, min_size=1, max_size=12).filter(lambda text: text.strip())
words = st.text('abc甲.;,:="|>%_', min_size=1, max_size=6)
codes = st.text("ⅠⅡabc019.-", min_size=1, max_size=5)
texts = said | st.fixed_dictionaries({"zh": said, "en": said}) | said.map(lambda text: {"en": text})
numbers = st.integers(1, 9) | st.sampled_from([1.5, "0.25", "2/3", 0.1, "1.123456789012", 7.125])
parts = st.sampled_from([0, 1, "0.5", 0.25, "1/3", "0.000000000001"])
backed: st.SearchStrategy[dict[str, Any]] = st.sampled_from(["source", "inferred", "assumed"]).flatmap(
    lambda kind: st.fixed_dictionaries({kind: texts if kind != "assumed" else texts | st.just(True)})
)


def optional(required: dict[str, Any], **more: Any) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries(required, optional=more)


def lists(one: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[list]:
    return st.lists(one, min_size=least, max_size=3, unique_by=lambda value: repr(value).strip())


GRADES = {"A": 1, "B": "0.66", "1": "0.5", "C;=": "1/3"}
graded = st.sampled_from([*GRADES, 1, "0.5", "1/3"])


@st.composite
def bands(draw) -> dict:
    rising = draw(st.booleans())
    bounds = sorted(draw(st.sets(st.sampled_from([0.125, 0.25, 0.5, 0.75, 1, 2, 80]), min_size=1)), reverse=rising)
    names = ("at_least", "above") if rising else ("at_most", "below")
    found = [{draw(st.sampled_from(names)): bound, "value": draw(graded)} for bound in bounds]
    return {"bands": found, "otherwise": draw(graded)}


table = st.dictionaries(words.filter(lambda word: word == word.strip()), parts, min_size=1, max_size=3)
VALUES = st.one_of(
    st.sampled_from([{"kind": kind} for kind in ("pass_fail", "share", "fault_count", "graded_scale")]),
    st.fixed_dictionaries({"kind": st.just("graded_scale"), "values": table}),
    optional({"kind": st.just("option_values"), "values": table}, excluded=st.lists(words, max_size=2, unique=True)),
    optional({"kind": st.just("count_threshold"), "at_least": numbers}, strict=st.booleans(), partial=st.booleans()),
    st.fixed_dictionaries({"kind": st.just("count_threshold"), "at_most": numbers, "strict": st.booleans()}),
    bands().map(lambda rule: {"kind": "number_bands", **rule}),
    st.just({"kind": "target_distance", "target": 100, "zero_at": "60.5"}),
)
SITES = st.sampled_from(
    [{"kind": "all_of"}, {"kind": "n_of", "need": 3, "of": 5}, {"kind": "deduction", "each": "0.1", "cap": 0.5}]
)
NOTHING: st.SearchStrategy[dict[str, Any]] = st.just({})
JOINS = st.tuples(optional({"kind": st.just("pooled_rate")}, min_sample=st.integers(1, 99)), NOTHING | backed)
POINTS = st.tuples(
    st.sampled_from(
        [{"kind": "linear", "from": "0.6"}, {"kind": "linear", "from": 0, "to": 1}, {"kind": "linear", "to": 0.9}]
    )
    | bands().map(lambda rule: {"kind": "banded", **rule}),
    NOTHING | backed,
)


def merged(pair: tuple[dict, dict]) -> dict:
    return pair[0] | pair[1]


item = words | optional({"key": words}, title=texts, value=VALUES)


def keyed(found: list) -> list:
    """Leave one of those that have the same key."""
    kept = {(one["key"] if isinstance(one, dict) else one).strip(): one for one in found}
    return [one for key, one in kept.items() if key]


@st.composite
def checks(draw) -> list[dict]:
    found = []
    for method in draw(lists(st.sampled_from(sorted(METHODS)), 1)):
        check = draw(
            optional(
                {"method": st.just(method)}, suffix=st.sampled_from("ab"), title=texts, weight=st.integers(1, 5),
                lead=lists(words), support=lists(words), evidence=lists(texts), topic=texts, value=VALUES, site=SITES,
                join=JOINS.map(merged), points=POINTS.map(merged), repeat=st.sampled_from(["latest", "mean"]),
                missing=st.sampled_from(["unassessed", "excluded", "zero"]), na=st.sampled_from(["spread", "full"]),
            )
        )  # fmt: skip
        if method in ONE_THING or draw(st.booleans()):
            check["items"] = keyed(draw(lists(item, 1))) or ["x"]
        else:
            check["strata"] = draw(st.dictionaries(words, lists(item).map(keyed), min_size=1, max_size=3))
        if "join" in check:
            check.pop("repeat", None)
        check |= draw(NOTHING | backed)
        found.append(check)
    return found


@st.composite
def standards(draw) -> dict:
    order = draw(st.lists(codes, min_size=1, max_size=6, unique=True))
    nodes: list[dict] = []
    placed: list[dict] = []
    for code in order:
        node = draw(
            optional({"code": st.just(code), "title": texts}, short=texts, text=texts, side=st.sampled_from(sorted(forms.SIDES)),
                     cap=numbers)
        )  # fmt: skip
        where = draw(st.sampled_from([None, *placed]))
        (nodes if where is None else where.setdefault("children", [])).append(node)
        placed.append(node)
    placed[-1]["checks"] = draw(checks())
    for node in placed[:-1]:
        if draw(st.booleans()):
            node["checks"] = draw(checks())
    used = sorted({check["method"] for node in placed for check in node.get("checks", ())})
    share = draw(optional({"code": words, "points": st.just(100), "methods": st.just(used)}, title=texts)) | draw(
        backed
    )
    data = draw(
        optional(
            {"format": st.just("qipan-standard/1"), "id": st.just("made-up"), "title": texts},
            edition=texts, jurisdiction=texts, honour=said, source=texts,
            completeness=optional({"status": st.sampled_from(["complete", "partial"])}, note=texts, missing=lists(words)),
            cycle=backed.map(lambda b: {"weights": [15, "25.5", 59.5]} | b), weights_basis=backed,
            cut=backed.map(lambda b: {"points": "85.5"} | b), rounding=st.just({"decimals": 2}),
            display=st.just({"zero": 4, "full": "1.5"}), aliases=st.dictionaries(words, words, max_size=2),
            sub_standards=backed.map(lambda b: [{"id": "cn-x", "share": "12.5"} | b]),
            gates=backed.map(lambda b: [
                {"id": "g1", "on": {"node": order[0]}, "at_least": 85, "effect": "cap", "cap_points": 60} | b,
                {"id": "g2", "on": {"total": True}, "at_least": "85.5", "effect": "bar"} | b,
            ]),
            bonuses=st.tuples(texts, backed).map(lambda t: [{"id": "b", "title": t[0], "item": "bonus.x", "each": 1, "max": 4} | t[1]]),
            negative=backed.map(lambda b: [{"id": "G15", "item": "n.x", "deduct": 3, "effect": "deduct"} | b]),
        )
    )  # fmt: skip
    return data | {"shares": [share], "nodes": nodes, "grades": {"values": dict(GRADES)} | draw(backed)}


@given(data=standards(), suffix=st.sampled_from([".xlsx", ".yaml"]), language=st.sampled_from(["zh", "en"]))
def test_any_standard_comes_back(tmp_path_factory, data: dict, suffix: str, language: str):
    pack = formats.accept(data)
    back = through(pack, tmp_path_factory.mktemp("pack"), suffix, language)
    assert back.data == pack.data
    assert back.hash == pack.hash
    assert back.value == Standard.from_data(data)


@given(VALUES | SITES | JOINS.map(merged) | POINTS.map(merged))
def test_a_rule_in_a_cell_says_the_same(rule: dict):
    form = canonical._rule(frozenset(GRADES))
    for shares in (False, True):
        assert form(cells.read_rule(cells.write_rule(form(rule), shares=shares))) == form(rule)


@pytest.mark.parametrize(("example", "_said"), forms.RULES_EXPLAINED)
def test_the_guide_shows_rules_that_are_read(example: str, _said: object):
    for rule in example.split(" / "):
        assert cells.read_rule(rule)["kind"]


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("number_bands；＞80：A；≥75：B；其余：C", "number_bands; >80:A; >=75:B; else:C"),
        ("banded; >=85.5%:A\n>60%:0.5\nelse:0", "banded; >=0.855:A; >0.6:0.5; else:0"),
        ("count_threshold; ≤５; partial", "count_threshold; <=5; partial"),
        ("option_values; a＝1; e=不计", "option_values; a=1; e=excluded"),
    ],
)
def test_full_width_marks_are_read(cell: str, rule: str):
    assert cells.read_rule(cell) == cells.read_rule(rule)
