"""The registers as the office uses them: forms that tell what is wrong, two editors, lists with a preview, slips."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qipan.ground.documents.workbook import read_workbook
from qipan.ground.sites.models import Site
from qipan.ground.units.models import Person, Post, Role, Unit, UnitType
from tests.faces.office import county
from tests.faces.office.pages import text
from tests.world import PASSWORD, World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world(example=False, prefix="", with_campaign=False)


@pytest.fixture
def browser(world: World) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(world.people[Role.OFFICE])
    return client


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1].replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&")


def test_a_type_is_added_and_a_unit_of_it_made(browser: Client, world: World) -> None:
    sent = {"do": "add", "name_zh": "党群服务中心", "name_en": "Party service centre", "is_territorial": "1"}
    assert browser.post(reverse("unit_types"), sent).status_code == 302
    again = browser.post(reverse("unit_types"), sent)
    assert again.status_code == 422
    assert "there is a type 党群服务中心 already" in text(again)
    kind = UnitType.objects.get(name_zh="党群服务中心")
    made = {"name_zh": "东关党群服务中心", "type": kind.code, "parent": str(world.office.pk), "uid": "a1"}
    assert browser.post(reverse("unit_new"), made).status_code == 302
    # The same form once more: a double click enters nothing twice.
    assert browser.post(reverse("unit_new"), made).status_code == 302
    assert Unit.objects.filter(name_zh="东关党群服务中心").count() == 1
    page = text(browser.get(reverse("setup_units")))
    assert "东关党群服务中心" in page
    assert "Party service centre" in page
    browser.post(reverse("unit_types"), {"do": "down", "pk": kind.pk})
    assert browser.post(reverse("unit_types"), {"do": "drop", "pk": kind.pk}).status_code == 422


def test_the_second_editor_is_told_what_changed_and_keeps_the_text(browser: Client, world: World) -> None:
    address = reverse("unit_edit", args=[world.bureau.pk])
    first = {"name_zh": "住房和城乡建设局", "type": "department", "code": "bureau", "version": "1"}
    assert browser.post(address, first).status_code == 302
    second = browser.post(address, first | {"name_zh": "建设局"})
    page = text(second)
    assert second.status_code == 409
    assert "Somebody else has changed this" in page
    assert "<del>住建局</del>" in page
    assert 'value="建设局"' in page
    assert hidden(page, "version") == "2"
    assert browser.post(address, first | {"name_zh": "建设局", "version": "2"}).status_code == 302
    wrong = browser.post(address, first | {"name_zh": "", "version": "3"})
    assert wrong.status_code == 422


def test_a_merger_is_asked_for_and_told_on_both_pages(made: county.Made, office: Client) -> None:
    towns = list(Unit.objects.filter(county=made.county, type="town").order_by("code")[:2])
    page = text(office.get(reverse("unit_merge", args=[towns[0].pk])))
    assert "This cannot be taken back" in page
    day = f"{county.YEAR}-01-15"
    sent = {"into": str(towns[1].pk), "on": day, "version": "1"}
    assert office.post(reverse("unit_merge", args=[towns[0].pk]), sent).status_code == 302
    assert f"merged into {towns[1].name_en}" in text(office.get(reverse("unit", args=[towns[0].code])))
    assert "Took over:" in text(office.get(reverse("unit", args=[towns[1].code])))
    late = office.post(
        reverse("unit_merge", args=[towns[1].pk]), {"into": str(towns[0].pk), "on": "2999-01-01", "version": "1"}
    )
    assert late.status_code == 422


def test_a_pasted_list_of_units_is_looked_at_first(browser: Client) -> None:
    sent = {"text": "东镇\n  东村\n怪单位", "do": "preview"}
    page = text(browser.post(reverse("unit_import"), sent))
    assert "Nothing is recorded yet." in page
    assert "the type is missing" in page
    assert Unit.objects.count() == 2
    kept = {"carried": hidden(page, "carried"), "seen": hidden(page, "seen"), "do": "confirm"}
    done = browser.post(reverse("unit_import"), kept, follow=True)
    assert "Recorded: 2 new, 0 changed. 1 line was left out." in text(done)
    # Confirming what was seen before the register changed shows what it would do now.
    late = browser.post(reverse("unit_import"), kept)
    assert late.status_code == 409
    assert "0 changes: there is nothing to record." in text(late)
    assert browser.post(reverse("unit_import"), {"text": " ", "do": "preview"}).status_code == 422
    assert browser.post(reverse("unit_import"), {"carried": "[1,2", "do": "confirm"}).status_code == 422


def test_the_towns_of_a_pack(browser: Client) -> None:
    sent = {"pack": "ningwu-units.yaml", "group": "town", "unit": "140925-publicity", "do": "preview"}
    page = text(browser.post(reverse("unit_import"), sent))
    kept = {"carried": hidden(page, "carried"), "seen": hidden(page, "seen"), "do": "confirm"}
    assert browser.post(reverse("unit_import"), kept).status_code == 302
    assert Unit.objects.filter(code="140925-publicity", type="party_department").exists()
    assert not Unit.objects.filter(type="village_committee").exists()
    nothing = browser.post(reverse("unit_import"), {"pack": "ningwu-units.yaml", "do": "preview"})
    assert nothing.status_code == 422


@pytest.mark.parametrize(("page", "back"), [("setup_units", "unit_import"), ("people", "people_import")])
def test_an_export_read_back_changes_nothing(browser: Client, world: World, page: str, back: str) -> None:
    book = browser.get(reverse(page) + "?export=xlsx").content
    given = SimpleUploadedFile("register.xlsx", book)
    assert "0 changes: there is nothing to record." in text(
        browser.post(reverse(back), {"file": given, "do": "preview"})
    )


def test_sites_are_exported_and_read_back(made: county.Made, office: Client, tmp_path: Path) -> None:
    book = office.get(reverse("setup_sites") + "?export=xlsx").content
    (tmp_path / "sites.xlsx").write_bytes(book)
    assert len(read_workbook(tmp_path / "sites.xlsx")[0].rows) == Site.objects.count() + 1
    page = text(office.post(reverse("site_import"), {"file": SimpleUploadedFile("sites.xlsx", book), "do": "preview"}))
    assert "0 changes: there is nothing to record." in page


def test_unknown_units_of_a_list_of_sites_are_mapped(made: county.Made, office: Client) -> None:
    sent = {"text": "点位名称\t点位类型\t责任单位\n西市场\t农贸市场\t某某局", "do": "preview"}
    page = text(office.post(reverse("site_import"), sent))
    assert "Units that are not on the register" in page
    kept = {"carried": hidden(page, "carried"), "do": "again", "word": "某某局", "means": "140925-publicity"}
    page = text(office.post(reverse("site_import"), kept))
    assert 'name="means" value="140925-publicity"' in page
    kept |= {"do": "confirm", "seen": hidden(page, "seen")}
    assert office.post(reverse("site_import"), kept).status_code == 302
    assert Site.objects.get(name_zh="西市场").duties.get().unit.code == "140925-publicity"


def test_a_site_is_entered_and_changed(made: county.Made, office: Client) -> None:
    units = list(Unit.objects.filter(county=made.county).order_by("pk")[:2])
    sent = {
        "name_zh": "西大街", "type": "main_road", "territory": str(units[0].pk), "lon": "112.3", "lat": "39.0", "uid": "s1",
        "duty_function": ["", "urban_management"], "duty_unit": [str(units[0].pk), str(units[1].pk)],
    }  # fmt: skip
    assert office.post(reverse("site_new"), sent).status_code == 302
    site = Site.objects.get(name_zh="西大街")
    assert (site.lon, site.duties.count()) == (112.3, 2)
    page = text(office.get(reverse("site_edit", args=[site.pk])))
    assert "data-pick" in page
    wrong = sent | {"version": "1", "lat": "", "since": "2026-11-01"}
    answer = office.post(reverse("site_edit", args=[site.pk]), wrong)
    assert answer.status_code == 422
    assert "give longitude and latitude together" in text(answer)
    twice = sent | {"version": "1", "duty_function": ["", "+"]}
    assert office.post(reverse("site_edit", args=[site.pk]), twice).status_code == 422
    good = sent | {"version": "1", "name_zh": "西大街北段", "since": "2026-11-01"}
    assert office.post(reverse("site_edit", args=[site.pk]), good).status_code == 302
    assert office.post(reverse("site_edit", args=[site.pk]), good).status_code == 409
    assert office.post(reverse("site_end", args=[site.pk]), {"version": "2"}).status_code == 302
    site.refresh_from_db()
    assert site.valid_to is not None


def test_geolocation_is_for_these_pages_only(browser: Client) -> None:
    assert "geolocation=(self)" in browser.get(reverse("setup_units")).headers["Permissions-Policy"]


def test_from_a_slip_to_a_password_of_one_s_own(browser: Client, world: World) -> None:
    sent = {
        "name_zh": "李红",
        "unit": str(world.bureau.pk),
        "role": "liaison",
        "title_zh": "联络员",
        "phone": "13812345678",
    }
    assert browser.post(reverse("person_new"), sent | {"uid": "p1"}).status_code == 302
    person = Person.objects.get(full_name_zh="李红")
    answer = browser.post(reverse("people_slips"), {"person": str(person.pk)})
    page = text(answer)
    password = re.search(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", page)
    assert password
    assert "data:image/png;base64," in page
    assert "no-store" in answer.headers["Cache-Control"]
    assert password[0] not in text(browser.get(reverse("person", args=[person.pk])))

    theirs = Client(HTTP_ACCEPT_LANGUAGE="en")
    theirs.post(reverse("sign_in"), {"username": person.username, "password": password[0]})
    change = reverse("change_password")
    assert theirs.get(reverse("units")).headers["Location"] == change
    assert "You have signed in with a slip" in text(theirs.get(change))
    same = {"old_password": password[0], "new_password1": password[0], "new_password2": password[0]}
    assert theirs.post(change, same).status_code == 422
    new = {"old_password": password[0], "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert theirs.post(change, new).status_code == 302
    assert theirs.get(reverse("units")).status_code == 200


def test_closing_an_account_ends_its_sessions(browser: Client, world: World) -> None:
    head = Client()
    head.force_login(world.people[Role.HEAD])
    assert head.get(reverse("account")).status_code == 200
    address = reverse("person", args=[world.people[Role.HEAD].pk])
    assert browser.post(address, {"do": "close"}).status_code == 302
    assert head.get(reverse("account")).headers["Location"].startswith(reverse("sign_in"))
    assert browser.post(address, {"do": "open"}).status_code == 302
    assert head.get(reverse("account")).headers["Location"].startswith(reverse("sign_in"))


def test_posts_of_a_person_and_the_switch_in_the_bar(browser: Client, world: World) -> None:
    person = world.people[Role.HEAD]
    assert "Work from another post" not in text(browser.get(reverse("account")))
    address = reverse("person", args=[person.pk])
    sent = {
        "do": "post",
        "post-unit": str(world.office.pk),
        "post-role": "inspector",
        "post-title_zh": "督查员",
        "uid": "q",
    }
    assert browser.post(address, sent).status_code == 302
    assert browser.post(address, sent).status_code == 302
    assert Post.objects.filter(person=person).count() == 2
    assert browser.post(address, sent | {"uid": "r"}).status_code == 422
    theirs = Client(HTTP_ACCEPT_LANGUAGE="en")
    theirs.force_login(person)
    assert 'aria-label="Work from another post"' in text(theirs.get(reverse("units")))
    post = Post.objects.filter(person=person).latest("pk")
    changed = {"unit": str(world.office.pk), "role": "inspector", "title_zh": "督查组长", "version": "1"}
    assert browser.post(reverse("post_edit", args=[post.pk]), changed).status_code == 302
    assert browser.post(reverse("post_edit", args=[post.pk]), changed).status_code == 409
    assert browser.post(reverse("post_end", args=[post.pk]), {"version": "2"}).status_code == 302
    post.refresh_from_db()
    assert post.valid_to is not None


def test_a_post_waits_for_the_security_administrator(browser: Client, world: World) -> None:
    person = world.people[Role.HEAD]
    security = Client(HTTP_ACCEPT_LANGUAGE="en")
    security.force_login(world.people[Role.SECURITY])
    assert "Turn approval on" not in text(browser.get(reverse("people")))
    assert security.post(reverse("post_approval"), {"on": "1"}).status_code == 302
    sent = {
        "do": "post",
        "post-unit": str(world.office.pk),
        "post-role": "inspector",
        "post-title_zh": "督查员",
        "uid": "w",
    }
    page = text(browser.post(reverse("person", args=[person.pk]), sent, follow=True))
    assert "Until then it gives no rights." in page
    assert "waits for approval" in page
    assert Post.objects.filter(person=person).count() == 1
    listed = text(security.get(reverse("people")))
    assert "1 post waits for approval" in listed
    found = re.search(r"people/requests/(\d+)/", listed)
    assert found
    decide = reverse("post_decide", args=[int(found[1])])
    assert "say in at most 200 characters" in text(security.post(decide, {"do": "refuse"}, follow=True))
    security.post(decide, {"do": "refuse", "reason": "缺任命文件"})
    assert "缺任命文件" in text(browser.get(reverse("person", args=[person.pk])))
    browser.post(reverse("person", args=[person.pk]), sent | {"uid": "x"})
    found = re.search(r"people/requests/(\d+)/", text(security.get(reverse("people"))))
    assert found
    page = text(security.post(reverse("post_decide", args=[int(found[1])]), {"do": "approve"}, follow=True))
    assert "The post is approved" in page
    assert Post.objects.filter(person=person, role=Role.INSPECTOR).exists()


def test_without_a_security_administrator_the_page_says_why_approval_is_off(browser: Client) -> None:
    Post.objects.filter(role=Role.SECURITY).delete()
    assert "nobody holds the post of security administrator" in text(browser.get(reverse("people")))


def test_a_stale_form_of_a_person_says_what_is_there_now_and_keeps_the_text(browser: Client, world: World) -> None:
    address = reverse("person", args=[world.people[Role.HEAD].pk])
    sent = {"do": "change", "name_zh": "王强", "phone": "13812345678", "version": "1"}
    assert browser.post(address, sent).status_code == 302
    answer = browser.post(address, sent | {"name_zh": "王刚", "phone": ""})
    assert answer.status_code == 409
    page = text(answer)
    assert "13812345678" in page, "what the other wrote"
    assert 'value="王刚"' in page, "what was typed"
    assert hidden(page, "version") == "2"
    assert browser.post(address, sent | {"name_zh": "王刚", "version": "2"}).status_code == 302


def test_units_without_head_or_liaison_are_flagged(browser: Client) -> None:
    page = text(browser.get(reverse("people")))
    assert "1 unit has no head or no liaison officer." in page
    listed = text(browser.get(reverse("setup_units") + "?show=missing"))
    assert "创城办" in listed or "Campaign office" in listed


def test_a_phone_is_whole_for_the_office_and_masked_for_others(made: county.Made, office: Client, head: Client) -> None:
    Person.objects.filter(pk=made.head.pk).update(phone="13812345678")
    address = reverse("unit", args=["140925-publicity"])
    assert "13812345678" in text(office.get(address))
    page = text(head.get(address))
    assert "138****5678" in page
    assert "13812345678" not in page


def test_the_lists_ask_few_questions(made: county.Made, office: Client) -> None:
    for address, most in (("setup_units", 12), ("people", 13), ("setup_sites", 16), ("unit_types", 10)):
        office.get(reverse(address))
        with CaptureQueriesContext(connection) as found:
            office.get(reverse(address))
        assert len(found) <= most, (address, len(found))


def test_a_file_that_is_no_list_is_refused_in_words(browser: Client) -> None:
    given = SimpleUploadedFile("photo.xlsx", b"\x89PNG not a workbook")
    answer = browser.post(reverse("site_import"), {"file": given, "do": "preview"})
    assert answer.status_code == 422
    page = text(answer)
    assert "/tmp" not in page
    assert "qipan-list" not in page


def test_a_closed_account_is_listed_as_one(browser: Client, world: World) -> None:
    browser.post(reverse("person", args=[world.people[Role.HEAD].pk]), {"do": "close"})
    page = text(browser.get(reverse("people") + "?show=closed"))
    assert "closed</span>" in page
    assert world.people[Role.HEAD].username in page
