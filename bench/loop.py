"""The loop in a large county: a visit of twenty items saved, and the list of fifty thousand work items."""

from __future__ import annotations

import html
import itertools
import random
import re
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bench.figures import Figure, timed
from bench.house import page, signed_in, statements
from bench.large import ITEMS, LONG

if TYPE_CHECKING:
    from qipan.ground.units.models import Post
    from qipan.spine.campaigns.models import CampaignYear

TIMES, OPEN_ITEMS = 120, 50_000


def visits(year: CampaignYear, size: str) -> list[Figure]:
    """Measure a visit of twenty items, two of them faults that open orders or join them."""
    from django.utils import timezone

    from qipan.ground.sites.models import Site
    from qipan.sources.fieldwork.actions import Answer, NewVisit, save_visit
    from qipan.spine.campaigns.books import rulebook

    by = _inspector(year)
    asked = sorted({item for line in rulebook(year).lines.values() for item in line.strata.get(LONG, ())})
    sites = list(Site.objects.filter(county=year.campaign.county, type=LONG).values_list("code", flat=True))
    if len(asked) < ITEMS:
        raise RuntimeError(f"the checklist has {len(asked)} items")
    chance, number = random.Random(3), itertools.count()

    def one() -> None:
        faults = set(chance.sample(asked[:ITEMS], 2))
        answers = tuple(Answer(item, _answer(item, item in faults), "现场不符合要求") for item in asked[:ITEMS])
        at = timezone.now() - timedelta(seconds=next(number) % 60)
        save_visit(
            year, NewVisit(uuid.UUID(int=chance.getrandbits(128), version=4), chance.choice(sites), at, answers), by=by
        )

    for _ in range(10):
        one()
    with statements() as count:
        one()
        many = count()
    times = timed(one, TIMES)
    return [
        Figure("a visit of 20 items saved with its orders, p95", times.at(0.95), "ms", "≤ 100", many, 45, size,
               f"median {times.middle:.1f} ms; {times.words}", times.middle_cpu),
    ]  # fmt: skip


def _answer(item: str, fault: bool) -> str:
    from qipan.ground.documents.yaml_file import read_yaml
    from qipan.project.example.loading import PACKS

    if not _numbers:
        for kind in read_yaml(PACKS / "cn-site-checklists.yaml").data["types"]:
            _numbers.update({one["key"]: one["value"] for one in kind["items"] if "value" in one})
    rule = _numbers.get(item)
    if rule is None or rule.get("kind") == "pass_fail":
        return "fail" if fault else "pass"
    if rule["kind"] == "count_threshold":
        good = rule.get("at_most", 0) if "at_most" in rule else rule["at_least"]
        return str(good)
    if rule["kind"] == "share":
        return "10 of 10"
    raise RuntimeError(f"{item} is answered by {rule['kind']}")


_numbers: dict[str, Any] = {}


def _inspector(year: CampaignYear) -> Post:
    from qipan.ground.units.models import Person, Post, Role

    person = Person.objects.create(username=f"eyes-{uuid.uuid4().hex[:8]}", full_name_zh="督查")
    unit = year.campaign.county.units.order_by("pk")[0]
    return Post.objects.create(person=person, unit=unit, role=Role.INSPECTOR, title_zh="督查员")


def work_list(year: CampaignYear) -> list[Figure]:
    """Measure the list of fifty thousand work items as the office sees it: the whole page, and what it asks of its own."""
    from django.utils import timezone

    from qipan.ground.units.models import Unit
    from qipan.spine.work.models import OPEN, Kind, WorkItem

    county, now, chance = year.campaign.county, timezone.now(), random.Random(9)
    units = list(Unit.objects.filter(county=county).values_list("pk", flat=True))
    known = WorkItem.objects.filter(county=county).count()
    WorkItem.objects.bulk_create(
        [
            WorkItem(
                county=county, year=year.year, number=f"{year.year}-{900_000 + n}", kind=Kind.ORDER, origin_kind="visit",
                title_zh=f"点位{n % 700}：路面有垃圾", title_en="", item="main_road.mr1", stratum=LONG, cluster=f"{LONG}-{n % 700}",
                lead_id=chance.choice(units), territory_id=chance.choice(units), state=chance.choice(OPEN),
                issued_at=now - timedelta(days=chance.random() * 20), due_from=now + timedelta(days=chance.uniform(-5, 10)),
                deadline=now + timedelta(days=chance.uniform(-4, 12)), points_at_stake=chance.randrange(0, 200_000),
            )
            for n in range(known, OPEN_ITEMS)
        ],
        batch_size=500,
    )  # fmt: skip
    client = signed_in(county)
    size = f"{WorkItem.objects.filter(county=county).count():,} items"
    page(client, "/work/")
    page(client, "/accounts/")
    with statements() as count:
        page(client, "/work/")
        whole = count()
    # What every page asks: session, person, posts, years, inbox; and by which editions the year is judged.
    with statements() as count:
        page(client, "/accounts/")
        frame = count() + 1
    listed = timed(lambda: page(client, "/work/"), 20)
    late = timed(lambda: page(client, "/work/?light=late&sort=points"), 20)
    deep = timed(lambda: page(client, "/work/?sort=deadline&page=900"), 20)
    words = timed(lambda: page(client, "/work/?q=垃圾"), 20)
    onward = re.search(r'rel="next" href="([^"]+)"', page(client, "/work/?q=垃圾&page=500").content.decode())
    if onward is None:
        raise RuntimeError("the list has no next page")
    following = timed(lambda: page(client, f"/work/{html.unescape(onward[1])}"), 20)
    return [
        Figure(
            "work list, whole page", listed.middle, "ms", "≤ 100", whole, None, size, "on the server", listed.middle_cpu
        ),
        Figure("work list, the late ones by points", late.middle, "ms", "≤ 100", size=size, cpu=late.middle_cpu),
        Figure("work list, its 900th page by deadline", deep.middle, "ms", "≤ 100", size=size, cpu=deep.middle_cpu),
        Figure("work list, words searched", words.middle, "ms", "≤ 100", size=size, cpu=words.middle_cpu,
               against="Chinese words, found in every item"),
        Figure("work list, words searched, the page after the 500th", following.middle, "ms", "≤ 100", size=size,
               cpu=following.middle_cpu),
        Figure("work list, statements of its own", whole - frame, "statements", "≤ 8", size=size,
               against=f"{whole} of the page less {frame} of the frame"),
    ]  # fmt: skip
