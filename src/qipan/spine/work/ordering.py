"""In which order a list of items stands, and how a page is cut out of it: by its number, or from where another page ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet

from qipan.spine.work.models import WorkItem
from qipan.spine.work.rows import fetched


def keys_of(order: str) -> tuple[str, ...]:
    """Return the columns that a list is ordered by, with "-" before those that fall; the last makes each place one."""
    name, back = order.removeprefix("-"), order.startswith("-")
    # Lateness: what is open stands first, the longest over its deadline at the top; what stands still and what has ended follow.
    rising = {
        "late": ("queue", "deadline", "id"), "points": ("-points_at_stake", "-id"), "gain": ("-gain_alone", "-id"),
        "number": ("id",),
    }.get(name, ("deadline", "id"))  # fmt: skip
    return _turned(rising) if back else rising


def _turned(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key[1:] if key.startswith("-") else f"-{key}" for key in keys)


def place(item: WorkItem, order: str) -> str:
    """Return where an item stands in an order, in words that fit into an address."""
    values = (getattr(item, key.lstrip("-")) for key in keys_of(order))
    return "~".join(
        str(round(value.timestamp() * 1e6)) if isinstance(value, datetime) else str(value) for value in values
    )


def _beyond(keys: tuple[str, ...], at: str) -> Q | None:
    """Return the condition of what stands behind a place in an order; None where the words name no place."""
    values = _values(keys, at)
    if values is None:
        return None
    first = keys[0]
    # The first key says it once more for the whole, so that an index is entered there and not at its beginning.
    found, same, bound = Q(), Q(), Q(**{f"{first.lstrip('-')}__{'lt' if first.startswith('-') else 'gt'}e": values[0]})
    for key, value in zip(keys, values, strict=True):
        name, way = key.lstrip("-"), "lt" if key.startswith("-") else "gt"
        found |= same & Q(**{f"{name}__{way}": value})
        same &= Q(**{name: value})
    return bound & found


def _values(keys: tuple[str, ...], at: str) -> list[int | datetime] | None:
    try:
        numbers = [int(part) for part in at.split("~")]
        values = [
            datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=number)
            if key.lstrip("-") == "deadline"
            else number
            for key, number in zip(keys, numbers, strict=True)
        ]
    except (ValueError, OverflowError):
        return None
    return values if all(isinstance(value, datetime) or abs(value) < 2**62 for value in values) else None


def cut(
    found: QuerySet[WorkItem], order: str, skip: int, count: int, after: str, before: str
) -> Iterable[WorkItem]:  # fmt: skip
    """Return a page of a list, with what its rows show (two statements).

    The keys of the page are found first and by themselves, so that rows are read for it alone.
    """
    keys = keys_of(order)
    back = _beyond(_turned(keys), before) if before else None
    onward = _beyond(keys, after) if after and back is None else None
    if back is not None:
        keys_of_page = found.filter(back).order_by(*_turned(keys)).values("pk")[:count]
    elif onward is not None:
        keys_of_page = found.filter(onward).order_by(*keys).values("pk")[:count]
    else:
        keys_of_page = found.order_by(*keys).values("pk")[skip : skip + count]
    return fetched(WorkItem.objects.filter(pk__in=keys_of_page).order_by(*keys))
