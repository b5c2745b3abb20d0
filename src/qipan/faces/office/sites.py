"""The register of sites: the list with its map, and the page of one site."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from qipan.assessment.scale import POINT, SCALE
from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text
from qipan.faces.office import exports
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.figures import Parts, total
from qipan.faces.office.home.links import work_url
from qipan.faces.office.record.links import visit_url
from qipan.faces.office.templatetags.office import day, minute
from qipan.faces.office.work.here import work_here
from qipan.ground.sites.queries import site_pk
from qipan.ground.sites.sponsors import KINDS, LEADER
from qipan.ground.units.permissions import IMPORT_OBSERVATIONS, MANAGE_SITES, READ, RECORD_VISITS
from qipan.overview.board import Sums
from qipan.overview.points import UnitName, Whose
from qipan.overview.programmes import programmes_at
from qipan.overview.sites import ON_MAP, STATES, CheckRow, SiteList, SitePage, SiteRow, site_list, site_page
from qipan.spine.years.upkeep import first_in_upkeep

PAGE = 50
STATE_WORDS = {
    "lost": gettext_lazy("points lost"),
    "partly": gettext_lazy("partly assessed"),
    "good": gettext_lazy("in order"),
    "open": gettext_lazy("on a list, not seen yet"),
    "chosen": gettext_lazy("chosen looks only, enters no score"),
    "never": gettext_lazy("nobody has looked this year"),
}
STATE_PILLS = {
    "lost": "failed", "partly": "partly", "good": "full", "open": "not_assessed", "chosen": "partly",
    "never": "not_assessed",
}  # fmt: skip
SORTS: dict[str, Callable[[SiteRow], Any]] = {
    "name": lambda row: row.name.into(get_language() or "en"),
    "code": lambda row: row.code,
    "type": lambda row: row.type_title.into(get_language() or "en"),
    "lost": lambda row: row.sums.lost,
    "unassessed": lambda row: row.sums.unassessed,
    "last": lambda row: row.last.timestamp() if row.last else 0.0,
}


@dataclass(frozen=True, slots=True)
class Owner:
    """A unit as a row links to it."""

    name: Text
    url: str


@dataclass(frozen=True, slots=True)
class ShownSite:
    """A row as the page, the map's list and the exports show it."""

    row: SiteRow
    parts: Parts
    url: str
    points_url: str
    territory: Text
    owners: tuple[Owner, ...]
    more: int
    state_word: str
    pill: str
    back: int = 0
    """In upkeep: how many orders of it came back."""
    back_url: str = ""

    @property
    def id(self) -> str:
        """What the map's list knows it by."""
        return self.row.code

    @property
    def name(self) -> Text:
        """Its name."""
        return self.row.name

    @property
    def state(self) -> str:
        """Which mark it has on the map."""
        return ON_MAP[self.row.state]

    @property
    def note(self) -> Text:
        """What the map's list says beside the name."""
        return self.row.type_title


@requires(READ)
def sites(request: HttpRequest) -> HttpResponse:
    """List the register, with what was lost at each site."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    found = site_list(desk.year, timezone.localdate())
    figures = figures_of(found)
    rows = _chosen(request, found)
    back = first_in_upkeep(desk.post, desk.year, timezone.localdate())
    sort = request.GET.get("sort", "-back" if back else "-lost")
    rows = _first(rows, back) if sort == "-back" else _sorted(rows, sort)
    kind = exports.wanted(request)
    if kind:
        shown = [_shown(row, found, figures, back) for row in rows]
        return exports.export(kind, _("sites"), _headings(), [_exported(row, found) for row in shown])
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    made = [_shown(row, found, figures, back) for row in page]
    query = urlencode(
        {name: request.GET[name] for name in ("type", "unit", "sponsor", "state", "q") if request.GET.get(name)}
    )
    context = {
        "page": page,
        "rows": made,
        "sort": sort,
        "back_first": bool(back),
        "filters": _filters(request, found),
        "keep": [("sort", sort)] if request.GET.get("sort") else [],
        "reset_url": reverse("sites") if query else "",
        "exports": exports.links(request),
        "data_url": reverse("sites_geojson") + (f"?{query}" if query else ""),
        "sums": _sums(rows, found, figures, filtered=bool(query)),
        "registered": len(found.rows),
        "never": sum(1 for row in found.rows if row.state == "never"),
        "never_url": reverse("sites") + "?state=never",
        "may_edit": MANAGE_SITES.allows(desk.post, desk.county),
        "sponsored": bool(found.sponsored.names),
        "may_import": IMPORT_OBSERVATIONS.allows(desk.post, desk.county),
        "assumed": found.standing.book.weights_assumed,
    }
    return render(request, "office/sites.html", context)


@requires(READ)
def sites_geojson(request: HttpRequest) -> HttpResponse:
    """Return the same sites as points of a map."""
    desk = at_desk(request)
    if desk.year is None:
        return JsonResponse({"type": "FeatureCollection", "features": []}, content_type="application/geo+json")
    found = site_list(desk.year, timezone.localdate())
    language = get_language() or "en"
    features = []
    for row in _chosen(request, found):
        territory = found.units.get(row.territory) if row.territory else None
        features.append(
            {
                "type": "Feature",
                "geometry": None
                if row.lon is None or row.lat is None
                else {"type": "Point", "coordinates": [row.lon, row.lat]},
                "properties": {
                    "id": row.code,
                    "name": row.name.into(language),
                    "url": reverse("site", args=[row.code]),
                    "state": ON_MAP[row.state],
                    "type": row.type_title.into(language),
                    "unit": territory.name.into(language) if territory else "",
                    "note": str(STATE_WORDS[row.state]) if row.state in {"chosen", "never"} else "",
                },
            }
        )
    answer = {"type": "FeatureCollection", "features": features}
    return JsonResponse(answer, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False})


def figures_of(found: SiteList) -> dict[str, Parts]:
    """Return every site's figures, and those of what hangs on no site ("-document", "-unseen", …).

    Points are rounded once, where the year's standing is made, so that these add up to the total as they are.
    """
    rest = {
        "-document": found.not_at_site, "-unseen": found.unseen_types, "-unregistered": found.unregistered,
        "-rule": found.by_rule,
    }  # fmt: skip
    return {row.code: _parts(row.sums) for row in found.rows} | {key: _parts(sums) for key, sums in rest.items()}


def _parts(sums: Sums) -> Parts:
    return Parts(sums.earned, sums.lost, sums.unassessed)


def _chosen(request: HttpRequest, found: SiteList) -> list[SiteRow]:
    """Return the rows that the filters leave."""
    kind, unit, state = (request.GET.get(name, "") for name in ("type", "unit", "state"))
    words = request.GET.get("q", "").strip().casefold().split()
    codes = {pk: each.code for pk, each in found.units.items()}
    sponsor = request.GET.get("sponsor", "")
    theirs = set(found.sponsored.sites) if sponsor == "-" else found.sponsored.sites_of(sponsor) if sponsor else set()
    kept = []
    for row in found.rows:
        if kind and row.type != kind:
            continue
        if unit and (codes.get(row.territory or 0, "") if row.territory else "-") != unit:
            continue
        if sponsor and (row.code in theirs) == (sponsor == "-"):
            continue
        if state and row.state != state:
            continue
        text = f"{row.code} {row.name.zh} {row.name.en}".casefold()
        if all(word in text for word in words):
            kept.append(row)
    return kept


def _sorted(rows: list[SiteRow], sort: str) -> list[SiteRow]:
    key = SORTS.get(sort.removeprefix("-"))
    # The register is in the order of codes, and sorting keeps the order of equals.
    return sorted(rows, key=key, reverse=sort.startswith("-")) if key else rows


def _first(rows: list[SiteRow], back: Mapping[str, int]) -> list[SiteRow]:
    """Return the rows with most that came back first, then with most lost."""
    return sorted(rows, key=lambda row: (back.get(row.code, 0), row.sums.lost), reverse=True)


def _shown(row: SiteRow, found: SiteList, figures: dict[str, Parts], back: Mapping[str, int]) -> ShownSite:
    owners = [owner_of(whose, found.units) for whose in row.owners]
    territory = found.units.get(row.territory) if row.territory else None
    return ShownSite(
        row=row,
        parts=figures[row.code],
        url=reverse("site", args=[row.code]),
        points_url=f"{reverse('points')}?{urlencode({'by': 'part', 'cluster': row.code})}",
        territory=territory.name if territory else Text(),
        owners=tuple(owners[:2]),
        more=max(len(owners) - 2, 0),
        state_word=str(STATE_WORDS[row.state]),
        pill=STATE_PILLS[row.state],
        back=back.get(row.code, 0),
        back_url=work_url(special="recurred", site=row.code) if row.code in back else "",
    )


def owner_of(whose: Whose, units: dict[int, UnitName]) -> Owner:
    """Return a unit as it is linked; nobody is said to be nobody."""
    unit = units.get(whose) if isinstance(whose, int) else None
    return Owner(unit.name, reverse("unit", args=[unit.code])) if unit else Owner(Text("无责任单位", "unowned"), "")


def _sums(
    rows: Sequence[SiteRow], found: SiteList, figures: dict[str, Parts], *, filtered: bool
) -> list[dict[str, object]]:
    """Return the foot of the table: what is listed, what is not, and the total that they add up to."""
    listed = total([figures[row.code] for row in rows])
    everything = total(list(figures.values()))
    at_sites = total([figures[row.code] for row in found.rows])
    points = reverse("points")
    foot: list[dict[str, object]] = [{"label": _("Sites listed"), "count": len(rows), "parts": listed, "url": ""}]
    if filtered:
        others = Parts(
            at_sites.earned - listed.earned, at_sites.lost - listed.lost, at_sites.unassessed - listed.unassessed
        )
        foot.append(
            {"label": _("Other sites"), "count": len(found.rows) - len(rows), "parts": others, "url": reverse("sites")}
        )
    for key, label, url in (
        ("-document", _("Not at a site: documents, opinions, figures"), f"{points}?by=check"),
        ("-unseen", _("Types that nobody has looked at"), f"{points}?by=site&sort=-unassessed"),
        ("-unregistered", _("Places that are not on the register"), f"{points}?by=site"),
        ("-rule", _("Changed by rule"), f"{points}?whose=rule"),
    ):
        parts = figures[key]
        if parts.possible or parts.earned or parts.lost:
            foot.append({"label": label, "count": None, "parts": parts, "url": url})
    foot.append({"label": _("Total"), "count": None, "parts": everything, "url": reverse("board"), "whole": True})
    return foot


def _filters(request: HttpRequest, found: SiteList) -> list[dict[str, object]]:
    language = get_language() or "en"
    types = sorted((title.into(language), code) for code, title in found.types.items())
    held = {row.territory for row in found.rows}
    units = sorted(
        (unit.code, unit.name.into(language)) for pk, unit in found.units.items() if pk in held
    )  # fmt: skip
    nowhere = [("-", _("no territory"))] if None in held else []
    asked = request.GET.get("state", "")
    counts = {state: sum(1 for row in found.rows if row.state == state) for state in STATES}
    states = [(state, f"{STATE_WORDS[state]} ({counts[state]})") for state in STATES if counts[state] or state == asked]

    def select(name: str, label: str, options: Sequence[tuple[str, str]]) -> dict[str, object]:
        value = request.GET.get(name, "")
        return {"name": name, "label": label, "kind": "select", "value": value, "options": [("", _("all")), *options]}

    return [
        select("type", _("Type"), [(code, title) for title, code in types]),
        select("unit", _("Territory"), [*units, *nowhere]),
        select("sponsor", _("Sponsor"), sponsor_options(found)),
        select("state", _("State"), states),
        {"name": "q", "label": _("Name or code"), "kind": "search", "value": request.GET.get("q", "")},
    ]


def sponsor_options(found: SiteList) -> list[tuple[str, str]]:
    """Return who sponsors sites, to choose from, and nobody where some site has no sponsor."""
    language = get_language() or "en"
    at_sites = {each.sponsor.key for them in found.sponsored.sites.values() for each in them}
    known = [(key, name.words.into(language)) for key, name in found.sponsored.names.items() if key in at_sites]
    return [*known, ("-", _("no sponsor"))] if known else []


def sponsor_lines(found: SiteList, code: str) -> list[dict[str, object]]:
    """Return who sponsors a site, each with his page and the area through which it is his."""
    lines: list[dict[str, object]] = []
    for each in found.sponsored.sites.get(code, ()):
        area = found.units.get(each.area) if each.area is not None else None
        lines.append(
            {
                "label": _("Sponsoring leader") if each.sponsor.kind == LEADER else _("Sponsoring unit"),
                "words": each.sponsor.words,
                "url": reverse("sponsor", args=[each.sponsor.key]),
                "area": area.name if area else "",
                "since": each.since,
            }
        )
    return lines


def _headings() -> list[str]:
    return [
        _("Code"), _("Site"), _("Type"), _("Territory"), _("State"), _("Last look"), _("Observations"),
        pgettext("points", "Earned"), pgettext("points", "Lost"), _("Not assessed"), pgettext("points", "Possible"),
        _("Answers for it"), _("Sponsoring leader"), _("Sponsoring unit"), _("Longitude"), _("Latitude"),
    ]  # fmt: skip


def _exported(shown: ShownSite, found: SiteList) -> list[object]:
    language = get_language() or "en"
    sponsors = {
        each.sponsor.kind: each.sponsor.words.into(language) for each in found.sponsored.sites.get(shown.row.code, ())
    }
    row, parts = shown.row, shown.parts
    return [
        row.code, row.name.into(language), row.type_title.into(language), shown.territory.into(language),
        shown.state_word, day(row.last), row.looks,
        *(value / POINT for value in (parts.earned, parts.lost, parts.unassessed, parts.possible)),
        "、".join(owner.name.into(language) for owner in shown.owners),
        *(sponsors.get(kind, "") for kind in KINDS), row.lon, row.lat,
    ]  # fmt: skip


# --- one site ---


@requires(READ)
def site(request: HttpRequest, code: str) -> HttpResponse:
    """Show one site: whose it is, what is checked there, what was seen, and what is lost."""
    desk = at_desk(request)
    found = site_page(desk.year, timezone.localdate(), code) if desk.year else None
    if found is None:
        raise Http404
    ledger = f"{reverse('ledger')}?{urlencode({'cluster': code})}"
    units = found.units
    territory = units.get(found.row.territory) if found.row.territory else None
    context = {
        "site": found.row,
        "found": found,
        "work_here": work_here(desk, site=found.row.code),
        "visit_url": visit_url(found.row.code)
        if RECORD_VISITS.allows(desk.post, desk.county) and not found.no_checklist
        else "",
        "parts": _parts(found.row.sums),
        "crumbs": [(_("Sites"), reverse("sites")), (found.row.name, "")],
        "state_word": STATE_WORDS[found.row.state],
        "pill": STATE_PILLS[found.row.state],
        "territory": territory,
        "territory_url": reverse("unit", args=[territory.code]) if territory else "",
        "duties": [(duty, units[duty.unit], reverse("unit", args=[units[duty.unit].code])) for duty in found.duties],
        "checks": [_check(check, _parts(check.sums), found, code) for check in found.checks],
        "rounds": found.rounds,
        "ledger_url": ledger,
        "points_url": f"{reverse('points')}?{urlencode({'by': 'part', 'cluster': code})}",
        "same_type_url": f"{reverse('sites')}?{urlencode({'type': found.row.type})}",
        "assumed": found.standing.book.weights_assumed,
        "dangers": found.dangers,
        "sponsors": sponsor_lines(found.listed, code),
        "programmes": programmes_at(desk.county.pk, code),
        "edit_pk": site_pk(desk.county.pk, code) if MANAGE_SITES.allows(desk.post, desk.county) else None,
    }
    return render(request, "office/site.html", context)


def _check(check: CheckRow, parts: Parts, found: SitePage, code: str) -> dict[str, object]:
    return {
        "row": check,
        "parts": parts,
        "method": METHODS[check.method],
        "url": reverse("criterion", args=[check.node]),
        "owner": owner_of(check.whose, found.units),
        "change": f"{'+' if check.changed > 0 else '−'}{abs(check.changed) * 100 / SCALE:.0f}%"
        if check.changed
        else "",
        "ledger_url": f"{reverse('ledger')}?{urlencode({'cluster': code, 'check': check.check})}",
        "items": [(item, minute(item.look.at) if item.look else "") for item in check.items],
    }
