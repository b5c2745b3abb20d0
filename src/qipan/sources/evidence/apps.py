"""The room as Django knows it."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """What is learnt at a desk: document reviews, declared figures, authorities' opinions."""

    name = "qipan.sources.evidence"
    label = "evidence"
