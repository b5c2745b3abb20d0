"""The county's own limits beside those of the standard: a number of an item may be held to more, never to less.

The score knows the standard's limit only. What meets that and falls short of the county's own opens an order at which
no point is at stake, and a re-check does not pass it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from django.core.exceptions import PermissionDenied
from django.db.models import F

from qipan.assessment.rulebook import Rulebook
from qipan.assessment.rules import SIGNS, CountThreshold, holds, plain
from qipan.assessment.scale import exact
from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import differences, stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import Campaign, CampaignYear
from qipan.spine.campaigns.years.guard import refuse_closed_now

RISING = frozenset({"at_least", "above"})


@dataclass(frozen=True, slots=True)
class Limited:
    """An item whose number the standard holds to a limit; `types` are the site types at which it is asked."""

    item: str
    title: Text
    types: tuple[str, ...]
    rule: CountThreshold
    own: Fraction | None

    @property
    def official(self) -> str:
        """The standard's limit, as ≥ 5."""
        return f"{SIGNS[self.rule.comparison]} {plain(self.rule.bound)}"

    @property
    def local(self) -> str:
        """The county's own, as ≥ 6; nothing where it has none."""
        return "" if self.own is None else f"{SIGNS[self.rule.comparison]} {plain(self.own)}"


def limited(year: CampaignYear) -> list[Limited]:
    """Return the items of a year's packs that are held to a limit, in the order of the packs (no statement of its own)."""
    book, found = rulebook(year), []
    types: dict[str, list[str]] = {}
    for code, kind in book.catalogue.types.items():
        for key in kind.items:
            types.setdefault(key, []).append(code)
    for key in dict.fromkeys([*book.catalogue.items, *book.by_item]):
        rule = _rule(book, key)
        if rule is not None:
            listed = book.catalogue.items.get(key)
            title = listed.title if listed else Text(key, key)
            found.append(Limited(key, title, tuple(types.get(key, ())), rule, _own(year.local_limits, key)))
    return found


def short_of_local(year: CampaignYear, item: str, outcome: str) -> bool:
    """Whether a number meets the standard's limit and not the county's own."""
    own = _own(year.local_limits, item)
    rule = _rule(rulebook(year), item) if own is not None else None
    if own is None or rule is None:
        return False
    try:
        number = exact(outcome)
    except ValueError:
        return False
    meets = [holds(rule.comparison, number.numerator, number.denominator, bound) for bound in (rule.bound, own)]
    return meets == [True, False]


def local_words(year: CampaignYear, item: str) -> Text | None:
    """Say the county's own limit of an item beside the standard's; None where it has none."""
    own = _own(year.local_limits, item)
    rule = _rule(rulebook(year), item) if own is not None else None
    if own is None or rule is None:
        return None
    sign = SIGNS[rule.comparison]
    return Text(
        f"本县标准{sign}{plain(own)}（测评标准{sign}{plain(rule.bound)}）",
        f"county's own limit {sign} {plain(own)} (the standard's: {sign} {plain(rule.bound)})",
    )


def limit_words(book: Rulebook, item: str, number: str) -> Text:
    """Return an item with the county's own limit of it, as lists name it."""
    rule, listed = _rule(book, item), book.catalogue.items.get(item)
    title = listed.title if listed is not None else Text(item, item)
    sign = SIGNS[rule.comparison] if rule is not None else ""
    return Text(
        f"{title.zh} {sign} {number}".replace("  ", " "), f"{title.en or title.zh} {sign} {number}".replace("  ", " ")
    )


def set_limits(pk: int, given: Mapping[str, str], *, version: int, by: Post) -> dict[str, list[str]]:
    """Set the county's own limits of a year; an empty one takes a limit away.

    Args:
        pk: the campaign year.
        given: limits as written, by item; items that are not named keep theirs.
        version: of the campaign, as the page showed it.
        by: who sets them.

    Returns:
        What changed: {item: [before, after]}.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: a limit is no number, or is laxer than the standard's; its field is the item.
        Stale: somebody else changed the campaign meanwhile.
    """
    year = CampaignYear.objects.select_related("campaign__county").filter(pk=pk).first()
    if year is None or not MANAGE_CAMPAIGN.allows(by, year.campaign.county):
        raise PermissionDenied
    limits = dict(year.local_limits)
    for item, written in given.items():
        number = stricter(rulebook(year), item, written.strip())
        if number is None:
            limits.pop(item, None)
        else:
            limits[item] = number
    changed = differences(dict(year.local_limits), dict.fromkeys(year.local_limits, "") | limits)
    if not changed:
        return {}
    campaign = year.campaign
    with act(actor(by)) as done:
        refuse_closed_now(campaign.county_id, year.year)
        if not Campaign.objects.filter(pk=campaign.pk, version=version).update(version=F("version") + 1):
            now = Campaign.objects.values_list("version", flat=True).get(pk=campaign.pk)
            raise stale(campaign.county.code, "campaign", campaign.pk, version, now)
        CampaignYear.objects.filter(pk=pk).update(local_limits=limits)
        details = {"version": version + 1, "year": year.year, "changes": changed}
        done.note("campaign.limits", Thing("campaign", str(campaign.pk), campaign.name_zh), details)
    return changed


def stricter(book: Rulebook, item: str, written: str) -> str | None:
    """Return a limit as it is kept; None where it is taken away or says what the standard says.

    Raises:
        RegisterError: it is no number, or is laxer than the standard's.
    """
    rule = _rule(book, item)
    if rule is None:
        raise RegisterError(
            Text("此项没有数值标准，不能另设本县标准", "the standard holds this item to no number"), item
        )
    if not written:
        return None
    try:
        number = exact(written)
    except ValueError:
        raise RegisterError(Text("填数字，如 3 或 2.5", "write a number, such as 3 or 2.5"), item) from None
    sign, bound = SIGNS[rule.comparison], rule.bound
    if (number < bound) if rule.comparison in RISING else (number > bound):
        words = Text(
            f"低于测评标准（{sign}{plain(bound)}）；本县标准只能更严，不能更宽",
            f"laxer than the standard's {sign} {plain(bound)}: a county's own limit can only be stricter",
        )
        raise RegisterError(words, item)
    if abs(number) > 10**9:
        raise RegisterError(Text("数字太大，请核对", "the number is too large; check it"), item)
    return None if number == bound else plain(number)


def _own(limits: Mapping[str, str], item: str) -> Fraction | None:
    return exact(limits[item]) if item in limits else None


def _rule(book: Rulebook, item: str) -> CountThreshold | None:
    """Return the strictest limit by which the item is read."""
    listed = book.catalogue.items.get(item)
    values = [line.values.get(item) for line, _ in book.by_item.get(item, ())] or ([listed.value] if listed else [])
    rules = [value for value in values if isinstance(value, CountThreshold)]
    if not rules or len({rule.comparison for rule in rules}) > 1:
        return None
    return sorted(rules, key=lambda rule: rule.bound, reverse=rules[0].comparison in RISING)[0]
