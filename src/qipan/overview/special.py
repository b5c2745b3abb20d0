"""What the scope of a special action can be chosen from: types of sites, areas, items of the checklists, classes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qipan.assessment.text import Text
from qipan.overview.site_words import site_words
from qipan.overview.sponsors import areas_to_choose
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import CampaignYear, SpecialAction
from qipan.spine.work.models import WorkClass


@dataclass(frozen=True, slots=True)
class ScopeChoices:
    """Keys with their words."""

    site_types: tuple[tuple[str, Text], ...]
    areas: tuple[tuple[str, Text], ...]
    items: tuple[tuple[str, Text], ...]
    classes: tuple[tuple[str, Text], ...]


def scope_choices(year: CampaignYear, on: date) -> ScopeChoices:
    """Return what a scope can be chosen from (six statements)."""
    county, book = year.campaign.county_id, rulebook(year)
    types = site_words(year).types
    items = [
        (key, Text(f"{kind.title.zh}：{item.title.zh}", f"{kind.title.en}: {item.title.en}"))
        for kind in sorted(book.catalogue.types.values(), key=lambda kind: kind.title.zh)
        for key in kind.items
        if (item := book.catalogue.items.get(key)) is not None
    ]
    classes = WorkClass.objects.filter(county_id=county, is_active=True).order_by("code")
    return ScopeChoices(
        tuple(types.items()),
        tuple((area.key, area.name) for area in areas_to_choose(county, on)),
        tuple(items),
        tuple(
            (one.code, Text(f"{one.code} {one.name_zh}", f"{one.code} {one.name_en or one.name_zh}")) for one in classes
        ),
    )


def scope_words(action: SpecialAction, choices: ScopeChoices) -> list[tuple[str, list[Text]]]:
    """Return the scope of an action in words: each field that narrows it, with what was chosen."""
    known = {"site_types": dict(choices.site_types), "items": dict(choices.items), "classes": dict(choices.classes)}
    found = [(name, [words.get(key, Text(key, key)) for key in getattr(action, name)]) for name, words in known.items()]
    found.insert(1, ("areas", [unit.name for unit in action.areas.all()]))
    return [(name, words) for name, words in found if words]
