"""The room as Django knows it."""

from django.apps import AppConfig


class NotifyConfig(AppConfig):
    """The inbox: what a post is told, written with the act that it tells of."""

    name = "qipan.ground.notify"
    label = "notify"

    def ready(self) -> None:
        """Register what this room does in the background, and what it hears of."""
        from qipan.ground.notify import absences, approvals  # noqa: F401
        from qipan.ground.notify.channels import delivering  # noqa: F401
