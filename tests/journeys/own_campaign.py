"""A campaign of one's own: set up through the pages, from an empty installation to people who can sign in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from qipan.ground.documents.workbook import Column, SheetToWrite, write_workbook
from tests.journeys.acts import choose, send, totals
from tests.journeys.people import DESK, people

PASSWORD = "four quiet rivers run"
MARKET, MARKETS = "农贸市场", "农贸（集贸）市场"
"""A type of site as the office writes it, and as the standard does."""
OFFICE = "县文明办（创城办）"
TOWN, OTHER_TOWN = "河口镇", "石桥镇"
TRADE, TRADE_EN = "县市场监督管理局", "Market Regulation Bureau"
#: Who is entered on the page of people: name, unit, title, role.
STAFF = (
    ("周敏", OFFICE, "督查员", "督查员"),
    ("李红", TOWN, "镇创城办联络员", "联络员"),
    ("赵刚", TRADE, "局长", "负责人"),
    ("孙丽", TRADE, "办公室联络员", "联络员"),
    ("吴江", OTHER_TOWN, "镇长", "负责人"),
)


@dataclass(slots=True)
class Own:
    """An installation that is set up: its address, the year at work, and how its people sign in."""

    address: str
    year: int
    slips: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Full name -> user name and password; the password is the slip's until `enter` has changed it."""
    changed: set[str] = field(default_factory=set)


def this_year() -> int:
    """The year of the county's clock."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).year


def enter(page: Page, own: Own, name: str) -> None:
    """Sign in by name and password; who holds a slip chooses a password first, as the page demands."""
    username, password = own.slips[name]
    page.goto(f"{own.address}/accounts/sign-in/")
    page.locator('input[name="username"]').fill(username)
    page.locator('input[name="password"]').fill(password)
    send(page, page.locator(".sign-in form.fields"))
    page.wait_for_url(lambda address: "/sign-in/" not in address)
    if name in own.changed:
        return
    # Nothing else opens before a password of one's own is chosen.
    page.goto(f"{own.address}/work/")
    assert "/accounts/" in page.url, "a slip opens nothing but the page of the password"
    page.locator('input[name="old_password"]').fill(password)
    for field_name in ("new_password1", "new_password2"):
        page.locator(f'input[name="{field_name}"]').fill(PASSWORD)
    send(page, page.locator(".sign-in form.fields"))
    page.wait_for_url(lambda address: "password" not in address)
    own.slips[name] = (username, PASSWORD)
    own.changed.add(name)


def step(page: Page, own: Own, href: str) -> Locator:
    """Open the frame of the set-up; return the step whose page begins with an address."""
    page.goto(f"{own.address}/setup/")
    return page.locator(f'.setup-step:has(a[href^="{href}"])')


def paste(page: Page, own: Own, register: str, text: str) -> None:
    """Paste a list into a register, look at what it would do, and record it."""
    page.goto(f"{own.address}/setup/{register}/import/")
    page.locator('textarea[name="text"]').fill(text)
    with page.expect_navigation():
        page.locator('form:has(textarea[name="text"]) button[value="preview"]').click()
    record(page)


def record(page: Page) -> None:
    """Confirm what the preview of a list shows; nothing of it is refused."""
    assert page.locator(".register-wrong").count() == 0, page.locator("main").inner_text()[:2000]
    with page.expect_navigation():
        page.locator('button[value="confirm"]').click()


def begun(browser: Browser, address: str) -> Own:
    """Set a campaign up in the office's browser: place, campaign, standard, units, functions, people, sites, nodes."""
    own = Own(address, this_year())
    with people(browser, forgiven=("422",)) as person:
        page = person("zh-CN", DESK)
        _place_and_account(page, own)
        _campaign(page, own)
        _standard(page, own)
        _units(page, own)
        _functions(page, own)
        _people(page, own)
        _sites(page, own)
        _nodes(page, own)
        _nothing_seen(page, own)
    return own


def _place_and_account(page: Page, own: Own) -> None:
    # Every way leads to the first page while there is nothing.
    page.goto(own.address)
    page.wait_for_url("**/setup/first/")
    given = {
        "county_zh": "青河县", "office_zh": OFFICE, "full_name_zh": "李明", "title_zh": "创城办主任", "username": "liming",
        "password": PASSWORD, "again": "something else entirely",
    }  # fmt: skip
    for name, value in given.items():
        page.locator(f'input[name="{name}"]').fill(value)
    send(page)
    expect(page.locator("#id_again_error")).to_be_visible()
    assert page.locator('input[name="county_zh"]').input_value() == "青河县", "what was entered stays in the form"
    for name in ("password", "again"):
        page.locator(f'input[name="{name}"]').fill(PASSWORD)
    send(page)
    page.wait_for_url("**/setup/")
    own.slips["李明"] = ("liming", PASSWORD)
    own.changed.add("李明")


def _campaign(page: Page, own: Own) -> None:
    following = page.locator(".setup-step[aria-current='step']")
    expect(following.locator("a")).to_have_attribute("href", "/setup/campaign/")
    page.locator(".setup-next").click()
    page.locator('select[name="honour"]').select_option("provincial")
    page.locator('input[name="first_year"]').fill(str(own.year))
    page.locator('input[name="last_year"]').fill(str(own.year + 2))
    send(page)
    page.wait_for_url("**/setup/standard/")
    expect(page.locator("main")).to_contain_text(f"{own.year}—{own.year + 2}年省级文明城市")
    # Left here, the set-up goes on where it was.
    assert "setup-done" in (step(page, own, "/setup/campaign/").get_attribute("class") or "")
    expect(page.locator(".setup-step[aria-current='step'] a")).to_have_attribute("href", "/setup/standard/")


def _standard(page: Page, own: Own) -> None:
    page.locator(".setup-next").click()
    # The first card is the fullest: the national standard with its checklists, questionnaires and functions.
    page.locator(".pack-card", has_text="全国文明城市（城区）测评体系").locator("a.btn").click()
    for year in range(own.year, own.year + 3):
        expect(page.locator(f'input[name="years"][value="{year}"]')).to_be_checked()
    send(page)
    page.wait_for_url("**/setup/")
    # The years of the cycle stand in the switch.
    assert page.locator('select[name="year"] option').evaluate_all("all => all.map(one => Number(one.value))") == [
        own.year, own.year + 1, own.year + 2,
    ]  # fmt: skip


def _units(page: Page, own: Own) -> None:
    page.goto(f"{own.address}/setup/units/import/")
    form = page.locator('form:has(input[name="pack"][value*="departments"])')
    form.locator('input[name="group"][value="department"]').check()
    with page.expect_navigation():
        form.locator('button[value="preview"]').click()
    record(page)
    paste(page, own, "units", f"{TOWN}，镇\n　　河口村，行政村\n　　东关社区，社区\n{OTHER_TOWN}，镇")
    page.goto(f"{own.address}/setup/units/?q={OTHER_TOWN}")
    expect(page.locator("tbody tr th", has_text=OTHER_TOWN)).to_be_visible()


def _functions(page: Page, own: Own) -> None:
    page.goto(f"{own.address}/setup/functions/")
    unowned = page.locator('section[aria-labelledby="unowned-title"] li')
    before = unowned.count()
    page.locator('a[href="/setup/functions/proposals/"]').click()
    page.wait_for_url("**/setup/functions/proposals/")
    # One proposal is not followed: the market's.
    page.locator('input[name="pair"][value^="market_regulation|"]').uncheck()
    send(page, page.locator("main form"))
    assert 0 < unowned.count() < before, "most functions have a unit now, and the page says which has none"
    accepted = unowned.count()
    # What is nobody's is given to a unit by hand, and leaves the list.
    row = page.locator('tr[id="market_regulation"]')
    row.locator('input[name="unit"]').fill(TRADE)
    with page.expect_navigation():
        row.locator("form.map-form .btn").last.click()
    assert unowned.count() == accepted - 1
    assert "setup-open" not in (step(page, own, "/setup/functions/").get_attribute("class") or "")


def _people(page: Page, own: Own) -> None:
    paste(page, own, "people", "\n".join("，".join(line) for line in STAFF))
    page.goto(f"{own.address}/setup/people/")
    with page.expect_navigation():
        page.locator('form:has(input[name="all"][value="slip"]) button').click()
    slips = page.locator("article.slip")
    assert slips.count() == len(STAFF)
    for slip in slips.all():
        name = slip.locator("h2").inner_text().strip()
        username, password = slip.locator(".slip-word").all_inner_texts()
        own.slips[name] = (username.strip(), password.strip())
    page.emulate_media(media="print")
    expect(slips.first).to_be_visible()
    expect(page.locator("header.bar")).to_be_hidden()
    page.emulate_media(media="screen")


def _sites(page: Page, own: Own) -> None:
    lines = "点位名称\t点位类型\t详细地址\t所属乡镇\t责任单位"
    lines += f"\n西市场\t{MARKET}\t西街3号\t{TOWN}\t{TRADE}\n东市场\t{MARKET}\t东街8号\t{OTHER_TOWN}\t{TRADE}"
    paste(page, own, "sites", lines)
    columns = [Column(word) for word in ("点位名称", "点位类型", "所属乡镇", "经度", "纬度")]
    rows = [("东关社区居委会", "社区", TOWN, 112.05, 39.0), ("桥头小区", "社区", OTHER_TOWN, 112.1, 39.01)]
    sheet = write_workbook([SheetToWrite("点位", columns, rows)])
    page.goto(f"{own.address}/setup/sites/import/")
    handed_in: FilePayload = {"name": "点位.xlsx", "mimeType": "application/octet-stream", "buffer": sheet}
    page.locator('input[name="file"]').set_input_files([handed_in])
    with page.expect_navigation():
        page.locator('form:has(input[name="file"]) button[value="preview"]').click()
    record(page)
    page.goto(f"{own.address}/setup/sites/")
    assert page.locator("table.register-list tbody tr").count() == 4


def _nodes(page: Page, own: Own) -> None:
    page.goto(f"{own.address}/setup/nodes/")
    page.locator('input[name="name_zh"]').fill("省级测评")
    page.locator('input[name="on"]').fill(f"{own.year + 1}-09-20")
    page.locator('input[name="decides"]').check()
    send(page)
    expect(page.locator("tbody tr", has_text="省级测评")).to_be_visible()


def _nothing_seen(page: Page, own: Own) -> None:
    last = step(page, own, "/record/")
    assert "setup-open" in (last.get_attribute("class") or ""), "the frame knows that no round is open"
    earned, lost, unassessed, possible = totals(page, own.address)
    assert earned == lost == 0 and unassessed == possible, "nothing is scored before anything was seen"


def new_site(page: Page, own: Own, name: str, kind: str, territory: str, unit: str = "") -> str:
    """Register a site on its form; return its code."""
    page.goto(f"{own.address}/setup/sites/new/")
    page.locator('input[name="name_zh"]').fill(name)
    choose(page, "type", kind)
    choose(page, "territory", territory)
    if unit:
        choose(page, "duty_unit", unit)
    send(page, page.locator("main form.register-site"))
    return site_code(page, own, name)


def site_code(page: Page, own: Own, name: str) -> str:
    """The code of a site, from the register."""
    page.goto(f"{own.address}/setup/sites/?q={name}")
    return page.locator("tbody tr", has_text=name).locator(".code").first.inner_text().strip()


def unit_code(page: Page, own: Own, name: str) -> str:
    """The code of a unit, from the register."""
    page.goto(f"{own.address}/setup/units/?q={name}")
    return page.locator("tbody tr th", has_text=name).first.locator(".code").inner_text().strip()


def add_post(page: Page, own: Own, name: str, unit: str, role: str, title: str) -> None:
    """Give a person another post, on the person's page."""
    page.goto(f"{own.address}/setup/people/?q={name}")
    page.locator("tbody tr th a", has_text=name).click()
    page.locator("details:has(select[name='post-unit']) summary").click()
    choose(page, "post-unit", unit)
    page.locator('select[name="post-role"]').select_option(role)
    page.locator('input[name="post-title_zh"]').fill(title)
    send(page, page.locator('form:has(select[name="post-unit"])'))
    expect(page.locator("table.register-list tbody")).to_contain_text(title)
