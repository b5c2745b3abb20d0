import pytest

import journey_map


@pytest.fixture
def root(tmp_path):
    (tmp_path / "docs").mkdir()
    (tmp_path / "tests/journeys").mkdir(parents=True)
    (tmp_path / "docs/requirements.csv").write_text("id,clauses,zh,en\nC01,C01,甲,first\nC02,C02,乙,second\n")
    (tmp_path / "tests/journeys/test_x.py").write_text("def test_y(): ...\ndef helper(): ...\n")
    return tmp_path


def found(root, text):
    (root / "tests/journeys/map.yaml").write_text(text)
    return list(journey_map.faults(root))


def test_a_map_with_an_answer_for_every_row_passes(root):
    assert found(root, "C01: {test: 'tests/journeys/test_x.py::test_y'}\nC02: {step: 3, what: later}\n") == []
    assert found(root, "C01: {not_built: because it harms}\nC02: {step: 8, what: later}\n") == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("C01: {step: 2, what: x}\n", "C02 has no entry in map.yaml"),
        ("C01: {step: 2, what: x}\nC02: {step: 2, what: x}\nC03: {step: 2, what: x}\n", "C03 in map.yaml is no row"),
        ("C01: {step: 2, what: x}\nC01: {step: 2, what: x}\nC02: {step: 2, what: x}\n", "C01 stands 2 times"),
        ("C01: {step: 1, what: x}\nC02: {step: 2, what: x}\n", "there is no later step 1"),
        ("C01: {test: 'tests/journeys/test_x.py::helper'}\nC02: {step: 2, what: x}\n", "does not exist"),
        ("C01: {test: 'tests/test_x.py::test_y'}\nC02: {step: 2, what: x}\n", "is not a browser test"),
        ("C01: {not_built: no wish}\nC02: {step: 2, what: x}\n", "begins with 'because'"),
        ("C01: {}\nC02: {step: 2, what: x}\n", "an entry is"),
    ],
)
def test_a_row_without_a_good_answer_is_named(root, text, fault):
    assert any(fault in said for said in found(root, text))


def test_every_row_of_the_brief_is_kept():
    ids = [row["id"] for row in journey_map.rows()]
    assert len(ids) == len(set(ids)) == 78
    clauses = {int(id[1:3]) for id in ids}
    # C39 shares a row with C34; C13 with C12.
    assert clauses | {13, 39} == set(range(1, 72))
