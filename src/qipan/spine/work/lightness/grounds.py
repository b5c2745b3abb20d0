"""The grounds that go with an act: what somebody has written because a rule of lightness asked for it.

They belong to a form as a whole, whatever verb it calls, so they are set around the verb and not handed through it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from qipan.assessment.text import Text

LEAST = 8
"""So many characters make a reason."""


@dataclass(frozen=True, slots=True)
class Grounds:
    """What was written: why a guard rail is gone over; why the limit of requests is, and which leader's post answers;
    which power and means a village or community has for an order, or that the trade department takes it instead.
    """

    override: str = ""
    reason: str = ""
    leader: int = 0
    power: str = ""
    means: str = ""
    instead: bool = False


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


class Halt(Exception):
    """An act that goes on only with grounds in writing, or not at all. Nothing was changed.

    No `WorkError`: no form answers it, one page for the whole product does.
    """

    def __init__(self, words: Text) -> None:
        super().__init__(words.en)
        self.words = words
