"""The token of a link: made anew from the secret key whenever a slip is printed, kept nowhere."""

from __future__ import annotations

import base64
import hashlib
from uuid import UUID

from django.utils.crypto import salted_hmac

SALT = "qipan.work.links"
BYTES = 20
"""160 bits: nobody guesses one."""


def token_of(uid: UUID) -> str:
    """Return the token of a link, 27 characters that an address may hold."""
    signed = salted_hmac(SALT, uid.hex, algorithm="sha256").digest()[:BYTES]
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
