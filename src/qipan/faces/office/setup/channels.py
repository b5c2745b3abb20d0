"""Channels to mailboxes and chat groups: the office enters, changes and tries them, and sees what was sent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.work.fields import whole
from qipan.ground.notify.channels.actions import (
    MANAGE_CHANNELS,
    ChannelError,
    Given,
    add_channel,
    change_channel,
    try_channel,
)
from qipan.ground.notify.channels.queries import ShownChannel, channel, channels, deliveries
from qipan.ground.units.sent import AlreadySent, once
from qipan.overview.desk import Desk
from qipan.overview.points import unit_names

KINDS: dict[str, Promise] = {
    "dry": gettext_lazy("dry run: recorded, sent nowhere"),
    "mail": gettext_lazy("e-mail"),
    "wecom": gettext_lazy("WeCom group robot"),
    "dingtalk": gettext_lazy("DingTalk group robot"),
    "feishu": gettext_lazy("Feishu group robot"),
}
STATES: dict[str, Promise] = {
    "waiting": pgettext_lazy("delivery", "waits"),
    "sent": pgettext_lazy("delivery", "sent"),
    "dry": pgettext_lazy("delivery", "dry run"),
    "failed": pgettext_lazy("delivery", "failed"),
    "gone": pgettext_lazy("delivery", "nothing to say"),
}
MARKS = {"waiting": "due", "sent": "on_plan", "dry": "neutral", "failed": "failed", "gone": "neutral"}
MESSAGES: dict[str, Promise] = {"work.digest": gettext_lazy("morning message"), "notify.test": gettext_lazy("test")}


@require_http_methods(["GET", "POST"])
@requires(MANAGE_CHANNELS)
def setup_channels(request: HttpRequest) -> HttpResponse:
    """List the channels, and enter one."""
    desk = at_desk(request)
    if request.method != "POST":
        return _list(request, desk, {"kind": "dry", "language": "zh"})
    try:
        with once(request.POST.get("uid", "")):
            add_channel(_given(request), by=desk.post)
    except AlreadySent:
        return redirect("setup_channels")
    except ChannelError as error:
        return _list(request, desk, request.POST, error)
    messages.success(
        request, _("The channel is kept. Try it: the first message of a morning goes out at half past eight.")
    )
    return redirect("setup_channels")


def _list(
    request: HttpRequest, desk: Desk, given: Mapping[str, Any], error: ChannelError | None = None
) -> HttpResponse:
    rows = [(each, KINDS[each.kind]) for each in channels(desk.county)]
    context = {
        "rows": rows,
        "crumbs": [(_("Settings"), reverse("setup")), (_("Channels"), "")],
        **_form(desk, given, error),
    }
    return render(request, "office/setup/channels.html", context, status=422 if error else 200)


def _form(desk: Desk, given: Mapping[str, Any], error: ChannelError | None) -> dict[str, Any]:
    """Return what the form of a channel holds. An address that was typed is never given back."""
    language = get_language() or "en"
    units = sorted((unit.code, unit.name.into(language)) for unit in unit_names(desk.county.pk).values())
    return {
        "kinds": list(KINDS.items()), "units": units, "given": given, "uid": uuid.uuid4(),
        "errors": {error.field or "all": error.words} if error else {},
    }  # fmt: skip


def _given(request: HttpRequest, kind: str = "") -> Given:
    post = request.POST
    return Given(
        kind or post.get("kind", ""), post.get("name", ""), post.get("unit", ""), post.get("language", ""),
        post.get("address", "")[:500], post.get("secret", "")[:200], post.get("active", "") == "1",
    )  # fmt: skip


def _found(desk: Desk, pk: int) -> ShownChannel:
    found = channel(desk.county, pk)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@requires(MANAGE_CHANNELS)
def setup_channel(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a channel, or switch it off."""
    desk = at_desk(request)
    found = _found(desk, pk)
    given: Mapping[str, Any] = {
        "name": found.name, "unit": found.unit_code, "language": found.language, "active": "1" if found.is_active else "",
    }  # fmt: skip
    error: ChannelError | None = None
    if request.method == "POST":
        try:
            change_channel(pk, whole(request.POST.get("version", "")), _given(request, found.kind), by=desk.post)
        except ChannelError as refused:
            error, given = refused, request.POST
        else:
            messages.success(request, _("Saved."))
            return redirect("setup_channels")
    context = {
        "channel": found, "kind": KINDS[found.kind], **_form(desk, given, error),
        "crumbs": [(_("Settings"), reverse("setup")), (_("Channels"), reverse("setup_channels")), (found.name, "")],
    }  # fmt: skip
    status = 200 if error is None else 422 if error.field else 409
    return render(request, "office/setup/channel.html", context, status=status)


@require_POST
@requires(MANAGE_CHANNELS)
def setup_channel_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a test message."""
    desk = at_desk(request)
    _found(desk, pk)
    try:
        with once(request.POST.get("uid", "")):
            try_channel(pk, by=desk.post)
    except AlreadySent:
        pass
    except ChannelError as error:
        messages.error(request, error.words.into(get_language() or "en"))
        return redirect("setup_channels")
    messages.success(request, _("A test is queued; within a minute or two its state stands here."))
    return redirect("setup_deliveries")


@require_GET
@requires(MANAGE_CHANNELS)
def setup_deliveries(request: HttpRequest) -> HttpResponse:
    """List what was sent, and what became of it."""
    desk = at_desk(request)
    state = request.GET.get("state", "") if request.GET.get("state", "") in STATES else ""
    number = whole(request.GET.get("page", "")) or 1
    rows, paginator = deliveries(desk.county, state=state, channel=whole(request.GET.get("channel", "")), page=number)
    context = {
        "rows": [(each, STATES[each.state], MARKS[each.state], MESSAGES.get(each.kind, each.kind)) for each in rows],
        "page": paginator.get_page(number), "states": list(STATES.items()), "state": state,
        "crumbs": [(_("Settings"), reverse("setup")), (_("Channels"), reverse("setup_channels")), (_("What was sent"), "")],
    }  # fmt: skip
    return render(request, "office/setup/deliveries.html", context)
