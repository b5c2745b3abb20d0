"""docs/work.md says what the code does."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from qipan.ground.worktime.clock import Clock, Limit
from qipan.spine.work.lifecycle import ALWAYS, MOVES
from qipan.spine.work.limits import due
from qipan.spine.work.models import State, WorkSettings

PAGE = (Path(__file__).parents[3] / "docs/work.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a line of headings."""
    lines = PAGE[PAGE.index(heading) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_table_of_actions_is_the_table_of_the_code():
    said = {row[0]: row[1:4] for row in rows("| action | from |")}
    assert said == {
        action.value: [
            "any" if move.sources == ALWAYS else ", ".join(state for state in State.values if state in move.sources),
            move.target.value if move.target else "as before" if move.back else "–",
            move.who.value,
        ]
        for action, move in MOVES.items()
    }


def test_the_light_worked_on_the_page():
    zone = ZoneInfo("Asia/Shanghai")
    start = datetime(2026, 3, 2, 8, tzinfo=zone)
    found = due(Clock(), start, Limit(10, "working_day"), WorkSettings(), None)
    assert (found.deadline, found.due_from) == (
        datetime(2026, 3, 13, 18, tzinfo=zone),
        datetime(2026, 3, 11, 8, tzinfo=zone),
    )
    by_share = due(Clock(), start, Limit(10, "working_day"), WorkSettings(due_working_days=0), None)
    assert by_share.due_from == datetime(2026, 3, 11, 11, 12, tzinfo=zone)


def test_every_reason_is_explained():
    said = {word.strip("` ") for row in rows("| why | meaning |") for word in row[0].split(",")}
    assert said == {"moved", "chosen", "same", "others", "worst", "mean", "evidence", "no_item"}


def test_the_worked_points_add_up():
    points = [float(row[1]) for row in rows("| order | points at stake |")]
    assert sum(points) == 30 and "10 + 10 + 10 + 0 + 0 = 30" in PAGE
