"""Lists and counts: what they say, in few statements, however many items there are."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qipan.ground.units.models import Role
from qipan.spine.work import actions, queries
from qipan.spine.work.branches import branches_if_asked
from qipan.spine.work.models import Kind, LogEntry, Sighting, State, Step, WorkItem
from qipan.spine.work.queries import LIGHTS, ORDERS, Filters
from tests.little_ledger import YEAR
from tests.spine.work import town as towns
from tests.spine.work.town import again, at, page

pytestmark = pytest.mark.django_db

STATES = (State.ISSUED, State.ACCEPTED, State.REPORTED, State.CLOSED, State.CANCELLED)


@pytest.fixture
def town():
    return towns.make()


def fill(town, count):
    """Many orders of every state, at roads and hotels, of two units."""
    units = [town.units["roads"], town.units["tourism"], town.units["section"]]
    known = WorkItem.objects.count()
    items = WorkItem.objects.bulk_create(
        WorkItem(
            county=town.county, year=YEAR, number=f"{YEAR}-{n:05}", kind=Kind.ORDER, origin_kind="visit", title_zh=f"问题{n}",
            title_en=f"fault {n}", item="road.r2", check_key="1.2/site_inspection", node="1.2", stratum="road",
            cluster=f"r{n % 3 + 1}", lead=units[n % 3], territory=town.units["east" if n % 2 else "west"],
            state=STATES[n % 5], issued_at=at(n), due_from=at(n + 30), deadline=at(n + 40), side="hardware",
            safety=n % 7 == 0, points_at_stake=n % 11 * 1000, gain_alone=n % 5 * 1000,
            reported_at=at(n + 20 + n % 50) if n % 5 in {2, 3} else None,
            closed_at=at(n + 90) if n % 5 in {3, 4} else None, handling_round=1 + (n % 9 == 0),
        )
        for n in range(known + 1, known + count + 1)
    )  # fmt: skip
    Sighting.objects.bulk_create(Sighting(work_item=item, seen_at=at()) for item in items)
    LogEntry.objects.bulk_create(
        LogEntry(work_item=item, step=Step.ACCEPTED, at=at(), recorded_at=at(), by_unit="roads", person=1)
        for item in items
    )
    through = WorkItem.supports.through
    through.objects.bulk_create(through(workitem_id=i.pk, unit_id=town.units["east"].pk) for i in items[::4])
    return items


ASKED = {
    "list": lambda town, post: queries.items(post, Filters(node="1", text="问题"), "late", year=town.year).rows,
    "mine": lambda town, post: queries.items(post, Filters(special="recheck"), year=town.year).rows,
    "counts": lambda town, post: queries.counts(post, town.year, now=at(60)),
    "units": lambda town, post: queries.per_unit(post, town.year),
    "checks": lambda town, post: queries.per_check(post, town.year),
    "risks": lambda town, post: queries.top_risks(post, town.year, now=at(60)),
    "site": lambda town, post: queries.at_site(post, "r2"),
    "options": lambda town, post: queries.options(post, town.year),
}


@pytest.mark.parametrize("name", ["office", "inspector", "roads", "west"])
def test_no_question_costs_more_statements_on_a_longer_list(town, name):
    spent: dict[str, list[int]] = {}
    for count in (100, 900):
        fill(town, count)
        for asked, ask in ASKED.items():
            town.year.__dict__.pop("pins", None)
            with CaptureQueriesContext(connection) as seen:
                ask(town, town[name])
            spent.setdefault(asked, []).append(len(seen))
    for asked, (first, second) in spent.items():
        assert first == second <= 8, (asked, spent)


def test_an_items_page_does_not_cost_more_with_a_longer_log(town):
    item = towns.reported(town)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            queries.item_page(town["inspector"], item.number)
        counts.append(len(seen))
        for n in range(12):
            actions.note(item.pk, by=town["office"], text=str(n), photos=[towns.photo(town)], at=at(5 + n))
    assert counts[0] == counts[1] <= 25, counts


def test_exporting_asks_by_the_thousand(town):
    fill(town, 300)
    with CaptureQueriesContext(connection) as seen:
        rows = list(queries.export(town["office"], Filters(), now=at(60)))
    assert len(rows) == 300 and len(seen) <= 6


def test_filters_of_lights_say_what_the_lights_say(town):
    fill(town, 200)
    for hours in (0, 35, 60, 150, 400):
        now = at(hours)
        by_light = {
            light: {r.pk for r in queries.items(town["office"], Filters(light=light), per_page=999, now=now).rows}
            for light in LIGHTS
        }
        for item in WorkItem.objects.all():
            assert [light for light, found in by_light.items() if item.pk in found] == [queries.light_of(item, now)]


def test_the_lights_by_hand():
    item = WorkItem(state=State.ACCEPTED, due_from=at(10), deadline=at(20))
    assert [queries.light_of(item, at(h)) for h in (9, 10, 20, 21)] == ["on_plan", "due", "due", "late"]
    item.state, item.reported_at = State.REPORTED, at(25)
    assert queries.light_of(item, at(99)) == "reported"
    item.state, item.closed_at = State.CLOSED, at(40)
    assert queries.light_of(item, at(99)) == "done_late"
    item.reported_at = at(20)
    assert queries.light_of(item, at(99)) == "done", "reported in time, looked at later"
    item.state = State.CANCELLED
    assert queries.light_of(item, at(99)) == "cancelled"


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        (Filters(kind="task"), lambda i: i.kind == "task"),
        (Filters(state="reported"), lambda i: i.state == "reported"),
        (Filters(state="open"), lambda i: i.state in {"issued", "accepted", "reported", "suspended"}),
        (Filters(unit="roads"), lambda i: i.lead.code == "roads"),
        (Filters(unit="east", role="territory"), lambda i: i.territory.code == "east"),
        (Filters(unit="east", role="support"), lambda i: any(u.code == "east" for u in i.supports.all())),
        (Filters(unit="nowhere"), lambda i: False),
        (Filters(site="r2"), lambda i: i.cluster == "r2"),
        (Filters(site_type="road", safety=True), lambda i: i.safety),
        (Filters(check="1.2/site_inspection", number="0001"), lambda i: "0001" in i.number),
        (Filters(number=f"{YEAR}-00003,{YEAR}-00009"), lambda i: i.number[-5:] in {"00003", "00009"}),
        (Filters(node="1"), lambda i: True),
        (Filters(node="2"), lambda i: False),
        (Filters(text="问题12"), lambda i: "问题12" in i.title_zh),
        (Filters(text="FAULT r2"), lambda i: i.cluster == "r2"),
        (Filters(special="rework"), lambda i: i.handling_round > 1),
        (Filters(year=YEAR - 1), lambda i: False),
    ],
)
def test_each_filter_keeps_what_it_says(town, filters, wanted):
    fill(town, 60)
    found = {row.pk for row in queries.items(town["office"], filters, per_page=999, year=town.year).rows}
    assert found == {item.pk for item in WorkItem.objects.all() if wanted(item)}


def test_orders_and_pages(town):
    fill(town, 120)
    for name in ORDERS:
        down = [row.pk for page in (1, 2, 3) for row in queries.items(town["office"], order=name, page=page).rows]
        up = [row.pk for row in queries.items(town["office"], order=f"-{name}", per_page=999).rows]
        assert len(down) == len(set(down)) == 120
        if name != "late":
            assert up == down[::-1], name
    points = [row.points for row in queries.items(town["office"], order="points", per_page=999).rows]
    assert points == sorted(points, reverse=True)
    late = queries.items(town["office"], order="late", now=at(300)).rows
    assert late[0].days_late == max(row.days_late for row in late if row.is_open)
    far = queries.items(town["office"], page=99)
    assert (far.page, far.pages, len(far.rows)) == (3, 3, 20)


def test_a_row_states_planned_and_actual_day_and_the_days_between(town):
    item = towns.reported(town)
    WorkItem.objects.filter(pk=item.pk).update(deadline=at(3) - timedelta(days=4))
    row: Any = next(queries.export(town["office"], now=at(500)))
    assert (row.ended_at, row.days, row.days_late) == (at(3), 4, 4)
    assert (row.lead.code, row.territory.code, row.site.name.zh, row.sightings) == ("roads", "west", "路2", 1)


def test_counts_by_hand(town):
    fill(town, 50)  # ten of each state; hours 41 to 90 are deadlines
    now = at(65)
    found = queries.counts(town["office"], town.year, now=now)
    items = list(WorkItem.objects.all())
    assert (found.total, found.open, found.to_accept, found.reported, found.closed, found.cancelled) == (
        40,
        30,
        10,
        10,
        10,
        10,
    )
    assert found.late == sum(i.state in {"issued", "accepted"} and i.deadline < now for i in items)
    assert found.hardware == queries.Progress(10, 40) and found.software == queries.Progress(0, 0)
    assert found.points == sum(i.points_at_stake for i in items if i.state in {"issued", "accepted", "reported"})
    assert found.waiting_recheck == 10
    bound = queries.counts(town["inspector-section"], town.year, now=now)
    assert bound.waiting_recheck == 0, "every one of these has been accepted by the bureau above"
    assert queries.per_check(town["office"], town.year) == {"1.2/site_inspection": queries.Progress(10, 40)}
    units = queries.per_unit(town["office"], town.year, now=now)
    assert sum(one.late for one in units) == found.late and {one.unit.code for one in units} == {
        "roads",
        "tourism",
        "section",
    }


def test_what_a_unit_leads_and_what_it_sees(town):
    fill(town, 60)
    sees = queries.counts(town["roads-head"], town.year)
    leads = queries.counts(town["roads-head"], town.year, reach="handle")
    items: list[Any] = list(WorkItem.objects.exclude(state="cancelled"))
    assert sees.total == sum(i.lead.code in {"roads", "section"} for i in items)
    assert leads.total == sum(i.lead.code == "roads" for i in items)
    assert queries.counts(town["section"], town.year).total == sum(i.lead.code == "section" for i in items)
    assert town["section"].role == Role.LIAISON


def test_three_risks_late_before_danger_before_points(town):
    rows: dict[str, dict[str, Any]] = {
        "late": {"deadline": at(1)}, "danger": {"safety": True}, "points": {"points_at_stake": 9000}, "rest": {},
        "reported": {"deadline": at(0), "safety": True, "state": State.REPORTED},
    }  # fmt: skip
    for n, (name, more) in enumerate(rows.items()):
        WorkItem.objects.create(
            **{
                "county": town.county, "year": YEAR, "number": name, "kind": Kind.ORDER, "title_zh": name,
                "lead": town.units["roads"], "issued_at": at(), "due_from": at(50 + n), "deadline": at(60 + n), **more,
            }
        )  # fmt: skip
    assert [row.number for row in queries.top_risks(town["leader"], town.year, now=at(5))] == [
        "late",
        "danger",
        "points",
    ]


def test_the_page_of_what_one_may_not_see_is_not_there(town):
    item = towns.order(town)
    assert queries.item_page(town["tourism"], item.number) is None
    assert queries.item_page(town["office"], "2020-99999") is None
    seen = page(town["west"], item.number)
    assert seen.row.title.zh == item.title_zh and not seen.people
    mine = page(town["roads"], item.number)
    assert {pk for pk, _ in mine.people} == {
        town[name].person_id for name in ("roads", "roads-head", "inspector-roads")
    }


def test_the_clock_counts_working_time_and_stops_at_the_report(town):
    item = towns.accepted(town)
    running = page(town["roads"], item.number, now=at(24 * 9)).clock
    assert running.runs and running.elapsed + running.left == running.given == 5 * running.working_day
    assert running.left < timedelta(0) and running.share > 1
    actions.report(
        item.pk, version=2, by=town["roads"], text="好", fixed_at=at(2), photos=[towns.photo(town)], at=at(3)
    )
    stopped = page(town["roads"], item.number, now=at(24 * 9)).clock
    assert not stopped.runs and stopped.left > timedelta(0)


@pytest.mark.parametrize("name", ["office", "roads", "west"])
@pytest.mark.parametrize("state", ["", "open", "reported", "cancelled"])
def test_a_page_says_what_its_list_comes_to_in_every_state(town, name, state):
    fill(town, 60)
    page = queries.items(town[name], Filters(state=state), per_page=999, year=town.year)
    assert page.total == len(page.rows)
    assert page.points == sum(row.points for row in page.rows if row.is_open)
    assert page.states == queries.by_state(town[name], Filters(state=state), year=town.year)


@pytest.mark.parametrize("back", ["", "-"])
@pytest.mark.parametrize("order", queries.ORDERS)
def test_neighbouring_pages_are_found_from_where_a_page_ends(town, order, back):
    fill(town, 60)
    WorkItem.objects.filter(number__endswith="7", state__in=("issued", "accepted")).update(held_since=at(3))
    by, wanted, where = town["office"], Filters(text="问题"), {"year": town.year, "per_page": 7}
    order = back + order
    pages = [queries.items(by, wanted, order, n, **where) for n in range(1, 10)]
    for one, following in itertools.pairwise(pages):
        onward = queries.items(by, wanted, order, following.page, after=one.after, **where)
        assert [row.number for row in onward.rows] == [row.number for row in following.rows]
        backward = queries.items(by, wanted, order, one.page, before=following.before, **where)
        assert [row.number for row in backward.rows] == [row.number for row in one.rows]
    # A page follows on the row that one has read last, though what stood before it has gone meanwhile.
    WorkItem.objects.filter(number=pages[0].rows[0].number).delete()
    onward = queries.items(by, wanted, order, 2, after=pages[0].after, **where)
    assert [row.number for row in onward.rows] == [row.number for row in pages[1].rows]


@pytest.mark.parametrize("words", ["x", "1", "1~2~3~4", "~~", "9" * 40, "0~99999999999999999999999~1", "-1~-1~-1"])
def test_words_that_name_no_place_give_the_page_of_the_number(town, words):
    fill(town, 20)
    plain = queries.items(town["office"], Filters(), "late", 2, year=town.year, per_page=5)
    odd = queries.items(town["office"], Filters(), "late", 2, year=town.year, per_page=5, after=words)
    assert words == "-1~-1~-1" or odd.rows == plain.rows


def test_the_database_keeps_what_stands_first(town):
    one = fill(town, 5)[0]
    for state, held, queue in (("issued", None, 0), ("reported", None, 0), ("accepted", at(4), 1), ("closed", None, 2)):
        WorkItem.objects.filter(pk=one.pk).update(state=state, held_since=held)
        assert again(one).queue == queue, state


def test_a_page_and_its_filters_ask_eight_questions(town):
    fill(town, 60)
    # The tree of units is asked for once by those who see a branch, and not at all by those who see everything.
    for name, most in (("office", 7), ("roads-head", 8)):
        tree = branches_if_asked(town.county.pk)
        with CaptureQueriesContext(connection) as seen:
            queries.items(town[name], Filters(), year=town.year, tree=tree)
            queries.options(town[name], town.year, tree=tree)
        assert len(seen) == most, name
