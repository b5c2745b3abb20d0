"""The gaps: each count is its list, and what is mended leaves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.ground.units.models import Post, Role
from qipan.overview.gaps import KINDS, Gaps, Kind, gaps
from qipan.spine.campaigns.actions import choose_answering_lead
from qipan.spine.campaigns.models import CampaignYear, FunctionDuty
from qipan.spine.ledger.actions import Fact, record
from qipan.spine.work.models import Kind as WorkKind
from qipan.spine.work.models import State, WorkClass, WorkItem
from tests.faces.office.county import UNMAPPED, YEAR, Made
from tests.faces.office.pages import rows, text

pytestmark = pytest.mark.django_db


def found(made: Made, days: int = 30) -> Gaps:
    """The gaps as they are now, with the duties read anew."""
    return gaps(CampaignYear.objects.get(pk=made.year.pk), timezone.now(), days=days)


def keys(made: Made, kind: Kind) -> set[str]:
    """What stands in a list."""
    return {row.key for row in found(made).lists[kind]}


def test_a_function_that_is_mapped_and_a_check_whose_lead_is_chosen_leave(made: Made) -> None:
    assert UNMAPPED in keys(made, "function")
    FunctionDuty.objects.create(campaign=made.campaign, function=UNMAPPED, unit=made.head.posts.get().unit)
    CampaignYear.objects.filter(pk=made.year.pk).update(duties_version=made.year.duties_version + 1)
    assert UNMAPPED not in keys(made, "function")
    before = keys(made, "lead")
    check = sorted(before)[0]
    choose_answering_lead(made.year, check, made.head.posts.get().unit.code, by=made.office.posts.get())
    assert keys(made, "lead") == before - {check}


def test_a_unit_leaves_when_it_has_a_head_a_deputy_in_charge_and_a_liaison(made: Made) -> None:
    unit = made.head.posts.get().unit
    row = next(row for row in found(made).lists["people"] if row.key == unit.code)
    assert row.note == Text("无分管负责人，无联络员", "no deputy in charge and no liaison officer")
    Post.objects.create(unit=unit, person=made.head, role=Role.LIAISON, title_zh="联络员")
    row = next(row for row in found(made).lists["people"] if row.key == unit.code)
    assert row.note == Text("无分管负责人", "no deputy in charge")
    Post.objects.create(unit=unit, person=made.head, role=Role.HEAD, title_zh="副局长")
    assert unit.code not in keys(made, "people")
    assert made.office.posts.get().unit.code not in keys(made, "people")


def test_a_site_stays_until_someone_else_has_looked(made: Made) -> None:
    site = Site.objects.order_by("code")[0]
    item, stratum = next((fact.item, fact.stratum) for fact in _facts(made) if fact.cluster == site.code)
    assert site.code in keys(made, "inspected")
    at = timezone.now() - timedelta(days=2)
    record(made.county.pk, YEAR, [Fact(item, "pass", at, stratum, site.code, selection="chosen", own=True)], by=None)
    assert site.code in keys(made, "inspected"), "the unit's own look is no inspection"
    record(made.county.pk, YEAR, [Fact(item, "pass", at, stratum, site.code, selection="chosen")], by=None)
    assert site.code not in keys(made, "inspected")
    assert site.code in {row.key for row in found(made, days=1).lists["inspected"]}
    assert site.territory is not None and site.territory.code not in keys(made, "areas")


def _facts(made: Made) -> list[Any]:
    from qipan.spine.ledger.models import Observation

    return list(Observation.objects.filter(county=made.county, outcome="pass").exclude(cluster="-"))


def test_a_type_leaves_when_a_site_is_registered_or_the_county_has_none(made: Made) -> None:
    kind = Site.objects.order_by("code")[0].type
    Site.objects.filter(type=kind).update(type="elsewhere")
    assert kind in keys(made, "sites")
    CampaignYear.objects.filter(pk=made.year.pk).update(absent_types=[kind])
    assert kind not in keys(made, "sites")
    CampaignYear.objects.filter(pk=made.year.pk).update(absent_types=[])
    Site.objects.create(county=made.county, code="new", name_zh="新点位", type=kind)
    assert kind not in keys(made, "sites")


def test_work_and_sample_limits(made: Made) -> None:
    now = timezone.now()
    item = WorkItem.objects.create(
        county=made.county, year=YEAR, number="2026-00001", kind=WorkKind.ORDER, origin_kind="visit", title_zh="井盖缺失",
        lead=made.head.posts.get().unit, issued_at=now, due_from=now, deadline=now - timedelta(days=3, hours=1),
    )  # fmt: skip
    WorkClass.objects.create(county=made.county, code="GEN", name_zh="一般", limit=5, limit_unit="working_day")
    assert [(row.key, row.days) for row in found(made).lists["overdue"]] == [("2026-00001", 3)]
    assert keys(made, "limits") == {"GEN"}
    item.state = State.REPORTED
    item.save()
    WorkClass.objects.update(basis=WorkClass.Basis.OFFICE)
    assert not keys(made, "overdue") and not keys(made, "limits")


def test_a_count_is_the_length_of_its_list_and_of_its_export(made: Made, office: Client) -> None:
    whole = found(made)
    page = text(office.get("/gaps/"))
    for kind in KINDS:
        shown = text(office.get(f"/gaps/?kind={kind}&days=30"))
        assert f"<b>{whole.count(kind)}</b>" in page
        exported = office.get(f"/gaps/?kind={kind}&days=30&export=csv").content.decode("utf-8-sig").splitlines()
        assert len(exported) == whole.count(kind) + 1
        listed = [cells for attributes, cells in rows(shown) if cells][1:]
        assert len(listed) == min(whole.count(kind), 50)
    exported = office.get("/gaps/?export=csv").content.decode("utf-8-sig").splitlines()
    assert len(exported) == sum(whole.count(kind) for kind in KINDS) + 1


def test_units_do_not_see_the_county_s_gaps(made: Made, head: Client) -> None:
    assert head.get("/gaps/").status_code == 403
