"""Fields of the forms of work: what is asked, what was answered, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from qipan.assessment.text import Text
from qipan.spine.work.errors import WorkError
from qipan.spine.work.timing.when import When, when

Words = Text | str
Kind = Literal["textarea", "text", "datetime-local", "date", "select", "selects", "choices", "photos", "when"]
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
    day: str = ""
    """Of a deadline: the day that was picked beside the words."""

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


def when_field(
    given: Mapping[str, str], label: Words, *, name: str = "deadline", hint: Words = "", required: bool = True,
    value: str | None = None,
) -> Field:  # fmt: skip
    """Return the field of a deadline: words, or a day of the calendar, with what they come to."""
    entered = given.get(name, "") if value is None else value
    return Field(name, label, "when", entered, hint, required=required, day=given.get(f"{name}_day", ""))


def when_of(given: Mapping[str, str], county_id: int, now: datetime, *, name: str = "deadline") -> When:
    """Return the deadline that was entered in words, by a day, or by both.

    Raises:
        Wrong: none follows from what was entered.
    """
    words, day = given.get(name, "").strip(), given.get(f"{name}_day", "").strip()
    try:
        picked = date.fromisoformat(day) if day else None
    except ValueError:
        raise Wrong(name, _("Enter a date, such as 2026-11-23.")) from None
    try:
        return when(words, county_id, now, picked=picked, field=name)
    except WorkError as error:
        raise Wrong(name, error.words) from error


def when_if(given: Mapping[str, str], county_id: int, now: datetime, *, name: str = "deadline") -> When | None:
    """Return the deadline that was entered; None where nothing was.

    Raises:
        Wrong: none follows from what was entered.
    """
    if not given.get(name, "").strip() and not given.get(f"{name}_day", "").strip():
        return None
    return when_of(given, county_id, now, name=name)
