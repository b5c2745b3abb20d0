"""Groups of units where a form offers units."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import get_language, ngettext

from qipan.ground.units.groups import unit_groups


def group_options(county: int) -> list[tuple[str, str]]:
    """Return the groups that have units today, each with how many, as a form offers them."""
    language = get_language() or "en"
    return [
        (
            group.key,
            ngettext("%(name)s (%(count)d unit)", "%(name)s (%(count)d units)", len(group.units))
            % {"name": group.name.into(language), "count": len(group.units)},
        )
        for group in unit_groups(county, timezone.localdate())
        if group.units
    ]
