"""The page of a work item at each stage, and for each kind of reader."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qipan.spine.campaigns.models import FunctionDuty
from qipan.spine.work import actions
from qipan.spine.work.models import WorkItem
from tests.faces.office.pages import text
from tests.faces.office.working import accepted, browser, cancelled, closed, issued, reported
from tests.spine.work.town import Town, make, photo, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make(hotels=6, roads=5)


def page_of(town: Town, item: WorkItem, who: str = "office", language: str = "en") -> str:
    return text(browser(town, who, language).get(f"/work/{item.number}/"))


def stones(page: str) -> list[tuple[str, str]]:
    """Each stone of the chain: its state and its word."""
    return re.findall(r'<li class="chain-stone chain-(\w+)".*?<span class="chain-word">([^<]+)', page, re.DOTALL)


def main_button(page: str) -> str:
    found = re.search(r'class="btn btn-primary act-main"[^>]*>([^<]+)<', page)
    return found.group(1) if found else ""


@pytest.mark.parametrize(
    ("maker", "states", "buttons"),
    [
        (issued, "done now ahead ahead ahead ahead", {"roads": "Accept", "office": "", "inspector": "", "leader": "Instruct"}),
        (accepted, "done done now ahead ahead ahead", {"roads": "Report back", "office": "", "leader": "Instruct"}),
        (
            reported, "done done done done now ahead",
            {"roads": "", "office": "Re-check", "inspector": "Re-check", "leader": "Re-check", "inspector-roads": ""},
        ),
        (closed, "done done done done done done", {"roads": "", "office": "", "inspector": ""}),
    ],
)  # fmt: skip
def test_the_chain_and_the_main_button_at_each_stage(town, maker, states, buttons):
    item = maker(town)
    page = page_of(town, item)
    assert [state for state, _word in stones(page)] == states.split()
    assert [word for _state, word in stones(page)] == [
        "issued", "accepted", "fixed", "reported back", "re-checked", "closed",
    ]  # fmt: skip
    for who, word in buttons.items():
        assert main_button(page_of(town, item, who)) == word, who


def test_each_stone_names_its_person_and_its_time(town):
    item = closed(town)
    page = page_of(town, item)
    chain = page[page.index('class="chain"') : page.index("</ol>", page.index('class="chain"'))]
    assert chain.count('class="chain-at"') == 6
    assert chain.count('class="chain-who"') == 6
    assert "roads · " in chain


def test_before_and_after_stand_side_by_side(town):
    item = issued(town, photos=(photo(town, "b"),))
    page = page_of(town, item)
    sides = page[page.index('class="sides"') :]
    assert "坏了" in sides
    assert "not accepted yet" in sides
    assert len(set(re.findall(r'<img src="(/photos/[^"]+/shown/)"', sides))) == 1
    after = page_of(town, reported(town, cluster="r3", photos=(photo(town, "c"),)))
    sides = after[after.index('class="sides"') : after.index('id="log-title"')]
    assert "已修好" in sides
    assert len(set(re.findall(r'<img src="(/photos/[^"]+/shown/)"', sides))) == 2


def test_what_cannot_be_done_says_why(town):
    item = reported(town)
    page = page_of(town, item, "inspector-section")
    assert "you have held a post in a unit that handled" in page
    assert "The stage “acceptance” is missing" in page_of(town, issued(town, cluster="r3"), "inspector")
    # Whose turn it is stands where the main button would.
    assert "roads is fixing it and has to report back" in page_of(town, accepted(town, cluster="r4"), "inspector")


def test_territory_and_trade_unit_see_the_same_item(town):
    item = accepted(town, cluster="r3")
    for who in ("roads", "east", "office"):
        page = page_of(town, item, who)
        assert "城管局" in page_of(town, item, who, "zh-hans")
        assert '<a href="/units/roads/">' in page
        assert '<a href="/units/east/">' in page
        assert [state for state, _word in stones(page)][:3] == ["done", "done", "now"]
    assert browser(town, "west").get(f"/work/{item.number}/").status_code == 404
    assert browser(town, "section").get(f"/work/{item.number}/").status_code == 404


def test_the_clock_says_what_is_left_what_is_a_sample_and_what_was_guessed(town):
    item = issued(town)
    page = page_of(town, item)
    # A county without classes and without a calendar: five working days, counted by weekdays alone.
    assert "working days left" in page
    assert "5 working days" in page
    assert "The deadline was counted without a calendar." in page
    late = page_of(town, issued(town, cluster="r3", hours=24 * 30))
    assert "clock-over" in late
    assert " over<" in late
    assert "clock stands" in page_of(town, reported(town, cluster="r4"))


def test_an_instruction_stands_on_top(town):
    item = issued(town)
    until = timezone.now() + timedelta(days=2)
    actions.instruct(item.pk, by=town["leader"], text="请城管局本周办结", deadline=until)
    page = page_of(town, item)
    assert page.index("请城管局本周办结") < page.index('id="chain-title"')
    assert "deadline set to" in page


def test_a_failed_re_check_shows_the_round_before(town):
    item = reported(town)
    actions.recheck(item.pk, version=item.version, by=town["inspector"], outcome="fail", text="还有积水")
    page = page_of(town, item)
    assert "round 2 of handling" in page
    assert "1 earlier round of handling" in page
    assert page.count("还有积水") >= 2
    assert [state for state, _word in stones(page)] == ["done", "done", "now", "ahead", "ahead", "ahead"]
    assert main_button(page_of(town, item, "roads")) == "Report back"


def test_after_closing_the_page_says_what_moved_and_why(town):
    # r1 and r3 stand on the draw's list; the fault at r3 costs points until it is seen fixed.
    seen(town, ("road.r1", "r1", "2"), ("road.r2", "r1", "pass"), ("road.r1", "r2", "2"), ("road.r2", "r2", "fail"))
    item = closed(town, cluster="r2")
    page = page_of(town, item)
    part = page[page.index('id="moved-title"') : page.index("</section>", page.index('id="moved-title"'))]
    figures = re.findall(r'<span class="moves-from">([^<]+)</span> → <b>([^<]+)</b>', part)
    assert len(figures) == 3
    before, after = (float(each) for each in figures[-1])
    moved = WorkItem.objects.get(pk=item.pk).moved
    assert moved is not None
    kept = moved["total"]
    assert (before, after) == tuple(round(each / 1_000_000, 3) for each in kept)
    assert after > before
    assert "The reading of this site moved" in part
    # A place that was only ever looked at by choice moves nothing, and the page says so.
    other = page_of(town, closed(town, cluster="r5"))
    assert "enters no score" in other


def test_joined_findings_notes_and_a_cancellation(town):
    item = issued(town)
    issued(town, text="又看到了", by=town["inspector-2"])
    actions.note(item.pk, by=town["roads"], text="已联系施工队")
    page = page_of(town, item)
    assert "Seen again while it was open" in page
    assert "又看到了" in page
    assert "已联系施工队" in page
    gone = page_of(town, cancelled(town, cluster="r3"))
    assert "重复" in gone
    assert "pill-cancelled" in gone
    assert main_button(gone) == ""
    assert "Reopen" in gone


def test_accepting_can_name_a_person_of_the_unit(town):
    page = page_of(town, issued(town), "roads")
    assert 'name="person"' in page
    assert f'<option value="{town["roads-head"].person_id}">' in page
    assert f'<option value="{town["tourism"].person_id}">' not in page


def test_words_in_chinese(town):
    page = page_of(town, reported(town), "inspector", "zh-hans")
    assert [word for _state, word in stones(page)] == ["交办", "签收", "整改", "反馈", "复查", "销号"]
    assert main_button(page) == "复查"
    assert "待复查" in page


def test_a_longer_log_takes_no_more_statements(town):
    short, long = issued(town), issued(town, cluster="r3")
    for n in range(15):
        actions.note(long.pk, by=town["office"], text=f"备注{n}", photos=[photo(town)])
    client = browser(town, "office")
    client.get(f"/work/{short.number}/")
    counts = []
    for item in (short, long):
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/work/{item.number}/").status_code == 200
        counts.append(len(found))
    assert counts[1] <= counts[0] + 1
    assert counts[1] <= 30


def test_what_nobody_answers_for_is_given_to_a_unit_first(town):
    FunctionDuty.objects.filter(function="roads").delete()
    item = issued(town, cluster="r1")
    assert item.lead is not None and item.lead.code == "office"
    page = page_of(town, item)
    assert main_button(page) == "Give to another unit"
    assert "no unit answers" in page
