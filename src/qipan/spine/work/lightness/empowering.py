"""An order to a village or community names the power and the means it has, or goes to the trade department instead."""

from __future__ import annotations

from datetime import datetime

from qipan.assessment.text import Text
from qipan.ground.units.models import Unit
from qipan.ground.units.types import grassroots_types
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.duties import duties
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.work.lightness.grounds import grounds
from qipan.spine.work.lightness.halts import Unempowered
from qipan.spine.work.messages import day_of

LEAST = 2
"""So many characters name a power or means."""


def lead_for(
    unit: Unit, year: CampaignYear | None, title: Text, now: datetime, *, check: str = "", function: str = ""
) -> tuple[Unit, dict[str, str]]:
    """Return the unit that a person's choice goes to, and what the log says of it.

    Args:
        unit: who was chosen to lead.
        year: the campaign year, whose functions say which department holds one.
        title: of what it is to lead.
        now: when.
        check: the check that it serves, if one.
        function: that of its class, if one.

    Raises:
        Unempowered: it is a village or community, and neither power and means are named nor the department wanted.
    """
    if unit.type not in grassroots_types(unit.county_id):
        return unit, {}
    given = grounds()
    trade = trade_of(unit.county_id, year, now, check, function)
    if given.instead and trade is not None:
        return trade, {"instead_of": unit.name_zh}
    power, means = given.power.strip(), given.means.strip()
    if len(power) >= LEAST and len(means) >= LEAST:
        return unit, {"power": power, "means": means}
    field = ("power" if len(power) < LEAST else "means") if power or means else ""
    raise Unempowered(title, unit.name, trade.name if trade is not None else None, field=field)


def trade_of(county: int, year: CampaignYear | None, now: datetime, check: str, function: str) -> Unit | None:
    """Return the one department that holds the function of a check, else of a class; None where none or several do."""
    if year is None:
        return None
    known = duties(year, day_of(now), ())
    line = rulebook(year).lines.get(check)
    found = known.lead(line).unit if line is not None else None
    if found is None and function:
        carried = known.carried.get(function, ())
        found = carried[0] if len(carried) == 1 else None
    unit = Unit.objects.filter(county_id=county, pk=found).first() if found is not None else None
    return unit if unit is not None and unit.type not in grassroots_types(county) else None
