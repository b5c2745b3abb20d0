"""Deleting every row of a practice county, whichever room keeps it.

The rooms above are not known here and need not be: the rows are found along the models' own relations, from the county
outwards, and are deleted from the outermost inwards. A new room is found without a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models, transaction

from qipan.ground.units.models import County


class NotForPractice(ValueError):
    """The county is a real one: its rows are never deleted."""


def delete_rows(county: County) -> int:
    """Delete a practice county with all its rows, and return how many there were.

    Raises:
        NotForPractice: the county is a real one.
    """
    if county.practice_of_id is None:
        raise NotForPractice(county.code)
    gone = 0
    with transaction.atomic():
        for model, path in rows_of_a_county():
            found = model._base_manager.filter(**{path: county.pk}).order_by()
            keys = list(found.values_list("pk", flat=True))
            for start in range(0, len(keys), 500):
                # Below the models: what may only be added to in a real county is thrown away with this one.
                some = model._base_manager.filter(pk__in=keys[start : start + 500])
                some._raw_delete(some.db)
            gone += len(keys)
        itself = County.objects.filter(pk=county.pk)
        itself._raw_delete(itself.db)
    return gone + 1


def rows_of_a_county() -> list[tuple[type[models.Model], str]]:
    """Return every model whose rows belong to a county, with the path to it; a model comes before those it refers to."""
    paths: dict[type[models.Model], str] = {County: "pk"}
    queue: list[type[models.Model]] = [County]
    everything = apps.get_models(include_auto_created=True)
    while queue:
        above = queue.pop(0)
        for model in everything:
            if model in paths:
                continue
            for field in _keys(model):
                # A row that may do without a county, such as a job, belongs to the one that it names.
                if field.related_model is above and (not field.null or above is County):
                    paths[model] = field.name if above is County else f"{field.name}__{paths[above]}"
                    queue.append(model)
                    break
    del paths[County]
    return [(model, paths[model]) for model in _outermost_first(paths)]


def _keys(model: type[models.Model]) -> Iterator[models.ForeignKey[models.Model, models.Model]]:
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            yield field


def _outermost_first(paths: dict[type[models.Model], str]) -> list[type[models.Model]]:
    ordered: list[type[models.Model]] = []
    begun: set[type[models.Model]] = set()

    def visit(model: type[models.Model]) -> None:
        if model in begun:
            return
        begun.add(model)
        for other in paths:
            if other is not model and any(field.related_model is model for field in _keys(other)):
                visit(other)
        ordered.append(model)

    for model in paths:
        visit(model)
    return ordered
