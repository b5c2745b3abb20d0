"""Who sponsors a site: its own sponsor, else that of its area; with dates, in lists that read back unchanged."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.documents.lists import read_list_file, read_list_text
from qipan.ground.documents.workbook import write_workbook
from qipan.ground.sites.models import Site, Sponsor
from qipan.ground.sites.registry import SiteEntry, add_site, edit_site
from qipan.ground.sites.site_list import HEADINGS, ORDER, apply_sites, plan_sites, site_sheet
from qipan.ground.sites.sponsors import LEADER, UNIT, plan_many, set_many, sponsored
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post, Role, Unit
from tests.ground.sites.test_site_list import WORDS
from tests.world import World, make_person, make_post, make_world

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture
def world() -> World:
    return make_world()


def key(post: Post) -> str:
    return f"p{post.pk}"


def give(world: World, sponsor: str, sites: list[str], since: date = TODAY, areas: tuple[int, ...] = ()) -> int:
    kind = LEADER if sponsor[0] == "p" else UNIT
    return set_many(sponsor, kind, sites, areas, since=since, by=world.posts[Role.OFFICE])


def of(world: World, code: str, on: date = TODAY) -> list[str]:
    return [each.sponsor.key for each in sponsored(world.county.pk, on).sites.get(code, ())]


def test_a_site_has_one_leader_and_one_unit_at_a_time(world: World) -> None:
    leader, head, code = world.posts[Role.LEADER], world.posts[Role.HEAD], world.site.code
    assert give(world, key(leader), [code]) == 1
    assert give(world, f"u{world.bureau.pk}", [code]) == 1
    assert give(world, key(leader), [code]) == 0, "nothing to change"
    later = TODAY + timedelta(days=10)
    assert give(world, key(head), [code], later) == 1
    assert of(world, code) == [key(leader), f"u{world.bureau.pk}"]
    assert of(world, code, later) == [key(head), f"u{world.bureau.pk}"]
    assert of(world, code, TODAY - timedelta(days=1)) == []


def test_an_areas_sponsor_sponsors_what_has_none_of_its_own(world: World) -> None:
    town = Unit.objects.create(county=world.county, code="town", name_zh="河口镇", type="town")
    village = Unit.objects.create(county=world.county, code="village", name_zh="东村", type="community", parent=town)
    own = Site.objects.create(county=world.county, code="own", name_zh="甲", type="market", territory=village)
    Site.objects.create(county=world.county, code="through", name_zh="乙", type="market", territory=village)
    leader, head = world.posts[Role.LEADER], world.posts[Role.HEAD]
    give(world, key(leader), [], areas=(town.pk,))
    give(world, key(head), [own.code])
    found = sponsored(world.county.pk, TODAY)
    assert found.sites_of(key(leader)) == {"through"}
    assert found.sites_of(key(head)) == {"own"}
    assert found.areas_of(key(leader)) == [town.pk]
    assert found.sites["through"][0].area == town.pk


def test_a_leader_whose_post_has_ended_sponsors_nothing(world: World) -> None:
    leader = world.posts[Role.LEADER]
    give(world, key(leader), [world.site.code])
    Post.objects.filter(pk=leader.pk).update(valid_to=TODAY)
    assert of(world, world.site.code) == [key(leader)]
    assert of(world, world.site.code, TODAY + timedelta(days=1)) == []


def test_the_preview_says_what_changes(world: World) -> None:
    leader = world.posts[Role.LEADER]
    give(world, key(leader), [world.site.code])
    (row,) = plan_many(world.county, key(leader), LEADER, [world.site.code], (), TODAY)
    assert not row.changes and "副县长" in row.was.zh
    (row,) = plan_many(world.county, "-", LEADER, [world.site.code], (), TODAY)
    assert row.changes
    set_many("-", LEADER, [world.site.code], (), since=TODAY, by=world.posts[Role.OFFICE])
    assert of(world, world.site.code) == []


def test_who_may_and_who_can_sponsor(world: World) -> None:
    for role in (Role.LEADER, Role.HEAD, Role.LIAISON, Role.INSPECTOR):
        with pytest.raises(PermissionDenied):
            set_many("-", LEADER, [world.site.code], (), since=TODAY, by=world.posts[role])
    with pytest.raises(RegisterError, match="leader or head"):
        give(world, key(world.posts[Role.LIAISON]), [world.site.code])
    with pytest.raises(RegisterError):
        give(world, key(world.posts[Role.LEADER]), [])


def test_the_form_of_a_site_sets_and_clears_them(world: World) -> None:
    leader, office = world.posts[Role.LEADER], world.posts[Role.OFFICE]
    today = timezone.localdate()
    entry = SiteEntry(Text("新市场"), "market", sponsors={LEADER: leader.pk})
    made = add_site(entry, types=(), by=office)
    assert of(world, made.code, today) == [key(leader)]
    same = replace(entry, sponsors=None, code=made.code)
    assert edit_site(made.pk, same, version=1, since=today, types=(), by=office).version == 1
    other = replace(entry, sponsors={UNIT: world.bureau.pk}, code=made.code)
    assert edit_site(made.pk, other, version=1, since=today, types=(), by=office).version == 2
    assert of(world, made.code, today) == [f"u{world.bureau.pk}"]
    with pytest.raises(RegisterError) as refused:
        edit_site(made.pk, replace(entry, sponsors={LEADER: office.pk}), version=2, since=today, types=(), by=office)
    assert refused.value.field == "sponsor_leader"


def test_the_list_names_sponsors_and_reads_back_without_a_change(world: World, tmp_path: Path) -> None:
    leader, office = world.posts[Role.LEADER], world.posts[Role.OFFICE]
    text = "点位类别\t点位名称\t包联领导\t包联单位\n集贸市场\t西市场\t副县长\t住建局\n集贸市场\t北市场\t无此人\t\n"
    plan = apply_sites(read_list_text(text, HEADINGS, ORDER), TODAY, WORDS, by=office)
    assert [one.state for one in plan.lines] == ["new", "refused"]
    assert "无此人" in plan.lines[1].problems[0].message.zh
    made = Site.objects.get(name_zh="西市场")
    assert of(world, made.code, timezone.localdate()) == [key(leader), f"u{world.bureau.pk}"]
    for language in ("zh-hans", "en"):
        path = tmp_path / "sites.xlsx"
        path.write_bytes(write_workbook([site_sheet(world.county, timezone.localdate(), WORDS, language)]))
        again = plan_sites(read_list_file(path, HEADINGS), world.county, timezone.localdate(), WORDS)
        assert {one.state for one in again.lines} == {"unchanged"}, again.lines


def test_a_word_that_means_two_posts_is_refused(world: World) -> None:
    make_post(make_person("another"), world.office, Role.LEADER)
    text = "点位类别\t点位名称\t包联领导\n集贸市场\t西市场\t副县长\n"
    plan = plan_sites(read_list_text(text, HEADINGS, ORDER), world.county, TODAY, WORDS)
    assert "2 个岗位" in plan.lines[0].problems[0].message.zh
    assert not Sponsor.objects.exists()
