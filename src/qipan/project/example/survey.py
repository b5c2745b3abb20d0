"""The survey: some 600 residents in twelve zones, and pupils and parents at two schools."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from qipan.project.example import calendar
from qipan.project.example.chance import bell, fraction, logistic
from qipan.project.example.people import SURVEYOR
from qipan.project.example.units import PLANS
from qipan.project.example.world import World
from qipan.spine.ledger.actions import Fact
from qipan.spine.ledger.models import Selection

ZONE_SIZES = (56, 52, 50, 54, 48, 52, 50, 46, 22, 55, 58, 57)
"""Residents asked in each zone; in one, far fewer than planned."""
SCHOOL_SIZES = (34, 30)

#: Log-odds of a favourable answer, where a question differs from the rest.
_ODDS = {
    "survey.Ⅲ-9": 0.2,
    "survey.Ⅲ-16": 1.2,
    "survey.Ⅲ-29.b": 0.0,
    "survey.Ⅲ-37": 0.5,
    "survey.Ⅲ-38": 2.2,
    "survey.Ⅲ-27": 2.0,
    "survey.Ⅲ-64": 2.4,
    "survey.Ⅲ-69": 2.1,
    "survey.Ⅲ-77": -0.2,
    "survey.Ⅲ-82": 0.3,
    "survey.minors-3.4": 0.6,
    "survey.minors-3.8": 0.7,
    "survey.minors-4.2.b": 0.2,
    "survey.minors-4.4": 0.9,
    "survey.minors-5.4": 0.4,
}
USUAL = 1.5

#: Favourable and unfavourable answers, the second of each being the milder one.
_SCALES = (
    ("good", "fairly_good", "bad", "fairly_bad"),
    ("never", "seldom", "often", "sometimes"),
    ("yes", "yes", "no", "no"),
)


def _scale(options: frozenset[str]) -> tuple[str, str, str, str]:
    return next(scale for scale in _SCALES if scale[0] in options)


def answers(world: World, round_id: int) -> Iterator[Fact]:
    """Yield every answer of every form."""
    for stratum, sizes in (("residents", ZONE_SIZES), ("pupils", SCHOOL_SIZES), ("parents", SCHOOL_SIZES)):
        for zone, size in zip(world.of_type(stratum), sizes, strict=True):
            for number in range(size):
                yield from _form(world, stratum, zone, f"{zone}/{number + 1:03}", round_id)


def _form(world: World, stratum: str, zone: str, subject: str, round_id: int) -> Iterator[Fact]:
    opens, closes = calendar.SURVEY
    share = opens + 0.01 + (closes - opens - 0.03) * fraction(world.seed, "form day", subject)
    at = world.calendar.moment(share, fraction(world.seed, "form hour", subject))
    sent = at + timedelta(minutes=1)
    # People differ, and so do the places that they live in; answers of one form hang together.
    mood = 0.9 * bell(world.seed, "mood", subject) + 0.6 * PLANS[world.sites[zone].town].quality
    gives_up_after = 6 if fraction(world.seed, "gives up", subject) < 0.02 else 99
    for number, item in enumerate(world.items(stratum)):
        yield world.fact(
            "survey", SURVEYOR, item, stratum, zone,
            "refused" if number >= gives_up_after else _answer(world, item, subject, mood), at, sent,
            f"form/{subject}", round_id=round_id, selection=Selection.DRAWN, subject=subject,
        )  # fmt: skip


def _answer(world: World, item: str, subject: str, mood: float) -> str:
    u = fraction(world.seed, "answer", item, subject)
    if u < 0.035:
        return "unclear"
    if u < 0.045:
        return "refused"
    scale = _scale(frozenset(world.book.catalogue.items[item].options))
    favourable = fraction(world.seed, "favourable", item, subject) < logistic(_ODDS.get(item, USUAL) + mood)
    mild = fraction(world.seed, "mild", item, subject) < 0.55
    return scale[2 * (not favourable) + mild]
