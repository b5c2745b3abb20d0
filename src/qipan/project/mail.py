"""The mail server as one address in the environment."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True, slots=True)
class Mail:
    """Where and how mail is handed over."""

    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    ssl: bool = False
    starttls: bool = False


def mail_settings(address: str) -> tuple[bool, Mail]:
    """Return whether mail is set up, and how.

    Raises:
        ValueError: it is none of smtp://… and smtps://….
    """
    if not address:
        return False, Mail()
    parts = urlsplit(address)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("QIPAN_MAIL has to look like smtp://name:password@host:587 or smtps://name:password@host:465")
    ssl = parts.scheme == "smtps"
    port = parts.port or (465 if ssl else 587)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return True, Mail(parts.hostname, port, user, password, ssl, not ssl and port != 25)
