"""For which round a look counts: decided by the rounds' lists and by who looked before, never by who looks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from qipan.assessment.reading import MISSING
from qipan.assessment.standard import UNSTRATIFIED
from qipan.assessment.text import Text
from qipan.spine.ledger import entries as ledger_entries
from qipan.spine.ledger.models import Listing, Round, Selection
from qipan.spine.ledger.running import year_of


@dataclass(frozen=True, slots=True)
class OpenRound:
    """An open round, as a form names it."""

    id: int
    code: str
    name: Text
    selection: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Counting:
    """The open rounds that ask for something, the earliest first, and what has been looked at in each."""

    rounds: tuple[OpenRound, ...]
    looked: Mapping[int, frozenset[str]]

    def round_of(self, item: str, seen_at: datetime) -> OpenRound | None:
        """Return the round that a look at an item counts for; None for a chosen look.

        It is the earliest open round in which nobody has looked at the item yet; that it could not be seen is no look.
        """
        for each in self.rounds:
            if each.opened_at <= seen_at and item not in self.looked.get(each.id, frozenset()):
                return each
        return None


NOTHING_ASKED = Counting((), {})


def at_site(county_id: int, year: int, stratum: str, cluster: str) -> Counting:
    """Return what open rounds ask for at a site (two statements)."""
    listed = Listing.objects.filter(round_id=OuterRef("pk"), stratum=stratum, cluster=cluster)
    rounds = _open(county_id, year, Q(Exists(listed)))
    return _counting(county_id, year, cluster, rounds)


def at_desk(county_id: int, year: int, items: Collection[str]) -> Counting:
    """Return which open rounds ask for documents, figures and opinions: those opened as a census without a list."""
    none_listed = ~Q(Exists(Listing.objects.filter(round_id=OuterRef("pk"))))
    rounds = [each for each in _open(county_id, year, none_listed) if each.selection == Selection.CENSUS]
    return _counting(county_id, year, UNSTRATIFIED, rounds, items)


def _open(county_id: int, year: int, condition: Q) -> list[OpenRound]:
    found = Round.objects.filter(condition, county_id=county_id, closed_at=None).exclude(selection=Selection.CHOSEN)
    rows = found.order_by("opened_at", "id").values_list("id", "code", "name_zh", "name_en", "selection", "opened_at")
    opened = [OpenRound(pk, code, Text(zh, en), how, at) for pk, code, zh, en, how, at in rows]
    return [each for each in opened if year_of(each.opened_at) == year]


def _counting(
    county_id: int, year: int, cluster: str, rounds: Sequence[OpenRound], items: Collection[str] | None = None
) -> Counting:
    if not rounds:
        return NOTHING_ASKED
    where: dict[str, object] = {"county_id": county_id, "year": year, "cluster": cluster}
    if items is not None:
        where["item__in"] = list(items)
    rows = ledger_entries.rows(**where, round_id__in=[each.id for each in rounds])
    return Counting(tuple(rounds), _looked(rows))


def _looked(rows: Iterable[ledger_entries.Row]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for (item, _, _), group in ledger_entries.live(rows).items():
        for entry, _ in group:
            if entry[5] not in MISSING:
                found.setdefault(int(entry[3]), set()).add(item)
    return {pk: frozenset(items) for pk, items in found.items()}


class CountingChanged(Exception):
    """What a form said about the round of some items no longer holds; nothing was recorded.

    `changed` maps each item to the round that it would count for now; None is a chosen look.
    """

    def __init__(self, changed: Mapping[str, OpenRound | None]) -> None:
        super().__init__(f"{len(changed)} items count for another round than was said")
        self.changed = changed


def hold_to(told: Mapping[str, str], rounds: Mapping[str, OpenRound | None]) -> None:
    """Refuse to record what counts for another round than the form said.

    Raises:
        CountingChanged: with what would count now.
    """
    changed = {
        item: counts
        for item, counts in rounds.items()
        if item in told and told[item] != (counts.code if counts else "")
    }
    if changed:
        raise CountingChanged(changed)
