"""The columns of the four lists: problems, tasks, responsibilities and time limits are one record seen four ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from qipan.assessment.scale import POINT
from qipan.assessment.text import Text
from qipan.faces.office.templatetags.office import day, points
from qipan.faces.office.work.item import KIND_WORDS, SIDE_WORDS, Linked
from qipan.faces.office.work.lights import Light, difference_words, light
from qipan.faces.office.work.marks import CAME

if TYPE_CHECKING:
    from qipan.assessment.rulebook import Rulebook
    from qipan.spine.work.queries import Named, Row

STATE_WORDS = {
    "issued": pgettext_lazy("work state", "to be accepted"), "accepted": pgettext_lazy("work state", "being fixed"),
    "reported": pgettext_lazy("work state", "to be re-checked"), "closed": pgettext_lazy("work state", "closed"),
    "cancelled": pgettext_lazy("work state", "cancelled"), "suspended": pgettext_lazy("work state", "suspended"),
    "merged": pgettext_lazy("work state", "merged"),
}  # fmt: skip


@dataclass(slots=True)
class Around:
    """What rows need beside their own values: the book of the year, the campaign and the county."""

    book: Rulebook
    campaign: int = 0
    county: int = 0
    _types: dict[str, Text] = field(default_factory=dict)

    def type_title(self, stratum: str) -> Text:
        """Return what a type of site is called."""
        if stratum not in self._types:
            known = self.book.catalogue.types.get(stratum)
            self._types[stratum] = known.title if known is not None else Text(stratum, stratum)
        return self._types[stratum]

    def criterion_title(self, key: str) -> Text:
        """Return the code and title of a criterion, by its own key or that of one of its checks."""
        line = self.book.lines.get(key)
        node = self.book.nodes.get(line.node if line is not None else key)
        if node is None:
            return Text(key, key)
        return Text(f"{node.code} {node.title.zh}", f"{node.code} {node.title.en or node.title.zh}")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: words, or things with pages of their own."""

    key: str
    label: str
    words: Text | str = ""
    under: Text | str = ""
    links: Sequence[Linked] = ()
    numeric: bool = False
    long: bool = False
    short: bool = False


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as lists, exports and printed sheets show it."""

    row: Row
    number: str
    title: Text
    url: str
    kind_word: str
    state_word: str
    safety: bool
    instructed: bool
    light: Light
    type: Text
    criterion: Linked | None
    difference: str

    def cells(self, columns: Sequence[Column]) -> dict[str, Any]:
        """Return the row with the cells of some columns."""
        return {
            "number": self.number, "title": self.title, "url": self.url, "kind_word": self.kind_word,
            "safety": self.safety, "instructed": self.instructed, "from_year": self.row.from_year, "light": self.light,
            "cells": [column.cell(self) for column in columns],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and what stands in it."""

    key: str
    label: Promise
    fill: Callable[[ShownRow], dict[str, Any]] = lambda _shown: {}
    sort: str = ""
    numeric: bool = False

    def heading(self) -> dict[str, Any]:
        """Return the heading as the page shows it."""
        return {"label": str(self.label), "sort": self.sort, "numeric": self.numeric}

    def cell(self, shown: ShownRow) -> Cell:
        """Return the cell of a row."""
        return Cell(self.key, str(self.label), numeric=self.numeric, **self.fill(shown))


def _unit(unit: Named | None) -> list[Linked]:
    return [Linked(unit.name, reverse("unit", args=[unit.code]))] if unit is not None else []


def _site(shown: ShownRow) -> dict[str, Any]:
    site = shown.row.site
    if site is None:
        return {}
    return {"links": [Linked(site.name, reverse("site", args=[site.code]))], "under": shown.type}


def _class(shown: ShownRow) -> dict[str, Any]:
    found = shown.row.work_class
    return {"words": found.name, "under": found.code} if found is not None else {}


def _points(shown: ShownRow) -> dict[str, Any]:
    return {"words": points(shown.row.points, 3) if shown.row.points else ""}


def _actual(shown: ShownRow) -> dict[str, Any]:
    return {"words": day(shown.row.ended_at) if shown.row.ended_at else "", "short": True}


def _under_deadline(row: Row) -> str:
    """Return what stands under a deadline: its words, and the earlier date that the unit set itself."""
    own = ""
    if row.own_deadline is not None:
        own = _("own date %(date)s") % {"date": f"{timezone.localdate(row.own_deadline):%Y-%m-%d}"}
    return " · ".join(words for words in (row.deadline_text, own) if words)


TITLE = Column("title", gettext_lazy("Item of work"), sort="number")
LIGHT = Column("light", gettext_lazy("Light"), sort="late")
SITE = Column("site", gettext_lazy("Site"), _site)
CRITERION = Column(
    "criterion", gettext_lazy("Criterion"), lambda shown: {"links": [shown.criterion] if shown.criterion else []}
)
LEAD = Column("lead", gettext_lazy("Lead unit"), lambda shown: {"links": _unit(shown.row.lead)})
SUPPORTS = Column(
    "supports", gettext_lazy("Supporting units"),
    lambda shown: {"links": [link for unit in shown.row.supports for link in _unit(unit)]},
)  # fmt: skip
TERRITORY = Column("territory", gettext_lazy("Territory"), lambda shown: {"links": _unit(shown.row.territory)})
PERSON = Column("person", gettext_lazy("Person in charge"), lambda shown: {"words": shown.row.person})
CLASS = Column("class", pgettext_lazy("work", "Class"), _class)
ORIGIN = Column("origin", gettext_lazy("Comes from"), lambda shown: {"words": shown.row.origin[2], "long": True})
FOUND = Column("issued", gettext_lazy("Issued"), lambda shown: {"words": day(shown.row.issued_at), "short": True})
STATE = Column("state", gettext_lazy("Stage"), lambda shown: {"words": shown.state_word})
DEADLINE = Column(
    "deadline",
    gettext_lazy("Planned"),
    lambda shown: {"words": day(shown.row.deadline), "short": True, "under": _under_deadline(shown.row)},
    sort="deadline",
)
ACTUAL = Column("actual", gettext_lazy("Actual"), _actual)
DIFFERENCE = Column("difference", gettext_lazy("Difference"), lambda shown: {"words": shown.difference})
POINTS = Column("points", gettext_lazy("Points at stake"), _points, sort="points", numeric=True)

LISTS = {
    "": gettext_lazy("Overview"),
    "problem": gettext_lazy("Problem list"),
    "task": gettext_lazy("Task list"),
    "responsibility": gettext_lazy("Responsibility list"),
    "time": gettext_lazy("Time-limit list"),
}
COLUMNS: dict[str, tuple[Column, ...]] = {
    "": (TITLE, LIGHT, LEAD, SITE, DEADLINE, POINTS),
    "problem": (TITLE, LIGHT, SITE, CRITERION, CLASS, ORIGIN, FOUND),
    "task": (TITLE, LIGHT, CRITERION, LEAD, STATE, DEADLINE, POINTS),
    "responsibility": (TITLE, LIGHT, LEAD, TERRITORY, SUPPORTS, PERSON),
    "time": (TITLE, LIGHT, FOUND, DEADLINE, ACTUAL, DIFFERENCE),
}


def shown(row: Row, around: Around, now: datetime) -> ShownRow:
    """Return a row as pages show it."""
    node = around.book.nodes.get(row.node)
    criterion = None
    if node is not None:
        words = Text(f"{node.code} {node.title.zh}", f"{node.code} {node.title.en or node.title.zh}")
        criterion = Linked(words, reverse("criterion", args=[node.key]))
    return ShownRow(
        row=row, number=row.number, title=row.title, url=reverse("work_item", args=[row.number]),
        kind_word=str(KIND_WORDS.get(row.kind, row.kind)), state_word=str(STATE_WORDS.get(row.state, row.state)),
        safety=row.safety, instructed=row.instructed_at is not None, light=light(row, now),
        type=around.type_title(row.site_type) if row.site_type not in {"", "-"} else Text(), criterion=criterion,
        difference=_difference(row),
    )  # fmt: skip


def _difference(row: Row) -> str:
    """Return how the actual day lies to the planned one; while nothing is reported only what is over counts."""
    if row.state in {"cancelled", "merged"}:
        return ""
    return difference_words(row.days) if row.ended_at or row.days > 0 else ""


def export_headings() -> list[str]:
    """Return the headings of the file: the columns of all four lists."""
    return [
        _("Number"), _("Kind"), _("Item of work"), _("Stage"), _("Light"), _("Lead unit"), _("Territory"),
        _("Supporting units"), _("Person in charge"), _("Site code"), _("Site"), _("Type"), _("Criterion"), _("Item key"),
        _("Class code"), _("Hardware or software"), _("Safety"), _("Comes from"), _("Round"), _("Issued"),
        _("Planned date"), _("Deadline as written"), _("Date of its own"), _("Actual date"), _("Days of difference"), _("Points at stake"), _("Round of handling"),
        _("Times found"), _("How the last reply came"),
    ]  # fmt: skip


def exported(shown: ShownRow) -> list[object]:
    """Return a row of the file; numbers stay numbers, dates are written as the standard writes them."""
    row, language = shown.row, get_language() or "en"

    def named(unit: Named | None) -> str:
        return unit.name.into(language) if unit is not None else ""

    def date(at: datetime | None) -> str:
        return f"{timezone.localtime(at):%Y-%m-%d}" if at else ""

    return [
        row.number, shown.kind_word, row.title.into(language), shown.state_word, shown.light.word, named(row.lead),
        named(row.territory), _(", ").join(named(unit) for unit in row.supports), row.person,
        row.site.code if row.site else "", named(row.site), shown.type.into(language),
        shown.criterion.name.into(language) if shown.criterion else "", row.item,
        row.work_class.code if row.work_class else "", SIDE_WORDS[row.side].into(language) if row.side in SIDE_WORDS else "",
        _("yes") if row.safety else "", row.origin[2], row.round, date(row.issued_at), date(row.deadline),
        row.deadline_text, date(row.own_deadline), date(row.ended_at), row.days if row.ended_at or row.days > 0 else None, row.points / POINT, row.handling_round,
        row.sightings, str(CAME.get(row.came_by, "")),
    ]  # fmt: skip
