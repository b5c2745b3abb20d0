"""What a unit has asked of an item, as its page and the form of the decision show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from qipan.assessment.text import Text
from qipan.faces.office.templatetags.office import minute
from qipan.overview.points import unit_names

if TYPE_CHECKING:
    from qipan.spine.work.item_page import RequestView
    from qipan.spine.work.queries import ItemPage

KIND_OF_REQUEST: dict[str, Promise] = {
    "return": pgettext_lazy("request", "return"),
    "extension": pgettext_lazy("request", "extension"),
    "coordination": pgettext_lazy("request", "co-ordination request"),
    "appeal": pgettext_lazy("request", "appeal"),
}
STATE_OF_REQUEST: dict[str, Promise] = {
    "consent": pgettext_lazy("request", "waits for the head's consent"),
    "open": pgettext_lazy("request", "waits for a decision"),
    "upheld": pgettext_lazy("request", "upheld"),
    "rejected": pgettext_lazy("request", "rejected"),
    "refused": pgettext_lazy("request", "not consented to"),
    "lapsed": pgettext_lazy("request", "lapsed"),
    "withdrawn": pgettext_lazy("request", "withdrawn by the unit"),
}


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """A request in words: what is asked, why, by whom, and where it stands."""

    word: str
    state: str
    open: bool
    text: str
    wants: str
    clock: str
    at: datetime
    person: str
    unit: Text | None
    consented: str
    photos: Sequence[Any]


def shown_requests(found: ItemPage) -> list[ShownRequest]:
    """Return all that was asked of an item, the newest first."""
    return [_shown(each, found) for each in reversed(found.requests)]


def _shown(each: RequestView, found: ItemPage) -> ShownRequest:
    consented = ""
    if each.consented_at is not None:
        consented = _("%(person)s consented, %(at)s") % {"person": each.consented_by, "at": minute(each.consented_at)}
    return ShownRequest(
        str(KIND_OF_REQUEST[each.kind]), str(STATE_OF_REQUEST[each.state]), each.is_open, each.text, _wants(each, found),
        _clock(each, found) if each.is_open else "", each.asked_at, each.person, each.unit.name if each.unit else None,
        consented, each.photos,
    )  # fmt: skip


def _wants(each: RequestView, found: ItemPage) -> str:
    if each.proposal.get("deadline"):
        before, after = (datetime.fromisoformat(each.proposal[key]) for key in ("from", "deadline"))
        if each.proposal.get("words"):
            return _("deadline %(words)s, %(after)s, instead of %(before)s") % {
                "words": each.proposal["words"], "after": minute(after), "before": minute(before),
            }  # fmt: skip
        return _("deadline %(after)s instead of %(before)s") % {"after": minute(after), "before": minute(before)}
    if each.proposal.get("unit"):
        code = str(each.proposal["unit"])
        county = found.county_id
        name = next((unit.name for unit in unit_names(county).values() if unit.code == code), Text(code, code))
        return _("proposed: %(unit)s") % {"unit": name.into(get_language() or "en")}
    return ""


def _clock(each: RequestView, found: ItemPage) -> str:
    if found.row.held_since is not None:
        return _("The clock stands until it is decided; the deadline then moves on by as much.")
    if each.kind == "return":
        return _("Until it is decided the unit that has it co-ordinates, and the clock runs.")
    return _("The clock runs until it is decided.")
