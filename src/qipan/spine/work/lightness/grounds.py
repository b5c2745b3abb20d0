"""The grounds that go with an act: what somebody has written because a rule of lightness asked for it.

They belong to a form as a whole, whatever verb it calls, so they are set around the verb and not handed through it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grounds:
    """What was written: why a guard rail is gone over."""

    override: str = ""


_NONE = Grounds()
_now: ContextVar[Grounds] = ContextVar("grounds", default=_NONE)


def grounds() -> Grounds:
    """Return the grounds of the act under way."""
    return _now.get()


@contextmanager
def given(found: Grounds) -> Iterator[None]:
    """Let what is done inside go with these grounds."""
    token = _now.set(found)
    try:
        yield
    finally:
        _now.reset(token)
