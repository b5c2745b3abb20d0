"""What is on file: the shipped checklists, questionnaires and functions against the shipped standards."""

from pathlib import Path

import pytest
import yaml

from qipan.assessment import Catalogue, Rulebook, Standard
from qipan.assessment.catalogue import function_names, read_functions
from qipan.assessment.rulebook import catalogue_gaps
from qipan.assessment.standard import ONE_THING

PACKS = Path(__file__).parents[2] / "src/qipan/packs"


def load(name):
    return yaml.load((PACKS / f"{name}.yaml").read_text("utf-8"), yaml.CSafeLoader)


CATALOGUE = Catalogue.from_data(load("cn-site-checklists"), load("cn-questionnaires"))
FUNCTIONS = read_functions(load("functions"))
STANDARDS = {
    path.stem: Standard.from_data(load(path.stem))
    for path in sorted(PACKS.glob("*.yaml"))
    if load(path.stem)["format"] == "qipan-standard/1"
}


def duties(name):
    """Every function that a pack names."""
    found: set[str] = set()
    for check in STANDARDS[name].checks():
        found.update(check.lead, check.support)
    return found


@pytest.mark.parametrize("name", STANDARDS)
def test_every_function_that_a_standard_names_is_known(name):
    assert duties(name) <= set(FUNCTIONS)


def test_every_function_of_a_checklist_is_known_and_no_word_stands_for_two():
    assert {code for kind in CATALOGUE.types.values() for code in kind.responsible} <= set(FUNCTIONS)
    words = function_names(FUNCTIONS.values())
    assert all(words[code] == code for code in FUNCTIONS)
    assert all(function.title.zh and function.title.en for function in FUNCTIONS.values())


@pytest.mark.parametrize("name", STANDARDS)
def test_every_item_is_known_where_it_is_looked_at(name):
    """An item of a site or a survey is in a checklist or questionnaire, or written out; a slot of a file is its own."""
    standard = STANDARDS[name]
    for check in standard.checks():
        for stratum, item in check.items():
            known = item.key in CATALOGUE.items or item.title or item.value or check.value
            assert known or check.method in ONE_THING, (check.id, stratum, item.key)


@pytest.mark.parametrize("name", STANDARDS)
def test_an_item_of_a_checklist_stands_under_its_own_type(name):
    standard = STANDARDS[name]
    for check in standard.checks():
        for stratum, item in check.items():
            listed = CATALOGUE.items.get(item.key)
            if listed is not None and listed.type:
                assert CATALOGUE.canonical(stratum, standard.aliases) == listed.type, (check.id, item.key)


def test_the_national_standard_and_the_minors_are_whole_but_for_what_they_name_as_missing():
    national, minors = STANDARDS["cn-national-2015"], STANDARDS["cn-minors-2016"]
    depths = [node.depth for node in national.nodes.values()]
    assert [depths.count(depth) for depth in range(4)] == [11, 38, 83, 165]
    bare = [node for node in national.nodes.values() if node.depth == 2 and not node.children]
    assert len(bare) == 10 and all(node.checks for node in bare)
    held = set(national.nodes)
    assert national.completeness.status == "partial" and national.completeness.missing
    assert not set(national.completeness.missing) & held
    assert len(list(minors.checks())) == 45


def test_types_without_a_checklist_are_named():
    book = Rulebook(STANDARDS["cn-national-2015"], [STANDARDS["cn-minors-2016"]], CATALOGUE)
    gaps = catalogue_gaps(book)
    assert gaps
    for key, types in gaps.items():
        assert all(not book.lines[key].strata[kind] for kind in types)
        assert not set(types) & {kind for kind, found in book.lines[key].strata.items() if found}


def test_an_alias_leads_to_a_type_on_file():
    for word, kind in CATALOGUE.aliases.items():
        assert kind in CATALOGUE.types, word
        assert CATALOGUE.canonical(word, {}) == (word if word in CATALOGUE.types else kind)
    assert CATALOGUE.canonical("x", {"x": "main_road"}) == "main_road"
    assert CATALOGUE.canonical("main_road", {"main_road": "x"}) == "main_road"


def test_every_pack_on_file_is_worth_its_total():
    for standard in STANDARDS.values():
        subs = [STANDARDS[sub.id] for sub in standard.sub_standards if sub.id in STANDARDS]
        book = Rulebook(standard, subs, CATALOGUE)
        assert book.whole == standard.total * 1_000_000
        assert sum(book.possible().values()) + sum(book.bare.values()) == book.whole
