"""What the journal says of the ledger: one entry for all that was recorded at once, and who opened and closed a round."""

import pytest

from qipan.assessment.text import Text
from qipan.ground.audit.models import AuditEntry
from qipan.ground.audit.queries import verify
from qipan.ground.units.models import Role
from qipan.spine.ledger.actions import RecordError, close_round, extend_round, open_round, record
from tests.spine.ledger import small
from tests.world import make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return small.make()


def said():
    rows = AuditEntry.objects.order_by("pk")
    return [(row.verb, row.person, row.details) for row in rows if not row.verb.startswith("standards")]


def test_many_observations_recorded_at_once_are_one_entry(made):
    post = make_post(make_person("li"), made.units["town"], Role.OFFICE)
    facts = [small.fact(item, "pass", 1, "s1", source="visit-1") for item in ("street.clean", "street.lamps")]
    rows = record(made.county.pk, small.YEAR, facts, by=post)
    assert said() == [("ledger.record", "li", {"count": 2, "year": small.YEAR, "source": "visit-1"})]
    entry = AuditEntry.objects.get(verb="ledger.record")
    assert (entry.chain, entry.unit, entry.thing_id) == (made.county.code, "town", str(rows[0].uid))


def test_what_the_program_records_stands_in_the_county_s_chain_without_a_person(made):
    record(made.county.pk, small.YEAR, [small.fact("street.clean", "pass", 1, "s1")], by=None)
    entry = AuditEntry.objects.get(verb="ledger.record")
    assert (entry.chain, entry.person) == (made.county.code, "")


def test_what_is_refused_leaves_no_entry(made):
    with pytest.raises(RecordError):
        record(made.county.pk, small.YEAR, [small.fact("no.such.item", "pass", 1, "s1")], by=None)
    assert record(made.county.pk, small.YEAR, [], by=None) == []
    assert said() == []


def test_rounds_say_who_opened_and_closed_them(made):
    post = make_post(make_person("li"), made.units["town"], Role.OFFICE)
    opened = open_round(
        made.county.pk, "r1", Text("第一轮"), "drawn", small.at(0), [("street", "s1")], seed="7", by=post
    )
    assert extend_round(opened.pk, [("street", "s1"), ("street", "s2")], by=post) == 1
    assert extend_round(opened.pk, [("street", "s2")], by=post) == 0
    close_round(opened.pk, small.at(10), by=post)
    close_round(opened.pk, small.at(20), by=post)
    assert [(verb, person) for verb, person, _ in said()] == [
        ("ledger.open_round", "li"), ("ledger.extend_round", "li"), ("ledger.close_round", "li"),
    ]  # fmt: skip
    assert said()[0][2] == {"selection": "drawn", "listed": 1, "seed": "7", "due_on": None}
    # An act that opens a round on its way to something more notes that itself.
    open_round(made.county.pk, "r2", Text("第二轮"), "drawn", small.at(30), [])
    assert len(said()) == 3
    assert all(not chain.broken for chain in verify())
