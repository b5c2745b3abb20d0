"""Signing in and out, as the journal has it: who, and from which post. Names that were typed wrong are only digests."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date

from qipan.ground.audit.journal import Act, Actor, Thing, act, digest
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Person, Post
from qipan.ground.units.queries import current_posts


def _actor(person: Person, on: date, post: Post | None = None) -> Actor:
    """Return a person with the post given, else with the first of those held; a person may hold none."""
    posts = [post] if post is not None else current_posts(person.pk, on)
    return actor(posts[0]) if posts else Actor(person=person.get_username())


@contextmanager
def _noted(verb: str, person: Person, on: date, post: Post | None = None) -> Iterator[Act]:
    with act(_actor(person, on, post)) as noted:
        yield noted
        noted.note(verb, Thing("account", person.get_username()))


def signing_in(person: Person, on: date) -> AbstractContextManager[Act]:
    """Begin a session inside: both are written, or neither."""
    return _noted("accounts.sign_in", person, on)


def signing_out(person: Person, on: date, post: Post | None = None) -> AbstractContextManager[Act]:
    """End a session inside."""
    return _noted("accounts.sign_out", person, on, post)


def changing_password(person: Person, on: date, post: Post | None = None) -> AbstractContextManager[Act]:
    """Write a person's own new password inside; the journal says that it changed and nothing of it."""
    return _noted("accounts.change_password", person, on, post)


def sign_in_failed(username: str, address: str) -> None:
    """Note that a name could not sign in: people type passwords into the wrong field, and addresses are personal."""
    name = unicodedata.normalize("NFKC", username).casefold().strip()
    with act(Actor()) as noted:
        thing = Thing("account", digest(name))
        noted.note("accounts.fail_sign_in", thing, personal={"name": name, "address": address})


def switch_post(post: Post, before: Post) -> None:
    """Note that a person goes on from another of their own posts."""
    with act(actor(post)) as noted:
        details = {"before": before.title_zh, "unit_before": before.unit.code}
        noted.note("accounts.switch_post", Thing("post", str(post.pk), post.title_zh), details)
