"""Work in the background for rooms below this one: the hourly sweep of files and forms, the walk along the journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit import queries
from qipan.ground.audit.journal import Thing, act
from qipan.ground.audit.queries import Chain
from qipan.ground.files.sweeping import sweep
from qipan.ground.jobs.actions import enqueue
from qipan.ground.jobs.kinds import JobRefused, handles
from qipan.ground.jobs.models import Job
from qipan.ground.jobs.progress import Progress
from qipan.ground.jobs.recurring import recurring
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import READ_JOURNAL
from qipan.ground.units.sent import forget_sent

SWEEP = "files.sweep"
VERIFY = "audit.verify"


@recurring(SWEEP, cron="17 * * * *", title=Text("清理无人使用的照片", "Sweep photos that nobody used"))
@handles(SWEEP)
def sweep_files(progress: Progress, payload: object) -> dict[str, int]:
    """Take away photos that waited a day for a record, files that no row names, and the marks of forms sent long ago.

    It may be begun anew at any time.
    """
    return {"photos": sweep(), "forms": forget_sent()}


# ---- the journal -------------------------------------------------------------------------------------------------


def verified(*, by: Post) -> Chain:
    """Walk along the chain of a post's county, here and now; that it was walked is noted, too.

    Raises:
        PermissionDenied: this post does not read the journal.
    """
    _may(by)
    (found,) = queries.verify(by.unit.county.code)
    with act(actor(by)) as noted:
        noted.note(
            VERIFY, Thing("journal", found.name), {"entries": found.entries, "broken_at": found.broken_at or None}
        )
    return found


def verify_journal(*, by: Post) -> Job:
    """Have the chain of a post's county walked in the background.

    Raises:
        PermissionDenied: this post does not read the journal.
    """
    _may(by)
    with act(actor(by)) as noted:
        chain = by.unit.county.code
        noted.note(VERIFY, Thing("journal", chain))
        return enqueue(VERIFY, {"chain": chain}, title=Text("校验日志", "Verifying the journal"), by=by)


@handles(VERIFY)
def walk(progress: Progress, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Walk along a chain; a broken one is what the job ends with, in words."""
    total = queries.length(payload["chain"])
    progress(0, total)
    (found,) = queries.verify(payload["chain"], told=lambda count: progress(count, max(count, total)))
    if found.broken:
        raise JobRefused(finding(found))
    # The end of the chain, to be noted elsewhere.
    progress(found.entries, found.entries, finding(found))
    return {"entries": found.entries, "seq": found.seq, "hash": found.hash}


def finding(found: Chain) -> Text:
    """Say what was found of a chain."""
    if found.broken:
        return Text(
            f"日志断链：{found.broken.zh}。请勿改动数据库，立即告知系统管理员。",
            f"The journal is broken: {found.broken.en}. Leave the database as it is, and tell whoever runs the server.",
        )
    return Text(
        f"日志未断链：{found.entries} 条，链尾指纹 {found.hash[:16]}……",
        f"The journal is unbroken: {found.entries} entries, its end is {found.hash[:16]}…",
    )


def _may(by: Post) -> None:
    if not READ_JOURNAL.allows(by, by.unit.county):
        raise PermissionDenied
