"""The criterion page, and the choice of the unit that answers."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qipan.assessment import explain
from qipan.ground.units.models import Post, Role
from qipan.overview.criterion import criterion
from qipan.overview.points import UNOWNED, Wanted, listed
from qipan.spine.campaigns.actions import ChoiceError, choose_answering_lead, withdraw_answering_lead
from qipan.spine.campaigns.models import AnsweringLead, CampaignYear
from qipan.spine.ledger.actions import Fact, record
from qipan.spine.ledger.models import Round
from qipan.spine.scorecards.queries import standing
from tests.faces.office import county
from tests.faces.office.pages import text


def page_of(client: Client, key: str) -> str:
    response = client.get(reverse("criterion", args=[key]))
    assert response.status_code == 200, key
    return text(response)


def fresh(made: county.Made) -> CampaignYear:
    """Return the year as a new request reads it."""
    return CampaignYear.objects.select_related("campaign__county").get(pk=made.year.pk)


def unowned(made: county.Made) -> int:
    """Return the points that nobody answers for."""
    return sum(row.possible for row in listed(standing(fresh(made)), Wanted(whose=UNOWNED), "check"))


def conflict(made: county.Made) -> str:
    """Return a check of which the standard names several leads, and whose points are nobody's."""
    now = standing(fresh(made))
    return next(
        line.key
        for line in now.book.lines.values()
        if not line.counter and now.duties.lead(line).why == "conflict" and line.one_thing
    )


def test_every_node_has_a_page_in_both_languages(made: county.Made, office: Client) -> None:
    for n, key in enumerate(standing(made.year).book.nodes):
        office.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans" if n % 2 else "en"
        page_of(office, key)
    assert office.get("/standard/Ⅲ-404/").status_code == 404


def test_the_arithmetic_stands_line_by_line_and_the_rule_in_a_sentence(made: county.Made, office: Client) -> None:
    now = standing(made.year)
    page = re.sub(r"&#x27;", "'", page_of(office, "Ⅲ-60")).replace("&lt;", "<").replace("&gt;", ">")
    found = criterion(made.year, now, "Ⅲ-60")
    assert found
    for view in found.checks:
        assert explain.in_a_sentence(view.line).en in page
        for line in view.arithmetic:
            assert line.en in page


def test_sites_and_units_of_a_check_add_up_to_it(made: county.Made) -> None:
    now = standing(made.year)
    for key in now.book.nodes:
        found = criterion(made.year, now, key)
        assert found
        for view in found.checks:
            if view.sites_in_all == len(view.sites):
                assert sum(row.lost for row in view.sites) == view.score.lost
                assert sum(row.unassessed for row in view.sites) == view.score.unassessed
                assert sum(row.possible for row in view.sites) == view.score.possible


def test_the_count_of_item_outcomes_is_that_of_the_reading(made: county.Made) -> None:
    """What the items of a check count, cluster by cluster, is what its readings hold."""
    now = standing(made.year)
    found = criterion(made.year, now, "Ⅲ-60")
    assert found
    for view in found.checks:
        if view.line.survey:
            continue
        readings = [r for (check, _, _), r in now.readings.items() if check == view.line.key and r.enters]
        seen = sum(row.counts["full"] + row.counts["partial"] + row.counts["none"] for row in view.items)
        assert seen == sum(reading.weight for reading in readings)
        assert sum(row.counts["na"] for row in view.items) == sum(reading.na for reading in readings)
        assert sum(row.counts["missing"] for row in view.items) == sum(reading.unknown for reading in readings)


def test_what_is_not_known_is_said_openly(made: county.Made, office: Client) -> None:
    page = page_of(office, "Ⅲ-9")
    assert "no checklist for it is on file; nothing can be assessed there" in page
    assert "Which checklist items serve this text is our judgement." in page
    assert "not published: counted as a census" in page
    assert "side inferred" in page
    item = page_of(office, "Ⅲ-9.1")
    assert "This criterion is judged as one item of the check" in item


def test_a_fix_shows_found_beside_now(made: county.Made, office: Client) -> None:
    now = standing(made.year)
    changed = [
        view
        for key in now.book.nodes
        for view in (criterion(made.year, now, key) or pytest.fail()).checks
        if view.changed
    ]
    assert changed and all("main_road" in view.line.strata for view in changed)
    for view in changed:
        assert view.score.earned > view.found.earned
        assert "As first found:" in page_of(office, view.line.node)


def test_a_late_correction_stands_beside_what_the_round_published(made: county.Made, office: Client) -> None:
    first = Round.objects.get(code="r1")
    item, stratum, cluster = county.failing(made.county, "community")[0]
    fact = Fact(item, "pass", county.at(3, 6), stratum, cluster, round=first.pk, selection="census")
    record(made.county.pk, county.YEAR, [fact], by=None)
    now = standing(fresh(made))
    nodes = {line.node for line, _ in now.book.by_item[item]}
    assert any('class="pill pill-due">amended' in page_of(office, node) for node in nodes)


def test_the_items_of_a_site_open_with_and_without_scripts(made: county.Made, office: Client) -> None:
    query = {"check": "Ⅲ-60/site_inspection", "type": "community", "cluster": "community-1"}
    address = reverse("criterion", args=["Ⅲ-60"])
    fragment = text(office.get(address, query, headers={"HX-Request": "true"}))
    assert fragment.startswith('<ul class="site-items">') and "<html" not in fragment
    whole = text(office.get(address, query))
    assert "<html" in whole and fragment.strip() in whole


def test_the_page_asks_few_questions(made: county.Made, office: Client) -> None:
    page_of(office, "Ⅲ-60")
    with CaptureQueriesContext(connection) as found:
        page_of(office, "Ⅲ-60")
    assert len(found) <= 15


def test_a_chosen_lead_moves_the_points_and_a_withdrawal_moves_them_back(made: county.Made, office: Client) -> None:
    check = conflict(made)
    before, node = unowned(made), check.rpartition("/")[0]
    possible = standing(fresh(made)).card.checks[check].possible
    data = {"check": check, "unit": "140925-publicity", "next": reverse("criterion", args=[node])}
    response = office.post(reverse("choose_lead"), data, follow=True)
    assert "now answers for" in text(response)
    lead = AnsweringLead.objects.get(check_key=check)
    assert lead.unit.code == "140925-publicity"
    assert "office" in lead.chosen_by and "文明办" in lead.chosen_by
    assert unowned(made) == before - possible
    assert "chosen on" in page_of(office, node)
    office.post(reverse("choose_lead"), {"check": check, "withdraw": "1"})
    assert unowned(made) == before
    assert not AnsweringLead.objects.exists()


def test_what_cannot_be_chosen_changes_nothing(made: county.Made, office: Client) -> None:
    check, version = conflict(made), fresh(made).duties_version
    for data in ({"check": check}, {"check": "no/such", "unit": "140925-publicity"}, {"check": check, "unit": "none"}):
        response = office.post(reverse("choose_lead"), data, follow=True)
        assert "message error" in text(response)
    assert fresh(made).duties_version == version
    response = office.post(reverse("choose_lead"), {"check": check, "next": "https://elsewhere.example/"})
    assert response.headers["Location"] == reverse("responsibilities")


def test_only_the_campaign_office_chooses(made: county.Made, head: Client) -> None:
    check = conflict(made)
    assert head.post(reverse("choose_lead"), {"check": check, "unit": "140925-publicity"}).status_code == 403
    assert "choose-lead" not in page_of(head, check.rpartition("/")[0])
    post = Post.objects.get(role=Role.HEAD)
    with pytest.raises(PermissionDenied):
        choose_answering_lead(fresh(made), check, "140925-publicity", by=post)
    with pytest.raises(PermissionDenied):
        withdraw_answering_lead(fresh(made), check, by=post)
    with pytest.raises(ChoiceError):
        choose_answering_lead(fresh(made), "bonus/honours", "140925-publicity", by=Post.objects.get(role=Role.OFFICE))


def test_points_are_shown_to_three_decimals_and_agree_with_their_list(made: county.Made, office: Client) -> None:
    page = page_of(office, "Ⅲ-9")
    node = standing(made.year).card.nodes["Ⅲ-9"]
    earned = re.search(r'class="big">([0-9.]+)<', page)
    assert earned and Decimal(earned.group(1)) == Decimal(node.earned) / 1_000_000
    assert sum(row.earned for row in listed(standing(made.year), Wanted(node="Ⅲ-9"), "part")) == node.earned
