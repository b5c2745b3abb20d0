"""Recording in one go: what is prepared beside the ledger is what a recompute finds in it."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from qipan.assessment.printing import printed_card
from qipan.assessment.scorecard import scorecard
from qipan.spine.campaigns.books import rulebook
from qipan.spine.ledger import actions, running
from qipan.spine.ledger.actions import Fact
from qipan.spine.ledger.models import Observation
from qipan.spine.ledger.preview import moves
from qipan.spine.ledger.recompute import differences
from tests.little_ledger import FIRST, YEAR, Little, little_county, look

pytestmark = pytest.mark.django_db


@pytest.fixture
def little() -> Little:
    return little_county()


def test_a_list_of_facts_is_recorded_whole_or_not_at_all(little):
    wrong = [look("hotel.ho1", "h1", "pass"), look("hotel.ho9", "h1", "pass"), look("hotel.ho1", "h1", "blue")]
    with pytest.raises(actions.RecordError) as caught:
        actions.record(little.county.pk, YEAR, wrong, by=little.office)
    assert [(place, error.column) for place, error in caught.value.errors] == [(1, "item"), (2, "outcome")]
    assert not Observation.objects.exists()


def test_a_correction_may_follow_what_it_corrects_in_the_same_list(little):
    first = look("hotel.ho1", "h1", "fail", round=little.rounds["census"].pk, selection="census", subject="", own=True)
    second = look("hotel.ho1", "", "pass", supersedes=first.uid)
    actions.record(little.county.pk, YEAR, [first, second], by=little.office)
    stored = Observation.objects.get(uid=second.uid)
    assert (stored.cluster, stored.selection, stored.round_id) == ("h1", "census", little.rounds["census"].pk)
    assert stored.own, "a correction does not change who looked"
    assert not list(differences(little.year))


def test_what_is_corrected_once_cannot_be_corrected_again(little):
    first = look("hotel.ho1", "h1", "fail")
    actions.record(little.county.pk, YEAR, [first], by=little.office)
    twice = [look("hotel.ho1", "", "pass", supersedes=first.uid), look("hotel.ho1", "", "na", supersedes=first.uid)]
    with pytest.raises(actions.RecordError) as caught:
        actions.record(little.county.pk, YEAR, twice, by=little.office)
    assert [place for place, _ in caught.value.errors] == [1]


def test_the_preview_is_what_recording_then_does(little):
    census = little.rounds["census"].pk
    facts = [
        look(f"hotel.ho{n}", "h1", "pass" if n < 3 else "fail", round=census, selection="census") for n in (1, 2, 3)
    ]
    prepared = actions.prepare(little.county.pk, YEAR, facts, by=little.office)
    (move,) = moves(prepared)
    assert not Observation.objects.exists(), "a preview writes nothing"
    actions.record(little.county.pk, YEAR, facts, by=little.office)
    book = rulebook(little.year)
    card = printed_card(scorecard(book, running.stored_tallies(little.year.pk)))
    assert move.after == (card.total.earned, card.total.lost, card.total.unassessed)
    assert move.range_after == (card.total.worst, card.total.best)
    assert sum(move.after) == sum(move.before) == 100_000_000
    for i in range(3):
        assert sum(after[i] for _, after in move.sections.values()) + move.by_rule[1][i] == move.after[i]


OUTCOMES = {
    "hotel.ho1": ["pass", "fail", "na", "not_seen", "disputed"],
    "hotel.ho2": ["pass", "fail", "na"],
    "road.r1": ["0", "3", "4", "lost"],
    "2.1": ["A", "B", "C", "na"],
}
CLUSTERS = {"hotel": ["h1", "h2"], "road": ["r1", "r3"], "2": [""]}


class RunningEqualsRecomputed(TestCase):
    @given(data=st.data())
    @settings(suppress_health_check=[HealthCheck.too_slow], max_examples=25)
    def test_whatever_is_recorded_in_whatever_batches(self, data):
        little = little_county(2, 3)
        rounds = [(None, "chosen"), (little.rounds["census"].pk, "census"), (little.rounds["draw"].pk, "drawn")]
        recorded: list = []
        for batch in range(data.draw(st.integers(1, 3))):
            facts: list[Fact] = []
            for _ in range(data.draw(st.integers(0, 6))):
                item = data.draw(st.sampled_from(sorted(OUTCOMES)))
                cluster = data.draw(st.sampled_from(CLUSTERS[item.split(".")[0]]))
                round_id, selection = data.draw(st.sampled_from(rounds))
                when = FIRST + timedelta(days=data.draw(st.integers(0, 2)))
                corrected = [fact for fact in recorded + facts if fact.item == item]
                supersedes = data.draw(st.sampled_from([None, *(fact.uid for fact in corrected)]))
                if any(fact.supersedes == supersedes for fact in recorded + facts if supersedes):
                    supersedes = None
                words = [*OUTCOMES[item], "withdrawn"] if supersedes else OUTCOMES[item]
                facts.append(
                    look(
                        item, cluster, data.draw(st.sampled_from(words)), observed_at=when, recorded_at=when,
                        round=round_id, selection=selection, own=data.draw(st.booleans()),
                        source=data.draw(st.sampled_from(["", "a", "b"])), supersedes=supersedes,
                    )
                )  # fmt: skip
            actions.record(little.county.pk, YEAR, facts, by=None)
            recorded += facts
            assert not list(differences(little.year)), f"batch {batch}"
