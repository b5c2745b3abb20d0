"""The four lists in the layout of the office: as a workbook of what is on the screen, and on A4 for one unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.templatetags.office import day
from qipan.faces.office.work.columns import LISTS, Around, ShownRow, shown
from qipan.ground.documents.office.layout import LaidColumn, LaidSheet, Value, write_laid_out
from qipan.ground.units.permissions import READ
from qipan.overview.points import unit_names
from qipan.spine.campaigns.books import rulebook
from qipan.spine.work.messages import day_of
from qipan.spine.work.queries import Filters, export

if TYPE_CHECKING:
    from qipan.assessment.text import Text
    from qipan.overview.desk import Desk
    from qipan.spine.work.queries import Named, Row


@dataclass(frozen=True, slots=True)
class OfficeColumn:
    """A column of the office's layout: its heading, what stands in it, its width in the workbook."""

    label: str | Promise
    fill: Callable[[ShownRow], Value]
    width: float = 12
    merged: bool = False
    narrow: bool = False


def _said(words: Text) -> str:
    return words.into(get_language() or "en")


def _unit(unit: Named | None) -> str:
    return _said(unit.name) if unit is not None else ""


def _supports(row: ShownRow) -> str:
    return _("、").join(_unit(unit) for unit in row.row.supports)


def _ended(row: ShownRow) -> date | None:
    return day_of(row.row.ended_at) if row.row.ended_at else None


NUMBER = OfficeColumn(pgettext_lazy("office layout", "Number"), lambda row: row.number, 13, narrow=True)
PROBLEM = OfficeColumn(gettext_lazy("Problem"), lambda row: _said(row.title), 36)
TASK = OfficeColumn(pgettext_lazy("office layout", "Task"), lambda row: _said(row.title), 36)
ITEM = OfficeColumn(gettext_lazy("Item of work"), lambda row: _said(row.title), 36)
SITE = OfficeColumn(gettext_lazy("Site"), lambda row: _unit(row.row.site), 18)
CRITERION = OfficeColumn(gettext_lazy("Criterion"), lambda row: _said(row.criterion.name) if row.criterion else "", 22)
SOURCE = OfficeColumn(pgettext_lazy("office layout", "Source"), lambda row: row.row.origin[2], 16)
FOUND = OfficeColumn(pgettext_lazy("office layout", "Issued"), lambda row: day_of(row.row.issued_at), 12, narrow=True)
LEAD = OfficeColumn(gettext_lazy("Lead unit"), lambda row: _unit(row.row.lead), 18)
LEAD_MERGED = OfficeColumn(gettext_lazy("Lead unit"), lambda row: _unit(row.row.lead), 18, merged=True)
SUPPORTS = OfficeColumn(gettext_lazy("Supporting units"), _supports, 22)
TERRITORY = OfficeColumn(gettext_lazy("Territory"), lambda row: _unit(row.row.territory), 14)
PERSON = OfficeColumn(gettext_lazy("Person in charge"), lambda row: row.row.person, 12)
DEADLINE = OfficeColumn(gettext_lazy("Deadline"), lambda row: day_of(row.row.deadline), 12, narrow=True)
ENDED = OfficeColumn(pgettext_lazy("office layout", "Done on"), _ended, 12, narrow=True)
DIFFERENCE = OfficeColumn(gettext_lazy("Difference"), lambda row: row.difference, 12)
STAGE = OfficeColumn(gettext_lazy("Stage"), lambda row: row.state_word, 10, narrow=True)
LIGHT = OfficeColumn(gettext_lazy("Light"), lambda row: row.light.word, 12, narrow=True)

OFFICE_COLUMNS: dict[str, tuple[OfficeColumn, ...]] = {
    "problem": (NUMBER, SITE, PROBLEM, CRITERION, SOURCE, FOUND, LEAD, DEADLINE, STAGE),
    "task": (NUMBER, TASK, CRITERION, LEAD, SUPPORTS, PERSON, DEADLINE, STAGE),
    "responsibility": (LEAD_MERGED, NUMBER, ITEM, SUPPORTS, TERRITORY, PERSON, DEADLINE, LIGHT),
    "time": (NUMBER, ITEM, LEAD, FOUND, DEADLINE, ENDED, DIFFERENCE, LIGHT),
}
"""The columns of each list; what an order says stands in the list of problems, what a task says in that of tasks."""
_WIDE = 30
"""A column of so many characters says what it is about, and gets the room on paper too."""
KINDS = {"problem": ("order",), "task": ("task", "pledge")}


def _wanted(which: str, rows: Iterable[ShownRow]) -> list[ShownRow]:
    kinds = KINDS.get(which)
    return [row for row in rows if kinds is None or row.row.kind in kinds]


def workbook(desk: Desk, rows: Sequence[Row], around: Around, now: datetime) -> HttpResponse:
    """Return the four lists of some items as a workbook in the office's layout.

    Args:
        desk: from which it is asked.
        rows: what is on the screen.
        around: what rows need beside their own values.
        now: the moment.
    """
    county, made = _said(desk.county.name), [shown(row, around, now) for row in rows]
    made.sort(key=lambda row: (row.row.deadline, row.number))
    sheets = []
    for which, columns in OFFICE_COLUMNS.items():
        mine = _wanted(which, made)
        if which == "responsibility":
            mine = sorted(mine, key=lambda row: (row.row.lead.code if row.row.lead else "", row.row.deadline))
        name = str(LISTS[which])
        line = _("%(unit)s · %(day)s · %(count)s items") % {
            "unit": _said(desk.post.unit.name), "day": day(now), "count": len(mine),
        }  # fmt: skip
        laid = tuple(LaidColumn(str(one.label), one.width, one.merged, one.narrow) for one in columns)
        sheets.append(
            LaidSheet(
                name, f"{county} {name}" if get_language() == "en" else f"{county}{name}", line, laid,
                [[column.fill(row) for column in columns] for row in mine], pgettext("office layout", "No."),
                _("Nothing stands here."),
            )
        )  # fmt: skip
    response = HttpResponse(write_laid_out(sheets), content_type=exports.XLSX)
    name = _("four lists %(county)s %(day)s") % {"county": county, "day": f"{day_of(now):%Y-%m-%d}"}
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx") or "attachment"
    return response


PART_WORDS = {
    "lead": gettext_lazy("It leads"), "support": gettext_lazy("It supports"),
    "territory": gettext_lazy("In its territory, led by others"),
}  # fmt: skip


@require_GET
@requires(READ)
def work_unit_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """Show one of the four lists of one unit, to be printed: only its rows, what it leads first."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    now, around = timezone.now(), Around(rulebook(desk.year))
    names = {unit.code: unit.name for unit in unit_names(desk.county.pk).values()}
    if code not in names:
        raise Http404
    which = request.GET.get("list", "")
    which = which if which in OFFICE_COLUMNS else "responsibility"
    columns = OFFICE_COLUMNS[which]
    parts = []
    for role in PART_WORDS:
        filters = Filters(year=desk.year.year, state="open", unit=code, role=role)
        found = export(desk.post, filters, "deadline", year=desk.year, now=now)
        # What it leads stands in the first part, wherever the place lies.
        own = role != "lead"
        rows = [shown(row, around, now) for row in found if not (own and row.lead and row.lead.code == code)]
        parts.append((role, PART_WORDS[role], [_printed(row, columns) for row in _wanted(which, rows)]))
    address = reverse("work_unit_sheet", args=[code])
    context = {
        "unit": names[code], "unit_url": reverse("unit", args=[code]), "parts": parts, "now": now, "year": desk.year.year,
        "list_word": LISTS[which], "headings": [(one.label, one.narrow) for one in columns],
        "lists": [(LISTS[name], f"{address}?list={name}", name == which) for name in OFFICE_COLUMNS],
        "crumbs": [(_("Work"), reverse("work_list")), (str(LISTS[which]), "")],
    }  # fmt: skip
    return render(request, "office/work/sheet.html", context)


def _printed(row: ShownRow, columns: Sequence[OfficeColumn]) -> dict[str, Any]:
    cells = []
    for column in columns:
        value = column.fill(row)
        words = f"{value:%Y-%m-%d}" if isinstance(value, date) else "" if value is None else str(value)
        cells.append({
            "label": column.label, "words": words, "narrow": column.narrow,
            "wide": column.width >= _WIDE, "kind": "number" if column is NUMBER else "light" if column is LIGHT else "",
        })  # fmt: skip
    return {"number": row.number, "url": row.url, "light": row.light, "safety": row.safety, "cells": cells}
