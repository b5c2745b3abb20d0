"""From the first page to a board with a score: the steps, each page with what it refuses, and what it costs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.models import County, Post, Role, Unit
from qipan.overview.setup_leads import lead_choices
from qipan.spine.campaigns.models import AnsweringLead, Campaign, CampaignYear, FunctionDuty, TimeNode
from qipan.spine.campaigns.setup import First, open_installation
from qipan.spine.scorecards.queries import forget, standing
from qipan.spine.standards.models import Edition
from qipan.spine.standards.shipped import shipped
from tests.faces.office.county import Made
from tests.world import make_person, make_post

pytestmark = pytest.mark.django_db
PACKS = {pack.name: pack for pack in shipped()}
NATIONAL = PACKS["cn-national-2015"].hash
LISTS = [PACKS[name].hash for name in ("cn-minors-2016", "cn-questionnaires", "cn-site-checklists", "functions")]
BEGUN = {
    "honour": "provincial", "first_year": "2026", "last_year": "2028", "office": "civilization-office",
    "name_zh": "", "name_en": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def begun(client: Client) -> Client:
    """The office of an installation that holds nothing but itself, in English."""
    forget()
    post = open_installation(
        First("青河县", "创城办", "主任", "liming", "李明", "three blue bicycles", "Qinghe County")
    )
    client.force_login(post.person)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def pinned(begun: Client) -> Client:
    begun.post("/setup/campaign/", BEGUN)
    response = begun.post(f"/setup/standard/{NATIONAL}/", {"years": ["2026", "2027"], "companions": LISTS})
    assert response.headers["Location"] == "/setup/"
    return begun


def step(page: str, title: str) -> str:
    """Return what the list of steps says of one."""
    part = page.partition(f">{title}</a></h2>")[2] or page.partition(f"<h2>{title}</h2>")[2]
    return part.partition("</li>")[0]


# ---- the frame


def test_the_frame_counts_from_the_data(begun: Client) -> None:
    page = begun.get("/setup/").text
    assert "Qinghe County" in step(page, "Place and first account")
    assert "no campaign yet" in step(page, "Campaign")
    assert "only the campaign office" in step(page, "Units")
    assert "Next: Campaign" in page
    begun.post("/setup/campaign/", BEGUN)
    page = begun.get("/setup/").text
    assert "Provincial Civilized City 2026–2028" in step(page, "Campaign")
    assert "no standard for 2026, 2027, 2028" in step(page, "Standard")
    assert "Next: Standard" in page


def test_from_nothing_to_a_board(pinned: Client) -> None:
    page = pinned.get("/setup/").text
    assert "pinned for 2026, 2027" in step(page, "Standard")
    assert "Next: Units" in page
    assert "functions without a unit" in step(page, "Functions and units")
    board = pinned.get("/").text
    assert "创建2026—2028年省级文明城市" in board or "Provincial Civilized City 2026–2028" in board
    year = CampaignYear.objects.select_related("campaign__county").get(year=2026)
    assert standing(year).card.total.unassessed == 100_000_000


def test_other_roles_do_not_set_up(begun: Client, client: Client) -> None:
    office = Unit.objects.get()
    other = Client()
    for role in (Role.LEADER, Role.HEAD, Role.LIAISON, Role.INSPECTOR):
        person = make_person(f"p-{role}")
        make_post(person, office, role)
        other.force_login(person)
        for page in ("/setup/", "/setup/campaign/", "/setup/standard/", "/setup/functions/", "/setup/nodes/"):
            assert other.get(page).status_code == 403


# ---- campaign


def test_what_is_refused_comes_back_filled_in(begun: Client) -> None:
    response = begun.post("/setup/campaign/", BEGUN | {"name_zh": "我们的活动", "last_year": "2020"})
    assert response.status_code == 422
    assert "我们的活动" in response.text
    assert "the last year is not before the first" in response.text
    assert not Campaign.objects.exists()


def test_a_stale_form_keeps_its_words_and_says_what_changed(pinned: Client) -> None:
    version = Campaign.objects.get().version
    changed = BEGUN | {"name_zh": "先改的名称", "version": str(version)}
    assert pinned.post("/setup/campaign/", changed).status_code == 302
    response = pinned.post("/setup/campaign/", BEGUN | {"name_zh": "后改的名称", "version": str(version)})
    assert response.status_code == 409
    assert "后改的名称" in response.text
    assert "先改的名称" in response.text
    assert f'name="version" value="{version + 1}"' in response.text
    assert Campaign.objects.get().name_zh == "先改的名称"
    again = BEGUN | {"name_zh": "后改的名称", "version": str(version + 1)}
    page = pinned.post("/setup/campaign/", again, follow=True).text
    assert "先改的名称 → 后改的名称" in page


def test_a_year_s_cut_and_absent_types_count_at_once(pinned: Client) -> None:
    version = Campaign.objects.get().version
    sent = {"cut": "84", "absent": ["internet_cafe"], "version": str(version)}
    assert pinned.post("/setup/campaign/2026/", sent).status_code == 302
    year = CampaignYear.objects.select_related("campaign__county").get(year=2026)
    assert (str(year.assumed_cut), year.absent_types) == ("84.00", ["internet_cafe"])
    assert 'value="84"' in pinned.get("/setup/campaign/2026/").text
    assert pinned.post("/setup/campaign/2026/", sent | {"cut": "many", "version": "9"}).status_code == 422
    assert pinned.post("/setup/campaign/2026/", sent).status_code == 409
    assert pinned.get("/setup/campaign/2028/").status_code == 404


def test_a_year_is_taken_away_after_a_question(pinned: Client) -> None:
    assert "This cannot be undone" in pinned.get("/setup/campaign/2027/remove/").text
    assert CampaignYear.objects.filter(year=2027).exists()
    pinned.post("/setup/campaign/2027/remove/")
    assert not CampaignYear.objects.filter(year=2027).exists()


# ---- standard


def test_the_cards_say_what_each_standard_is(begun: Client) -> None:
    page = begun.get("/setup/standard/").text
    assert escape("National Civilized City (urban district) assessment standard") in page
    assert "Begin the campaign" in page
    begun.post("/setup/campaign/", BEGUN)
    page = begun.get(f"/setup/standard/{NATIONAL}/").text
    assert page.count(" checked") == 3 + len(LISTS), "all years, and what goes with it"
    assert begun.get(f"/setup/standard/{'f' * 64}/").status_code == 404


def test_the_switch_of_years_stays_on_the_page_that_pins(pinned: Client) -> None:
    assert '<option value="2027">Year 2027</option>' in pinned.get(f"/setup/standard/{NATIONAL}/").text


def test_a_function_that_only_supports_may_be_nobody_s(pinned: Client) -> None:
    page = pinned.get("/setup/functions/").text
    row = page.partition('<tr id="all_units">')[2].partition("</tr>")[0]
    assert row and "pill-unowned" not in row
    assert "pill-unowned" in page.partition('<tr id="education">')[2].partition("</tr>")[0]


def test_without_a_year_nothing_is_pinned(begun: Client) -> None:
    begun.post("/setup/campaign/", BEGUN)
    response = begun.post(f"/setup/standard/{NATIONAL}/", {"companions": LISTS})
    assert response.status_code == 422
    assert "choose at least one year" in response.text


def test_a_standard_of_one_s_own_is_read_in_and_pinned(begun: Client) -> None:
    begun.post("/setup/campaign/", BEGUN)
    own = dict(PACKS["litter-index"].data) | {
        "id": "our-litter",
        "title": {"zh": "本县环境指数", "en": "Our litter index"},
    }
    file = SimpleUploadedFile("own.json", json.dumps(own, ensure_ascii=False).encode())
    waiting = begun.post("/standard/editions/new/", {"file": file}).context["waiting"]
    page = begun.post("/standard/editions/new/", {"waiting": waiting}, follow=True).text
    assert "Our litter index" in begun.get("/setup/standard/").text
    digest = next(row.hash for row in Edition.objects.all() if row.name == "our-litter")
    assert f"/setup/standard/{digest}/" in page, "its page leads on"
    begun.post(f"/setup/standard/{digest}/", {"years": ["2026"]})
    year = CampaignYear.objects.select_related("campaign__county").get()
    assert (year.year, standing(year).book.standard.id) == (2026, "our-litter")
    assert begun.get("/").status_code == 200


# ---- functions


@pytest.fixture
def units(pinned: Client) -> Client:
    county = County.objects.get()
    for code, zh, kind in (
        ("housing", "县住房和城乡建设局", "department"), ("x1", "青河县教育局", "department"),
        ("t1", "河口镇", "town"), ("t2", "柳坪乡", "township"), ("x2", "县市场监管局", "department"),
    ):  # fmt: skip
        Unit.objects.create(county=county, code=code, name_zh=zh, type=kind)
    return pinned


def test_a_function_is_mapped_by_name_or_code_and_taken_back(units: Client) -> None:
    response = units.post("/setup/functions/map/", {"function": "housing", "unit": "县住房和城乡建设局 (housing)"})
    assert response.headers["Location"] == "/setup/functions/#housing"
    assert FunctionDuty.objects.get().unit.code == "housing"
    page = units.get("/setup/functions/").text
    assert "now carries it" in page
    units.post("/setup/functions/undo/")
    assert not FunctionDuty.objects.exists()
    units.post("/setup/functions/map/", {"function": "housing", "unit": "housing", "from": "2026-03-01"})
    duty = FunctionDuty.objects.get()
    assert str(duty.valid_from) == "2026-03-01"
    units.post(f"/setup/functions/{duty.pk}/unmap/")
    assert not FunctionDuty.objects.exists()
    units.post("/setup/functions/undo/")
    assert str(FunctionDuty.objects.get().valid_from) == "2026-03-01"
    units.post("/setup/functions/undo/")
    assert FunctionDuty.objects.count() == 1, "once only"


def test_an_unknown_unit_is_refused_with_what_was_perhaps_meant(units: Client) -> None:
    response = units.post("/setup/functions/map/", {"function": "housing", "unit": "县住房城乡建设局"})
    assert response.status_code == 422
    assert "no unit is called" in response.text
    assert "县住房和城乡建设局" in response.text
    assert 'value="县住房城乡建设局"' in response.text


def test_proposals_are_looked_at_and_then_accepted(units: Client) -> None:
    page = units.get("/setup/functions/proposals/").text
    assert 'value="housing|housing"' in page, "by the code of a unit list"
    assert 'value="education|x1"' in page, "by a name"
    assert 'value="market_regulation|x2"' in page
    assert 'value="townships|t1"' in page, "by the type"
    assert not FunctionDuty.objects.exists()
    units.post("/setup/functions/proposals/", {"pair": ["housing|housing", "townships|t1", "townships|t2", "court|x1"]})
    found = FunctionDuty.objects.order_by("function", "unit__code").values_list("function", "unit__code")
    assert list(found) == [("housing", "housing"), ("townships", "t1"), ("townships", "t2")], "nothing but proposals"
    year = CampaignYear.objects.get(year=2026)
    assert year.duties_version == 1
    units.post("/setup/functions/undo/")
    assert not FunctionDuty.objects.exists()


def test_leads_are_chosen_with_one_tap_or_as_proposed_and_taken_back(units: Client) -> None:
    units.post("/setup/functions/proposals/", {"pair": ["housing|housing", "education|x1", "market_regulation|x2"]})
    units.post("/setup/functions/map/", {"function": "housing", "unit": "x1"})
    units.post("/setup/functions/map/", {"function": "housing", "unit": "t1"})
    assert "Choose " in units.get("/setup/functions/").text
    year = CampaignYear.objects.select_related("campaign__county").get(year=2026)
    found = lead_choices(year, standing(year))
    assert found.choices and all(
        [each.points for each in one.candidates] == sorted((each.points for each in one.candidates), reverse=True)
        for one in found.choices
    ), "who carries most comes first"
    page = units.get("/setup/functions/leads/").text
    first = found.choices[0]
    key = first.open.line.key
    other = first.candidates[-1].unit.code
    assert f'value="{key}|{other}"' in page
    assert units.post("/setup/functions/leads/", {"one": f"{key}|nowhere"}).status_code == 422
    assert units.post("/setup/functions/leads/", {}).status_code == 422
    units.post("/setup/functions/leads/", {"one": f"{key}|{other}", "pair": [f"{key}|{first.candidates[0].unit.code}"]})
    assert AnsweringLead.objects.get().unit.code == other, "the unit that was tapped, not what is ticked"
    year.refresh_from_db()
    after = lead_choices(year, standing(year))
    assert after.unowned.possible == found.unowned.possible - first.open.sums.possible
    units.post("/setup/functions/undo/")
    assert not AnsweringLead.objects.exists()
    pairs = [f"{one.open.line.key}|{one.proposed}" for one in found.choices if one.proposed]
    units.post("/setup/functions/leads/", {"pair": pairs})
    assert AnsweringLead.objects.count() == len(pairs)
    assert AuditEntry.objects.filter(verb="campaigns.choose_lead").count() == len(pairs) + 1
    units.post("/setup/functions/undo/")
    assert not AnsweringLead.objects.exists()


def test_the_map_of_functions_is_exported_as_it_is_shown(units: Client) -> None:
    units.post("/setup/functions/map/", {"function": "housing", "unit": "housing"})
    text = units.get("/setup/functions/?export=csv").content.decode("utf-8-sig")
    line = next(line for line in text.splitlines() if line.startswith("housing"))
    assert "县住房和城乡建设局" in line


def test_the_pages_cost_the_same_whatever_the_county_holds(
    made: Made, office: Client, django_assert_max_num_queries: Any
) -> None:
    # 62 functions, 90 units, 3 sites of each type.
    office.get("/setup/functions/")
    for page, most in (("/setup/", 45), ("/setup/functions/", 20), ("/setup/functions/proposals/", 20),
                       ("/setup/standard/", 20), ("/setup/campaign/", 15), ("/setup/nodes/", 12)):  # fmt: skip
        with django_assert_max_num_queries(most):
            assert office.get(page).status_code == 200


# ---- nodes


def test_a_node_is_added_changed_taken_out_and_put_back(pinned: Client) -> None:
    pinned.post("/setup/nodes/", {"name_zh": "省级测评", "on": "2026-12-20", "decides": "1"})
    node = TimeNode.objects.get()
    assert "省级测评" in pinned.get("/setup/nodes/").text
    assert pinned.post("/setup/nodes/", {"name_zh": "数据冻结", "on": "soon"}).status_code == 422
    changed = {"name_zh": "省级年度测评", "on": "2026-12-21", "version": "1"}
    assert pinned.post(f"/setup/nodes/{node.pk}/", changed).status_code == 302
    stale = pinned.post(f"/setup/nodes/{node.pk}/", changed | {"name_zh": "改"})
    assert stale.status_code == 409
    assert "省级年度测评" in stale.text
    pinned.post(f"/setup/nodes/{node.pk}/remove/")
    assert not TimeNode.objects.exists()
    assert "Undo" in pinned.get("/setup/nodes/").text
    pinned.post("/setup/nodes/undo/")
    assert TimeNode.objects.get().name_zh == "省级年度测评"
    assert pinned.get(f"/setup/nodes/{node.pk + 77}/").status_code == 404


# ---- practice


def test_practising_is_entered_shown_loudly_and_left(pinned: Client) -> None:
    assert "nothing here counts" not in pinned.get("/").text
    assert pinned.post("/setup/practice/make/").headers["Location"] == "/"
    practice = County.objects.get(practice_of__isnull=False)
    for page in ("/", "/setup/", "/sites/", "/accounts/"):
        assert "Practice: nothing here counts" in pinned.get(page).text
    pinned.post("/setup/nodes/", {"name_zh": "试一试", "on": "2026-12-20"})
    assert TimeNode.objects.get().campaign.county == practice
    assert AuditEntry.objects.get(verb="node.add").chain == practice.code
    pinned.post("/setup/practice/leave/")
    assert "nothing here counts" not in pinned.get("/").text
    assert "试一试" not in pinned.get("/setup/nodes/").text
    pinned.post("/setup/practice/enter/")
    assert "nothing here counts" in pinned.get("/setup/practice/reset/").text
    assert "This cannot be undone" in pinned.get("/setup/practice/reset/").text
    assert TimeNode.objects.exists(), "asked first"
    pinned.post("/setup/practice/reset/")
    assert not TimeNode.objects.exists()
    assert "nothing here counts" not in pinned.get("/").text, "back in the real county"
    pinned.post("/setup/practice/remove/")
    assert not County.objects.filter(practice_of__isnull=False).exists()
    assert Post.objects.count() == 1


def test_a_head_may_practise_and_not_make_it_anew(made: Made, office: Client, head: Client) -> None:
    assert "has not made one yet" in head.get("/setup/practice/").text
    assert head.post("/setup/practice/make/").status_code == 403
    office.post("/setup/practice/make/")
    head.post("/setup/practice/enter/")
    assert "nothing here counts" in head.get("/").text
    assert head.post("/setup/practice/reset/").status_code == 403
    head.post("/setup/practice/leave/")
    assert "nothing here counts" not in head.get("/").text
