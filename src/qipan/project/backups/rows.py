"""Rows as JSON and back, the same on every database."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Field, ForeignKey, Model

#: Not part of the product's memory: which processes live, who is signed in, what the queue holds (it is filled anew).
LEFT_OUT = frozenset({"jobs.worker", "units.person_groups", "units.person_user_permissions"})
_AT_ONCE = 2000


def product_apps() -> list[str]:
    """Return the labels of the product's rooms."""
    return [config.label for config in apps.get_app_configs() if config.name.startswith("qipan.")]


def models() -> list[type[Model]]:
    """Return every table of the product, those between two tables among them, in the order of the rooms."""
    labels = product_apps()
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in labels and model._meta.managed and model._meta.label_lower not in LEFT_OUT
    ]
    return sorted(found, key=lambda model: (labels.index(model._meta.app_label), model._meta.label_lower))


def columns(model: type[Model]) -> list[str]:
    """Return the columns of a table, without those that the database works out of the others."""
    return [field.attname for field in model._meta.concrete_fields if not field.generated]


def read(model: type[Model]) -> Iterator[list[Any]]:
    """Return the rows of a table as JSON values, in the order of their keys."""
    found = model._base_manager.order_by("pk").values_list(*columns(model))
    for row in found.iterator(_AT_ONCE):
        yield [plain(value) for value in row]


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value


_BACK: dict[str, Callable[[Any], Any]] = {
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "TimeField": time.fromisoformat,
    "DurationField": lambda value: timedelta(microseconds=value),
    "UUIDField": UUID,
    "DecimalField": Decimal,
    "BinaryField": base64.b64decode,
}


def readers(model: type[Model], names: tuple[str, ...]) -> list[Callable[[Any], Any] | None]:
    """Return for each column what turns its JSON values back; None where they stay as they are.

    Raises:
        LookupError: the table has no such column, or others besides.
    """
    known = {field.attname: field for field in model._meta.concrete_fields if not field.generated}
    if set(names) != set(known):
        raise LookupError(f"{model._meta.label}: {sorted(set(names) ^ set(known))}")
    return [_BACK.get(_kind(known[name])) for name in names]


def _kind(field: Field[Any, Any]) -> str:
    while isinstance(field, ForeignKey):
        field = field.target_field
    return str(field.get_internal_type())


def unread(values: list[Any], back: list[Callable[[Any], Any] | None]) -> list[Any]:
    """Return a row's JSON values as Python values."""
    return [value if value is None or turn is None else turn(value) for value, turn in zip(values, back, strict=True)]
