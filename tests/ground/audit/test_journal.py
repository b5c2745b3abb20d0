"""The journal: written with the act or not at all, chained, and true to what it is later read against."""

from __future__ import annotations

import ast
import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from qipan.ground.audit.journal import Actor, Thing, act, digest, hash_of
from qipan.ground.audit.models import AppendOnlyError, AuditEntry, AuditHead
from qipan.ground.audit.queries import Filters, all_entries, entries, length, verbs, verify

NOON = datetime(2026, 11, 24, 4, 0, 0, 250, tzinfo=UTC)
OFFICER = Actor("li", "创城办专干", "office", "qinghe")


def note(number: int = 1, *, chain: str = "qinghe", verb: str = "work.accept", **details: Any) -> None:
    with act(Actor("li", "创城办专干", "office", chain), NOON + timedelta(minutes=number)) as noted:
        noted.note(verb, Thing("item", str(number), f"第{number}件"), details)


def sql(statement: str, *values: Any) -> None:
    """Do to the table what the program never does."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def broken(chain: str = "qinghe") -> tuple[int, str]:
    (found,) = verify(chain)
    return found.broken_at, str(found.broken)


# ---- what an entry is --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_hash_of_an_entry_worked_by_hand() -> None:
    with act(OFFICER, NOON) as noted:
        noted.note("work.accept", Thing("item", "7", "路灯不亮"), {"b": 2, "a": ["x"]}, personal={"phone": "139"})
    written = (
        '["","qinghe",1,"2026-11-24T04:00:00.000250+00:00","work.accept","li","创城办专干","office","item","7",'
        '"路灯不亮",{"a":["x"],"b":2},{"phone":"' + digest("139") + '"}]'
    )
    expected = hashlib.sha256(written.encode()).hexdigest()
    entry = AuditEntry.objects.get()
    assert (entry.seq, entry.before, entry.hash) == (1, "", expected)
    assert hash_of(entry) == expected
    head = AuditHead.objects.get(chain="qinghe")
    assert (head.seq, head.hash) == (1, expected)


@pytest.mark.django_db
def test_an_entry_holds_the_hash_of_the_one_before_it_in_its_own_chain() -> None:
    note(1)
    note(2, chain="other")
    note(3)
    first, second = AuditEntry.objects.filter(chain="qinghe").order_by("seq")
    assert second.before == first.hash
    assert AuditEntry.objects.get(chain="other").before == ""


@pytest.mark.django_db
def test_personal_fields_are_kept_as_digests_only() -> None:
    with act(OFFICER) as noted:
        noted.note("people.changed", Thing("person", "li"), {}, personal={"phone": "13912345678"})
    entry = AuditEntry.objects.get()
    assert entry.personal == {"phone": digest("13912345678")}
    assert digest("13912345678") != digest("13912345679")
    assert "13912345678" not in str(entry.personal)


@pytest.mark.django_db
def test_values_that_databases_give_back_otherwise_are_written_plainly() -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    odd: dict[Any, Any] = {
        "at": moment, "pair": (1, 2), 3: "key", "huge": 1e22, "none": None, "share": 0.1, "nul": "a\0b",
        "inf": float("inf"),
    }  # fmt: skip
    with act(OFFICER, NOON) as noted:
        noted.note("a.b", Thing("x", "1", "nul\0 and half \ud800"), odd)
    entry = AuditEntry.objects.get()
    assert entry.details == {
        "at": "2026-01-02 00:00:00+00:00", "pair": [1, 2], "3": "key", "huge": "1e+22", "none": None, "share": 0.1,
        "nul": "ab", "inf": "inf",
    }  # fmt: skip
    assert entry.thing_label == "nul and half ?"
    assert verify("qinghe")[0].broken_at == 0


@pytest.mark.django_db
def test_entries_are_only_ever_added() -> None:
    note()
    entry = AuditEntry.objects.get()
    for change in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(verb="x"),
        lambda: AuditEntry.objects.bulk_update([entry], ["verb"]),
    ):
        with pytest.raises(AppendOnlyError):
            change()


# ---- acts --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_act_that_fails_leaves_no_entry() -> None:
    with pytest.raises(RuntimeError), act(OFFICER) as noted:
        noted.note("a.b", Thing("x", "1"))
        raise RuntimeError
    assert not AuditEntry.objects.exists() and not AuditHead.objects.exists()


@pytest.mark.django_db
def test_acts_within_acts_are_written_in_their_order_at_the_end_of_the_outer_one() -> None:
    with act(OFFICER) as outer:
        outer.note("a.first", Thing("x", "1"))
        with act(OFFICER) as inner:
            inner.note("a.second", Thing("x", "2"))
        assert not AuditEntry.objects.exists()
        outer.note("a.third", Thing("x", "3"))
    assert list(AuditEntry.objects.order_by("seq").values_list("seq", "verb")) == [
        (1, "a.first"), (2, "a.second"), (3, "a.third"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_an_inner_act_that_is_undone_takes_its_notes_along() -> None:
    with act(OFFICER) as outer:
        outer.note("a.first", Thing("x", "1"))
        with pytest.raises(RuntimeError), act(OFFICER) as inner:
            inner.note("a.undone", Thing("x", "2"))
            with act(OFFICER) as deepest:
                deepest.note("a.undone_too", Thing("x", "3"))
            raise RuntimeError
        outer.note("a.last", Thing("x", "4"))
    assert list(AuditEntry.objects.order_by("seq").values_list("verb", flat=True)) == ["a.first", "a.last"]
    assert verify("qinghe")[0].broken_at == 0


@pytest.mark.django_db
def test_an_act_in_a_transaction_that_is_undone_is_not_in_the_journal() -> None:
    note(1)
    with pytest.raises(RuntimeError), transaction.atomic():
        note(2)
        raise RuntimeError
    note(3)
    assert list(AuditEntry.objects.order_by("seq").values_list("thing_id", flat=True)) == ["1", "3"]
    assert verify("qinghe")[0] == verify()[0]
    assert verify("qinghe")[0].broken_at == 0


AT_ONCE = """
import threading
from django.db import connection
from qipan.ground.audit.journal import Actor, Thing, act
from qipan.ground.audit.queries import verify

failures = []

def work(who):
    try:
        for number in range(6):
            for chain in ("qinghe", "other"):
                with act(Actor("li", "", "", chain)) as noted:
                    noted.note("a.b", Thing("x", str(number)), {"who": who})
    except BaseException as failure:
        failures.append(repr(failure))
    finally:
        connection.close()

threads = [threading.Thread(target=work, args=(who,)) for who in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
found = [(chain.name, chain.entries, chain.broken_at) for chain in verify()]
"""


def at_once_on_a_file(folder: Path) -> dict[str, Any]:
    """Do it in a process of its own: the test's database lies in memory, where writers do not wait for each other."""
    script = (
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', 'audit', verbosity=0)\n" + AT_ONCE + "print(repr((failures, found)))"
    )
    environ = {**os.environ, "QIPAN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "qipan.project.settings"}
    done = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)
    failures, found = ast.literal_eval(done.stdout)
    return {"failures": failures, "found": found}


@pytest.mark.django_db(transaction=True)
def test_acts_at_once_make_one_unbroken_chain(tmp_path: Path) -> None:
    said: dict[str, Any] = {}
    if connection.vendor == "sqlite":
        said = at_once_on_a_file(tmp_path)
    else:
        exec(AT_ONCE, said)
    assert said["failures"] == []
    assert said["found"] == [("other", 24, 0), ("qinghe", 24, 0)]


@pytest.mark.django_db
def test_an_act_costs_three_statements_and_its_transaction(django_assert_num_queries: Any) -> None:
    note(0)
    # Its transaction (a savepoint and its release here), the end of the chain, the entries, the new end.
    with django_assert_num_queries(5), act(OFFICER) as noted:
        for number in range(40):
            noted.note("a.b", Thing("x", str(number)))


# ---- tampering ---------------------------------------------------------------------------------------------------


@pytest.fixture
def ten(db: None) -> None:
    """A chain of ten."""
    for number in range(1, 11):
        note(number, step=number)
    note(1, chain="other")


TABLE = "audit_auditentry"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("verb", "work.close"), ("person", "wang"), ("post", "x"), ("unit", "x"), ("thing_kind", "x"), ("thing_id", "x"),
        ("thing_label", "x"), ("details", '{"step": 6}'), ("personal", '{"a": "b"}'), ("at", "2026-11-24 05:00:00+00:00"),
    ],
)  # fmt: skip
def test_a_changed_entry_is_found(ten: None, column: str, value: str) -> None:
    sql(f"UPDATE {TABLE} SET {column} = %s WHERE chain = 'qinghe' AND seq = 5", value)
    assert broken() == (5, "the content of entry 5 was changed")
    assert broken("other") == (0, "")
    # The whole of what is wrong in all chains.
    assert [(chain.name, chain.broken_at) for chain in verify()] == [("other", 0), ("qinghe", 5)]


def test_an_entry_changed_together_with_its_hash_is_found_by_the_next(ten: None) -> None:
    entry = AuditEntry.objects.get(chain="qinghe", seq=5)
    entry.person = "wang"
    sql(f"UPDATE {TABLE} SET person = 'wang', hash = %s WHERE chain = 'qinghe' AND seq = 5", hash_of(entry))
    assert broken()[0] == 6


def test_a_deleted_entry_is_found(ten: None) -> None:
    sql(f"DELETE FROM {TABLE} WHERE chain = 'qinghe' AND seq = 4")
    assert broken() == (4, "entry 4 is missing")


def test_the_first_entry_deleted_is_found(ten: None) -> None:
    sql(f"DELETE FROM {TABLE} WHERE chain = 'qinghe' AND seq = 1")
    assert broken()[0] == 1


def test_a_deleted_tail_is_found_by_the_end(ten: None) -> None:
    sql(f"DELETE FROM {TABLE} WHERE chain = 'qinghe' AND seq > 7")
    assert broken()[0] == 8
    assert "10" in broken()[1]


def test_a_chain_deleted_whole_is_found(ten: None) -> None:
    sql(f"DELETE FROM {TABLE} WHERE chain = 'qinghe'")
    assert broken()[0] == 1
    assert [chain.name for chain in verify()] == ["other", "qinghe"]


def test_swapped_entries_are_found(ten: None) -> None:
    for was, becomes in ((3, 100), (4, 3), (100, 4)):
        sql(f"UPDATE {TABLE} SET seq = %s WHERE chain = 'qinghe' AND seq = %s", becomes, was)
    assert broken()[0] == 3


def test_a_changed_end_is_found(ten: None) -> None:
    sql("UPDATE audit_audithead SET hash = %s WHERE chain = 'qinghe'", "0" * 64)
    assert broken()[0] == 11


def test_an_end_set_back_with_its_tail_left_is_found(ten: None) -> None:
    seventh = AuditEntry.objects.get(chain="qinghe", seq=7)
    sql("UPDATE audit_audithead SET seq = 7, hash = %s WHERE chain = 'qinghe'", seventh.hash)
    assert broken()[0] == 8


def test_an_end_that_was_deleted_is_found(ten: None) -> None:
    sql("DELETE FROM audit_audithead WHERE chain = 'qinghe'")
    assert broken()[0] == 1
    assert ("qinghe", 1) in [(chain.name, chain.broken_at) for chain in verify()]


def test_an_entry_put_in_anew_in_place_of_another_is_found(ten: None) -> None:
    old = AuditEntry.objects.get(chain="qinghe", seq=5)
    sql(f"DELETE FROM {TABLE} WHERE chain = 'qinghe' AND seq = 5")
    old.pk, old.verb, old._state.adding = None, "work.nothing", True
    old.hash = hash_of(old)
    old.save()
    assert broken()[0] == 6


def rewrite() -> None:
    """Make the whole chain anew with one entry changed, as someone could who knows how it is made."""
    before = ""
    for entry in AuditEntry.objects.filter(chain="qinghe").order_by("seq"):
        entry.before = before
        if entry.seq == 5:
            entry.person = "wang"
        before = hash_of(entry)
        sql(
            f"UPDATE {TABLE} SET person = %s, before = %s, hash = %s WHERE chain = 'qinghe' AND seq = %s",
            entry.person, entry.before, before, entry.seq,
        )  # fmt: skip
    sql("UPDATE audit_audithead SET hash = %s WHERE chain = 'qinghe'", before)


def test_a_chain_made_anew_is_found_by_a_hash_that_was_noted_elsewhere(ten: None) -> None:
    kept = AuditEntry.objects.get(chain="qinghe", seq=8).hash
    rewrite()
    assert broken() == (0, "")
    (found,) = verify("qinghe", noted={("qinghe", 8): kept[:16]})
    assert found.broken_at == 8


def test_a_noted_end_that_is_no_longer_reached_is_found(ten: None) -> None:
    assert [chain.broken_at for chain in verify(noted={("qinghe", 12): "ab"})] == [0, 11]
    assert next((chain.name, chain.broken_at) for chain in verify(noted={("gone", 3): "ab"})) == ("gone", 1)


# ---- reading -----------------------------------------------------------------------------------------------------


def test_pages_follow_each_other_without_counting(ten: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        first = entries("qinghe", most=4)
    assert [entry.seq for entry in first.entries] == [10, 9, 8, 7]
    assert (first.newer, first.older) == (0, 7)
    second = entries("qinghe", before=first.older, most=4)
    assert [entry.seq for entry in second.entries] == [6, 5, 4, 3]
    third = entries("qinghe", before=second.older, most=4)
    assert ([entry.seq for entry in third.entries], third.older) == ([2, 1], 0)
    back = entries("qinghe", after=third.newer, most=4)
    assert [entry.seq for entry in back.entries] == [6, 5, 4, 3]
    assert entries("qinghe", after=back.newer, most=4).newer == 0
    assert entries("nowhere").entries == []


def test_entries_are_chosen_by_verb_person_thing_and_period(ten: None) -> None:
    note(20, verb="work.close")

    def chosen(**wanted: Any) -> list[int]:
        return [entry.seq for entry in entries("qinghe", Filters(**wanted)).entries]

    assert chosen(verb="work.close") == [11]
    assert chosen(person="LI") == list(range(11, 0, -1))
    assert chosen(person="office", thing="3") == [3]
    assert chosen(thing="第4件") == [4]
    assert chosen(person="wang") == []
    assert chosen(since=NOON + timedelta(minutes=9)) == [11, 10, 9]
    assert chosen(since=NOON + timedelta(minutes=9), until=NOON + timedelta(minutes=10)) == [9]
    assert verbs("qinghe") == ["work.accept", "work.close"]
    assert [entry.seq for entry in all_entries("qinghe", Filters(verb="work.close"))] == [11]
    assert length("qinghe") == 11
