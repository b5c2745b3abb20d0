"""Filters that print points, dates and two-language words the same way on every page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from html import escape
from typing import Any

from django import template
from django.core.paginator import Page
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from qipan.assessment.scale import POINT, printed
from qipan.assessment.text import Text
from qipan.faces.office.marks import MARKS, mark_of

register = template.Library()

MINUS = "\u2212"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _chinese() -> bool:
    return (get_language() or "").startswith("zh")


@register.filter
def points(micro_points: int | str | None, decimals: int = 1) -> str:
    """Print micro-points with a number of decimals, half up, with a true minus sign; nothing for None."""
    # A name that a template lacks arrives as an empty text.
    return printed(micro_points, decimals).replace("-", MINUS) if isinstance(micro_points, int) else ""


@register.filter
def change(micro_points: int | str | None, decimals: int = 1) -> str:
    """Print micro-points as a change, with its sign: +0.5, −1.2; 0 has none."""
    words = points(micro_points, decimals)
    return f"+{words}" if words and not words.startswith(MINUS) and words.strip("0.") else words


@register.filter
def loss(micro_points: int | str | None, decimals: int = 1) -> str:
    """Print points lost as what they do to the score: a loss of 1.2 is −1.2, a negative loss is a gain."""
    return change(-micro_points, decimals) if isinstance(micro_points, int) else ""


@register.filter
def amount(micro_points: int) -> str:
    """Print micro-points as short as they are exact: 1, 0.5, 0.05."""
    whole, rest = divmod(abs(micro_points), POINT)
    words = f"{whole}.{rest:06}".rstrip("0").rstrip(".")
    return f"{MINUS}{words}" if micro_points < 0 else words


@register.filter
def text(words: Text | str | None) -> str:
    """Choose the words of the active language from a `Text`; a plain string stays as it is."""
    if words is None:
        return ""
    return words.into(get_language() or "en") if isinstance(words, Text) else str(words)


@register.filter
def day(moment: date | datetime | None) -> str:
    """Print a date: 23 Nov 2026, or 2026年11月23日."""
    if not moment:
        return ""
    if isinstance(moment, datetime) and timezone.is_aware(moment):
        moment = timezone.localtime(moment)
    if _chinese():
        return f"{moment.year}年{moment.month}月{moment.day}日"
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


@register.filter
def minute(moment: datetime | None) -> str:
    """Print a date with its time of day: 23 Nov 2026, 08:00, or 2026年11月23日 8:00."""
    if not moment:
        return ""
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    time = f"{local.hour}:{local.minute:02}" if _chinese() else f", {local.hour:02}:{local.minute:02}"
    return f"{day(local)} {time}" if _chinese() else f"{day(local)}{time}"


@register.filter
def elided(page: Page[Any]) -> Iterator[int | str]:
    """Return the page numbers to link from a page of a list, with … for those left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.filter
def is_gap(number: int | str) -> bool:
    """Whether an entry of `elided` stands for pages left out."""
    return not isinstance(number, int)


@register.simple_tag
def names_to_choose(known: Iterable[tuple[str, Text]]) -> SafeString:
    """Return the options of a list of suggestions by name, the code beside it; in one go, for there may be hundreds."""
    language = get_language() or "en"
    return _joined(f'<option value="{escape(name.into(language))}">{escape(code)}</option>' for code, name in known)


@register.simple_tag
def codes_to_choose(known: Iterable[tuple[str, Text]]) -> SafeString:
    """Return the options of a list of suggestions by code and name, where names are not unique."""
    language = get_language() or "en"
    return _joined(f'<option value="{escape(code)} {escape(name.into(language))}">' for code, name in known)


def _joined(options: Iterable[str]) -> SafeString:
    # Every word has been escaped by then; Django's own joining takes ten times as long.
    return SafeString("".join(options))


@register.filter
def mark(state: str) -> str:
    """Return the mark of a light as its pill is drawn."""
    return mark_of(state)


@register.filter
def mark_word(state: str) -> str:
    """Return the usual word of a mark."""
    return str(MARKS[mark_of(state)].word)


@register.filter
def has_tick(state: str) -> bool:
    """Whether a mark is drawn with a tick."""
    return MARKS[mark_of(state)].tick
