"""Programmes that share places with the campaign: a list of sites and units each, and nothing recorded twice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.sites.models import Site
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import differences, stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import County, Post, Unit
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.spine.campaigns.models import Programme


@dataclass(frozen=True, slots=True)
class ProgrammePlan:
    """A programme as it is entered: `sites` and `units` are keys."""

    name_zh: str
    name_en: str = ""
    basis: str = ""
    owner: int | None = None
    sites: tuple[int, ...] = ()
    units: tuple[int, ...] = ()


def programmes_of(county_id: int) -> list[Programme]:
    """Return the programmes of a county (three statements)."""
    rows = Programme.objects.filter(county_id=county_id).select_related("owner")
    return list(rows.prefetch_related("sites", "units"))


def programme_of(county_id: int, pk: int) -> Programme | None:
    """Return a programme of a county, or None (three statements)."""
    return next((one for one in programmes_of(county_id) if one.pk == pk), None)


def sites_of(programme: Programme, below: Collection[int]) -> QuerySet[Site]:
    """Return the sites of a programme: those that are named, and all in the territory of its units.

    Args:
        programme: the programme.
        below: its units with all that stand below them.
    """
    named = Q(pk__in=programme.sites.values("pk"))
    return Site.objects.filter(named | Q(territory_id__in=below), county_id=programme.county_id)


def plan_of(programme: Programme) -> ProgrammePlan:
    """Return a programme as it is entered."""
    return ProgrammePlan(
        programme.name_zh, programme.name_en, programme.basis, programme.owner_id,
        tuple(sorted(site.pk for site in programme.sites.all())), tuple(sorted(unit.pk for unit in programme.units.all())),
    )  # fmt: skip


def add_programme(county: County, plan: ProgrammePlan, *, by: Post) -> Programme:
    """Add a programme.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: a field does not do.
    """
    if not MANAGE_CAMPAIGN.allows(by, county):
        raise PermissionDenied
    values, sites, units = _values(plan, county.pk)
    with act(actor(by)) as done:
        made = Programme.objects.create(county=county, **values)
        made.sites.set(sites)
        made.units.set(units)
        done.note("programme.add", thing(made), {"version": 1, "changes": differences({}, _said(made))})
    return made


def change_programme(pk: int, plan: ProgrammePlan, *, version: int, by: Post) -> Programme:
    """Change a programme; what was recorded at its sites is not touched.

    Raises:
        PermissionDenied: the post may not, or there is no such programme.
        RegisterError: a field does not do; `Stale` where somebody was faster.
    """
    programme = _mine(pk, by)
    was = _said(programme)
    values, sites, units = _values(plan, programme.county_id)
    with act(actor(by)) as done:
        if not Programme.objects.filter(pk=pk, version=version).update(version=version + 1, **values):
            raise stale(by.unit.county.code, "programme", pk, version, programme.version)
        programme.sites.set(sites)
        programme.units.set(units)
        programme = _mine(pk, by)
        changed = differences(was, _said(programme))
        done.note("programme.change", thing(programme), {"version": programme.version, "changes": changed})
    return programme


def remove_programme(pk: int, *, by: Post) -> ProgrammePlan:
    """Take a programme out, and return it, so that it can be put back. Its sites and what was seen there stay.

    Raises:
        PermissionDenied: the post may not, or there is no such programme.
    """
    programme = _mine(pk, by)
    plan, said = plan_of(programme), _said(programme)
    with act(actor(by)) as done:
        gone = differences(said, dict.fromkeys(said, ""))
        done.note("programme.remove", thing(programme), {"version": programme.version + 1, "changes": gone})
        Programme.objects.filter(pk=pk).delete()
    return plan


def thing(programme: Programme) -> Thing:
    """Return a programme as the journal names it."""
    return Thing("programme", str(programme.pk), programme.name_zh)


def _mine(pk: int, by: Post) -> Programme:
    found = programme_of(by.unit.county_id, pk)
    if found is None or not MANAGE_CAMPAIGN.allows(by, by.unit.county):
        raise PermissionDenied
    return found


def _values(plan: ProgrammePlan, county_id: int) -> tuple[dict[str, Any], list[Site], list[Unit]]:
    if not plan.name_zh.strip():
        raise RegisterError(Text("请填写名称", "write a name"), "name_zh")
    units = list(Unit.objects.filter(county_id=county_id, pk__in=plan.units))
    if plan.owner is not None and not Unit.objects.filter(county_id=county_id, pk=plan.owner).exists():
        raise RegisterError(Text("请选择本县的一个单位", "choose a unit of the county"), "owner")
    sites = list(Site.objects.filter(county_id=county_id, pk__in=plan.sites))
    values = {
        "name_zh": plan.name_zh.strip()[:120], "name_en": plan.name_en.strip()[:160], "basis": plan.basis.strip()[:300],
        "owner_id": plan.owner,
    }  # fmt: skip
    return values, sites, units


def _said(programme: Programme) -> dict[str, object]:
    return {
        "name_zh": programme.name_zh, "name_en": programme.name_en, "basis": programme.basis,
        "owner": programme.owner.name_zh if programme.owner else "",
        "sites": "、".join(sorted(site.code for site in programme.sites.all()))[:2000],
        "areas": "、".join(unit.name_zh for unit in programme.units.all()),
    }  # fmt: skip
