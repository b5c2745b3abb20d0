"""The next year, or the first of a new cycle, is begun from a year: what is copied, and what falls away with a reason.

Nothing is taken over silently. `preview` says of every part what would be copied and what would not, `start` does the
same in one transaction. What was chosen for the next year already stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q

from qipan.assessment.rulebook import Rulebook
from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.sites.models import Sponsor
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post, Unit
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.ground.units.queries import held
from qipan.spine.campaigns.actions_campaign import CampaignPlan, begin_campaign
from qipan.spine.campaigns.books import book_of, functions_of
from qipan.spine.campaigns.copies import copies
from qipan.spine.campaigns.functions import raise_duties
from qipan.spine.campaigns.local import limit_words, stricter
from qipan.spine.campaigns.models import (
    AnsweringLead,
    Campaign,
    CampaignYear,
    FunctionDuty,
    Membership,
    Phase,
    Programme,
    SpecialGroup,
    TimeNode,
)
from qipan.spine.ledger.pins import Choice, is_recorded, pin
from qipan.spine.standards.models import Edition
from qipan.spine.years.closing import signature


@dataclass(frozen=True, slots=True)
class Cycle:
    """A new cycle: its honour, its last year, and its name; an empty name is proposed from honour and cycle."""

    honour: str
    last_year: int
    name_zh: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Following:
    """The year after a year: where it stands, or would stand. Without a campaign it begins a new cycle."""

    year: int
    campaign: Campaign | None
    there: CampaignYear | None
    recorded: bool
    """Something was recorded in it, so that its standard stays."""


@dataclass(slots=True)
class Part:
    """A part of what a year holds: what is copied, what is not and why, and how much simply goes on."""

    key: str
    name: Text
    copied: list[Text] = field(default_factory=list)
    dropped: list[tuple[Text, Text]] = field(default_factory=list)
    goes_on: int = 0
    why: Text = Text()
    """Why it goes on without being copied."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say of it."""
        return not (self.copied or self.dropped or self.goes_on)


@dataclass(slots=True)
class _Copy:
    """What is to be written, beside the parts that say so."""

    leads: list[AnsweringLead] = field(default_factory=list)
    limits: dict[str, str] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    cut: bool = False
    functions: list[FunctionDuty] = field(default_factory=list)
    headquarters: bool = False


THERE = Text("下一年度已另行设定，保留其设定", "chosen for the next year already; that stays")
SAME = Text("下一年度已有相同设定", "the same is there already")
NO_CHECK = Text("新版本没有这一测评点", "the new edition has no such check")
UNIT_GONE = Text("该单位届时已不存在", "the unit is no longer in being by then")
COUNTY = Text("属于本县，不随年度变动", "belongs to the county and does not change with the year")
CAMPAIGN = Text("属于同一活动，继续有效", "belongs to the same campaign and goes on")


def following(year: CampaignYear) -> Following:
    """Return where the year after a year stands (three statements at most)."""
    number, county = year.year + 1, year.campaign.county_id
    there = CampaignYear.objects.filter(campaign__county_id=county, year=number)
    found = there.select_related("campaign__county", "standard").order_by("-campaign__first_year").first()
    if found is not None:
        return Following(number, found.campaign, found, is_recorded(found))
    campaigns = Campaign.objects.filter(county_id=county, first_year__lte=number, last_year__gte=number)
    return Following(number, campaigns.select_related("county", "office").first(), None, False)


def choice_of(year: CampaignYear) -> Choice:
    """Return what a year is judged by."""
    return Choice(year.standard_id, tuple(digest for digest, _ in year.pins))


def preview(year: CampaignYear, choice: Choice) -> list[Part]:
    """Return what would be copied into the year after a year, were it judged by a choice of editions.

    Args:
        year: the year that is taken over from.
        choice: stored editions.

    Raises:
        RegisterError: an edition is not there.
    """
    return _worked_out(year, following(year), choice)[0]


def start(
    year_pk: int, choice: Choice, *, version: int, by: Post, cycle: Cycle | None = None
) -> tuple[CampaignYear, list[Part]]:
    """Begin the year after a year from it, in the same campaign or as the first of a new cycle.

    Args:
        year_pk: the year that is taken over from.
        choice: by which editions the next one is judged.
        version: of the year's campaign, as the page showed it.
        by: the campaign office.
        cycle: the new cycle, where the next year lies in no campaign.

    Returns:
        The year that was begun, and what was copied into it.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: an edition is not there, the cycle does not do, or something is recorded under another standard.
        Stale: somebody else changed the campaign meanwhile.
    """
    year = CampaignYear.objects.select_related("campaign__county", "campaign__office").filter(pk=year_pk).first()
    if year is None or not MANAGE_CAMPAIGN.allows(by, year.campaign.county):
        raise PermissionDenied
    county, old = year.campaign.county, year.campaign
    with act(actor(by)) as done:
        if not Campaign.objects.filter(pk=old.pk, version=version).update(version=F("version") + 1):
            now = Campaign.objects.values_list("version", flat=True).get(pk=old.pk)
            raise stale(county.code, "campaign", old.pk, version, now)
        found = following(year)
        campaign = found.campaign
        if campaign is None:
            if cycle is None or old.office is None:
                raise RegisterError(Text("请填写新周期", "say what the new cycle is"), "last_year")
            plan = CampaignPlan(
                cycle.honour, found.year, cycle.last_year, old.office.code, cycle.name_zh, cycle.name_en
            )
            campaign = begin_campaign(county, plan, by=by)
        _, before = _worked_out(year, found, choice)
        (begun,) = pin(campaign, [found.year], choice, by=by)
        parts, _ = _worked_out(year, found, choice)
        _write(year, begun, campaign, before, by)
        details: dict[str, object] = {"year": found.year, "from": year.year, "standard": choice.standard}
        details |= {part.key: [len(part.copied), len(part.dropped)] for part in parts if part.copied or part.dropped}
        done.note("year.start", Thing("year", str(found.year), f"{campaign.name_zh} {found.year}"[:200]), details)
    fresh = CampaignYear.objects.select_related("campaign__county", "standard").get(pk=begun.pk)
    return fresh, parts


def _write(year: CampaignYear, begun: CampaignYear, campaign: Campaign, copy: _Copy, by: Post) -> None:
    """Write what was worked out."""
    first = date(begun.year, 1, 1)
    fresh = CampaignYear.objects.get(pk=begun.pk)
    CampaignYear.objects.filter(pk=begun.pk).update(
        local_limits={**copy.limits, **fresh.local_limits},
        absent_types=sorted({*fresh.absent_types, *copy.absent}),
        assumed_cut=year.assumed_cut if copy.cut else fresh.assumed_cut,
    )
    chosen_by = signature(by)
    AnsweringLead.objects.bulk_create(
        AnsweringLead(campaign_year=begun, check_key=lead.check_key, unit_id=lead.unit_id, chosen_by=chosen_by)
        for lead in copy.leads
    )
    FunctionDuty.objects.bulk_create(
        FunctionDuty(
            campaign=campaign, function=duty.function, unit_id=duty.unit_id, valid_from=first, valid_to=duty.valid_to
        )
        for duty in copy.functions
    )
    if copy.headquarters:
        fields = {"campaign_id": campaign.pk, "valid_from": first, "version": 1}
        groups = copies(SpecialGroup.objects.filter(_still(first), campaign_id=year.campaign_id), fields)
        seats = Membership.objects.filter(_still(first), campaign_id=year.campaign_id)
        copies(seats.filter(Q(group=None) | Q(group__in=list(groups))), fields, group_id=groups)
    raise_duties(campaign.pk)


def _still(first: date) -> Q:
    """Return the condition of what holds on the last day of the old year and on the first of the new."""
    return held(date(first.year - 1, 12, 31)) & held(first)


def _worked_out(year: CampaignYear, found: Following, choice: Choice) -> tuple[list[Part], _Copy]:
    """Return what is said and what is written; both are made in one go, so that they cannot differ."""
    kinds = dict(Edition.objects.filter(hash__in=[choice.standard, *choice.companions]).values_list("hash", "kind"))
    missing = [name for name in (choice.standard, *choice.companions) if name not in kinds]
    if missing or kinds[choice.standard] != Edition.Kind.STANDARD:
        name = (missing or [choice.standard])[0]
        raise RegisterError(Text(f"没有这一版本：{name[:8]}", f"there is no such edition: {name[:8]}"), "standard")
    pins = tuple((digest, kinds[digest]) for digest in sorted(set(choice.companions)))
    book, copy = book_of(choice.standard, pins), _Copy()
    first = date(found.year, 1, 1)
    parts = [
        _leads(year, found, book, first, copy),
        _limits(year, found, book, copy),
        _absent(year, found, book, copy),
        _cut(year, found, choice, copy),
    ]
    if found.campaign is not None and found.campaign.pk == year.campaign_id:
        duties = FunctionDuty.objects.filter(held(first), campaign_id=year.campaign_id).count()
        seats = Membership.objects.filter(held(first), campaign_id=year.campaign_id).count()
        parts.append(Part("functions", Text("职能分工", "duties of functions"), goes_on=duties, why=CAMPAIGN))
        parts.append(Part("headquarters", Text("指挥部成员", "seats in the headquarters"), goes_on=seats, why=CAMPAIGN))
    else:
        parts.append(_functions(year, found, functions_of(pins), first, copy))
        parts.append(_headquarters(year, found, first, copy))
    county = year.campaign.county_id
    sponsors = Sponsor.objects.filter(held(first), county_id=county).count()
    parts.append(Part("sponsors", Text("包联关系", "sponsors of places"), goes_on=sponsors, why=COUNTY))
    programmes = Programme.objects.filter(county_id=county).count()
    parts.append(Part("programmes", Text("其他创建项目", "other programmes"), goes_on=programmes, why=COUNTY))
    parts.append(
        Part(
            "settings",
            Text("办理规则、督办阶梯和工作日历", "rules of handling, ladder and calendar"),
            goes_on=1,
            why=COUNTY,
        )
    )
    parts.append(_plan(year))
    return [part for part in parts if not part.is_empty], copy


def _leads(year: CampaignYear, found: Following, book: Rulebook, first: date, copy: _Copy) -> Part:
    part = Part("leads", Text("选定的牵头单位", "chosen answering leads"))
    chosen = AnsweringLead.objects.filter(campaign_year=found.there).values_list("check_key", "unit_id")
    there = dict(chosen) if found.there is not None else {}
    for lead in AnsweringLead.objects.filter(campaign_year=year).select_related("unit").order_by("check_key"):
        line = book.lines.get(lead.check_key)
        title = book.nodes[line.node].title if line is not None else Text(lead.check_key, lead.check_key)
        code = book.nodes[line.node].code if line is not None else ""
        unit = lead.unit
        name = Text(
            f"{code} {title.zh} → {unit.name_zh}".strip(),
            f"{code} {title.en or title.zh} → {unit.name_en or unit.name_zh}".strip(),
        )
        if line is None or line.counter:
            part.dropped.append((name, NO_CHECK))
        elif there.get(lead.check_key) == lead.unit_id:
            part.goes_on, part.why = part.goes_on + 1, SAME
        elif lead.check_key in there:
            part.dropped.append((name, THERE))
        elif unit.valid_to is not None and unit.valid_to < first:
            part.dropped.append((name, UNIT_GONE))
        else:
            part.copied.append(name)
            copy.leads.append(lead)
    return part


def _limits(year: CampaignYear, found: Following, book: Rulebook, copy: _Copy) -> Part:
    part = Part("limits", Text("本县标准", "the county's own limits"))
    there: Mapping[str, str] = found.there.local_limits if found.there is not None else {}
    for item, number in sorted(year.local_limits.items()):
        name = limit_words(book, item, number)
        if there.get(item) == number:
            part.goes_on, part.why = part.goes_on + 1, SAME
            continue
        if item in there:
            part.dropped.append((name, THERE))
            continue
        try:
            kept = stricter(book, item, number)
        except RegisterError as refused:
            part.dropped.append((name, refused.words))
            continue
        if kept is None:
            same = Text("新版本的标准与之相同", "the new edition asks for the same")
            part.dropped.append((name, same))
        else:
            part.copied.append(name)
            copy.limits[item] = kept
    return part


def _absent(year: CampaignYear, found: Following, book: Rulebook, copy: _Copy) -> Part:
    part = Part("absent", Text("本县没有的点位类型", "types of sites that the county does not have"))
    there = set(found.there.absent_types) if found.there is not None else set()
    known = {stratum for line in book.lines.values() for stratum in line.strata}
    for code in sorted(set(year.absent_types) - there):
        kind = book.catalogue.types.get(code)
        name = kind.title if kind is not None else Text(code, code)
        if code in known:
            part.copied.append(name)
            copy.absent.add(code)
        else:
            part.dropped.append((name, Text("新版本不查这类点位", "the new edition does not look at this type")))
    return part


def _cut(year: CampaignYear, found: Following, choice: Choice, copy: _Copy) -> Part:
    part = Part("cut", Text("假定的分数线", "assumed cut"))
    if year.assumed_cut is None:
        return part
    name = Text(f"{year.assumed_cut.normalize():f}分", f"{year.assumed_cut.normalize():f} points")
    if found.there is not None and found.there.assumed_cut == year.assumed_cut:
        part.goes_on, part.why = 1, SAME
    elif found.there is not None and found.there.assumed_cut is not None:
        part.dropped.append((name, THERE))
    elif choice.standard != year.standard_id:
        part.dropped.append((name, Text("系按原版本假定，请另行设定", "assumed for the old edition; set it anew")))
    else:
        part.copied.append(name)
        copy.cut = True
    return part


def _functions(year: CampaignYear, found: Following, known: Mapping[str, object], first: date, copy: _Copy) -> Part:
    part = Part("functions", Text("职能分工", "duties of functions"))
    carried = set()
    if found.campaign is not None:
        rows = FunctionDuty.objects.filter(held(first), campaign=found.campaign)
        carried = set(rows.values_list("function", "unit_id"))
    for duty, unit, name in _duties(year):
        if (duty.function, duty.unit_id) in carried:
            part.dropped.append((name, THERE))
        elif known and duty.function not in known:
            part.dropped.append((name, Text("新版本没有这一职能", "the new edition has no such function")))
        elif duty.valid_to is not None and duty.valid_to < first:
            part.dropped.append((name, Text("届时已到期", "it has ended by then")))
        elif unit.valid_to is not None and unit.valid_to < first:
            part.dropped.append((name, UNIT_GONE))
        else:
            part.copied.append(name)
            copy.functions.append(duty)
    return part


def _duties(year: CampaignYear) -> Iterator[tuple[FunctionDuty, Unit, Text]]:
    rows = FunctionDuty.objects.filter(held(date(year.year, 12, 31)), campaign_id=year.campaign_id)
    for duty in rows.select_related("unit").order_by("function", "unit__code", "pk"):
        unit = duty.unit
        yield duty, unit, Text(f"{duty.function} → {unit.name_zh}", f"{duty.function} → {unit.name_en or unit.name_zh}")


def _headquarters(year: CampaignYear, found: Following, first: date, copy: _Copy) -> Part:
    part = Part("headquarters", Text("指挥部成员", "seats in the headquarters"))
    held_then = Membership.objects.filter(held(date(year.year, 12, 31)), campaign_id=year.campaign_id)
    any_there = found.campaign is not None and Membership.objects.filter(campaign=found.campaign).exists()
    for seat in held_then.order_by("seat", "place", "pk"):
        name = Text(
            f"{seat.title_zh} {seat.person_zh}".strip(), f"{seat.title_en or seat.title_zh} {seat.person_en}".strip()
        )
        if any_there:
            part.dropped.append((name, THERE))
        elif seat.valid_to is not None and seat.valid_to < first:
            part.dropped.append((name, Text("届时任期已满", "the seat has ended by then")))
        else:
            part.copied.append(name)
            copy.headquarters = True
    return part


def _plan(year: CampaignYear) -> Part:
    """Say of the plan that its days lie in the old year."""
    part = Part("plan", Text("计划的阶段和节点", "phases and nodes of the plan"))
    why = Text("日期在本年度，请为新年度另行安排", "its days lie in the old year; plan the new one anew")
    days = Q(campaign_id=year.campaign_id)
    for phase in Phase.objects.filter(days, last__year=year.year).order_by("first"):
        part.dropped.append((phase.name, why))
    for node in TimeNode.objects.filter(days, on__year=year.year).order_by("on"):
        part.dropped.append((node.name, why))
    return part
