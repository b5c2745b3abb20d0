"""The first page of whoever records: where nobody has been, what waits for a re-check, what was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qipan.assessment.text import Text
from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.record import places
from qipan.faces.office.record.answers import day_of
from qipan.ground.units.permissions import OPEN_ROUNDS, READ, RECORD, RECORD_REVIEWS, RECORD_VISITS
from qipan.overview.points import unit_names
from qipan.overview.records import Record, Wanted, Year, people, record_count, records
from qipan.overview.rounds import round_list
from qipan.spine.work.queries import counts

PAGE = 50
AT_HOME, RECENT = 10, 8
KINDS = {
    "visit": Text("点位检查", "site visit"),
    "document_review": Text("材料审核", "document review"),
    "declared_figure": Text("申报数据", "declared figure"),
    "authority_opinion": Text("主管部门意见", "authority's opinion"),
}


@require_safe
@requires(RECORD)
def record_home(request: HttpRequest) -> HttpResponse:
    """Show where to go, what waits, and what was recorded last."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    now = timezone.now()
    rows = [row for row in round_list(desk.year, now) if row.closed_at is None]
    mine = Wanted(person=str(desk.post.person)[:80])
    context = places.chooser(request, desk.year, AT_HOME) | {
        "rounds": rows,
        "may_visit": RECORD_VISITS.allows(desk.post, desk.county),
        "may_open": OPEN_ROUNDS.allows(desk.post, desk.county),
        "may_review": RECORD_REVIEWS.allows(desk.post, desk.county),
        "waiting": counts(desk.post, desk.year, now=now).waiting_recheck,
        "waiting_url": f"{reverse('work_list')}?special=recheck",
        "recent": [_row(each) for each in records(desk.year, mine, 0, RECENT)],
        "list_url": reverse("record_list"),
    }  # fmt: skip
    return render(request, "office/record/home.html", context)


def _row(record: Record) -> dict[str, Any]:
    name = "visit_show" if record.kind == "visit" else "review_show"
    return {"record": record, "kind": KINDS[record.kind], "url": reverse(name, args=[record.uid])}


@require_safe
@requires(READ)
def record_list(request: HttpRequest) -> HttpResponse:
    """List the visits and reviews of the year."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    get = request.GET.get
    wanted = Wanted(
        kind=get("kind", ""), person=get("person", ""), round=get("round", ""), words=get("q", "").strip(),
        faults=get("faults") == "1", since=day_of(get("since", "")), until=day_of(get("until", "")),
    )  # fmt: skip
    units = {unit.code: unit.name for unit in unit_names(desk.county.pk).values()}
    kind = exports.wanted(request)
    if kind:
        found = records(desk.year, wanted)
        return exports.export(kind, _("visits and reviews"), _headings(), _lines(found, units))
    count = record_count(desk.year, wanted)
    page = Paginator(range(count), PAGE).get_page(get("page"))
    start = (page.number - 1) * PAGE
    rows = [
        _row(each) | {"unit": units.get(each.by_unit, Text(each.by_unit, each.by_unit))}
        for each in records(desk.year, wanted, start, start + PAGE)
    ]
    context = {
        "rows": rows,
        "page": page,
        "count": count,
        "filters": _filters(request, desk.year),
        "reset_url": reverse("record_list") if wanted != Wanted() else "",
        "exports": exports.links(request),
        "may_record": RECORD_VISITS.allows(desk.post, desk.county),
        "crumbs": [(_("Record"), reverse("record_home")), (_("Visits and reviews"), "")]
        if RECORD.allows(desk.post, desk.county)
        else [],
        "year": desk.year.year,
    }
    return render(request, "office/record/list.html", context)


def _filters(request: HttpRequest, year: Year) -> list[dict[str, Any]]:
    get = request.GET.get
    every = ("", _("all"))
    rounds = [(row.code, row.name) for row in round_list(year, timezone.now())]
    return [
        {"name": "kind", "label": _("Kind"), "kind": "select", "value": get("kind", ""), "options": [every, *KINDS.items()]},
        {"name": "round", "label": _("Round"), "kind": "select", "value": get("round", ""), "options": [every, *rounds]},
        {
            "name": "person", "label": _("Person"), "kind": "select", "value": get("person", ""),
            "options": [every, *((name, name) for name in people(year))],
        },
        {
            "name": "faults", "label": _("Faults"), "kind": "select", "value": get("faults", ""),
            "options": [every, ("1", _("with faults"))],
        },
        {"name": "q", "label": _("Site, check or document"), "kind": "search", "value": get("q", "")},
        {"name": "since", "label": _("From"), "kind": "date", "value": get("since", "")},
        {"name": "until", "label": _("Until"), "kind": "date", "value": get("until", "")},
    ]  # fmt: skip


def _headings() -> list[str]:
    return [
        _("Kind"), _("Seen"), _("Recorded"), _("Code"), _("Site or check"), _("Type or document"), _("Round"),
        _("Person"), _("Unit"), _("Items"), _("Faults"), _("Id"),
    ]  # fmt: skip


def _lines(found: list[Record], units: dict[str, Text]) -> Iterator[list[object]]:
    language = get_language() or "en"
    for each in found:
        unit = units.get(each.by_unit, Text(each.by_unit, each.by_unit))
        seen = timezone.localtime(each.at)
        yield [
            KINDS[each.kind].into(language), f"{seen:%Y-%m-%d %H:%M}" if each.kind == "visit" else f"{seen:%Y-%m-%d}",
            f"{timezone.localtime(each.recorded_at):%Y-%m-%d %H:%M}", each.code, each.name.into(language),
            each.about.into(language), each.round, each.by_person, unit.into(language), each.items, each.faults,
            str(each.uid),
        ]  # fmt: skip
