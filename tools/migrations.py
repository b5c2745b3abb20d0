"""Migrations are in step with the models, one line a room, and each is named for what it does.

Usage: python tools/migrations.py
"""

import io
import os
import re
import sys
from collections.abc import Iterator

import django
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

#: `0001_initial`, `0007_observation_selection`; never `0007_auto_…` or `0007_alter_a_b_and_more`.
NAME = re.compile(r"\d{4}_(?!auto_)[a-z][a-z0-9_]*(?<!_and_more)")


def faults() -> Iterator[str]:
    """A sentence for every migration that is badly named, and for every room with none or with two heads."""
    rooms = [config for config in apps.get_app_configs() if config.name.startswith("qipan.")]
    ours = {config.label for config in rooms}
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for config in rooms:
        # makemigrations passes over a room without a migrations package in silence.
        if config.label in loader.unmigrated_apps and any(config.get_models()):
            yield f"{config.label} has models but no migrations (makemigrations {config.label} --name …)"
    for label, name in sorted(loader.disk_migrations):
        if label in ours and not NAME.fullmatch(name):
            yield f"{label}.{name}: name it for what it does (makemigrations --name …)"
    for label, heads in loader.detect_conflicts().items():
        yield f"{label} has several last migrations: {', '.join(sorted(heads))}"


def main() -> int:
    """Print what is wrong; exit code 1 if anything is."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qipan.project.settings")
    django.setup()
    found = list(faults())
    for fault in found:
        print(f"migrations: {fault}", file=sys.stderr)
    if found:
        return 1
    said = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said)
    except SystemExit:
        print(said.getvalue(), end="", file=sys.stderr)
        print("migrations: the models have changed; run makemigrations with --name", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
