"""The county's own limits: stricter or refused; what falls short of them opens an order and loses no point."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.models import Post
from qipan.sources.fieldwork.actions import Answer, NewVisit, save_visit
from qipan.spine.campaigns.local import limited, set_limits, short_of_local
from qipan.spine.ledger.models import Reading
from qipan.spine.work import rechecking
from qipan.spine.work.models import WorkItem
from tests.little_ledger import Little, little_county

pytestmark = pytest.mark.django_db
LITTER = "road.r1"  # at most 3


@pytest.fixture
def little() -> Little:
    return little_county()


def give(little: Little, limit: str, *, by: Post | None = None, version: int | None = None) -> dict[str, list[str]]:
    little.year.campaign.refresh_from_db()
    held = little.year.campaign.version if version is None else version
    changed = set_limits(little.year.pk, {LITTER: limit}, version=held, by=by or little.office)
    little.year.refresh_from_db()
    return changed


def test_a_limit_is_set_changed_and_taken_away(little: Little) -> None:
    (row,) = limited(little.year)
    assert (row.item, row.official, row.local, row.types) == (LITTER, "≤ 3", "", ("road",))
    assert give(little, "1") == {LITTER: ["", "1"]}
    assert limited(little.year)[0].local == "≤ 1"
    assert give(little, " 1.5 ") == {LITTER: ["1", "1.5"]}
    assert give(little, "3/2") == {}, "the same number in other words is no change"
    assert give(little, "3") == {LITTER: ["1.5", ""]}, "what the standard says is no limit of one's own"
    give(little, "0")
    give(little, "")
    assert little.year.local_limits == {}
    assert AuditEntry.objects.filter(verb="campaign.limits").count() == 5


@pytest.mark.parametrize(
    ("written", "words"), [("4", "laxer"), ("3.01", "laxer"), ("few", "number"), ("1e400", "number")]
)
def test_a_laxer_limit_and_what_is_no_number_are_refused_at_their_item(
    little: Little, written: str, words: str
) -> None:
    with pytest.raises(RegisterError, match=words) as error:
        give(little, written)
    assert error.value.field == LITTER
    with pytest.raises(RegisterError, match="no number"):
        set_limits(little.year.pk, {"road.r2": "1"}, version=1, by=little.office)
    little.year.refresh_from_db()
    assert little.year.local_limits == {}


def test_only_the_office_sets_them_and_on_what_it_has_seen(little: Little) -> None:
    with pytest.raises(PermissionDenied):
        give(little, "1", by=little.inspector)
    give(little, "2")
    with pytest.raises(Stale):
        give(little, "1", version=1)
    assert little.year.local_limits == {LITTER: "2"}


@pytest.mark.parametrize(
    ("outcome", "short"), [("1", False), ("2", True), ("3", True), ("4", False), ("not_seen", False), ("na", False)]
)
def test_short_is_what_the_standard_takes_and_the_county_does_not(little: Little, outcome: str, short: bool) -> None:
    assert not short_of_local(little.year, LITTER, outcome)
    give(little, "1")
    assert short_of_local(little.year, LITTER, outcome) == short


def test_what_falls_short_opens_an_order_loses_nothing_and_is_not_passed(little: Little) -> None:
    give(little, "1")

    def look(outcome: str) -> None:
        now = timezone.now() - timedelta(minutes=5)
        save_visit(little.year, NewVisit(uuid.uuid4(), "r1", now, (Answer(LITTER, outcome),)), by=little.inspector)

    def reading() -> tuple[int, ...]:
        found = Reading.objects.filter(cluster="r1", level=Reading.Level.NOW)
        return found.values_list("value", "weight", "num", "den", "faults", "unknown").get()

    look("1")
    clean = reading()
    assert not WorkItem.objects.exists()
    look("2")
    item = WorkItem.objects.get()
    assert (item.item, item.points_at_stake) == (LITTER, 0)
    assert item.text == "未达本县标准≤1（测评标准≤3），现场2"
    assert reading() == clean, "the standard takes it as it takes less"
    judge = rechecking._judge
    for outcome, passed in (("2", False), ("1", True), ("4", False)):
        verdict = judge(item, little.year, outcome, {}, None, None, ())  # type: ignore[arg-type]
        assert verdict.passed is passed, outcome
