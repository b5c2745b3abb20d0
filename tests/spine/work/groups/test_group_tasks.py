"""A task for several units: each gets its own, or one leads and the others support; all of it, or nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.units.models import Role
from qipan.spine.work.errors import WorkError
from qipan.spine.work.groups.actions import issue_to_units
from qipan.spine.work.models import WorkItem
from qipan.spine.work.pasting.actions import SPEECH, Draft, issue_drafts
from qipan.spine.work.timing.when import When
from tests.spine.work import town as towns
from tests.spine.work.town import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return towns.make()


def until() -> When:
    return When(timezone.now() + timedelta(days=20))


def test_each_unit_gets_a_task_of_its_own(town: Town) -> None:
    made = issue_to_units(
        town.year, ["east", "west", "east"], by=town["office"], title=Text("开展清洁行动"), deadline=until(), supports=["roads", "west"]
    )  # fmt: skip
    assert [item.lead.code for item in made if item.lead] == ["east", "west"]
    assert [sorted(unit.code for unit in item.supports.all()) for item in made] == [["roads", "west"], ["roads"]]


def test_one_unit_leads_and_the_others_support(town: Town) -> None:
    (made,) = issue_to_units(
        town.year, ["east", "west", "roads"], by=town["office"], lead="roads", title=Text("开展清洁行动"), deadline=until()
    )  # fmt: skip
    assert made.lead is not None and made.lead.code == "roads"
    assert sorted(unit.code for unit in made.supports.all()) == ["east", "west"]


def test_what_cannot_be_undoes_all_of_it(town: Town) -> None:
    check = next(iter(towns.rulebook(town.year).lines)) if hasattr(towns, "rulebook") else "1.1/site"
    for units, more, field in (
        ([], {}, "unit"), (["east"], {"lead": "west"}, "unit"), (["east", "west"], {"check": check}, "check"),
        (["east", "west"], {"post": town["east"].pk}, "post"), (["east", "nowhere"], {}, "unit"),
    ):  # fmt: skip
        with pytest.raises(WorkError) as error:
            issue_to_units(town.year, units, by=town["office"], title=Text("开展清洁行动"), deadline=until(), **more)
        assert error.value.field == field
    assert not WorkItem.objects.exists()


def test_a_point_of_a_speech_goes_to_each_unit_of_a_group(town: Town) -> None:
    drafts = [
        Draft("加强巡查", "group:townships", until(), label="一"),
        Draft("修补路面", "roads", until(), label="二"),
    ]
    numbers = issue_drafts(town.year, SPEECH, drafts, by=town["office"], source="讲话")
    made = list(WorkItem.objects.filter(number__in=numbers).order_by("number").values_list("lead__code", "title_zh"))
    towns_of = sorted(unit.code for unit in town.units.values() if unit.type in {"town", "township"})
    assert made == [*((code, "加强巡查") for code in towns_of), ("roads", "修补路面")]
    assert town["office"].role == Role.OFFICE
