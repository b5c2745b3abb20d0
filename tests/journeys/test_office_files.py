"""The office's own tables: a register comes in with its photos, is taken back, comes in again, and goes out as lists."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.journeys.conftest import sign_in
from tests.office_workbooks import register

TODAY = datetime.now(ZoneInfo("Asia/Shanghai")).date()


def hand_in(page: Page, server: str, path: Path) -> None:
    """Hand a file in and wait until it has been read."""
    page.goto(f"{server}/work/files/")
    page.locator('input[type="file"]').set_input_files(str(path))
    page.get_by_role("button", name="读取", exact=True).click()
    expect(page.locator(".office-rows")).to_be_visible(timeout=30_000)


def states(page: Page) -> list[str]:
    """What each row would do, in the order of the file."""
    return [words.split("\n")[0].strip() for words in page.locator(".office-rows tbody td .pill").all_inner_texts()]


def row(place: object, problem: str, unit: str, until: object) -> list[object]:
    return [place, problem, TODAY - timedelta(days=2), unit, "", "", until, "", "", ""]


def test_a_register_comes_in_is_taken_back_and_comes_in_again(page: Page, server: str, tmp_path: Path) -> None:
    """A constructed register with merged cells, another name for a unit, pictures. C24-b, C26, C43."""
    sign_in(page, server, "example-office")
    page.goto(f"{server}/sites/")
    site = page.locator("table.list tbody th a").first.inner_text().strip()
    page.goto(f"{server}/units/")
    unit = page.locator("table.list tbody th a").nth(3).inner_text().strip()
    ahead = TODAY + timedelta(days=40)
    path = register(
        tmp_path / "问题台账.xlsx",
        [
            row(site, "护栏缺失", unit, ahead), row(None, "路沿石松动", "路政办", (ahead - date(1899, 12, 30)).days),
            row("北门外的巷子", "垃圾满溢", unit, "10个工作日内"),
        ],
        in_cell=0, anchored=1,
    )  # fmt: skip

    hand_in(page, server, path)
    expect(page.get_by_text("只用我们自己仿制的文件")).to_have_count(0)
    assert states(page) == ["新开交办单", "不导入", "新开交办单", "不导入", "不导入"]
    rows = page.locator(".office-rows tbody tr")
    expect(rows.nth(1)).to_contain_text("单位“路政办”没有对应到单位库")
    expect(rows.nth(3)).to_contain_text("合计行")

    # The other name is explained once, and the file read again.
    page.locator('select[name="unit-0"]').select_option(label=unit)
    page.get_by_role("button", name="按此重新读取").click()
    expect(page.locator(".office-rows tbody tr").nth(1)).to_contain_text("新开交办单", timeout=30_000)
    page.get_by_role("button", name="导入 3 行").click()
    expect(page.get_by_role("link", name="打开清单")).to_be_visible(timeout=30_000)
    expect(page.get_by_text("新开交办单 3 件")).to_be_visible()
    imported = page.url
    page.get_by_role("link", name="打开清单").click()
    expect(page.locator("table.work-list tbody tr")).to_have_count(3)
    expect(page.locator("table.work-list")).to_contain_text("北门外的巷子：垃圾满溢")
    page.get_by_role("link", name=re.compile("护栏缺失")).click()
    expect(page.locator("img").first).to_be_visible()

    # The same file again: nothing to do. Qipan's own list: nothing to do either.
    hand_in(page, server, path)
    expect(page.get_by_text("0 处变化")).to_be_visible()
    page.goto(f"{server}/work/?view=open")
    with page.expect_download() as download:
        page.locator('.export a[href*="xlsx"]').first.click()
    own = tmp_path / "own.xlsx"
    download.value.save_as(own)
    hand_in(page, server, own)
    expect(page.get_by_text("0 处变化")).to_be_visible()
    assert set(states(page)) == {"已在系统中"}

    # The office's own layout comes back as nothing new either, and one unit's list prints on A4.
    page.goto(f"{server}/work/?view=open")
    with page.expect_download() as download:
        page.locator('.export a[href*="export=office"]').click()
    laid = tmp_path / "laid.xlsx"
    download.value.save_as(laid)
    hand_in(page, server, laid)
    expect(page.get_by_text("0 处变化")).to_be_visible()
    assert set(states(page)) == {"已在系统中"}

    # Nobody has acted on it, so it can be taken back, and come in once more.
    page.goto(imported)
    page.get_by_role("button", name="撤销本次导入").click()
    expect(page.locator("h1 .pill")).to_contain_text("已撤销")
    page.goto(f"{server}/work/?view=open&q=北门外的巷子")
    expect(page.locator("table.work-list tbody tr")).to_have_count(0)
    hand_in(page, server, path)
    expect(page.get_by_role("button", name="导入 3 行")).to_be_visible()


def test_a_unit_prints_each_of_the_four_lists_and_only_its_rows(page: Page, server: str) -> None:
    """The responsibility list of one unit holds only its rows; the other three are a tap away, all on A4. C60."""
    sign_in(page, server, "example-liaison")
    page.goto(f"{server}/work/")
    with page.expect_navigation():
        page.locator(".head-menu summary").click()
        page.get_by_role("link", name="打印责任清单").or_(page.locator('a[href*="/work/units/"]')).first.click()
    unit = page.locator("h1").inner_text().split("：")[1].strip()
    leads = page.locator("#part-lead").locator("xpath=..").locator('td[data-label="牵头单位"]').all_inner_texts()
    assert leads and set(leads) == {unit}
    for word in ("问题清单", "任务清单", "责任清单", "时限清单"):
        page.locator(".lists-switch a", has_text=word).click()
        expect(page.locator("h1")).to_contain_text(word)
    paper = page.pdf(prefer_css_page_size=True)
    assert b"MediaBox [0 0 841" in paper, "A4, lying"
