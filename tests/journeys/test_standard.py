"""The standard: a workbook becomes an edition, the tree is read to any depth, a criterion explains its points."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from itertools import takewhile
from pathlib import Path

from playwright.sync_api import Page

from tests.journeys.conftest import sign_in
from tests.journeys.reading import figure, figures_by_id, list_sum


def test_import_and_read_the_tree(page: Page, server: str, tmp_path: Path) -> None:
    """A workbook with a wrong sum is refused by its cell; mended, it is stored, and its tree has what the sheets say."""
    workbook, ours = tmp_path / "hygiene.xlsx", tmp_path / "hygiene.yaml"
    qipan = [sys.executable, "-m", "qipan.project.cli", "standard", "export"]
    subprocess.run([*qipan, "cn-hygiene-county-2021", str(ours)], check=True, capture_output=True)
    ours.write_text(ours.read_text("utf-8").replace("id: cn-hygiene-county-2021", "id: our-hygiene-county"), "utf-8")
    subprocess.run([*qipan, str(ours), str(workbook)], check=True, capture_output=True)
    broken = tmp_path / "broken.yaml"
    broken.write_text(
        "format: qipan-standard/1\nid: broken\ntitle: 坏标准\nnodes:\n- code: '1'\n  title: 甲\n  points: 60\n"
        "  children:\n  - code: '1.1'\n    title: 乙\n    points: 50\n    checks:\n    - method: document_review\n"
        "      items: [x]\n",
        "utf-8",
    )
    sign_in(page, server)
    page.goto(f"{server}/standard/editions/new/")
    page.locator('input[name="file"]').set_input_files(broken)
    with page.expect_navigation():
        page.locator('form[enctype] button[type="submit"]').click()
    problems = page.locator(".message.error .problems li").all_inner_texts()
    assert any("5" in problem and "60" in problem for problem in problems), problems

    page.goto(f"{server}/standard/editions/new/")
    page.locator('input[name="file"]').set_input_files(workbook)
    with page.expect_navigation():
        page.locator('form[enctype] button[type="submit"]').click()
    page.locator('section[aria-labelledby="preview-title"] button.btn-primary').click()
    page.goto(f"{server}/standard/editions/")
    assert page.locator("tr", has_text="卫生").count() == 2
    with page.expect_navigation():
        page.locator("tr", has_text="卫生").first.locator("th a").click()
    assert "14" in page.locator("main").inner_text()

    page.goto(f"{server}/standard/")
    assert page.locator("[id='node-Ⅲ-57.2']").count() == 1
    tree = figures_by_id(page.locator("table.tree tbody tr[data-depth]"))
    parts = [tree[name] for name in _children(page, "Ⅰ-9")]
    assert parts
    assert tuple(sum(column) for column in zip(*parts, strict=True)) == tree["node-Ⅰ-9"]


def test_seven_columns_come_in_and_what_they_lack_is_asked_for(page: Page, server: str, tmp_path: Path) -> None:
    """A standard goes out as offices have it and comes back: one answer is missing, is given, and the edition says the rest."""
    sign_in(page, server)
    page.goto(f"{server}/standard/editions/")
    page.locator("tr", has_text="卫生").first.locator("th a").click()
    with page.expect_download() as sent:
        page.get_by_role("link", name="七列表").click()
    table = tmp_path / "本县标准.xlsx"
    sent.value.save_as(table)
    page.goto(f"{server}/standard/editions/new/")
    page.get_by_role("link", name="读入七列测评表").click()
    page.locator('input[name="file"]').set_input_files(table)
    with page.expect_navigation():
        page.get_by_role("button", name="读入表格").click()
    figures_shown = page.locator(".unit-figures b").all_inner_texts()
    assert figures_shown[1] == "1", figures_shown
    page.get_by_role("link", name="预览版本").click()
    assert "点位类型" in page.locator(".problems").inner_text()
    page.get_by_role("link", name="返回填写").click()
    page.locator("tr", has=page.locator(".pill-failed")).locator("th a").click()
    page.locator("details[open] input[type='checkbox']").first.check()
    with page.expect_navigation():
        page.get_by_role("button", name="本页全部确认").click()
    page.goto(f"{page.url.split('part/')[0]}look/")
    assert "创城办假定" in page.locator("main").inner_text()
    with page.expect_navigation():
        page.get_by_role("button", name="将此版本入库").click()
    assert "创城办工作簿“本县标准.xlsx”" in page.locator("main").inner_text()


def _children(page: Page, code: str) -> list[str]:
    """Return the ids of the rows directly below a node: those before the next row of its depth."""
    rows = page.locator("table.tree tbody tr").evaluate_all("rows => rows.map(r => [r.id, r.dataset.depth])")
    start = [name for name, _depth in rows].index(f"node-{code}") + 1
    below = takewhile(lambda row: row[1] != "0", rows[start:])
    return [name for name, depth in below if depth == "1"]


def test_a_criterion_explains_its_points(page: Page, server: str) -> None:
    """The checks of a criterion add up to it, the last line of each arithmetic is its points, and so is its list."""
    sign_in(page, server)
    page.goto(f"{server}/standard/Ⅲ-57/")
    earned = figure(page.locator("main .big").first.inner_text())
    results = page.locator(".explain-result").all_inner_texts()
    assert results
    by_check = []
    for link in page.locator("a[href*='/points/?check=']").all():
        by_check.append(link.get_attribute("href") or "")
    assert len(set(by_check)) == 2
    total = Decimal(0)
    for address in dict.fromkeys(by_check):
        page.goto(server + address)
        total += list_sum(page)[0]
    assert total == earned
    page.goto(f"{server}/points/?node=Ⅲ-57")
    assert list_sum(page)[0] == earned


def test_what_is_assumed_is_said(page: Page, server: str) -> None:
    """Every page links to what is assumed, which names the weights, the cut and the other total."""
    sign_in(page, server)
    page.locator(".foot a").first.click()
    page.wait_for_url("**/assumptions/")
    words = page.locator("main").inner_text()
    for expected in ("84", "0.66", "85", "权重"):
        assert expected in words, expected
