"""The ledger: a file is looked at, refused by line or recorded in one go; the score moves, and a withdrawal moves it back."""

from __future__ import annotations

import csv
import uuid
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Page

from tests.journeys.conftest import sign_in
from tests.journeys.reading import figure, list_sum

ITEMS = ("main_road.mr2", "main_road.mr4", "main_road.mr5", "main_road.mr8", "main_road.mr10")
STEP = Decimal("0.001")
COLUMNS = ("id", "item", "stratum", "cluster", "selection", "outcome", "observed_at", "source", "supersedes")


def write(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8") -> Path:
    """Write a file of observations."""
    with path.open("w", newline="", encoding=encoding) as out:
        writer = csv.DictWriter(out, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def hand_in(page: Page, server: str, path: Path) -> None:
    """Give a file in, and wait until it has been read and checked."""
    page.goto(f"{server}/ledger/import/")
    page.locator('input[name="file"]').set_input_files(path)
    page.locator('form.drop button[type="submit"], form.drop .btn-primary').first.click()
    page.locator("#counts-title, #unreadable-title, main [role=alert]").first.wait_for(timeout=60_000)
    assert page.locator("#counts-title").count(), page.locator("main").inner_text()


def confirm(page: Page) -> None:
    """Have a checked file recorded, and wait until it is."""
    page.locator('form[action*="confirm"] button').first.click()
    page.locator('a.btn-primary[href*="sort=-seq"]').wait_for(timeout=60_000)


def total(page: Page, server: str) -> tuple[Decimal, ...]:
    """Return earned, lost, not assessed and possible of everything."""
    page.goto(f"{server}/points/?by=unit")
    return list_sum(page)


def test_a_file_with_faults_is_refused_whole(page: Page, server: str, tmp_path: Path) -> None:
    """An unknown item, an outcome that cannot be read and a date ahead are named with their lines; nothing is recorded."""
    sign_in(page, server)
    before = total(page, server)
    day = (date.today() - timedelta(days=1)).isoformat()
    ahead = (date.today() + timedelta(days=400)).isoformat()
    good = {
        "item": ITEMS[0],
        "stratum": "main_road",
        "cluster": "main_road-001",
        "selection": "chosen",
        "outcome": "fail",
    }
    rows = [
        {**good, "observed_at": day},
        {**good, "item": "main_road.nothing", "observed_at": day},
        {**good, "outcome": "好", "observed_at": day},
        {**good, "observed_at": ahead},
    ]
    hand_in(page, server, write(tmp_path / "错误.csv", rows, "gb18030"))
    places = page.locator("table.refusals tbody th").all_inner_texts()
    assert [figure(place) for place in places] == [3, 4, 5]
    assert page.locator('button[name="confirm"], form[action*="confirm"]').count() == 0
    assert total(page, server) == before


def test_recorded_withdrawn_and_back(page: Page, server: str, tmp_path: Path) -> None:
    """The preview says what the score becomes; confirmed, every page says so; withdrawn, all is as it was."""
    sign_in(page, server)
    before = total(page, server)
    page.goto(f"{server}/sites/?type=main_road")
    sites = [row.get_attribute("data-site") or "" for row in page.locator("tr[data-site]").all()][:4]
    assert len(sites) == 4
    page.goto(f"{server}/points/?type=main_road&by=site")
    roads_before = list_sum(page)
    page.goto(f"{server}/points/?node=Ⅲ-57")
    criterion_before = list_sum(page)

    day = (date.today() - timedelta(days=1)).isoformat()
    rows = [
        {
            "id": str(uuid.uuid4()), "item": item, "stratum": "main_road", "cluster": site, "selection": "chosen",
            "outcome": "fail", "observed_at": day, "source": f"walk-{site}",
        }
        for site in sites
        for item in ITEMS
    ]  # fmt: skip
    hand_in(page, server, write(tmp_path / "walk.csv", rows))
    promised = figure(page.locator(".moves-big").inner_text().split("→")[-1])
    confirm(page)

    after = total(page, server)
    assert after[0] < before[0]
    assert after[0] == promised
    # What is no longer earned is lost, or not assessed by a printed step: the three always add up to what is possible.
    assert (after[1] - before[1]) + (after[2] - before[2]) == before[0] - after[0]
    page.goto(f"{server}/points/?type=main_road&by=site")
    # The parts of a check are rounded so that they add up to it: a printed step of it may lie with another type.
    assert abs((list_sum(page)[1] - roads_before[1]) - (after[1] - before[1])) <= len(ITEMS) * STEP
    page.goto(f"{server}/points/?node=Ⅲ-57")
    assert list_sum(page)[1] > criterion_before[1]
    page.goto(f"{server}/standard/Ⅲ-57/")
    assert figure(page.locator("main .big").first.inner_text()) < criterion_before[0]
    page.goto(f"{server}/sites/{sites[0]}/")
    looks = page.locator("main").inner_text()
    assert "不符合" in looks
    assert "指定检查" in looks

    page.goto(f"{server}/ledger/?q={ITEMS[0]}&cluster={sites[0]}")
    assert page.locator("table tbody tr").count() >= 1
    withdrawals = [
        {
            "id": str(uuid.uuid4()),
            "item": row["item"],
            "outcome": "withdrawn",
            "observed_at": day,
            "supersedes": row["id"],
        }
        for row in rows
    ]
    hand_in(page, server, write(tmp_path / "back.csv", withdrawals))
    confirm(page)
    assert total(page, server) == before
    page.goto(f"{server}/ledger/{rows[0]['id']}/")
    assert page.locator("a[href*='/ledger/']").count() > 1
