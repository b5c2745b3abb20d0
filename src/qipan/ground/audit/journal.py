"""Writing the journal: an act opens a transaction, notes what it does, and the notes are chained at its end.

The end of a chain is taken last, after every other row that an act changes, so that two acts cannot wait for each
other; an act inside another adds to the outer one's notes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from qipan.ground.audit.hashing import SHA256, hashed
from qipan.ground.audit.models import AuditEntry, AuditHead
from qipan.ground.audit.turns import turn

NEW_STRETCH = "journal.algorithm"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as values; `county` names the chain (empty: the installation's)."""

    person: str = ""
    post: str = ""
    unit: str = ""
    county: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """What an act is about, as values."""

    kind: str
    id: str
    label: str = ""


@dataclass(slots=True)
class Act:
    """An act under way."""

    actor: Actor
    at: datetime
    _notes: list[AuditEntry] = field(default_factory=list)

    def note(
        self, verb: str, thing: Thing, details: Mapping[str, Any] | None = None, *,
        personal: Mapping[str, str] | None = None, at: datetime | None = None,
    ) -> None:  # fmt: skip
        """Note what is done.

        Args:
            verb: what, as `room.verb`: "work.accept".
            thing: to what.
            details: what changed (JSON); nothing personal.
            personal: personal fields; only keyed digests of them are kept.
            at: when, if not when the act began.
        """
        actor = self.actor
        self._notes.append(
            AuditEntry(
                chain=_words(actor.county, 40),
                at=at or self.at,
                verb=verb,
                person=_words(actor.person, 150),
                post=_words(actor.post, 120),
                unit=_words(actor.unit, 80),
                thing_kind=thing.kind,
                thing_id=_words(thing.id, 80),
                thing_label=_words(thing.label, 200),
                details={str(name): _plain(value) for name, value in (details or {}).items()},
                personal={name: digest(value) for name, value in (personal or {}).items()},
            )
        )


_current: ContextVar[list[AuditEntry] | None] = ContextVar("qipan_audit_notes", default=None)


@contextmanager
def act(actor: Actor, at: datetime | None = None) -> Iterator[Act]:
    """Open a transaction for an act; what it notes is written with it, or not at all.

    Args:
        actor: who acts.
        at: when; now unless told otherwise.
    """
    outer = _current.get()
    begun = at or timezone.now()
    if outer is not None:
        known = len(outer)
        try:
            with transaction.atomic():
                yield Act(actor, begun, outer)
        except BaseException:
            # What the inner act did is undone, so it leaves no note.
            del outer[known:]
            raise
        return
    notes: list[AuditEntry] = []
    with turn(), transaction.atomic():
        token = _current.set(notes)
        try:
            yield Act(actor, begun, notes)
        finally:
            _current.reset(token)
        _append(notes)


def _words(value: str, most: int = 10_000) -> str:
    """Return words that both databases keep and give back as they are: no NUL, no half of a character."""
    return value.replace("\0", "").encode("utf-8", "replace").decode()[:most]


def _plain(value: Any) -> Any:
    """Return a value as every database gives it back from JSON, so that its hash can be worked out again."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        # PostgreSQL writes very large numbers without an exponent, and JSON has no infinity.
        return value if abs(value) < 1e15 else str(value)
    if isinstance(value, Mapping):
        return {_words(str(name)): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in (value if isinstance(value, list | tuple) else sorted(value, key=str))]
    return _words(str(value))


def digest(value: str) -> str:
    """Return the keyed digest of a personal value: equal values can be told, none can be read."""
    return salted_hmac("qipan.audit", value, algorithm="sha256").hexdigest()[:32]


def _append(notes: Sequence[AuditEntry]) -> None:
    """Chain notes to the ends of their chains, which are taken in the order of their names."""
    by_chain: dict[str, list[AuditEntry]] = {}
    for each in notes:
        by_chain.setdefault(each.chain, []).append(each)
    for chain in sorted(by_chain):
        head = AuditHead.objects.select_for_update().filter(chain=chain).first()
        if head is None:
            AuditHead.objects.bulk_create([AuditHead(chain=chain)], ignore_conflicts=True)
            head = AuditHead.objects.select_for_update().get(chain=chain)
        added = [*_new_stretch(head, by_chain[chain][0].at), *by_chain[chain]]
        for each in added:
            head.seq += 1
            each.seq, each.before, each.algorithm = head.seq, head.hash, head.algorithm
            each.hash = head.hash = hash_of(each)
        AuditEntry.objects.bulk_create(added, batch_size=500)
        head.save(update_fields=["seq", "hash", "algorithm"])


def _new_stretch(head: AuditHead, at: datetime) -> list[AuditEntry]:
    """Return the entry by which a chain goes on by another algorithm; none where it stays. It holds the end of the old."""
    wanted: str = settings.AUDIT_HASH
    before, head.algorithm = head.algorithm, wanted
    if before == wanted or not head.seq:
        return []
    details = {"from": before, "to": wanted, "number": head.seq, "hash": head.hash}
    return [
        AuditEntry(
            chain=head.chain, at=at, verb=NEW_STRETCH, thing_kind="journal", thing_id=head.chain or "installation",
            details=details,
        )
    ]  # fmt: skip


def hash_of(entry: AuditEntry) -> str:
    """Return the hash of an entry's canonical form, which holds the hash of the entry before it."""
    return hashed(entry.algorithm, canonical(said_by(entry)).encode())


def canonical(said: list[Any]) -> str:
    """Return what an entry says as the one text that is hashed."""
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def said_by(entry: AuditEntry) -> list[Any]:
    """Return what an entry says, in the order in which it is hashed; the hash of the entry before it comes first.

    The algorithm is said where it is not SHA-256, by which the first entries of every journal were hashed.
    """
    said = [
        entry.before, entry.chain, entry.seq, entry.at.astimezone(UTC).isoformat(timespec="microseconds"), entry.verb,
        entry.person, entry.post, entry.unit, entry.thing_kind, entry.thing_id, entry.thing_label, entry.details,
        entry.personal,
    ]  # fmt: skip
    return said if entry.algorithm == SHA256 else [*said, entry.algorithm]
