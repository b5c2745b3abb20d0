"""Who makes the words of a message: rooms above register it; the words are made when the message is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from qipan.ground.notify.channels.models import Channel

Composer: TypeAlias = "Callable[[Channel, datetime], str]"
DIGESTS: dict[str, Composer] = {}
"""What each channel gets once a morning."""
OTHERS: dict[str, Composer] = {}


def composes(kind: str, *, each_morning: bool = False) -> Callable[[Composer], Composer]:
    """Register a function as what makes the words of a kind of message; no words: there is nothing to say."""

    def register(made: Composer) -> Composer:
        (DIGESTS if each_morning else OTHERS)[kind] = made
        return made

    return register


def composer(kind: str) -> Composer | None:
    """Return what makes the words of a kind of message."""
    return DIGESTS.get(kind) or OTHERS.get(kind)
