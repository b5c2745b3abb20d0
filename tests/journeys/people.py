"""Several people at once: each with a browser of their own, in their language, at the width of their screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, FilePayload, Page, Request

PHONE, DESK = {"width": 360, "height": 780}, {"width": 1280, "height": 860}

#: Opens a browser: (language, screen) -> page.
Opener = Callable[[str, dict[str, int]], Page]


@contextmanager
def people(browser: Browser, *, forgiven: tuple[str, ...] = ()) -> Iterator[Opener]:
    """Yield what opens a browser for a person; at the end no page has asked elsewhere or run into a script's failure.

    Args:
        browser: the Chromium of the run.
        forgiven: statuses that a journey provokes and the browser complains of ("409").
    """
    faults: list[str] = []
    contexts = []

    def said(message: ConsoleMessage) -> None:
        provoked = message.text.startswith("Failed to load resource") and any(code in message.text for code in forgiven)
        if message.type == "error" and not provoked:
            faults.append(f"the console said: {message.text}")

    def asked(request: Request) -> None:
        if urlsplit(request.url).hostname not in {"127.0.0.1", "localhost", "", None}:
            faults.append(f"the page asked {request.url}")

    def opened(language: str, screen: dict[str, int]) -> Page:
        context = browser.new_context(locale=language, timezone_id="Asia/Shanghai", viewport=screen)  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", said)
        page.on("request", asked)
        page.on("pageerror", lambda error: faults.append(f"a script failed: {error}"))
        return page

    try:
        yield opened
    except Exception as error:
        # What each person saw when it went wrong.
        for page in (page for context in contexts for page in context.pages):
            error.add_note(f"{page.url}\n{page.locator('main').inner_text()[:1500]}")
        raise
    finally:
        for context in contexts:
            context.close()
    assert not faults, "\n".join(faults)


def photo(colour: tuple[int, int, int], name: str = "photo.jpg") -> FilePayload:
    """A photo as a phone would send it: a JPEG of one colour, with an EXIF note that must not be published."""
    picture = Image.new("RGB", (640, 480), colour)
    exif = picture.getexif()
    exif[0x010F] = "a maker of phones"
    kept = BytesIO()
    picture.save(kept, "JPEG", exif=exif)
    return {"name": name, "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def fits(page: Page) -> None:
    """Nothing of the page lies beyond the width of the screen."""
    # Asked of an element, which is waited for: a page that is still coming has none.
    over = page.locator("html").evaluate("root => root.scrollWidth - root.clientWidth")
    assert over <= 0, f"{page.url} is {over} px wider than the screen"
