"""From the register to what was seen there and back; the map shows the sites that the list shows."""

from __future__ import annotations

import csv
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.conftest import sign_in
from tests.journeys.reading import figure


def test_from_a_site_to_its_observations_and_back(page: Page, server: str) -> None:
    """The register, a site, an observation and its criterion lead to one another; the map shows the same sites."""
    sign_in(page, server)
    page.goto(f"{server}/sites/?type=hotel")
    listed = page.locator("tbody tr[data-site]").count()
    assert listed > 3
    expect(page.locator(".maplibregl-canvas")).to_be_visible(timeout=30_000)
    features = page.request.get(f"{server}/sites.geojson?type=hotel").json()["features"]
    assert len(features) == listed
    first = page.locator("tbody tr[data-site]").first
    lost = figure(first.locator("td.num-lost").inner_text())
    with page.expect_navigation():
        first.locator("th a").click()
    assert figure(page.locator("dd.num-lost").inner_text()) == lost
    page.locator(".look-list td a[href^='/ledger/']").first.click()
    expect(page.locator("dl.facts-list").first).to_be_visible()
    page.locator("main .sheet a[href^='/standard/']").first.click()
    expect(page.locator("h1")).to_be_visible()


def test_the_foot_of_the_register_adds_up_however_it_is_filtered(page: Page, server: str) -> None:
    """What is listed, what is not, and what hangs on no site are the total; the export holds the listed rows."""
    sign_in(page, server)
    totals = set()
    for query in ("", "?type=main_road", "?state=never", "?q=hotel"):
        page.goto(f"{server}/sites/{query}")
        *parts, total = [
            [figure(cell) for cell in row.locator("td").all_inner_texts()] for row in page.locator("tfoot tr").all()
        ]
        assert [sum(column) for column in zip(*parts, strict=True)] == total, query
        totals.add(tuple(total))
    assert len(totals) == 1
    page.goto(f"{server}/sites/?type=main_road")
    with page.expect_download() as download:
        page.locator('.export a[href*="csv"]').click()
    with Path(download.value.path()).open(encoding="utf-8-sig", newline="") as file:
        assert sum(1 for _ in csv.reader(file)) - 1 == page.locator("tbody tr[data-site]").count()


def test_rounds_keep_what_they_published(page: Page, server: str) -> None:
    """Closed rounds stand with their figures and dated amendments; the open one says what is still unseen."""
    sign_in(page, server)
    page.goto(f"{server}/ledger/rounds/")
    assert page.locator("section.sheet").count() >= 4
    expect(page.locator("section", has=page.locator(".pill-on_plan, .pill-late")).first).to_be_visible()
    expect(page.locator(".rounds-list td:last-child b").first).to_contain_text("%")
