"""What a unit's end or merger means for sites: territory and duties move on the day, the past stays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q

from qipan.ground.audit.journal import Act, Thing
from qipan.ground.sites.models import FormerTerritory, Site, SiteDuty
from qipan.ground.sites.signals import duties_changed
from qipan.ground.sites.sponsors import sponsors_ended, sponsors_merged
from qipan.ground.units.models import Unit


def on_merged(sender: object, *, unit: Unit, into: Unit, on: date, act: Act, **_: Any) -> None:
    """Let a merged unit's territory and duties be the other unit's from a day on."""
    last = on - timedelta(days=1)
    held = list(Site.objects.filter(territory=unit).values_list("pk", flat=True))
    FormerTerritory.objects.bulk_create([FormerTerritory(site_id=pk, unit=unit, until=last) for pk in held])
    Site.objects.filter(pk__in=held).update(territory=into, version=F("version") + 1)
    running = list(SiteDuty.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), unit=unit))
    later = [row.pk for row in running if row.valid_from is not None and row.valid_from >= on]
    SiteDuty.objects.filter(pk__in=later).update(unit=into)
    SiteDuty.objects.bulk_create(
        [
            SiteDuty(site_id=row.site_id, function=row.function, unit=into, valid_from=on, valid_to=row.valid_to)
            for row in running
            if row.pk not in set(later)
        ]
    )
    SiteDuty.objects.filter(pk__in=[row.pk for row in running]).exclude(pk__in=later).update(valid_to=last)
    sponsors_merged(unit, into, on)
    if held or running:
        details = {"into": into.code, "on": on.isoformat(), "territory": len(held), "duties": len(running)}
        act.note("sites.take_over", Thing("unit", str(unit.pk), f"{unit.name_zh} ({unit.code})"), details)
        duties_changed.send(Site, county_id=unit.county_id)


def on_ended(sender: object, *, unit: Unit, on: date, act: Act, **_: Any) -> None:
    """End the duties of a unit on its last day; its territory becomes nobody's from the day after."""
    held = list(Site.objects.filter(territory=unit).values_list("pk", flat=True))
    FormerTerritory.objects.bulk_create([FormerTerritory(site_id=pk, unit=unit, until=on) for pk in held])
    Site.objects.filter(pk__in=held).update(territory=None, version=F("version") + 1)
    running = SiteDuty.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), unit=unit)
    sponsors_ended(unit, on)
    running.filter(valid_from__gt=on).delete()
    count = running.update(valid_to=on)
    if held or count:
        details = {"on": on.isoformat(), "territory": len(held), "duties": count}
        act.note("sites.let_go", Thing("unit", str(unit.pk), f"{unit.name_zh} ({unit.code})"), details)
        duties_changed.send(Site, county_id=unit.county_id)
