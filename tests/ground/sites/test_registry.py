"""Sites: added, changed with their duties from a day on, ended."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.models import AuditEntry
from qipan.ground.sites.models import FormerTerritory, Site, SiteDuty
from qipan.ground.sites.registry import SiteEntry, add_site, current_duties, edit_site, end_site, reopen_site
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.models import Role
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
TYPES = {"main_road", "market"}


@pytest.fixture
def world() -> World:
    return make_world()


def entry(**more: object) -> SiteEntry:
    return SiteEntry(**({"name": Text("西市场", "West Market"), "type": "market"} | more))  # type: ignore[arg-type]


def test_a_site_is_added_with_its_duties(world: World) -> None:
    duties = {"": world.bureau.pk, "market_regulation": world.office.pk}
    made = add_site(
        entry(territory=world.bureau.pk, lon=112.3, lat=39.0, duties=duties), types=TYPES, by=world.posts[Role.OFFICE]
    )
    assert (made.code, made.territory_id, made.lon) == ("S002", world.bureau.pk, 112.3)
    assert current_duties([made.pk], TODAY) == {made.pk: duties}
    note = AuditEntry.objects.get()
    assert (note.verb, note.details["changes"]["duties"][1]) == ("sites.add", "*: bureau; market_regulation: office")


def test_only_the_office_may_and_only_in_its_county(world: World) -> None:
    for role in Role:
        if role != Role.OFFICE:
            with pytest.raises(PermissionDenied):
                add_site(entry(), types=TYPES, by=world.posts[role])
    other = make_world("other", prefix="other-", with_campaign=False)
    with pytest.raises(RegisterError) as caught:
        add_site(entry(territory=other.bureau.pk), types=TYPES, by=world.posts[Role.OFFICE])
    assert caught.value.field == "territory"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": Text("")}, "name_zh"),
        ({"type": "moon"}, "type"),
        ({"code": "S1"}, "code"),
        ({"lon": 112.3}, "lon"),
        ({"lon": 39.0, "lat": 112.3}, "lon"),
        ({"lon": float("nan"), "lat": 1.0}, "lon"),
        ({"address": "x" * 161}, "address"),
    ],
)
def test_an_entry_that_cannot_be_names_its_field(world: World, wrong: dict[str, object], field: str) -> None:
    with pytest.raises(RegisterError) as caught:
        add_site(entry(**wrong), types=TYPES, by=world.posts[Role.OFFICE])
    assert caught.value.field == field


def test_territory_and_duties_change_from_a_day_on(world: World) -> None:
    by = world.posts[Role.OFFICE]
    made = add_site(entry(territory=world.bureau.pk, duties={"": world.bureau.pk}), types=TYPES, by=by)
    other = entry(territory=world.office.pk, duties={"": world.office.pk})
    edit_site(made.pk, other, version=1, since=TODAY, types=TYPES, by=by)
    before = TODAY - timedelta(days=1)
    assert current_duties([made.pk], before) == {made.pk: {"": world.bureau.pk}}
    assert current_duties([made.pk], TODAY) == {made.pk: {"": world.office.pk}}
    former = FormerTerritory.objects.get()
    assert (former.unit_id, former.until) == (world.bureau.pk, before)
    # Corrected on the same day: the duty that began today is replaced, not ended before it began.
    edit_site(made.pk, entry(territory=world.office.pk, duties={}), version=2, since=TODAY, types=TYPES, by=by)
    assert list(SiteDuty.objects.values_list("unit", "valid_from", "valid_to")) == [(world.bureau.pk, None, before)]
    with pytest.raises(Stale):
        edit_site(made.pk, other, version=2, since=TODAY, types=TYPES, by=by)


def test_nothing_new_writes_nothing(world: World) -> None:
    by = world.posts[Role.OFFICE]
    made = add_site(entry(duties={"": world.bureau.pk}), types=TYPES, by=by)
    again = entry(code=made.code, duties={"": world.bureau.pk})
    assert edit_site(made.pk, again, version=1, since=TODAY, types=TYPES, by=by).version == 1
    assert AuditEntry.objects.count() == 1


def test_a_site_ends_and_comes_back(world: World) -> None:
    by = world.posts[Role.OFFICE]
    assert end_site(world.site.pk, TODAY, version=1, by=by).valid_to == TODAY
    assert reopen_site(world.site.pk, version=2, by=by).valid_to is None
    with pytest.raises(Stale):
        end_site(world.site.pk, TODAY, version=1, by=by)
    assert Site.objects.get(pk=world.site.pk).version == 3
