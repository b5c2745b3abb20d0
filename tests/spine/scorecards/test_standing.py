"""Where a campaign year stands: kept while nothing changes, made anew when anything does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from qipan.spine.campaigns.models import AnsweringLead, CampaignYear
from qipan.spine.ledger import running
from qipan.spine.ledger.actions import record
from qipan.spine.scorecards import queries
from qipan.spine.scorecards.queries import standing, total
from tests.spine.ledger import small

pytestmark = pytest.mark.django_db
DAY = small.at(60).date()


@pytest.fixture
def made():
    queries.forget()
    made = small.make()
    record(made.county.pk, small.YEAR, [small.fact("street.clean", "fail"), small.fact("Ⅰ-1.1", "A")], by=None)
    yield made
    queries.forget()


def fresh(made):
    return CampaignYear.objects.select_related("campaign").get(pk=made.year.pk)


def test_it_is_kept_while_nothing_changes(made, django_assert_num_queries):
    first = standing(fresh(made), DAY)
    year = fresh(made)
    with django_assert_num_queries(2):
        assert standing(year, DAY) is first


def test_whatever_changes_the_figures_makes_it_anew(made):
    seen = [standing(fresh(made), DAY)]

    def is_new():
        seen.append(standing(fresh(made), DAY))
        return all(one is not seen[-1] for one in seen[:-1])

    record(made.county.pk, small.YEAR, [small.fact("street.lamps", "pass")], by=None)
    assert is_new()
    AnsweringLead.objects.create(campaign_year=made.year, check_key="Ⅱ-1/telephone_test", unit=made.units["edu"])
    CampaignYear.objects.update(duties_version=1)
    assert is_new()
    CampaignYear.objects.update(absent_types=["park"])
    assert is_new()
    made.year.companions.remove(made.year.companions.get(name="small-sub"))
    assert is_new()
    assert seen[-1].card.nodes["small-sub"].unassessed == 20_000_000, (
        "a sub-standard that is not at hand is not assessed"
    )
    assert standing(fresh(made), DAY + timedelta(days=1)) is not seen[-1], "duties have days"


def test_what_is_recorded_while_it_is_made_waits_for_the_next_question(made, monkeypatch):
    queries.forget()
    read, late = running.stored_readings, [small.fact("street.clean", "pass", 9)]

    def slow(*args, **more):
        found = read(*args, **more)
        if late:
            record(made.county.pk, small.YEAR, [late.pop()], by=None)
        return found

    monkeypatch.setattr(running, "stored_readings", slow)
    now = standing(fresh(made), DAY)
    for key, score in now.card.checks.items():
        assert total(p for p in now.parts if p.check == key)[1:3] == (score.earned, score.lost)
    later = standing(fresh(made), DAY)
    assert later.version == queries.ledger_version(made.county.pk) > now.version
    assert {key: one.y for key, one in later.readings.items()} == {
        key: both.now.y for key, both in small.stored(made.year).items()
    }


def test_parts_of_a_check_add_up_to_it_and_each_falls_to_one_unit_or_none(made):
    now = standing(fresh(made), DAY)
    for key, score in now.card.checks.items():
        parts = [part for part in now.parts if part.check == key]
        assert total(parts) == (score.possible, score.earned, score.lost, score.unassessed)
    units = {part.answer.unit for part in now.parts}
    assert sum(len(list(now.of_unit(unit))) for unit in units) == len(now.parts)


def test_a_survey_and_what_nobody_looked_at_fall_to_the_lead(made):
    now = standing(fresh(made), DAY)
    survey = [part for part in now.parts if part.check == "Ⅱ-1/survey"]
    assert {part.answer.unit for part in survey} == {made.units["health"].pk}
    absent = [part for part in now.parts if part.node == "not-at-hand"]
    assert [(part.answer.unit, part.unassessed) for part in absent] == [(None, 5_000_000)]


def test_the_comparison_with_equal_weights_has_the_same_total(made):
    equal = queries.equal_card(queries.standing(fresh(made)))
    assert equal.total.possible == 100_000_000
    possible = {score.possible for score in equal.checks.values()}
    assert max(possible) - min(possible) <= 1


def test_as_of_a_day_is_what_the_ledger_held_then(made):
    """A day's figure counts what was on record at its end, corrections of later days not yet among it."""
    early, late = small.at(70), small.at(90)
    first = small.fact("street.lamps", "fail", 70, recorded_at=early)
    record(made.county.pk, small.YEAR, [first], by=None)
    record(
        made.county.pk,
        small.YEAR,
        [
            small.fact("street.lamps", "pass", 70, supersedes=first.uid, recorded_at=late),
            small.fact("street.clean", "pass", 90, recorded_at=late),
        ],
        by=None,
    )
    # What `made` recorded carries the moment of the test, after every day of the small year: it is on record in neither.
    known = standing(fresh(made), as_of=small.at(80).date())
    later = standing(fresh(made), as_of=small.at(90).date())
    assert known.as_of == known.on == small.at(80).date()
    lamps = [key for key, reading in known.readings.items() if reading.weight]
    assert lamps
    assert all("street.lamps" in known.book.lines[key[0]].values for key in lamps)
    assert all(known.readings[key].value == 0 < later.readings[key].value for key in lamps)
    assert standing(fresh(made), as_of=small.at(60).date()).card.total.earned == 0
    assert standing(fresh(made), as_of=timezone.localdate()).card.total == standing(fresh(made)).card.total
