"""Importing sites."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.setup.register_import import Register, import_page, unit_codes
from qipan.ground.documents.lists import ListRead, Plan
from qipan.ground.sites.site_list import HEADINGS, ORDER, apply_sites, plan_sites
from qipan.ground.units.permissions import MANAGE_SITES
from qipan.overview.site_words import site_words


def _plan(request: HttpRequest, read: ListRead, mapped: Mapping[str, str]) -> Plan:
    desk = at_desk(request)
    return plan_sites(read, desk.county, timezone.localdate(), site_words(desk.year), mapped)


def _record(request: HttpRequest, read: ListRead, mapped: Mapping[str, str]) -> Plan:
    desk = at_desk(request)
    return apply_sites(read, timezone.localdate(), site_words(desk.year), by=desk.post, mapped=mapped)


def _columns() -> list[tuple[str, str]]:
    return [
        ("点位名称 / Site", _("needed")),
        ("点位类型 / Type", _("needed; a type of the standard or its checklists")),
        ("详细地址 / Address, 经度 / Longitude, 纬度 / Latitude", _("optional; WGS84 degrees")),
        ("所属乡镇 / Territory", _("the unit in whose area it lies")),
        ("责任单位 / Answers for it", _("one unit, for everything at the site that no function below names")),
        ("分职能责任单位 / Duties by function", _("function: unit; function: unit")),
    ]


REGISTER = Register(
    names=HEADINGS, order=ORDER, plan=_plan, record=_record, page="site_import", back="setup_sites",
    title=lambda: _("Import sites"), back_title=lambda: _("Sites"), columns=_columns,
    sample=lambda: "点位名称\t点位类型\t详细地址\t所属乡镇\t责任单位\n西市场\t农贸市场\t西街 3 号\t城关镇\t县市场监督管理局",
    units=unit_codes,
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_SITES)
def site_import(request: HttpRequest) -> HttpResponse:
    """Import a list of sites."""
    return import_page(request, REGISTER)
