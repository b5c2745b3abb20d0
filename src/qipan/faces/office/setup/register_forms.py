"""What the forms of the registers share: errors at their fields, two editors at once, a token for each form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import get_language, gettext_lazy

from qipan.assessment.text import Text
from qipan.ground.units.errors import RegisterError, Stale

FIELD_WORDS = {
    "name_zh": gettext_lazy("Name (Chinese)"), "name_en": gettext_lazy("Name (English)"), "type": gettext_lazy("Type"), "code": gettext_lazy("Code"),
    "parent": gettext_lazy("Stands under"), "valid_from": gettext_lazy("First day"), "valid_to": gettext_lazy("Last day"),
    "merged_into": gettext_lazy("Merged into"), "address": gettext_lazy("Address"), "territory": gettext_lazy("Territory"),
    "lon": gettext_lazy("Longitude"), "lat": gettext_lazy("Latitude"), "duties": gettext_lazy("Answers for it"), "unit": gettext_lazy("Unit"),
    "role": gettext_lazy("Role"), "title_zh": gettext_lazy("Title of the post (Chinese)"), "title_en": gettext_lazy("Title of the post (English)"),
    "sponsor_leader": gettext_lazy("Sponsoring leader"), "sponsor_unit": gettext_lazy("Sponsoring unit"),
    "person_zh": gettext_lazy("Full name"), "person_en": gettext_lazy("Full name in English"), "seat": gettext_lazy("Sits as"),
    "duty_zh": gettext_lazy("Duty (Chinese)"), "duty_en": gettext_lazy("Duty (English)"), "duties_zh": gettext_lazy("Duties of the group"),
    "place": gettext_lazy("Place in the list"), "first": gettext_lazy("First day"), "last": gettext_lazy("Last day"),
    "aim_zh": gettext_lazy("What the phase is for"), "aim_en": gettext_lazy("The same in English (optional)"),
    "basis": gettext_lazy("Basis (document and clause)"), "site_types": gettext_lazy("Types of sites"), "areas": gettext_lazy("Areas"),
    "items": gettext_lazy("Checklist items"), "classes": gettext_lazy("Classes of findings"), "owner": gettext_lazy("Lead unit"),
    "leader": gettext_lazy("Leader in charge"),
    "aliases": gettext_lazy("Other words for it"), "types": gettext_lazy("Units of these types"),
    "functions": gettext_lazy("that carry one of these functions"), "listed": gettext_lazy("and these units in any case"),
    "full_name_zh": gettext_lazy("Full name"), "full_name_en": gettext_lazy("Full name in English"), "phone": gettext_lazy("Phone"),
    "is_territorial": gettext_lazy("Answers for an area"),
    "is_grassroots": gettext_lazy("Village or community"),
}  # fmt: skip
"""The fields of registers as pages name them."""


class DayInput(forms.DateInput):
    """A day in the browser's own field."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(label=label, required=required, widget=DayInput(), help_text=help_text)


def styled(form: forms.Form) -> forms.Form:
    """Give a form's fields the look of the pages, and tie errors to them."""
    for field in form.fields.values():
        widget = field.widget
        if isinstance(widget, forms.CheckboxInput | forms.HiddenInput):
            continue
        widget.attrs.setdefault("class", "form-select" if isinstance(widget, forms.Select) else "form-control")
    return form


def choose(form: forms.Form, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
    """Give a field of a form what may be chosen in it."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = list(choices)


def said(words: Text) -> str:
    """Return words in the reader's language."""
    return words.into(get_language() or "en")


def add_error(form: forms.Form, error: RegisterError) -> None:
    """Show what was refused at its field, else above the form."""
    field = error.field if error.field in form.fields else None
    form.add_error(field, said(error.words))


def changed_context(error: RegisterError) -> dict[str, Any]:
    """Return what a form shows of somebody else's change; empty where there is none."""
    if not isinstance(error, Stale):
        return {}
    changes = [
        {
            "at": change.at,
            "who": f"{change.person} · {change.post}",
            "fields": [(FIELD_WORDS.get(one.field, one.field), one.was, one.now) for one in change.fields],
        }
        for change in error.changes
    ]
    return {"stale_changes": changes, "is_stale": True, "kept_version": error.version}


def status_of(form: forms.Form, context: Mapping[str, Any]) -> int:
    """Return the answer's status: 409 where somebody was faster, 422 where something is wrong."""
    return 409 if context.get("is_stale") else 422 if form.is_bound and not form.is_valid() else 200


def new_uid() -> str:
    """Return a token for a form."""
    return uuid4().hex


def options(pairs: Iterable[tuple[Any, Text]], empty: Any = None) -> Sequence[tuple[Any, Any]]:
    """Return choices in the reader's language, an empty one first where there may be none."""
    language = get_language() or "en"
    found: list[tuple[Any, Any]] = [] if empty is None else [("", empty)]
    return found + [(key, title.into(language)) for key, title in pairs]


def page_number(value: str) -> int | None:
    """Return a key that a form sent, or None."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else None
