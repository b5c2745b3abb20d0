"""What a deadline in words comes to, while somebody types it; and the page of the words that are understood."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.work.cadences import cadence_words
from qipan.faces.office.work.fields import Wrong, when_if, whole
from qipan.ground.units.permissions import READ
from qipan.ground.worktime.words import Meaning, Meant
from qipan.spine.work.errors import WorkError
from qipan.spine.work.limits import settings_of
from qipan.spine.work.permissions import SET_LADDER
from qipan.spine.work.timing.at_once import AT_ONCE_MOST, set_at_once_days
from qipan.spine.work.timing.when import meaning

WEEKDAYS = (
    gettext_lazy("Monday"), gettext_lazy("Tuesday"), gettext_lazy("Wednesday"), gettext_lazy("Thursday"),
    gettext_lazy("Friday"), gettext_lazy("Saturday"), gettext_lazy("Sunday"),
)  # fmt: skip
EXAMPLES = (
    "11月底前", "12月25日前", "25日前", "2026年9月30日前", "2026-11-30", "月底前", "下月10日前", "12月中旬", "三季度末",
    "上半年", "年底前", "明年一季度", "本周五前", "下周三前", "国庆节前", "15个工作日内", "3天内", "一周内", "半个月内",
    "一个月内", "48小时内", "立行立改", "每月25日前", "每周五前", "每季度末", "长期坚持", "尽快",
)  # fmt: skip
"""Words as offices write them, for the page that shows what each comes to today."""


@require_GET
@requires(READ)
def when_preview(request: HttpRequest) -> HttpResponse:
    """Show what the words in a field, and the day beside them, come to: a piece of a page."""
    desk, now = at_desk(request), timezone.now()
    field = request.GET.get("field", "deadline")
    given = {name: request.GET.get(name, "") for name in (field, f"{field}_day")}
    context: dict[str, object] = {}
    try:
        found = when_if(given, desk.county.pk, now, name=field)
    except Wrong as error:
        return render(request, "office/work/_when.html", {"error": error.words})
    if found is not None:
        notes = []
        if found.text:
            notes = notes_of(meaning(found.text, desk.county.pk, now))
        if found.deadline <= now:
            notes.append(_("This lies in the past; for next year write 明年."))
        context = {"at": found.deadline, "weekday": weekday(found.deadline), "notes": notes}
    return render(request, "office/work/_when.html", context)


def weekday(at: datetime) -> str:
    """Return the day of the week of a moment."""
    return str(WEEKDAYS[timezone.localdate(at).weekday()])


def notes_of(found: Meant) -> list[str]:
    """Return how a date came about: what the calendar moved, what comes again, which calendar is missing."""
    notes = []
    if found.moved and found.named is not None and found.at is not None:
        if found.kind == Meaning.LIMIT:
            words = _("%(day)s is a day of rest: moved on to the next working day.")
        else:
            words = _("%(day)s is a day of rest: moved to the last working day before it.")
        notes.append(words % {"day": f"{found.named:%Y-%m-%d}"})
    if found.kind == Meaning.AT_ONCE and found.limit is not None:
        count = found.limit.amount
        notes.append(
            ngettext("at once: within %(count)s working day", "at once: within %(count)s working days", count)
            % {"count": count}
        )
    if found.cadence:
        notes.append(cadence_words(found.cadence))
    if found.gap:
        notes.append(_("The calendar of that year is not entered: weekends alone were counted as free."))
    return notes


@require_http_methods(["GET", "POST"])
@requires(READ)
def when_words(request: HttpRequest) -> HttpResponse:
    """Show the words that are understood with what each comes to today, and set what "at once" gives."""
    desk, now = at_desk(request), timezone.now()
    error: object = ""
    status = 200
    if request.method == "POST":
        version = whole(request.POST.get("version", ""))
        try:
            set_at_once_days(whole(request.POST.get("days", "")), version=version, by=desk.post)
        except WorkError as refused:
            error, status = refused.words, 422 if refused.field else 409
        else:
            messages.success(request, _("Set; it counts for what is issued from now on."))
            return redirect("when_words")
    rows = []
    for words in EXAMPLES:
        found = meaning(words, desk.county.pk, now)
        rows.append(
            {
                "words": words, "at": found.at, "weekday": weekday(found.at) if found.at else "",
                "notes": notes_of(found), "why_not": found.why_not,
                "past": found.at is not None and found.at <= now,
            }
        )  # fmt: skip
    settings = settings_of(desk.county.pk)
    context = {
        "rows": rows, "days": request.POST.get("days") or settings.at_once_days, "version": settings.version,
        "most": AT_ONCE_MOST, "may_set": SET_LADDER.allows(desk.post, desk.county), "error": error, "now": now,
        "crumbs": [(_("Work"), reverse("work_list")), (_("Deadlines in words"), "")],
    }  # fmt: skip
    return render(request, "office/work/when_words.html", context, status=status)
