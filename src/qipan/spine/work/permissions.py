"""Who may do what with a work item. A rule has two faces: `allows` for one item, `visible` for a list of them.

The office, leaders and inspectors see the whole county. Heads and liaisons see the items whose lead, supporting or
territorial unit is theirs or stands below it; they handle those that their own unit leads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.db.models import Exists, OuterRef, Q

from qipan.ground.units.models import County, Post, Role
from qipan.ground.units.permissions import EYES, Rule
from qipan.spine.work.branches import Branches, branches
from qipan.spine.work.independence import may_recheck, recheckable
from qipan.spine.work.models import WorkItem

UNITS = frozenset({Role.HEAD, Role.LIAISON})
Reach = Literal["county", "branch", "lead", "support", "independent"]


@dataclass(frozen=True, slots=True)
class WorkRule:
    """The roles that may do something, and how far each of them reaches."""

    reach: tuple[tuple[Role, Reach], ...]

    def allows(self, post: Post | None, item: WorkItem, tree: Branches | None = None) -> bool:
        """Whether a post may do it to an item.

        Args:
            post: who asks.
            item: the item.
            tree: the county's units, where they are at hand.
        """
        if post is None or post.unit.county_id != item.county_id:
            return False
        match dict(self.reach).get(Role(post.role)):
            case "county":
                return True
            case "branch":
                below = (tree or branches(item.county_id)).below(post.unit_id)
                if item.lead_id in below or item.territory_id in below:
                    return True
                return any(unit.pk in below for unit in item.supports.all())
            case "lead":
                return item.lead_id == post.unit_id or (
                    item.lead_id is not None and item.lead_id in (tree or branches(item.county_id)).same(post.unit_id)
                )
            case "support":
                mine = (tree or branches(item.county_id)).same(post.unit_id)
                return any(unit.pk in mine for unit in item.supports.all())
            case "independent":
                return may_recheck(post, item, tree)
        return False

    def visible(self, post: Post | None, tree: Branches | None = None) -> Q:
        """Return the condition that keeps, of a list of items, what the post may do it to."""
        if post is None:
            return Q(pk__in=())
        county = Q(county_id=post.unit.county_id)
        match dict(self.reach).get(Role(post.role)):
            case "county":
                return county
            case "branch":
                units = (tree or branches(post.unit.county_id)).below(post.unit_id)
                helped = WorkItem.supports.through.objects.filter(workitem_id=OuterRef("pk"), unit_id__in=units)
                return county & (Q(lead_id__in=units) | Q(territory_id__in=units) | Q(Exists(helped)))
            case "lead":
                return county & Q(lead_id__in=(tree or branches(post.unit.county_id)).same(post.unit_id))
            case "support":
                units = (tree or branches(post.unit.county_id)).same(post.unit_id)
                helps = WorkItem.supports.through.objects.filter(workitem_id=OuterRef("pk"), unit_id__in=units)
                return county & Q(Exists(helps))
            case "independent":
                return county & recheckable(post, tree)
        return Q(pk__in=())


def _rule(reach: Reach, roles: frozenset[Role]) -> WorkRule:
    return WorkRule(tuple((role, reach) for role in sorted(roles)))


SEE = WorkRule((*_rule("county", EYES).reach, *_rule("branch", UNITS).reach))
HANDLE = _rule("lead", UNITS)
RECHECK = _rule("independent", EYES)
DIRECT = _rule("county", frozenset({Role.OFFICE}))
INSTRUCT = _rule("county", frozenset({Role.LEADER}))
CONSENT = _rule("lead", frozenset({Role.HEAD}))
"""Who consents to an extension: the head of the lead unit, or the deputy that the unit has named as one."""
CONTRIBUTE = _rule("support", UNITS)
JUDGE = _rule("county", EYES)
"""Who decides an appeal, if they had no part in it; everything else the office decides."""

OPEN_ORDERS = Rule(EYES)
"""Who may open an order from what was found."""
DECOMPOSE = Rule(frozenset({Role.OFFICE}))
"""Who may give the checks of a year to their units as tasks."""
IMPORT_WORK = Rule(frozenset({Role.OFFICE}))
"""Who may import task tables and fault registers, and take an import back."""
ISSUE_TASK = Rule(frozenset({Role.OFFICE, Role.LEADER}))
"""Who may give a unit a single task."""
LOG_OWN = Rule(UNITS)
"""Who logs what their own unit has found."""
KEEP_BASIS = Rule(frozenset({Role.OFFICE}))
"""Who keeps the register of basis documents."""
SET_RULES = Rule(frozenset({Role.OFFICE}))
"""Who sets when an item can be returned, how long an extension may be, and when a light turns."""
SET_LADDER = Rule(frozenset({Role.OFFICE}))
"""Who decides on the rungs of the ladder, and sets their days."""
READ_LADDER = Rule(EYES)
"""Who reads what the ladder proposes and what was decided; a unit reads it on its items and its slips."""


def may_open(post: Post | None, county: County | None = None) -> bool:
    """Whether a post may open orders in a county."""
    return OPEN_ORDERS.allows(post, county)
