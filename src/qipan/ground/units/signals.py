"""What rooms above hear of units. Each signal is sent inside the transaction of the act."""

from __future__ import annotations

from django.dispatch import Signal

unit_ended = Signal()
"""A unit has ended. Arguments: unit (Unit), on (its last day), act (the journal's Act).

Whoever hears it ends what the unit answers for on that day.
"""

unit_merged = Signal()
"""A unit was merged into another. Arguments: unit, into (Units), on (the first day of the new order), act.

Whoever hears it lets what was the unit's be the other's from that day on; what lies before stays.
"""

absence_changed = Signal()
"""Somebody stands in for an absent post, or no longer does. Arguments: stand_in (Post, with its dates), absent (Post),
deputy (the deputy's own Post in the unit, None where it has ended), ended (the day on which it was ended early, else
None), by (Post).
"""

post_asked = Signal()
"""A post waits for approval. Arguments: request (PostRequest), told (the security administrators' Posts)."""

post_decided = Signal()
"""A post that waited was approved or refused. Arguments: request (PostRequest), by (Post)."""
