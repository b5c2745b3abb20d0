"""How a unit's word came where not from its own desk: in the log, on the item's page, in files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from qipan.faces.office.templatetags.office import minute

CAME: dict[str, Promise] = {
    "link": pgettext_lazy("reply", "by link"),
    "behalf": pgettext_lazy("reply", "entered on behalf"),
}
CHANNELS: dict[str, Promise] = {
    "phone": pgettext_lazy("reply", "by telephone"),
    "paper": pgettext_lazy("reply", "on paper"),
    "chat": pgettext_lazy("reply", "in a chat"),
    "person": pgettext_lazy("reply", "in person"),
}


def came_words(data: Mapping[str, Any]) -> str:
    """Return how a step of the log came in; nothing where its unit took it at its own desk."""
    match data.get("by"):
        case "link":
            return _("by link, issued by %(post)s") % {"post": data.get("issued_by", "")}
        case "behalf":
            said = datetime.fromisoformat(data["said_at"])
            return _("entered on behalf by %(post)s, said %(channel)s at %(at)s") % {
                "post": data.get("entered_by", ""), "channel": CHANNELS.get(data.get("channel", ""), ""), "at": minute(said),
            }  # fmt: skip
        case _:
            return ""
