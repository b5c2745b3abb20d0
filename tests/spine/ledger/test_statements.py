"""How many statements recording and scoring take, and that their number does not grow with the ledger."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qipan.assessment.text import Text
from qipan.overview.board import board
from qipan.spine.ledger.actions import Fact, open_round, record
from qipan.spine.ledger.models import Observation
from qipan.spine.ledger.recompute import rebuild, verify
from qipan.spine.scorecards import queries
from tests.spine.ledger import small

pytestmark = pytest.mark.django_db
ITEMS = ("street.clean", "street.lamps", "street.faults")
VISITS = 5
MOST = 18


def fill(made: small.Small, until: int) -> None:
    """Bring the ledger to a size: many sites, each visited five times."""
    there = Observation.objects.count()
    rows = []
    for n in range(there, until):
        visit, item = divmod(n, len(ITEMS))
        rows.append(
            Observation(
                uid=uuid.UUID(int=n), county=made.county, year=small.YEAR, item=ITEMS[item], stratum="street",
                cluster=f"site-{visit // VISITS}", selection="census", source=f"v{visit}", recorded_at=small.at(1),
                outcome=("2" if item == 2 else "fail") if visit % 3 == 0 else "0" if item == 2 else "pass",
                observed_at=small.at(visit % VISITS), weight=1,
            )
        )  # fmt: skip
    Observation.objects.bulk_create(rows, batch_size=2000)
    rebuild(made.year)


class Putting:
    """Records facts and scores, and counts the statements."""

    def __init__(self, made: small.Small) -> None:
        self.made = made
        self.uid = uuid.uuid4()

    def __call__(self, *facts: Fact) -> int:
        with CaptureQueriesContext(connection) as found:
            rows = record(self.made.county.pk, small.YEAR, facts, by=None)
            queries.card(self.made.year)
        self.uid = rows[-1].uid
        return len(found)


def looks(made: small.Small) -> tuple[int, int]:
    """The statements of a board after something was recorded, and of a standing that is there already."""
    day = small.at(40).date()
    with CaptureQueriesContext(connection) as first:
        board(made.year, day)
    with CaptureQueriesContext(connection) as again:
        queries.standing(made.year, day)
    return len(first), len(again)


def test_one_observation_and_its_score_take_as_many_statements_in_a_large_ledger():
    queries.forget()
    made = small.make()
    places = [("street", f"site-{n}") for n in range(50)]
    draw = open_round(made.county.pk, "r", Text("轮"), "drawn", small.at(0), places).pk
    looks(made)  # standards are read once in a process
    put = Putting(made)
    put(small.fact("street.clean", "na", 1, "elsewhere"))  # the journal's chain is begun once
    found = []
    for size in (1_000, 10_000):
        fill(made, size)
        one, two, three = (f"site-{size // 1000 + n}" for n in (1, 2, 3))
        plain = put(small.fact("street.clean", "na", 30, one))
        in_round = put(small.fact("street.lamps", "na", 31, two, round=draw, selection="drawn"))
        corrected = put(Fact("street.lamps", "fail", small.at(31), supersedes=put.uid))
        visit = put(*(small.fact(item, "na", 32, three) for item in ITEMS))
        found.append((plain, in_round, corrected, visit, *looks(made)))
    assert found[0] == found[1]
    plain, in_round, corrected, visit, seen, again = found[0]
    assert max(plain, in_round, visit) <= MOST
    assert corrected <= MOST + 1, "what it corrects, and whether that is corrected already, is one statement more"
    assert seen <= 25
    assert again <= 2, "where nothing has changed, it is kept"
    assert verify() == []
