"""Addresses as people outside the page type or scan them."""

from __future__ import annotations

import base64
from io import BytesIO

import segno
from django.conf import settings
from django.http import HttpRequest


def reached(request: HttpRequest, path: str) -> str:
    """Return the address under which people reach a path: of the first name it is served by, else of this request's."""
    host = next((host for host in settings.SERVED_HOSTS if not host.startswith(".")), request.get_host())
    scheme = "https" if settings.BEHIND_TLS else request.scheme
    return f"{scheme}://{host}{path}"


def qr(address: str) -> str:
    """Return a QR code of an address as an image in the page itself."""
    out = BytesIO()
    segno.make(address, error="m").save(out, kind="png", scale=4, border=2)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
