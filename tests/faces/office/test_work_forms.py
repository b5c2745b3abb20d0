"""The forms of work: what they do, what they refuse and why, and that nothing that was written is lost."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from qipan.ground.files.models import Photo
from qipan.ground.units.drafts import draft_of, keep_draft
from qipan.spine.ledger.models import Observation
from qipan.spine.work import actions
from qipan.spine.work.models import WorkItem
from tests.faces.office.pages import text
from tests.faces.office.working import accepted, browser, cancelled, closed, form, hidden, issued, jpeg, reported
from tests.spine.work.town import Town, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make(hotels=6, roads=5)


def local(moment) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def again(item: WorkItem) -> WorkItem:
    return WorkItem.objects.get(pk=item.pk)


def test_a_liaison_needs_two_acts(town):
    item = issued(town)
    client = browser(town, "roads")
    page = text(client.get(f"/work/{item.number}/"))
    answer = client.post(f"/work/{item.number}/accept/", form(version=hidden(page, "version")), follow=True)
    assert "Accepted." in text(answer)
    assert again(item).state == "accepted"
    page = text(client.get(f"/work/{item.number}/report/"))
    fixed = timezone.now() - timedelta(minutes=1)
    sent = form(version=hidden(page, "version"), text="已清掏", fixed_at=local(fixed), photos=jpeg())
    answer = client.post(f"/work/{item.number}/report/", sent, follow=True)
    assert answer.redirect_chain == [(f"/work/{item.number}/", 302)]
    assert "Reported." in text(answer)
    found = again(item)
    assert found.state == "reported"
    assert Photo.objects.get().used


def test_what_the_form_holds_from_the_start_can_be_sent(town):
    item = accepted(town)
    client = browser(town, "roads")
    page = text(client.get(f"/work/{item.number}/report/"))
    given = re.search(r'name="fixed_at" value="([^"]+)"', page)
    assert given is not None
    sent = form(version=hidden(page, "version"), text="已修", fixed_at=given.group(1), photos=jpeg())
    assert client.post(f"/work/{item.number}/report/", sent).status_code == 302
    assert again(item).state == "reported"


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"text": " "}, "text", "This may not stay empty"), ({"fixed_at": ""}, "fixed_at", "Enter a date and a time of day"),
        ({"fixed_at": "2031-01-01T08:00"}, "fixed_at", "cannot lie ahead"),
        ({"fixed_at": "2020-01-01T08:00"}, "fixed_at", "cannot lie before the finding"),
    ],
)  # fmt: skip
def test_a_wrong_entry_keeps_the_words_and_the_photos(town, change, field, words):
    item = accepted(town)
    client = browser(town, "roads")
    sent = form(version=item.version, text="已清掏并冲洗", fixed_at=local(timezone.now()), photos=jpeg())
    answer = client.post(f"/work/{item.number}/report/", sent | change)
    page = text(answer)
    assert answer.status_code == 422
    assert words in page[page.index(f'id="error-{field}"') :][:300]
    assert 'aria-invalid="true"' in page
    if field != "text":
        assert "已清掏并冲洗" in page
    kept = re.findall(r'name="photos_kept" value="([^"]+)"', page)
    assert [str(photo.uid) for photo in Photo.objects.all()] == kept
    # Sent again with the photo that was kept, and nothing more to upload.
    good = form(version=item.version, text="已清掏", fixed_at=local(timezone.now()), photos_kept=kept)
    assert client.post(f"/work/{item.number}/report/", good).status_code == 302
    assert again(item).log.get(step="reported").photos.count() == 1


def test_at_a_site_a_photo_is_needed_and_a_forged_one_is_refused(town):
    item = accepted(town)
    client = browser(town, "roads")
    sent = form(version=item.version, text="已修", fixed_at=local(timezone.now()))
    answer = client.post(f"/work/{item.number}/report/", sent)
    assert answer.status_code == 422
    assert "at least one photo" in text(answer)
    forged = SimpleUploadedFile("after.jpg", b"MZ not a photo", "image/jpeg")
    answer = client.post(f"/work/{item.number}/report/", {**form(**sent), "photos": forged})
    assert answer.status_code == 422
    assert "after.jpg" in text(answer)
    assert "已修" in text(answer)
    assert again(item).state == "accepted"


def test_sent_twice_it_acts_once(town):
    item = accepted(town)
    client = browser(town, "roads")
    sent = form(version=item.version, text="联系施工队")
    for _ in range(2):
        answer = client.post(f"/work/{item.number}/note/", sent)
        assert answer.status_code == 302
    assert again(item).log.filter(step="noted").count() == 1


def test_someone_else_acted_meanwhile(town):
    item = accepted(town)
    client = browser(town, "roads")
    actions.set_deadline(
        item.pk, version=item.version, by=town["office"], deadline=timezone.now() + timedelta(days=3), reason="提前验收"
    )
    sent = form(version=item.version, text="已清掏并冲洗", fixed_at=local(timezone.now()), photos=jpeg())
    answer = client.post(f"/work/{item.number}/report/", sent)
    page = text(answer)
    assert answer.status_code == 409
    assert "Someone else acted on it meanwhile" in page
    assert "deadline changed" in page
    assert "提前验收" in page
    assert "已清掏并冲洗" in page
    assert hidden(page, "version") == str(again(item).version)
    kept = re.findall(r'name="photos_kept" value="([^"]+)"', page)
    assert len(kept) == 1
    now = form(version=hidden(page, "version"), text="已清掏并冲洗", fixed_at=local(timezone.now()), photos_kept=kept)
    assert client.post(f"/work/{item.number}/report/", now).status_code == 302
    assert again(item).state == "reported"


def test_what_someone_else_did_may_have_ended_it(town):
    item = accepted(town)
    actions.cancel(item.pk, version=item.version, by=town["office"], reason="误交办")
    sent = form(version=item.version, text="已清掏", fixed_at=local(timezone.now()), photos=jpeg())
    answer = browser(town, "roads").post(f"/work/{item.number}/report/", sent)
    page = text(answer)
    assert answer.status_code == 409
    assert "误交办" in page
    assert "the office can reopen it" in page
    assert "已清掏" in page


def test_accepting_what_was_changed_says_so(town):
    item = issued(town)
    client = browser(town, "roads")
    actions.accept(item.pk, version=item.version, by=town["roads-head"])
    answer = client.post(f"/work/{item.number}/accept/", form(version=item.version))
    page = text(answer)
    assert answer.status_code == 409
    assert "acted on this item after you opened it" in page
    part = page[page.index('role="alert"') : page.index("</section>", page.index('role="alert"'))]
    assert part.count("<li>") == 1
    assert "accepted" in part
    # Who looks at it as it is now and tries again is told that it is done.
    answer = client.post(f"/work/{item.number}/accept/", form(version=again(item).version))
    assert answer.status_code == 409
    assert "is done already" in text(answer)


def test_a_stage_that_is_missing_is_named(town):
    item = issued(town)
    page = text(browser(town, "roads").get(f"/work/{item.number}/report/"))
    assert "Missing stage:" in page
    assert "<b>acceptance</b>" in page
    assert "<textarea" not in page
    sent = form(version=item.version, text="已修", fixed_at=local(timezone.now()), photos=jpeg())
    answer = browser(town, "roads", "zh-hans").post(f"/work/{item.number}/report/", sent)
    assert answer.status_code == 409
    assert "签收" in text(answer)
    assert again(item).state == "issued"


def test_nobody_re_checks_their_own_unit_s_fix(town):
    item = reported(town)
    for who in ("inspector-roads", "inspector-section"):
        client = browser(town, who)
        page = text(client.get(f"/work/{item.number}/recheck/"))
        assert "Who could re-check it:" in page
        assert "Inspector" in page[page.index("Who could re-check it:") :][:200]
        answer = client.post(f"/work/{item.number}/recheck/", form(version=item.version, outcome="pass"))
        assert answer.status_code == 409
    assert again(item).state == "reported"


def test_a_re_check_closes_or_sends_round_again(town):
    item = reported(town)
    client = browser(town, "inspector")
    page = text(client.get(f"/work/{item.number}/recheck/"))
    assert '<input type="radio" name="outcome" value="pass"' in page
    assert "已修好" in page
    version = hidden(page, "version")
    assert client.post(f"/work/{item.number}/recheck/", form(version=version)).status_code == 422
    answer = client.post(f"/work/{item.number}/recheck/", form(version=version, outcome="fail"))
    assert answer.status_code == 422
    assert "Say what is still wrong." in text(answer)
    sent = form(version=version, outcome="fail", text="还有积水", photos=jpeg("again.jpg"))
    answer = client.post(f"/work/{item.number}/recheck/", sent, follow=True)
    assert "Not closed" in text(answer)
    assert (again(item).state, again(item).handling_round) == ("accepted", 2)
    other = reported(town, cluster="r3")
    answer = client.post(f"/work/{other.number}/recheck/", form(version=other.version, outcome="pass"), follow=True)
    assert "Closed." in text(answer)
    assert again(other).state == "closed"
    assert Observation.objects.filter(cluster="r3", outcome="pass", selection="chosen").count() == 1


def test_a_number_is_re_checked_by_a_number(town):
    item = reported(town, item="road.r1", outcome="9")
    client = browser(town, "inspector")
    page = text(client.get(f"/work/{item.number}/recheck/"))
    assert '<input id="field-outcome" type="text"' in page
    answer = client.post(f"/work/{item.number}/recheck/", form(version=item.version, outcome="viele"))
    assert answer.status_code == 422
    assert client.post(f"/work/{item.number}/recheck/", form(version=item.version, outcome="2")).status_code == 302
    assert again(item).state == "closed"


def test_a_document_task_is_re_checked_by_grades(town):
    until = timezone.now() + timedelta(days=9)
    plans = actions.preview_decomposition(town.year, until, by=town["office"], only={"2.1"})
    (pk,) = actions.decompose(town.year, plans, by=town["office"])
    actions.reassign(pk, version=1, by=town["office"], unit="tourism", reason="分工调整")
    item = WorkItem.objects.get(pk=pk)
    actions.accept(pk, version=item.version, by=town["tourism"])
    item = again(item)
    actions.report(pk, version=item.version, by=town["tourism"], text="方案已印发", fixed_at=timezone.now())
    item = again(item)
    client = browser(town, "inspector-2")
    page = text(client.get(f"/work/{item.number}/recheck/"))
    assert re.findall(r'type="radio" name="outcome" value="(\w+)"', page) == ["A", "B", "C"]
    answer = client.post(f"/work/{item.number}/recheck/", form(version=item.version, outcome="A"), follow=True)
    assert "Closed." in text(answer)


@pytest.mark.parametrize("act", ["reassign", "deadline", "cancel", "reopen"])
def test_the_office_gives_a_reason(town, act):
    item = cancelled(town) if act == "reopen" else issued(town)
    client = browser(town, "office")
    later = timezone.now() + timedelta(days=4)
    fields = {"reassign": {"unit": "tourism"}, "deadline": {"deadline": local(later)}}.get(act, {})
    address = f"/work/{item.number}/{act}/"
    assert client.get(address).status_code == 200
    answer = client.post(address, form(version=item.version, **fields))
    assert answer.status_code == 422
    assert "This may not stay empty" in text(answer)
    answer = client.post(address, form(version=item.version, reason="分工调整", **fields), follow=True)
    assert answer.redirect_chain == [(f"/work/{item.number}/", 302)]
    found = again(item)
    match act:
        case "reassign":
            assert found.lead is not None
            assert (found.lead.code, found.state) == ("tourism", "issued")
        case "deadline":
            assert local(found.deadline) == local(later)
        case "cancel":
            assert found.state == "cancelled"
        case _:
            assert (found.state, found.handling_round) == ("issued", 2)
    last = found.log.last()
    assert last is not None and last.text == "分工调整"


def test_a_leader_instructs_in_one_form(town):
    item = issued(town)
    client = browser(town, "leader")
    day = timezone.localdate() + timedelta(days=2)
    sent = form(version=item.version, text="两天内办结", deadline=f"{day:%Y-%m-%d}")
    answer = client.post(f"/work/{item.number}/instruct/", sent, follow=True)
    assert "两天内办结" in text(answer)
    assert timezone.localdate(again(item).deadline) == day
    assert browser(town, "office").get(f"/work/{item.number}/instruct/").status_code == 403


@pytest.mark.parametrize("act", ["report", "recheck", "note", "instruct"])
def test_another_unit_s_people_come_no_further(town, act):
    item = accepted(town)
    assert browser(town, "tourism").get(f"/work/{item.number}/{act}/").status_code in {403, 404}
    assert browser(town, "tourism").post(f"/work/{item.number}/{act}/", form(version=2)).status_code in {403, 404}
    other = make("other")
    assert browser(other, "office").get(f"/work/{item.number}/").status_code == 404


def test_a_closed_item_s_territory_may_write_a_note_but_not_report(town):
    item = closed(town, cluster="r3")
    client = browser(town, "east")
    assert client.get(f"/work/{item.number}/note/").status_code == 200
    assert client.get(f"/work/{item.number}/report/").status_code == 403


def test_a_draft_is_kept_and_stands_in_the_form(town):
    item = accepted(town)
    client = browser(town, "roads")
    key = f"work.report:{item.pk}"
    page = text(client.get(f"/work/{item.number}/report/"))
    assert f'data-draft="{key}"' in page
    sent = {"draft": key, "text": "刚开始写", "fixed_at": "2026-01-01T08:00", "version": "2", "uid": "x"}
    answer = client.post("/work/drafts/", sent, headers={"Accept": "application/json"})
    assert answer.json()["words"].startswith("Draft kept at")
    assert draft_of(town["roads"], key) == {"text": "刚开始写", "fixed_at": "2026-01-01T08:00"}
    page = text(client.get(f"/work/{item.number}/report/"))
    assert "刚开始写" in page
    assert "your draft stands below" in page
    assert "刚开始写" not in text(browser(town, "roads-head").get(f"/work/{item.number}/report/"))
    good = form(version=item.version, text="写完了", fixed_at=local(timezone.now()), photos=jpeg())
    client.post(f"/work/{item.number}/report/", good)
    assert draft_of(town["roads"], key) is None


def test_save_draft_without_scripts_keeps_photos_too(town):
    item = accepted(town)
    client = browser(town, "roads")
    back = f"/work/{item.number}/report/"
    sent = {"draft": f"work.report:{item.pk}", "text": "先存着", "next": back, "photos": jpeg()}
    answer = client.post("/work/drafts/", sent, follow=True)
    page = text(answer)
    assert answer.redirect_chain == [(back, 302)]
    assert "Draft kept at" in page
    assert "先存着" in page
    assert str(Photo.objects.get().uid) in page
    assert client.post("/work/drafts/", {"draft": "../etc", "text": "x"}).status_code == 400
    away = client.post("/work/drafts/", {"draft": "work.note:1", "next": "https://example.com/"})
    assert away.headers["Location"] == "/"


def test_a_draft_that_is_too_long_is_not_kept(town):
    client = browser(town, "roads")
    sent = {"draft": "work.note:1", "text": "长" * 300_000}
    answer = client.post("/work/drafts/", sent, headers={"Accept": "application/json"})
    assert "too long" in answer.json()["words"]
    assert draft_of(town["roads"], "work.note:1") is None
    assert keep_draft(town["roads"], "work.note:1", {"text": "短"}) is not None
