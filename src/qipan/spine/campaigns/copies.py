"""Copying rows of one model for another county."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db.models import Model

M = TypeVar("M", bound=Model)
Pairs = Mapping[int, int]
"""The key of a row -> the key of its copy."""


def copies(rows: Iterable[M], changed: Mapping[str, Any], **moved: Pairs) -> dict[int, int]:
    """Write copies of rows of one model.

    Args:
        rows: what is copied.
        changed: columns that all copies have in common.
        moved: columns that name another row, with what each of those became.
    """
    old = list(rows)
    if not old:
        return {}
    model = type(old[0])
    key = model._meta.pk.attname
    columns = [field.attname for field in model._meta.concrete_fields if field.attname != key or key in changed]
    fresh = []
    for row in old:
        values = {name: getattr(row, name) for name in columns} | dict(changed)
        for name, pairs in moved.items():
            values[name] = pairs.get(values[name])
        fresh.append(model(**values))
    made = model._default_manager.bulk_create(fresh, batch_size=500)
    return {row.pk: copy.pk for row, copy in zip(old, made, strict=True)}
