"""A form acts once, however often it is sent: by an impatient finger, by a browser that tries again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from qipan.ground.units.models import SentForm

KEPT = timedelta(days=7)
"""So long a form is remembered; a page that stood open for longer is read anew."""


class AlreadySent(Exception):
    """This form has acted already; there is nothing left to do."""


@contextmanager
def once(token: str, at: datetime | None = None) -> Iterator[None]:
    """Let what a form does happen in one transaction with the mark that it has happened.

    Of two requests that bring the same form at the same moment the second waits for the first, and then knows. What is
    refused leaves no mark.

    Args:
        token: what the form carries; one without acts each time.
        at: when; now unless told otherwise.

    Raises:
        AlreadySent: the form has acted.
    """
    with transaction.atomic():
        if token:
            try:
                with transaction.atomic():
                    SentForm.objects.create(token=token[:64], sent_at=at or timezone.now())
            except IntegrityError:
                raise AlreadySent from None
        yield


def forget_sent(at: datetime | None = None) -> int:
    """Forget the forms that were sent long ago, and return how many."""
    gone, _ = SentForm.objects.filter(sent_at__lt=(at or timezone.now()) - KEPT).delete()
    return gone
