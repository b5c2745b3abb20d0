"""Re-checks by photo: which classes allow it, which reports are drawn for a look on site, and the hours that it takes.

Low-risk classes may be re-checked by the photos of the report; a random share of the reports is drawn for a look on
site all the same. The draw is that of the rounds: a permanent number from a public seed, so that anybody can repeat it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q

from qipan.assessment.sampling import WHOLE, permanent_number, shown
from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import County, Post
from qipan.spine.work.classes import DANGER
from qipan.spine.work.errors import WorkError
from qipan.spine.work.lightness.models import PhotoRule
from qipan.spine.work.lightness.months import LATELY
from qipan.spine.work.limits import settings_of
from qipan.spine.work.models import Kind, State, WorkClass, WorkItem
from qipan.spine.work.opening import take_counter
from qipan.spine.work.permissions import SEE, SET_LADDER
from qipan.spine.work.writing import moment

DRAW = "draw"
"""Under this name a report says whether it was drawn for a look on site, and what the draw was."""
SHARE = 20
"""The share of reports that is looked at on site, unless the office says another."""


def ticket(item: WorkItem, at: datetime) -> str:
    """Return what a report is called in the draw: nobody knows it before the report is made."""
    return f"{item.number}/{item.handling_round}/{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def drawn(seed: str, code: str, name: str, share: int) -> tuple[bool, str]:
    """Return whether a report is drawn for a look on site, and its permanent number as it is printed.

    Args:
        seed: public, of the county.
        code: of the class: each class is drawn by itself.
        name: the report's ticket.
        share: per cent of the reports that are drawn.
    """
    number = permanent_number(seed, code, name)
    return number * 100 < share * WHOLE, shown(number)


def seed_of(county: County) -> str:
    """Return the public seed of a county's draws."""
    return f"recheck-{county.code}"


def draw_of(item: WorkItem, at: datetime) -> dict[str, Any] | None:
    """Return the draw of a report that is made now; None where the class is always looked at on site.

    What is dangerous, what is no order at a place, and what came round again is looked at on site, too.
    """
    if item.kind != Kind.ORDER or item.safety or item.handling_round > 1 or item.work_class_id is None:
        return None
    rule = PhotoRule.objects.filter(work_class_id=item.work_class_id).select_related("work_class").first()
    if rule is None or not rule.work_class.is_active or rule.work_class.code == DANGER:
        return None
    seed, name = seed_of(item.county), ticket(item, at)
    on_site, number = drawn(seed, rule.work_class.code, name, rule.share)
    return {
        "seed": seed, "class": rule.work_class.code, "ticket": name, "number": number, "share": rule.share, "site": on_site,
    }  # fmt: skip


def refuse_by_photo(item: WorkItem, report: Mapping[str, Any]) -> None:
    """Refuse a re-check by photo of what was drawn for a look on site, or may never be re-checked so.

    Raises:
        WorkError: it may not (field "how").
    """
    if item.photo_recheck:
        return
    draw = report.get(DRAW)
    if draw:
        raise WorkError(
            Text(
                f"此件抽中现场复查（随机数{draw['number']}，低于{draw['share']}%），不能按照片销号。",
                f"It was drawn for a look on site (its number {draw['number']} is below {draw['share']}%): no photo closes it.",
            ),
            "how",
        )
    raise WorkError(
        Text("此类问题须现场复查，不能按照片销号。", "This has to be looked at on site: no photo closes it."), "how"
    )


def set_rule(county: County, code: str, share: int | None, *, by: Post, at: datetime | None = None) -> None:
    """Let a class be re-checked by photo with a share on site, or take that back (no share).

    Raises:
        PermissionDenied: only the office sets it.
        WorkError: there is no such class, it is that of danger, or the share cannot be.
    """
    if not SET_LADDER.allows(by, county):
        raise PermissionDenied
    one = WorkClass.objects.filter(county=county, code=code, is_active=True).first()
    if one is None:
        raise WorkError(Text("请选择一个问题类别。", "Choose a class."), "code")
    if code == DANGER:
        raise WorkError(Text("危险问题须现场复查。", "What is dangerous is looked at on site."), "code")
    if share is not None and not 1 <= share <= 100:
        raise WorkError(Text("现场复查比例应为1至100。", "The share on site lies between 1 and 100."), "share")
    with act(actor(by), moment(at)) as noted:
        take_counter(county.pk)
        was = PhotoRule.objects.filter(work_class=one).first()
        if (was.share if was else None) == share:
            return
        if share is None:
            PhotoRule.objects.filter(work_class=one).delete()
        else:
            PhotoRule.objects.update_or_create(work_class=one, defaults={"share": share})
        changes = {"share": [str(was.share) if was else "", str(share or "")]}
        noted.note(
            "work.photo_rule", Thing("work_class", str(one.pk), f"{one.code} {one.name_zh}"), {"changes": changes}
        )


@dataclass(frozen=True, slots=True)
class Hours:
    """Re-checks that are needed in a week, and the hours that they take against those that there are.

    `site` and `photo` are the reports of the last weeks that stand, `waiting_…` those that wait for their re-check now.
    """

    site: int
    photo: int
    waiting_site: int
    waiting_photo: int
    site_minutes: int
    photo_minutes: int
    available: int

    def minutes(self, site: int, photo: int) -> int:
        """Return what so many re-checks take."""
        return site * self.site_minutes + photo * self.photo_minutes

    @property
    def week(self) -> float:
        """Hours needed in a week, as reports came in lately."""
        return self.minutes(self.site, self.photo) / 60 / LATELY

    @property
    def all_on_site(self) -> float:
        """Hours that it would take without photos."""
        return (self.site + self.photo) * self.site_minutes / 60 / LATELY

    @property
    def backlog(self) -> float:
        """Hours that what waits now takes."""
        return self.minutes(self.waiting_site, self.waiting_photo) / 60


@dataclass(frozen=True, slots=True)
class RecheckPage:
    """The classes that are re-checked by photo with their shares, those that could be, the hours, and the seed."""

    rules: tuple[tuple[str, Text, int], ...]
    others: tuple[tuple[str, Text], ...]
    hours: Hours
    seed: str


def recheck_page(post: Post, county: County, year: int, now: datetime) -> RecheckPage:
    """Return the rules of re-checks by photo, and the hours that re-checks take (five statements)."""
    rules = (
        PhotoRule.objects.filter(work_class__county=county).select_related("work_class").order_by("work_class__code")
    )
    kept = {rule.work_class.code: rule for rule in rules}
    known = WorkClass.objects.filter(county=county, is_active=True).exclude(code=DANGER).order_by("code")
    settings = settings_of(county.pk)
    seen = WorkItem.objects.filter(SEE.visible(post), year=year).order_by()
    lately, waits = Q(reported_at__gte=now - timedelta(weeks=LATELY)), Q(state=State.REPORTED)
    counts = seen.aggregate(
        site=Count("pk", filter=lately & Q(photo_recheck=False)), photo=Count("pk", filter=lately & Q(photo_recheck=True)),
        waiting_site=Count("pk", filter=waits & Q(photo_recheck=False)),
        waiting_photo=Count("pk", filter=waits & Q(photo_recheck=True)),
    )  # fmt: skip
    hours = Hours(
        **counts, site_minutes=settings.recheck_site_minutes, photo_minutes=settings.recheck_photo_minutes,
        available=settings.recheck_hours,
    )  # fmt: skip
    return RecheckPage(
        tuple((code, rule.work_class.name, rule.share) for code, rule in kept.items()),
        tuple((one.code, one.name) for one in known if one.code not in kept),
        hours, seed_of(county),
    )  # fmt: skip
