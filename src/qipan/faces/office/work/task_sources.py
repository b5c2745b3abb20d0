"""What a task can come from when it is given from another page: it is filled in from there, and leads back there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from qipan.faces.office.setup.register_forms import page_number, said
from qipan.faces.office.work.fields import Wrong
from qipan.spine.work.hard.queries import step_of, task_of
from qipan.spine.work.hard.rules import STEP

if TYPE_CHECKING:
    from qipan.overview.desk import Desk

SOURCES = ("step",)
"""Names of the keys by which a page says what the task comes from."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a task comes from: its origin, what is filled in, and in which words the form names it."""

    name: str
    key: str
    origin: tuple[str, str, str]
    given: dict[str, str]
    label: str
    task: str | None


def source_of(desk: Desk, given: Mapping[str, str]) -> Source | None:
    """Return what a task comes from; None where it stands for itself, or the thing is gone."""
    pk = page_number(given.get("step", ""))
    step = step_of(desk.county.pk, pk) if pk else None
    if step is None:
        return None
    title = step.problem.title_zh
    filled = {"title": step.text, "unit": step.unit.code, "deadline_day": step.due.isoformat()}
    label = _("Step of the hard problem “%(name)s”") % {"name": said(step.problem.title)}
    return Source("step", str(step.pk), (STEP, str(step.pk), title), filled, label, task_of(step))


def origin_of(desk: Desk, given: Mapping[str, str]) -> tuple[str, str, str]:
    """Return the origin of a task that is being given.

    Raises:
        Wrong: what it comes from is a task already, or is done.
    """
    found = source_of(desk, given)
    if found is None:
        return ("office", "", "")
    if found.task:
        raise Wrong("title", _("This is task %(number)s already.") % {"number": found.task})
    return found.origin
