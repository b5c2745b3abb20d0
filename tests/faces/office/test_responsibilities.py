"""Responsibilities, units and what we assume: their sums are the board's."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qipan.ground.units.models import Unit
from qipan.overview.assumptions import assumptions
from qipan.overview.board import board
from qipan.overview.responsibilities import responsibilities
from qipan.overview.units import unit, units
from qipan.spine.scorecards.queries import standing
from tests.faces.office import county
from tests.faces.office.pages import figures, rows, text


def sums(one: Any) -> tuple[Decimal, ...]:
    """Return four sums as a page shows them."""
    return tuple(Decimal(value) / 1_000_000 for value in (one.earned, one.lost, one.unassessed, one.possible))


def sum_row(page: str) -> tuple[Decimal, ...]:
    """Return the figures of the last sum on a page."""
    return [figures(cells) for attributes, cells in rows(page) if attributes.get("class") == "row-sum"][-1]


def test_the_unowned_points_are_those_of_the_board(made: county.Made, office: Client) -> None:
    now = standing(made.year)
    found, shown = responsibilities(made.year, now), board(made.year, now.on)
    assert shown.unowned
    assert found.unowned.possible == shown.unowned.total.possible > 0
    assert found.unowned.unassessed == shown.unowned.total.unassessed
    parts = [row.sums.possible for row in found.open] + [row.possible for _, _, row in found.absent]
    assert sum(parts) == found.unowned.possible
    page = text(office.get("/responsibilities/"))
    assert f"{Decimal(found.unowned.possible) / 1_000_000:.3f} points that are unowned" in page


def test_functions_that_nobody_carries_are_listed_first(made: county.Made, office: Client) -> None:
    found = responsibilities(made.year, standing(made.year))
    unmapped = [row.code for row in found.functions if not row.units]
    assert county.UNMAPPED in unmapped
    assert [row.code for row in found.functions][: len(unmapped)] == unmapped
    whys = {row.answer.why for row in found.open}
    assert {"conflict", "no_lead"} <= whys
    lines = office.get("/responsibilities/", {"export": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(lines) == len(found.functions) + 1
    assert office.get("/responsibilities/", {"export": "xlsx", "list": "open"}).content[:2] == b"PK"


def test_units_add_up_to_the_total_and_have_no_rank(made: county.Made, office: Client) -> None:
    now = standing(made.year)
    page = text(office.get("/units/"))
    assert sum_row(page) == sums(now.card.total)
    assert "No rank is given" in page
    found = units(now, now.on)
    parts = [line.sums for line in found.lines] + [one for one in (found.unowned, found.by_rule) if one]
    assert sum(one.possible for one in parts) == now.card.total.possible
    assert sum(one.lost for one in parts) == now.card.total.lost


def test_the_page_of_a_unit_adds_up_by_section_and_by_check(made: county.Made, office: Client) -> None:
    now = standing(made.year)
    for line in units(now, now.on).lines:
        if not line.sums.possible and line.unit.code not in {"140925"}:
            continue
        found = unit(made.year, now, line.unit.code, now.on)
        assert found
        assert sum(check.sums.possible for check in found.checks) == line.sums.possible
        assert sum(part.lost for part in found.row.sections.values()) == line.sums.lost
        page = text(office.get(reverse("unit", args=[line.unit.code])))
        if line.sums.possible:
            assert sum_row(page) == sums(line.sums)
    assert office.get("/units/nobody/").status_code == 404


def test_a_supporting_unit_carries_nothing_of_what_it_supports(made: county.Made, office: Client) -> None:
    now = standing(made.year)
    line = next(one for one in units(now, now.on).lines if one.shared)
    page = text(office.get(reverse("unit", args=[line.unit.code])))
    assert "this unit carries 0 of them" in page


def test_two_units_of_one_name_are_pointed_out(made: county.Made, office: Client) -> None:
    twin = Unit.objects.get(code="140925-publicity")
    Unit.objects.create(county=made.county, code="twin", name_zh=twin.name_zh, name_en=twin.name_en, type=twin.type)
    page = text(office.get("/units/", {"q": twin.name_zh}))
    assert "same name as twin" in page and "same name as 140925-publicity" in page


def test_units_are_filtered_sorted_and_exported(office: Client) -> None:
    shown = text(office.get("/units/", {"type": "town", "sort": "name"}))
    assert "Fenghuang Town" in shown and "Publicity Department" not in shown
    everybody = office.get("/units/", {"show": "all", "export": "csv"}).content.decode("utf-8-sig").splitlines()
    some = office.get("/units/", {"type": "town", "export": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(everybody) > len(some) > 1


def test_every_assumption_has_a_reason_and_the_two_totals_stand_side_by_side(made: county.Made, office: Client) -> None:
    now = standing(made.year)
    found = assumptions(made.year, now)
    assert all(row.what and row.why for row in found.rows)
    topics = {row.topic for row in found.rows}
    assert {"weights", "share", "grades", "cut", "gates", "sample", "sides", "links", "survey"} <= topics
    page = text(office.get("/assumptions/"))
    for total in (now.card.total.earned, found.equal.total.earned):
        assert f"{Decimal(total) / 1_000_000:.1f}" in page
    assert 'id="how"' in page and "How this number is worked out" in page
    assert "A = 1, B = 0.66, C = 0.33" in page
    assert "Ⅰ-8" in page
    assert office.get("/assumptions/", {"export": "csv"}).status_code == 200


def test_these_pages_ask_few_questions(made: county.Made, office: Client) -> None:
    for address in ("/responsibilities/", "/units/", "/assumptions/", "/units/140925-publicity/"):
        office.get(address)
        with CaptureQueriesContext(connection) as found:
            office.get(address)
        assert len(found) <= 15, address
