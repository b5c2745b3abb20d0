"""What was done to a thing since a version of it, as the journal tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.errors import Changed, FieldChange, Stale

#: Fields whose values the journal holds as digests only.
PERSONAL = frozenset({"phone", "full_name_zh", "full_name_en"})
HIDDEN = "•••"


def differences(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the fields that differ, each with both values as text; personal ones without their values."""
    return {
        name: [HIDDEN, HIDDEN] if name in PERSONAL else [_text(was.get(name)), _text(value)]
        for name, value in now.items()
        if _text(was.get(name)) != _text(value)
    }


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def since(chain: str, kind: str, pk: int, version: int) -> list[Changed]:
    """Return what was done to a thing after it had a version, the oldest first (one statement)."""
    rows = AuditEntry.objects.filter(chain=chain, thing_kind=kind, thing_id=str(pk)).order_by("-seq")[:50]
    return [
        Changed(
            at=row.at,
            person=row.person,
            post=row.post,
            verb=row.verb,
            fields=tuple(FieldChange(name, *pair) for name, pair in row.details.get("changes", {}).items()),
        )
        for row in reversed(rows)
        if row.details.get("version", 0) > version
    ]


def stale(chain: str, kind: str, pk: int, version: int, now: int) -> Stale:
    """Return the refusal of a change that was made to an older version."""
    return Stale(now, since(chain, kind, pk, version))
