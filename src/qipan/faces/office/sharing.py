"""What is posted to a chat group: the same thing as short plain text, and as the plan of one long picture.

The browser draws the picture, with the fonts that its reader has; the server needs none (docs/decisions). Neither
names a person: units, places, numbers, deadlines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: what, and under it where, whose, until when, how it stands. `mark` is that of its light, `group` the
    heading that it begins.
    """

    number: str
    title: str
    under: str
    state: str = ""
    mark: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and its word."""

    value: str
    word: str


@dataclass(frozen=True, slots=True)
class Shared:
    """What is shared.

    Attributes:
        title: the heading, as a message begins with it.
        moment: as of when.
        lines: words under the heading.
        figures: large numbers; in the text one line.
        entries: the list.
        rest: what is said of entries that are left out.
        link: where it stands.
        photos: addresses of photos, with their words, that the reader may add to the picture.
        name: of the picture's file, without ending.
    """

    title: str
    moment: str
    lines: Sequence[str] = ()
    figures: Sequence[Figure] = ()
    entries: Sequence[Entry] = ()
    rest: str = ""
    link: str = ""
    photos: Sequence[tuple[str, str]] = ()
    name: str = "qipan"

    @property
    def text(self) -> str:
        """The plain text of a message."""
        chinese = (get_language() or "").startswith("zh")
        comma, bar = ("，", "｜") if chinese else (", ", " | ")
        out = [f"【{self.title}】" if chinese else f"[{self.title}]", self.moment, *self.lines]
        if self.figures:
            out.append(comma.join(f"{each.word} {each.value}" for each in self.figures))
        place = 0
        for each in self.entries:
            if each.group:
                out.append(f"{each.group}{'：' if chinese else ':'}")
            place = 1 if each.group else place + 1
            out.append(f"{place}. {bar.join(filter(None, (each.number, each.title, each.under, each.state)))}")
        return "\n".join([*filter(None, out), *filter(None, (self.rest, self.link))])

    @property
    def plan(self) -> dict[str, Any]:
        """What the browser draws."""
        return asdict(self)


def page(request: HttpRequest, shared: Shared, crumbs: Sequence[tuple[str, str]]) -> HttpResponse:
    """Show what is shared: the text to copy, the picture to keep."""
    context = {"shared": shared, "crumbs": [*crumbs, (_("For a chat group"), "")], "rows": shared.text.count("\n") + 2}
    return render(request, "office/share.html", context)
