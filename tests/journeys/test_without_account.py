"""A unit that does not sign in: by a slip with a code, by telephone; and what it sees and does not."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.journeys.acts import GREEN, find, recheck, send, totals
from tests.journeys.conftest import sign_in
from tests.journeys.people import DESK, PHONE, fits, people, photo

LINK = re.compile(r"http://[^\s]+/p/w/[\w-]{27}/")


def slip(office: Page, server: str, number: str) -> str:
    """Issue a link for an item; return the address that its slip prints."""
    office.goto(f"{server}/work/{number}/link/")
    office.locator('input[name="until"]').fill((timezone.localdate() + timedelta(days=5)).isoformat())
    send(office, office.locator("form.work-form"))
    expect(office.locator("img.hand-slip-code")).to_be_visible()
    found = LINK.search(office.locator(".hand-slip-address").inner_text())
    assert found is not None
    return found[0]


def test_by_a_slip_on_a_phone(browser: Browser, server: str) -> None:
    """The office prints a slip; the unit accepts and reports by it; someone else looks, and the score moves."""
    with people(browser, forgiven=("403", "404", "409", "422")) as person:
        inspector = person("zh-CN", PHONE)
        sign_in(inspector, server, "example-inspector")
        number = find(inspector, server, "community-011", "楼道口堆放杂物", "")
        office = person("en-GB", DESK)
        sign_in(office, server, "example-office")
        before = totals(office, server)
        address = slip(office, server, number)

        unit = person("zh-CN", PHONE)
        unit.goto(address)
        fits(unit)
        expect(unit.locator("main")).to_contain_text("楼道口堆放杂物")
        assert unit.locator("main a").count() == 0, "nothing leads further into the county"
        assert unit.locator('meta[name="robots"]').get_attribute("content") == "noindex, nofollow, noarchive"
        with unit.expect_navigation():
            unit.locator('form[action*="/accept/"] button').click()
        unit.locator('textarea[name="text"]').fill("杂物已清走")
        unit.locator('input[name="name"]').fill("老周")
        unit.locator('input[type="file"]').set_input_files([photo(GREEN, "after.jpg")])
        fits(unit)
        with unit.expect_navigation():
            unit.locator('form[action*="/report/"] button').click()
        expect(unit.locator("main")).to_contain_text("已反馈，谢谢")
        fits(unit)
        # In English too, and nothing of the item stands there any more.
        unit.goto(f"{address}?lang=en")
        expect(unit.locator("main")).to_contain_text("Reported. Thank you.")
        assert "楼道口" not in unit.locator("main").inner_text()

        # Who issued it is not the one who closes it; the log says how it came.
        office.goto(f"{server}/work/{number}/")
        expect(office.locator(".work-log")).to_contain_text("by link, issued by")
        office.goto(f"{server}/work/{number}/recheck/")
        expect(office.locator("main")).to_contain_text("You handled this item yourself")
        recheck(inspector, server, number)
        expect(inspector.locator("main")).to_contain_text("销号")
        after = totals(office, server)
        assert after[0] > before[0], "what was put right counts again"
        unit.goto(address)
        expect(unit.locator("main")).to_contain_text("已销号")


def test_withdrawn_and_on_behalf(browser: Browser, server: str) -> None:
    """A withdrawn link is refused in words; what was said by telephone is entered, marked, and re-checked by another."""
    with people(browser, forgiven=("403", "404", "409", "422")) as person:
        inspector = person("zh-CN", PHONE)
        sign_in(inspector, server, "example-inspector")
        number = find(inspector, server, "community-012", "宣传栏破损", "")
        office = person("zh-CN", DESK)
        sign_in(office, server, "example-office")
        address = slip(office, server, number)
        with office.expect_navigation():
            office.locator('form[action$="/link/withdraw/"] button').click()
        stranger = person("en-GB", PHONE)
        stranger.goto(address)
        expect(stranger.locator("main")).to_contain_text("This link was withdrawn")
        assert stranger.locator("form").count() == 0
        fits(stranger)

        office.goto(f"{server}/work/{number}/behalf/")
        office.locator('input[name="what"][value="fixed"]').check(force=True)
        office.locator('input[name="said_by"]').fill("王科长")
        office.locator('textarea[name="text"]').fill("已更换宣传栏玻璃")
        office.locator('input[name="fixed_at"]').fill(office.locator('input[name="said_at"]').input_value())
        office.locator('input[type="file"]').first.set_input_files([photo(GREEN, "after.jpg")])
        send(office, office.locator("form.work-form"))
        expect(office.locator(".work-log")).to_contain_text("代录")
        expect(office.locator(".work-log")).to_contain_text("王科长")
        office.goto(f"{server}/work/{number}/recheck/")
        expect(office.locator("main")).to_contain_text("不能由本人复查销号")
        recheck(inspector, server, number)
        expect(inspector.locator("main")).to_contain_text("销号")


def picture(page: Page) -> Image.Image:
    """The picture that a page draws for a chat group, as it is saved."""
    expect(page.locator(".share-picture")).to_be_visible()
    with page.expect_download() as saved:
        page.locator("[data-share-save]").click()
    return Image.open(BytesIO(Path(saved.value.path()).read_bytes()))


def test_for_a_chat_group(browser: Browser, server: str) -> None:
    """An item, a list and the board as text to copy and as one long picture that holds what the page holds."""
    with people(browser) as person:
        office = person("zh-CN", DESK)
        sign_in(office, server, "example-office")
        office.context.grant_permissions(["clipboard-read", "clipboard-write"])
        office.goto(f"{server}/work/?view=open&light=late")
        number = office.locator("tr[data-item]").first.get_attribute("data-item") or ""
        count = int(office.locator(".views a[aria-current] b").inner_text())
        office.locator(".export a", has_text="发到工作群").click()
        said = office.locator("#share-text").input_value()
        assert number in said and "light=late" in said and f"事项数 {count}" in said
        office.locator("[data-copy-from]").click()
        expect(office.locator("[data-copy-from]")).to_have_text("已复制")
        assert office.evaluate("navigator.clipboard.readText()").replace("\r\n", "\n") == said
        drawn = picture(office)
        assert drawn.format == "PNG" and drawn.width in {540, 1080}
        assert drawn.height > 50 * min(count, 100) * drawn.width // 540, "a line for every item of the text"
        # Words and the red of what is late stand in it, on white, from the top to the end.
        colours = {colour for _count, colour in drawn.convert("RGB").getcolors(1 << 24) or ()}
        assert {(255, 255, 255), (23, 33, 43), (179, 38, 30)} <= colours
        foot = drawn.convert("L").crop((0, drawn.height - 160, drawn.width, drawn.height))
        assert any(foot.histogram()[:140]), "the link stands at its end"

        leader = person("en-GB", PHONE)
        sign_in(leader, server, "example-leader")
        for address in (f"{server}/share/", f"{server}/work/{number}/share/"):
            leader.goto(address)
            fits(leader)
            drawn = picture(leader)
            assert drawn.width == 1080 and drawn.height > 700


def test_a_calendar_and_a_morning_message(browser: Browser, server: str) -> None:
    """A liaison subscribes to a calendar; the office sets up a dry run, tries it, and sees what would be sent."""
    with people(browser, forgiven=("404", "422")) as person:
        liaison = person("zh-CN", PHONE)
        sign_in(liaison, server, "example-liaison")
        liaison.goto(f"{server}/accounts/")
        send(liaison, liaison.locator('form[action$="/accounts/calendar/"]'))
        fits(liaison)
        address = liaison.locator('input[readonly][value*="/p/c/"]').input_value()
        calendar = liaison.request.get(address).text()
        assert (
            calendar.startswith("BEGIN:VCALENDAR")
            and "时限" in calendar
            and re.search(r"DTSTART:\d{8}T\d{6}Z", calendar)
        )
        send(liaison, liaison.locator('form[action$="/calendar/end/"]'))
        assert liaison.request.get(address).status == 404

        office = person("zh-CN", DESK)
        sign_in(office, server, "example-office")
        office.goto(f"{server}/setup/channels/")
        office.locator('input[name="name"]').fill("城关工作群")
        send(office)
        fits(office)
        # The example sends nothing outside: a robot is refused, and its address does not come back.
        office.locator('input[name="name"]').fill("群")
        office.locator('select[name="kind"]').select_option("wecom")
        office.locator('input[name="address"]').fill("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=SECRETKEY")
        send(office, office.locator("form.fields"))
        expect(office.locator("main")).to_contain_text("只能试运行")
        assert "SECRETKEY" not in office.content()
        office.goto(f"{server}/setup/channels/")
        send(office, office.locator("tr", has_text="城关工作群").locator('form[action$="/try/"]'))
        # The worker sends within a minute or two.
        said = office.locator('tr[data-delivery="dry"]').filter(has_text="城关工作群")
        for _ in range(30):
            if said.count():
                break
            office.wait_for_timeout(5_000)
            office.reload()
        expect(said.first).to_contain_text("测试消息")
        # What the example's own dry runs would have said this morning: counts and numbers of items, no person.
        morning = office.locator('tr[data-delivery="dry"]').filter(has_text="青石镇工作群")
        expect(morning).to_contain_text(re.compile(r"待签收\d+件，临期\d+件，超期\d+件"))
        expect(morning).to_contain_text(re.compile(r"1\. \d{4}-\d{5}"))
        office.set_viewport_size({"width": 360, "height": 780})
        fits(office)
