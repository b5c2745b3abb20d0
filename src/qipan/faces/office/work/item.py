"""The page of one work item: before and after, the chain, the clock, the points, and what this post can do next."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.templatetags.office import minute
from qipan.faces.office.work.asked import KIND_OF_REQUEST, STATE_OF_REQUEST, shown_requests
from qipan.faces.office.work.cadences import cadence_words
from qipan.faces.office.work.chain import chain, name_of, word
from qipan.faces.office.work.clockface import clock_face
from qipan.faces.office.work.lights import light
from qipan.faces.office.work.marks import came_words
from qipan.faces.office.work.menu import beside, next_acts
from qipan.faces.office.work.moving import moved
from qipan.ground.units.permissions import READ
from qipan.overview.points import unit_names
from qipan.spine.campaigns.books import rulebook
from qipan.spine.work.basis.queries import citations, documents
from qipan.spine.work.ladder import RUNG_WORDS, paper_number
from qipan.spine.work.opening import title_of, why_words
from qipan.spine.work.permissions import ISSUE_TASK, KEEP_BASIS, READ_LADDER
from qipan.spine.work.queries import item_page
from qipan.spine.work.subtasks import kin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qipan.assessment.rulebook import Rulebook
    from qipan.overview.desk import Desk
    from qipan.spine.work.item_page import LogLine
    from qipan.spine.work.queries import ItemPage, Named

KIND_WORDS = {
    "order": pgettext_lazy("kind", "order"), "task": pgettext_lazy("kind", "task"),
    "pledge": pgettext_lazy("kind", "pledge"),
}  # fmt: skip
SIDE_WORDS = {"hardware": Text("硬件", "hardware"), "software": Text("软件", "software")}
ORIGINS = {"visit": "visit_show", "review": "review_show", "hard_step": "hard_step", "decision": "mechanism_decision"}
"""Pages of what an item came from, by the kind of its origin."""
TURNS = frozenset({"cancelled", "failed", "merged", "reopened", "reassigned", "suspended"})
"""Steps that turn an item away from the straight chain."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A thing that has a page of its own."""

    name: Text
    url: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of before and after, or a finding that joined an open order."""

    text: str
    at: datetime
    person: str
    unit: Text | None
    photos: Sequence[Any]
    fixed_at: datetime | None = None
    observation_url: str = ""


@dataclass(frozen=True, slots=True)
class Instruction:
    """What a leader wants."""

    text: str
    at: datetime
    person: str
    unit: Text | None
    deadline: datetime | None


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A step of the log as the page shows it; `recorded_at` where that was not when it happened."""

    word: str
    detail: str
    at: datetime
    recorded_at: datetime | None
    person: str
    post: str
    unit: Text | None
    text: str
    photos: Sequence[Any]
    observation_url: str
    slip: Linked | None = None


@require_GET
@requires(READ)
def work_item(request: HttpRequest, number: str) -> HttpResponse:
    """Show one item."""
    desk = at_desk(request)
    found = item_page(desk.post, number)
    if found is None:
        raise Http404
    return item_answer(request, desk, found)


def item_answer(
    request: HttpRequest, desk: Desk, found: ItemPage, *, refused: Text | None = None, since: int = 0
) -> HttpResponse:
    """Show an item; after an act that was refused with the reason, and with the log's steps after `since` on top."""
    context = _context(desk, found)
    if refused is None:
        return render(request, "office/work/item.html", context)
    changes = [
        line for line, each in zip(context["log"], reversed(found.log), strict=True) if each.data.get("v", 1) > since
    ]
    context |= {"refused": refused, "changes": changes if since else []}
    return render(request, "office/work/item.html", context, status=409)


def _context(desk: Desk, found: ItemPage) -> dict[str, Any]:
    row = found.row
    year = next((year for year in desk.years if year.year == row.year), desk.year)
    book = rulebook(year) if year is not None else None
    names = {unit.code: unit.name for unit in unit_names(desk.county.pk).values()}
    acts = next_acts(desk.post.role, found)
    return {
        "found": found,
        "row": row,
        "now": found.now,
        "crumbs": [(_("Work"), reverse("work_list")), (row.number, "")],
        "light": light(row, found.now),
        "kind_word": KIND_WORDS.get(row.kind, row.kind),
        **sides(found),
        "chain": chain(found),
        "ended": _ended(found),
        "clock": clock_face(found),
        "cadence": cadence_words(row.cadence),
        "asked": next((each for each in shown_requests(found) if each.open), None),
        "deferral": _deferral(found),
        "parts": [_line(each, names) for each in found.parts],
        "missing": [unit.name for unit in found.missing] if row.state in {"issued", "accepted"} else [],
        "merged_into": _item(found.merged_into) if found.merged_into else None,
        "absorbed": [_item(each) for each in found.absorbed],
        "talk": [_line(each, names) for each in found.log if each.step == "noted"],
        "may_note": found.may("note").allowed,
        "work_class": _class(found),
        "grounds": [each.data for each in found.log if each.data.get("power") or each.data.get("instead_of")][-1:],
        "over_limit": [each.data["over"] for each in found.log if each.data.get("over")],
        "instructions": list(_instructions(found.instructions)),
        "joined": [
            Side(each.text, each.at, each.person, name_of(each.unit), each.photos, None, _observation(each.observation))
            for each in found.sightings[1:]
        ],
        "log": [_line(each, names, papers=_papers(desk, found)) for each in reversed(found.log)],
        "moved": moved(found.moved, book) if book is not None and row.state == "closed" else None,
        "stake": (found.moved or {}).get("stake", [0])[0],
        "explain_url": reverse("assumptions") + "#whose",
        "main": acts.main,
        "others": (*acts.others, *beside(desk, row)),
        "cannot": acts.cannot,
        "waits_for": acts.waits_for,
        "people": found.people,
        "uid": uuid.uuid4(),
        **_kin(desk, found),
        "note_url": reverse("work_note", args=[row.number]),
        **_links(found, book),
    }  # fmt: skip


def _kin(desk: Desk, found: ItemPage) -> dict[str, Any]:
    """Return the task above, the subtasks, and the documents that an item rests on."""
    row = found.row
    kept = kin(desk.post, row.pk, found.now)
    above = kept.parent
    gives = (
        row.kind == "task" and above is None and row.state in {"issued", "accepted"} and ISSUE_TASK.allows(desk.post)
    )
    papers = documents(desk.post) if KEEP_BASIS.allows(desk.post) and row.kind == "task" else []
    return {
        "parent": {"row": above, "url": reverse("work_item", args=[above.number])} if above is not None else None,
        "subtasks": [
            {"row": each, "url": reverse("work_item", args=[each.number]), "light": light(each, found.now)}
            for each in kept.subtasks
        ],
        "subtasks_open": kept.open,
        "subtasks_url": f"{reverse('work_list')}?parent={row.number}",
        "subtask_url": f"{reverse('task_new')}?parent={row.number}" if gives else "",
        "citations": [(each, reverse("basis_document", args=[each.document])) for each in citations(row.pk)],
        "papers": [(each.pk, each.cited_as) for each in papers],
        "cite_url": reverse("work_cite", args=[row.number]),
    }  # fmt: skip


def sides(found: ItemPage) -> dict[str, Any]:
    """Return how it was found, how its unit last reported it fixed if that stands, and what is said if it does not."""
    before = after = None
    if found.sightings:
        first = found.sightings[0]
        before = Side(first.text or found.text, first.at, first.person, name_of(first.unit), first.photos)
    if found.row.state in {"reported", "closed"} and found.reports:
        last = found.reports[-1]
        fixed = [each.at for each in found.log if each.step == "fixed" and each.round == last.round]
        after = Side(
            last.text, last.at, last.person, name_of(last.unit), last.photos, fixed[-1] if fixed else None
        )  # fmt: skip
    return {"before": before, "after": after, "waits": _waits(found.row.state)}


def _waits(state: str) -> str:
    match state:
        case "issued":
            return _("not accepted yet")
        case "accepted":
            return _("being fixed; nothing reported yet")
        case _:
            return _("nothing was reported")


def _ended(found: ItemPage) -> dict[str, object] | None:
    """Return what turned an item away from the straight chain, until the next stage is reached."""
    turns = [each for each in found.log if each.step in TURNS]
    if not turns:
        return None
    last = turns[-1]
    went_on = any(
        each.pk > last.pk and each.step in {"accepted", "reported", "closed", "resumed", "unmerged"}
        for each in found.log
    )
    if went_on and found.row.state not in {"cancelled", "suspended", "merged"}:
        return None
    return {
        "word": word(last.step),
        "at": last.at,
        "unit": name_of(last.unit),
        "person": last.person,
        "text": last.text,
    }


def _deferral(found: ItemPage) -> dict[str, object] | None:
    """Return why and until when an item is deferred, and which leader has approved."""
    if found.row.deferred_until is None:
        return None
    last = next(each for each in reversed(found.log) if each.step == "deferred")
    return {"until": found.row.deferred_until, "leader": last.data.get("leader", ""), "text": last.text, "at": last.at}


def _class(found: ItemPage) -> dict[str, object] | None:
    kept = found.work_class
    if kept is None:
        return None
    name = Text(f"{kept.code} {kept.name.zh}", f"{kept.code} {kept.name.en or kept.name.zh}")
    return {"name": name, "url": _served("work_classes"), "sample": kept.basis == "sample", "closes": kept.closes}


def _item(each: tuple[str, Text]) -> Linked:
    number, title = each
    return Linked(Text(f"{number} {title.zh}", f"{number} {title.en or title.zh}"), reverse("work_item", args=[number]))


def _served(name: str, *args: str) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _instructions(lines: Iterable[LogLine]) -> Iterable[Instruction]:
    for each in lines:
        to = each.data.get("to")
        yield Instruction(
            each.text, each.at, each.person, name_of(each.unit), datetime.fromisoformat(to) if to else None
        )  # fmt: skip


def _observation(uid: uuid.UUID | None) -> str:
    return reverse("observation", args=[uid]) if uid else ""


def _papers(desk: Desk, found: ItemPage) -> bool:
    """Whether the reader may open the slips that an item stands on: those who look, and the unit that leads it."""
    lead = found.row.lead
    return READ_LADDER.allows(desk.post) or (lead is not None and lead.code == desk.post.unit.code)


def _slip(data: Mapping[str, Any]) -> Linked | None:
    if "slip" not in data:
        return None
    year, _sep, serial = str(data.get("slip_number", "")).partition("-")
    number = paper_number(str(data.get("rung", "")), int(year), int(serial))
    return Linked(number, reverse("slip", args=[data["slip"]]))


def _line(each: LogLine, names: Mapping[str, Text], *, papers: bool = False) -> ShownLine:
    later = (each.recorded_at - each.at).total_seconds() >= 60
    return ShownLine(
        word(each.step), "; ".join(filter(None, (_detail(each, names), came_words(each.data)))), each.at, each.recorded_at if later else None, each.person, each.post,
        name_of(each.unit), each.text, each.photos, _observation(each.observation),
        _slip(each.data) if papers else None,
    )  # fmt: skip


def _detail(each: LogLine, names: Mapping[str, Text]) -> str:
    """Return what belongs to a step beside its words: to which unit and why, to which deadline."""
    language, data = get_language() or "en", each.data

    def named(key: str) -> str:
        code = str(data.get(key, ""))
        return names.get(code, Text(code, code)).into(language)

    match each.step:
        case "noted" if data.get("asks"):
            return _("asks the unit for papers")
        case "issued":
            why = why_words(str(data.get("why", ""))).into(language)
            if data.get("unit") and why:
                return _("to %(unit)s, %(why)s") % {"unit": named("unit"), "why": why}
            return _("to %(unit)s") % {"unit": named("unit")} if data.get("unit") else why
        case "accepted" if data.get("person"):
            return _("in charge: %(person)s") % {"person": data["person"]}
        case "reassigned":
            return _("to %(unit)s") % {"unit": named("to")}
        case "merged" | "absorbed" | "unmerged":
            return str(data.get("into") or data.get("number", ""))
        case "decided" | "lapsed" | "withdrawn":
            return _decided(data)
        case "deferred":
            return _("review on %(date)s, approved by %(leader)s") % {"date": data["until"], "leader": data["leader"]}
        case "extension" if data.get("deadline"):
            return _("to %(at)s") % {"at": minute(datetime.fromisoformat(data["deadline"]))}
        case "reported" if data.get("draw"):
            draw = data["draw"]
            words = _("drawn for a look on site: %(number)s is below %(share)s%% (ticket %(ticket)s)")
            if not draw["site"]:
                words = _("may be re-checked by photo: %(number)s is not below %(share)s%% (ticket %(ticket)s)")
            return words % {"number": draw["number"], "share": draw["share"], "ticket": draw["ticket"]}
        case "rechecked" | "failed" if data.get("how") == "photo":
            return _("by the photos of the report")
        case "reported" if data.get("without"):
            units = _(", ").join(names.get(code, Text(code, code)).into(language) for code in data["without"])
            return _("without the part of %(units)s: %(why)s") % {"units": units, "why": data.get("why", "")}
        case "deadline" | "instructed" if data.get("to"):
            at = minute(datetime.fromisoformat(data["to"]))
            if data.get("words"):
                return _("new deadline %(words)s: %(at)s") % {"words": data["words"], "at": at}
            return _("new deadline %(at)s") % {"at": at}
        case "carried":
            return _("from %(was)s to %(now)s") % {"was": data.get("from", ""), "now": data.get("to", "")}
        case "own_date":
            return minute(datetime.fromisoformat(data["own"])) if data.get("own") else _("taken away")
        case "escalated":
            return _rung(data)
        case _:
            return ""


def _rung(data: Mapping[str, Any]) -> str:
    """Return which rung of the ladder an item was put on, and why."""
    rung = RUNG_WORDS.get(str(data.get("rung", "")))
    words = rung.into(get_language() or "en") if rung is not None else ""
    days = int(data.get("days", 0))
    why = ngettext("%(days)s day over the deadline", "%(days)s days over the deadline", days) % {"days": days}
    return f"{words}: {why}" if get_language() == "en" or not get_language() else f"{words}：{why}"


def _decided(data: Mapping[str, Any]) -> str:
    """Return what was decided of which request; of a deadline the interval before and after."""
    kind = str(KIND_OF_REQUEST.get(data.get("kind", ""), ""))
    if "upheld" not in data:
        return kind
    came = str(STATE_OF_REQUEST["upheld" if data["upheld"] else "rejected"])
    words = _("%(request)s: %(came)s") % {"request": kind, "came": came}
    if data.get("to"):
        before, after = (minute(datetime.fromisoformat(data[key])) for key in ("from", "to"))
        days = data.get("working_days") or ["", ""]
        words += _("; deadline %(after)s instead of %(before)s, %(new)s working days instead of %(old)s") % {
            "after": after, "before": before, "new": days[1], "old": days[0],
        }  # fmt: skip
    return words


def _links(found: ItemPage, book: Rulebook | None) -> dict[str, Any]:
    row = found.row
    node = book.nodes.get(row.node) if book else None
    line = book.lines.get(row.check) if book else None
    criterion = None
    if node is not None:
        anchor = f"#check-{line.check.id}" if line is not None else ""
        words = Text(f"{node.code} {node.title.zh}", f"{node.code} {node.title.en or node.title.zh}")
        criterion = Linked(words, reverse("criterion", args=[node.key]) + anchor)
    return {
        "lead": _unit(row.lead),
        "territory": _unit(row.territory),
        "supports": [_unit(unit) for unit in row.supports],
        "site": Linked(row.site.name, reverse("site", args=[row.site.code])) if row.site else None,
        "criterion": criterion,
        "milestone": Linked(row.milestone.name, reverse("plan_node", args=[row.milestone.pk]))
        if row.milestone
        else None,
        "item_name": title_of(book, row.item, line) if book and row.item else None,
        "round_link": Linked(Text(row.round, row.round), f"{reverse('rounds')}#round-{row.round}")
        if row.round
        else None,
        "side_word": SIDE_WORDS.get(row.side, ""),
        "origin": _origin(row.origin),
    }


def _unit(unit: Named | None) -> Linked | None:
    return Linked(unit.name, reverse("unit", args=[unit.code])) if unit is not None else None


def _origin(origin: tuple[str, str, str]) -> Linked | None:
    kind, pk, label = origin
    if not label or kind == "check":
        return None
    return Linked(Text(label, label), _served(ORIGINS[kind], pk) if kind in ORIGINS and pk else "")
