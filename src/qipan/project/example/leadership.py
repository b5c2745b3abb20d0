"""Who leads the example's campaign, and who sponsors which places. All of them are made up.

One deputy commander left in the year: a list of a day before names the one, a list of today the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from qipan.ground.sites.models import Site, Sponsor
from qipan.ground.units.models import Post, Unit
from qipan.spine.campaigns.models import Campaign, Membership, Seat, SpecialGroup

SPONSORED_AREA, UNIT_AREA, SPONSORING_UNIT = "qs-hekou", "qs-qingshi", "qs-health"
SITES_OF_THE_MAYOR = 8


def make_headquarters(campaign: Campaign, posts: Mapping[str, Post], changed: date) -> None:
    """Seat the commander, the deputies, the office and two special groups.

    Args:
        campaign: the campaign.
        posts: the posts by username.
        changed: the day on which a deputy commander took over from another.
    """
    since = date(campaign.first_year, 1, 10)
    traffic, markets = (
        SpecialGroup.objects.create(
            campaign=campaign, name_zh=zh, name_en=en, duties_zh=duties_zh, duties_en=duties_en, place=place,
            valid_from=since,
        )
        for place, (zh, en, duties_zh, duties_en) in enumerate(
            (
                ("交通秩序专项组", "Traffic order group", "城区道路秩序、停车、斑马线礼让", "Order on roads, parking, crossings"),
                ("市场环境专项组", "Markets group", "农贸市场、沿街商铺和小餐饮", "Food markets, shops along streets, eateries"),
            )
        )
    )  # fmt: skip

    def seat(
        seat: Seat, who: str | tuple[str, str, str, str], *, group: SpecialGroup | None = None, leads: bool = False,
        duty: tuple[str, str] = ("", ""), first: date = since, last: date | None = None,
    ) -> Membership:  # fmt: skip
        if isinstance(who, str):
            post = posts[who]
            values = {
                "post": post, "person_zh": post.person.full_name_zh, "person_en": post.person.full_name_en,
                "title_zh": post.title_zh, "title_en": post.title_en,
            }  # fmt: skip
        else:
            values = dict(zip(("person_zh", "person_en", "title_zh", "title_en"), who, strict=True))
        return Membership(
            campaign=campaign, seat=seat, group=group, leads=leads, duty_zh=duty[0], duty_en=duty[1], valid_from=first,
            valid_to=last, **values,
        )  # fmt: skip

    Membership.objects.bulk_create(
        [
            seat(Seat.COMMANDER, ("纪明德", "Ji Mingde", "县委书记", "County Party secretary"), duty=("全面负责", "In overall charge")),
            seat(Seat.DEPUTY, "example-leader", duty=("常务，主持日常工作", "Runs the daily work")),
            seat(Seat.DEPUTY, ("骆远帆", "Luo Yuanfan", "副县长", "Deputy county mayor"), last=changed - timedelta(days=1)),
            seat(Seat.DEPUTY, "example-mayor", first=changed),
            seat(Seat.OFFICE, "example-office", leads=True, duty=("统筹调度、督查通报", "Co-ordinates, inspects, reports")),
            seat(Seat.OFFICE, "example-reviewer", duty=("材料审核", "Document review")),
            seat(Seat.GROUP, "example-head-traffic", group=traffic, leads=True),
            seat(Seat.GROUP, "example-head", group=traffic),
            seat(Seat.GROUP, "example-head-market", group=markets, leads=True),
            seat(Seat.GROUP, "example-head-health", group=markets),
        ]
    )  # fmt: skip


def make_sponsors(units: Mapping[str, Unit], posts: Mapping[str, Post], sites: Sequence[Site], since: date) -> None:
    """Let a leader and a unit sponsor a town each, and another leader some sites."""
    area = units[SPONSORED_AREA]
    made = [
        Sponsor(county_id=area.county_id, area=area, post=posts["example-leader"], valid_from=since),
        Sponsor(county_id=area.county_id, area=units[UNIT_AREA], unit=units[SPONSORING_UNIT], valid_from=since),
    ]
    elsewhere = sorted((site for site in sites if site.territory_id != area.pk), key=lambda site: site.code)
    made += [
        Sponsor(county_id=area.county_id, site=site, post=posts["example-mayor"], valid_from=since)
        for site in elsewhere[:SITES_OF_THE_MAYOR]
    ]
    Sponsor.objects.bulk_create(made)
