"""A channel of a county, and what was sent by it."""

from __future__ import annotations

from django.db import models


class Channel(models.Model):
    """A mailbox or the robot of a chat group, of one unit or of the whole county.

    `address` and `secret` are never shown again, in no page, export or journal.
    """

    class Kind(models.TextChoices):
        """What a message is handed to; a dry run is recorded and goes nowhere."""

        DRY = "dry"
        MAIL = "mail"
        WECOM = "wecom"
        DINGTALK = "dingtalk"
        FEISHU = "feishu"

    county = models.ForeignKey("units.County", models.CASCADE, related_name="channels")
    unit = models.ForeignKey("units.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=60)
    language = models.CharField(max_length=2, default="zh")
    address = models.CharField(max_length=500, blank=True)
    secret = models.CharField(max_length=200, blank=True, help_text="with which the robot wants messages signed")
    is_active = models.BooleanField(default=True)
    entered_at = models.DateTimeField(help_text="when the address was entered")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        app_label = "notify"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One message to one channel. Its words are made when it is sent, of what is true then; `key` makes it unique."""

    class State(models.TextChoices):
        """What became of it; `gone` is what there was no longer anything to say of."""

        WAITING = "waiting"
        SENT = "sent"
        DRY = "dry"
        FAILED = "failed"
        GONE = "gone"

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=40, help_text="who makes the words: work.digest, notify.test")
    key = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    words = models.TextField(blank=True, help_text="as it was sent, or would have been")
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField(help_text="not before this it is tried (again)")
    ended_at = models.DateTimeField(null=True, blank=True)
    tried_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        app_label = "notify"
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("channel", "key"), name="delivery_once"),)
        indexes = (models.Index(fields=("state", "next_at"), name="delivery_due"),)

    def __str__(self) -> str:
        return f"{self.channel_id} {self.key} {self.state}"
