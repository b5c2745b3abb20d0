"""Hold the order of the floors for the database as well: no foreign key and no migration may depend upwards.

An import linter does not see `ForeignKey("room.Model")`, nor a migration's dependencies. This walks both.
Usage: python tools/relations.py
"""

import os
import sys
from collections.abc import Iterator

import django
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from house import House, read_house


def upward(house: House, source: str, target: str) -> bool:
    """Whether `source` (a module's dotted name) stands lower than the `target` it depends on."""
    here, there = house.place(source), house.place(target)
    return here is not None and there is not None and there > here


def relations(house: House) -> Iterator[str]:
    """A sentence for every model relation that points upwards."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if not field.is_relation or field.auto_created or field.related_model is None:
                continue
            target = field.related_model
            if isinstance(target, str) or not upward(house, model.__module__, target.__module__):
                continue
            yield f"{model.__module__}.{model.__name__}.{field.name} points up at {target.__module__}.{target.__name__}"


def migrations(house: House) -> Iterator[str]:
    """A sentence for every migration that depends upwards."""
    rooms = {config.label: config.name for config in apps.get_app_configs()}
    for (label, name), migration in MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items():
        for other, dependency in migration.dependencies:
            if other in rooms and upward(house, rooms[label], rooms[other]):
                yield f"migration {label}.{name} depends upwards on {other}.{dependency}"


def main() -> int:
    """Print what points upwards; exit code 1 if anything does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qipan.project.settings")
    django.setup()
    house = read_house()
    faults = [*relations(house), *migrations(house)]
    for fault in faults:
        print(f"relations: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
