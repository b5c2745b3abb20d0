"""What can happen to people's accounts."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from qipan.ground.units.models import SignInFailures

#: So many wrong passwords in a row are free; then each wait is twice the one before, up to the longest.
FREE_TRIES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
#: After so long without a try, the count begins anew.
FORGOTTEN_AFTER = timedelta(days=1)


def _key(username: str, address: str) -> str:
    """The digest under which the failures of a name from an address are counted."""
    name = unicodedata.normalize("NFKC", username).casefold().strip()
    return salted_hmac("qipan.sign-in", f"{name}\0{address}", algorithm="sha256").hexdigest()


def begin_sign_in(username: str, address: str, now: datetime) -> timedelta | None:
    """Return how long this name has to wait at this address; None if it may try, which is then counted as failed.

    Counting before the password is looked at leaves no gap for many tries at once; `end_sign_in` takes it back.
    """
    key = _key(username, address)
    with transaction.atomic():
        SignInFailures.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
        SignInFailures.objects.get_or_create(key=key, defaults={"last_at": now, "until": now})
        row = SignInFailures.objects.select_for_update().get(key=key)
        if row.until > now:
            return row.until - now
        row.count += 1
        row.last_at = now
        if row.count >= FREE_TRIES:
            # The exponent is bounded, so that a long siege does not overflow it.
            row.until = now + min(FIRST_WAIT * 2 ** min(row.count - FREE_TRIES, 16), LONGEST_WAIT)
        row.save()
    return None


def end_sign_in(username: str, address: str) -> None:
    """Forget the failures of a name at an address, after a sign-in that succeeded."""
    SignInFailures.objects.filter(key=_key(username, address)).delete()
