"""The hourly sweep is declared, and does what the room of files says."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from qipan.ground.files.models import Photo
from qipan.ground.files.photos import add_photo
from qipan.ground.jobs.actions import enqueue, run
from qipan.ground.jobs.housekeeping import SWEEP
from qipan.ground.jobs.models import Job, Schedule
from qipan.ground.jobs.recurring import synchronise
from qipan.ground.units.models import Role
from tests.ground.files.test_photos import picture
from tests.world import make_world


@pytest.mark.django_db
def test_unused_photos_go_by_themselves(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    synchronise()
    assert Schedule.objects.get(name=SWEEP).cron == "17 * * * *"
    add_photo(picture(), by=make_world().posts[Role.INSPECTOR])
    Photo.objects.update(added_at=timezone.now() - timedelta(days=2))
    job = run(enqueue(SWEEP, {}, title=Job().title, by=None).pk)
    assert job is not None and (job.state, job.result) == (Job.State.DONE, {"photos": 1, "forms": 0})
    assert not Photo.objects.exists()
