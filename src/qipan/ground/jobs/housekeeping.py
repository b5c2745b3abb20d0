"""What the installation does for itself every hour, for rooms below this one."""

from __future__ import annotations

from qipan.assessment.text import Text
from qipan.ground.files.sweeping import sweep
from qipan.ground.jobs.kinds import handles
from qipan.ground.jobs.progress import Progress
from qipan.ground.jobs.recurring import recurring

SWEEP = "files.sweep"


@recurring(SWEEP, cron="17 * * * *", title=Text("清理无人使用的照片", "Sweep photos that nobody used"))
@handles(SWEEP)
def sweep_files(progress: Progress, payload: object) -> dict[str, int]:
    """Take away photos that waited a day for a record, and files that no row names; may be begun anew at any time."""
    return {"photos": sweep()}
