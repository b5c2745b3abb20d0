"""What a unit does of its own accord: its own earlier date on an item, and logging what it has found itself."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.photos import PhotosNotTaken, taken
from qipan.faces.office.templatetags.office import minute
from qipan.faces.office.work.acts import HANDLERS, SHOW
from qipan.faces.office.work.asks import form_of
from qipan.faces.office.work.fields import Field, Wrong, text_of, when_field, when_if, when_of
from qipan.faces.office.work.sending import PHOTOS, Given
from qipan.ground.units.drafts import draft_of, drop_draft
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.desk import Desk
from qipan.overview.sponsors import sites_to_choose
from qipan.spine.work import actions
from qipan.spine.work.errors import WorkError
from qipan.spine.work.permissions import LOG_OWN

if TYPE_CHECKING:
    from qipan.spine.work.queries import ItemPage

DRAFT = "work.self"


@SHOW
@requires(HANDLERS)
def work_own_date(request: HttpRequest, number: str) -> HttpResponse:
    """Set one's own earlier date on an item, or take it away."""
    return form_of(
        request, number, "own_date", pgettext("act", "Set your own earlier date"), _("Set this date"), _date_fields, _date,
        _("It stands beside the deadline for the office to see, and changes no light: by the deadline alone your unit is judged."),
    )  # fmt: skip


def _date_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    hint = _("The deadline is %(at)s; your own date may not be later. Empty takes your date away.") % {
        "at": minute(found.row.deadline)
    }
    return [when_field(given.words, _("Your own date"), hint=hint, required=False)]


def _date(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    own = when_if(given.words, desk.county.pk, timezone.now())
    actions.set_own_date(found.pk, version=version, by=desk.post, deadline=own)
    return _("Your own date is %(at)s.") % {"at": minute(own.deadline)} if own else _("Your own date was taken away.")


@require_http_methods(["GET", "POST"])
@requires(LOG_OWN)
def own_new(request: HttpRequest) -> HttpResponse:
    """Log a fault that one's own unit has found."""
    desk = at_desk(request)
    if desk.year is None:
        return render(request, "office/board_empty.html")
    if request.method != "POST":
        kept = draft_of(desk.post, DRAFT) or {}
        return _page(request, desk, {name: value for name, value in kept.items() if isinstance(value, str)}, ())
    given = {name: request.POST[name] for name in request.POST}
    photos: Sequence[Any] = ()
    try:
        photos = taken(request, PHOTOS, desk.post)
    except PhotosNotTaken as error:
        words = Text(*("；".join(each.message.into(language) for each in error.problems) for language in ("zh", "en")))
        return _page(request, desk, given, error.taken, Wrong(PHOTOS, words))
    try:
        with once(given.get("uid", "")):
            item = actions.log_own(
                desk.year, by=desk.post, title=text_of(given.get("title", ""), "title")[:200],
                text=text_of(given.get("text", ""), "text", required=False), site=given.get("site", ""),
                deadline=when_of(given, desk.county.pk, timezone.now()), photos=list(photos),
            )  # fmt: skip
    except AlreadySent:
        return redirect(reverse("work_list") + "?origin=self")
    except Wrong as error:
        return _page(request, desk, given, photos, error)
    except WorkError as error:
        return _page(request, desk, given, photos, Wrong(error.field or "title", error.words))
    drop_draft(desk.post, DRAFT)
    messages.success(
        request,
        _("Logged as %(number)s. It counts as found by your unit, and costs it nothing.") % {"number": item.number},
    )
    return redirect("work_item", item.number)


def _page(
    request: HttpRequest, desk: Desk, given: Mapping[str, str], photos: Sequence[Any], wrong: Wrong | None = None
) -> HttpResponse:
    language, today = get_language() or "en", timezone.localdate()
    sites = sites_to_choose(desk.county.pk, today, territory=desk.post.unit.code) or sites_to_choose(
        desk.county.pk, today
    )
    options = [(site.code, f"{site.name.into(language)} {site.code}") for site in sites]
    fields = [
        Field("title", _("What is wrong"), "text", given.get("title", "")),
        Field("site", _("Site"), "select", given.get("site", ""), required=False, options=[("", _("none")), *options]),
        Field(PHOTOS, _("Photos"), "photos", photos, required=False),
        Field("text", _("What was seen"), "textarea", given.get("text", ""), required=False, rows=3),
        when_field(given, _("To be mended by")),
    ]
    if wrong is not None:
        fields = [each.wrong(wrong.words) if each.name == wrong.field else each for each in fields]
    context = {
        "fields": fields, "draft": DRAFT, "uid": uuid.uuid4(), "listed_url": reverse("work_list") + "?origin=self",
        "crumbs": [(_("Work"), reverse("work_list")), (_("Log what your unit found"), "")],
    }  # fmt: skip
    return render(request, "office/work/own_new.html", context, status=200 if wrong is None else 422)
