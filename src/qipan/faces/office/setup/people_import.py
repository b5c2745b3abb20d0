"""Importing people and their posts."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.setup.register_import import Register, import_page, unit_codes
from qipan.ground.documents.lists import ListRead, Plan
from qipan.ground.units.people_list import HEADINGS, ORDER, apply_people, plan_people
from qipan.ground.units.permissions import MANAGE_PEOPLE


def _plan(request: HttpRequest, read: ListRead, mapped: Mapping[str, str]) -> Plan:
    return plan_people(read, at_desk(request).county, timezone.localdate(), mapped)


def _record(request: HttpRequest, read: ListRead, mapped: Mapping[str, str]) -> Plan:
    return apply_people(read, timezone.localdate(), by=at_desk(request).post, mapped=mapped)


def _columns() -> list[tuple[str, str]]:
    return [
        ("姓名 / Name", _("needed")),
        ("单位 / Unit", _("needed; a unit of this county by name or code")),
        ("职务 / Title", _("the official title")),
        ("角色 / Role", _("创城办, 县领导, 负责人, 联络员 or 督查员; told from the title where it is left out")),
        ("电话 / Phone, 用户名 / User name", _("optional")),
    ]


REGISTER = Register(
    names=HEADINGS, order=ORDER, plan=_plan, record=_record, page="people_import", back="people",
    title=lambda: _("Import people"), back_title=lambda: _("People and posts"), columns=_columns,
    sample=lambda: "李红，河口镇，镇创城办联络员，联络员，13800001234\n赵刚，县住房和城乡建设局，局长，负责人",
    units=unit_codes,
)  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_PEOPLE)
def people_import(request: HttpRequest) -> HttpResponse:
    """Import a list of people."""
    return import_page(request, REGISTER)
