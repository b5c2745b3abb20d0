"""The board and the list of points: what stands where nobody answers, where rules act, and where nothing is on file."""

from datetime import date

import pytest

from qipan.assessment.text import Text
from qipan.overview.board import board, cut_of, nodes_ahead
from qipan.overview.points import BY_RULE, UNOWNED, WHOLE, Wanted, listed
from qipan.spine.campaigns.models import CampaignYear, TimeNode
from qipan.spine.ledger.actions import open_round, record
from qipan.spine.scorecards import queries
from tests.spine.ledger import small

pytestmark = pytest.mark.django_db
DAY = small.at(60).date()


@pytest.fixture
def made():
    queries.forget()
    yield small.make()
    queries.forget()


def put(made, *facts):
    record(made.county.pk, small.YEAR, facts, by=None)


def seen(made):
    return board(CampaignYear.objects.select_related("campaign").get(pk=made.year.pk), DAY)


def test_an_empty_ledger_has_only_what_rules_take(made):
    now = seen(made)
    total, capped = now.card.total, 15_000_000
    assert (total.earned, total.lost, total.unassessed) == (0, capped, total.possible - capped)
    assert now.by_rule.total.lost == capped, "a node of 45 points that is capped at 30"
    assert sum(row.total.unassessed for row in [*now.rows, now.unowned]) == total.possible
    assert not now.losses


def test_rows_are_units_and_nobody_and_rules_have_rows_of_their_own(made):
    put(made, small.fact("negative.N1", "2"), small.fact("bonus.honours", "2"), small.fact("street.clean", "fail"))
    put(made, small.fact("Ⅰ-1.1", "A"), small.fact("Ⅰ-1.2", "A"))
    now = seen(made)
    assert now.unowned.whose == UNOWNED and now.by_rule.whose == BY_RULE
    assert {row.whose for row in now.rows} <= {unit.pk for unit in made.units.values()}
    kinds = {change.kind for change in now.card.adjustments}
    assert {"bonus", "negative"} <= kinds
    rules = listed(now.standing, Wanted(whose=BY_RULE), "check")
    assert sum(row.lost for row in rules) == now.by_rule.total.lost
    assert all(row.possible == 0 and row.rule for row in rules)
    assert now.sections[-1].key == WHOLE, "what changes the whole has a column of its own"


def test_a_unit_that_is_not_there_has_no_points(made):
    put(made, small.fact("street.clean", "fail"))
    assert listed(seen(made).standing, Wanted(whose=-1), "part") == []
    assert listed(seen(made).standing, Wanted(node="nowhere"), "part") == []


def test_site_types_show_what_is_registered_and_what_was_seen(made):
    put(made, small.fact("street.clean", "fail"), small.fact("street.clean", "not_seen", cluster="s2"))
    rows = {row.stratum: row for row in seen(made).types}
    assert (rows["street"].registered, rows["street"].seen, rows["street"].checklist) == (3, 1, True)
    assert (rows["square"].registered, rows["square"].seen, rows["square"].checklist) == (0, 0, False)
    assert "residents" not in rows, "who answers a survey is no site"
    assert rows["park"].title == Text("公园", "park")


def test_what_applies_nowhere_and_counts_as_full_is_no_type_without_a_name():
    queries.forget()
    made = small.make(small.POINTS)
    put(made, small.fact("street.clean", "na", selection="drawn"))
    now = seen(made)
    assert now.card.checks["1.1/site_inspection"].earned == 30_000_000
    assert {row.stratum for row in now.types} == {"park"}


def test_a_type_that_the_county_lacks_has_no_points(made):
    before = {row.stratum: row.sums.possible for row in seen(made).types}
    CampaignYear.objects.update(absent_types=["park", "square"])
    after = {row.stratum: row.sums.possible for row in seen(made).types}
    assert before["park"] and "park" not in after
    now = seen(made)
    assert now.card.total.possible == sum(row.total.possible for row in [*now.rows, now.unowned])


def test_the_largest_losses_name_whose_they_are_largest_first(made):
    put(made, *(small.fact("street.clean", "fail", cluster=c, selection="census") for c in ("s1", "s2", "s3")))
    losses = seen(made).losses
    assert [loss.lost for loss in losses] == sorted((loss.lost for loss in losses), reverse=True)
    one = next(loss for loss in losses if loss.check == "Ⅰ-1/site_inspection")
    assert one.places == 3
    assert set(one.owners) == {made.units["village"].pk, made.units["town"].pk, UNOWNED}


def test_what_a_draw_put_on_its_list_and_nobody_saw_is_named_not_lost(made):
    open_round(made.county.pk, "r", Text("轮"), "drawn", small.at(0), [("street", "s1")])
    now = seen(made)
    assert [part.cluster for part in now.standing.parts if part.stratum == "street"].count("s1")
    assert now.card.checks["Ⅰ-1/site_inspection"].lost == 0
    assert now.card.checks["Ⅰ-2/site_inspection"].status == "not_assessed"


def test_a_node_with_points_and_no_check_has_a_row_and_can_be_opened():
    queries.forget()
    made = small.make(small.POINTS)
    put(made, small.fact("street.clean", "fail"))
    now = seen(made)
    assert now.card.total.possible == 100_000_000
    assert now.unowned.sections["1"].unassessed >= 20_000_000
    assert [(row.possible, row.unassessed) for row in listed(now.standing, Wanted(node="1.3"), "part")] == [
        (20_000_000, 20_000_000)
    ]
    # By check, each such node has a row of its own.
    assert [row.node for row in listed(now.standing, Wanted(), "check") if not row.check and row.rule is None] == [
        "1.3"
    ]


def test_the_cut_is_the_campaigns_own_where_it_made_one(made):
    assert cut_of(made.year, seen(made).standing) is None
    made.year.assumed_cut = "85.5"
    cut = cut_of(made.year, seen(made).standing)
    assert cut is not None and float(cut.points) == 85.5 and cut.basis.assumed


def test_nodes_ahead_are_those_to_come_the_next_one_first(made):
    for n, on in enumerate([date(2026, 12, 1), DAY, date(2026, 1, 1), date(2026, 6, 9)]):
        TimeNode.objects.create(campaign=made.year.campaign, name_zh=str(n), on=on, decides=n == 0)
    ahead = nodes_ahead(made.year, DAY)
    assert [(node.name.zh, node.decides) for node in ahead] == [("1", False), ("3", False), ("0", True)]
    assert ahead[0].days == 0


def test_sides_say_whether_they_are_inferred(made):
    put(made, small.fact("street.clean", "fail"))
    now = seen(made)
    assert set(now.sides) == {"hardware", "software"}
    assert now.sides_inferred
    bare = sum(part.possible for part in now.standing.parts if not part.check)
    assert sum(sums.possible for sums in now.sides.values()) + bare == now.card.total.possible
