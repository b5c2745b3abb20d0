"""The room of background work."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs and the workers that run them."""

    name = "qipan.ground.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Register the room's own jobs."""
        from qipan.ground.jobs import housekeeping, recurring  # noqa: F401
