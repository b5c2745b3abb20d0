"""The one table of lights: by which rule each kind of thing has which light. The marks themselves stand in `marks.py`.

A pill is drawn by `_pill.html` alone, which knows these marks and no others; a test holds templates and code to it. What was
late and is done stays yellow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.marks import GREEN, GREY, ITEM_WORDS, MARKS, RED
from qipan.ground.units.permissions import READ
from qipan.overview.gaps import DAYS
from qipan.spine.work.hard.queries import SOON
from qipan.spine.work.limits import settings_of
from qipan.spine.work.permissions import SET_RULES


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the table: the mark, its word there, and the exact rule. Without a mark `colour` and `shape` say it."""

    state: str
    word: Any
    rule: str
    colour: Any = ""
    shape: Any = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that has a light, with its rules in the order in which they are asked."""

    key: str
    title: str
    rules: tuple[Rule, ...]


def legend(share: int, days: int) -> tuple[Kind, ...]:
    """Return the table with the thresholds that a county has set.

    Args:
        share: per cent of the time that are left when an item is due.
        days: or so many working days.
    """
    soon = {"days": SOON.days}
    items = {
        "cancelled": _("It was cancelled; it counts nowhere."),
        "merged": _("It goes on as another item; it counts nowhere."),
        "suspended": _("The office has suspended it; the clock stands until it is taken up again."),
        "done": _("Closed, and its last report came by the deadline."),
        "done_late": _("Closed, and its last report came after the deadline: it stays yellow for good."),
        "reported": _("Its unit has reported; somebody else has to look."),
        "deferred": _("Deferred with a leader's approval until its day of review; then it comes back by itself."),
        "disputed": _("Its unit disputes the finding; the clock stands until it is decided."),
        "paused": _("A request waits to be decided; the clock stands where the rule says so."),
        "late": _("Not reported, and the deadline has passed."),
        "due": _("Not reported, and %(share)s%% of the time or %(days)s working days are left, whichever comes earlier. "
                 "A limit no longer than these days goes by the share alone.") % {"share": share, "days": days},
        "standing": _("It has no end (长期坚持); it is due and late by its day of review."),
        "on_plan": _("Not reported, and there is time."),
    }  # fmt: skip
    return (
        Kind("items", _("Orders, tasks, pledges and subtasks"),
             tuple(Rule(state, ITEM_WORDS[state], rule) for state, rule in items.items())),
        Kind("requests", _("Requests to the office"), (
            Rule("paused", ITEM_WORDS["paused"], _("A request that stops the clock is open; its item carries this light.")),
            Rule("disputed", ITEM_WORDS["disputed"], _("A finding is disputed; its item carries this light until it is decided.")),
        )),
        Kind("rounds", _("Rounds of inspection"), (
            Rule("done", _("closed"), _("The round is closed.")),
            Rule("late", MARKS["late"].word, _("Still open after its last day, or after a later round opened.")),
            Rule("on_plan", _("open"), _("Open, and its last day lies ahead.")),
        )),
        Kind("places", _("Sites"), (
            Rule("failed", MARKS["failed"].word, _("What was seen there loses points.")),
            Rule("partly", MARKS["partly"].word, _("What was seen complies, and some is not seen; or only chosen looks, which enter no score.")),
            Rule("full", _("in order"), _("All that counts was seen, and complies.")),
            Rule("not_assessed", MARKS["not_assessed"].word, _("It is on a list and not seen yet, or nobody has looked this year.")),
        )),
        Kind("coverage", _("Coverage: sites and areas without a look"), (
            Rule("not_assessed", _("never"), _("Nobody but its own unit has looked for %(days)s days, or never; "
                                                 "the number of days can be chosen on the page of gaps.") % {"days": DAYS}),
        )),
        Kind("criteria", _("Criteria and checks"), (
            Rule("partly", MARKS["partly"].word, _("Some of its points are not assessed yet.")),
            Rule("not_assessed", MARKS["not_assessed"].word, _("Nothing of it is assessed: that is neither zero nor full.")),
            Rule("unowned", MARKS["unowned"].word, _("No unit answers for it.")),
            Rule("assumed", MARKS["assumed"].word, _("A weight, a grade or a limit is assumed or a sample; the list of assumptions says which.")),
            Rule("inferred", MARKS["inferred"].word, _("It was read out of the standard by us, not written there.")),
        )),
        Kind("nodes", _("Nodes of the plan"), (
            Rule("", pgettext("node", "reached"), _("Somebody noted the day on which it was reached; days after its day stand in red beside it."), GREY, _("filled circle")),
            Rule("", MARKS["late"].word, _("Its day has passed, and it was not reached: the days stand in red beside it."), RED, _("number of days")),
            Rule("", pgettext("node", "ahead"), _("Its day lies ahead."), GREY, _("open circle")),
        )),
        Kind("phases", _("Phases of the plan"), (
            Rule("", pgettext("phase", "past"), _("Its last day has passed."), GREY, _("full bar")),
            Rule("", pgettext("phase", "running"), _("Today lies in its days."), GREEN, _("full bar")),
            Rule("", pgettext("phase", "ahead"), _("It has not begun."), GREY, _("dashed bar")),
        )),
        Kind("hard", _("Hard problems"), (
            Rule("done", pgettext("hard problem", "solved"), _("The office has called it solved; every step was done by its day.")),
            Rule("done_late", _("solved late"), _("Solved, and a step was done after its day: it stays yellow.")),
            Rule("late", MARKS["late"].word, _("Its review is overdue, whatever else is said of it; or a step is, unless it rests.")),
            Rule("deferred", MARKS["deferred"].word, _("It rests until its review, with its owner's approval.")),
            Rule("unowned", _("no owner"), _("No leader owns it.")),
            Rule("due", MARKS["due"].word, _("Its review or a step lies within %(days)s days.") % soon),
            Rule("on_plan", MARKS["on_plan"].word, _("None of these.")),
        )),
        Kind("steps", _("Steps of a hard problem"), (
            Rule("done", MARKS["done"].word, _("Noted as done, or its task closed, by its day.")),
            Rule("done_late", MARKS["done_late"].word, _("The same, after its day: it stays yellow.")),
            Rule("late", MARKS["late"].word, _("Not done, and its day has passed.")),
            Rule("due", MARKS["due"].word, _("Not done, and its day lies within %(days)s days.") % soon),
            Rule("on_plan", MARKS["on_plan"].word, _("Not done, and there is time.")),
        )),
        Kind("others", _("Files, accounts, messages, agendas and other records"), (
            Rule("neutral", _("label"), _("A label without a judgement, or work in progress.")),
            Rule("due", _("waits"), _("Somebody has to act: the word says on what.")),
            Rule("late", _("act"), _("Something is wrong or overdue: the word says what.")),
            Rule("failed", pgettext("light", "refused"), _("It was refused or failed; or a danger to safety.")),
            Rule("deferred", _("ended"), _("It is put aside or no longer in use.")),
            Rule("done", MARKS["done"].word, _("It is done.")),
        )),
    )  # fmt: skip


@require_GET
@requires(READ)
def lights(request: HttpRequest) -> HttpResponse:
    """Show the one table of lights."""
    desk = at_desk(request)
    held = settings_of(desk.county.pk)
    kinds = [
        (
            kind,
            [
                (rule, rule.colour or MARKS[rule.state].colour, rule.shape or MARKS[rule.state].shape)
                for rule in kind.rules
            ],
        )
        for kind in legend(held.due_share, held.due_working_days)
    ]
    context = {
        "kinds": kinds, "may_set": SET_RULES.allows(desk.post, desk.county),
        "crumbs": [(_("What the lights mean"), "")],
    }  # fmt: skip
    return render(request, "office/lights.html", context)
