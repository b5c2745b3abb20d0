"""A form acts once: one after the other, at the same moment, and again when it was refused."""

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from qipan.ground.units.drafts import keep_draft
from qipan.ground.units.models import Draft, Role, SentForm
from qipan.ground.units.sent import KEPT, AlreadySent, forget_sent, once
from tests.world import make_world

AT = datetime(2026, 11, 24, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_a_form_acts_once_and_one_without_a_token_each_time() -> None:
    token = str(uuid4())
    with once(token):
        pass
    with pytest.raises(AlreadySent), once(token):
        pytest.fail("it acted twice")
    for _ in range(2):
        with once(""):
            pass
    assert SentForm.objects.count() == 1


@pytest.mark.django_db
def test_what_is_refused_can_be_sent_again() -> None:
    token, post = str(uuid4()), make_world().posts[Role.OFFICE]
    with pytest.raises(ValueError, match="refused"), once(token):
        keep_draft(post, "visit:S17", {"words": "一"}, AT)
        raise ValueError("refused")
    assert not Draft.objects.exists()
    with once(token):
        pass


@pytest.mark.django_db(transaction=True)
def test_of_three_at_the_same_moment_one_acts() -> None:
    token, post = str(uuid4()), make_world().posts[Role.OFFICE]
    said: list[str] = []

    def send(name: str) -> None:
        try:
            with once(token):
                keep_draft(post, name, {"words": name}, AT)
            said.append("acted")
        except AlreadySent:
            said.append("knew")
        finally:
            if connection.vendor != "sqlite":
                connection.close()

    threads = [threading.Thread(target=send, args=(f"form {number}",)) for number in range(3)]
    for thread in threads:
        thread.start()
        if connection.vendor == "sqlite":
            # The tests' database in memory knows no waiting; on file every transaction waits for the one before.
            thread.join()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["acted", "knew", "knew"]
    assert Draft.objects.count() == 1


@pytest.mark.django_db
def test_forms_are_forgotten_after_a_week() -> None:
    with once(str(uuid4()), AT):
        pass
    assert forget_sent(AT + KEPT) == 0
    assert forget_sent(AT + KEPT + timedelta(seconds=1)) == 1 and not SentForm.objects.exists()
