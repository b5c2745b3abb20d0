"""One table of lights: no pill is drawn but through it, every light of every kind stands in it, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils import translation

import qipan
from qipan.faces.office import imports, sites, standard_rows
from qipan.faces.office.legend import legend
from qipan.faces.office.marks import ITEM_WORDS, MARKS, mark_of
from qipan.faces.office.plan import highlights, mechanisms
from qipan.faces.office.work import classes, office_files
from qipan.overview.sites import STATES
from qipan.spine.work.limits import LIGHTS

OFFICE = Path(qipan.__file__).parent / "faces" / "office"
LABELS = {"pill-decides", "pill-neutral", "pill-link", "pill-tick"}
"""Classes of the same family that are no lights: an official assessment, a chip of a filter, a pill inside a link."""
PILL = OFFICE / "templates" / "office" / "_pill.html"
STYLES = OFFICE.parents[3] / "web" / "src" / "styles"


def templates() -> list[Path]:
    return [path for path in (OFFICE / "templates").rglob("*.html") if path != PILL]


def test_a_pill_is_drawn_by_one_template() -> None:
    """No template draws a light by itself; no code does but the tree of the standard, which asks the same table."""
    for path in templates():
        drawn = set(re.findall(r"pill-[a-z_]+", path.read_text())) - LABELS
        inline = re.findall(r"""class="pill pill-([^"]*)""", path.read_text())
        assert not drawn, (path, drawn)
        assert all(each in {"decides", "neutral"} or "rung" in each for each in inline), (path, inline)
    drawing = [path.name for path in OFFICE.rglob("*.py") if 'class="pill' in path.read_text()]
    assert drawing == ["standard_rows.py"]
    assert "mark_of(" in (OFFICE / "standard_rows.py").read_text()


def test_every_state_that_pages_name_is_a_mark() -> None:
    named = set()
    for path in templates():
        for part in re.findall(r"_pill.html\" with ([^%]*)%", path.read_text()):
            named |= set(re.findall(r'\bstate="([a-z_]+)"', part))
    tables = (
        highlights.STATE_PILLS,
        imports.PILLS, sites.STATE_PILLS, standard_rows.PILLS, mechanisms.STATE_PILLS, classes.BASIS_PILLS,
        office_files.ROW_PILLS,
    )  # fmt: skip
    named |= {state for table in tables for state in table.values() if state}
    assert len(named) > 8 and named <= set(MARKS)
    assert mark_of("nonsense") == "neutral"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_table_has_every_light_with_word_colour_shape_and_rule(language: str) -> None:
    with translation.override(language):
        kinds = {kind.key: kind for kind in legend(20, 3)}
        assert {rule.state for rule in kinds["items"].rules} == set(LIGHTS) == set(ITEM_WORDS)
        assert {rule.state for rule in kinds["places"].rules} == {sites.STATE_PILLS[state] for state in STATES}
        hard = {"done", "done_late", "late", "deferred", "unowned", "due", "on_plan"}
        assert {rule.state for rule in kinds["hard"].rules} == hard
        for kind in kinds.values():
            for rule in kind.rules:
                known = MARKS.get(rule.state)
                assert str(rule.word) and rule.rule
                assert str(rule.colour or (known and known.colour)) and str(rule.shape or (known and known.shape))
        due = next(rule.rule for rule in kinds["items"].rules if rule.state == "due")
        assert "20" in due and "3" in due, "the thresholds are those of the settings"


def test_no_two_lights_of_work_look_alike_without_colour() -> None:
    """What differs in meaning differs in word, and the three that matter differ in shape."""
    words = [str(word) for word in ITEM_WORDS.values()]
    assert len(set(words)) == len(words)
    assert len({str(MARKS[state].shape) for state in ("on_plan", "due", "late", "done", "done_late")}) == 5
    assert str(MARKS["done_late"].colour) == str(MARKS["due"].colour), "late, then done, stays yellow"
    styles = "".join(path.read_text() for path in STYLES.glob("*.css"))
    plain = {"neutral", "merged"}
    assert all(f".pill-{state}" in styles for state in MARKS if state not in plain)


def test_a_pill_always_says_a_word() -> None:
    for state, mark in MARKS.items():
        drawn = render_to_string("office/_pill.html", {"state": state})
        assert f"pill-{state}" in drawn and (str(mark.word) in drawn)
        assert ("<svg" in drawn) == mark.tick
