"""The secret address of a post's calendar: made, renewed, ended, and looked up."""

from __future__ import annotations

import uuid
from datetime import date

from django.utils import timezone

from qipan.ground.audit.journal import Thing, act
from qipan.ground.notify.models import Feed
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.ground.units.queries import held
from qipan.ground.units.tokens import digest_of, token_of

SALT = "qipan.notify.feed"


def make_feed(*, by: Post) -> str:
    """Make an address for the calendar of a post and return its token; an address made before ends."""
    now, uid = timezone.now(), uuid.uuid4()
    token = token_of(SALT, uid)
    with act(actor(by), now) as noted:
        Feed.objects.update_or_create(post=by, defaults={"uid": uid, "digest": digest_of(token), "made_at": now})
        noted.note("accounts.feed_make", Thing("post", str(by.pk), by.title_zh))
    return token


def end_feed(*, by: Post) -> None:
    """End the address of a post's calendar."""
    with act(actor(by)) as noted:
        gone, _ = Feed.objects.filter(post=by).delete()
        if gone:
            noted.note("accounts.feed_end", Thing("post", str(by.pk), by.title_zh))


def token_of_feed(post: Post) -> str:
    """Return the token of a post's calendar; empty where there is none, or the secret key has changed since."""
    feed = Feed.objects.filter(post=post).first()
    if feed is None:
        return ""
    token = token_of(SALT, feed.uid)
    return token if digest_of(token) == feed.digest else ""


def post_of_feed(token: str, on: date) -> Post | None:
    """Return whose calendar a token opens; None where it opens none, or the post has ended."""
    found = Post.objects.filter(held(on), feed__digest=digest_of(token), person__is_active=True)
    return found.select_related("unit__county", "person").first()
