"""The pages of the classes of findings: found, changed, handed out as a table and taken in again."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qipan.ground.units.models import Role
from qipan.spine.work import classes
from qipan.spine.work.classes import ClassEntry, entry_of
from qipan.spine.work.models import WorkClass
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    made = make_world(example=False, with_campaign=False)
    classes.seed_classes(made.county)
    return made


def browser(world: World, role: Role = Role.OFFICE, language: str = "en") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(world.people[role])
    return client


def get(world: World, code: str) -> WorkClass:
    return WorkClass.objects.get(county=world.county, code=code)


def code_of(world: World, item: str) -> str:
    found = classes.class_for(world.county.pk, item)
    return found.code if found else ""


def form(one: WorkClass, **more: object) -> dict[str, object]:
    fields = {**entry_of(one).fields(), "version": one.version, **more}
    return fields | {"is_active": "1" if fields["is_active"] else ""}


def test_the_list_is_found_through_and_marks_samples(world, django_assert_max_num_queries):
    client = browser(world)
    with django_assert_max_num_queries(16):
        shown = client.get(reverse("work_classes")).content.decode()
    assert "253 limits are samples" in shown
    assert "to be checked against the official text" in shown
    found = client.get(reverse("work_classes"), {"q": "路灯"}).content.decode()
    assert "01037" in found
    assert "06012" not in found
    city = client.get(reverse("work_classes"), {"basis": "city"}).content.decode()
    assert city.count('class="class-limit"') == 5
    assert "No class matches" in client.get(reverse("work_classes"), {"q": "nothing such"}).content.decode()
    assert "样例" in browser(world, language="zh-hans").get(reverse("work_classes")).content.decode()


def test_an_empty_table_is_filled():
    world = make_world(example=False, with_campaign=False)
    client = browser(world)
    assert "Fill the table" in client.get(reverse("work_classes")).content.decode()
    assert client.post(reverse("work_classes_seed")).status_code == 302
    assert WorkClass.objects.count() == 253


def test_a_class_is_changed_and_the_mark_goes(world):
    client, one = browser(world), get(world, "06013")
    url = reverse("work_class", args=["06013"])
    assert "sample" in client.get(url).content.decode()
    assert client.post(url, form(one, limit=4, source="宁城管〔2026〕3号")).status_code == 302
    shown = client.get(url).content.decode()
    assert "4 working days" in shown
    assert "宁城管〔2026〕3号" in shown
    assert "own" in shown
    wrong = client.post(url, form(get(world, "06013"), limit="many", opens_zh="坑洼"))
    assert wrong.status_code == 422
    assert "the limit is a whole number" in wrong.content.decode()
    assert "坑洼" in wrong.content.decode()
    assert client.post(url, form(get(world, "06013"), function="nobody")).status_code == 422
    assert client.post(url, form(get(world, "06013"))).status_code == 302
    assert get(world, "06013").version == 2


def test_a_stale_form_shows_what_it_says_now_and_keeps_the_words(world):
    client, one = browser(world), get(world, "06013")
    classes.edit_class(one, replace(entry_of(one), opens_zh="路面坑洼"), version=1, by=world.posts[Role.OFFICE])
    answer = client.post(reverse("work_class", args=["06013"]), form(one, closes_zh="已修复"))
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "路面坑洼" in shown
    assert "已修复" in shown
    assert 'name="version" value="2"' in shown
    assert get(world, "06013").closes_zh == ""


def test_others_read_and_change_nothing(world):
    client, url = browser(world, Role.LIAISON), reverse("work_class", args=["06012"])
    shown = client.get(url).content.decode()
    assert "Cleared away" in shown
    assert "<textarea" not in shown
    assert client.post(url, form(get(world, "06012"), limit=9)).status_code == 403
    assert get(world, "06012").limit == 5


def test_a_class_of_ones_own(world):
    client, url = browser(world), reverse("work_class_new")
    data = {
        "code": "L01",
        "group": "local",
        "name_zh": "夜市油烟",
        "limit": "3",
        "limit_unit": "working_day",
        "is_active": "1",
    }
    assert client.post(url, data | {"code": "06012"}).status_code == 422
    assert client.post(url, data | {"group": "nowhere"}).status_code == 422
    answer = client.post(url, data)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("work_class", args=["L01"]))


def test_items_go_in_and_out(world):
    client, url = browser(world), reverse("work_class_item", args=["06012"])
    client.post(url, {"item": "main_road.mr9"})
    assert code_of(world, "main_road.mr9") == "06012"
    client.post(url, {"item": "main_road.mr9", "take": "1"})
    assert code_of(world, "main_road.mr9") == "GEN"
    assert client.post(reverse("work_class_item", args=["99999"]), {"item": "x"}).status_code == 404


def test_handed_out_and_taken_in_again_there_are_0_changes(world):
    client, url = browser(world), reverse("work_classes_import")
    table = client.get(reverse("work_classes_table"))
    assert table.headers["Content-Type"].startswith("application/vnd.openxml")
    assert client.post(url, {"file": SimpleUploadedFile("t.xlsx", table.content)}).status_code == 302
    shown = client.get(url).content.decode()
    assert "0 changes" in shown
    assert "unchanged 253" in shown
    assert 'value="apply"' not in shown


def test_a_table_is_looked_at_then_put_in_place(world):
    client, url = browser(world), reverse("work_classes_import")
    text = "小类代码,小类名称,处置时限\n06012,道路不洁,6工作时\n06013,道路破损,3天\n01-10,暴露垃圾,2工作日\n"
    assert client.post(url, {"file": SimpleUploadedFile("t.csv", text.encode())}).status_code == 302
    shown = client.get(url).content.decode()
    assert "5工作时" in shown
    assert "cannot be read" in shown
    assert "I have checked it" in shown
    assert get(world, "06012").limit == 5
    mark = client.get(url).context["mark"]
    # Somebody changes a class meanwhile: the preview is shown anew.
    classes.add_class(world.county, "L1", ClassEntry("夜市", 1, "working_day"), by=world.posts[Role.OFFICE])
    assert client.post(url, {"act": "apply", "mark": mark}).status_code == 409
    assert get(world, "06012").limit == 5
    mark = client.get(url).context["mark"]
    assert client.post(url, {"act": "apply", "mark": mark, "with_old": "1"}).status_code == 302
    assert (get(world, "06012").limit, get(world, "06010").limit) == (6, 2)
    assert client.get(url).context["waiting"] is None


def test_a_table_is_put_aside_or_cannot_be_read(world):
    client, url = browser(world), reverse("work_classes_import")
    assert client.post(url).status_code == 422
    assert (
        "no heading was found"
        in client.post(url, {"file": SimpleUploadedFile("t.csv", b"a,b\n1,2\n")}).content.decode()
    )
    client.post(url, {"file": SimpleUploadedFile("t.csv", "小类代码,处置时限\n06012,6工作时\n".encode())})
    client.post(url, {"act": "drop"})
    assert client.get(url).context["waiting"] is None
    assert client.post(url, {"act": "apply", "mark": "x"}).status_code == 302
    assert get(world, "06012").limit == 5
