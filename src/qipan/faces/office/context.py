"""What every page of the office is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

import qipan
from qipan.assessment.text import Text
from qipan.faces.office.access import desk_of
from qipan.ground.notify.queries import unread
from qipan.ground.units.permissions import READ
from qipan.overview.desk import Desk

_MINE, _LEADER, _BOARD = (_("My unit"), "mine"), (_("My page"), "leader"), (_("Board"), "board")
_WORK, _RECORD, _SITES = (_("Work"), "work_list"), (_("Record"), "record_home"), (_("Sites"), "sites")
_STANDARD, _UNITS, _LEDGER = (_("Standard"), "standard"), (_("Units"), "units"), (_("Ledger"), "ledger")
_DUTIES, _GAPS = (_("Responsibilities"), "responsibilities"), (_("Gaps"), "gaps")
_SYSTEM, _JOURNAL = (_("Installation"), "system"), (_("Journal"), "journal")
_PEOPLE, _LOCKS = (_("People and posts"), "people"), (_("Locks of sign-in"), "locks")
_SETTINGS, _PLAN = (_("Settings"), "setup"), (_("Plan"), "plan")

#: The main menu of each role: word, and the name of the address. What is not served (yet) is left out.
MENU = {
    "office": (_BOARD, _WORK, _PLAN, _RECORD, _STANDARD, _UNITS, _SITES, _LEDGER, _DUTIES, _GAPS, _SETTINGS),
    "leader": (_LEADER, _BOARD, _WORK, _PLAN, _RECORD, _SITES, _STANDARD, _UNITS, _GAPS),
    "head": (_MINE, _WORK, _PLAN, _BOARD, _STANDARD, _SITES),
    "liaison": (_MINE, _WORK, _PLAN, _BOARD, _STANDARD, _SITES),
    "inspector": (_RECORD, _WORK, _BOARD, _SITES, _LEDGER),
    "reviewer": (_RECORD, _WORK, _BOARD, _STANDARD, _LEDGER),
    "support": (_WORK, _BOARD, _STANDARD, _SITES),
    "system": (_SYSTEM,),
    "security": (_PEOPLE, _LOCKS),
    "audit": (_JOURNAL,),
}


#: Pages that lie under an entry of the menu without lying under its address.
UNDER = {"/year/": "plan"}


@dataclass(frozen=True, slots=True)
class ShownCampaign:
    """The campaign as the frame of a page names it."""

    name: Text
    is_example: bool
    upkeep_since: date | None = None
    """Since when it is in upkeep."""


def _menu(path: str, role: str) -> list[tuple[str, str, bool]]:
    """Label, address and whether the page lies under it."""
    entries = []
    above = next((name for begins, name in UNDER.items() if path.startswith(begins)), None)
    for label, name in MENU[role]:
        try:
            address = reverse(name)
        except NoReverseMatch:
            continue
        entries.append(
            (str(label), address, name == above or (path == address if address == "/" else path.startswith(address)))
        )
    return entries


def post_label(desk: Desk) -> str:
    """The post and its unit in the reader's language."""
    language = get_language() or "en"
    title = desk.post.title.into(language)
    unit = desk.post.unit.name.into(language)
    return title if unit in title else f"{unit} · {title}"


def office(request: HttpRequest) -> dict[str, Any]:
    """The desk, its campaign and year, the menu, and the version."""
    desk = desk_of(request)
    if desk is None:
        return {"product_version": qipan.__version__, "version": qipan.__version__}
    campaign = ShownCampaign(desk.campaign.name, desk.is_example, desk.campaign.upkeep_since) if desk.campaign else None
    return {
        "desk": desk,
        "post": desk.post,
        "posts": desk.posts,
        "county": desk.county,
        "campaign": campaign,
        "campaign_year": desk.year,
        "years": desk.years,
        "is_example": desk.is_example,
        "menu": _menu(request.path, desk.post.role),
        "of_the_county_hidden": not READ.allows(desk.post, desk.county),
        "account_label": post_label(desk),
        # Asked for by a template, or not at all; once for a page.
        "unread_count": cache(partial(unread, desk.post)),
        # Forms name the version of what they change so; the foot keeps the product's own.
        "product_version": qipan.__version__,
        "version": qipan.__version__,
    }
