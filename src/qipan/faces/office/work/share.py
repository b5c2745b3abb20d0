"""An item, or a list of work with its conditions, as a chat group gets it."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.addresses import reached
from qipan.faces.office.sharing import Entry, Figure, Shared, page
from qipan.faces.office.templatetags.office import minute
from qipan.faces.office.work.item import KIND_WORDS, sides
from qipan.faces.office.work.lights import light
from qipan.faces.office.work.listing import VIEWS, filters_of, order_of
from qipan.ground.units.permissions import READ
from qipan.spine.work.queries import Row, item_page, items

MOST = 100
"""So many lines of a list go into one message; nobody reads more on a phone."""


@require_GET
@requires(READ)
def work_share(request: HttpRequest, number: str) -> HttpResponse:
    """Show one item as a chat group gets it."""
    desk = at_desk(request)
    found = item_page(desk.post, number)
    if found is None:
        raise Http404
    row, language = found.row, get_language() or "en"
    shown = light(row, found.now)
    where = row.site.name.into(language) if row.site else ""
    text = found.sightings[0].text if found.sightings else ""
    lines = [
        f"{pgettext('item of work', 'Number')}{_colon()}{row.number}",
        *([f"{_('Site')}{_colon()}{where}"] if where else []),
        f"{_('Item of work')}{_colon()}{row.title.into(language)}",
        *([f"{_('What was found')}{_colon()}{text or found.text}"] if text or found.text else []),
        f"{_('Lead unit')}{_colon()}{row.lead.name.into(language) if row.lead else _('nobody yet')}",
        f"{_('Deadline')}{_colon()}{minute(row.deadline)}",
        f"{_('Light')}{_colon()}{shown.word}",
    ]
    both = sides(found)
    photos = [
        (reverse("photo", args=[each.uid, "shown"]), word)
        for side, word in (("before", _("Before")), ("after", _("After")))
        if both[side] is not None
        for each in both[side].photos[:1]
    ]
    shared = Shared(
        title=f"{desk.county.name.into(language)} · {KIND_WORDS.get(row.kind, row.kind)}", moment=_moment(found.now), lines=lines,
        link=reached(request, reverse("work_item", args=[row.number])), photos=photos, name=row.number,
    )  # fmt: skip
    return page(request, shared, [(_("Work"), reverse("work_list")), (row.number, reverse("work_item", args=[number]))])


@require_GET
@requires(READ)
def work_list_share(request: HttpRequest) -> HttpResponse:
    """Show a list of work, with its conditions and its order, as a chat group gets it."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    now, language = timezone.now(), get_language() or "en"
    view = request.GET.get("view", "")
    filters = filters_of(request, desk.year.year, VIEWS[view][0] if view in VIEWS else "")
    rows: list[Row] = []
    number, total, pages = 1, 0, 1
    while number <= pages and len(rows) < MOST:
        found = items(desk.post, filters, order_of(request), number, year=desk.year, now=now)
        total, pages = found.total, -(-found.total // found.per_page)
        rows += found.rows
        number += 1
    rows = rows[:MOST]
    late = sum(row.light == "late" for row in rows)
    figures = [Figure(str(total), pgettext("count", "items"))]
    if total == len(rows):
        figures.append(Figure(str(late), _("late")))
    rest = total - len(rows)
    query = request.GET.urlencode()
    address = reverse("work_list") + (f"?{query}" if query else "")
    word = str(VIEWS[view][1]) if view in VIEWS else str(VIEWS[""][1])
    shared = Shared(
        title=f"{desk.county.name.into(language)} · {_('Work')}（{word}）" if language.startswith("zh")
        else f"{desk.county.name.into(language)} · {_('Work')} ({word})",
        moment=_moment(now), figures=figures, entries=[_entry(row, now, language) for row in rows],
        rest=ngettext("and %(count)s more", "and %(count)s more", rest) % {"count": rest} if rest else "",
        link=reached(request, address), name=f"{_('Work')}-{timezone.localtime(now):%Y%m%d-%H%M}",
    )  # fmt: skip
    return page(request, shared, [(_("Work"), address)])


def _entry(row: Row, now: datetime, language: str) -> Entry:
    shown = light(row, now)
    whose = row.lead.name.into(language) if row.lead else _("nobody yet")
    at = timezone.localtime(row.deadline)
    until = _("due %(date)s") % {"date": f"{at:%m-%d %H:%M}"}
    bar = "｜" if language.startswith("zh") else " | "
    return Entry(row.number, row.title.into(language), bar.join((whose, until)), shown.word, shown.state)


def _moment(now: datetime) -> str:
    return _("as of %(at)s") % {"at": minute(now)}


def _colon() -> str:
    return "：" if (get_language() or "").startswith("zh") else ": "
