"""Stopping what breaks a guard rail, and keeping what goes over one: logged, in the journal, reported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act, Thing
from qipan.ground.notify.actions import send
from qipan.ground.units.models import County, Post, Role
from qipan.ground.units.queries import posts_of
from qipan.spine.campaigns.models import Campaign
from qipan.spine.work import messages
from qipan.spine.work.lightness.grounds import LEAST, grounds
from qipan.spine.work.lightness.halts import RuleBroken
from qipan.spine.work.lightness.models import Override
from qipan.spine.work.lightness.rules import Hit, broken, shipped_rules

ON_A_PAGE = 50


def weigh(noted: Act, by: Post, now: datetime, written: Iterable[tuple[Thing, str]]) -> None:
    """Stop an act whose words break a guard rail; with a reason in writing keep the override and report it.

    Args:
        noted: the act, whose transaction this is.
        by: who acts.
        now: when.
        written: what somebody wrote, each with what it belongs to.

    Raises:
        RuleBroken: a rule is broken, and no reason is given.
    """
    rails = shipped_rules()
    found: list[tuple[Thing, Hit]] = [(thing, hit) for thing, text in written if text for hit in broken(rails, text)]
    if not found:
        return
    reason = grounds().override.strip()
    if len(reason) < LEAST:
        raise RuleBroken([hit for _thing, hit in found], short=bool(reason))
    county = by.unit.county
    Override.objects.bulk_create(
        [
            Override(
                county=county, rule=hit.rule.code, rule_zh=hit.rule.words.zh, rule_en=hit.rule.words.en,
                sentence=hit.sentence, reason=reason, thing_kind=thing.kind, thing_id=thing.id, thing_label=thing.label,
                at=now, by_person=str(by.person)[:80], by_post=by.title_zh, by_unit=by.unit.code,
            )
            for thing, hit in found
        ]
    )  # fmt: skip
    for thing, hit in found:
        noted.note("guard.override", thing, {"rule": hit.rule.code})
    _report(county, by, now, found, reason)


def _report(county: County, by: Post, now: datetime, found: list[tuple[Thing, Hit]], reason: str) -> None:
    """Tell the head of the campaign office; where it has none on file, everyone in the office."""
    thing, hit = found[0]
    more = len(found) - 1
    words = Text(
        f"底线规则被越过（{hit.rule.title.zh}）：{by.person}发出“{messages.short(hit.sentence, 60)}”，"
        f"理由：{messages.short(reason, 80)}" + (f"；另有{more}处" if more else ""),
        f"A guard rail was gone over ({hit.rule.title.en}): {by.person} sent “{messages.short(hit.sentence, 60)}”, "
        f"because: {messages.short(reason, 80)}" + (f"; {more} more" if more else ""),
    )
    send(
        heads_of_office(county, now), "guard.overridden", words, link="/work/lightness/rules/#overrides",
        thing=(thing.kind, thing.id), at=now,
    )  # fmt: skip


def heads_of_office(county: County, now: datetime) -> list[Post]:
    """Return the heads of the campaign offices of a county; where there is none on file, everyone of the office."""
    offices = set(Campaign.objects.filter(county=county).values_list("office_id", flat=True))
    heads = posts_of([unit for unit in offices if unit], (Role.HEAD,), messages.day_of(now))
    return list(heads) or messages.office(county.pk, now)


@dataclass(frozen=True, slots=True)
class GuardPage:
    """The rules in force with what went over them: how often each, and one page of the overrides."""

    counts: dict[str, int]
    overrides: Page[Override]


def guard_page(county: County, page: int, rule: str = "") -> GuardPage:
    """Return what went over the guard rails of a county (three statements).

    Args:
        county: whose.
        page: of the list, from 1.
        rule: of one rule only.
    """
    counts: dict[str, int] = {}
    for code in Override.objects.filter(county=county).order_by().values_list("rule", flat=True):
        counts[code] = counts.get(code, 0) + 1
    rows = Override.objects.filter(county=county, **({"rule": rule} if rule else {}))
    return GuardPage(counts, Paginator(rows, ON_A_PAGE).get_page(page))
