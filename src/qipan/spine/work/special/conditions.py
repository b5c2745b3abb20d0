"""Which orders are a special action's, and which of them came back: the conditions for its figures and their lists."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q

from qipan.spine.campaigns.models import Programme, SpecialAction
from qipan.spine.campaigns.programmes import sites_of
from qipan.spine.work.branches import Branches
from qipan.spine.work.models import VOID, Kind, State, WorkItem
from qipan.spine.work.plan.conditions import NOTHING, midnight

COMES_BACK = timedelta(days=30)
"""So long after its closure the same fault at the same place counts as come back."""


def of_action(action: SpecialAction, tree: Branches) -> Q:
    """Return the condition of the items of an action: orders of its scope that were issued in its days, and what was
    attached by hand; what was cancelled is nobody's (one statement for the areas).

    Args:
        action: the action.
        tree: the county's units.
    """
    attached = Q(attachments__action=action)
    return (attached | in_scope(action, tree)) & ~Q(state__in=VOID)


def in_scope(action: SpecialAction, tree: Branches) -> Q:
    """Return the condition of the orders that the scope covers: of its days, of these places, and of these items or classes."""
    areas = list(action.areas.values_list("pk", flat=True))
    if not (areas or action.site_types or action.items or action.classes):
        return NOTHING
    where = Q(
        kind=Kind.ORDER, issued_at__gte=midnight(action.first), issued_at__lt=midnight(action.last + timedelta(days=1))
    )
    if action.site_types:
        where &= Q(stratum__in=action.site_types)
    if areas:
        where &= Q(territory_id__in=set().union(*(tree.below(area) for area in areas)))
    if action.items or action.classes:
        where &= Q(item__in=action.items) | Q(check_key__in=action.items) | Q(work_class__code__in=action.classes)
    return where


def of_actions(county_id: int, key: str, tree: Branches) -> Q:
    """Return the condition that a list's condition on an action comes to (two statements).

    Args:
        county_id: whose actions.
        key: the key of an action.
        tree: the county's units.
    """
    if not (key.isascii() and key.isdecimal()):
        return NOTHING
    action = SpecialAction.objects.filter(pk=key, campaign__county_id=county_id).first()
    # The attachments are another table: a condition on it would count an item once for each of its actions.
    return (
        Q(pk__in=WorkItem.objects.filter(of_action(action, tree), county_id=county_id).values("pk"))
        if action
        else NOTHING
    )


def recurred() -> Q:
    """Return the condition of the closed orders that came back: at the same site the same item was found failing again,
    and another order issued, within thirty days after the closure.
    """
    again = WorkItem.objects.filter(
        county_id=OuterRef("county_id"), cluster=OuterRef("cluster"), item=OuterRef("item"), kind=Kind.ORDER,
        issued_at__gt=OuterRef("closed_at"), issued_at__lte=OuterRef("closed_at") + COMES_BACK,
    ).exclude(state__in=VOID)  # fmt: skip
    return Q(Exists(again), kind=Kind.ORDER, state=State.CLOSED) & ~Q(cluster="") & ~Q(item="")


def at_programme(county_id: int, key: str, tree: Branches) -> Q:
    """Return the condition of the items at the sites of a programme (three statements).

    Args:
        county_id: whose programmes.
        key: the key of a programme.
        tree: the county's units.
    """
    if not (key.isascii() and key.isdecimal()):
        return NOTHING
    programme = Programme.objects.filter(pk=key, county_id=county_id).first()
    if programme is None:
        return NOTHING
    below = set().union(*(tree.below(unit) for unit in programme.units.values_list("pk", flat=True)))
    return Q(cluster__in=sites_of(programme, below).values("code"), county_id=county_id) & ~Q(state__in=VOID)
