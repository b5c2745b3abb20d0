"""The board page, and the list of points that every figure opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from qipan.assessment.scale import POINT, half_up, printed, to_points
from qipan.assessment.scorecard import GateState, native
from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text
from qipan.faces.office import bars, chessboard, headline
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.addresses import reached
from qipan.faces.office.figures import DECIMALS, Parts
from qipan.faces.office.home import progress
from qipan.faces.office.moments import as_of, bounds
from qipan.faces.office.sharing import Entry, Figure, Shared, page
from qipan.faces.office.templatetags.office import amount, points
from qipan.ground.units.permissions import READ
from qipan.overview import board as boards
from qipan.overview.board import Board, Sums, UnitRow
from qipan.overview.points import BY_RULE, UNOWNED, UnitName, Whose
from qipan.overview.progress import Marks

KINDS = {
    "department": Text("个部门", "departments"),
    "township": Text("个乡镇", "towns and townships"),
    "community": Text("个社区和党群服务中心", "communities and service centres"),
    "organization": Text("个群团组织", "mass organizations"),
    "village": Text("个行政村", "villages"),
    "subdistrict": Text("个街道", "subdistricts"),
}
NO_WORK = Marks()
FOLDED = {"town": "township", "headquarters": "department", "institution": "department", "enterprise": "other"}


def points_url(**wanted: object) -> str:
    """Return the address of the list of points behind a figure."""
    given = {name: value for name, value in wanted.items() if value not in {None, ""}}
    return reverse("points") + (f"?{urlencode(given)}" if given else "")


def whose_word(whose: Whose, units: dict[int, UnitName]) -> str:
    """Return how an address names whose points are meant: a unit's code, or "unowned" or "rule"."""
    return units[whose].code if isinstance(whose, int) else whose or ""


def parts_of(sums: Sums) -> Parts:
    """Return sums as printable parts."""
    return Parts(sums.earned, sums.lost, sums.unassessed)


@requires(READ)
def board(request: HttpRequest) -> HttpResponse:
    """Where the campaign year stands."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    day = as_of(request, desk)
    found = boards.board(desk.year, timezone.localdate(), day)
    first, last = bounds(desk)
    shown = chessboard.layout(_chessboard(found))
    context = {
        "board": found,
        "chessboard": shown,
        "headline": headline.layout(_headline(found)),
        "as_of": day,
        "day_first": first,
        "day_last": last,
        "now_url": reverse("board"),
        "title": desk.year.campaign.name,
        "upkeep": desk.year.campaign if desk.year.campaign.upkeep_since else None,
        "subtitle": _subtitle(found),
        "assumed": found.standing.book.weights_assumed,
        "assumptions_url": reverse("assumptions"),
        "explain_url": reverse("assumptions") + "#how",
        "facts": _facts(found),
        "gates": [_gate(state) for state in found.gates],
        "barred": found.card.barred,
        "equal": _equal(found),
        "native": _native(found),
        "section_bars": bars.layout(_section_bars(found)),
        "side_bars": bars.layout(_side_bars(found)),
        "type_rows": _type_rows(found),
        "losses": _losses(found),
        "ahead": found.ahead,
        "work": progress.shown(found.progress, found.units),
        "share_url": reverse("board_share") + (f"?on={day.isoformat()}" if day else ""),
    }
    return render(request, "office/board.html", context)


@requires(READ)
def board_share(request: HttpRequest) -> HttpResponse:
    """Show the board as a chat group gets it: the score, how the work goes, who must move, the largest losses."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    found = boards.board(desk.year, timezone.localdate(), as_of(request, desk))
    language = get_language() or "en"
    top, work = _headline(found), progress.shown(found.progress, found.units)
    figures = [Figure(points(top.score, top.decimals), _("points of %(total)s") % {"total": amount(top.total)})]
    figures += [Figure(str(each.count), each.word) for each in (work.figures if work else ())]
    movers = [
        Entry(
            "", each.name.into(language), _("oldest %(days)s days late") % {"days": each.days}, _late(each.late), "late"
        )
        for each in (work.movers if work else ())
    ]
    losses = [
        Entry(
            loss.code, loss.title.into(language),
            _(", ").join(owner.into(language) for owner, _url in _owners(found, loss.owners)),
            f"−{points(loss.lost, 3)}", "lost",
        )
        for loss in found.losses
    ]  # fmt: skip
    groups = ((movers, _("Who must move")), (losses, _("The ten largest losses")))
    entries = [
        replace(each, group=words) if not place else each for part, words in groups for place, each in enumerate(part)
    ]
    lines = [
        _("%(worst)s at worst, %(best)s at best, while something is not assessed")
        % {"worst": points(top.worst, top.decimals), "best": points(top.best, top.decimals)}
    ]
    if found.standing.book.weights_assumed:
        lines.append(_("Some weights are assumed."))
    shared = Shared(
        title=desk.year.campaign.name.into(language), moment=_subtitle(found).into(language), lines=lines, figures=figures,
        entries=entries, link=reached(request, request.get_full_path().replace(reverse("board_share"), reverse("board"))),
        name=f"{_('Board')}-{timezone.localtime():%Y%m%d-%H%M}",
    )  # fmt: skip
    return page(request, shared, [(_("Board"), reverse("board"))])


def _late(count: int) -> str:
    return ngettext("%(count)s item late", "%(count)s items late", count) % {"count": count}


def _subtitle(found: Board) -> Text:
    year = found.standing.year
    county = year.campaign.county.name
    number, last = year.year - year.campaign.first_year + 1, year.campaign.last_year - year.campaign.first_year + 1
    now, day = timezone.localtime(), found.standing.as_of
    standard = found.standing.book.standard.title
    if day:
        until = Text(f"{day.year}年{day.month}月{day.day}日24时", f"the end of {day.day} {day:%b %Y}")
    else:
        until = Text(f"{now.year}年{now.month}月{now.day}日{now:%H:%M}", f"{now.day} {now:%b %Y, %H:%M}")
    return Text(
        f"{county.zh} · {year.year}年（第{number}年，共{last}年） · 截至{until.zh} · 依据《{standard.zh}》",
        f"{county.en or county.zh} · {year.year}, year {number} of {last} · as of {until.en}"
        f" · by {standard.en or standard.zh}",
    )


def _headline(found: Board) -> headline.Headline:
    total = found.card.total
    cut = found.cut
    return headline.Headline(
        score=total.earned,
        worst=total.worst,
        best=total.best,
        total=total.possible,
        unassessed=total.unassessed,
        cut=headline.Cut(to_points(cut.points), cut.basis) if cut else None,
        decimals=found.standing.book.standard.decimals,
    )


def _list(found: Board, **wanted: object) -> str:
    """Return the address of the list behind a figure, as of the day that the board shows."""
    day = found.standing.as_of
    return points_url(**wanted, on=day.isoformat() if day else "")


def _node_url(found: Board, key: str) -> str:
    """Return the page of a node; as of a past day, its list of points, since pages show now."""
    return _list(found, node=key, by="check") if found.standing.as_of else reverse("criterion", args=[key])


def _unit_url(found: Board, code: str) -> str:
    """Return the page of a unit; as of a past day, its list of points, since pages show now."""
    return _list(found, whose=code, by="check") if found.standing.as_of else reverse("unit", args=[code])


def _facts(found: Board) -> list[tuple[str, str, str]]:
    total = found.card.total
    facts = [
        (_minus(printed(-total.lost, DECIMALS)), _("points lost"), _list(found, by="check", sort="-lost")),
        (printed(total.unassessed, DECIMALS), _("points not assessed"), _list(found, by="check", sort="-unassessed")),
    ]
    if found.unowned:
        facts.append(
            (
                printed(found.unowned.total.possible, DECIMALS),
                _("points that no unit answers for yet"),
                _list(found, whose=UNOWNED, by="check"),
            )
        )
    deciding = next((node for node in found.ahead if node.decides), None)
    if deciding:
        days = ngettext("%(count)d day", "%(count)d days", deciding.days) % {"count": deciding.days}
        facts.append((days, deciding.name.into(get_language() or "en"), ""))
    return facts


def _minus(number: str) -> str:
    return number.replace("-", "\N{MINUS SIGN}")


def _gate(state: GateState) -> dict[str, object]:
    return {
        "title": state.gate.title,
        "now": "" if state.now is None else f"{float(state.now):.1f}",
        "at_least": state.gate.at_least,
        "met": state.met,
        "effect": state.gate.effect,
        "assumed": state.gate.basis is not None and state.gate.basis.assumed,
    }


def _equal(found: Board) -> str:
    if found.equal is None:
        return ""
    return printed(found.equal.total.earned, found.standing.book.standard.decimals)


def _native(found: Board) -> str:
    """Return the score on the standard's own scale, where that is not points: an index, say."""
    book, total = found.standing.book, found.card.total
    if not book.standard.native:
        return ""
    value, decimals = native(book, total.earned, total.possible), book.standard.display.decimals
    return printed(half_up(value.numerator * POINT, value.denominator), decimals)


def _chessboard(found: Board) -> chessboard.Board:
    columns = tuple(
        chessboard.Column(
            section.code if section.code in found.standing.book.standard.nodes else "",
            section.title,
            _node_url(found, section.key) if section.key in found.standing.book.nodes else "",
            section.short,
        )
        for section in found.sections
    )
    working = {whose for whose, section in found.progress.marks if section} if found.progress else set()
    pointless = working - {row.whose for row in found.rows} - {UNOWNED}
    return chessboard.Board(
        columns=columns,
        # A unit to which no points fall may still owe work.
        rows=tuple(
            _row(found, row) for row in (*found.rows, *(UnitRow(whose) for whose in sorted(pointless, key=str)))
        ),
        groups=_groups(found),
        unowned=_row(found, found.unowned) if found.unowned else None,
        by_rule=_row(found, found.by_rule) if found.by_rule else None,
    )


def _groups(found: Board) -> tuple[chessboard.Group, ...]:
    kinds = dict.fromkeys(_kind(found.units[row.whose].type) for row in found.rows if isinstance(row.whose, int))
    return tuple(chessboard.Group(kind, KINDS.get(kind, Text("个其他单位", "other units"))) for kind in kinds)


def _kind(unit_type: str) -> str:
    """Fold kinds of units together, as offices speak of them."""
    return FOLDED.get(unit_type, unit_type)


def _row(found: Board, row: UnitRow) -> chessboard.Row:
    whose = whose_word(row.whose, found.units)
    cells: list[chessboard.Cell | None] = []
    for section in found.sections:
        sums = row.sections.get(section.key)
        marks = found.progress.marks.get((row.whose, section.key), NO_WORK) if found.progress else NO_WORK
        if sums is None and marks is NO_WORK:
            cells.append(None)
            continue
        url = _list(found, whose=whose, section=section.key, by="check", sort="-lost") if sums else ""
        sums = sums or Sums()
        possible = sums.earned + sums.lost + sums.unassessed
        cells.append(chessboard.Cell(possible, sums.lost, sums.unassessed, url, marks.late, marks.due))
    if isinstance(row.whose, int):
        unit = found.units[row.whose]
        return chessboard.Row(unit.name, tuple(cells), _unit_url(found, unit.code), _kind(unit.type))
    names = {UNOWNED: Text("无责任单位", "Unowned"), BY_RULE: Text("按规则增减", "By rule")}
    name = names[row.whose] if row.whose else Text()
    return chessboard.Row(name, tuple(cells), _list(found, whose=whose, by="check"))


def _section_bars(found: Board) -> list[bars.Bar]:
    rows = []
    for section in found.sections:
        sums = Sums()
        for row in (*found.rows, found.unowned, found.by_rule):
            part = row.sections.get(section.key) if row else None
            if part:
                sums.add(part.possible, part.earned, part.lost, part.unassessed)
        url = _list(found, section=section.key, by="check", sort="-lost")
        code = section.code if section.code != section.key or section.key in found.standing.book.standard.nodes else ""
        rows.append(bars.Bar(section.short or section.title, parts_of(sums), code, url))
    return rows


def _side_bars(found: Board) -> list[bars.Bar]:
    rows = [
        bars.Bar(
            Text(
                {"hardware": "硬件", "software": "软件"}[side], {"hardware": "Hardware", "software": "Software"}[side]
            ),
            parts_of(found.sides[side]),
            url=_list(found, side=side, by="check", sort="-lost"),
        )
        for side in ("hardware", "software")
        if side in found.sides
    ]
    if found.by_rule:
        total = found.by_rule.total
        rows.append(bars.Bar(Text("按规则增减", "By rule"), parts_of(total), url=_list(found, whose=BY_RULE)))
    return rows


def _type_rows(found: Board) -> list[dict[str, object]]:
    longest = max((row.sums.possible for row in found.types), default=0)
    return [
        {
            "row": row,
            "parts": parts_of(row.sums),
            "segments": bars.segments(parts_of(row.sums), longest),
            "url": _list(found, type=row.stratum, by="site", sort="-lost"),
            "sites_url": reverse("sites") + f"?{urlencode({'type': row.stratum})}",
        }
        for row in found.types
    ]


def _losses(found: Board) -> list[dict[str, object]]:
    return [
        {
            "loss": loss,
            "url": _node_url(found, loss.node),
            "points_url": _list(found, check=loss.check, by="part", sort="-lost"),
            "method": METHODS[loss.method],
            "owners": _owners(found, loss.owners),
            "more": max(0, len(loss.owners) - 2),
        }
        for loss in found.losses
    ]


def _owners(found: Board, owners: Sequence[Whose]) -> list[tuple[Text, str]]:
    shown: list[tuple[Text, str]] = []
    for whose in owners[:2]:
        if isinstance(whose, int):
            unit = found.units[whose]
            shown.append((unit.name, _unit_url(found, unit.code)))
        else:
            shown.append((Text("无责任单位", "unowned"), ""))
    return shown
