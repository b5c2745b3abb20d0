"""Whatever happens in whatever order: running sums, a recompute, the pure scorer and the board say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qipan.assessment.batch import tallies_of
from qipan.assessment.reading import NOTHING_READ, ClusterReadings
from qipan.assessment.scorecard import Scorecard, scorecard
from qipan.assessment.text import Text
from qipan.overview.board import Sums, board
from qipan.overview.points import BY_RULE, GROUPINGS, UNOWNED, WHOLE, Wanted, listed
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.ledger.actions import Fact, close_round, open_round, record
from qipan.spine.ledger.models import Observation, Round
from qipan.spine.ledger.recompute import verify
from qipan.spine.scorecards import queries
from tests.spine.ledger import small

EXAMPLES = max(25, settings().max_examples // 2)
pytestmark = [pytest.mark.django_db, pytest.mark.hypothesis]


@dataclass(frozen=True)
class Seen:
    """A fact to record; `round` is a number among the rounds there are."""

    item: str
    cluster: int
    outcome: int
    day: int
    round: int
    selection: str
    subject: str
    weight: int
    own: bool
    source: str


SEEN = st.builds(
    Seen,
    item=st.sampled_from(list(small.ITEMS)),
    cluster=st.integers(0, 2),
    outcome=st.integers(0, 6),
    day=st.integers(0, 40),
    round=st.integers(-1, 2),
    selection=st.sampled_from(["drawn", "census", "chosen", "chosen"]),
    subject=st.sampled_from(["", "1", "2"]),
    weight=st.sampled_from([1, 1, 1, 3]),
    own=st.sampled_from([False, False, True]),
    source=st.sampled_from(["", "v1", "v2"]),
)
VISIT = st.lists(SEEN, min_size=1, max_size=4)
STEPS = st.one_of(
    VISIT,
    VISIT,
    st.tuples(st.just("correct"), st.integers(0, 30), st.integers(0, 6)),
    st.tuples(st.just("withdraw"), st.integers(0, 30)),
    st.tuples(
        st.just("open"), st.sampled_from(["drawn", "census", "chosen"]), st.integers(0, 40),
        st.lists(st.sampled_from(small.PLACES), max_size=4),
    ),
    st.tuples(st.just("close"), st.integers(0, 2)),
)  # fmt: skip


def facts(seen: list[Seen], rounds: list[int]) -> list[Fact]:
    """The facts to record."""
    made = []
    for one in seen:
        _, clusters, outcomes = small.ITEMS[one.item]
        where = clusters[one.cluster % len(clusters)]
        at_round = rounds[one.round % len(rounds)] if rounds and one.round >= 0 else None
        fact = small.fact(
            one.item, outcomes[one.outcome % len(outcomes)], one.day, where, round=at_round, selection=one.selection,
            subject=one.subject, weight=one.weight, own=one.own, source=one.source,
        )  # fmt: skip
        made.append(fact)
    return made


def correct(made: small.Small, which: int, outcome: int | None) -> None:
    """Correct, or withdraw, one of the records that have not been corrected yet."""
    gone = set(Observation.objects.exclude(supersedes=None).values_list("supersedes", flat=True))
    left = [o for o in Observation.objects.order_by("seq") if o.uid not in gone]
    if left:
        original = left[which % len(left)]
        outcomes = small.ITEMS[original.item][2]
        said = "withdrawn" if outcome is None else outcomes[outcome % len(outcomes)]
        fact = Fact(original.item, said, original.observed_at, supersedes=original.uid, weight=original.weight)
        record(made.county.pk, small.YEAR, [fact], by=None)


def do(made: small.Small, step: object) -> None:
    """Take a step."""
    rounds = list(Round.objects.order_by("id").values_list("id", flat=True))
    match step:
        case list():
            record(made.county.pk, small.YEAR, facts(step, rounds), by=None)
        case ("correct", int(which), int(outcome)):
            correct(made, which, outcome)
        case ("withdraw", int(which)):
            correct(made, which, None)
        case ("open", str(selection), int(day), list(places)):
            if len(rounds) < 3:
                # Rounds of one moment are ranked by their number; the pure scorer knows names alone.
                opened = small.at(day + len(rounds) / 10)
                open_round(made.county.pk, str(len(rounds)), Text("轮"), selection, opened, places)
        case ("close", int(which)):
            if rounds:
                close_round(rounds[which % len(rounds)], small.at(50))


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(STEPS, min_size=1, max_size=7))
def test_running_equals_recomputed_equals_the_pure_scorer_and_the_board_adds_up(db, steps):
    with transaction.atomic():
        queries.forget()
        made = small.make()
        priced = small.add_year(made.county, small.POINTS)
        later = small.add_year(made.county, year=small.YEAR + 1)
        for step in steps:
            do(made, step)
            assert verify() == []
            agree(made.year)
            agree(priced)
            adds_up(made.year)
            adds_up(priced)
            assert not small.stored(later)
        transaction.set_rollback(True)
    queries.forget()


def agree(year: CampaignYear) -> None:
    """The pure scorer, given the same facts, reads and scores the same."""
    pure = small.gathered(year).readings(small.rounds(year))
    nothing = ClusterReadings(NOTHING_READ, None)
    assert small.stored(year) == {key: both for key, both in pure.items() if both != nothing}
    book = rulebook(year)
    same(queries.card(year), scorecard(book, tallies_of(pure)))


def same(one: Scorecard, two: Scorecard) -> None:
    """Two scorecards are equal, number by number."""
    assert one.total == two.total
    assert one.nodes == two.nodes
    assert one.checks == two.checks
    assert one.adjustments == two.adjustments
    assert one.gates == two.gates


def four(sums: object) -> tuple[int, ...]:
    """Possible, earned, lost, unassessed."""
    return tuple(getattr(sums, name) for name in ("possible", "earned", "lost", "unassessed"))


def plus(rows: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """The sum of rows of four."""
    return tuple(sum(column) for column in zip((0, 0, 0, 0), *rows, strict=True))


def adds_up(year: CampaignYear) -> None:
    """Every figure is the sum of what it opens, and the rows of the board add up to the total."""
    made = board(year, small.at(45).date())
    now, card = made.standing, made.card
    rows = [row for row in (*made.rows, made.unowned, made.by_rule) if row is not None]
    whole = four(card.total)
    assert whole[1] + whole[2] + whole[3] == whole[0] == sum(four(node)[0] for node in top(card))
    assert plus([four(row.total) for row in rows]) == whole
    for section in made.sections:
        column = plus([four(row.sections.get(section.key, Sums())) for row in rows])
        if section.key != WHOLE:
            assert column == four(card.nodes[section.key])
        else:
            assert column == plus([(0, a.earned, a.lost, a.unassessed) for a in card.adjustments if not a.node])
    figures = [(Wanted(), whole)]
    figures += [
        (Wanted(section=s.key), plus([four(r.sections.get(s.key, Sums())) for r in rows])) for s in made.sections
    ]
    for row in rows:
        figures.append((Wanted(whose=row.whose), four(row.total)))
        figures += [(Wanted(whose=row.whose, section=key), four(sums)) for key, sums in row.sections.items()]
    figures += [(Wanted(node=key), four(node)) for key, node in card.nodes.items()]
    figures += [(Wanted(check=key), four(score)) for key, score in card.checks.items()]
    figures += [(Wanted(side=side), four(sums)) for side, sums in made.sides.items()]
    figures += [(Wanted(stratum=kind.stratum), four(kind.sums)) for kind in made.types]
    for cluster in {part.cluster for part in now.parts if part.cluster}:
        parts = [four(part) for part in now.parts if part.cluster == cluster]
        figures.append((Wanted(cluster=cluster), plus(parts)))
    for wanted, figure in figures:
        for by in GROUPINGS:
            found = listed(now, wanted, by)
            assert plus([four(row) for row in found]) == figure, (wanted, by)
    assert all(loss.lost == card.checks[loss.check].lost for loss in made.losses)
    assert made.unowned is None or made.unowned.whose == UNOWNED
    assert made.by_rule is None or made.by_rule.whose == BY_RULE


def top(card: Scorecard) -> list:
    """The scores of the sections."""
    return [card.nodes[section.key] for section in card.book.sections]
