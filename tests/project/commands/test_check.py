"""What `qipan check` says of the journal."""

import pytest
from django.db import connection

from qipan.ground.audit.journal import Thing, act
from qipan.ground.audit.models import AuditEntry, AuditHead
from qipan.ground.audit.queries import Chain
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Role
from qipan.project.commands.check import journal
from tests.world import make_world


@pytest.mark.django_db
def test_a_county_whose_whole_journal_was_deleted_is_named() -> None:
    world = make_world()
    with act(actor(world.posts[Role.OFFICE])) as noted:
        noted.note("unit.add", Thing("unit", "1"))
    ends: list[Chain] = []
    assert list(journal({}, ends)) == []
    assert [(end.name, end.seq) for end in ends] == [(world.county.code, 1)]
    with connection.cursor() as cursor:
        for model in (AuditEntry, AuditHead):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")
    assert [fault.en for fault in journal({}, [])] == [f"{world.county.code}: its whole journal is gone"]
