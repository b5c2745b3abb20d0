"""Months on the installation's clock, as lists and counts name them: 2026-03."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone

LATELY = 4
"""Weeks back in which a report came lately; the hours of re-checks go by them."""


def month_bounds(month: str) -> tuple[datetime, datetime]:
    """Return the midnights that begin a month and the next one; a month that is none is empty and long ago."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        first = date(1970, 1, 1)
        return midnight(first), midnight(first)
    return midnight(first), midnight(following(first))


def following(first: date) -> date:
    """Return the first day of the next month."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def midnight(day: date) -> datetime:
    """Return the midnight that begins a day."""
    return datetime.combine(day, time(), timezone.get_default_timezone())


def months_of(year: int) -> list[str]:
    """Return the twelve months of a year."""
    return [f"{year}-{month:02}" for month in range(1, 13)]


def months_back(month: str, count: int) -> list[str]:
    """Return so many months that end with one, the oldest first."""
    year, number = int(month[:4]), int(month[5:])
    out = []
    for _each in range(count):
        out.append(f"{year}-{number:02}")
        year, number = (year, number - 1) if number > 1 else (year - 1, 12)
    return out[::-1]
