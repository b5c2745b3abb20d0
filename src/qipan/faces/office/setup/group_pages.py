"""Groups of units: what the office calls several units together, and which units are in each today."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.setup.register_forms import (
    add_error,
    changed_context,
    choose,
    new_uid,
    options,
    page_number,
    said,
    status_of,
    styled,
)
from qipan.ground.units import groups as room
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.groups import ANY, Group, GroupEntry
from qipan.ground.units.permissions import MANAGE_UNITS
from qipan.ground.units.sent import AlreadySent, once
from qipan.ground.units.types import type_titles
from qipan.overview.desk import Desk
from qipan.overview.points import unit_names
from qipan.overview.setup import owed_functions
from qipan.spine.scorecards.queries import standing

_BETWEEN = re.compile(r"[、,，;；\n]+")


class GroupForm(forms.Form):
    """A group as it is entered."""

    name_zh = forms.CharField(label=gettext_lazy("Name (Chinese)"), max_length=40)
    name_en = forms.CharField(label=gettext_lazy("Name (English)"), max_length=80, required=False)
    aliases = forms.CharField(
        label=gettext_lazy("Other words for it"), max_length=400, required=False, help_text=gettext_lazy("As tables and speeches write it; put 、 between them."),
    )  # fmt: skip
    types = forms.MultipleChoiceField(
        label=gettext_lazy("Units of these types"), required=False, widget=forms.SelectMultiple(attrs={"size": "8"})
    )
    functions = forms.MultipleChoiceField(
        label=gettext_lazy("that carry one of these functions"), required=False, widget=forms.SelectMultiple(attrs={"size": "8"}),
        help_text=gettext_lazy("Nothing chosen: whatever they carry. Hold Ctrl to choose several."),
    )  # fmt: skip
    listed = forms.MultipleChoiceField(
        label=gettext_lazy("and these units in any case"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": "8"}),
    )

    def entry(self) -> GroupEntry:
        """Return what was entered."""
        data = self.cleaned_data
        return GroupEntry(
            Text(data["name_zh"], data["name_en"]), tuple(word.strip() for word in _BETWEEN.split(data["aliases"]) if word.strip()),
            tuple(data["types"]), tuple(data["functions"]), tuple(data["listed"]),
        )  # fmt: skip


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    here = (_("Groups of units"), reverse("unit_groups") if more else "")
    return [(_("Settings"), reverse("setup")), (_("Units"), reverse("setup_units")), here, *more]


def _functions(desk: Desk) -> list[tuple[str, Text]]:
    """Return the functions that the year's standard names."""
    if desk.year is None:
        return []
    return [
        (each.row.code, each.row.title) for each in owed_functions(desk.year, standing(desk.year, timezone.localdate()))
    ]


@require_GET
@requires(MANAGE_UNITS)
def unit_groups(request: HttpRequest) -> HttpResponse:
    """List the groups, their rules in words, and the units in each today."""
    desk, today, language = at_desk(request), timezone.localdate(), get_language() or "en"
    names, types, functions = unit_names(desk.county.pk), type_titles(desk.county.pk), dict(_functions(desk))
    comma = _(", ")
    rows = []
    for group in room.unit_groups(desk.county.pk, today):
        entry = group.entry
        carried = [
            _("any function") if code == ANY else functions.get(code, Text(code, code)).into(language)
            for code in entry.functions
        ]
        rows.append(
            {
                "group": group, "aliases": comma.join(entry.aliases), "types": comma.join(types[code].into(language) for code in entry.types),
                "functions": comma.join(str(word) for word in carried), "listed": len(entry.listed),
                "units": [names[pk] for pk in group.units if pk in names],
            }
        )  # fmt: skip
    return render(request, "office/setup/unit_groups.html", {"rows": rows, "crumbs": _crumbs()})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_UNITS)
def unit_group_new(request: HttpRequest) -> HttpResponse:
    """Make a group."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_UNITS)
def unit_group(request: HttpRequest, code: str) -> HttpResponse:
    """Change or remove a group."""
    found = room.group_of(at_desk(request).county.pk, code, timezone.localdate())
    if found is None:
        raise Http404
    return _edit(request, found)


def _edit(request: HttpRequest, found: Group | None) -> HttpResponse:
    desk, today = at_desk(request), timezone.localdate()
    version = page_number(request.POST.get("version", "")) or 0
    initial: dict[str, Any] = {}
    if found is not None:
        entry = found.entry
        initial = {
            "name_zh": entry.name.zh, "name_en": entry.name.en, "aliases": "、".join(entry.aliases), "types": list(entry.types),
            "functions": list(entry.functions), "listed": list(entry.listed),
        }  # fmt: skip
    changing = request.method == "POST" and request.POST.get("do") != "drop"
    form = GroupForm(request.POST if changing else None, initial=initial)
    _with_choices(form, desk, found)
    context: dict[str, Any] = {
        "form": form, "group": found, "kept_version": found.version if found else 0, "uid": new_uid(),
        "crumbs": _crumbs((said(found.name) if found else _("Make a group"), "")),
    }  # fmt: skip
    try:
        if request.method == "POST" and not changing and found is not None:
            room.drop_group(found.code, version=version, by=desk.post)
            messages.success(request, _("The group was removed. What was given to its units stays theirs."))
            return redirect("unit_groups")
        if changing and form.is_valid():
            with once(request.POST.get("uid", "")):
                kept = room.keep_group(found.code if found else "", form.entry(), version=version, by=desk.post)
            count = len(room.units_of(kept, today))
            messages.success(request, _("Saved. Units in it today: %(count)d.") % {"count": count})
            return redirect("unit_groups")
    except AlreadySent:
        return redirect("unit_groups")
    except RegisterError as error:
        context |= changed_context(error)
        if changing:
            add_error(form, error)
        else:
            messages.error(request, said(error.words))
    return render(request, "office/setup/unit_group.html", context, status=status_of(form, context))


def _with_choices(form: GroupForm, desk: Desk, found: Group | None) -> None:
    titles = dict(type_titles(desk.county.pk))
    functions = dict(_functions(desk))
    entry = found.entry if found else GroupEntry(Text())
    for code in entry.types:
        titles.setdefault(code, Text(code, code))
    for code in entry.functions:
        functions.setdefault(code, Text(code, code))
    functions.pop(ANY, None)
    choose(form, "types", options(titles.items()))
    choose(form, "functions", [(ANY, _("any function")), *options(functions.items())])
    units = {unit.code: unit.name for unit in unit_names(desk.county.pk).values()}
    for code in entry.listed:
        units.setdefault(code, Text(code, code))
    choose(form, "listed", options(units.items()))
    styled(form)
