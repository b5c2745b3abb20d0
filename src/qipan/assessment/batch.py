"""From observations to a scorecard in one go, without a database: what `qipan score` and an engine do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from qipan.assessment.reading import (
    WITHDRAWN,
    ClusterReadings,
    Entry,
    Reading,
    observed_of,
    order_of,
    read,
    read_as_listed,
)
from qipan.assessment.rulebook import Line, Rulebook
from qipan.assessment.rules import REASONS, OutcomeError
from qipan.assessment.scorecard import Scorecard, scorecard
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.tally import Tally
from qipan.assessment.text import Text

LOCAL = timezone(timedelta(hours=8))
"""Times without a zone are China Standard Time."""

MOST_WEIGHT = 1_000_000
"""The greatest weight of an observation; the sums of 700,000 clusters then stay inside 64 bits."""

Selection = Literal["drawn", "census", "chosen"]


class ObservationError(ValueError):
    """An observation that cannot be counted: which field, what is wrong, what would be right."""

    def __init__(self, column: str, message: Text, remedy: Text = Text()) -> None:
        super().__init__(f"{column}: {message.en}. {remedy.en}")
        self.column = column
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Observation:
    """A fact about an item at a cluster. See `docs/observations.md` for each field."""

    item: str
    outcome: str
    observed_at: datetime
    stratum: str = ""
    cluster: str = ""
    subject: str = ""
    round: str = ""
    selection: Selection = "census"
    weight: int = 1
    recorded_at: datetime | None = None
    id: str = ""
    source: str = ""
    own: bool = False
    supersedes: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """A round as a recompute needs it: its name, when it was opened, and the clusters on its list."""

    name: str
    opened_at: datetime
    listed: tuple[tuple[str, str], ...] = ()
    """(stratum, cluster)"""
    selection: Selection = "drawn"


def instant(moment: datetime) -> int:
    """Return a moment as whole microseconds since 1970 UTC; a time without a zone is China Standard Time."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=LOCAL)
    delta = aware - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def check_weight(weight: int) -> None:
    """Refuse a weight that is out of range.

    Raises:
        ObservationError: it says the range.
    """
    if not 1 <= weight <= MOST_WEIGHT:
        raise ObservationError(
            "weight",
            Text(f"权重{weight}超出范围", f"a weight of {weight} is out of range"),
            Text(f"应为1至{MOST_WEIGHT}的整数", f"write a whole number from 1 to {MOST_WEIGHT}"),
        )


class Gathering:
    """Collects observations and reads them cluster by cluster.

    Observations are grouped by (item, stratum, cluster) as they come; only superseded ones have to be known before the
    readings are made.
    """

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self.count = 0
        self._groups: dict[tuple[str, str, str], list[Entry]] = {}
        self._dead: set[str] = set()
        self._ids: dict[str, Entry] = {}
        self._rounds: dict[str, int] = {}
        self._withdrawn = False

    def add(self, observation: Observation) -> None:
        """Add one observation.

        Raises:
            ObservationError: an unknown item, or an outcome that its value rule cannot read.
        """
        o = observation
        self.add_row(
            o.item, o.stratum, o.cluster, o.subject, o.round, o.selection != "chosen", o.outcome, o.weight,
            instant(o.observed_at), instant(o.recorded_at) if o.recorded_at else 0, o.source, o.own, o.id, o.supersedes,
        )  # fmt: skip

    def add_row(
        self, item: str, stratum: str, cluster: str, subject: str, round_name: str, random: bool, outcome: str,
        weight: int, observed: int, recorded: int, source: str, own: bool, identity: str, supersedes: str,
    ) -> None:  # fmt: skip
        """Add one observation given as plain values; `observed` and `recorded` in microseconds.

        Raises:
            ObservationError: an unknown item or stratum, or a weight out of bounds.
        """
        check_weight(weight)
        self.count += 1
        order = order_of(observed, recorded, self.count)
        entry = (order, item, subject, round_name, random, outcome, weight, source, own)
        self._withdrawn |= outcome == WITHDRAWN
        if identity:
            self._ids[identity] = entry
        if supersedes:
            self._dead.add(supersedes)
        self.group(item, stratum, cluster).append(entry)
        if round_name:
            self.saw(round_name, observed)

    def group(self, item: str, stratum: str, cluster: str) -> list[Entry]:
        """Return the list that holds a place's entries, for who adds very many of them himself.

        Raises:
            ObservationError: an unknown item or stratum.
        """
        group = self._groups.get((item, stratum, cluster))
        if group is None:
            self.check_place(item, stratum)
            group = self._groups[item, stratum, cluster] = []
        return group

    def saw(self, round_name: str, observed: int) -> None:
        """Note that a round was at work at a moment."""
        if observed < self._rounds.get(round_name, 1 << 62):
            self._rounds[round_name] = observed

    def check_place(self, item: str, stratum: str) -> None:
        """Refuse an item that the book does not know, or does not look at in a stratum.

        Raises:
            ObservationError: it names what can be written.
        """
        places = list(self.book.places(item, stratum))
        kinds = dict.fromkeys(known for _, known in places)
        if not stratum and len(kinds) > 1:
            raise ObservationError(
                "stratum",
                Text(f"“{item}”在多种类型下检查，须写明类型", f"item {item!r} is looked at in several strata"),
                Text(f"可用：{'、'.join(kinds)}", f"use one of: {', '.join(kinds)}"),
            )
        if not places:
            if item in self.book.catalogue.items and item not in self.book.by_item:
                return  # an item of a checklist that no check of this standard uses: recorded, and counted nowhere
            if item in self.book.by_item:
                known = dict.fromkeys(s for _, s in self.book.by_item[item])
                raise ObservationError(
                    "stratum",
                    Text(
                        f"“{item}”不在类型“{stratum}”下检查", f"item {item!r} is not looked at in stratum {stratum!r}"
                    ),
                    Text(f"可用：{'、'.join(known)}", f"use: {', '.join(known)}"),
                )
            raise ObservationError(
                "item", Text(f"标准里没有检查项“{item}”", f"the standard has no item {item!r}"),
                Text("核对检查项编号", "check the item's key"),
            )  # fmt: skip

    def check_outcome(self, item: str, outcome: str) -> None:
        """Refuse an outcome that no rule of the item can read.

        Raises:
            ObservationError: it names what can be written.
        """
        if outcome in REASONS or outcome in {"na", WITHDRAWN}:
            return
        for line, _ in self.book.by_item.get(item, ()):
            try:
                line.worth(item, outcome)
            except (OutcomeError, ValueError) as error:
                wanted = error.wanted if isinstance(error, OutcomeError) else Text("可填数字", "write a number")
                raise ObservationError(
                    "outcome",
                    Text(f"“{item}”的结果不能是“{outcome}”", f"{outcome!r} is no outcome of {item!r}"),
                    wanted,
                ) from None

    def readings(
        self, rounds: Iterable[Round] = (), *, until: int | None = None
    ) -> dict[tuple[str, str, str], ClusterReadings]:
        """Read every check at every cluster.

        Args:
            rounds: the rounds with their lists; where none are given, rounds are ranked by their first observation.
            until: leave out what was observed after this moment (microseconds).

        Returns:
            (check key, stratum, cluster) -> readings now and found.
        """
        given = tuple(rounds)
        dead = {id(self._ids[name]) for name in self._dead if name in self._ids}
        ranks = rank_rounds(given, self._first_seen(dead) if dead or self._withdrawn else self._rounds)
        listed = self.listed(given)
        merged: dict[tuple[str, str, str], list[Entry]] = {}
        lines: dict[str, Line] = self.book.lines
        for (item, stratum, cluster), group in self._groups.items():
            entries = group
            if dead or self._withdrawn:
                entries = [e for e in entries if id(e) not in dead and e[5] != WITHDRAWN]
            if until is not None:
                entries = [e for e in entries if observed_of(e[0]) <= until]
            if not entries:
                continue
            for line, known in self.book.places(item, stratum):
                key = (line.key, known, UNSTRATIFIED if line.one_thing or line.counter else cluster)
                found = merged.get(key)
                if found is None:
                    merged[key] = list(entries) if len(entries) < 64 else entries
                elif len(found) >= 64 or len(entries) >= 64:
                    merged[key] = found + entries
                else:
                    found += entries
        out: dict[tuple[str, str, str], ClusterReadings] = {}
        for key, entries in merged.items():
            entries.sort()
            out[key] = read(lines[key[0]], key[1], entries, ranks, listed=key in listed)
        for key in listed:
            if key not in out:
                out[key] = ClusterReadings(read_as_listed(lines[key[0]], key[1]), None)
        return out

    def _first_seen(self, dead: Collection[int]) -> dict[str, int]:
        """Return when each round was first observed, what was superseded or withdrawn left out."""
        seen: dict[str, int] = {}
        for group in self._groups.values():
            for entry in group:
                if entry[3] and id(entry) not in dead and entry[5] != WITHDRAWN:
                    moment = observed_of(entry[0])
                    seen[entry[3]] = min(moment, seen.get(entry[3], moment))
        return seen

    def listed(self, rounds: Iterable[Round]) -> dict[tuple[str, str, str], None]:
        """Return (check key, stratum, cluster) for every check at what drawn and census rounds have on their lists."""
        listed: dict[tuple[str, str, str], None] = {}
        clusters: dict[str, dict[str, None]] = {}
        for one in rounds:
            if one.selection != "chosen":
                for stratum, cluster in one.listed:
                    clusters.setdefault(stratum, {})[cluster] = None
        for stratum, found in clusters.items():
            for line, known in self.book.lines_at(stratum):
                for cluster in found:
                    listed[line.key, known, UNSTRATIFIED if line.one_thing else cluster] = None
        return listed


def rank_rounds(rounds: Iterable[Round], seen: Mapping[str, int]) -> dict[str, int]:
    """Return each round's rank by its opening; one that is not given opened when it was first observed."""
    moments = {**seen, **{one.name: instant(one.opened_at) for one in rounds}}
    return {name: rank for rank, name in enumerate(sorted(moments, key=lambda name: (moments[name], name)), 1)}


def tallies_of(
    readings: Mapping[tuple[str, str, str], ClusterReadings],
    pick: Callable[[ClusterReadings], Reading | None] = lambda both: both.now,
) -> dict[tuple[str, str], Tally]:
    """Add readings up by check and stratum."""
    tallies: dict[tuple[str, str], Tally] = {}
    for (key, stratum, _), both in readings.items():
        reading = pick(both)
        if reading is not None:
            tallies.setdefault((key, stratum), Tally()).add(reading)
    return tallies


def score(
    book: Rulebook,
    observations: Iterable[Observation],
    rounds: Iterable[Round] = (),
    absent: Collection[str] = (),
) -> Scorecard:
    """Score observations by a rulebook.

    Args:
        book: the standard with its sub-standards and catalogue.
        observations: in any order.
        rounds: the rounds with their lists, where there are any.
        absent: site types that the county does not have.

    Raises:
        ObservationError: an observation that cannot be counted.
    """
    gathering = Gathering(book)
    for observation in observations:
        gathering.check_outcome(observation.item, observation.outcome)
        gathering.add(observation)
    return scorecard(book, tallies_of(gathering.readings(rounds)), absent)
