"""What changed meanwhile, for the page that a stale form comes back on, and what a change was, for the one after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qipan.ground.units.errors import Changed

#: Fields as the journal names them, and as people read them.
FIELDS: dict[str, str | Promise] = {
    "name_zh": gettext_lazy("name"),
    "name_en": gettext_lazy("English name"),
    "honour": gettext_lazy("honour"),
    "first_year": gettext_lazy("first year"),
    "last_year": gettext_lazy("last year"),
    "office": gettext_lazy("owning office"),
    "on": gettext_lazy("day"),
    "met_on": gettext_lazy("day reached"),
    "phase": gettext_lazy("phase"),
    "decides": gettext_lazy("official assessment"),
}


def field_label(name: str) -> str:
    """Return how a field is called; "cut 2026" is the cut of a year."""
    word, _space, year = name.partition(" ")
    if word == "cut":
        return _("cut of %(year)s") % {"year": year}
    if word == "absent":
        return _("absent site types of %(year)s") % {"year": year}
    return str(FIELDS.get(name, name))


def told(changes: Sequence[Changed]) -> list[dict[str, object]]:
    """Return changes of others as the page shows them."""
    return [
        {
            "at": change.at,
            "who": f"{change.post} {change.person}".strip(),
            "fields": [(field_label(one.field), one.was, one.now) for one in change.fields],
        }
        for change in changes
    ]


def sentence(changed: Mapping[str, Sequence[str]]) -> str:
    """Return what a change was in one line: each field with both values."""
    return _("; ").join(
        _("%(field)s: %(was)s → %(now)s") % {"field": field_label(name), "was": was or "—", "now": now or "—"}
        for name, (was, now) in changed.items()
    )
