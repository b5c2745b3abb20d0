"""The room of the ledger."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Observations, readings and tallies."""

    name = "qipan.spine.ledger"
    label = "ledger"
