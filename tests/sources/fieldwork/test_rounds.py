"""Rounds: drawn as anyone can draw them again, opened once, grown while open, closed for good."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment import draw
from qipan.assessment.text import Text
from qipan.ground.audit.models import AuditEntry
from qipan.ground.sites.models import Site
from qipan.sources.fieldwork import rounds
from qipan.sources.fieldwork.draws import frames
from qipan.sources.fieldwork.rounds import DESK, Plan, RoundError
from qipan.spine.ledger.models import Listing, Reading, Round, RoundFigure
from tests.little_ledger import Little, little_county

pytestmark = pytest.mark.django_db
SEED = "20260101-public"


@pytest.fixture
def little() -> Little:
    return little_county(hotels=8, roads=5, rounds=False)


def plan(kind: str = "drawn", numbers: dict[str, int] | None = None, **more: Any) -> Plan:
    given = {"name": Text("第一轮", "First"), "code": "one", "seed": SEED if kind == "drawn" else "", **more}
    return Plan(kind=kind, numbers={"hotel": 3, "road": 2} if numbers is None else numbers, **given)


def codes(of: Round, stratum: str) -> set[str]:
    return set(Listing.objects.filter(round=of, stratum=stratum).values_list("cluster", flat=True))


def test_the_frames_are_the_types_of_the_standard_with_sites(little: Little) -> None:
    Site.objects.create(county=little.county, code="x1", name_zh="别的", type="castle")
    Site.objects.filter(code="h8").update(valid_to=timezone.localdate() - timedelta(days=1))
    found = {
        frame.stratum: (len(frame.sites), frame.respondents) for frame in frames(little.year, timezone.localdate())
    }
    assert found == {"hotel": (7, False), "road": (5, False), "residents": (1, True)}


def test_a_draw_is_what_the_seed_says_and_what_it_lists_is_missing(little: Little) -> None:
    opened = rounds.open_round(little.year, plan(), by=little.office)
    assert codes(opened, "hotel") == set(draw(SEED, "hotel", [f"h{n}" for n in range(1, 9)], 3))
    assert codes(opened, "road") == set(draw(SEED, "road", [f"r{n}" for n in range(1, 6)], 2))
    assert (opened.seed, opened.selection) == (SEED, "drawn")
    assert Reading.objects.filter(level=Reading.Level.NOW, enters=True, not_seen__gt=0).count() == 5
    entry = AuditEntry.objects.get(verb="rounds.open")
    assert (entry.person, entry.thing_id) == (little.office.person.get_username(), "one")
    assert entry.details["types"] == {"hotel": [3, 8], "road": [2, 5]}


def test_a_census_lists_every_site_of_its_types(little: Little) -> None:
    opened = rounds.open_round(little.year, plan("census", {"hotel": 8, "road": 0}), by=little.office)
    assert codes(opened, "hotel") == {f"h{n}" for n in range(1, 9)}
    assert not codes(opened, "road")
    assert (opened.selection, opened.seed) == ("census", "")


def test_a_round_for_the_desk_has_no_list(little: Little) -> None:
    opened = rounds.open_round(little.year, plan(DESK, {}), by=little.office)
    assert opened.selection == "census"
    assert not opened.listings.exists()


def test_sent_twice_it_is_one_round(little: Little) -> None:
    first = rounds.open_round(little.year, plan(), by=little.office)
    assert rounds.open_round(little.year, plan(), by=little.office) == first
    assert Round.objects.count() == AuditEntry.objects.filter(verb="rounds.open").count() == 1
    with pytest.raises(RoundError) as taken:
        rounds.open_round(little.year, plan(numbers={"hotel": 4}), by=little.office)
    assert taken.value.field == "code"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": Text("", "x")}, "name_zh"),
        ({"code": "no spaces"}, "code"),
        ({"code": ""}, "code"),
        ({"seed": "a|b"}, "seed"),
        ({"seed": ""}, "seed"),
        ({"kind": "chosen"}, "kind"),
        ({"due_on": timezone.localdate() - timedelta(days=1)}, "due_on"),
        ({"numbers": {"hotel": 9}}, "n:hotel"),
        ({"numbers": {"castle": 1}}, "n:castle"),
        ({"numbers": {}}, "numbers"),
    ],
)
def test_what_stands_against_opening_names_its_field(little: Little, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(RoundError) as refused:
        rounds.open_round(little.year, plan(**wrong), by=little.office)
    assert refused.value.field == field
    assert not Round.objects.exists()


def test_a_draw_grows_and_keeps_what_it_had(little: Little) -> None:
    opened = rounds.open_round(little.year, plan(), by=little.office)
    before = codes(opened, "hotel")
    assert rounds.extend_round(little.year, "one", {"hotel": 5, "road": 2}, by=little.office) == 2
    assert before < codes(opened, "hotel") == set(draw(SEED, "hotel", [f"h{n}" for n in range(1, 9)], 5))
    assert Reading.objects.filter(level=Reading.Level.NOW, enters=True).count() == 7
    assert rounds.extend_round(little.year, "one", {"hotel": 5, "road": 2}, by=little.office) == 0
    assert AuditEntry.objects.filter(verb="rounds.extend").count() == 1


def test_a_closed_round_publishes_and_grows_no_more(little: Little) -> None:
    opened = rounds.open_round(little.year, plan(), by=little.office)
    closed = rounds.close_round(little.year, "one", by=little.office)
    assert closed.closed_at is not None
    assert sum(RoundFigure.objects.filter(round=opened).values_list("clusters", flat=True)) == 5
    assert rounds.close_round(little.year, "one", by=little.office).closed_at == closed.closed_at
    with pytest.raises(RoundError):
        rounds.extend_round(little.year, "one", {"hotel": 5}, by=little.office)
    assert AuditEntry.objects.filter(verb="rounds.close").count() == 1


def test_a_census_does_not_grow(little: Little) -> None:
    rounds.open_round(little.year, plan("census", {"hotel": 8}), by=little.office)
    with pytest.raises(RoundError):
        rounds.extend_round(little.year, "one", {"hotel": 8, "road": 1}, by=little.office)


def test_only_the_office_opens_extends_and_closes(little: Little) -> None:
    with pytest.raises(PermissionDenied):
        rounds.open_round(little.year, plan(), by=little.inspector)
    rounds.open_round(little.year, plan(), by=little.office)
    other = little_county(code="other", rounds=False)
    for by in (little.inspector, other.office):
        with pytest.raises(PermissionDenied):
            rounds.extend_round(little.year, "one", {"hotel": 5}, by=by)
        with pytest.raises(PermissionDenied):
            rounds.close_round(little.year, "one", by=by)
