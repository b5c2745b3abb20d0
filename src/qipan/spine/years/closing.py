"""A year is closed: its standing is frozen as a record, what is open goes on in the next year, nothing else changes.

All of it is one transaction that holds the county's ledger and its counter of work, so that nothing can be recorded or
issued between the look and the record. Opening it again keeps the record; the next closing makes another beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Count, F
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.notify.actions import send
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.spine.campaigns.models import Campaign, CampaignYear, YearRecord
from qipan.spine.campaigns.years.guard import refuse_closed
from qipan.spine.ledger.actions import take
from qipan.spine.ledger.models import Round
from qipan.spine.ledger.running import year_of
from qipan.spine.scorecards.queries import fresh_standing, last_day
from qipan.spine.work import messages, points
from qipan.spine.work.branches import branches
from qipan.spine.work.limits import light_is
from qipan.spine.work.models import OPEN, Request, WorkItem
from qipan.spine.work.opening import take_counter
from qipan.spine.years.carrying import carry_back, carry_over
from qipan.spine.years.content import canonical, content_of, digest_of


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round of the year that nobody has closed."""

    pk: int
    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class BeforeClosing:
    """What stands open in a year that is about to be closed.

    `into` is the year in which open items would go on; `appeals` are those whose finding is disputed.
    """

    open: int
    late: int
    requests: Mapping[str, int]
    rounds: tuple[OpenRound, ...]
    into: CampaignYear | None

    @property
    def appeals(self) -> int:
        """How many disputes wait for their decision: the score cannot be frozen with them."""
        return self.requests.get(Request.Kind.APPEAL, 0)

    @property
    def obstacles(self) -> list[Text]:
        """What has to be done first, in words; nothing where the year can be closed."""
        found = []
        if self.rounds:
            n = len(self.rounds)
            found.append(
                Text(
                    f"还有{n}个检查轮次没有结束，请先结束。",
                    f"{n} round of inspection is still open: close it first."
                    if n == 1
                    else f"{n} rounds of inspection are still open: close them first.",
                )
            )
        if self.appeals:
            found.append(
                Text(
                    f"还有{self.appeals}件异议没有裁定，裁定后得分才能封存。",
                    f"{self.appeals} appeal(s) wait for a decision; the score cannot be frozen before.",
                )
            )
        if self.open and self.into is None:
            found.append(
                Text(
                    f"还有{self.open}件在办事项，须先启动下一年度才能结转。",
                    f"{self.open} item(s) are open: start the next year first, so that they can go on in it.",
                )
            )
        return found


def before_closing(year: CampaignYear, now: datetime | None = None) -> BeforeClosing:
    """Return what stands open in a year (four statements)."""
    moment = now or timezone.now()
    items = WorkItem.objects.filter(county_id=year.campaign.county_id, year=year.year, state__in=OPEN).order_by()
    sums = items.aggregate(open=Count("pk"), late=Count("pk", filter=light_is("late", moment)))
    asked = dict(items.exclude(request="").values_list("request").annotate(n=Count("pk")))
    rounds = [
        OpenRound(pk, code, Text(zh, en))
        for pk, code, zh, en, opened in Round.objects.filter(
            county_id=year.campaign.county_id, closed_at=None
        ).values_list("pk", "code", "name_zh", "name_en", "opened_at")
        if year_of(opened) == year.year
    ]
    return BeforeClosing(sums["open"], sums["late"], asked, tuple(rounds), next_open_year(year))


def next_open_year(year: CampaignYear) -> CampaignYear | None:
    """Return the campaign year of the county that follows, if there is one and it is open (one statement)."""
    later = CampaignYear.objects.filter(campaign__county_id=year.campaign.county_id, year=year.year + 1, closed_at=None)
    return later.select_related("campaign").first()


def closing_day(year: CampaignYear, now: datetime | None = None) -> date:
    """Return the day whose duties decide whose points they are, were the year closed now."""
    return last_day(year, now or timezone.now())


def close_year(pk: int, *, version: int, by: Post, note: str = "", at: datetime | None = None) -> YearRecord:
    """Close a year: freeze its standing, and let what is open go on in the next year.

    Args:
        pk: the campaign year.
        version: of the campaign, as the page showed it.
        by: the campaign office.
        note: what they say to it; it is part of the record.
        at: when; now unless told otherwise.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: the year has not begun, or something has to be done first.
        YearClosed: it is closed already.
        Stale: somebody else changed the campaign meanwhile.
    """
    _mine(pk, by)
    now = at or timezone.now()
    with act(actor(by), now) as done:
        year = _taken(pk, version)
        refuse_closed([year])
        if now.astimezone(timezone.get_default_timezone()).year < year.year:
            raise RegisterError(Text(f"{year.year}年度尚未开始，不能归档", f"{year.year} has not begun yet"))
        found = before_closing(year, now)
        if found.obstacles:
            raise RegisterError(
                Text("".join(each.zh for each in found.obstacles), " ".join(each.en for each in found.obstacles))
            )
        standing = fresh_standing(year, closing_day(year, now))
        numbers = WorkItem.objects.filter(county_id=by.unit.county_id, year=year.year, state__in=OPEN)
        serial = year.records.count() + 1
        content = content_of(
            year, standing, at=now, serial=serial, signed=signature(by), by=by,
            carried=numbers.values_list("number", flat=True), into=found.into.year if found.into else None,
            note=note.strip(),
        )  # fmt: skip
        text = canonical(content)
        moved = carry_over(year, found.into, by, now) if found.into is not None else []
        record = YearRecord.objects.create(
            campaign_year=year, serial=serial, closed_at=now, closed_by=signature(by), note=note.strip(), content=text,
            digest=digest_of(text), carried=[[item.pk, item.version] for item in moved],
        )  # fmt: skip
        CampaignYear.objects.filter(pk=pk).update(closed_at=now)
        details = {
            "year": year.year, "serial": serial, "digest": record.digest, "carried": len(moved),
            "into": found.into.year if found.into else None, "earned": standing.card.total.earned,
            "possible": standing.card.total.possible,
        }  # fmt: skip
        done.note("year.close", _thing(year), details)
        _tell(year, found.into, moved, by, now)
        points.ask(year.campaign.county, by)
    return record


def reopen_year(pk: int, *, version: int, by: Post, reason: str, at: datetime | None = None) -> int:
    """Open a closed year again, and return how many items came back with it.

    The record stays. What went on in the next year comes back as far as nobody has acted on it since.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: the year is open, no reason is given, or the year after it is closed as well.
        Stale: somebody else changed the campaign meanwhile.
    """
    _mine(pk, by)
    why = reason.strip()
    if not why:
        raise RegisterError(Text("请写明撤销归档的理由", "say why the year is opened again"), "reason")
    now = at or timezone.now()
    with act(actor(by), now) as done:
        year = _taken(pk, version)
        if year.closed_at is None:
            raise RegisterError(Text(f"{year.year}年度没有归档", f"{year.year} is not closed"))
        after = CampaignYear.objects.filter(
            campaign__county_id=by.unit.county_id, year__gt=year.year, closed_at__isnull=False
        ).first()
        if after is not None:
            raise RegisterError(
                Text(
                    f"{after.year}年度也已归档，请先撤销{after.year}年度的归档",
                    f"{after.year} is closed as well: open that one first",
                )
            )
        record = year.records.select_for_update().order_by("-serial").first()
        CampaignYear.objects.filter(pk=pk).update(closed_at=None)
        back = carry_back(year, record.carried, by, now) if record is not None else []
        if record is not None:
            record.reopened_at, record.reopened_by, record.reason = now, signature(by), why
            record.save(update_fields=["reopened_at", "reopened_by", "reason"])
        stayed = len(record.carried) - len(back) if record is not None else 0
        details = {"year": year.year, "reason": why, "back": len(back), "stayed": stayed}
        done.note("year.reopen", _thing(year), details)
        points.ask(year.campaign.county, by)
        words = Text(
            f"{year.year}年度已撤销归档：{why}", f"{year.year} was opened again: {why}"
        )  # fmt: skip
        told = [post for post in messages.office(by.unit.county_id, now) if post.pk != by.pk]
        send(told, "year.reopened", words, link="/year/", thing=("year", str(year.year)), at=now)
    return len(back)


def signature(by: Post) -> str:
    """Return who acts as a value: person, post and unit."""
    person = by.person.full_name_zh or by.person.username
    title = by.title_zh if by.unit.name_zh in by.title_zh else f"{by.unit.name_zh}{by.title_zh}"
    return f"{person}（{title}）"[:160]


def _mine(pk: int, by: Post) -> None:
    year = CampaignYear.objects.select_related("campaign__county").filter(pk=pk).first()
    if year is None or not MANAGE_CAMPAIGN.allows(by, year.campaign.county):
        raise PermissionDenied


def _taken(pk: int, version: int) -> CampaignYear:
    """Return a year whose county's ledger, counter of work and campaign are held for the rest of the transaction.

    Raises:
        Stale: the campaign was changed since it was read.
    """
    year = CampaignYear.objects.select_related("campaign__county").get(pk=pk)
    county = year.campaign.county
    take(county.pk)
    take_counter(county.pk)
    if not Campaign.objects.filter(pk=year.campaign_id, version=version).update(version=F("version") + 1):
        now = Campaign.objects.values_list("version", flat=True).get(pk=year.campaign_id)
        raise stale(county.code, "campaign", year.campaign_id, version, now)
    return CampaignYear.objects.select_related("campaign__county", "campaign__office", "standard").get(pk=pk)


def _thing(year: CampaignYear) -> Thing:
    return Thing("year", str(year.year), f"{year.campaign.name_zh} {year.year}"[:200])


def _tell(year: CampaignYear, into: CampaignYear | None, moved: list[WorkItem], by: Post, now: datetime) -> None:
    """Tell each unit what of its own goes on in the next year, and the office that the year is closed."""
    address = "/year/"
    words = Text(f"{year.year}年度已归档，得分已封存。", f"{year.year} is closed and its score frozen.")
    told = [post for post in messages.office(by.unit.county_id, now) if post.pk != by.pk]
    send(told, "year.closed", words, link=address, thing=("year", str(year.year)), at=now)
    if into is None or not moved:
        return
    counts: dict[int, int] = {}
    for item in moved:
        if item.lead_id is not None:
            counts[item.lead_id] = counts.get(item.lead_id, 0) + 1
    recipients = messages.Recipients(counts, messages.day_of(now), branches(by.unit.county_id))
    for unit, n in counts.items():
        said = Text(
            f"{year.year}年度已归档：贵单位{n}件在办事项转入{into.year}年度继续办理，编号和时限不变。",
            f"{year.year} is closed: {n} open item(s) of your unit go on in {into.year}, with their numbers and deadlines.",
        )
        posts = [post for post in recipients.of(unit) if post.pk != by.pk]
        send(posts, "year.carried", said, link=f"/work/?from_year={year.year}", thing=("year", str(year.year)), at=now)
