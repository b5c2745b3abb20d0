"""The room of the ledger."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Observations, readings and tallies."""

    name = "qipan.spine.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Make known what this room does in the background."""
        from qipan.spine.ledger import import_actions  # noqa: F401
