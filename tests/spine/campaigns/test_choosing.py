"""An answering lead is chosen and withdrawn, and the journal has both, with what stood before."""

import pytest
from django.core.exceptions import PermissionDenied

from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.models import Role
from qipan.spine.campaigns.actions import choose_answering_lead, withdraw_answering_lead
from qipan.spine.campaigns.models import AnsweringLead
from tests.spine.ledger import small
from tests.world import make_person, make_post

pytestmark = pytest.mark.django_db
CHECK = "Ⅱ-1/telephone_test"


def said():
    rows = AuditEntry.objects.filter(verb__startswith="campaigns.").order_by("seq")
    return [(row.verb, row.person, row.thing_id, row.details) for row in rows]


def test_the_journal_says_who_chose_what_in_place_of_what():
    made = small.make()
    post = make_post(make_person("li"), made.units["town"], Role.OFFICE)
    choose_answering_lead(made.year, CHECK, "edu", by=post)
    choose_answering_lead(made.year, CHECK, "health", by=post)
    assert withdraw_answering_lead(made.year, CHECK, by=post)
    assert not withdraw_answering_lead(made.year, CHECK, by=post)
    assert said() == [
        ("campaigns.choose_lead", "li", CHECK, {"year": small.YEAR, "unit": "edu", "before": ""}),
        ("campaigns.choose_lead", "li", CHECK, {"year": small.YEAR, "unit": "health", "before": "edu"}),
        ("campaigns.withdraw_lead", "li", CHECK, {"year": small.YEAR, "before": "health"}),
    ]


def test_who_may_not_choose_leaves_neither_a_choice_nor_an_entry():
    made = small.make()
    post = make_post(make_person("li"), made.units["town"], Role.HEAD)
    with pytest.raises(PermissionDenied):
        choose_answering_lead(made.year, CHECK, "edu", by=post)
    assert said() == [] and not AnsweringLead.objects.exists()
