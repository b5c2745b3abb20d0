"""What hangs on a reading: losses that add up, and gains that the rulebook itself confirms."""

from __future__ import annotations

import random

import pytest
from django.db import transaction

from qipan.assessment.scale import POINT
from qipan.spine.ledger.actions import record
from qipan.spine.ledger.models import Observation
from qipan.spine.scorecards.queries import card, forget, standing
from qipan.spine.scorecards.stakes import Gains, losses
from tests.little_ledger import YEAR, little_county, look
from tests.spine.ledger import small

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh():
    forget()
    yield
    forget()


FULL = {"street.faults": "0", "q.good": "yes", "Ⅰ-1.1": "A", "Ⅰ-1.2": "A", "Ⅱ-1.n": "100"}


def observed(made, seed):
    """Some outcomes of everything, by chance: faults, gaps and what does not apply among them."""
    chance = random.Random(seed)
    facts = []
    for item, (_, clusters, outcomes) in small.ITEMS.items():
        for cluster in clusters:
            if chance.random() < 0.8 and item not in {"street.unused", "bonus.honours", "negative.N1", "bonus.more"}:
                facts.append(
                    small.fact(item, chance.choice(outcomes), 1, cluster, subject="a" if item[0] == "q" else "")
                )
    record(made.county.pk, small.YEAR, facts, by=None)


@pytest.mark.parametrize("seed", range(10))
def test_a_gain_is_what_the_total_moves_when_everything_at_a_site_is_put_in_order(seed):
    made = small.make()
    observed(made, seed)
    now = standing(made.year)
    gains, before = Gains(now), card(made.year).total.earned
    for cluster in ("s1", "s2", "s3", "p1", "p2", "h1"):
        keys = [key for key in now.readings if key[2] == cluster]
        items = {item for key in keys for item in now.book.lines[key[0]].strata[key[1]]}
        if not items:
            continue
        seen = {item for item in items if any(now.readings[key].applies for key in keys)}
        with transaction.atomic():
            # A fix makes an outcome full where there was one or none; what does not apply stays as it is.
            na = {row.item for row in Observation.objects.filter(cluster=cluster, outcome="na", county=made.county)}
            fixes = [
                small.fact(item, FULL.get(item, "pass"), 9, cluster, selection="chosen") for item in sorted(seen - na)
            ]
            record(made.county.pk, small.YEAR, fixes, by=None)
            after = card(made.year).total.earned
            transaction.set_rollback(True)
        assert gains.of(keys) == after - before, (seed, cluster)


@pytest.mark.parametrize("seed", range(10))
def test_the_gain_of_a_check_of_documents(seed):
    made = small.make()
    observed(made, seed)
    now = standing(made.year)
    before = card(made.year).total.earned
    key = "Ⅰ-1/document_review"
    rows = Observation.objects.filter(county=made.county, outcome="na")
    na = set(rows.values_list("item", flat=True))
    fixes = [small.fact(item, "A", 9) for item in now.book.lines[key].strata["-"] if item not in na]
    with transaction.atomic():
        record(made.county.pk, small.YEAR, fixes, by=None)
        after = card(made.year).total.earned
        transaction.set_rollback(True)
    assert Gains(now).of_check(key) == after - before


@pytest.mark.parametrize("seed", range(6))
def test_losses_add_up_to_what_is_lost(seed):
    made = small.make()
    observed(made, seed)
    now = standing(made.year)
    by_rule = sum(change.lost for change in now.card.adjustments)
    assert sum(losses(now).values()) + by_rule == now.card.total.lost


def test_by_hand():
    """Two drawn roads; 40 points hang on them. Road 1 has one of two items in order, road 2 both."""
    little = little_county()
    facts = [
        look(item, cluster, outcome, round=little.rounds["draw"].pk, selection="drawn", source=cluster)
        for item, cluster, outcome in (
            ("road.r1", "r1", "1"), ("road.r2", "r1", "fail"), ("road.r1", "r2", "1"), ("road.r2", "r2", "pass"),
        )
    ]  # fmt: skip
    facts += [look("road.r2", "r3", "fail"), look("2.1", "", "B", selection="census")]
    record(little.county.pk, YEAR, facts, by=little.inspector)
    now = standing(little.year)
    road = "1.2/site_inspection"
    # A quarter of 40 points; B is worth 0.66 of 10 points.
    assert losses(now) == {(road, "road", "r1"): 10 * POINT, ("2.1/document_review", "-", "-"): 3_400_000}
    gains = Gains(now)
    assert gains.of([(road, "road", "r1")]) == 10 * POINT
    assert gains.of([(road, "road", "r2")]) == 0, "it is full"
    assert gains.of([(road, "road", "r3")]) == 0, "only ever chosen: it enters nothing"
    assert gains.of_check(road) == 10 * POINT
    assert gains.of_check("2.1/document_review") == 3_400_000
    assert gains.of_check("2.2/survey") == 20 * POINT, "nobody has been asked: all of it is still to be had"
    assert gains.of_check("no/such") == 0
