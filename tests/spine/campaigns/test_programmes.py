"""Programmes share sites with the campaign: one record, in the lists of both."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.ground.sites.models import Site
from qipan.ground.units.errors import RegisterError, Stale
from qipan.overview.programmes import programme_page, programmes_at
from qipan.spine.campaigns.models import Programme
from qipan.spine.campaigns.programmes import (
    ProgrammePlan,
    add_programme,
    change_programme,
    plan_of,
    programme_of,
    remove_programme,
)
from qipan.spine.work.queries import Filters, items
from tests.spine.work.town import Town, make, order

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make()


def kept(town: Town, programme: Programme) -> Programme:
    found = programme_of(town.county.pk, programme.pk)
    assert found is not None
    return found


def test_a_site_in_two_programmes_is_in_both_lists_with_the_one_order(town: Town) -> None:
    site = Site.objects.get(county=town.county, code="r2")
    assert site.territory_id is not None
    named = add_programme(town.county, ProgrammePlan("美丽乡村", sites=(site.pk,)), by=town["office"])
    area = add_programme(town.county, ProgrammePlan("文明村镇", units=(site.territory_id,)), by=town["office"])
    item = order(town)
    for programme in (named, area):
        page = programme_page(town["office"], town.year, kept(town, programme), timezone.now())
        place = next(one for one in page.places if one.row.code == "r2")
        assert (place.open, page.open) == (1, 1)
        assert page.sums.possible == sum(one.row.sums.possible for one in page.places)
        listed = items(town["office"], Filters(year=town.year.year, state="open", programme=str(programme.pk)))
        assert [row.number for row in listed.rows] == [item.number]
    assert [pk for pk, _name in programmes_at(town.county.pk, "r2")] == [named.pk, area.pk]
    assert len(programme_page(town["office"], town.year, kept(town, named), timezone.now()).places) == 1


def test_a_programme_is_changed_taken_out_and_put_back(town: Town) -> None:
    site = Site.objects.get(county=town.county, code="r1")
    made = add_programme(town.county, ProgrammePlan("文明校园", sites=(site.pk,)), by=town["office"])
    plan = replace(plan_of(kept(town, made)), name_zh="文明校园（试点）", sites=())
    changed = change_programme(made.pk, plan, version=1, by=town["office"])
    assert (changed.name_zh, changed.sites.count()) == ("文明校园（试点）", 0)
    with pytest.raises(Stale):
        change_programme(made.pk, plan, version=1, by=town["office"])
    gone = remove_programme(made.pk, by=town["office"])
    assert gone == plan and not Programme.objects.exists() and Site.objects.filter(pk=site.pk).exists()
    with pytest.raises(PermissionDenied):
        add_programme(town.county, gone, by=town["leader"])
    with pytest.raises(RegisterError):
        add_programme(town.county, ProgrammePlan(" "), by=town["office"])
