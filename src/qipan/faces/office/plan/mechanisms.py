"""Recurring mechanisms: the list, the form, and the agenda of a run that the office edits and closes with decisions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.plan.hard import day_of_form
from qipan.faces.office.setup.register_forms import (
    add_error,
    changed_context,
    choose,
    new_uid,
    options,
    page_number,
    said,
    status_of,
    styled,
)
from qipan.ground.units.errors import RegisterError, Stale
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.ground.units.registers import post_choices, post_words, unit_choices
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.desk import Desk
from qipan.spine.work.errors import WorkError
from qipan.spine.work.mechanisms import actions
from qipan.spine.work.mechanisms.gathering import LOOKS
from qipan.spine.work.mechanisms.queries import decided, mechanism_of, mechanisms, run_of, run_of_decision
from qipan.spine.work.permissions import READ_LADDER

RHYTHMS = {
    "weekly": gettext_lazy("every week"), "monthly": gettext_lazy("every month"),
    "quarterly": gettext_lazy("every quarter, in its last month"),
}  # fmt: skip
STATES = {
    "prepared": pgettext_lazy("agenda", "agenda is ready"), "closed": pgettext_lazy("agenda", "closed"),
    "nothing": pgettext_lazy("agenda", "nothing to report"),
}  # fmt: skip
STATE_PILLS = {"prepared": "due", "closed": "done", "nothing": "neutral"}
WEEKDAYS = (
    gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"), gettext_lazy("Thursday"),
    gettext_lazy("Friday"), gettext_lazy("Saturday"), gettext_lazy("Sunday"),
)  # fmt: skip


class MechanismForm(forms.Form):
    """What is entered of a mechanism."""

    name_zh = forms.CharField(label=gettext_lazy("Name of the mechanism"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("English name (optional)"), max_length=80, required=False)
    rhythm = forms.ChoiceField(label=gettext_lazy("Rhythm"), choices=list(RHYTHMS.items()))
    day = forms.IntegerField(
        label=gettext_lazy("Day"),
        help_text=gettext_lazy(
            "In a week 1 is Monday and 7 Sunday; in a month the day, in a quarter that of its last month."
        ),
    )
    chair = forms.ChoiceField(label=gettext_lazy("Chair"), required=False)
    units = forms.MultipleChoiceField(
        label=gettext_lazy("Units concerned"), required=False, widget=forms.SelectMultiple({"size": 7}),
        help_text=gettext_lazy("With everything below them. None: all units."),
    )  # fmt: skip
    looks = forms.MultipleChoiceField(label=gettext_lazy("What it looks at"), widget=forms.CheckboxSelectMultiple)
    is_active = forms.BooleanField(label=gettext_lazy("It comes round by itself"), required=False, initial=True)


@require_GET
@requires(READ_LADDER)
def mechanism_list(request: HttpRequest) -> HttpResponse:
    """List the mechanisms with their next day and their latest runs."""
    desk, today = at_desk(request), timezone.localdate()
    if desk.campaign is None or desk.year is None:
        return render(request, "office/board_empty.html")
    rows = [
        {
            "line": line, "when": _when(line.mechanism.rhythm, line.mechanism.day),
            "chair": post_words(line.mechanism.chair) if line.mechanism.chair else None,
            "moved": line.on != line.planned_on, "looks": [LOOKS[look] for look in line.mechanism.looks if look in LOOKS],
            "runs": [(run, STATES[run.state], STATE_PILLS[run.state]) for run in line.runs],
        }
        for line in mechanisms(desk.campaign.pk, desk.county.pk, today)
    ]  # fmt: skip
    context = {
        "rows": rows, "may_edit": MANAGE_CAMPAIGN.allows(desk.post, desk.county),
        "crumbs": [(_("Plan"), reverse("plan")), (_("Mechanisms"), "")],
    }  # fmt: skip
    return render(request, "office/plan/mechanisms.html", context)


def _when(rhythm: str, day: int) -> str:
    if rhythm == "weekly":
        return _("every week on %(day)s") % {"day": WEEKDAYS[(day - 1) % 7]}
    if rhythm == "monthly":
        return _("every month on day %(day)s") % {"day": day}
    return _("every quarter, on day %(day)s of its last month") % {"day": day}


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def mechanism_new(request: HttpRequest) -> HttpResponse:
    """Set a mechanism up."""
    desk = at_desk(request)
    if desk.campaign is None:
        return redirect("setup_campaign")
    start = {"looks": list(LOOKS), "rhythm": "weekly", "day": 5}
    form = MechanismForm(request.POST if request.method == "POST" else None, initial=start)
    _choices(form, desk)
    if request.method == "POST" and form.is_valid():
        try:
            with once(request.POST.get("uid", "")):
                made = actions.set_up(desk.campaign, _plan(form), by=desk.post)
        except AlreadySent:
            return redirect("mechanisms")
        except RegisterError as error:
            add_error(form, error)
        else:
            messages.success(request, _("Set up: %(name)s") % {"name": said(made.name)})
            return redirect("mechanisms")
    return _form(request, form, _("Set up a mechanism"), {"uid": new_uid()})


@require_http_methods(["GET", "HEAD", "POST"])
@requires(MANAGE_CAMPAIGN)
def mechanism_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a mechanism."""
    desk = at_desk(request)
    mechanism = mechanism_of(desk.county.pk, pk)
    if mechanism is None:
        raise Http404
    initial = asdict(actions.plan_of(mechanism))
    form = MechanismForm(request.POST if request.method == "POST" else None, initial=initial)
    _choices(form, desk, mechanism.chair_id)
    context: dict[str, Any] = {"kept_version": mechanism.version}
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(pk, _plan(form), version=page_number(request.POST.get("version", "")) or 0, by=desk.post)
        except RegisterError as error:
            context |= changed_context(error)
            add_error(form, error)
        else:
            messages.success(request, _("Saved: %(name)s") % {"name": form.cleaned_data["name_zh"]})
            return redirect("mechanisms")
    return _form(request, form, said(mechanism.name), context)


@require_POST
@requires(MANAGE_CAMPAIGN)
def mechanism_prepare(request: HttpRequest, pk: int) -> HttpResponse:
    """Prepare a run at once."""
    desk = at_desk(request)
    if desk.year is None or mechanism_of(desk.county.pk, pk) is None:
        raise Http404
    run = actions.prepare_now(pk, desk.year, by=desk.post)
    if run is None:
        messages.info(request, _("Today's agenda is there already."))
        return redirect("mechanisms")
    if run.state == "nothing":
        messages.success(request, _("There is nothing to report: no agenda, and nothing is asked of anybody."))
        return redirect("mechanisms")
    return redirect("mechanism_run", run.pk)


@require_GET
@requires(READ_LADDER)
def mechanism_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the agenda of a run, or what was decided in it; it prints on A4."""
    return _run_page(request, pk)


@require_GET
@requires(READ_LADDER)
def mechanism_decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Go from a decision to the run that made it: what the origin of a task opens."""
    run = run_of_decision(at_desk(request).county.pk, pk)
    if run is None:
        raise Http404
    return redirect(reverse("mechanism_run", args=[run]) + f"#decision-{pk}")


def _run_page(
    request: HttpRequest, pk: int, error: RegisterError | WorkError | None = None, doing: str = ""
) -> HttpResponse:
    desk = at_desk(request)
    run = run_of(desk.county.pk, pk)
    if run is None:
        raise Http404
    may = MANAGE_CAMPAIGN.allows(desk.post, desk.county) and run.state == "prepared"
    units = options(((str(key), name) for key, name in unit_choices(desk.county.pk, timezone.localdate())), _("choose"))
    points = [
        {
            "point": point, "key": str(point.pk), "title": LOOKS.get(point.look, point.title),
            "lines": [(Text(line["zh"], line["en"]), line["url"]) for line in point.lines],
            "more": point.count - len(point.lines) if point.look else 0,
        }
        for point in run.points.all()
    ]  # fmt: skip
    context: dict[str, Any] = {
        "run": run, "points": points, "decisions": decided(run), "may_edit": may, "units": units, "uid": new_uid(),
        "state": (STATES[run.state], STATE_PILLS[run.state]), "moved": run.on != run.planned_on,
        "chair": post_words(run.mechanism.chair) if run.mechanism.chair else None, "today": timezone.localdate(),
        "error": said(error.words) if error else "", "doing": doing, "given": request.POST if error else {},
        "crumbs": [
            (_("Plan"), reverse("plan")), (_("Mechanisms"), reverse("mechanisms")), (said(run.mechanism.name), ""),
        ],
    }  # fmt: skip
    status = 409 if isinstance(error, Stale) else 422 if error else 200
    return render(request, "office/plan/run.html", context, status=status)


@require_POST
@requires(MANAGE_CAMPAIGN)
def run_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit an agenda: order, drop with a reason, add a point; write a decision down or take it out."""
    desk = at_desk(request)
    if run_of(desk.county.pk, pk) is None:
        raise Http404
    act, key = request.POST.get("act", ""), page_number(request.POST.get("key", "")) or 0
    where = f"#point-{key}"
    try:
        with once(request.POST.get("uid", "")):
            if act in {"up", "down"}:
                actions.move_point(pk, key, act == "up", by=desk.post)
            elif act == "drop":
                why = request.POST.get("why", "")
                if not why.strip():
                    raise RegisterError(Text("请写明理由", "say why"), "why")
                actions.drop_point(pk, key, why, by=desk.post)
                messages.success(request, _("The point is dropped; its reason stands on the agenda."))
            elif act == "keep":
                actions.drop_point(pk, key, "", by=desk.post)
                messages.success(request, _("The point is on the agenda again."))
            elif act == "add":
                actions.add_point(pk, request.POST.get("title", ""), by=desk.post)
                messages.success(request, _("The point is added."))
            elif act == "undecide":
                actions.undecide(pk, key, by=desk.post)
                messages.success(request, _("The decision is taken out."))
                where = "#decisions"
            else:
                due, unit = day_of_form(request, "due"), page_number(request.POST.get("unit", ""))
                actions.decide(pk, request.POST.get("text", ""), unit, due, by=desk.post)
                messages.success(request, _("Written down. It becomes a task when the run is closed."))
                where = "#decisions"
    except AlreadySent:
        return redirect("mechanism_run", pk)
    except RegisterError as error:
        return _run_page(request, pk, error, f"drop-{key}" if act == "drop" else act)
    return redirect(reverse("mechanism_run", args=[pk]) + where)


@require_POST
@requires(MANAGE_CAMPAIGN)
def run_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a run: its decisions become tasks."""
    desk = at_desk(request)
    if desk.year is None or run_of(desk.county.pk, pk) is None:
        raise Http404
    version = page_number(request.POST.get("version", "")) or 0
    try:
        numbers = actions.close(pk, desk.year, version=version, by=desk.post)
    except (RegisterError, WorkError) as error:
        return _run_page(request, pk, error, "close")
    words = ngettext(
        "Closed; %(count)s decision is now a task.", "Closed; %(count)s decisions are now tasks.", len(numbers)
    )
    messages.success(request, words % {"count": len(numbers)})
    return redirect("mechanism_run", pk)


def _plan(form: MechanismForm) -> actions.MechanismPlan:
    data = form.cleaned_data
    units = tuple(key for each in data["units"] if (key := page_number(each)))
    return actions.MechanismPlan(
        data["name_zh"], data["rhythm"], data["day"], data["name_en"], page_number(data["chair"]), units,
        tuple(data["looks"]), data["is_active"],
    )  # fmt: skip


def _choices(form: MechanismForm, desk: Desk, kept: int | None = None) -> None:
    today = timezone.localdate()
    choose(form, "units", options((str(pk), name) for pk, name in unit_choices(desk.county.pk, today)))
    posts = post_choices(desk.county.pk, today, roles=("leader", "office", "head"), also=kept)
    choose(form, "chair", options(((str(pk), name) for pk, name in posts), _("none")))
    choose(form, "looks", options(LOOKS.items()))


def _form(request: HttpRequest, form: MechanismForm, heading: str, context: dict[str, Any]) -> HttpResponse:
    styled(form)
    for name in ("looks",):
        form.fields[name].widget.attrs.pop("class", None)
    context |= {
        "form": form, "heading": heading, "back": reverse("mechanisms"),
        "crumbs": [(_("Plan"), reverse("plan")), (_("Mechanisms"), reverse("mechanisms")), (heading, "")],
    }  # fmt: skip
    return render(request, "office/plan/mechanism_form.html", context, status=status_of(form, context))
