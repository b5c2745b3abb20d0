"""Importing units: pasted, from a spreadsheet, or chosen from a unit pack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.setup.register_import import Register, import_page, preview
from qipan.ground.documents.lists import ListRead, Plan
from qipan.ground.units.permissions import MANAGE_UNITS
from qipan.ground.units.unit_list import HEADINGS, ORDER, UnitPack, apply_units, pack_lines, plan_units, unit_packs

GROUPS = ("department", "town", "committee")


def _plan(request: HttpRequest, read: ListRead, mapped: Mapping[str, str]) -> Plan:
    return plan_units(read, at_desk(request).county)


def _record(request: HttpRequest, read: ListRead, mapped: Mapping[str, str]) -> Plan:
    return apply_units(read, by=at_desk(request).post)


def _columns() -> list[tuple[str, str]]:
    return [
        ("单位名称 / Chinese name", _("needed")),
        ("单位类型 / Type", _("a type of this county; told from the name where it is left out (…镇, …村, …局)")),
        ("上级单位 / Under", _("the unit above, by name; or set the line in below it")),
        ("单位编码 / Code, 英文名称 / English name, 启用日期 / First day, 停用日期 / Last day", _("optional")),
    ]


REGISTER = Register(
    names=HEADINGS, order=ORDER, plan=_plan, record=_record, page="unit_import", back="setup_units",
    title=lambda: _("Import units"), back_title=lambda: _("Units"), columns=_columns,
    sample=lambda: "县住房和城乡建设局，部门\n河口镇，镇\n　　河口村，行政村\n　　东关社区，社区",
    units=lambda request: [],
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_UNITS)
def unit_import(request: HttpRequest) -> HttpResponse:
    """Import a list of units."""
    packs = unit_packs()
    chosen = next((pack for pack in packs if pack.file == request.POST.get("pack")), None)
    more: dict[str, Any] = {"packs": [_shown(pack) for pack in packs]}
    if request.method == "POST" and chosen is not None and not request.POST.get("carried"):
        codes = set(request.POST.getlist("unit"))
        groups = set(request.POST.getlist("group"))
        codes |= {unit.code for unit in chosen.units if unit.group in groups}
        read = pack_lines(chosen, codes)
        if read.lines:
            context: dict[str, Any] = {"register": REGISTER}
            return preview(request, REGISTER, read, context | _frame(request))
        more["pack_problem"] = _("Choose at least one group or unit of the pack.")
    return import_page(request, REGISTER, more)


def _frame(request: HttpRequest) -> dict[str, Any]:
    return {
        "page_url": reverse(REGISTER.page), "import_title": REGISTER.title(),
        "crumbs": [(_("Settings"), reverse("setup")), (_("Units"), reverse("setup_units")), (REGISTER.title(), "")],
    }  # fmt: skip


def _shown(pack: UnitPack) -> dict[str, Any]:
    titles = {
        "department": _("Departments"),
        "town": _("Towns and townships"),
        "committee": _("Villages and neighbourhoods"),
    }
    groups = []
    for group in GROUPS:
        units = [unit for unit in pack.units if unit.group == group]
        if units:
            # Villages are chosen as a whole: a browser may send a thousand fields and no more.
            groups.append(
                {"key": group, "title": titles[group], "count": len(units), "units": units if len(units) <= 120 else ()}
            )
    return {"file": pack.file, "title": pack.title, "note": pack.note, "groups": groups}
