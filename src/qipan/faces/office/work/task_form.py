"""A single task: what, to whom, until when, resting on what; a subtask of another, if it is one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qipan.assessment.standard import METHODS
from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.work.acts import unit_options
from qipan.faces.office.work.fields import Field, Words, Wrong, text_of, when_field, when_of, whole
from qipan.faces.office.work.groups import group_options
from qipan.faces.office.work.item import SIDE_WORDS
from qipan.faces.office.work.task_sources import origin_of, source_of
from qipan.ground.units.drafts import draft_of, drop_draft
from qipan.ground.units.groups import KEY, group_codes, group_of
from qipan.ground.units.registers import post_choices
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.points import unit_names
from qipan.spine.campaigns.books import rulebook
from qipan.spine.work.actions import issue_task
from qipan.spine.work.basis.actions import Cited
from qipan.spine.work.basis.queries import documents
from qipan.spine.work.errors import WorkError
from qipan.spine.work.groups.actions import issue_to_units
from qipan.spine.work.permissions import ISSUE_TASK
from qipan.spine.work.queries import item_page

if TYPE_CHECKING:
    from qipan.assessment.rulebook import Rulebook
    from qipan.overview.desk import Desk

DRAFT = "work.task"
MANY = ("supports",)


@require_http_methods(["GET", "POST"])
@requires(ISSUE_TASK)
def task_new(request: HttpRequest) -> HttpResponse:
    """Show the form of a task, and issue it."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    book = rulebook(desk.year)
    if request.method != "POST":
        kept = draft_of(desk.post, DRAFT)
        given: dict[str, str] = {
            name: request.GET[name] for name in ("parent", "check", "basis") if request.GET.get(name)
        }
        note = ""
        source = source_of(desk, request.GET)
        if source is not None and not source.task:
            given = {**source.given, source.name: source.key}
        if kept and not given:
            given = {name: ",".join(value) if isinstance(value, list) else value for name, value in kept.items()}
            note = _("You began to write this earlier; your draft stands below.")
        return _page(request, desk, book, given, note=note)
    given = {name: ",".join(request.POST.getlist(name)) for name in request.POST}
    if given.get("unit", "").startswith(KEY) and given.get("do") != "back":
        return _to_group(request, desk, book, given)
    if given.get("do") == "back":
        return _page(request, desk, book, given)
    try:
        with once(given.get("uid", "")):
            item = issue_task(desk.year, by=desk.post, **_read(desk, given))
    except AlreadySent:
        return redirect(reverse("work_list") + "?kind=task&sort=-number")
    except Wrong as error:
        return _page(request, desk, book, given, wrong=error)
    except WorkError as error:
        return _page(request, desk, book, given, wrong=Wrong(error.field or "title", error.words))
    drop_draft(desk.post, DRAFT)
    name = item.lead.name.into(get_language() or "en") if item.lead else ""
    messages.success(
        request,
        _("Task %(number)s was given to %(unit)s, which has been told.") % {"number": item.number, "unit": name},
    )
    return redirect("work_item", item.number)


def _to_group(request: HttpRequest, desk: Desk, book: Rulebook, given: dict[str, str]) -> HttpResponse:
    """Show the units of a group before anything is issued, and issue to those that are ticked."""
    group = group_of(desk.county.pk, given["unit"].removeprefix(KEY), timezone.localdate())
    known = unit_names(desk.county.pk)
    units = [known[pk] for pk in group.units if pk in known] if group is not None else []
    if group is None or not units or desk.year is None:
        return _page(request, desk, book, given, wrong=Wrong("unit", _("No unit is in this group today.")))
    try:
        read = _read(desk, given)
    except Wrong as wrong:
        return _page(request, desk, book, given, wrong=wrong)
    sent = given.get("do") == "group"
    ticked = [one.code for one in units if not sent or one.code in request.POST.getlist("member")]
    together = given.get("share") == "one" or (not sent and bool(read["check"]))
    lead = given.get("lead", "") or units[0].code
    error: Words = ""
    if sent:
        read.pop("unit")
        try:
            with once(given.get("uid", "")):
                made = issue_to_units(desk.year, ticked, by=desk.post, lead=lead if together else "", **read)
        except AlreadySent:
            return redirect(reverse("work_list") + "?kind=task&sort=-number")
        except WorkError as refused:
            error = refused.words
        else:
            drop_draft(desk.post, DRAFT)
            count = len(made)
            words = ngettext(
                "%(count)d task was given; its units have been told.", "%(count)d tasks were given; their units have been told.", count
            )  # fmt: skip
            messages.success(request, words % {"count": count})
            shown = ",".join(item.number for item in made)
            chosen = f"number={shown}" if len(shown) < 1500 else "kind=task&sort=-number"
            return redirect(f"{reverse('work_list')}?{chosen}")
    own = {"member", "share", "lead", "do", "csrfmiddlewaretoken", "uid"}
    context: dict[str, Any] = {
        "group": group, "members": [(one.code, one.name, one.code in ticked) for one in units], "lead": lead,
        "together": together, "error": error, "uid": given.get("uid") or uuid.uuid4(), "title": given.get("title", ""),
        "when": read["deadline"],
        "carried": [(name, value) for name, values in request.POST.lists() if name not in own for value in values],
        "crumbs": [(_("Work"), reverse("work_list")), (_("Give a task"), reverse("task_new")), (group.name.into(get_language() or "en"), "")],
    }  # fmt: skip
    return render(request, "office/work/task_group.html", context, status=422 if error else 200)


def _helpers(desk: Desk, given: str) -> list[str]:
    """Return the codes of the supporting units that were chosen, groups by their units."""
    today, found = timezone.localdate(), []
    for code in given.split(","):
        found += group_codes(desk.county.pk, code, today) if code.startswith(KEY) else [code] if code else []
    return list(dict.fromkeys(found))


def _read(desk: Desk, given: Mapping[str, str]) -> dict[str, Any]:
    """Return what was entered, as the act takes it.

    Raises:
        Wrong: something that is needed is missing, or cannot be.
    """
    title = given.get("title", "").strip()
    if not title or len(title) > 200:
        raise Wrong("title", _("Write what is to be done, in at most 200 characters."))
    if not given.get("unit"):
        raise Wrong("unit", _("Choose the unit that leads: no task is saved without one."))
    document = whole(given.get("basis", ""))
    clause = given.get("clause", "").strip()
    if clause and not document:
        raise Wrong("basis", _("Choose the document that this clause stands in."))
    return {
        "title": Text(title), "unit": given["unit"], "deadline": when_of(given, desk.county.pk, timezone.now()),
        "text": text_of(given.get("text", ""), "text", required=False), "deliverable": given.get("deliverable", "")[:300],
        "check": given.get("check", ""), "supports": _helpers(desk, given.get("supports", "")),
        "parent": given.get("parent", ""), "post": whole(given.get("post", "")) or None, "side": given.get("side", ""),
        "basis": [Cited(document, clause)] if document else [], "origin": origin_of(desk, given),
    }  # fmt: skip


def _page(
    request: HttpRequest, desk: Desk, book: Rulebook, given: Mapping[str, str], *, wrong: Wrong | None = None, note: str = ""
) -> HttpResponse:  # fmt: skip
    fields = _fields(desk, book, given)
    if wrong is not None:
        fields = [each.wrong(wrong.words) if each.name == wrong.field else each for each in fields]
    parent = item_page(desk.post, given["parent"].strip()) if given.get("parent", "").strip() else None
    context: dict[str, Any] = {
        "source": source_of(desk, given), "fields": fields, "draft": DRAFT, "draft_note": note, "uid": uuid.uuid4(), "basis_url": reverse("basis"),
        "parent": parent.row if parent is not None else None,
        "parent_url": reverse("work_item", args=[parent.row.number]) if parent is not None else "",
        "decompose_url": reverse("work_decompose") if desk.post.role == "office" else "",
        "crumbs": [(_("Work"), reverse("work_list")), (_("Give a task"), "")],
    }  # fmt: skip
    return render(request, "office/work/task_new.html", context, status=200 if wrong is None else 422)


def _fields(desk: Desk, book: Rulebook, given: Mapping[str, str]) -> list[Field]:
    def value(name: str) -> str:
        return given.get(name, "")

    language = get_language() or "en"
    units = unit_options(desk.county.pk)
    groups = group_options(desk.county.pk)
    posts = [(str(pk), name) for pk, name in post_choices(desk.county.pk, timezone.localdate())]
    papers: list[tuple[str, Words]] = [(str(one.pk), one.cited_as) for one in documents(desk.post)]
    sides: list[tuple[str, Words]] = [
        ("", _("as the criterion says")),
        *((key, words.into(language)) for key, words in SIDE_WORDS.items()),
    ]
    return [
        Field("title", _("Task"), "text", value("title"), _("What is to be done, in one line.")),
        Field("unit", _("Lead unit"), "select", value("unit"),
              _("A group leads on to its units: a task for each, or one that one of them leads."), options=[units[0], *groups, *units[1:]]),
        when_field(given, _("Deadline")),
        Field("deliverable", _("To be handed in"), "text", value("deliverable"), required=False),
        Field("text", _("What is wanted"), "textarea", value("text"), required=False, rows=3),
        Field(
            "supports", _("Supporting units"), "selects", value("supports").split(","),
            _("Hold Ctrl to choose several."), required=False, options=[*groups, *units[1:]],
        ),
        Field("post", _("Person in charge"), "select", value("post"), required=False,
              options=[("", _("nobody in particular")), *posts]),
        Field("check", _("Criterion"), "select", value("check"), required=False, options=_checks(book)),
        Field("side", _("Hardware or software"), "select", value("side"), required=False, options=sides),
        Field("parent", _("Subtask of"), "text", value("parent"), _("Number of the task above, such as 2026-00042."), required=False),
        Field("basis", _("Basis document"), "select", value("basis"), required=False,
              options=[("", _("none")), *papers]),
        Field("clause", _("Clause"), "text", value("clause"), required=False),
    ]  # fmt: skip


def _checks(book: Rulebook) -> list[tuple[str, Words]]:
    out: list[tuple[str, Words]] = [("", _("no criterion"))]
    for key, line in book.lines.items():
        if line.counter:
            continue
        node, method = book.nodes[line.node], METHODS.get(line.check.method, Text(line.check.method))
        title = line.check.title or node.title
        out.append(
            (key, Text(f"{node.code} {title.zh}（{method.zh}）", f"{node.code} {title.en or title.zh} ({method.en})"))
        )
    return out
