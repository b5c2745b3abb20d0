"""A small made-up county for tests that need people: one post of each role, and a campaign of three years."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from qipan.ground.sites.models import Site
from qipan.ground.units.models import County, Person, Post, Role, Unit
from qipan.spine.campaigns.models import Campaign, CampaignYear
from qipan.spine.standards.models import Edition

PASSWORD = "correct horse battery"
TITLES = {
    Role.OFFICE: ("创城办专干", "Campaign officer"),
    Role.LEADER: ("副县长", "Deputy county mayor"),
    Role.HEAD: ("局长", "Head of bureau"),
    Role.LIAISON: ("联络员", "Liaison officer"),
    Role.INSPECTOR: ("督查员", "Inspector"),
    Role.REVIEWER: ("材料审核员", "Document reviewer"),
    Role.SUPPORT: ("配合单位经办人", "Supporting unit"),
    Role.SYSTEM: ("系统管理员", "System administrator"),
    Role.SECURITY: ("安全管理员", "Security administrator"),
    Role.AUDIT: ("审计管理员", "Audit administrator"),
}


@dataclass
class World:
    """What was made."""

    county: County
    office: Unit
    bureau: Unit
    site: Site
    campaign: Campaign | None
    people: dict[Role, Person] = field(default_factory=dict)
    posts: dict[Role, Post] = field(default_factory=dict)


def make_person(username: str, *, password: str | None = PASSWORD) -> Person:
    """A person, who can sign in where there is a password."""
    person = Person(username=username, full_name_zh="测试人员", full_name_en="Test Person")
    if password is None:
        person.set_unusable_password()
    else:
        person.set_password(password)
    person.save()
    return person


def make_post(person: Person, unit: Unit, role: Role, **dates: date) -> Post:
    """A post of a person."""
    zh, en = TITLES[role]
    return Post.objects.create(unit=unit, person=person, role=role, title_zh=zh, title_en=en, **dates)


def make_campaign(county: County, office: Unit) -> Campaign:
    """A campaign of three years, judged by an edition that holds nothing."""
    edition, _ = Edition.objects.get_or_create(
        hash="0" * 64, defaults={"kind": Edition.Kind.STANDARD, "name": "test", "title_zh": "测试标准", "content": "{}"}
    )
    campaign = Campaign.objects.create(
        county=county,
        name_zh="创建省级文明城市",
        name_en="Civilized city",
        first_year=2025,
        last_year=2027,
        office=office,
    )
    for year in (2025, 2026, 2027):
        CampaignYear.objects.create(campaign=campaign, year=year, standard=edition)
    return campaign


def make_world(
    code: str = "qinghe", *, example: bool = True, prefix: str = "example-", with_campaign: bool = True
) -> World:
    """A county with an office, a bureau, a site, a campaign, and one person for each role."""
    county = County.objects.create(code=code, name_zh="清河县", name_en="Qinghe County", is_example=example)
    office = Unit.objects.create(
        county=county, code="office", name_zh="创城办", name_en="Campaign office", type="department"
    )
    bureau = Unit.objects.create(
        county=county, code="bureau", name_zh="住建局", name_en="Housing bureau", type="department"
    )
    site = Site.objects.create(county=county, code="S1", name_zh="东大街", name_en="East Street", type="main_road")
    campaign = make_campaign(county, office) if with_campaign else None
    world = World(county=county, office=office, bureau=bureau, site=site, campaign=campaign)
    for role in Role:
        # Nobody can sign in to the example's accounts with a password.
        world.people[role] = make_person(f"{prefix}{role}", password=None if example else PASSWORD)
        world.posts[role] = make_post(world.people[role], office if role == Role.OFFICE else bureau, role)
    return world
