"""For a unit that does not sign in: a link or a printed slip to one item, and a reply entered on its behalf."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.addresses import qr, reached
from qipan.faces.office.work.acts import DIRECTORS, SHOW
from qipan.faces.office.work.fields import Field, Wrong, as_entered, end_of_day, moment_of, text_of
from qipan.faces.office.work.item import item_answer
from qipan.faces.office.work.marks import CHANNELS
from qipan.faces.office.work.sending import PHOTOS, Form, Given, answer
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.desk import Desk
from qipan.spine.work.errors import WorkError
from qipan.spine.work.links.actions import LONGEST, give, withdraw
from qipan.spine.work.links.behalf import enter_reply
from qipan.spine.work.links.permissions import GIVERS
from qipan.spine.work.links.queries import GivenLink, LinksOf, links_of
from qipan.spine.work.queries import ItemPage, item_page

USUAL = timedelta(days=7)
"""So long a link is good unless the deadline comes later."""
ACCEPTS, FIXED = "accepts", "fixed"


def _found(request: HttpRequest, number: str) -> tuple[Desk, ItemPage, LinksOf]:
    desk = at_desk(request)
    found = item_page(desk.post, number)
    if found is None:
        raise Http404
    return desk, found, links_of(desk.post, found.pk)


@SHOW
@requires(GIVERS)
def work_link(request: HttpRequest, number: str) -> HttpResponse:
    """Show the link of an item as a slip to print, or issue one."""
    desk, found, links = _found(request, number)
    if not links.may_give and links.latest is None:
        raise PermissionDenied
    if request.method != "POST":
        return _link_page(request, found, links)
    try:
        with once(request.POST.get("uid", "")):
            give(found.pk, until=end_of_day(request.POST.get("until", ""), "until"), by=desk.post)
    except AlreadySent:
        return redirect("work_link", number)
    except Wrong as error:
        return _link_page(request, found, links, wrong=error.words)
    except WorkError as error:
        if error.field:
            return _link_page(request, found, links, wrong=error.words)
        return item_answer(request, desk, found, refused=error.words)
    messages.success(request, _("The link is ready. Print the slip, or copy the address to its unit; to nobody else."))
    return redirect("work_link", number)


def _link_page(request: HttpRequest, found: ItemPage, links: LinksOf, *, wrong: Text | str = "") -> HttpResponse:
    latest, row, now = links.latest, found.row, timezone.now()
    address = reached(request, reverse("link", args=[latest.token])) if latest and latest.token else ""
    until = request.POST.get("until") or f"{_usual(found, now):%Y-%m-%d}"
    field = Field(
        "until", _("Good until"), "date", until, least=f"{timezone.localdate():%Y-%m-%d}",
        most=f"{timezone.localtime(now + LONGEST):%Y-%m-%d}", error=wrong,
    )  # fmt: skip
    context: dict[str, Any] = {
        "row": row, "found": found, "link": latest, "address": address, "qr": qr(address) if address else "",
        "may_give": links.may_give, "field": field, "uid": uuid.uuid4(), "why": _ended(latest),
        "crumbs": [(_("Work"), reverse("work_list")), (row.number, reverse("work_item", args=[row.number])), (_("Link for the unit"), "")],
    }  # fmt: skip
    return render(request, "office/work/link.html", context, status=422 if wrong else 200)


def _usual(found: ItemPage, now: datetime) -> datetime:
    """Return until when a link is offered: a week, or the day of the deadline where that comes later."""
    return timezone.localtime(min(max(found.row.deadline, now + USUAL), now + LONGEST - timedelta(days=1)))


def _ended(link: GivenLink | None) -> str:
    """Return why the latest link is good for nothing more; nothing where it is."""
    match link.standing.value if link is not None else "":
        case "used":
            return _("It was used: the item was reported by it.")
        case "expired":
            return _("It has expired.")
        case "withdrawn":
            return _("It was withdrawn.")
        case "moved":
            return _("The item was given to another unit.")
        case "again":
            return _("The item has come round again; a new link is needed.")
        case "elsewhere" | "closed" | "cancelled":
            return _("The item waits for nothing more from its unit.")
        case _:
            return ""


@require_POST
@requires(GIVERS)
def work_link_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Withdraw the link of an item."""
    desk, found, _links = _found(request, number)
    if withdraw(found.pk, by=desk.post):
        messages.success(request, _("Withdrawn. Whoever opens it is told so; you can issue another one."))
    else:
        messages.info(request, _("There was no link to withdraw."))
    return redirect("work_link", number)


# --- on behalf ---


@SHOW
@requires(DIRECTORS)
def work_behalf(request: HttpRequest, number: str) -> HttpResponse:
    """Enter what a unit replied by telephone, on paper, in a chat."""
    desk, found, links = _found(request, number)
    form = Form(
        "behalf", _("Enter a reply on behalf"), _("Enter the reply"), _behalf_fields, _behalf, with_photos=True,
        words=_(
            "For a unit that replied by telephone, on paper or in a chat. The log says who spoke, how, and that you entered it; the unit stays the one that handled it, and its own people are told. You cannot re-check this item afterwards; a colleague can."
        ),
        refused=lambda _desk, _found: None if links.may_enter else WorkError(
            Text("没有可代录的环节：已反馈、已结束或尚无牵头单位。", "It was reported, has ended, or nobody leads it: there is nothing to enter.")
        ),
    )  # fmt: skip
    return answer(request, desk, found, form)


def _behalf_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    now = timezone.now()
    open_ = found.row.state == "issued"
    whats = [(ACCEPTS, _("they take it on")), (FIXED, _("it is fixed"))]
    at_site = found.row.kind == "order" and found.row.site is not None
    return [
        *([Field("what", _("What they said"), "choices", given["what"] or ACCEPTS, options=whats)] if open_ else []),
        Field("said_by", _("Who spoke for the unit"), "text", given["said_by"], _("name or post, as the log will show it")),
        Field("channel", _("How the reply came"), "select", given["channel"] or "phone", options=[(name, str(word)) for name, word in CHANNELS.items()]),
        Field("said_at", _("When they said it"), "datetime-local", given["said_at"] or as_entered(now), most=as_entered(now)),
        Field("text", _("What was done, in their words"), "textarea", given["text"], rows=4, required=not open_),
        Field(
            "fixed_at", _("When it was fixed"), "datetime-local", given["fixed_at"], required=not open_, most=as_entered(now)
        ),
        Field(
            PHOTOS, _("Photos of how it looks now"), "photos", given.photos, required=at_site and not open_,
            hint=_("A report at a site needs at least one.") if at_site else "",
        ),
        *([Field("without", _("Why it is reported without their part"), "textarea", given["without"], rows=2, required=False)] if found.missing else []),
    ]  # fmt: skip


def _behalf(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    fixed = found.row.state != "issued" or given["what"] == FIXED
    who = text_of(given["said_by"], "said_by")
    now = timezone.now()
    said_at = min(moment_of(given["said_at"], "said_at"), now)
    if not fixed:
        text = text_of(given["text"], "text", required=False)
        enter_reply(
            found.pk, version=version, by=desk.post, said_by=who, said_at=said_at, channel=given["channel"], fixed=False, text=text
        )  # fmt: skip
        return _("Entered: the unit has taken it on. The clock runs until it reports.")
    enter_reply(
        found.pk, version=version, by=desk.post, said_by=who, said_at=said_at, channel=given["channel"], fixed=True,
        text=text_of(given["text"], "text"), fixed_at=moment_of(given["fixed_at"], "fixed_at"), photos=list(given.photos),
        without=text_of(given["without"], "without", required=False),
    )  # fmt: skip
    return _("Entered as reported. Someone from outside the unit, and not you, re-checks it.")
