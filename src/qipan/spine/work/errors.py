"""Why an act on a work item was refused. Nothing was changed; the words say what would be right, in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from qipan.assessment.text import Text
from qipan.spine.work.models import LogEntry, Step, WorkItem

#: How the stages are called where a sentence needs them.
STAGES: dict[Step, Text] = {
    Step.ISSUED: Text("交办", "issuing"),
    Step.ACCEPTED: Text("签收", "acceptance"),
    Step.FIXED: Text("整改", "the fix"),
    Step.REPORTED: Text("反馈", "the report"),
    Step.RECHECKED: Text("复查", "the re-check"),
    Step.CLOSED: Text("销号", "closing"),
}


class WorkError(ValueError):
    """An act that cannot be done. `field` names the entry of the form that is wrong, where one is."""

    def __init__(self, words: Text, field: str = "") -> None:
        super().__init__(words.en)
        self.words = words
        self.field = field


class StageMissing(WorkError):
    """A stage of the chain has not happened yet; none can be skipped."""

    def __init__(self, words: Text, missing: Step) -> None:
        super().__init__(words)
        self.missing = missing


class EvidenceMissing(StageMissing):
    """A task at sites is closed by what someone else observed there since the report, and nobody has recorded any."""

    def __init__(self, words: Text) -> None:
        super().__init__(words, Step.RECHECKED)


class NotIndependent(WorkError):
    """Whoever re-checks must have had no part in the handling, and hold no post in the units that did."""


class Stale(WorkError):
    """Someone else acted on the item since it was read. `changes` are the log's entries since then, oldest first."""

    def __init__(self, words: Text, item: WorkItem, changes: Sequence[LogEntry]) -> None:
        super().__init__(words)
        self.item = item
        self.changes = list(changes)
