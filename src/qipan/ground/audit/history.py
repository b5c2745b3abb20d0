"""The versions of a thing: what it was after each change, as the journal tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from qipan.ground.audit.models import AuditEntry

MOST = 500


@dataclass(frozen=True, slots=True)
class Version:
    """A thing after a change: who made it, when, by which act, and what its fields said from then on."""

    number: int
    at: datetime
    person: str
    post: str
    verb: str
    changed: tuple[str, ...]
    values: Mapping[str, str]


def versions(chain: str, kind: str, key: str) -> list[Version]:
    """Return the versions of a thing, the oldest first; only acts that noted what they changed (one statement)."""
    rows = AuditEntry.objects.filter(chain=chain, thing_kind=kind, thing_id=key).order_by("-seq")[:MOST]
    noted = [
        (row, {str(name): (str(was), str(now)) for name, (was, now) in row.details["changes"].items()})
        for row in reversed(rows)
        if has_changes(row.details.get("changes"))
    ]
    values = _first(changes for _, changes in noted)
    out = []
    for number, (row, changes) in enumerate(noted, 1):
        values = {**values, **{name: now for name, (_, now) in changes.items()}}
        out.append(Version(number, row.at, row.person, row.post, row.verb, tuple(changes), values))
    return out


def has_changes(found: object) -> bool:
    """Whether an act noted each field with both values."""
    return isinstance(found, Mapping) and all(isinstance(pair, list) and len(pair) == 2 for pair in found.values())


def _first(noted: Iterable[Mapping[str, tuple[str, str]]]) -> dict[str, str]:
    """Return what the fields said before anything was noted: what each was before its first change."""
    out: dict[str, str] = {}
    for changes in noted:
        for name, (was, _) in changes.items():
            out.setdefault(name, was)
    return out
