"""The packs fit their schemas, fit together, and give the results that the documentation works by hand."""

import csv
import io
import json
import re
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from qipan.assessment import Catalogue, Observation, Rulebook, Standard, score
from qipan.assessment.catalogue import read_functions
from qipan.assessment.scale import printed

ROOT = Path(__file__).parents[2]
PACKS = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted((ROOT / "src/qipan/packs").glob("*.yaml"))
}
SCHEMAS = {path.name: json.loads(path.read_text("utf-8")) for path in (ROOT / "src/qipan/packs/schemas").glob("*.json")}
REGISTRY = Registry().with_resources([(name, Resource.from_contents(schema)) for name, schema in SCHEMAS.items()])
EXAMPLES = sorted(path.name for path in (ROOT / "examples").glob("*.csv"))
FUNCTIONS = read_functions(PACKS["functions"])


def faults(kind: str, data: object) -> list[str]:
    """Return what a schema finds wrong."""
    validator = Draft202012Validator({"$ref": f"{kind}.schema.json"}, registry=REGISTRY)
    return [f"{list(error.absolute_path)}: {error.message:.200}" for error in validator.iter_errors(data)]


def kind_of(pack: dict) -> str:
    """Return the schema's name for a pack's format."""
    return pack["format"].removeprefix("qipan-").removesuffix("/1")


def standards() -> list[str]:
    """Return the names of the packs that are standards."""
    return [name for name, pack in PACKS.items() if kind_of(pack) == "standard"]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """Return the checklists and questionnaires that come with the product."""
    return Catalogue.from_data(PACKS["cn-site-checklists"], PACKS["cn-questionnaires"])


def observations(text: str) -> list[Observation]:
    """Read the rows of a CSV text."""
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [faults("observation", row) for row in rows] == [[]] * len(rows)
    found = []
    for row in rows:
        given: dict[str, Any] = {key: value for key, value in row.items() if value}
        given["observed_at"] = datetime.fromisoformat(row["observed_at"])
        found.append(Observation(**given))
    return found


def block(page: str, name: str) -> str:
    """Return a marked example of a page of the documentation."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    found = re.search(rf"<!-- example: {name} -->\n```\w+\n(.*?)```", text, re.DOTALL)
    assert found
    return found[1]


def functions_named(pack: object) -> set[str]:
    """Return every function that a pack names, wherever it stands."""
    if isinstance(pack, list):
        return set().union(*map(functions_named, pack))
    if not isinstance(pack, dict):
        return set()
    own = [code for key in ("lead", "support", "typical_responsible") for code in pack.get(key, [])]
    if "basis" in pack:
        own += pack.get("functions", [])
    return set(own).union(*map(functions_named, pack.values()))


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_a_schema(name):
    Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("name", PACKS)
def test_a_pack_fits_its_schema(name):
    assert faults(kind_of(PACKS[name]), PACKS[name]) == []


@pytest.mark.parametrize("name", PACKS)
def test_a_misspelt_key_is_refused(name):
    pack = PACKS[name]
    assert faults(kind_of(pack), pack | {"titel": "x"})
    lists = {key: value for key, value in pack.items() if isinstance(value, list) and isinstance(value[0], dict)}
    for key, value in lists.items():
        assert faults(kind_of(pack), pack | {key: [value[0] | {"titel": "x"}, *value[1:]]}), key


@pytest.mark.parametrize("name", PACKS)
def test_every_function_is_known(name):
    assert functions_named(PACKS[name]) <= set(FUNCTIONS)


@pytest.mark.parametrize("name", standards())
def test_a_standard_is_read(name):
    assert Standard.from_data(PACKS[name]).id == name


def test_every_item_that_a_check_of_sites_or_people_names_is_on_file(catalogue):
    for name in standards():
        for check in Standard.from_data(PACKS[name]).checks():
            missing = [i.key for s, i in check.items() if s != "-" and not i.title and i.key not in catalogue.items]
            assert not (missing and name.startswith("cn-")), (check.id, missing)


def test_two_standards_do_not_use_one_key_for_two_things():
    homes: dict[str, set[str]] = {}
    for name in standards():
        for check in Standard.from_data(PACKS[name]).checks():
            for stratum, item in check.items():
                if stratum == "-":
                    homes.setdefault(item.key, set()).add(name)
    assert {key: names for key, names in homes.items() if len(names) > 1} == {}


def test_the_checklists_hold_what_their_note_says(catalogue):
    items = [item for item in catalogue.items.values() if item.type]
    assert (len(catalogue.types), len(items)) == (26, 164)
    assert sorted(item.key for item in items if item.unsettled) == [
        "bus.bu2", "hotline.hl1", "hotline.hl2", "scenic_spot.sp4", "school.sc5",
    ]  # fmt: skip
    for item in items:
        assert item.kind == "compliance" or item.rule or item.unsettled, item.key
        assert item.title.zh and item.title.en, item.key
    national = Standard.from_data(PACKS["cn-national-2015"])
    named = {stratum for check in national.checks() if check.method != "survey" for stratum in check.strata} - {"-"}
    bare = {stratum for stratum in named if catalogue.canonical(stratum, {}) not in catalogue.types}
    assert (len(named), len(bare)) == (44, 13)


def test_every_topic_of_a_survey_has_its_question_and_its_values():
    topics = PACKS["cn-questionnaires"]["topics"]
    first = [topic for topic in topics if "part_of" not in topic]
    assert [sum(t["standard"] == name for t in first) for name in ("cn-national-2015", "cn-minors-2016")] == [21, 10]
    keys = {topic["key"] for topic in topics}
    for topic in topics:
        codes = {option["code"] for option in topic["options"]}
        assert codes == set(topic["value"]["values"]) | set(topic["value"]["excluded"]), topic["key"]
        assert topic.get("part_of", topic["key"]) in keys


def test_the_unit_list_is_whole():
    pack = PACKS["ningwu-units"]
    codes = [unit["code"] for unit in pack["units"]]
    assert len(set(codes)) == len(codes)
    assert {unit["parent"] for unit in pack["units"]} <= {*codes, pack["county"]["code"]}
    assert {unit["type"] for unit in pack["units"]} == {kind["code"] for kind in pack["types"]}
    real = [unit["type"] for unit in pack["units"] if unit["basis"] == "real"]
    wanted = {"town": 5, "township": 7, "village_committee": 198, "neighbourhood_committee": 10, "statistical_unit": 3}
    assert {kind: real.count(kind) for kind in set(real)} == wanted


def test_the_departments_carry_nearly_every_function():
    pack, functions = PACKS["cn-county-departments"], PACKS["functions"]["functions"]
    codes = [unit["code"] for unit in pack["units"]]
    assert len(set(codes)) == len(codes)
    assert {unit["parent"] for unit in pack["units"]} <= {*codes, pack["county"]["code"]}
    territorial = {kind["code"] for kind in pack["types"] if kind.get("territorial")}
    used = {unit["type"] for unit in pack["units"]}
    assert not used & territorial, "no towns, no villages"
    assert used | territorial == {kind["code"] for kind in pack["types"]}
    assert {unit["basis"] for unit in pack["units"]} == {"typical"}
    carried = {code for unit in pack["units"] for code in unit["functions"]}
    left = {function["code"] for function in functions} - carried
    assert left == {"all_units", "competent_departments", "communities", "townships"}
    assert carried <= {function["code"] for function in functions}


@pytest.mark.parametrize(
    ("standard", "file", "wanted"),
    [
        ("street-cleanliness-leams", "leams-all-b.csv", Fraction(200, 3)),
        ("litter-index", "litter-index.csv", Fraction(925, 432)),
        (
            "cn-national-2015",
            "national-small.csv",
            Fraction(1, 2) * Fraction(32, 83) + (Fraction(6, 4) + Fraction(2, 3)) * Fraction(32, 27) + Fraction(16, 21),
        ),
    ],
)
def test_an_example_gives_what_was_worked_by_hand(catalogue, standard, file, wanted):
    book = Rulebook(Standard.from_data(PACKS[standard]), catalogue=catalogue)
    card = score(book, observations((ROOT / "examples" / file).read_text("utf-8")))
    assert abs(card.score - wanted) < Fraction(1, 100_000)
    if book.standard.cut:
        assert Fraction(card.total.earned, 1_000_000) >= book.standard.cut.points
        assert printed(card.total.earned, book.standard.decimals) == "67"


def test_the_worked_standard_of_the_documentation():
    data = yaml.safe_load(block("packs.md", "standard"))
    assert faults("standard", data) == []
    card = score(Rulebook(Standard.from_data(data)), observations(block("packs.md", "observations")))
    assert card.score == Fraction(135, 2)


def test_the_worked_observations_of_the_documentation(catalogue):
    book = Rulebook(Standard.from_data(PACKS["cn-national-2015"]), catalogue=catalogue)
    card = score(book, observations(block("observations.md", "observations")))
    num, den = card.checks["Ⅲ-12/site_inspection"].share
    assert Fraction(num, den) == Fraction(1, 2)


def test_every_example_file_is_tested():
    assert EXAMPLES == ["leams-all-b.csv", "litter-index.csv", "national-small.csv"]
