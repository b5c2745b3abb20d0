"""The browser for the journeys: Debian's Chromium, driven by Playwright, and a page that forgives nothing."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

if TYPE_CHECKING:
    from tests.journeys.own_campaign import Own

# Playwright's loop runs in the thread of the tests, where Django would refuse the database otherwise.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

#: The shell without a window does the same pages with a third of the work; Debian has both.
BROWSERS = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
CHROMIUM = os.environ.get("QIPAN_CHROMIUM") or next((path for path in BROWSERS if Path(path).exists()), BROWSERS[-1])
# No card is asked to draw, which a machine of tests would only imitate; maps are still drawn, by the processor.
FLAGS = ["--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader"]
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


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The product as a user starts it, with the example campaign in a folder of its own; its address."""
    with _served(tmp_path_factory.mktemp("journeys")) as address:
        yield address


@pytest.fixture(scope="session")
def empty_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An installation in which nothing is set up yet; its address."""
    with _served(tmp_path_factory.mktemp("empty"), "--empty") as address:
        yield address


@pytest.fixture(scope="session")
def own(browser: Browser, empty_server: str) -> "Own":
    """A campaign of one's own, set up through the pages as far as people who can sign in."""
    from tests.journeys.own_campaign import begun

    return begun(browser, empty_server)


@contextmanager
def _served(folder: Path, *options: str) -> Iterator[str]:
    """Run the product with its data in a folder, and stop it in the end."""
    environment = {**os.environ, "QIPAN_DATA": str(folder / "data"), "QIPAN_LANG": "en", "DATABASE_URL": ""}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "qipan.project.cli", "run", "--port", "0", *options],
            stdout=out, stderr=subprocess.STDOUT, env=environment, start_new_session=True,
        )  # fmt: skip
    try:
        yield _address(process, log)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """Wait until the server answers, and return where."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text("utf-8", "replace"))
        if found:
            try:
                with urlopen(f"{found[0]}/accounts/sign-in/", timeout=5) as answer:
                    if answer.status == 200:
                        return found[0]
            except OSError:
                pass
        time.sleep(0.2)
    raise AssertionError(f"the server did not start:\n{log.read_text('utf-8', 'replace')[-3000:]}")


def sign_in(page: Page, server: str, account: str = "example-office") -> None:
    """Enter as one of the example's people, with one click; the page is then the first one of that post."""
    page.goto(f"{server}/accounts/sign-in/")
    page.locator(f'button[value="{account}"]').click()
    page.wait_for_url(lambda address: "/accounts/sign-in/" not in address and "/home/" not in address)
