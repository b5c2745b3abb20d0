"""The pages of who leads, who sponsors and who takes over: what is wrong is said, two editors, nothing is lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qipan.ground.sites.models import Sponsor
from qipan.ground.units.models import Post, Role
from qipan.spine.campaigns.headquarters import SeatPlan, add_member, headquarters, seat_plan
from qipan.spine.campaigns.models import Campaign, Membership
from qipan.spine.work.models import Handover
from tests.faces.office.pages import text
from tests.world import World, make_person, make_post, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


def browser(world: World, role: Role = Role.OFFICE) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(world.people[role])
    return client


def campaign(world: World) -> Campaign:
    assert world.campaign is not None
    return world.campaign


def sent(**more: str) -> dict[str, str]:
    return {
        "seat": "deputy", "person_zh": "王一", "title_zh": "副县长", "place": "0", "valid_from": "2026-01-01", "uid": "a1",
    } | more  # fmt: skip


def test_a_seat_is_entered_once_changed_and_taken_back(world: World) -> None:
    office, new = browser(world), reverse("headquarters_member_new")
    wrong = office.post(new, sent(title_zh=""))
    assert wrong.status_code == 422 and "choose a post, or write unit and title" in text(wrong)
    for _ in range(2):
        assert office.post(new, sent()).status_code == 302
    row = Membership.objects.get()
    assert '<th scope="row">王一' in office.get(reverse("headquarters")).content.decode()
    assert "Nobody is entered for this day" in text(office.get(reverse("headquarters"), {"on": "2025-12-31"}))
    assert office.get(reverse("headquarters"), {"on": "soon"}).status_code == 422

    edit = reverse("headquarters_member", args=[row.pk])
    assert office.post(edit, sent(version="1", title_zh="县长")).status_code == 302
    stale = office.post(edit, sent(version="1", duty_zh="分管交通"))
    assert stale.status_code == 409
    assert "县长" in text(stale) and "分管交通" in stale.content.decode(), "what changed, and what was typed"

    assert office.post(reverse("headquarters_undo")).status_code == 302
    row.refresh_from_db()
    assert (row.title_zh, row.version) == ("副县长", 3)
    office.post(reverse("headquarters_undo"))
    row.refresh_from_db()
    assert row.version == 3, "only the last change"


def test_a_successor_and_its_undo(world: World) -> None:
    plan = SeatPlan("deputy", person_zh="王一", title_zh="副县长")
    first = add_member(campaign(world), plan, by=world.posts[Role.OFFICE])
    office = browser(world)
    page = office.get(reverse("headquarters_member_new"), {"instead": first.pk})
    assert "副县长" in page.content.decode()
    office.post(
        reverse("headquarters_member_new"), sent(instead=str(first.pk), person_zh="李二", valid_from="2026-06-01")
    )
    names = [member.person.zh for member in headquarters(campaign(world).pk, date(2026, 6, 1)).deputies]
    assert names == ["李二"]
    office.post(reverse("headquarters_undo"))
    assert Membership.objects.count() == 1
    kept = seat_plan(campaign(world).pk, first.pk)
    assert kept is not None and kept[0] == plan


def test_removing_can_be_undone_and_only_the_office_sees_the_buttons(world: World) -> None:
    row = add_member(campaign(world), SeatPlan("commander", title_zh="县委书记"), by=world.posts[Role.OFFICE])
    office = browser(world)
    office.post(reverse("headquarters_member_remove", args=[row.pk]))
    assert not Membership.objects.exists()
    office.post(reverse("headquarters_undo"))
    assert Membership.objects.get().title_zh == "县委书记"
    page = browser(world, Role.LIAISON).get(reverse("headquarters"))
    assert "县委书记" in text(page) and reverse("headquarters_member_new") not in page.content.decode()


def test_many_sites_get_a_sponsor_after_a_preview() -> None:
    world = make_world(with_campaign=False)
    office, leader = browser(world), world.posts[Role.LEADER]
    address, key = reverse("sponsor_set"), f"p{leader.pk}"
    assert office.post(address, {"do": "preview", "who": key, "since": "2026-01-01"}).status_code == 422
    given = {"who": key, "since": "2026-01-01", "place": [world.site.code]}
    shown = office.post(address, given | {"do": "preview"})
    assert shown.status_code == 200 and "1 place changes" in text(shown)
    assert not Sponsor.objects.exists()
    answer = office.post(address, given | {"do": "set"})
    assert answer["Location"] == reverse("sponsor", args=[key])
    assert "1 site" in text(browser(world, Role.LIAISON).get(reverse("sponsors")))
    assert "stays as it is" in text(office.post(address, given | {"do": "preview"}))
    chosen = office.get(address, {"sponsor": key})
    assert f'value="{world.site.code}" checked' in chosen.content.decode()
    assert world.site.code not in office.get(address, {"sponsor": "-"}).content.decode()


def test_an_area_gets_a_sponsor() -> None:
    world = make_world(with_campaign=False)
    office = browser(world)
    type(world.site).objects.filter(pk=world.site.pk).update(territory=world.bureau)
    address = f"{reverse('sponsor_set')}?what=areas"
    assert "住建局" in text(office.get(address)) or "bureau" in office.get(address).content.decode()
    given = {"do": "set", "who": f"u{world.office.pk}", "since": "2026-01-01", "place": [str(world.bureau.pk)]}
    assert office.post(address, given).status_code == 302
    assert Sponsor.objects.get().area == world.bureau


def test_a_hand_over_comes_first_for_the_successor(world: World) -> None:
    old = world.posts[Role.LIAISON]
    address = reverse("handover_new", args=[old.pk])
    holder = browser(world, Role.LIAISON)
    assert "A successor first needs a post" in text(holder.get(address))
    assert browser(world, Role.HEAD).get(address).status_code == 404
    heir = make_post(make_person("heir"), old.unit, Role.LIAISON)
    wrong = holder.post(address, {"new": str(heir.pk), "on": "soon", "notes": "钥匙在门卫"})
    assert wrong.status_code == 422 and "钥匙在门卫" in wrong.content.decode()
    on = timezone.localdate() + timedelta(days=1)
    holder.post(address, {"new": str(heir.pk), "on": on.isoformat(), "notes": "钥匙在门卫"})
    row = Handover.objects.get()
    here = reverse("handover", args=[row.pk])
    assert holder.get(reverse("home"))["Location"] == here
    holder.post(reverse("handover_sign", args=[row.pk]), {"do": "give", "version": "1", "notes": "钥匙在门卫"})
    successor = Client(HTTP_ACCEPT_LANGUAGE="en")
    successor.force_login(heir.person)
    assert successor.get(reverse("home"))["Location"] == here
    assert "钥匙在门卫" in text(successor.get(here))
    successor.post(reverse("handover_sign", args=[row.pk]), {"do": "take", "version": "2"})
    assert successor.get(reverse("home"))["Location"] != here
    assert Post.objects.get(pk=old.pk).valid_to == on - timedelta(days=1)
    assert browser(world, Role.HEAD).get(here).status_code == 404


def test_ending_a_post_says_what_stays_there(world: World) -> None:
    leader, office = world.posts[Role.LEADER], browser(world)
    Sponsor.objects.create(county=world.county, site=world.site, post=leader)
    page = office.post(reverse("post_end", args=[leader.pk]), {"do": "end", "version": "1"}, follow=True)
    assert "sponsored places: 1" in text(page)
