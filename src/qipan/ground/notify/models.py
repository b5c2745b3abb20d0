"""The inbox of a post."""

from __future__ import annotations

import uuid

from django.db import models

from qipan.assessment.text import Text
from qipan.ground.units.models import Post


class Message(models.Model):
    """What a post is told. Written in the transaction of the act that it tells of; `key` makes a reminder unique."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=40, help_text="room.what: work.issued, work.late, …")
    words_zh = models.CharField(max_length=300)
    words_en = models.CharField(max_length=300, blank=True)
    link = models.CharField(max_length=200, blank=True, help_text="address of the page that it is about")
    thing_kind = models.CharField(max_length=40, blank=True)
    thing_id = models.CharField(max_length=80, blank=True)
    key = models.CharField(max_length=120, null=True, blank=True, help_text="one message of a key to a post")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("post", "read_at"), name="message_unread"),)
        constraints = (models.UniqueConstraint(fields=("post", "key"), name="message_key_once"),)

    def __str__(self) -> str:
        return f"{self.post_id}: {self.kind}"

    @property
    def words(self) -> Text:
        """What it says, in both languages."""
        return Text(self.words_zh, self.words_en)


class Feed(models.Model):
    """The secret address of a post's calendar. The token is not kept: it is made from `uid` and the secret key."""

    post = models.OneToOneField(Post, models.CASCADE, related_name="feed")
    uid = models.UUIDField(unique=True, default=uuid.uuid4)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"calendar of {self.post}"


# Channels are a theme of their own, in their own package; Django finds the tables of a room through this module.
from qipan.ground.notify.channels.models import Channel, Delivery  # noqa: E402

__all__ = ["Channel", "Delivery", "Feed", "Message"]
