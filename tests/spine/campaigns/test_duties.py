"""Who answers for a check, and for what at a site, on which day."""

from datetime import date

import pytest

from qipan.ground.sites.models import Site, SiteDuty
from qipan.spine.campaigns.duties import duties
from qipan.spine.campaigns.models import AnsweringLead, FunctionDuty
from tests.spine.ledger import small

pytestmark = pytest.mark.django_db
DAY = date(small.YEAR, 6, 1)


@pytest.fixture
def made():
    return small.make()


def lead(made, check, on=DAY):
    answer = duties(made.year, on).lead(made.book.lines[check])
    names = {unit.pk: name for name, unit in made.units.items()}
    return names.get(answer.unit), answer.why, [names[unit] for unit in answer.candidates]


def at_site(made, check, cluster, on=DAY):
    answer = duties(made.year, on).at_site(made.book.lines[check], cluster)
    names = {unit.pk: name for name, unit in made.units.items()}
    return names.get(answer.unit), answer.why


def test_one_lead_answers_under_any_name_of_its_function(made):
    assert lead(made, "Ⅰ-1/document_review") == ("edu", "function", ["edu"])


def test_several_leads_are_a_conflict_until_one_is_chosen(made):
    assert lead(made, "Ⅱ-1/telephone_test") == (None, "conflict", ["health", "edu"])
    AnsweringLead.objects.create(campaign_year=made.year, check_key="Ⅱ-1/telephone_test", unit=made.units["edu"])
    assert lead(made, "Ⅱ-1/telephone_test") == ("edu", "chosen", ["health", "edu"])


def test_a_function_that_nobody_carries_is_unmapped(made):
    assert lead(made, "Ⅰ-2/site_inspection.b") == (None, "unmapped", [])


def test_a_check_without_a_lead_has_candidates_and_no_owner():
    made = small.make(small.POINTS)
    assert lead(made, "1.2/site_inspection") == (None, "no_lead", ["roads"])
    assert lead(made, "2/document_review") == (None, "no_lead", [])


def test_a_function_of_two_units_is_a_conflict_and_one_unit_of_two_functions_is_none(made):
    FunctionDuty.objects.create(campaign=made.year.campaign, function="roads", unit=made.units["town"])
    assert lead(made, "Ⅰ-2/site_inspection") == (None, "conflict", ["roads", "town"])
    FunctionDuty.objects.filter(function="education").update(unit=made.units["health"])
    assert lead(made, "Ⅱ-1/telephone_test") == ("health", "function", ["health"])


def test_duties_hold_from_and_to_their_days(made):
    FunctionDuty.objects.filter(function="roads").update(valid_to=DAY)
    FunctionDuty.objects.create(
        campaign=made.year.campaign, function="roads", unit=made.units["town"], valid_from=date(small.YEAR, 6, 2)
    )
    check = "Ⅰ-2/site_inspection"
    assert lead(made, check) == ("roads", "function", ["roads"])
    assert lead(made, check, date(small.YEAR, 6, 2)) == ("town", "function", ["town"])
    SiteDuty.objects.filter(function="roads").update(valid_from=DAY, valid_to=DAY)
    assert at_site(made, check, "s1") == ("village", "site")
    assert at_site(made, check, "s1", date(small.YEAR, 5, 31)) == ("roads", "function")
    assert at_site(made, check, "s1", date(small.YEAR, 6, 2)) == ("town", "function")


def test_at_a_site_its_own_duty_comes_first_then_the_territory_then_the_lead(made):
    check = "Ⅰ-1/site_inspection"
    assert at_site(made, check, "s1") == ("village", "site"), "who carries roads at this site"
    assert at_site(made, check, "s2") == ("town", "site"), "each township, and this street lies in one"
    assert at_site(made, check, "p2") == ("edu", "site"), "who answers for everything there"
    assert at_site(made, check, "s3") == (None, "conflict"), "nobody for the site, and two leads"
    assert at_site(made, "Ⅰ-2/site_inspection", "s2") == ("roads", "function"), "townships are not named here"


def test_a_duty_for_one_function_does_not_answer_for_another(made):
    site = Site.objects.get(code="s3")
    SiteDuty.objects.create(site=site, function="health", unit=made.units["health"])
    assert at_site(made, "Ⅰ-2/site_inspection", "s3") == ("roads", "function")
    assert at_site(made, "Ⅰ-1/site_inspection", "s3") == ("health", "site")


def test_a_later_duty_for_a_site_does_not_hide_an_earlier_one_by_chance(made):
    site = Site.objects.get(code="s3")
    SiteDuty.objects.create(site=site, function="roads", unit=made.units["edu"])
    SiteDuty.objects.create(site=site, function="roads", unit=made.units["town"])
    found = {at_site(made, "Ⅰ-2/site_inspection", "s3") for _ in range(3)}
    assert found == {("edu", "site")}, "of two duties for one thing the one that was entered first"


def test_supporting_units_are_those_named_that_do_not_answer(made):
    names = {unit.pk: name for name, unit in made.units.items()}
    held = duties(made.year, DAY)
    assert [names[u] for u in held.supports(made.book.lines["Ⅰ-1/document_review"])] == ["health"]
    assert [names[u] for u in held.supports(made.book.lines["Ⅱ-1/telephone_test"])] == ["health", "edu"]


def test_duties_take_as_many_statements_with_many_sites(made, django_assert_num_queries):
    duties(made.year, DAY)  # asks for the pins once
    with django_assert_num_queries(3):
        duties(made.year, DAY)
    Site.objects.bulk_create(
        Site(county=made.county, code=f"x{n}", name_zh="点", type="street", territory=made.units["town"])
        for n in range(500)
    )
    with django_assert_num_queries(3):
        duties(made.year, DAY)
