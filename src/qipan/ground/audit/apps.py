"""The room as Django knows it."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Who did what: an append-only, hash-chained journal."""

    name = "qipan.ground.audit"
    label = "audit"
