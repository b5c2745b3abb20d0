"""Drafts: one a form, without secrets, gone when sent."""

from datetime import UTC, datetime

import pytest

from qipan.ground.units.drafts import LONGEST_DRAFT, draft_of, drafts_of, drop_draft, keep_draft
from qipan.ground.units.models import Draft, Role
from tests.world import make_world

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 1, tzinfo=UTC)


def test_a_form_has_one_draft_and_the_last_words_stand() -> None:
    post = make_world().posts[Role.OFFICE]
    assert draft_of(post, "visit:S17") is None
    keep_draft(post, "visit:S17", {"words": "一"}, AT)
    assert keep_draft(post, "visit:S17", {"words": "二", "csrfmiddlewaretoken": "x", "password1": "y"}, AT) == AT
    assert draft_of(post, "visit:S17") == {"words": "二"}
    assert [(line.form, line.saved_at) for line in drafts_of(post)] == [("visit:S17", AT)]
    drop_draft(post, "visit:S17")
    assert not Draft.objects.exists()


def test_a_draft_belongs_to_its_post() -> None:
    world = make_world()
    keep_draft(world.posts[Role.OFFICE], "visit:S17", {"words": "一"}, AT)
    assert draft_of(world.posts[Role.HEAD], "visit:S17") is None


def test_too_much_is_no_draft() -> None:
    post = make_world().posts[Role.OFFICE]
    assert keep_draft(post, "visit:S17", {"words": "x" * (LONGEST_DRAFT + 1)}, AT) is None
    assert not Draft.objects.exists()
