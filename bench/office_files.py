"""A fault register of five thousand rows: read with its preview, then imported."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.figures import Figure
from bench.large import LONG

if TYPE_CHECKING:
    from qipan.spine.campaigns.models import CampaignYear

ROWS = 5_000


def imports(year: CampaignYear, size: str) -> list[Figure]:
    """Measure a register on its way into the work: half of its deadlines in words, a third of its places not known."""
    from qipan.ground.jobs.actions import run
    from qipan.ground.units.models import Person, Post, Role
    from qipan.spine.work.models import WorkItem
    from qipan.spine.work.office_files import actions
    from qipan.spine.work.office_files.models import OfficeFile

    unit = year.campaign.county.units.order_by("pk")[0]
    person = Person.objects.create(username="bench-imports", full_name_zh="导入")
    by = Post.objects.create(person=person, unit=unit, role=Role.OFFICE, title_zh="专干")
    before = WorkItem.objects.count()
    with tempfile.TemporaryDirectory() as folder:
        path = _register(Path(folder), year)
        found = actions.hand_in(path.name, [path.read_bytes()], year.year, by=by)
    reading = _seconds(lambda: run(found.job_id or 0))
    found.refresh_from_db()
    changes, words = found.summary["changes"], f"{ROWS:,} rows, {size}"
    actions.confirm(found.pk, seen=found.summary["digest"], by=by)
    found.refresh_from_db()
    writing = _seconds(lambda: run(found.job_id or 0))
    found.refresh_from_db()
    if found.state != OfficeFile.State.RECORDED or WorkItem.objects.count() - before != changes or changes != ROWS:
        raise RuntimeError(f"{found.state}: {changes} changes")
    return [
        Figure("a fault register read, with its preview", reading, "s", "≤ 5", size=words),
        Figure("a fault register imported", writing, "s", "≤ 5", size=words, against="read once more, one transaction"),
    ]


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _register(folder: Path, year: CampaignYear) -> Path:
    import xlsxwriter
    from django.utils import timezone

    from qipan.ground.sites.models import Site
    from qipan.ground.units.models import Unit

    county = year.campaign.county
    units = list(Unit.objects.filter(county=county).values_list("code", flat=True)[:60])
    sites = list(Site.objects.filter(county=county, type=LONG).values_list("code", flat=True)[:600])
    ahead = timezone.localdate() + timedelta(days=45)
    path = folder / "问题台账.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("问题台账")
    sheet.merge_range(0, 0, 0, 5, "问题整改台账")
    for column, words in enumerate(("序号", "点位名称", "存在问题", "发现时间", "责任单位", "整改时限")):
        sheet.write_string(1, column, words)
    for n in range(ROWS):
        place = f"第{n}号巷" if n % 3 == 0 else sites[n % len(sites)]
        helper = units[(n + 1) % len(units)]
        until = f"{ahead:%Y-%m-%d}" if n % 2 else "15个工作日内"
        found = timezone.localdate() - timedelta(days=n % 5)
        for column, words in enumerate(
            (str(n + 1), place, f"路面破损{n}处", f"{found:%Y.%m.%d}", f"{units[n % len(units)]}、{helper}", until)
        ):
            sheet.write_string(n + 2, column, words)
    book.close()
    return path
