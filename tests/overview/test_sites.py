"""The register with what was seen: every point stands once, blanks can be seen, statements do not grow."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qipan.overview.sites import site_list, site_page
from qipan.spine.ledger.actions import record
from qipan.spine.scorecards.queries import forget
from tests.little_ledger import YEAR, Little, little_county, look

pytestmark = pytest.mark.django_db


def today():
    return timezone.localdate()


@pytest.fixture
def little() -> Little:
    forget()
    made = little_county(5, 4)
    census, draw = made.rounds["census"].pk, made.rounds["draw"].pk
    facts = [
        *(look(f"hotel.ho{n}", "h1", "pass", round=census, selection="census", source="v1") for n in (1, 2, 3)),
        *(look(f"hotel.ho{n}", "h2", "pass" if n > 1 else "fail", round=census, selection="census", source="v2") for n in (1, 2, 3)),
        look("hotel.ho1", "h3", "pass", round=census, selection="census", source="v3"),
        look("road.r1", "r1", "9", round=draw, selection="drawn", source="v4"),
        look("road.r2", "r1", "pass", round=draw, selection="drawn", source="v4"),
        look("road.r1", "r3", "1", source="v5"),
        look("2.1", "", "B", selection="census"),
    ]  # fmt: skip
    record(made.county.pk, YEAR, facts, by=made.inspector)
    return made


def test_every_state_of_a_site(little):
    states = {row.code: row.state for row in site_list(little.year, today()).rows}
    assert states == {
        "h1": "good", "h2": "lost", "h3": "partly", "h4": "open", "h5": "open",
        "r1": "lost", "r2": "open", "r3": "chosen", "r4": "never", "z1": "never",
    }  # fmt: skip


def test_sites_and_what_hangs_on_none_add_up_to_the_total(little):
    found = site_list(little.year, today())
    rest = (found.not_at_site, found.unseen_types, found.unregistered, found.by_rule)
    total = found.standing.card.total
    for name in ("possible", "earned", "lost", "unassessed"):
        in_all = sum(getattr(row.sums, name) for row in found.rows) + sum(getattr(sums, name) for sums in rest)
        assert in_all == getattr(total, name), name
    assert found.unseen_types.possible == 20_000_000, "nobody was asked"
    assert found.not_at_site.possible == 10_000_000


def test_a_site_that_left_the_register_keeps_its_points_in_a_row_of_their_own(little):
    little.county.sites.filter(code="h2").update(valid_to=today().replace(month=1, day=1))
    forget()
    found = site_list(little.year, today())
    assert "h2" not in {row.code for row in found.rows}
    assert found.unregistered.lost > 0


def test_a_site_s_page_holds_what_stands_and_what_was_found(little):
    record(little.county.pk, YEAR, [look("hotel.ho1", "h2", "pass", source="recheck")], by=little.office)
    page = site_page(little.year, today(), "h2")
    assert page is not None
    (check,) = page.checks
    assert (check.now.en, check.changed > 0) == ("3 of 3 = 100%", True)
    assert check.found is not None
    assert check.found.en.startswith("2 of 3")
    stands = {item.key: (item.look.outcome, item.look.selection, item.looks) for item in check.items if item.look}
    assert stands == {
        "hotel.ho1": ("pass", "chosen", 2), "hotel.ho2": ("pass", "census", 1), "hotel.ho3": ("pass", "census", 1),
    }  # fmt: skip
    assert check.items[0].look is not None
    assert check.items[0].look.by_unit.zh == "创城办"
    assert check.sums.lost == page.row.sums.lost == 0
    assert [(each.code, each.looks) for each in page.rounds] == [("census", 3)]
    assert page.observations == 4
    assert page.dangers == ()


def test_an_open_safety_fault_is_listed_apart(little):
    page = site_page(little.year, today(), "h2")
    assert page is not None
    assert [item.key for item in page.dangers] == ["hotel.ho1"]


def test_an_own_look_that_would_raise_is_not_shown_as_standing(little):
    record(little.county.pk, YEAR, [look("hotel.ho1", "h2", "pass", own=True, source="self")], by=little.inspector)
    page = site_page(little.year, today(), "h2")
    assert page is not None
    item = page.checks[0].items[0]
    assert item.look is not None
    assert (item.look.outcome, item.looks) == ("fail", 2)


def test_a_site_s_checks_add_up_to_its_row_and_duties_are_named(little):
    found = site_page(little.year, today(), "r2")
    assert found is not None
    for name in ("possible", "earned", "lost", "unassessed"):
        assert sum(getattr(check.sums, name) for check in found.checks) == getattr(found.row.sums, name)
    assert [(duty.function.zh, found.units[duty.unit].code) for duty in found.duties] == [("城市管理", "roads")]
    assert found.row.owners == (little.units["roads"].pk,)
    unowned = site_page(little.year, today(), "r1")
    assert unowned is not None
    assert unowned.row.owners == ("unowned",)


def test_nothing_is_shown_of_what_is_not_on_the_register(little):
    assert site_page(little.year, today(), "nowhere") is None
    other = little_county(code="other")
    assert site_page(other.year, today(), "h5") is None


def statements(hotels: int) -> tuple[int, int]:
    forget()
    little = little_county(hotels, hotels, code=f"c{hotels}")
    facts = [look("hotel.ho1", f"h{n}", "fail", selection="census") for n in range(1, hotels + 1)]
    record(little.county.pk, YEAR, facts, by=little.office)
    site_list(little.year, today())  # the standard is read once in a process
    forget()
    with CaptureQueriesContext(connection) as listed:
        site_list(little.year, today())
    with CaptureQueriesContext(connection) as one:
        site_page(little.year, today(), "h1")
    return len(listed), len(one)


def test_ten_times_as_many_sites_take_as_many_statements():
    small, large = statements(6), statements(60)
    assert small == large
    assert large[0] <= 14
    assert large[1] <= 14
