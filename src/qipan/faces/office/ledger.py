"""The ledger: the list of observations, one of them, and the rounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from urllib.parse import urlencode
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from qipan.assessment.scale import SCALE
from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text
from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.ground.documents.tables import write_csv
from qipan.ground.units.permissions import IMPORT_OBSERVATIONS, OPEN_ROUNDS, READ
from qipan.overview import rounds as round_queries
from qipan.overview.board import type_title
from qipan.overview.ledger import (
    OUTCOME_GROUPS,
    STANDS,
    Book,
    ObservationRow,
    Wanted,
    all_rows,
    carriers,
    matching,
    observation_page,
    recorders,
    rows,
)
from qipan.overview.points import UNOWNED, UnitName, unit_names
from qipan.overview.rounds import Published, round_list
from qipan.spine.scorecards.queries import Standing, standing

PAGE = 50
MOST_IN_WORKBOOK = 50_000
SELECTION_WORDS = {
    "drawn": ("selection", "drawn"), "census": ("selection", "census"), "chosen": ("selection", "chosen"),
}  # fmt: skip
OUTCOME_WORDS = {
    "pass": gettext_lazy("complies"),
    "fail": gettext_lazy("fault"),
    "other": gettext_lazy("grade, number or answer"),
    "na": gettext_lazy("not applicable"),
    "missing": gettext_lazy("missing, whatever the reason"),
    "not_seen": gettext_lazy("not seen"),
    "refused": gettext_lazy("refused"),
    "lost": gettext_lazy("record lost"),
    "disputed": gettext_lazy("disputed"),
}
STAND_WORDS = {
    "live": gettext_lazy("counts"),
    "corrected": gettext_lazy("corrected or withdrawn since"),
    "corrections": gettext_lazy("is a correction"),
    "withdrawn": gettext_lazy("withdraws a record"),
}
FILE_COLUMNS = (
    "id", "item", "stratum", "cluster", "subject", "round", "selection", "outcome", "weight", "observed_at",
    "recorded_at", "by_person", "by_post", "by_unit", "own", "source", "supersedes",
)  # fmt: skip
CONDITIONS = (
    "round", "type", "cluster", "item", "check", "node", "unit", "by", "selection", "outcome", "stands", "since",
    "until",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as the page shows it."""

    row: ObservationRow
    url: str
    site_url: str
    criterion_url: str
    type_title: Text
    by_unit: Text


@requires(READ)
def ledger(request: HttpRequest) -> HttpResponseBase:
    """List the observations of the year."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    book = Book(desk.year)
    units = unit_names(desk.county.pk)
    now = standing(desk.year, timezone.localdate())
    wanted = _wanted(request, units)
    found = matching(desk.year, wanted, book, now)
    sort = request.GET.get("sort", "-seq")
    kind = exports.wanted(request)
    if kind == "csv":
        return _csv(all_rows(found, book, sort))
    count = found.count()
    if kind == "xlsx" and count <= MOST_IN_WORKBOOK:
        shown = (_exported(row, now, units) for row in all_rows(found, book, sort))
        return exports.export("xlsx", _("observations"), _headings(), shown)
    page = Paginator(range(count), PAGE).get_page(request.GET.get("page"))
    start = (page.number - 1) * PAGE
    made = [_shown(row, now, units) for row in rows(found, book, sort, start, start + PAGE)]
    context = {
        "page": page,
        "rows": made,
        "count": count,
        "sort": sort,
        "filters": _filters(request, book, now),
        "more_filters": _more_filters(request, now, units),
        "chips": _chips(request, book, now),
        "keep": [(name, request.GET[name]) for name in ("sort", "check", "node") if request.GET.get(name)],
        "reset_url": reverse("ledger") if wanted.any else "",
        "exports": exports.links(request),
        "too_many": kind == "xlsx",
        "most": MOST_IN_WORKBOOK,
        "may_import": IMPORT_OBSERVATIONS.allows(desk.post, desk.county),
    }
    return render(request, "office/ledger.html", context)


def _wanted(request: HttpRequest, units: dict[int, UnitName]) -> Wanted:
    get = request.GET.get
    unit = get("unit", "")
    ids = {each.code: pk for pk, each in units.items()}
    return Wanted(
        round=get("round", ""), stratum=get("type", ""), cluster=get("cluster", "").strip(),
        item=get("item", "").strip(), check=get("check", ""), node=get("node", ""),
        unit=None if not unit else 0 if unit == UNOWNED else ids.get(unit, -1),
        by_unit=get("by", ""), selection=get("selection", ""), outcome=get("outcome", ""), stands=get("stands", ""),
        since=_day(get("since", "")), until=_day(get("until", "")),
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _shown(row: ObservationRow, now: Standing, units: dict[int, UnitName]) -> ShownRow:
    by_code = next((unit.name for unit in units.values() if unit.code == row.by_unit), Text(row.by_unit, row.by_unit))
    return ShownRow(
        row=row,
        url=reverse("observation", args=[row.uid]),
        site_url=reverse("site", args=[row.cluster]) if row.site else "",
        criterion_url=reverse("criterion", args=[row.node]) if row.node else "",
        type_title=type_title(now, row.stratum) if row.stratum != "-" else Text(),
        by_unit=by_code,
    )


def selection_word(selection: str) -> str:
    """Return how a thing came to be looked at, in words."""
    match selection:
        case "drawn":
            return pgettext("selection", "drawn")
        case "census":
            return pgettext("selection", "census")
        case _:
            return pgettext("selection", "chosen")


def _select(request: HttpRequest, name: str, label: str, options: Iterable[tuple[str, str]]) -> dict[str, object]:
    value = request.GET.get(name, "")
    return {"name": name, "label": label, "kind": "select", "value": value, "options": [("", _("all")), *options]}


def _filters(request: HttpRequest, book: Book, now: Standing) -> list[dict[str, object]]:
    language = get_language() or "en"
    named = [(code, name.into(language)) for code, name in reversed(book.rounds.values())]
    strata = {stratum for line in now.book.lines.values() for stratum, items in line.strata.items() if items}
    types = sorted((type_title(now, code).into(language), code) for code in strata if code != "-")
    return [
        _select(request, "round", _("Round"), [*named, ("-", _("outside rounds"))]),
        _select(
            request, "type", _("Type"), [*((code, title) for title, code in types), ("-", _("not at a site"))]
        ),
        {"name": "cluster", "label": _("Site: code or name"), "kind": "search", "value": request.GET.get("cluster", "")},
        {"name": "item", "label": _("Item: key or words"), "kind": "search", "value": request.GET.get("item", "")},
        _select(request, "outcome", _("Outcome"), [(name, str(OUTCOME_WORDS[name])) for name in OUTCOME_GROUPS]),
    ]  # fmt: skip


def _more_filters(request: HttpRequest, now: Standing, units: dict[int, UnitName]) -> list[dict[str, object]]:
    language = get_language() or "en"
    names = {unit.code: unit.name.into(language) for unit in units.values()}
    held = [(unit.code, unit.name.into(language)) for unit in carriers(now, units)]
    by = [(code, names.get(code, code)) for code in recorders(now)]
    return [
        _select(request, "unit", _("Unit that answers"), [(UNOWNED, _("unowned")), *held]),
        _select(request, "by", _("Recorded by"), by),
        _select(request, "selection", _("Selection"), [(name, selection_word(name)) for name in SELECTION_WORDS]),
        _select(request, "stands", _("Corrections"), [(name, str(STAND_WORDS[name])) for name in STANDS]),
        {"name": "since", "label": _("Seen from"), "kind": "date", "value": request.GET.get("since", "")},
        {"name": "until", "label": _("Seen until"), "kind": "date", "value": request.GET.get("until", "")},
    ]


def _chips(request: HttpRequest, book: Book, now: Standing) -> list[tuple[Text, str]]:
    """Return what the list is restricted to by links, each with the address that takes it away."""
    chips: list[tuple[Text, str]] = []
    for name in ("check", "node"):
        key = request.GET.get(name, "")
        line, node = now.book.lines.get(key), now.book.nodes.get(key)
        if line is not None and line.node in now.book.nodes:
            of, method = now.book.nodes[line.node], METHODS[line.check.method]
            words = Text(f"{of.code} {of.title.zh}（{method.zh}）", f"{of.code} {of.title.en} ({method.en})")
        elif node is not None:
            words = Text(f"{node.code} {node.title.zh}", f"{node.code} {node.title.en}")
        elif key:
            words = Text(key, key)
        else:
            continue
        query = request.GET.copy()
        query.pop(name)
        query.pop("page", None)
        chips.append((words, f"?{query.urlencode()}"))
    return chips


# --- export ---


def _csv(found: Iterator[ObservationRow]) -> StreamingHttpResponse:
    """Return the rows in the format of a file of observations: what is exported can be handed in again."""
    name = _("observations")
    response = StreamingHttpResponse(_lines(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.csv") or "attachment"
    return response


def _lines(found: Iterator[ObservationRow]) -> Iterator[bytes]:
    batch: list[Sequence[object]] = []
    first = True
    for row in found:
        batch.append(_as_file(row))
        if len(batch) >= 2000:
            yield _written(batch, heading=first)
            batch, first = [], False
    yield _written(batch, heading=first)


def _written(batch: Sequence[Sequence[object]], *, heading: bool) -> bytes:
    out = BytesIO()
    write_csv(out, FILE_COLUMNS, batch)
    text = out.getvalue()
    return text if heading else text.split(b"\r\n", 1)[1]


def _as_file(row: ObservationRow) -> list[object]:
    return [
        row.uid, row.item, row.stratum, row.cluster, row.subject, row.round, row.selection, row.outcome, row.weight,
        timezone.localtime(row.observed_at).isoformat(), timezone.localtime(row.recorded_at).isoformat(),
        row.by_person, row.by_post, row.by_unit, "true" if row.own else "", row.source, row.supersedes or "",
    ]  # fmt: skip


def _headings() -> list[str]:
    return [
        _("Number"), _("Site code"), _("Site"), _("Type"), _("Item key"), _("Item"), _("Criterion"), _("Outcome"),
        _("Outcome in words"), _("Round"), _("Selection"), _("Seen"), _("Recorded"), _("Person"), _("Post"), _("Unit"),
        _("Own look"), _("Source"), _("Id"), _("Corrects"), _("Corrected by"),
    ]  # fmt: skip


def _exported(row: ObservationRow, now: Standing, units: dict[int, UnitName]) -> list[object]:
    language = get_language() or "en"
    shown = _shown(row, now, units)
    return [
        row.seq, row.cluster, row.site.into(language), shown.type_title.into(language), row.item,
        row.title.into(language), row.code, row.outcome, row.word.into(language), row.round,
        selection_word(row.selection), f"{timezone.localtime(row.observed_at):%Y-%m-%d %H:%M}",
        f"{timezone.localtime(row.recorded_at):%Y-%m-%d %H:%M}", row.by_person, row.by_post,
        shown.by_unit.into(language), _("yes") if row.own else "", row.source, str(row.uid),
        str(row.supersedes or ""), str(row.corrected_by or ""),
    ]  # fmt: skip


# --- one observation ---


@requires(READ)
def observation(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show one observation: every field, its corrections, and what reads it."""
    desk = at_desk(request)
    found = observation_page(desk.year, uid, timezone.localdate()) if desk.year else None
    if found is None:
        raise Http404
    units = unit_names(desk.county.pk)
    by_code = {unit.code: unit for unit in units.values()}
    row = found.row
    recorder = by_code.get(row.by_unit)
    there = {"cluster": row.cluster, "item": row.item}
    context = {
        "found": found,
        "row": row,
        "crumbs": [(_("Ledger"), reverse("ledger")), (row.title, "")],
        "by_unit": recorder.name if recorder else Text(row.by_unit, row.by_unit),
        "by_unit_url": reverse("unit", args=[recorder.code]) if recorder else "",
        "site_url": reverse("site", args=[row.cluster]) if row.site else "",
        "round_url": f"{reverse('rounds')}#round-{row.round}" if row.round else "",
        "same_place_url": f"{reverse('ledger')}?{urlencode(there)}",
        "chain": [
            (each, reverse("observation", args=[each.uid]), each.uid == row.uid) for each in found.chain
        ],
        "later": found.later,
        "later_url": reverse("observation", args=[found.later.uid]) if found.later else "",
        "read_by": [
            (each, METHODS[each.method], reverse("criterion", args=[each.node])) for each in found.read_by
        ],
    }  # fmt: skip
    return render(request, "office/observation.html", context)


# --- rounds ---


@requires(READ)
def rounds(request: HttpRequest) -> HttpResponse:
    """List the rounds of the year with what they published."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    found = round_list(desk.year, timezone.now())
    kind = exports.wanted(request)
    if kind:
        return exports.export(kind, _("rounds"), _round_headings(), _round_rows(found))
    ledger_url = reverse("ledger")
    context = {
        "rounds": [
            {
                "row": row,
                "ledger_url": f"{ledger_url}?{urlencode({'round': row.code})}",
                "sections": [_section(each) for each in row.sections],
                "unseen": row.listed - row.listed_seen,
            }
            for row in found
        ],
        "crumbs": [(_("Ledger"), ledger_url), (_("Rounds"), "")],
        "exports": exports.links(request),
        "may_open": OPEN_ROUNDS.allows(desk.post, desk.county),
        "year": desk.year.year,
    }
    return render(request, "office/rounds.html", context)


def _percent(mean: int | None) -> str:
    return "—" if mean is None else f"{mean * 100 / SCALE:.2f}%"


def _section(each: Published) -> dict[str, object]:
    return {
        "code": each.code,
        "title": each.title,
        "url": reverse("criterion", args=[each.section]),
        "listed": each.listed,
        "seen": each.seen,
        "mean": _percent(each.mean),
        "amended": [(at, seen, _percent(mean)) for at, seen, mean in each.amended],
    }


def _round_headings() -> list[str]:
    return [
        _("Code"), _("Round"), _("Selection"), _("Seed"), _("Opened"), _("Closed"), _("On the list"), _("Seen of it"),
        _("Observations"), _("Section"), _("Published mean"), _("Readings"), _("Amended on"), _("Amended mean"),
    ]  # fmt: skip


def _round_rows(found: Sequence[round_queries.RoundRow]) -> Iterator[list[object]]:
    language = get_language() or "en"
    for row in found:
        head: list[object] = [
            row.code, row.name.into(language), selection_word(row.selection), row.seed,
            f"{timezone.localtime(row.opened_at):%Y-%m-%d}",
            f"{timezone.localtime(row.closed_at):%Y-%m-%d}" if row.closed_at else "", row.listed, row.listed_seen,
            row.looks,
        ]  # fmt: skip
        if not row.sections:
            yield [*head, "", "", "", "", ""]
        for each in row.sections:
            last = each.amended[-1] if each.amended else None
            yield [
                *head, each.title.into(language), _percent(each.mean), each.seen,
                f"{timezone.localtime(last[0]):%Y-%m-%d}" if last else "", _percent(last[2]) if last else "",
            ]  # fmt: skip
