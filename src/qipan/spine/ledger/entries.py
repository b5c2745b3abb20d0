"""Rows of the ledger as the arithmetic takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias
from uuid import UUID

from qipan.assessment.batch import instant
from qipan.assessment.reading import WITHDRAWN, Entry, order_of
from qipan.spine.ledger.models import Observation, Selection

COLUMNS = (
    "seq", "uid", "item", "stratum", "cluster", "subject", "round_id", "selection", "outcome", "weight",
    "observed_at", "recorded_at", "own", "source", "supersedes",
)  # fmt: skip
Row: TypeAlias = tuple[Any, ...]
"""The columns above, in that order."""
AFTER_ALL = 1 << 33
"""A place in the ledger behind everything stored, for rows that are coming."""
Place: TypeAlias = tuple[str, str, str]
"""(item, stratum, cluster)"""


def rows(**where: object) -> Iterable[Row]:
    """Return the rows of the ledger that meet a condition, in the order of recording."""
    return Observation.objects.filter(**where).order_by("seq").values_list(*COLUMNS)


def coming(row: Observation, seq: int) -> Row:
    """Return an observation that is not stored yet as a row of the ledger, with the place that it will take."""
    return (
        seq, row.uid, row.item, row.stratum, row.cluster, row.subject, row.round_id, row.selection, row.outcome,
        row.weight, row.observed_at, row.recorded_at, row.own, row.source, row.supersedes,
    )  # fmt: skip


def live(found: Iterable[Row]) -> dict[Place, list[tuple[Entry, UUID]]]:
    """Group rows by (item, stratum, cluster), leaving out what was superseded or withdrawn.

    A correction stands at the place of what it corrects, so both are among the rows of that place.
    """
    kept = list(found)
    dead = {row[14] for row in kept if row[14] is not None}
    groups: dict[Place, list[tuple[Entry, UUID]]] = {}
    for (
        seq,
        uid,
        item,
        stratum,
        cluster,
        subject,
        round_id,
        selection,
        outcome,
        weight,
        seen,
        at,
        own,
        source,
        _,
    ) in kept:
        if uid in dead or outcome == WITHDRAWN:
            continue
        entry: Entry = (
            order_of(instant(seen), instant(at), seq), item, subject, str(round_id or ""),
            selection != Selection.CHOSEN, outcome, weight, source, own,
        )  # fmt: skip
        groups.setdefault((item, stratum, cluster), []).append((entry, uid))
    return groups


def entries(groups: Mapping[Place, list[tuple[Entry, UUID]]], places: Iterable[Place]) -> list[Entry]:
    """Return the entries of several places in order."""
    return sorted(entry for place in places for entry, _ in groups.get(place, ()))
