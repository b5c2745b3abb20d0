"""Fields of the forms of work: what is asked, what was answered, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from qipan.assessment.text import Text

Words = Text | str
Kind = Literal["textarea", "text", "datetime-local", "date", "select", "selects", "choices", "photos"]
LONGEST = 4000
"""Characters of a text."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field as the form shows it. `value` is what stands in it; of photos, the photos kept."""

    name: str
    label: Words
    kind: Kind
    value: Any = ""
    hint: Words = ""
    required: bool = True
    options: Sequence[tuple[str, Words]] = ()
    rows: int = 5
    least: str = ""
    most: str = ""
    error: Words = ""

    def wrong(self, error: Words) -> Field:
        """The same field with what is wrong with it."""
        return replace(self, error=error)


class Wrong(ValueError):
    """What someone entered in a field cannot be used; the words say what would be right."""

    def __init__(self, field: str, words: Words) -> None:
        super().__init__(field)
        self.field = field
        self.words = words


def whole(given: str) -> int:
    """Return the whole number that a form or an address brings; 0 where it brings none, or one that is none of ours."""
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 12 else 0


def text_of(given: str, field: str, *, required: bool = True) -> str:
    """Return a text that was entered.

    Raises:
        Wrong: there is none, or it is too long.
    """
    text = given.strip()
    if required and not text:
        raise Wrong(field, _("This may not stay empty: write a sentence."))
    if len(text) > LONGEST:
        raise Wrong(
            field, _("At most %(most)s characters; this has %(count)s.") % {"most": LONGEST, "count": len(text)}
        )
    return text


def moment_of(given: str, field: str) -> datetime:
    """Return a date with its time of day, as browsers send it, on the county's clocks.

    Raises:
        Wrong: it is none.
    """
    try:
        found = datetime.fromisoformat(given)
    except ValueError:
        raise Wrong(field, _("Enter a date and a time of day, such as 2026-11-23 16:30.")) from None
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def end_of_day(given: str, field: str) -> datetime:
    """Return the last second of a day that was entered.

    Raises:
        Wrong: it is none.
    """
    try:
        day = date.fromisoformat(given)
    except ValueError:
        raise Wrong(field, _("Enter a date, such as 2026-11-23.")) from None
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def as_entered(moment: datetime) -> str:
    """Return a moment as a browser's field for date and time holds it."""
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"
