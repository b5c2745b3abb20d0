"""The acts on a work item, each with its form: accept, report, re-check, and what the office and leaders do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.templatetags.office import minute
from qipan.faces.office.work.fields import (
    Field,
    Wrong,
    as_entered,
    moment_of,
    text_of,
    when_field,
    when_if,
    when_of,
    whole,
)
from qipan.faces.office.work.item import item_answer
from qipan.faces.office.work.outcomes import OUTCOME, name_of, outcome_fields
from qipan.faces.office.work.sending import PHOTOS, Form, Given, answer
from qipan.ground.units.permissions import EYES, READ, Rule
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.desk import Desk
from qipan.overview.points import unit_names
from qipan.spine.work import actions
from qipan.spine.work.errors import NotIndependent, Stale, WorkError
from qipan.spine.work.lifecycle import Action, refusal
from qipan.spine.work.permissions import DIRECT, INSTRUCT, UNITS
from qipan.spine.work.queries import item_page

if TYPE_CHECKING:
    from qipan.spine.work.queries import ItemPage

HANDLERS = Rule(UNITS)
RECHECKERS = Rule(EYES)
DIRECTORS = Rule(frozenset(role for role, _reach in DIRECT.reach))
LEADERS = Rule(frozenset(role for role, _reach in INSTRUCT.reach))
SHOW = require_http_methods(["GET", "POST"])
MINOR = {"village_committee", "neighbourhood_committee", "village", "community"}
"""Units that lead no work of their own; they are offered last."""


def _found(request: HttpRequest, number: str, action: Action) -> tuple[Desk, ItemPage]:
    """Return the item, if the post sees it and has the right to what it came for.

    What only the stage or independence forbids is said on a page of its own (`_refused`).
    """
    desk = at_desk(request)
    found = item_page(desk.post, number)
    if found is None:
        raise Http404
    if not found.may(action).allowed and _refused(action, found) is None:
        raise PermissionDenied
    return desk, found


def _refused(action: Action, found: ItemPage) -> WorkError | None:
    """Return why an act that the post has a right to cannot be taken now."""
    allowed = found.may(action)
    if allowed.allowed or allowed.reason is None:
        return None
    problem = refusal(action, cast("Any", found.row.state))
    if problem is not None:
        return problem if problem.words == allowed.reason else None
    return NotIndependent(allowed.reason) if action == Action.RECHECK else None


def _form_refused(action: Action) -> Callable[[Desk, ItemPage], WorkError | None]:
    return lambda _desk, found: _refused(action, found)


# --- accept ---


@require_POST
@requires(HANDLERS)
def work_accept(request: HttpRequest, number: str) -> HttpResponse:
    """Accept an item; one tap."""
    desk, found = _found(request, number, Action.ACCEPT)
    version = whole(request.POST.get("version", ""))
    try:
        with once(request.POST.get("uid", "")):
            actions.accept(
                found.pk, version=version, by=desk.post,
                person=whole(request.POST.get("person", "")) or None,
            )  # fmt: skip
    except AlreadySent:
        return redirect("work_item", number)
    except WorkError as error:
        now = item_page(desk.post, number) or found
        since = version if isinstance(error, Stale) else 0
        return item_answer(request, desk, now, refused=error.words, since=since)
    messages.success(request, _("Accepted. Report back here when it is fixed; the clock runs until you do."))
    return redirect("work_item", number)


# --- report ---


@SHOW
@requires(HANDLERS)
def work_report(request: HttpRequest, number: str) -> HttpResponse:
    """Report a fix."""
    desk, found = _found(request, number, Action.REPORT)
    form = Form(
        "report", _("Report back"), _("Report it as fixed"), _report_fields, _report,
        with_photos=True, refused=_form_refused(Action.REPORT),
    )  # fmt: skip
    return answer(request, desk, found, form)


def _at_site(found: ItemPage) -> bool:
    return found.row.kind == "order" and found.row.site is not None


def _report_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    now = timezone.now()
    photos = Field(
        PHOTOS, _("Photos of how it looks now"), "photos", given.photos, required=_at_site(found),
        hint=_("At least one, taken from where the first photo was taken.") if _at_site(found) else "",
    )  # fmt: skip
    return [
        photos,
        Field("text", _("What was done"), "textarea", given["text"], rows=4),
        Field(
            "fixed_at", _("When it was fixed"), "datetime-local", given["fixed_at"] or as_entered(now),
            most=as_entered(now + timedelta(minutes=1)),
        ),
        *([_without(found, given)] if found.missing else []),
    ]  # fmt: skip


def _without(found: ItemPage, given: Given) -> Field:
    """Ask why it is reported though supporting units have not added their part."""
    names = _(", ").join(unit.name.into(get_language() or "en") for unit in found.missing)
    hint = _("These have not added their part: %(units)s. Wait for them, or say why not.") % {"units": names}
    return Field("without", _("Why it is reported without their part"), "textarea", given["without"], hint, rows=2)


def _report(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    text = text_of(given["text"], "text")
    now = timezone.now()
    fixed_at = min(moment_of(given["fixed_at"], "fixed_at"), now) if _is_now(given["fixed_at"], now) else moment_of(
        given["fixed_at"], "fixed_at"
    )  # fmt: skip
    actions.report(
        found.pk, version=version, by=desk.post, text=text, fixed_at=fixed_at, photos=list(given.photos),
        without=text_of(given["without"], "without", required=False),
    )  # fmt: skip
    return _("Reported. Someone from outside your unit re-checks it; you are told what comes of it.")


def _is_now(entered: str, now: datetime) -> bool:
    """Whether a field that was filled with the present minute still holds about that: it knows no seconds."""
    return abs(moment_of(entered, "fixed_at") - now) < timedelta(minutes=2)


# --- re-check ---


@SHOW
@requires(RECHECKERS)
def work_recheck(request: HttpRequest, number: str) -> HttpResponse:
    """Re-check what was reported."""
    desk, found = _found(request, number, Action.RECHECK)
    form = Form(
        "recheck", _("Re-check"), _("Send the re-check"), _recheck_fields, _recheck,
        with_photos=True, with_sides=True, refused=_form_refused(Action.RECHECK),
        words=_("If it complies the item is closed; if not, it goes back to its unit for another round."),
    )  # fmt: skip
    return answer(request, desk, found, form)


def _recheck_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    draw = found.reports[-1].data.get("draw") if found.reports else None
    how = []
    if draw and not draw["site"]:
        options = [("site", _("I have been there")), ("photo", _("by the photos of the report"))]
        how = [Field("how", _("How you looked"), "choices", given["how"] or "site", options=options)]
    return [
        *how,
        *outcome_fields(found, given.words),
        Field(PHOTOS, _("Photos of the re-check"), "photos", given.photos, required=False),
        Field(
            "text", _("What you saw"), "textarea", given["text"], _("Needed when it does not comply: what is still wrong."),
            required=False, rows=3,
        ),
    ]  # fmt: skip


def _recheck(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    keys = [each.item for each in found.questions]
    said = {key: given[name_of(place, len(keys))].strip() for place, key in enumerate(keys)}
    for place, key in enumerate(keys):
        if not said[key]:
            raise Wrong(name_of(place, len(keys)), _("Choose or enter what you saw."))
    if not keys and not given[OUTCOME]:
        raise Wrong(OUTCOME, _("Choose or enter what you saw."))
    try:
        done = actions.recheck(
            found.pk, version=version, by=desk.post, outcome=given[OUTCOME] if len(keys) <= 1 else "",
            outcomes=said if len(keys) > 1 else None, text=text_of(given["text"], "text", required=False),
            photos=list(given.photos), by_photo=given["how"] == "photo",
        )  # fmt: skip
    except WorkError as error:
        if error.field == OUTCOME and len(keys) > 1:
            raise Wrong(name_of(0, len(keys)), error.words) from error
        raise
    if done.closed:
        return _("Closed. What it moved stands on top of the page.")
    return _("Not closed: it went back to its unit for another round, and the unit has been told why.")


# --- the office: reassign, deadline, cancel, reopen ---


@SHOW
@requires(DIRECTORS)
def work_reassign(request: HttpRequest, number: str) -> HttpResponse:
    """Give an item to another unit."""
    desk, found = _found(request, number, Action.REASSIGN)
    form = Form(
        "reassign", _("Give to another unit"), _("Give it to this unit"), _reassign_fields, _reassign,
        refused=_form_refused(Action.REASSIGN),
        words=_("The new unit has to accept it, and its limit begins anew. Both units are told."),
    )  # fmt: skip
    return answer(request, desk, found, form)


def unit_options(county: int) -> list[tuple[str, str]]:
    """Return the units of a county as a form offers them; the first chooses none."""
    language = get_language() or "en"
    units = sorted(unit_names(county).values(), key=lambda unit: (unit.type in MINOR, unit.code))
    return [("", _("choose a unit")), *((unit.code, unit.name.into(language)) for unit in units)]


def _reassign_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    return [
        Field("unit", _("New lead unit"), "select", given["unit"], options=unit_options(desk.county.pk)),
        Field("reason", _("Reason"), "textarea", given["reason"], rows=3),
    ]


def _reassign(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    if not given["unit"]:
        raise Wrong("unit", _("Choose the unit that leads from now on."))
    reason = text_of(given["reason"], "reason")
    item = actions.reassign(found.pk, version=version, by=desk.post, unit=given["unit"], reason=reason)
    name = item.lead.name.into(get_language() or "en") if item.lead else ""
    return _("Given to %(unit)s, which has been told.") % {"unit": name}


@SHOW
@requires(DIRECTORS)
def work_deadline(request: HttpRequest, number: str) -> HttpResponse:
    """Set another deadline."""
    desk, found = _found(request, number, Action.DEADLINE)
    form = Form(
        "deadline", _("Change the deadline"), _("Set the deadline"), _deadline_fields, _deadline,
        refused=_form_refused(Action.DEADLINE),
        words=_("The deadline is %(at)s now.") % {"at": minute(found.row.deadline)},
    )  # fmt: skip
    return answer(request, desk, found, form)


def _deadline_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    return [
        when_field(
            given.words, _("New deadline"), value=given["deadline"] if given.at_hand else _standing_words(found)
        ),
        Field("reason", _("Reason"), "textarea", given["reason"], rows=3),
    ]  # fmt: skip


def _deadline(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    deadline = when_of(given.words, desk.county.pk, timezone.now())
    reason = text_of(given["reason"], "reason")
    actions.set_deadline(found.pk, version=version, by=desk.post, deadline=deadline, reason=reason)
    return _("The deadline is %(at)s now.") % {"at": minute(deadline.deadline)}


def _standing_words(found: ItemPage) -> str:
    """Return the present deadline as its field holds it: the moment, since the words may count from another day."""
    return as_entered(found.row.deadline).replace("T", " ")


@SHOW
@requires(DIRECTORS)
def work_cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Cancel an item, after it was said what that means."""
    desk, found = _found(request, number, Action.CANCEL)
    form = Form(
        "cancel", _("Cancel the item"), _("Cancel it"), _reason_fields, _cancel, grave=True,
        refused=_form_refused(Action.CANCEL),
        words=_(
            "It leaves every list of open work, and its unit is told. What was found stays in the ledger and still costs its points. The office can reopen it with a reason."
        ),
    )  # fmt: skip
    return answer(request, desk, found, form)


def _reason_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    return [Field("reason", _("Reason"), "textarea", given["reason"], rows=3)]


def _cancel(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    actions.cancel(found.pk, version=version, by=desk.post, reason=text_of(given["reason"], "reason"))
    return _("Cancelled. You can reopen it from here.")


@SHOW
@requires(DIRECTORS)
def work_reopen(request: HttpRequest, number: str) -> HttpResponse:
    """Open a closed or cancelled item again."""
    desk, found = _found(request, number, Action.REOPEN)
    form = Form(
        "reopen", _("Reopen"), _("Reopen it"), _reason_fields, _reopen,
        refused=_form_refused(Action.REOPEN),
        words=_("Another round of handling begins: its unit has to accept it, and its limit begins anew."),
    )  # fmt: skip
    return answer(request, desk, found, form)


def _reopen(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    actions.reopen(found.pk, version=version, by=desk.post, reason=text_of(given["reason"], "reason"))
    return _("Reopened; its unit has been told.")


# --- leaders: instruct; everyone who sees it: note ---


@SHOW
@requires(LEADERS)
def work_instruct(request: HttpRequest, number: str) -> HttpResponse:
    """Put a leader's instruction on an item."""
    desk, found = _found(request, number, Action.INSTRUCT)
    form = Form(
        "instruct", _("Instruct"), _("Send the instruction"), _instruct_fields, _instruct,
        refused=_form_refused(Action.INSTRUCT),
        words=_("It stands on top of the item's page, and its unit is told at once."),
    )  # fmt: skip
    return answer(request, desk, found, form)


def _instruct_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    return [
        Field("text", _("Instruction"), "textarea", given["text"], rows=3),
        when_field(given.words, _("New deadline"), required=False),
    ]


def _instruct(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    text = text_of(given["text"], "text")
    deadline = when_if(given.words, desk.county.pk, timezone.now())
    actions.instruct(found.pk, by=desk.post, text=text, deadline=deadline)
    return _("Sent; the unit has been told.")


@SHOW
@requires(READ)
def work_note(request: HttpRequest, number: str) -> HttpResponse:
    """Write a note into an item's log."""
    desk, found = _found(request, number, Action.NOTE)
    form = Form(
        "note", _("Write a note"), _("Send it"), _note_fields, _note, with_photos=True,
        words=_("It stands in the discussion of the item and changes nothing else; the units of the item and whoever has spoken are told."),
    )  # fmt: skip
    return answer(request, desk, found, form)


def _note_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    fields = [Field("text", _("Note"), "textarea", given["text"], rows=4)]
    if RECHECKERS.allows(desk.post, desk.county) and found.row.is_open and found.row.lead is not None:
        fields.append(
            Field(
                "asks", _("What the note is"), "select", given["asks"], required=False,
                options=[("", _("a remark")), ("papers", _("asks the lead unit for papers or figures: counts as a request"))],
            )
        )  # fmt: skip
    return [*fields, Field(PHOTOS, _("Photos"), "photos", given.photos, required=False)]


def _note(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    actions.note(
        found.pk, by=desk.post, text=text_of(given["text"], "text"), photos=list(given.photos),
        asks=given["asks"] == "papers",
    )  # fmt: skip
    return _("It stands in the discussion; the others have been told.")
