"""What a register refuses, in words: what is wrong and what would be right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from qipan.assessment.text import Text


class RegisterError(ValueError):
    """Something that cannot be entered; nothing was changed.

    `field` names the field of the form ("" where it is the whole), `words` say what is wrong and what would be right.
    """

    def __init__(self, words: Text, field: str = "") -> None:
        super().__init__(words.en)
        self.words = words
        self.field = field


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that someone changed: what it said before, and what it says now."""

    field: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One change of a thing by someone else."""

    at: datetime
    person: str
    post: str
    verb: str
    fields: tuple[FieldChange, ...]


class Stale(RegisterError):
    """Somebody else has changed the thing in the meantime; nothing was changed.

    `version` is what the thing has now, `changes` what was done since, the oldest first.
    """

    def __init__(self, version: int, changes: Sequence[Changed]) -> None:
        super().__init__(
            Text("其他人已先修改了这一条，您的修改没有保存", "somebody else has changed this in the meantime; yours was not saved")
        )  # fmt: skip
        self.version = version
        self.changes = tuple(changes)
