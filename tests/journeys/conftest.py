"""The browser for the journeys: Debian's Chromium, driven by Playwright, and a page that forgives nothing."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

# Playwright's loop runs in the thread of the tests, where Django would refuse the database otherwise.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = os.environ.get("QIPAN_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
AT_HOME = {"127.0.0.1", "localhost", ""}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test in this folder as a journey."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh visitor, who reads Chinese unless the test says otherwise."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page; the test fails if it asked another host for anything, or if a script of it failed."""
    faults: list[str] = []
    tab = context.new_page()

    def asked(request: Request) -> None:
        if urlsplit(request.url).hostname not in {*AT_HOME, None}:
            faults.append(f"the page asked {request.url}")

    def said(message: ConsoleMessage) -> None:
        # A page that is itself the expected refusal (403, 404) is no fault; a part of a page that is missing is one.
        expected = message.text.startswith("Failed to load resource") and message.location.get("url") == tab.url
        if message.type == "error" and not expected:
            faults.append(f"the console said: {message.text}")

    tab.on("request", asked)
    tab.on("console", said)
    tab.on("pageerror", lambda error: faults.append(f"a script failed: {error}"))
    yield tab
    assert not faults, "\n".join(faults)
