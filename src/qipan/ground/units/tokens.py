"""Secrets of addresses that open without an account: made anew from the secret key whenever shown, kept nowhere."""

from __future__ import annotations

import base64
import hashlib
from uuid import UUID

from django.utils.crypto import salted_hmac

BYTES = 20
"""160 bits: nobody guesses one."""


def token_of(salt: str, uid: UUID) -> str:
    """Return the token of a thing, 27 characters that an address may hold.

    Args:
        salt: what kind of thing it opens; the tokens of two kinds are never alike.
        uid: of the thing; another one gives another token.
    """
    signed = salted_hmac(salt, uid.hex, algorithm="sha256").digest()[:BYTES]
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")


def digest_of(token: str) -> str:
    """Return what is kept of a token: its SHA-256."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
