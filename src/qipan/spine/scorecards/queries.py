"""The scorecard of a campaign year, and how its points fall to units.

Both are made from the running tallies and readings when they are asked for, and kept in the process for as long as the
ledger's version and the duties' version say that nothing has changed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from threading import Lock

from django.utils import timezone

from qipan.assessment.ownership import NOBODY, Part, divide
from qipan.assessment.printing import DECIMALS, printed_card
from qipan.assessment.reading import Reading
from qipan.assessment.rulebook import Line, Rulebook
from qipan.assessment.scale import POINT
from qipan.assessment.scorecard import Scorecard, scorecard
from qipan.assessment.tally import Tally
from qipan.spine.campaigns.books import rulebook
from qipan.spine.campaigns.duties import Answer, Duties, duties
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.campaigns.years.guard import day_of
from qipan.spine.ledger import running
from qipan.spine.ledger.models import Ledger
from qipan.spine.ledger.recompute import recompute

PRINTED_STEP = POINT // 10**DECIMALS


@dataclass(frozen=True, slots=True)
class OwnedPart:
    """A part of a check's points at one cluster, and the unit that it falls to (None = unowned). Micro-points.

    `check` is empty where a node carries points and no check does; they are then not assessed, and nobody's.
    """

    check: str
    node: str
    section: str
    stratum: str
    cluster: str
    answer: Answer
    possible: int
    earned: int
    lost: int
    unassessed: int


@dataclass(slots=True)
class Standing:
    """Where a campaign year stands: the scorecard, whose points they are, and what both rest on.

    Points are whole printed steps (`printed_card`), so that sums of any choice of parts are what pages print.
    """

    year: CampaignYear
    version: int
    on: date
    book: Rulebook
    card: Scorecard
    readings: dict[running.Key, Reading]
    duties: Duties
    parts: list[OwnedPart]
    tallies: dict[tuple[str, str], Tally]
    as_of: date | None = None
    """The past day that is shown; None is now."""

    def of_unit(self, unit: int | None) -> Iterator[OwnedPart]:
        """Yield what falls to a unit, or to none."""
        return (part for part in self.parts if part.answer.unit == unit)


def ledger_version(county_id: int) -> int:
    """Return the version of a county's ledger (one statement)."""
    return Ledger.objects.filter(county_id=county_id).values_list("version", flat=True).first() or 0


def card(year: CampaignYear) -> Scorecard:
    """Return the scorecard alone, from the running tallies (two statements)."""
    return scorecard(rulebook(year), running.stored_tallies(year.pk), frozenset(year.absent_types))


def equal_card(now: Standing) -> Scorecard:
    """Return the scorecard with all checks equal: the comparison beside assumed weights (no statement)."""
    return scorecard(rulebook(now.year, equal=True), now.tallies, frozenset(now.year.absent_types))


_kept: OrderedDict[tuple[object, ...], Standing] = OrderedDict()
_lock = Lock()
_KEEP = 4


def standing(year: CampaignYear, on: date | None = None, *, as_of: date | None = None) -> Standing:
    """Return where a campaign year stands, and whose points they are (six statements; one when nothing has changed).

    Args:
        year: the campaign year.
        on: the day whose duties count; today when left out. Of a closed year it is never later than its closing.
        as_of: show the ledger and the duties as they stood at the end of this day, recomputed from the observations.
    """
    day = as_of or duty_day(year, on or timezone.localdate())
    book = rulebook(year)
    version = ledger_version(year.campaign.county_id)
    key = (year.pk, tuple(year.absent_types), year.duties_version, version, day, as_of, id(book))
    with _lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
            return found
    readings = running.stored_readings(year.pk) if as_of is None else _readings_of(year, book, as_of)
    made = _make(year, version, day, book, readings)
    made.as_of = as_of
    with _lock:
        _kept[key] = made
        while len(_kept) > _KEEP:
            _kept.popitem(last=False)
    return made


def duty_day(year: CampaignYear, on: date) -> date:
    """Return the day whose duties count for a year on a day: of a closed year the last that belongs to it."""
    return on if year.closed_at is None else min(on, last_day(year, year.closed_at))


def last_day(year: CampaignYear, closed_at: datetime) -> date:
    """Return the last day of a year that is closed at a moment: its own last, or that of its closing."""
    return min(day_of(closed_at), date(year.year, 12, 31))


def fresh_standing(year: CampaignYear, on: date) -> Standing:
    """Return where a campaign year stands, read anew and not kept: for a transaction that has taken the ledger."""
    book = rulebook(year)
    readings = running.stored_readings(year.pk)
    return _make(year, ledger_version(year.campaign.county_id), on, book, readings)


def _readings_of(year: CampaignYear, book: Rulebook, day: date) -> dict[running.Key, Reading]:
    until = timezone.make_aware(datetime.combine(day, time.max))
    return {key: both.now for key, both in recompute(book, year.campaign.county_id, year.year, until).items()}


def _make(
    year: CampaignYear, version: int, day: date, book: Rulebook, readings: dict[running.Key, Reading]
) -> Standing:
    answers = duties(year, day)
    # Added up from the readings and not read beside them: two statements could see the ledger at two moments.
    tallies: dict[tuple[str, str], Tally] = {}
    for (check, stratum, _), reading in readings.items():
        tallies.setdefault((check, stratum), Tally()).add(reading)
    # Rounded once, here: every figure that a page shows is a sum over these, so that no two can contradict.
    made = printed_card(scorecard(book, tallies, frozenset(year.absent_types)))
    return Standing(year, version, day, book, made, readings, answers, list(owned(made, readings, answers)), tallies)


def owned(made: Scorecard, readings: dict[running.Key, Reading], answers: Duties) -> Iterator[OwnedPart]:
    """Yield every part of every check with the unit that it falls to."""
    by_check: dict[str, dict[tuple[str, str], Reading]] = {}
    for (key, stratum, cluster), reading in readings.items():
        by_check.setdefault(key, {})[stratum, cluster] = reading
    for key, score in made.checks.items():
        line = made.book.lines[key]
        section = made.book.nodes[line.node].section
        for part in divide(line, score, by_check.get(key, {}), PRINTED_STEP):
            yield _owned(key, section, part, answers, line)
    for node in made.book.bare:
        points, section = made.nodes[node].possible, made.book.nodes[node].section
        yield OwnedPart("", node, section, "", "", Answer(None, "no_lead"), points, 0, 0, points)


def _owned(key: str, section: str, part: Part, answers: Duties, line: Line) -> OwnedPart:
    # Only what is looked at on site falls to whoever is responsible there; an answer in a survey is nobody's site.
    whole = part.cluster == NOBODY or line.one_thing or line.survey
    answer = answers.lead(line) if whole else answers.at_site(line, part.cluster)
    return OwnedPart(
        key, line.node, section, part.stratum, part.cluster, answer,
        part.possible, part.earned, part.lost, part.unassessed,
    )  # fmt: skip


def forget() -> None:
    """Drop what is kept; for tests."""
    with _lock:
        _kept.clear()


def total(parts: Iterable[OwnedPart]) -> tuple[int, int, int, int]:
    """Return possible, earned, lost and unassessed of some parts."""
    possible = earned = lost = unassessed = 0
    for part in parts:
        possible += part.possible
        earned += part.earned
        lost += part.lost
        unassessed += part.unassessed
    return possible, earned, lost, unassessed
