"""The next year is begun from a year: what is said of each part is what is written, and nothing goes silently."""

from __future__ import annotations

from copy import deepcopy
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.errors import RegisterError, Stale
from qipan.spine.campaigns.actions import choose_answering_lead
from qipan.spine.campaigns.actions_campaign import set_year
from qipan.spine.campaigns.local import set_limits
from qipan.spine.campaigns.models import (
    AnsweringLead,
    Campaign,
    CampaignYear,
    FunctionDuty,
    Membership,
    Seat,
    SpecialGroup,
    TimeNode,
)
from qipan.spine.ledger.pins import Choice
from qipan.spine.scorecards.queries import standing
from qipan.spine.standards.actions import store
from qipan.spine.years.starting import Cycle, choice_of, following, preview, start
from tests.little_ledger import STANDARD, YEAR
from tests.spine.work import town as towns
from tests.spine.work.town import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    """The town with a chosen lead, a limit of its own, an assumed cut and a type that it does not have."""
    made = towns.make()
    office = made["office"]
    for code in ("1.1", "2.1"):
        choose_answering_lead(made.year, check_of(made, code), "office", by=office)
    set_limits(made.year.pk, {"road.r1": "2"}, version=version(), by=office)
    set_year(made.year.pk, cut=80, absent_types=["road"], version=version(), by=office)  # type: ignore[arg-type]
    made.year.refresh_from_db()
    return made


def check_of(town: Town, code: str) -> str:
    return next(key for key in standing(town.year).book.lines if key.startswith(code))


def version() -> int:
    return Campaign.objects.order_by("first_year").values_list("version", flat=True)[0]


def another() -> Choice:
    """An edition without the plan of 2.1, in which roads may have two pieces of litter, as the county asks."""
    data = deepcopy(STANDARD)
    data["edition"] = {"zh": "新版", "en": "new"}
    (works,) = [node for node in data["nodes"] if node["code"] == "2"]
    works["children"] = [node for node in works["children"] if node["code"] != "2.1"]
    works["children"][0]["points"] = 30
    return Choice(store(data).hash, choice_of(CampaignYear.objects.get(year=YEAR)).companions)


def said(town: Town, choice: Choice) -> dict[str, tuple[int, int, int]]:
    parts = preview(town.year, choice)
    return {part.key: (len(part.copied), len(part.dropped), part.goes_on) for part in parts}


def test_a_year_of_the_same_cycle_takes_over_what_is_the_years(town: Town) -> None:
    Campaign.objects.update(last_year=YEAR + 1)
    TimeNode.objects.create(campaign=town.year.campaign, name_zh="测评", on=date(YEAR, 12, 1))
    same = choice_of(town.year)
    assert said(town, same) == {
        "leads": (2, 0, 0), "limits": (1, 0, 0), "absent": (1, 0, 0), "cut": (1, 0, 0),
        "functions": (0, 0, 3), "settings": (0, 0, 1), "plan": (0, 1, 0),
    }  # fmt: skip
    begun, parts = start(town.year.pk, same, version=version(), by=town["office"])
    assert (begun.year, begun.campaign_id, begun.standard_id) == (
        YEAR + 1,
        town.year.campaign_id,
        town.year.standard_id,
    )
    assert begun.local_limits == {"road.r1": "2"} and begun.absent_types == ["road"] and begun.assumed_cut == 80
    assert AnsweringLead.objects.filter(campaign_year=begun).count() == 2
    entry = AuditEntry.objects.get(verb="year.start")
    assert entry.details["leads"] == [2, 0] and entry.details["from"] == YEAR
    assert parts[0].key == "leads"


def test_another_edition_says_what_falls_away_and_why(town: Town) -> None:
    Campaign.objects.update(last_year=YEAR + 1)
    choice = another()
    found = {part.key: part for part in preview(town.year, choice)}
    assert [why.en for _, why in found["leads"].dropped] == ["the new edition has no such check"]
    assert [why.en for _, why in found["cut"].dropped] == ["assumed for the old edition; set it anew"]
    begun, _ = start(town.year.pk, choice, version=version(), by=town["office"])
    assert begun.standard_id == choice.standard and begun.assumed_cut is None
    assert AnsweringLead.objects.filter(campaign_year=begun).count() == 1


def test_what_was_chosen_for_the_next_year_already_stays(town: Town) -> None:
    Campaign.objects.update(last_year=YEAR + 1)
    there = CampaignYear.objects.create(
        campaign=town.year.campaign, year=YEAR + 1, standard=town.year.standard, local_limits={"road.r1": "1"}
    )
    there.companions.set(town.year.companions.all())
    AnsweringLead.objects.create(campaign_year=there, check_key=check_of(town, "1.1"), unit=town.units["roads"])
    same = choice_of(town.year)
    assert said(town, same)["leads"] == (1, 1, 0) and said(town, same)["limits"] == (0, 1, 0)
    begun, _ = start(town.year.pk, same, version=version(), by=town["office"])
    assert begun.pk == there.pk and begun.local_limits == {"road.r1": "1"}
    assert AnsweringLead.objects.get(campaign_year=begun, check_key=check_of(town, "1.1")).unit == town.units["roads"]


def test_a_new_cycle_is_a_campaign_of_its_own_with_its_duties_and_headquarters(town: Town) -> None:
    campaign = town.year.campaign
    group = SpecialGroup.objects.create(campaign=campaign, name_zh="环境组")
    for seat, of, last in (
        (Seat.COMMANDER, None, None), (Seat.GROUP, group, None), (Seat.DEPUTY, None, date(YEAR, 12, 31)),
    ):  # fmt: skip
        Membership.objects.create(campaign=campaign, seat=seat, group=of, title_zh="职务", valid_to=last)
    assert following(town.year).campaign is None
    same = choice_of(town.year)
    assert said(town, same)["functions"] == (3, 0, 0) and said(town, same)["headquarters"] == (2, 1, 0)
    with pytest.raises(RegisterError, match="what the new cycle is"):
        start(town.year.pk, same, version=version(), by=town["office"])
    begun, _ = start(town.year.pk, same, version=version(), by=town["office"], cycle=Cycle("provincial", YEAR + 3))
    new = begun.campaign
    assert (new.first_year, new.last_year, new.office) == (YEAR + 1, YEAR + 3, campaign.office)
    first = date(YEAR + 1, 1, 1)
    assert set(FunctionDuty.objects.filter(campaign=new).values_list("valid_from", flat=True)) == {first}
    seats = Membership.objects.filter(campaign=new)
    assert seats.count() == 2 and seats.get(seat=Seat.GROUP).group.campaign == new  # type: ignore[union-attr]
    assert begun.absent_types == ["road"] and begun.local_limits == {"road.r1": "2"}


def test_only_the_office_begins_a_year_and_only_what_it_has_read(town: Town) -> None:
    same = choice_of(town.year)
    with pytest.raises(PermissionDenied):
        start(town.year.pk, same, version=version(), by=town["leader"])
    with pytest.raises(Stale):
        start(town.year.pk, same, version=version() + 1, by=town["office"], cycle=Cycle("provincial", YEAR + 3))
    with pytest.raises(RegisterError, match="no such edition"):
        preview(town.year, Choice("f" * 64))
    assert CampaignYear.objects.count() == 1
