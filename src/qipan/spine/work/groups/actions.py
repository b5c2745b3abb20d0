"""A task for a group of units: as many tasks as units, or one with a lead and supporting units; all of it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from qipan.assessment.text import Text
from qipan.ground.audit.journal import act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.spine.campaigns.models import CampaignYear
from qipan.spine.work.errors import WorkError
from qipan.spine.work.models import WorkItem
from qipan.spine.work.tasks import issue_task
from qipan.spine.work.writing import moment

MOST = 200
"""Units that get a task of their own at once."""


def issue_to_units(
    year: CampaignYear, units: Sequence[str], *, by: Post, lead: str = "", at: datetime | None = None, **task: Any
) -> list[WorkItem]:
    """Issue a task to several units.

    Args:
        year: the campaign year.
        units: their codes, as they were confirmed.
        by: the office, or a leader.
        lead: the one that leads, while the others support; empty for a task of each unit's own.
        at: when; now unless told otherwise.
        task: what `issue_task` takes beside the unit.

    Raises:
        PermissionDenied: this post issues no tasks.
        WorkError: no unit is left, or it cannot be issued so; nothing is issued.
    """
    codes = list(dict.fromkeys(units))
    if not codes or len(codes) > MOST:
        raise WorkError(Text(f"请勾选1至{MOST}个单位。", f"Tick between 1 and {MOST} units."), "unit")
    helpers = list(task.pop("supports", ()))
    if lead:
        if lead not in codes:
            raise WorkError(
                Text("牵头单位须在勾选的单位之中。", "The lead unit has to be one of those ticked."), "unit"
            )
        others = [code for code in dict.fromkeys([*codes, *helpers]) if code != lead]
        return [issue_task(year, by=by, unit=lead, supports=others, at=at, **task)]
    if len(codes) > 1 and task.get("check"):
        raise WorkError(
            Text("一个测评点只有一件任务；请选“一件任务，一家牵头、其余配合”，或不选测评点。",
                 "A check has one task: choose one task that one unit leads, or name no criterion."),
            "check",
        )  # fmt: skip
    if len(codes) > 1 and task.get("post") is not None:
        raise WorkError(
            Text(
                "每个单位各一件时不指定责任人，由各单位自定。",
                "Where each unit gets a task of its own, the units name the person.",
            ),
            "post",
        )
    now = moment(at)
    # One act around all of them: what a rule stops at the last unit undoes the first one too.
    with act(actor(by), now):
        return [
            issue_task(year, by=by, unit=code, supports=[one for one in helpers if one != code], at=now, **task)
            for code in codes
        ]
