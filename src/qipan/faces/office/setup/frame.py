"""The frame of the set-up: its steps, how far each is, and what comes next. Each can be left and taken up again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from qipan.assessment.scale import printed
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.figures import DECIMALS
from qipan.ground.units.permissions import MANAGE_CAMPAIGN
from qipan.overview.setup import SetupFacts, setup_facts

State = Literal["done", "partly", "open"]


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the list shows it: where it is done, what it holds, and what it still lacks."""

    key: str
    title: str
    why: str
    state: State
    has: str
    lacks: str
    url: str
    optional: bool = False


def served(*names: str) -> str:
    """Return the address of the first of these pages that is served; empty if none is."""
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


@requires(MANAGE_CAMPAIGN)
def setup(request: HttpRequest) -> HttpResponse:
    """Show the steps."""
    desk = at_desk(request)
    facts = setup_facts(desk.county, desk.campaign, desk.year, timezone.localdate())
    steps = [step for step in steps_of(facts, desk.county.name.into(get_language() or "en")) if step.url]
    needed = [step for step in steps if not step.optional]
    context = {
        "steps": steps,
        "following": next((step for step in needed if step.state != "done"), None),
        "done": sum(1 for step in needed if step.state == "done"),
        "count": len(needed),
        "observed": facts.observed,
        "undecided": facts.points_undecided if not facts.functions_unowned else 0,
        "board_url": reverse("board"),
        "tools": _tools(),
    }
    return render(request, "office/setup/frame.html", context)


def _tools() -> list[tuple[str, str]]:
    """What the office keeps up beside the steps: label and address."""
    tools = (
        (_("Journal"), served("journal")),
        (_("Classes and time limits"), served("work_classes")),
        (_("The county's own limits"), served("setup_limits")),
        (_("Rules of handling"), served("work_settings")),
        (_("Channels"), served("setup_channels")),
        (_("Practice"), served("practice")),
        (_("Editions"), served("editions")),
    )
    return [(label, url) for label, url in tools if url]


def steps_of(facts: SetupFacts, place: str) -> list[Step]:
    """Return the steps in their order, with what each holds and lacks."""
    return [
        Step("place", _("Place and first account"), _("Whose campaign it is."), "done", place, "", reverse("setup")),
        _campaign(facts),
        _standard(facts),
        _units(facts),
        _functions(facts),
        _people(facts),
        _sites(facts),
        _calendar(facts),
        _nodes(facts),
        _round(facts),
    ]


def _state(*, done: bool, begun: bool) -> State:
    return "done" if done else "partly" if begun else "open"


def _campaign(facts: SetupFacts) -> Step:
    campaign = facts.campaign
    return Step(
        "campaign", _("Campaign"), _("Its name, the honour it is for, its years and its office."),
        _state(done=campaign is not None, begun=False), campaign.name.into(get_language() or "en") if campaign else "",
        "" if campaign else _("no campaign yet"), served("setup_campaign"),
    )  # fmt: skip


def _standard(facts: SetupFacts) -> Step:
    missing = _(", ").join(map(str, facts.years_without_standard))
    lacks = _("no standard for %(years)s") % {"years": missing} if facts.campaign and missing else ""
    return Step(
        "standard", _("Standard"), _("What the campaign is judged by, pinned for each year."),
        # Later years may wait: their edition is often not published yet.
        _state(done=bool(facts.years), begun=False),
        _("pinned for %(years)s") % {"years": _(", ").join(map(str, facts.years))} if facts.years else "",
        lacks if facts.campaign else _("a campaign comes first"), served("setup_standard"),
    )  # fmt: skip


def _units(facts: SetupFacts) -> Step:
    has = ngettext("%(count)d unit", "%(count)d units", facts.units) % {"count": facts.units} if facts.units else ""
    return Step(
        "units", _("Units"), _("Departments, townships, communities; a typical list to begin with."),
        _state(done=facts.units > 0, begun=False), has, "" if facts.units else _("only the campaign office"),
        served("setup_units", "units_setup", "unit_list"),
    )  # fmt: skip


def _functions(facts: SetupFacts) -> Step:
    carried = facts.functions - facts.functions_unowned
    has = _("%(count)d of %(all)d functions have a unit") % {"count": carried, "all": facts.functions}
    lacks = ngettext(
        "%(count)d function without a unit: %(points)s points are nobody's",
        "%(count)d functions without a unit: %(points)s points are nobody's",
        facts.functions_unowned,
    ) % {"count": facts.functions_unowned, "points": printed(facts.points_unmapped, DECIMALS)}
    return Step(
        "functions", _("Functions and units"), _("Which unit carries what the standard asks for."),
        _state(done=bool(facts.functions) and not facts.functions_unowned, begun=carried > 0),
        has if carried else "",
        (lacks if facts.functions_unowned else "") if facts.functions else _("a standard comes first"),
        served("setup_functions"),
    )  # fmt: skip


def _people(facts: SetupFacts) -> Step:
    has = ngettext("%(count)d person", "%(count)d people", facts.people) % {"count": facts.people}
    lacks = ngettext(
        "%(count)d unit with neither head nor liaison officer",
        "%(count)d units with neither head nor liaison officer",
        facts.units_without_people,
    ) % {"count": facts.units_without_people}
    return Step(
        "people", _("People and posts"), _("Who signs in, and for which unit; sign-in slips to print."),
        _state(done=facts.people > 1 and not facts.units_without_people, begun=facts.people > 1),
        has, lacks if facts.units_without_people else "" if facts.people > 1 else _("nobody but you"),
        served("people", "setup_people"),
    )  # fmt: skip


def _sites(facts: SetupFacts) -> Step:
    has = ngettext("%(count)d site", "%(count)d sites", facts.sites) % {"count": facts.sites} if facts.sites else ""
    lacks = ngettext(
        "%(count)d site type of the standard has no site",
        "%(count)d site types of the standard have no site",
        facts.types_without_sites,
    ) % {"count": facts.types_without_sites}
    return Step(
        "sites", _("Sites"), _("The places that are inspected, and who answers for them."),
        _state(done=facts.sites > 0 and not facts.types_without_sites, begun=facts.sites > 0), has,
        lacks if facts.types_without_sites else "" if facts.sites else _("no site yet"),
        served("setup_sites", "sites_setup", "site_list"),
    )  # fmt: skip


def _calendar(facts: SetupFacts) -> Step:
    years = _(", ").join(map(str, facts.calendar_years))
    return Step(
        "calendar", _("Working time"), _("Holidays and working hours, by which time limits are counted."),
        _state(done=bool(years), begun=False), _("on file: %(years)s") % {"years": years} if years else "",
        "" if years else _("no year on file"), served("calendar", "setup_calendar"),
    )  # fmt: skip


def _nodes(facts: SetupFacts) -> Step:
    has = ngettext("%(count)d node", "%(count)d nodes", facts.nodes) % {"count": facts.nodes} if facts.nodes else ""
    lacks = "" if facts.deciding_node else _("no official assessment among them") if facts.nodes else _("no node yet")
    return Step(
        "nodes", _("Nodes of the plan"), _("The fixed days ahead; the board counts down to the assessment."),
        _state(done=facts.deciding_node, begun=facts.nodes > 0), has,
        lacks if facts.campaign else _("a campaign comes first"), served("setup_nodes"),
    )  # fmt: skip


def _round(facts: SetupFacts) -> Step:
    has = (
        ngettext("%(count)d round", "%(count)d rounds", facts.rounds) % {"count": facts.rounds} if facts.rounds else ""
    )
    lacks = "" if facts.observed else _("nothing recorded yet") if facts.rounds else _("no round yet")
    return Step(
        "round", _("First round and first score"), _("Sites are drawn, looked at and recorded; the board shows the score."),
        _state(done=facts.observed, begun=facts.rounds > 0), has, lacks,
        served("record_home") if facts.rounds else served("round_new", "record_home"),
    )  # fmt: skip


def crumbs(*more: tuple[str, str]) -> Iterable[tuple[str, str]]:
    """Return the way from the frame to a page of it."""
    return [(_("Settings"), reverse("setup")), *more]
