"""The table of classes of a practice county: that of the county that it is a copy of."""

from __future__ import annotations

from qipan.ground.units.models import County
from qipan.spine.campaigns.copies import copies
from qipan.spine.work.models import ItemClass, Ladder, WorkClass, WorkSettings


def copy_classes(county: County, made: County) -> int:
    """Give a practice county the settings, the ladder and the classes of the real one, and return how many classes there are."""
    mine = {"county_id": made.pk}
    copies(WorkSettings.objects.filter(county=county), mine)
    copies(Ladder.objects.filter(county=county), mine)
    classes = copies(WorkClass.objects.filter(county=county), mine)
    copies(ItemClass.objects.filter(county=county), mine, work_class_id=classes)
    return len(classes)
