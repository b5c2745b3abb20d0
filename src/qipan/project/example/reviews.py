"""What is read rather than visited: documents, the opinions of authorities, figures, web pages; honours and events.

Some criteria nobody has reviewed, some figures have not come, some documents lie with nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from qipan.assessment.rulebook import Line
from qipan.assessment.standard import UNSTRATIFIED
from qipan.project.example import calendar
from qipan.project.example.chance import fraction, logistic
from qipan.project.example.people import REVIEWER
from qipan.project.example.units import UNITS
from qipan.project.example.world import World
from qipan.spine.ledger.actions import Fact
from qipan.spine.ledger.models import Selection

NEVER_REVIEWED = frozenset({"Ⅲ-43/document_review", "Ⅲ-57/document_review", "cn-minors-2016:3.7/document_review"})

#: Figures and opinions as the authorities gave them; what is not here has not come.
ANSWERED = {
    "Ⅲ-13.2": "pass",
    "Ⅲ-19.4": "pass",
    "Ⅲ-35.2": "fail",
    "Ⅲ-39": "860",
    "Ⅲ-49.3": "fail",
    "Ⅲ-53": "B",
    "Ⅲ-54": "B",
    "Ⅲ-55": "A",
    "Ⅲ-62": "96",
    "Ⅲ-63": "A",
    "Ⅲ-65": "pass",
    "Ⅲ-66.1": "pass",
    "Ⅲ-68.1": "pass",
    "Ⅲ-69": "pass",
    "Ⅲ-70": "33.6",
    "Ⅲ-71": "8.2",
    "Ⅲ-73.1": "fail",
    "Ⅲ-74": "76",
    "Ⅲ-75.1": "pass",
    "Ⅲ-22.1": "pass",
    "Ⅲ-22.2": "pass",
    "Ⅲ-22.3": "fail",
}
NOT_COME = frozenset({"Ⅲ-52", "Ⅲ-75.2"})
HONOURS, EVENTS = "2", "0"

#: The reasons for having no outcome, and the documents that they stand for.
WITHOUT_OUTCOME = {"Ⅲ-31.3": "lost", "Ⅲ-37.2": "disputed", "Ⅲ-60.6": "na", "minors.4.3": "not_seen"}

_QUALITY = {function: plan.quality for plan in UNITS for function in plan.functions}
_SECTIONS = {"Ⅰ-4": 1.0, "Ⅰ-5": 0.4, "Ⅰ-6": -0.6, "Ⅰ-9": -0.3, "Ⅰ-12": 0.3}
MANY_ITEMS = 3


def reviews(world: World, round_id: int) -> Iterator[Fact]:
    """Yield the document review: every slot of every criterion that was reached, and second looks after a supplement."""
    for key, line in world.book.lines.items():
        if line.check.method == "document_review" and key not in NEVER_REVIEWED:
            yield from _review(world, line, round_id)
        elif line.check.method in {"authority_opinion", "web_monitor", "declared_figure"}:
            yield from _opinion(world, line, round_id)


def _quality(world: World, line: Line) -> float:
    lead = _QUALITY.get(line.check.lead[0], -0.2) if line.check.lead else -0.6
    # A criterion that many must feed is harder to bring together.
    many = -0.25 if len(line.check.lead) >= MANY_ITEMS else 0.0
    return 1.15 + 0.8 * lead + many + _SECTIONS.get(world.book.nodes[line.node].section, 0.0)


def _review(world: World, line: Line, round_id: int) -> Iterator[Fact]:
    odds = _quality(world, line)
    opens, closes = calendar.DOCUMENTS
    share = opens + 0.02 + (closes - opens - 0.04) * fraction(world.seed, "review day", line.key)
    of_day = fraction(world.seed, "review hour", line.key)
    for number, item in enumerate(line.strata[UNSTRATIFIED]):
        good = fraction(world.seed, "document", item) < logistic(odds)
        outcome = WITHOUT_OUTCOME.get(item) or ("pass" if good else "fail")
        at = world.calendar.moment(share, of_day, minutes=6.0 * number)
        yield world.fact(
            "documents", REVIEWER, item, UNSTRATIFIED, UNSTRATIFIED, outcome, at, at + timedelta(minutes=4),
            f"review/{line.key}", round_id=round_id, selection=Selection.CENSUS,
        )  # fmt: skip
        if outcome == "fail" and fraction(world.seed, "supplement", item) < 0.35:
            later = calendar.FIXES[0] + 0.1 * fraction(world.seed, "supplement day", item)
            at = world.calendar.moment(later, of_day, minutes=6.0 * number)
            passed = "pass" if fraction(world.seed, "supplement good", item) < 0.75 else "fail"
            yield world.fact(
                "supplement", REVIEWER, item, UNSTRATIFIED, UNSTRATIFIED, passed, at, at + timedelta(minutes=4),
                f"supplement/{line.key}",
            )  # fmt: skip


def _opinion(world: World, line: Line, round_id: int) -> Iterator[Fact]:
    share = calendar.DOCUMENTS[0] + 0.2 * fraction(world.seed, "letter day", line.key)
    for item in line.strata[UNSTRATIFIED]:
        outcome = (
            HONOURS if item.startswith("bonus.") else EVENTS if item.startswith("negative.") else ANSWERED.get(item)
        )
        if outcome is None:
            continue
        at = world.calendar.moment(share, fraction(world.seed, "letter hour", item))
        yield world.fact(
            "documents", REVIEWER, item, UNSTRATIFIED, UNSTRATIFIED, outcome, at, at + timedelta(minutes=9),
            f"letter/{line.key}", round_id=round_id, selection=Selection.CENSUS,
        )  # fmt: skip
