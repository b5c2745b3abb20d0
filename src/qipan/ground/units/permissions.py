"""What a post may do. A rule has two faces: `allows` for one thing, `visible` for a list of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db.models import Q

from qipan.ground.units.models import County, Post, Role

EVERYONE = frozenset(Role)
ADMINISTRATORS = frozenset({Role.SYSTEM, Role.SECURITY, Role.AUDIT})
"""The three administrators (三员) of an installation: they see nothing of the campaign, and none holds two of the three."""
COUNTY = EVERYONE - ADMINISTRATORS
"""Who works for the campaign."""
OFFICE = frozenset({Role.OFFICE})
EYES = frozenset({Role.OFFICE, Role.INSPECTOR, Role.LEADER})
"""Who looks for the county: what they record is no unit's word about itself."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The roles that may do something, always inside the county of their post.

    `path` leads from a listed thing to its county: "county", "campaign__county", or "" where the thing belongs to all.
    """

    roles: frozenset[Role]
    path: str = "county"

    def allows(self, post: Post | None, county: County | None = None) -> bool:
        """Whether a post may do it to a thing of a county (None for a thing that belongs to all counties)."""
        if post is None or post.role not in self.roles:
            return False
        return county is None or county.pk == post.unit.county_id

    def visible(self, post: Post | None) -> Q:
        """Return the condition that keeps, of a list, what the post may do it to."""
        if not self.allows(post) or post is None:
            return Q(pk__in=())
        return Q(**{self.path: post.unit.county_id}) if self.path else Q()

    def along(self, path: str) -> Rule:
        """Return the same rule for a list whose things reach their county by another path."""
        return replace(self, path=path)


READ = Rule(COUNTY)
OWN_POST = Rule(EVERYONE)
"""One's own account, posts and messages."""
IMPORT_OBSERVATIONS = Rule(OFFICE)
CHOOSE_ANSWERING_LEADS = Rule(OFFICE)
STORE_STANDARDS = Rule(OFFICE, path="")
MANAGE_CAMPAIGN = Rule(OFFICE)
MANAGE_UNITS = Rule(OFFICE)
MANAGE_PEOPLE = Rule(OFFICE | {Role.SECURITY})
"""People and their posts; who is given which is in `people.py`: some roles only the security administrator gives."""
APPROVE_POSTS = Rule(frozenset({Role.SECURITY}))
"""Posts that others ask for, where the county has them approved; and whether it has."""
SET_ABSENCES = Rule(OFFICE | {Role.HEAD})
"""Who says that a post is absent and who stands in: the office for any, a head for those of their own unit."""
SEE_SYSTEM = Rule(frozenset({Role.SYSTEM}))
"""How the installation runs: jobs, backups, the technical state of accounts."""
SEE_LOCKS = Rule(frozenset({Role.SECURITY}))
MANAGE_SITES = Rule(OFFICE)
MANAGE_CALENDAR = Rule(OFFICE)
MANAGE_CLASSES = Rule(OFFICE)
OPEN_ROUNDS = Rule(OFFICE)
RECORD_VISITS = Rule(EYES)
RECORD_REVIEWS = Rule(frozenset({Role.OFFICE, Role.INSPECTOR, Role.REVIEWER}))
RECORD = Rule(EYES | {Role.REVIEWER})
ADD_PHOTOS = Rule(COUNTY)
SEE_ORIGINALS = Rule(OFFICE)
READ_JOURNAL = Rule(OFFICE | {Role.AUDIT})
SEE_GAPS = Rule(EYES)
