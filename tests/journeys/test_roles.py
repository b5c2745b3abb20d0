"""Each role opens its own pages and no others: the three administrators see nothing of the campaign."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from tests.journeys.conftest import sign_in
from tests.journeys.people import DESK, PHONE, fits, people


def test_the_administrators_are_kept_apart(browser: Browser, server: str) -> None:
    """System, security and audit each open their own page, and none of them the board (三员)."""
    own = {"example-system": "/setup/system/", "example-security": "/setup/people/", "example-audit": "/setup/journal/"}
    with people(browser, forgiven=("403",)) as person:
        for account, page in own.items():
            here = person("zh-CN", PHONE)
            sign_in(here, server, account)
            here.goto(f"{server}/home/")
            here.wait_for_url(f"**{page}")
            fits(here)
            for address in ("/", "/work/", *(other for other in own.values() if other != page)):
                answer = here.goto(f"{server}{address}")
                assert answer is not None and answer.status == 403, f"{account} {address}"
        audit = person("en-GB", DESK)
        sign_in(audit, server, "example-audit")
        audit.goto(f"{server}/setup/journal/")
        audit.locator('form[action$="/verify/"] button').click()
        expect(audit.locator("main")).to_contain_text("unbroken")


def test_a_supporting_unit_sees_and_a_reviewer_reviews(browser: Browser, server: str) -> None:
    """A supporting unit sees work and handles none; a reviewer opens the desk of documents and no visit."""
    with people(browser, forgiven=("403",)) as person:
        support = person("zh-CN", PHONE)
        sign_in(support, server, "example-support")
        support.goto(f"{server}/home/")
        support.wait_for_url("**/work/**")
        fits(support)
        answer = support.goto(f"{server}/record/")
        assert answer is not None and answer.status == 403
        reviewer = person("en-GB", DESK)
        sign_in(reviewer, server, "example-reviewer")
        reviewer.goto(f"{server}/record/")
        expect(reviewer.locator('a[href="/record/review/document/"]').first).to_be_visible()
        assert reviewer.locator('a[href="/record/visit/"]').count() == 0
