"""The kinds of jobs: rooms above register what they have done in the background."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from qipan.assessment.text import Text

if TYPE_CHECKING:
    from qipan.ground.jobs.progress import Progress

Handler: TypeAlias = "Callable[[Progress, Mapping[str, Any]], Mapping[str, Any] | None]"


class JobRefused(Exception):
    """A job that cannot be done, for a reason that its owner should read."""

    def __init__(self, words: Text) -> None:
        super().__init__(str(words))
        self.words = words


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of job is done, and how often it is begun anew after its worker died."""

    name: str
    handler: Handler
    attempts: int


_KINDS: dict[str, Kind] = {}


def handles(name: str, *, attempts: int = 3) -> Callable[[Handler], Handler]:
    """Register a function as what does a kind of job.

    It is given the progress to report to and the payload, and returns the result (JSON). It may be begun anew after a
    worker's death, so what it writes must be whole or repeatable: best in one transaction that ends with
    `progress.finish(result)`. The module must be imported in its room's `AppConfig.ready`.
    """

    def register(handler: Handler) -> Handler:
        known = _KINDS.get(name)
        if known is not None and known.handler is not handler:
            raise ValueError(f"two functions handle the job {name!r}")
        _KINDS[name] = Kind(name, handler, attempts)
        return handler

    return register


def kind(name: str) -> Kind | None:
    """Return a registered kind."""
    return _KINDS.get(name)
