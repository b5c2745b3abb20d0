"""What rooms above hear of sites."""

from __future__ import annotations

from django.dispatch import Signal

duties_changed = Signal()
"""Who answers for a site, or the register itself, has changed. Arguments: county_id. Sent inside the transaction.

What is kept of whose points are whose is then out of date.
"""
