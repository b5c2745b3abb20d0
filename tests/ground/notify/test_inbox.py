"""The inbox of a post: written with the act, read by its post alone."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.notify import actions, queries
from qipan.ground.notify.models import Message
from qipan.ground.units.models import Role
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
WORDS = Text("新交办：2026-00042 东大街路灯不亮", "New order: 2026-00042 lamps out in East Street")


@pytest.fixture
def world() -> World:
    return make_world(with_campaign=False)


def test_a_message_is_written_with_the_act_and_gone_with_it(world):
    head, liaison = world.posts[Role.HEAD], world.posts[Role.LIAISON]
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.send([head], "work.issued", WORDS)
        assert queries.unread(head) == 1
        raise RuntimeError
    assert queries.unread(head) == 0
    with transaction.atomic():
        actions.send([head, liaison, head], "work.issued", WORDS, link="/work/2026-00042/", thing=("work_item", "42"))
    assert [(message.post_id, message.words) for message in Message.objects.order_by("post_id")] == [
        (head.pk, WORDS),
        (liaison.pk, WORDS),
    ]


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_nothing_is_sent():
    world = make_world(with_campaign=False)
    assert not connection.in_atomic_block
    with pytest.raises(transaction.TransactionManagementError):
        actions.send([world.posts[Role.HEAD]], "work.issued", WORDS)
    assert not Message.objects.exists()


def test_a_reminder_is_written_once(world):
    head, liaison = world.posts[Role.HEAD], world.posts[Role.LIAISON]
    actions.send([head], "work.due", WORDS, key="work.due:42:1")
    actions.send([head, liaison], "work.due", Text("又一次", "Again"), key="work.due:42:1")
    assert [queries.unread(post) for post in (head, liaison)] == [1, 1]
    # Without a key each act tells of itself.
    actions.send([head], "work.noted", WORDS)
    actions.send([head], "work.noted", WORDS)
    assert queries.unread(head) == 3
    # Read or not, a reminder of a key was given.
    actions.mark_all_read(head)
    actions.send([head], "work.due", WORDS, key="work.due:42:1")
    assert queries.unread(head) == 0


def test_long_words_are_cut(world):
    actions.send([world.posts[Role.HEAD]], "work.issued", Text("长" * 400, "l" * 300))
    message = Message.objects.get()
    assert message.words_zh == "长" * 299 + "…"
    assert message.words_en == "l" * 300


def test_nobody_reads_for_another(world):
    head, liaison = world.posts[Role.HEAD], world.posts[Role.LIAISON]
    actions.send([head], "work.issued", WORDS)
    pk = Message.objects.get().pk
    assert actions.mark_read(liaison, pk) is None
    assert queries.unread(head) == 1
    first = timezone.now()
    assert actions.mark_read(head, pk, at=first)
    assert Message.objects.get(pk=pk).read_at == first
    # Read twice, the first time stays.
    assert actions.mark_read(head, pk, at=first + timedelta(hours=1))
    assert Message.objects.get(pk=pk).read_at == first
    assert queries.inbox(liaison).total == 0


def test_unread_come_first_and_pages_are_two_statements(world, django_assert_num_queries):
    head = world.posts[Role.HEAD]
    for i in range(7):
        actions.send([head], "work.issued" if i % 2 else "rounds.opened", Text(f"第{i}条", f"No. {i}"))
    for message in Message.objects.filter(words_en__in=["No. 6", "No. 2"]):
        actions.mark_read(head, message.pk)
    with django_assert_num_queries(2):
        first = queries.inbox(head, size=4)
    assert [line.words.en for line in first.lines] == ["No. 5", "No. 4", "No. 3", "No. 1"]
    assert (first.page, first.pages, first.total, first.unread) == (1, 2, 7, 5)
    assert [line.words.en for line in queries.inbox(head, size=4, page=9).lines] == ["No. 0", "No. 6", "No. 2"]
    assert [line.words.en for line in queries.inbox(head, shown="read").lines] == ["No. 6", "No. 2"]
    assert [line.words.en for line in queries.inbox(head, shown="unread", room="work").lines] == [
        "No. 5",
        "No. 3",
        "No. 1",
    ]
    assert queries.inbox(head, shown="unread", room="work").total == 3


def test_reading_all_leaves_what_came_later(world):
    head = world.posts[Role.HEAD]
    actions.send([head], "work.issued", WORDS)
    seen = queries.inbox(head).newest
    actions.send([head], "work.issued", WORDS)
    assert actions.mark_all_read(head, up_to=seen) == 1
    assert queries.unread(head) == 1
    assert actions.mark_all_read(head) == 1
    assert queries.unread(head) == 0
